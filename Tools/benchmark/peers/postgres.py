"""PostgreSQL as Debian sets it up, with a cluster of its own in a scratch folder."""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from server_process import free_port

from benchmark.peers.packages import find
from benchmark.peers.peer import Peer

# It refuses to run as root; Debian's package makes this user.
SERVER_USER = "postgres"


class Postgres(Peer):
    """`connection` is what libpq is given. synchronous_commit is on, which is the default."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        super().__init__("postgres", prefix)
        self.port = free_port()
        self.connection = f"host={self.folder} port={self.port} user={SERVER_USER} dbname=postgres"
        self._as_user = ["runuser", "-u", SERVER_USER, "--"] if os.geteuid() == 0 else []
        self._folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)

    def _program(self, name: str) -> str:
        return find(name, "postgresql", *self._folders)

    def start(self) -> None:
        if self._as_user:
            shutil.chown(self.folder, SERVER_USER)
        command = [*self._as_user, self._program("initdb"), "--pgdata", str(self.folder / "data"), "--auth", "trust", "--username",
                   SERVER_USER]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise RuntimeError(f"initdb: {done.stderr}")
        super().start()

    def command(self) -> list[str]:
        return [*self._as_user, self._program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-k",
                str(self.folder), "-c", "listen_addresses="]

    def is_ready(self) -> bool:
        """Whether it takes connections; its socket is there a little earlier."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(self.folder / f".s.PGSQL.{self.port}"))
        command = [self._program("pg_isready"), "-h", str(self.folder), "-p", str(self.port)]
        return subprocess.run(command, capture_output=True).returncode == 0
