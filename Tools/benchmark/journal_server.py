"""Our journal behind a socket, without a table: what servers that only keep a log are compared with."""

from collections.abc import Sequence

from server_process import free_port

from benchmark.bench import Bench
from benchmark.peers.peer import Peer
from benchmark.processes import accepts


class JournalServer(Peer):
    """`journal-benchmark serve` on a journal in its folder."""

    def __init__(self, bench: Bench, prefix: Sequence[str] = ()) -> None:
        super().__init__("journal-server", prefix)
        self.port = free_port()
        self.program = bench.binary("journal-benchmark")

    def command(self) -> list[str]:
        return [str(self.program), "serve", str(self.port), str(self.folder / "journal")]

    def is_ready(self) -> bool:
        return accepts(self.port)
