"""The Dockerfile without a Docker engine: what it names is there, and what it makes of the installed package works."""

import re
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from dockerfile import Dockerfile, is_ignored
from server_process import BIN
from test_package import ROOT, TABLES, built, run
from throwaway_root import ThrowawayRoot

FILE = Dockerfile((ROOT / "Dockerfile").read_text())
IGNORED = (ROOT / ".dockerignore").read_text()
BUILD, RUN = 0, 1


def release():
    return dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.M))


class Build(unittest.TestCase):
    def test_every_file_that_is_copied_is_there_and_is_sent(self):
        copies = FILE.copies(BUILD)
        self.assertGreater(len(copies), 3)
        for sources, _ in copies:
            for source in sources:
                if "[" in source:  # may be missing
                    continue
                self.assertTrue((ROOT / source).exists(), source)
                self.assertFalse(is_ignored(source, IGNORED), source)
        for path in ("Tools/package", "Tools/packaging/postinst", "docs/configuration.md", "Tests/TestSupport/ManualClock.swift"):
            self.assertFalse(is_ignored(path, IGNORED), path)
        for path in (".git", ".build", "journal", "logs", "sounds", "Tests/Golden/format-1"):
            self.assertTrue(is_ignored(path, IGNORED), path)

    def test_nothing_that_the_build_needs_is_left_out(self):
        """A clone of what would be sent has every folder that Package.swift names, and all that Tools/package reads."""
        sent = {source for sources, _ in FILE.copies(BUILD) for source in sources}
        manifest = (ROOT / "Package.swift").read_text()
        paths = re.findall(r'path: "([^"]+)"', manifest)
        paths += [f"Sources/{name}" for name in re.findall(r'\.target\(\s*name: "(\w+)", *(?!path)', manifest)]
        paths += re.findall(r"(?:Tools|docs)/[\w./*-]+", re.sub(r"(?m)^ *#.*$", "", (ROOT / "Tools/package").read_text()))
        self.assertGreater(len(paths), 15)
        for path in paths:
            path = path.split("*")[0].rstrip("/")
            with self.subTest(path):
                self.assertIn(path.split("/")[0], sent)
                self.assertFalse(is_ignored(path, IGNORED))

    def test_it_makes_the_package_that_is_tested_and_installs_it(self):
        builds = [run.split() for run in FILE.values(BUILD, "RUN") if "Tools/package" in run]
        self.assertEqual([words[-3:] for words in builds], [["Tools/package", "--output", "/package"]])
        self.assertEqual(FILE.values(RUN, "COPY"), ["--from=build /package /package"])
        self.assertEqual(FILE.packages(RUN), ["/package/spelltable_*.deb"], "what it depends on comes along")

    def test_the_build_has_what_tools_package_needs_and_debian_has_it(self):
        wanted = re.search(r"^packages=\((.*)\)$", (ROOT / "Tools/install-packages").read_text(), re.M).group(1).split()
        names = FILE.packages(BUILD)
        self.assertLessEqual({*wanted, "dpkg-dev", "binutils"}, set(names))
        if not shutil.which("apt-cache") or release()["VERSION_CODENAME"] != "bookworm":
            self.skipTest("this isn't the Dockerfile's Debian")
        for name in names:
            self.assertIn(f"Package: {name}", run("apt-cache", "show", name).stdout)

    def test_both_stages_are_of_one_debian_and_the_compiler_is_new_enough(self):
        build, final = (stage[0][1] for stage in FILE.stages)
        self.assertRegex(build, r"^swift:\d+\.\d+-bookworm AS build$")
        self.assertEqual(final, "debian:bookworm-slim")
        manifest = re.match(r"// swift-tools-version:(\d+)\.(\d+)", (ROOT / "Package.swift").read_text()).groups()
        compiler = re.match(r"swift:(\d+)\.(\d+)-", build).groups()
        self.assertGreaterEqual(tuple(map(int, compiler)), tuple(map(int, manifest)))

    def test_it_doesn_t_run_as_root_and_keeps_its_tables_outside(self):
        self.assertEqual(FILE.value(RUN, "USER"), "spelltable")
        self.assertEqual(FILE.value(RUN, "VOLUME"), TABLES)
        self.assertEqual(FILE.value(RUN, "EXPOSE"), "8010")
        self.assertEqual(FILE.value(RUN, "STOPSIGNAL"), "SIGTERM")


class Container:
    """The start command in the installed package, as the image would run it: its user, folder and variables."""

    def __init__(self, root):
        self.root = root

    def command(self, words):
        environment = [f"{name}={value}" for name, value in FILE.environment(RUN).items()]
        user = FILE.value(RUN, "USER")
        return self.root.command(
            "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "env", "-i",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *environment,
            "sh", "-c", f"cd {FILE.value(RUN, 'WORKDIR')} && exec \"$@\"", "sh", *words)

    def healthy(self):
        return subprocess.run(self.command(FILE.health_command(RUN)), capture_output=True, timeout=60).returncode == 0

    def replay(self, *words):
        return subprocess.run(self.command(["spell-replay", *words]), capture_output=True, text=True, timeout=60)

    def start(self):
        return subprocess.Popen(
            self.command(FILE.entry_point(RUN)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "dpkg-dev isn't installed")
class Run(unittest.TestCase):
    def test_the_start_command_the_health_check_and_the_stop_work_in_the_installed_package(self):
        with ThrowawayRoot(hidden=[ROOT, BIN], own_network=True) as root:
            if root.reason:
                self.skipTest(f"no root of its own: {root.reason}")
            root.put(built(), "/tmp/package.deb")
            root.run("dpkg", "--install", "/tmp/package.deb")
            container = Container(root)
            self.assertFalse(container.healthy(), "nobody listens yet")
            server = container.start()
            try:
                deadline = time.monotonic() + 60
                while not container.healthy():
                    self.assertIsNone(server.poll(), "it runs")
                    self.assertLess(time.monotonic(), deadline)
                told = container.replay("info")
                self.assertEqual((told.returncode, told.stderr), (0, ""), "spell-replay needs no folder to be named")
                server.send_signal(getattr(signal, FILE.value(RUN, "STOPSIGNAL")))
                output = server.communicate(timeout=60)[0]
            finally:
                server.kill()
            self.assertEqual(server.returncode, 0, output)
            self.assertIn("everything is on disk", output)
            self.assertEqual(root.run("ls", "-A", "/var/log/spelltable").stdout, "", "what it says is Docker's to keep")
            # Another answer than 200 is no health: a server that refuses changes.
            stand_in = subprocess.Popen(root.command("python3", "-c", STAND_IN), stdout=subprocess.PIPE)
            try:
                stand_in.stdout.readline()
                self.assertFalse(container.healthy())
            finally:
                stand_in.kill()
                stand_in.communicate()


STAND_IN = """
import socket
with socket.create_server(("127.0.0.1", 8010)) as listener:
    print("listening", flush=True)
    connection = listener.accept()[0]
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 503 Service Unavailable\\r\\n\\r\\n")
    connection.close()
"""


if __name__ == "__main__":
    unittest.main()
