"""The manual pages and the shell completions: there for every command, and understood by the programs that read them."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from server_process import BIN

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=1200, **options)


def commands():
    help_text = run(BIN / "spell-replay", "--experimental-dump-help").stdout
    return [entry["commandName"] for entry in json.loads(help_text)["command"]["subcommands"]]


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="spelltable-"))
        cls.made = run(ROOT / "Tools/manual", "--binaries", BIN, cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.assertEqual(self.made.returncode, 0, self.made.stderr)

    def test_every_command_has_a_page_with_its_examples(self):
        self.assertGreater(len(commands()), 8)
        for command in set(commands()) - {"help"}:
            page = (self.folder / f"man1/spell-replay.{command}.1").read_text()
            self.assertIn(f"spell-replay {command}", page.split("EXAMPLES")[1], command)
        self.assertTrue((self.folder / "man1/spell-server.1").exists())

    @unittest.skipUnless(shutil.which("man"), "man isn't installed")
    def test_man_shows_every_page(self):
        pages = sorted((self.folder / "man1").iterdir())
        for page in pages:
            shown = run("man", "-l", page, env={**os.environ, "MANPAGER": "cat", "MANWIDTH": "100"})
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn("SYNOPSIS", shown.stdout)

    def test_bash_completes_commands_and_options(self):
        script = self.folder / "completions/spell-replay.bash"
        for words, wanted in [(["spell-replay", "ver"], "verify"), (["spell-replay", "log", "--fol"], "--follow")]:
            line = " ".join(words)
            done = run(
                "bash", "-c",
                f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; COMP_LINE='{line}'; "
                f"COMP_POINT={len(line)}; _spell-replay spell-replay {words[-1]} {words[-2]}; echo ${{COMPREPLY[@]}}",
                env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
            self.assertEqual(done.stdout.split(), [wanted], done.stderr)

    def test_zsh_and_fish_read_their_completions(self):
        for shell, name in [("zsh", "_spell-replay"), ("fish", "spell-replay.fish")]:
            script = self.folder / "completions" / name
            self.assertGreater(script.stat().st_size, 1000)
            with self.subTest(shell):
                if not shutil.which(shell):
                    self.skipTest(f"{shell} isn't installed")
                done = run(shell, "-n", script)
                self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
