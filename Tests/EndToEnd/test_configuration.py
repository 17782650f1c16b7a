"""Flags, environment, file and docs/configuration.md tell the same settings.

    python3 -B Tests/EndToEnd/test_configuration.py --write     renews the table in docs/configuration.md
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from server_process import BIN, Server, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/configuration.md"
EXAMPLE = ROOT / "docs/spelltable.example.yaml"
BEGIN, END = "<!-- settings: written by Tests/EndToEnd/test_configuration.py --write -->\n", "<!-- /settings -->\n"
HEAD = ["| flag | environment | key in the file | default | |", "| --- | --- | --- | --- | --- |"]
# For each setting a value that a server can be started with, other than the default.
VALUES = {
    "host": "localhost", "allow-origin": "https://vtt.example.org", "max-upload": "5M", "max-message": "2M",
    "max-changes-per-second": "100", "journal-effects": "yes", "log-level": "warning", "log-format": "json",
    "log-file-size": "1M", "log-days": "3", "backup-to": "/nowhere/backups", "backup-every": "12h", "backup-keep": "3"}


def help_options():
    """{name: (flags, meaning, default)} of `spell-server --help`."""
    dumped = subprocess.run([BIN / "spell-server", "--experimental-dump-help"], capture_output=True, text=True, check=True)
    options = {}
    for argument in json.loads(dumped.stdout)["command"]["arguments"]:
        names = [name["name"] for name in argument["names"] if name["kind"] == "long"]
        name = names[0].removeprefix("no-")
        if name in ("help", "version"):
            continue
        meaning, default = re.fullmatch(r"(.*?)(?: \(default: (.*)\))?", argument.get("abstract", ""), re.S).groups()
        flags, old, older = options.get(name, ([], "", None))
        options[name] = (flags + [f"--{name}" for name in names], meaning or old, default or older)
    return options


def rows():
    """The table as it has to be."""
    lines = list(HEAD)
    for name, (flags, meaning, default) in help_options().items():
        flag = ", ".join(f"`{flag}`" for flag in flags)
        variable = "SPELLTABLE_" + name.upper().replace("-", "_")
        key = "" if name == "config" else f"`{name}`"
        lines.append(f"| {flag} | `{variable}` | {key} | {f'`{default}`' if default else ''} | {meaning} |")
    return lines


def page_rows():
    return PAGE.read_text().split(BEGIN)[1].split(END)[0].splitlines()


def refusal(*arguments, environment=None):
    """(exit code, standard error) of a server that doesn't start."""
    ended = subprocess.run(
        [BIN / "spell-server", *map(str, arguments)], capture_output=True, text=True, timeout=60, env=environment or {})
    return ended.returncode, ended.stderr


