"""redis-server: one stream, an append-only file that is synced before each answer."""

import socket
from collections.abc import Sequence

from server_process import free_port

from benchmark.peers.packages import find
from benchmark.peers.peer import Peer


class RedisServer(Peer):
    """The stream is `table`.

    - sync: Redis's appendfsync: `always`, `everysec` or `no`.
    """

    def __init__(self, sync: str = "always", prefix: Sequence[str] = ()) -> None:
        super().__init__("redis-server", prefix)
        self.port = free_port()
        self.sync = sync

    def command(self) -> list[str]:
        return [find("redis-server", "redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "yes", "--appendfsync", self.sync, "--auto-aof-rewrite-percentage", "0", "--dir", str(self.folder)]

    def is_ready(self) -> bool:
        """Whether it has loaded what it holds."""
        return self.ask(b"XLEN table\r\n").startswith(b":")

    def ask(self, command: bytes) -> bytes:
        """The first bytes of the answer to an inline command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(command)
            return connection.recv(4096)
