"""This machine's files with everything that is changed in memory: to install a package without installing it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

PREPARE = """
set -e
mount -t tmpfs -o size=2g none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --rbind /proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
for folder in run tmp; do mount -t tmpfs -o mode=1777 none "$1/root/$folder"; done
shift_root=$1
shift
for hidden; do mkdir -p "$shift_root/root$hidden"; mount -t tmpfs none "$shift_root/root$hidden"; done
echo ready
exec sleep infinity
"""


class ThrowawayRoot:
    """A root that ends with the `with` block. `hidden` folders are empty in it. `reason` says why there is none, if there is none.

    With `own_network`, the loopback interface in it is its own, too: every port is free.
    """

    def __init__(self, hidden=(), own_network=False):
        self.namespaces = ["--mount", *(["--net"] if own_network else [])]
        self.hidden = [str(path) for path in hidden]
        self.reason = None

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="spelltable-root-"))
        self.holder = subprocess.Popen(
            ["unshare", *self.namespaces, "--propagation", "private", "sh", "-c", PREPARE, "sh", self.folder, *self.hidden],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "ready\n":
            self.reason = self.holder.stderr.read().strip() or "unshare failed"
        elif "--net" in self.namespaces:
            up = ["nsenter", f"--target={self.holder.pid}", "--net", "ip", "link", "set", "lo", "up"]
            subprocess.run(up, check=True, timeout=60)
        return self

    def __exit__(self, *_):
        # The mounts are the holder's own and end with it.
        self.holder.kill()
        self.holder.communicate()
        shutil.rmtree(self.folder)

    @property
    def root(self):
        return self.folder / "root"

    def command(self, *words):
        """A command line that runs the words inside, as root."""
        enter = ["nsenter", f"--target={self.holder.pid}", *self.namespaces, f"--wd={self.folder}", "chroot", str(self.root)]
        return [*enter, *map(str, words)]

    def run(self, *words, check=True, **options):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=300, **options)
        if check and done.returncode:
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def put(self, source, target):
        """Copies a file of this machine to a path inside."""
        with open(source, "rb") as file:
            subprocess.run(self.command("sh", "-c", f"cat >'{target}'"), stdin=file, check=True)

    def text(self, path):
        return self.run("cat", path).stdout

    def exists(self, path):
        return self.run("test", "-e", path, check=False).returncode == 0

    def changed(self):
        """The files, links and folders that are other than this machine's, or new; not what was removed."""
        enter = ["nsenter", f"--target={self.holder.pid}", "--mount"]
        found = subprocess.run(
            [*enter, "find", str(self.folder / "upper"), "-not", "-type", "c", "-printf", "%y /%P\n"],
            capture_output=True, text=True, check=True)
        return [tuple(line.split(" ", 1)) for line in found.stdout.splitlines()]