class Configuration(unittest.TestCase):
    def settings(self, server):
        """{name: (value, place)} as the server has logged them."""
        log = "".join(path.read_text() for path in sorted((server.folder / "logs").iterdir()))
        line = next(line for line in log.splitlines() if " Settings " in line or '"message":"Settings"' in line)
        if line.startswith("{"):
            pairs = json.loads(line)["metadata"].items()
        else:
            pairs = re.findall(r' ([a-z-]+)="?(.*? \(.*?\))"?(?= [a-z-]+=|$)', line.split(" Settings", 1)[1])
        return {name: re.fullmatch(r"(.*) \((.*)\)", text).groups() for name, text in pairs}

    def test_the_page_has_what_the_help_says(self):
        self.assertEqual(page_rows(), rows(), "renew it: python3 -B Tests/EndToEnd/test_configuration.py --write")

    def test_the_page_has_what_the_server_knows(self):
        with Server() as server:
            known = self.settings(server)
        listed = [re.match(r"\| `--([a-z-]+)`", row).group(1) for row in page_rows()[len(HEAD):]]
        self.assertEqual(sorted(listed), sorted(known))
        defaults = {name: default for name, (_, _, default) in help_options().items()}
        for name, (value, place) in known.items():
            if place == "default":
                self.assertEqual(value, defaults[name] or "", name)

    def test_the_readme_says_nothing_else(self):
        options = help_options()
        lines = (line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `--"))
        rows = [[cell.strip(" `") for cell in line.split("|")[1:4]] for line in lines]
        self.assertGreater(len(rows), 5)
        for flag, variable, default in rows:
            with self.subTest(flag):
                name = flag.removeprefix("--")
                self.assertEqual(variable, "SPELLTABLE_" + name.upper().replace("-", "_"))
                self.assertEqual(default, options[name][2] or "")

    def test_every_setting_is_taken_from_each_place(self):
        given = set(help_options()) - {"config", "port", "journal", "sounds", "logs"}  # the others are given by `Server`
        self.assertEqual(given, set(VALUES))
        flags = []
        for name, value in VALUES.items():
            flags += ["--journal-effects"] if name == "journal-effects" else [f"--{name}", value]
        with Server(*flags) as server:
            for name, found in self.settings(server).items():
                if name != "config":
                    self.assertEqual(found[1], f"--{name}")
                    self.assertEqual(found[0], VALUES.get(name, found[0]))
        with Server() as server:
            server.stop()
            server.environment = {"SPELLTABLE_" + name.upper().replace("-", "_"): VALUES[name] for name in given - {"host"}}
            (server.folder / "logs").rename(server.folder / "before")
            server.start()
            found = self.settings(server)
            for name in given - {"host"}:
                self.assertEqual(found[name], (VALUES[name], "SPELLTABLE_" + name.upper().replace("-", "_")))
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("".join(f"{name}: {VALUES[name]}\n" for name in sorted(given)))
            file.flush()
            with Server("--config", file.name) as server:
                found = self.settings(server)
                for line, name in enumerate(sorted(given), 1):
                    if name != "host":
                        self.assertEqual(found[name], (VALUES[name], f"{file.name}:{line}: {name}"))
                self.assertEqual(found["host"][1], "--host", "a flag wins over the file")

    def test_the_example_starts_a_server(self):
        with Server("--config", EXAMPLE) as server:
            value, place = self.settings(server)["max-upload"]
        self.assertEqual(value, "2G")
        self.assertTrue(place.startswith(f"{EXAMPLE}:"), place)

    def test_what_is_wrong_is_refused_with_64_and_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.yaml"
            for text, parts in [
                ("port: 1\nprot: 2\n", [f"{path}:2: 'prot' is no setting; there are host, port, journal"]),
                ("port: many\n", [f"{path}:1: port: 'many' is not a port"]),
                ("journal: 5\n", [f"{path}:1: 'journal' takes text"]),
                ("port: [1]\n", [f"{path}:1: 'port' takes one value"]),
                ("port: 1\n  x: [\n", [f"{path}:2: this is no YAML"]),
            ]:
                with self.subTest(text):
                    path.write_text(text)
                    for code, error in [refusal("--config", path), refusal(environment={"SPELLTABLE_CONFIG": str(path)})]:
                        self.assertEqual(code, 64, error)
                        for part in parts:
                            self.assertIn(part, " ".join(error.split()))
            missing = Path(folder) / "none.yaml"
            code, error = refusal("--config", missing)
            self.assertEqual(code, 64)
            self.assertIn(f"{missing}: the settings file can't be read", error)
        for arguments, part in [
            (["--port", "70000"], "--port: '70000' is not a port"), (["--prot", "1"], "--prot"),
            (["--logs", ""], "--logs: '' is not a value"), (["--config", ""], "--config: the settings file's name is empty"),
        ]:
            code, error = refusal(*arguments)
            self.assertEqual(code, 64)
            self.assertIn(part, error)

    def test_a_port_from_the_file_is_listened_on(self):
        with Server() as server:
            server.stop()
            port = free_port()
            (server.folder / "table.yaml").write_text(
                f"host: 127.0.0.1\nport: {port}\njournal: {server.journal}\nlogs: none\nsounds: {server.sounds}\n")
            with subprocess.Popen(
                [BIN / "spell-server", "--config", server.folder / "table.yaml"], stdout=subprocess.PIPE, text=True
            ) as process:
                line = next(line for line in process.stdout if "SpellTable is ready" in line)
                process.terminate()
            self.assertIn(f"http://127.0.0.1:{port}", line)
            self.assertEqual(process.returncode, 0)


def write():
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + BEGIN + "".join(f"{row}\n" for row in rows()) + END + rest.split(END)[1])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main()
