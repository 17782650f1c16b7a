"""The Debian package, installed into a throw-away root: it starts as its unit says, keeps tables and settings, and goes without a trace."""

import atexit
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from server_process import BIN, free_port
from throwaway_root import ThrowawayRoot
from websocket_client import WebSocket

ROOT = Path(__file__).resolve().parent.parent.parent
UNIT = "/lib/systemd/system/spelltable.service"
SETTINGS = "/etc/spelltable/spelltable.yaml"
TABLES = "/var/lib/spelltable"
# What dpkg, adduser and man-db change of the system's own.
SYSTEM = re.compile(
    r"/(etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|var/lib/dpkg/.*|var/cache/man/.*|var/log/dpkg.log|var/lib/systemd/.*"
    r"|etc/\.pwd\.lock)$")


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=600, **options)


def package(*arguments, **environment):
    return run(ROOT / "Tools/package", *arguments, env={**os.environ, **environment})


def is_static():
    return "libswiftCore" not in run("ldd", BIN / "spell-server").stdout


def made(folder):
    """A package of the programs that are tested, in `folder`."""
    # Programs of a debug build need the toolchain's libraries; packing tightly takes longest of all.
    options = [] if is_static() else ["--this-machine-only"]
    done = package("--binaries", BIN, "--output", folder, *options, DPKG_DEB_COMPRESSOR_TYPE="none")
    if done.returncode:
        raise AssertionError(f"Tools/package ended with {done.returncode}: {done.stdout}{done.stderr}")
    return Path(done.stdout.strip().splitlines()[-1])


@functools.cache
def built():
    """The one that all tests share."""
    folder = tempfile.mkdtemp(prefix="spelltable-")
    atexit.register(shutil.rmtree, folder)
    return made(folder)


class Unit:
    """A systemd unit's settings, as far as a start without systemd can follow them."""

    def __init__(self, text):
        self.values = {}
        for line in text.splitlines():
            if "=" in line and not line.startswith("#"):
                name, value = line.split("=", 1)
                self.values.setdefault(name, []).append(value)

    def __getitem__(self, name):
        return self.values[name][-1]

    def allowed_calls(self):
        """The system calls that SystemCallFilter leaves."""
        allowed = set()
        for line in self.values["SystemCallFilter"]:
            groups = {call for word in line.lstrip("~").split() for call in self.calls(word)}
            allowed = allowed - groups if line.startswith("~") else allowed | groups
        return allowed

    def calls(self, word):
        if not word.startswith("@"):
            return {word}
        listed = run("systemd-analyze", "syscall-filter", word)
        assert listed.returncode == 0, listed.stderr
        words = [line.strip() for line in listed.stdout.splitlines()[1:]]
        return {call for word in words if word and word[0] != "#" for call in self.calls(word)}


