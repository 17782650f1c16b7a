"""The Debian packages of the peers, and installing them."""

import os
import shutil
import subprocess

from benchmark.bench import Unavailable

# What each part needs besides a C compiler.
PACKAGES = ("redis-server", "nats-server", "postgresql", "nginx-light", "wrk", "liblz4-dev", "libxxhash-dev", "libssl-dev",
            "libpq-dev", "libsqlite3-dev")


def find(program: str, package: str, *folders: str) -> str:
    """The path of a peer's program."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders]))
    if not found:
        raise Unavailable(f"{program} is not installed: apt-get install {package} (or Tools/bench --install)")
    return found


def install() -> None:
    """Installs all of them. Debian may start the services; the peers here have ports of their own and don't mind."""
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    # RUNLEVEL keeps installation scripts from starting services where there is no systemd.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run([*as_root, "apt-get", "update", "--quiet=2"], check=True)
    command = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", *PACKAGES]
    subprocess.run([*as_root, *command], check=True, env=environment)
