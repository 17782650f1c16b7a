"""The console's time: dragging, stepping and playing through the past, and bringing it back."""

from browser import wait_until
from console_page import ConsoleTest

LEFT, RIGHT, HOME, END, SPACE = "\ue012", "\ue014", "\ue011", "\ue010", " "


class TimeTest(ConsoleTest):
    def test_the_timeline_is_dragged_to_any_moment(self):
        newest = self.newest()
        for offset in (newest - 3, 12, 8, newest // 2):
            with self.subTest(offset=offset):
                start, end = self.timeline_point(newest), self.timeline_point(offset)
                middle = ((start[0] + end[0]) / 2, end[1])
                self.browser.drag((start[0] - 2, start[1]), middle, (end[0] + 0.5, end[1]))
                # Several events may stand on one pixel: which moment it became is what the page says.
                shown = int(self.browser.run("return document.getElementById('board').dataset.offset"))
                self.browser.wait_for("return document.getElementById('table').classList.contains('past')")
                self.assertLess(abs(self.timeline_point(shown)[0] - end[0]), 3)
                self.assertEqual(self.shown_document(), self.document_at(shown))
        self.picture("time")
        steps = self.browser.run("return performance.getEntriesByName('show moment').map(({ duration }) => duration)")
        print(f"\n{len(steps)} moments shown, the slowest took {max(steps):.1f} ms in the page")

    def test_every_moment_is_the_servers(self):
        for offset in range(-1, self.newest() + 1):
            self.browser.run("globalThis.spelltable.time.go(given[0])", offset)
            self.assertEqual(self.shown_document(), self.document_at(offset), offset)

    def test_the_past_stays_while_the_table_goes_on_and_the_keys_lead_through_it(self):
        newest = self.newest()
        self.browser.press(LEFT, LEFT)
        self.wait_for_offset(newest - 2)
        self.table.move("g3", 18.5, 6.5, steps=2)
        self.browser.wait_for("return globalThis.spelltable.machine.last === given[0]", newest + 2)
        self.wait_for_offset(newest - 2)
        self.assertFalse(self.browser.run("return document.getElementById('past-note').hidden"))
        self.browser.press(RIGHT)
        self.wait_for_offset(newest - 1)
        self.assertEqual(
            self.browser.run("return getComputedStyle(document.querySelector('.stage'), '::after').borderTopWidth"), "3px",
            "the past is framed")
        self.browser.press(HOME)
        self.wait_for_offset(-1)
        self.assertEqual(self.browser.text("#scene-name"), "Nothing is on the table")
        self.browser.press(END)
        self.wait_for_offset(newest + 2)
        self.assertTrue(self.browser.run("return document.getElementById('past-note').hidden"))

    def test_playing_goes_to_the_end_event_by_event(self):
        newest = self.newest()
        self.browser.run("globalThis.spelltable.time.go(given[0])", newest - 6)
        self.browser.run("""
            const speed = document.getElementById("time-speed");
            speed.value = "100";
            speed.dispatchEvent(new Event("change"));""")
        self.browser.press(SPACE)
        self.wait_for_offset(newest)
        self.browser.wait_for("return document.getElementById('time-play').textContent === 'Play'")

    def test_restore_shows_what_would_change_asks_and_is_one_event(self):
        newest = self.newest()
        then = next(event["offset"] for event in self.events_after(-1) if event["type"] == "live.changed") + 3
        wanted = self.document_at(then)
        self.browser.run("globalThis.spelltable.time.go(given[0])", then)
        self.wait_for_offset(then)
        self.browser.click("#time-restore")
        self.browser.wait_for("return document.getElementById('dialog').open")
        text = self.browser.text("#dialog")
        self.assertIn(f"Restore the table to event {then}?", text)
        self.assertIn("would change, in one event", text)
        self.assertIn("Ogre · hp", text)
        self.picture("restore")
        self.assertEqual(self.newest(), newest, "nothing is done before it is asked")
        self.browser.click("#dialog-yes")
        wait_until("the event", lambda: self.newest() == newest + 1)
        (event,) = self.events_after(newest)
        self.assertEqual((event["type"], event["data"]["to"]), ("table.restored", then))
        self.assertEqual(self.server.snapshot()[0], wanted)
        self.browser.press(END)
        self.wait_for_newest()

    def test_a_question_that_is_refused_changes_nothing(self):
        newest = self.newest()
        self.browser.press(LEFT, LEFT, LEFT)
        self.wait_for_offset(newest - 3)
        self.browser.press("r")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.browser.click("#dialog-no")
        self.browser.wait_for("return !document.getElementById('dialog').open")
        self.assertEqual(self.newest(), newest)