class Service:
    """The installed server, started as its unit says, but for the port."""

    def __init__(self, root, trace=None):
        self.root, self.trace = root, trace
        self.unit = Unit(root.text(UNIT))

    def __enter__(self):
        self.port = free_port()
        tracer = ["strace", "-D", "-f", "-qq", "-o", self.trace] if self.trace else []
        self.process = subprocess.Popen(
            self.root.command(
                "setpriv", f"--reuid={self.unit['User']}", f"--regid={self.unit['Group']}", "--clear-groups",
                "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
                "sh", "-c", f"cd {self.unit['WorkingDirectory']} && umask {self.unit['UMask']} && exec \"$@\"", "sh",
                *tracer, *self.unit["ExecStart"].split()),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "SPELLTABLE_PORT": str(self.port), "SPELLTABLE_HOST": "127.0.0.1"})
        deadline = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.get("/ready")
                return self
            except OSError:
                time.sleep(0.02)
        self.process.kill()
        raise AssertionError(f"the server isn't ready: {self.process.communicate()[0]}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.output = self.process.communicate(timeout=60)[0]
        finally:
            self.process.kill()

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read()

    def make_folder(self, name):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/scenes/folder", json.dumps({"folder_name": name}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def folders(self):
        return list(json.loads(self.get("/snapshot"))["sceneFolders"])


@unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "dpkg-dev isn't installed")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="spelltable-"))
        cls.file = built()
        # It reads the large programs for half a minute, in which the other tests go on.
        cls.lintian = None
        if shutil.which("lintian"):
            cls.lintian = subprocess.Popen(
                ["lintian", "--allow-root", "--fail-on", "error", "--suppress-tags",
                 "uses-no-compression-for-data-tarball,uses-no-compression-for-control-tarball", cls.file],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    @classmethod
    def tearDownClass(cls):
        if cls.lintian and cls.lintian.poll() is None:
            cls.lintian.kill()
            cls.lintian.communicate()
        shutil.rmtree(cls.folder)

    def test_it_has_a_version_what_it_depends_on_and_nothing_of_this_machine(self):
        version = run(BIN / "spell-server", "--version").stdout.strip()
        self.assertRegex(version, r"^\d+\.\d+\.\d+")
        self.assertEqual(run(BIN / "spell-replay", "--version").stdout.strip(), version)
        fields = dict(
            line.split(": ", 1) for line in run("dpkg-deb", "--field", self.file).stdout.splitlines() if line[0] != " ")
        self.assertEqual(self.file.name, f"spelltable_{version}_{fields['Architecture']}.deb")
        self.assertEqual(fields["Version"], version)
        needed = {part.split()[0] for part in fields["Depends"].split(", ")}
        self.assertLessEqual({"adduser", "libc6", "liblz4-1", "libxxhash0"}, needed)
        self.assertTrue(any(name.startswith("libarchive13") for name in needed), needed)
        listing = run("dpkg-deb", "--contents", self.file).stdout
        self.assertNotIn("/var/lib", listing, "tables are never a file of the package")
        self.assertTrue(all(line.split()[1] == "root/root" for line in listing.splitlines()))
        # A new library is named where its licence belongs.
        named = (ROOT / "Tools/packaging/copyright").read_text()
        for checkout in (ROOT / ".build/checkouts").iterdir():
            self.assertRegex(named, rf"(?im)^(Files:)?.*\b{re.escape(checkout.name)}\b", "Tools/packaging/copyright")

    def test_the_same_programs_make_the_same_package(self):
        self.assertEqual(made(self.folder / "again").read_bytes(), self.file.read_bytes())

    @unittest.skipUnless(shutil.which("lintian"), "lintian isn't installed")
    def test_lintian_finds_no_error(self):
        told = self.lintian.communicate(timeout=600)[0]
        errors = [line for line in told.splitlines() if line.startswith("E: ")]
        # Programs of a debug build say where the toolchain is.
        if not is_static():
            errors = [line for line in errors if "custom-library-search-path" not in line]
        self.assertEqual(errors, [], told)
        self.assertIn(self.lintian.returncode, (0, 2))

    def test_wrong_arguments_and_missing_programs_are_told(self):
        for arguments, code, parts in [
            (["--help"], 0, ["Tools/package --output DIR"]),
            (["--colour"], 64, ["what is '--colour'?"]),
            (["--output"], 64, ["--output needs a folder"]),
            (["--binaries", self.folder / "nowhere"], 1, ["no spell-server in", "swift build -c release"]),
        ]:
            with self.subTest(arguments):
                done = package(*arguments)
                self.assertEqual(done.returncode, code)
                for part in parts:
                    self.assertIn(part, done.stdout + done.stderr)

    @unittest.skipIf(is_static(), "the programs have Swift's libraries inside")
    def test_programs_that_run_on_this_machine_alone_are_refused(self):
        done = package("--binaries", BIN, "--output", self.folder / "no")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--static-swift-stdlib", done.stderr)

    def test_it_installs_starts_survives_and_goes(self):
        # The build's folder is out of sight, so that nothing is taken from there.
        with ThrowawayRoot(hidden=[ROOT, BIN]) as root:
            if root.reason:
                self.skipTest(f"no root of its own: {root.reason}")
            root.put(self.file, "/tmp/package.deb")
            self.assertIn("port 8010", root.run("dpkg", "--install", "/tmp/package.deb").stdout)
            self.check_installed(root)
            self.use_and_reinstall(root)
            self.remove_and_purge(root)

    def check_installed(self, root):
        self.assertEqual(root.run("stat", "-c", "%U:%G %a", TABLES, "/var/log/spelltable").stdout.split("\n")[:2],
                         ["spelltable:spelltable 750"] * 2)
        self.assertIn("/var/lib/spelltable", root.run("getent", "passwd", "spelltable").stdout)
        for page in ("spell-server", "spell-replay", "spell-replay.log"):
            self.assertIn(f"/usr/share/man/man1/{page}.1.gz", root.run("man", "-w", page).stdout)
        for path in ("bash-completion/completions/{}", "zsh/vendor-completions/_{}", "fish/vendor_completions.d/{}.fish"):
            for name in ("spell-server", "spell-replay"):
                self.assertIn(name, root.text("/usr/share/" + path.format(name)))
        self.assertEqual(root.run("dpkg", "--verify", "spelltable").stdout, "")
        keys = lambda text: re.findall(r"^#? ?([a-z-]+):", text, re.M)  # noqa: E731
        example = (ROOT / "docs/spelltable.example.yaml").read_text()
        self.assertEqual(keys(root.text(SETTINGS)), keys(example), "the settings are those of the example")
        verified = root.run("systemd-analyze", "verify", UNIT, check=False)
        # Only what is said of this unit counts: the machine's others may be broken.
        self.assertNotIn("spelltable", verified.stdout + verified.stderr)
        rated = root.run("systemd-analyze", "security", "--offline=true", UNIT).stdout
        exposure = float(re.search(r"Overall exposure level for spelltable.service: ([0-9.]+)", rated).group(1))
        self.assertLess(exposure, 2.0, rated)

    def use_and_reinstall(self, root):
        traced = bool(shutil.which("strace"))
        with Service(root, trace="/tmp/trace" if traced else None) as service:
            service.make_folder("Before")
            self.assertIn(b"<title>", service.get("/console"))
            self.assertIn(b"export", service.get("/console/client/spelltable.js"))
            WebSocket(service.port).cut()
            # Over a running server, as an upgrade is.
            root.run("dpkg", "--install", "/tmp/package.deb")
            service.make_folder("While it was installed again")
        self.assertIn("everything is on disk", service.output)
        if traced:
            self.check_trace(service.unit, root.text("/tmp/trace"))
        root.run("sed", "-i", "s/^log-level: info$/log-level: debug/", SETTINGS)
        root.run("dpkg", "--install", "/tmp/package.deb")
        self.assertIn("log-level: debug", root.text(SETTINGS))
        with Service(root) as service:
            self.assertEqual(service.folders(), ["Before", "While it was installed again"])
        self.assertIn("DEBUG", service.output, "the changed settings hold")
        self.assertTrue(root.run("sh", "-c", "ls /var/log/spelltable").stdout)
        told = root.run("runuser", "-u", "spelltable", "--", "spell-replay", "verify", "--journal", f"{TABLES}/journal")
        self.assertIn("2 events", told.stdout)

    def check_trace(self, unit, trace):
        """What the server did is within what the unit allows; systemd, which would see to it, isn't running here."""
        calls = set(re.findall(r"^\d+ +([a-z_0-9]+)\(", trace, re.M))
        self.assertLess({"fdatasync", "accept4"}, calls)
        self.assertEqual(calls - unit.allowed_calls(), set(), "system calls outside of SystemCallFilter")
        families = set(re.findall(r" socket\((AF_\w+)", trace))
        self.assertEqual(families - set(unit["RestrictAddressFamilies"].split()), set())
        self.assertEqual(unit["MemoryDenyWriteExecute"], "yes")
        both = [line for line in trace.splitlines() if re.search(
            r" (mprotect\(.*PROT_EXEC|mmap\([^)]*PROT_WRITE[^,]*PROT_EXEC)", line)]
        self.assertEqual(both, [], "memory that is written and executed")
        self.assertEqual(unit["ProtectSystem"], "strict")
        written = re.findall(r' open(?:at)?\((?:AT_FDCWD, )?"(/[^"]*)", [A-Z_|]*(?:O_WRONLY|O_RDWR|O_CREAT)', trace)
        written += re.findall(r' (?:mkdir|rename|unlink|link|symlink)\w*\((?:AT_FDCWD, )?"(/[^"]*)"', trace)
        self.assertTrue(any(path.startswith(f"{TABLES}/") for path in written))
        outside = {path for path in written if not re.match(r"/(var/(lib|log)/spelltable|dev/null|proc/thread-self)(/|$)", path)}
        self.assertEqual(outside, set(), "files that are written outside of the service's folders")

    def remove_and_purge(self, root):
        root.run("dpkg", "--remove", "spelltable")
        self.assertFalse(root.exists("/usr/bin/spell-server"))
        self.assertIn("log-level: debug", root.text(SETTINGS))
        self.assertTrue(root.exists(f"{TABLES}/journal/default/journal.json"))
        self.assertIn(f"kept in {TABLES}", root.run("dpkg", "--purge", "spelltable").stdout)
        left = [path for kind, path in root.changed() if kind != "d" and not SYSTEM.match(path)]
        self.assertTrue(left)
        self.assertEqual([path for path in left if not path.startswith(f"{TABLES}/journal/default/")], [])
        folders = [path for kind, path in root.changed() if kind == "d" and "spelltable" in path]
        self.assertEqual([path for path in folders if not path.startswith(TABLES)], [])
        # Whoever comes back finds the table, also where the user was removed meanwhile.
        root.run("deluser", "--quiet", "--system", "spelltable")
        root.run("adduser", "--system", "--quiet", "--no-create-home", "another")
        root.run("dpkg", "--install", "/tmp/package.deb")
        with Service(root) as service:
            self.assertEqual(service.folders(), ["Before", "While it was installed again"])


if __name__ == "__main__":
    unittest.main()
