"""A peer's process in a scratch folder, stopped by its own id."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from benchmark.processes import wait_until


class Peer:
    """Use it in a `with` block. `command` is what to start; what it prints goes to a file that errors quote."""

    def __init__(self, name: str, prefix: Sequence[str] = ()) -> None:
        self.name = name
        self.prefix = list(prefix)
        self._folder = tempfile.TemporaryDirectory(prefix=f"spelltable-{name}-")
        self.folder = Path(self._folder.name)
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Raises OSError, or answers False, while it isn't."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was not started"
        return self.process.pid

    def start(self) -> None:
        output = (self.folder / "output").open("ab")
        self.process = subprocess.Popen([*self.prefix, *self.command()], stdout=output, stderr=output, cwd=self.folder)
        output.close()
        wait_until(self._ready_or_dead, f"{self.name} being ready")

    def _ready_or_dead(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            text = (self.folder / "output").read_text(errors="replace")[-1500:]
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}: {text}")
        return self.is_ready()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()
