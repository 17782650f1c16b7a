"""A server with a table on it and a browser that has the console open: what the console's tests begin with."""

import json
import os
import unittest
from pathlib import Path

from browser import IS_INSTALLED, Browser, wait_until
from demo_table import DemoTable
from network import Network
from server_process import Server

#: Pictures for a person to look at.
SCREENSHOTS = Path(os.environ.get("SPELLTABLE_SCREENSHOTS", ".build/console-screenshots"))

CANVAS_PIXEL = """
    const { view } = globalThis.spelltable;
    const point = view.pointOf(given[0], given[1]);
    const board = document.getElementById("board");
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return [...board.getContext("2d").getImageData(Math.round(point.x), Math.round(point.y), 1, 1).data.slice(0, 3)];"""


@unittest.skipUnless(IS_INSTALLED, "needs chromium and chromedriver (Debian: chromium, chromium-driver)")
class ConsoleTest(unittest.TestCase):
    """One server, browser and network for all tests of a class, which leave the table as they like."""

    window = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.table = DemoTable(cls.server)
        cls.table.set_up()
        cls.table.fight()
        cls.network = cls.enterClassContext(Network(cls.server.port))
        cls.browser = cls.enterClassContext(Browser(**cls.window))
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        self.browser.open("about:blank")
        self.browser.errors()
        self.browser.open(f"http://127.0.0.1:{self.network.port}/console")
        self.wait_for_newest()

    def tearDown(self):
        # Also what the policy refused, as an image or style from elsewhere, or a style in the markup.
        self.assertEqual(self.allowed_errors(self.browser.errors()), [])

    def allowed_errors(self, errors):
        return errors

    def newest(self):
        return self.server.snapshot()[1]

    def wait_for_newest(self):
        """The page is live, shows the newest event, and has all of the past."""
        newest = self.newest()
        self.browser.wait_for(
            """const { table, machine } = globalThis.spelltable ?? {};
               return table?.state === "live" && machine.last === given[0] && machine.isComplete
                   && document.getElementById("board").dataset.offset === String(given[0]);""", newest)
        return newest

    def wait_for_offset(self, offset):
        self.browser.wait_for("return document.getElementById('board').dataset.offset === String(given[0])", offset)

    def document_at(self, offset):
        status, _, body = self.server.get(f"/snapshot?at={offset}")
        self.assertEqual(status, 200)
        return json.loads(body)

    def events_after(self, offset):
        _, _, body = self.server.get(f"/events?after={offset}")
        return [json.loads(line) for line in body.splitlines()]

    def shown_document(self):
        return self.browser.run("return globalThis.spelltable.time.document")

    def pixel(self, x, y):
        """The colour on the board at a place in cells."""
        return self.browser.run(CANVAS_PIXEL, x, y)

    def wait_for_pixel(self, x, y, is_right):
        return wait_until(f"the pixel at {x}, {y}", lambda: is_right(self.pixel(x, y)))

    def point(self, x, y):
        """A place in cells as pixels in the window."""
        return self.browser.run(
            """const box = document.getElementById("board").getBoundingClientRect();
               const { x, y } = globalThis.spelltable.view.pointOf(given[0], given[1]);
               return [box.left + x, box.top + y];""", x, y)

    def timeline_point(self, offset):
        return self.browser.run(
            """const box = document.getElementById("timeline").getBoundingClientRect();
               return [box.left + globalThis.spelltable.time.timeline.xOf(given[0]), box.top + box.height / 2];""", offset)

    def picture(self, name):
        self.browser.run("await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
        self.browser.screenshot(SCREENSHOTS / f"{name}.png")
