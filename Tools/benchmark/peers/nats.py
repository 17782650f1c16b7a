"""nats-server: its WebSocket for fan-out, JetStream for appends."""

from collections.abc import Sequence

from server_process import free_port

from benchmark.peers.packages import find
from benchmark.peers.peer import Peer
from benchmark.processes import accepts


class NatsServer(Peer):
    """Subject `table`; with JetStream a stream of it can be made, which syncs as its version does by default (every two minutes)."""

    def __init__(self, websocket: bool = False, jetstream: bool = False, prefix: Sequence[str] = ()) -> None:
        super().__init__("nats-server", prefix)
        self.port = free_port()
        self.websocket_port = free_port() if websocket else 0
        lines = [f"port: {self.port}", 'host: "127.0.0.1"']
        if websocket:
            lines.append(f'websocket {{ host: "127.0.0.1", port: {self.websocket_port}, no_tls: true }}')
        if jetstream:
            lines.append(f'jetstream {{ store_dir: "{self.folder}/jetstream" }}')
        (self.folder / "nats.conf").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        return [find("nats-server", "nats-server"), "--config", str(self.folder / "nats.conf")]

    def is_ready(self) -> bool:
        return accepts(self.port) and (not self.websocket_port or accepts(self.websocket_port))
