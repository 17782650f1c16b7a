"""Tools/bench measures what it says: its load programs count rightly, and its C program writes the journal's format."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

from server_process import BIN, Server, replay

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tools"))

from benchmark import appending, journals, messages, viewers  # noqa: E402  (found by the line above)
from benchmark.bench import Bench  # noqa: E402
from benchmark.curve import Curve  # noqa: E402
from benchmark.journal_server import JournalServer  # noqa: E402
from benchmark.parts.fanout import spelltable  # noqa: E402
from benchmark.parts.reconnect import resume_path, save_scenes  # noqa: E402
from benchmark.rows import Row, median_row, ratio_row  # noqa: E402

BENCH = Bench(BIN, quick=True, rounds=1)
VIEWERS, RATE, SECONDS = 20, 20, 1


class LoadPrograms(unittest.TestCase):
    def deliver(self, protocol, updates):
        with tempfile.TemporaryDirectory() as folder, spelltable(protocol) as publisher:
            file = messages.write(folder, updates)
            return viewers.run(BENCH, publisher.port, protocol, VIEWERS, file, RATE, SECONDS, publisher.pid).report

    def test_every_event_is_counted_once_for_every_event_viewer(self):
        report = self.deliver("events", messages.small_commands())
        self.assertEqual(report["deliveries"], report["expected"])
        self.assertEqual(report["expected"], VIEWERS * (RATE * SECONDS + 1))

    def test_every_plain_viewer_ends_with_the_last_scene(self):
        report = self.deliver("plain", messages.scene_updates())
        self.assertEqual(report["viewers_at_end"], VIEWERS)
        # Newer scenes may stand for older ones, but none comes twice.
        self.assertLessEqual(report["deliveries"], report["expected"])
        self.assertGreaterEqual(report["bytes"], report["deliveries"] * 20_000)

    def test_each_append_was_acknowledged(self):
        with spelltable("events") as publisher:
            report = appending.append(BENCH, "spelltable", publisher.port, in_flight=16, seconds=60, count=200)
        self.assertEqual(report["events"], 200)

    def test_the_journal_behind_a_socket_acknowledges_what_is_on_disk(self):
        with JournalServer(BENCH) as server:
            report = appending.append(BENCH, "journal", server.port, in_flight=16, seconds=60, count=200)
            server.process.kill()
            server.process.wait()
            lines = replay("log", "--journal", server.folder / "journal", "--json").stdout.splitlines()
        self.assertEqual(report["events"], 200)
        self.assertEqual([json.loads(line)["offset"] for line in lines], list(range(200)))

    def test_all_that_come_back_are_live(self):
        with Server("--max-changes-per-second", "0") as server:
            path = resume_path(server)
            save_scenes(server.port, 10)
            # It ends only when each was told `live`.
            report = viewers.resume(BENCH, server.port, VIEWERS, path, server.process.pid)
        self.assertGreater(report["bytes"], VIEWERS * 10 * 20_000 * 0.8)

    def test_a_server_that_refuses_ends_the_load_with_its_words(self):
        with Server() as server, self.assertRaisesRegex(RuntimeError, "the server refuses: .*error"):
            # Nothing is on the table that could be moved.
            appending.append(BENCH, "spelltable", server.port, in_flight=1, seconds=60, count=1)

    def test_a_refused_sender_ends_the_viewers_too(self):
        with tempfile.TemporaryDirectory() as folder, Server() as server:
            file = messages.write(folder, messages.small_commands())
            with self.assertRaisesRegex(RuntimeError, "the server refuses: .*error"):
                viewers.run(BENCH, server.port, "events", 1, file, RATE, SECONDS, server.process.pid)


class JournalInC(unittest.TestCase):
    def test_spell_replay_finds_its_journals_clean(self):
        with tempfile.TemporaryDirectory() as folder:
            journal = Path(folder) / "journal"
            # Several frames, and commits that fill a block nearly.
            journals.write(BENCH, journal, 20_000, per_commit=1_000, scenes=5)
            self.assertIn("clean: every checksum, the chain, every patch", replay("verify", "--journal", journal).stdout)

    def test_it_reads_what_it_wrote_and_sees_a_flipped_bit(self):
        with tempfile.TemporaryDirectory() as folder:
            journal = Path(folder) / "journal"
            journals.write(BENCH, journal, 20_000)
            self.assertEqual(journals.report(BENCH, "verify", str(journal))["events"], 20_000)
            segment = next(journal.glob("*.lz4"))
            content = bytearray(segment.read_bytes())
            content[len(content) // 2] ^= 1
            segment.write_bytes(content)
            with self.assertRaisesRegex(RuntimeError, "byte [0-9]+: "):
                journals.report(BENCH, "scan", str(journal))


class Tables(unittest.TestCase):
    def test_targets_are_compared(self):
        for target, value, met in (
                ("<= 16", 16, True), ("<= 16", 16.1, False), (">= 60000", 59_999, False), ("< 1.5", 1.4, True),
                ("", 3, None), ("none yet", 3, None), (">= 0.7 of C", 3, None)):
            self.assertIs(Row("x", value, "", target).met, met, target)

    def test_medians_and_ratios_are_taken_by_round(self):
        median = median_row("x", [3, 1, 2], "s")
        self.assertEqual((median.value, median.low, median.high, median.rounds), (2, 1, 3, 3))
        ratio = ratio_row("x", [10, 40, 90], [10, 20, 30])
        self.assertEqual((ratio.value, ratio.low, ratio.high), (2, 1, 3))

    def test_a_curve_says_where_it_has_no_point(self):
        curve = Curve("viewers")
        figure = curve.figure("cpu", "CPU", "µs")
        figure.line("ours").add(1, 2.5)
        figure.line("ours").add(100, 3)
        figure.line("theirs").add(100, 4)
        self.assertIn("| CPU, µs | 1 | 100 |\n| --- | --- | --- |\n| ours | 2.5 | 3 |\n| theirs |  | 4 |\n", curve.markdown())


if __name__ == "__main__":
    unittest.main()
