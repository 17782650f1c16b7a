"""Small and read-only file systems for tests, where the account may mount."""

import contextlib
import subprocess
import tempfile
from pathlib import Path


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


@contextlib.contextmanager
def tmpfs(size):
    """A file system in memory of `size` bytes; None where mounting is not allowed."""
    folder = Path(tempfile.mkdtemp(prefix="spelltable-mount-"))
    if run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)).returncode:
        folder.rmdir()
        yield None
        return
    try:
        yield folder
    finally:
        # A process that still uses it must not keep it for ever.
        run("umount", "-l", str(folder))
        folder.rmdir()


def remount(folder, option):
    finished = run("mount", "-o", f"remount,{option}", str(folder))
    assert finished.returncode == 0, finished.stderr
