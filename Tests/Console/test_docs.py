"""The page about the HTTP routes."""

import json
import unittest

from browser import IS_INSTALLED, Browser
from console_page import SCREENSHOTS
from server_process import Server


@unittest.skipUnless(IS_INSTALLED, "needs chromium and chromedriver (Debian: chromium, chromium-driver)")
class DocsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.document = json.loads(cls.server.get("/openapi.json")[2])
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def open(self, **window):
        browser = self.enterContext(Browser(**window))
        browser.open(f"http://127.0.0.1:{self.server.port}/docs")
        browser.wait_for("return document.querySelectorAll('.request').length > 0")
        return browser

    def check_alone(self, browser):
        """Nothing was refused by the page's policy, nothing asked of anybody else."""
        self.assertEqual(browser.errors(), [])
        elsewhere = browser.run(
            "return performance.getEntriesByType('resource').map((e) => e.name).filter((name) => !name.startsWith(location.origin + '/') && !name.startsWith('data:'))")
        self.assertEqual(elsewhere, [])

    def background(self, browser):
        return browser.run("return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")

    def test_every_request_is_shown_with_its_answers(self):
        browser = self.open()
        shown = browser.run("return [...document.querySelectorAll('.request')].map((card) => card.id)")
        described = [operation["operationId"] for item in self.document["paths"].values() for operation in item.values()]
        self.assertEqual(sorted(shown), sorted(described))
        card = browser.text("#renameMap")
        for text in ("PUT", "/maps/rename/{name}", "new_name: string", "scenes_updated: integer", "409", "otherwise"):
            self.assertIn(text, card)
        links = browser.run("return [...document.querySelectorAll('a[href^=\"#\"]')].filter((a) => !document.getElementById(a.hash.slice(1))).map((a) => a.hash)")
        self.assertEqual(links, [])
        self.assertLess(max(self.background(browser)), 60)
        browser.screenshot(SCREENSHOTS / "docs.png")
        self.check_alone(browser)

    def test_it_is_light_where_the_system_is_and_fits_a_phone(self):
        browser = self.open(width=360, height=740, scheme="light")
        self.assertGreater(min(self.background(browser)), 200)
        self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), 360)
        browser.screenshot(SCREENSHOTS / "phone-docs.png")
        self.check_alone(browser)
