"""The console's other panels: audit, library, server; phones, light, and the keyboard."""

import re
import tempfile
import urllib.request
import zipfile
from pathlib import Path

from browser import wait_until
from console_page import ConsoleTest
from demo_table import plain
from websocket_client import WebSocket

ESCAPE = "\ue00c"


class AuditTest(ConsoleTest):
    def sentences(self):
        return self.browser.run("return [...document.querySelectorAll('.event .what')].map((e) => e.textContent)")

    def test_the_list_is_searched_and_an_event_opened(self):
        self.browser.press("/")
        self.browser.type("#audit-text", "goblin HP")
        self.browser.wait_for("return document.querySelectorAll('.event').length === 1")
        self.assertEqual(self.sentences(), ["Goblin 1 is killed, HP 7 → 0"])
        self.browser.click(".event")
        detail = self.browser.text("#audit-detail")
        for text in ("live.changed", "ws@127.0.0.1", "Goblin 1 · hp", "Goblin 1 · isKilled"):
            self.assertIn(text, detail)
        cells = self.browser.run("return [...document.querySelectorAll('.changes tbody tr')].map((row) => row.innerText.split('\\t'))")
        self.assertIn(["Goblin 1 · hp", "7", "0"], cells)
        self.browser.click("#audit-clear")
        self.browser.wait_for("return document.querySelectorAll('.event').length > 5")
        self.picture("audit")

    def test_filters_and_drags(self):
        self.browser.press("2")
        self.browser.wait_for("return document.querySelectorAll('.event').length > 5")
        drags = [text for text in self.sentences() if text.startswith("Aldra Voss moves")]
        self.assertEqual(len(drags), 1, drags)
        self.assertRegex(drags[0], r"×[5-6]$")
        self.browser.type("#audit-text", "Aldra moves")
        self.browser.click("#audit-fold")
        self.browser.wait_for("return [...document.querySelectorAll('.event .what')].filter((e) => e.textContent.startsWith('Aldra Voss moves')).length === 5")
        self.browser.click("#audit-clear")
        self.browser.run("""
            const kind = document.getElementById("audit-kind");
            kind.value = "map";
            kind.dispatchEvent(new Event("change"));""")
        self.browser.wait_for("return [...document.querySelectorAll('.event')].every((e) => e.dataset.kind === 'map')")
        self.assertIn("Map “Dungeons/crypt.png” is uploaded", self.sentences())

    def test_an_event_leads_to_its_moment_and_can_be_taken_back(self):
        newest = self.newest()
        before = self.table.token("brom")["hp"]
        self.table.hurt("brom", 4)
        self.wait_for_newest()
        self.browser.press("2")
        self.browser.click(".event")
        self.browser.wait_for("return document.getElementById('audit-detail').innerText.includes('Take this back')")
        self.browser.run("[...document.querySelectorAll('#audit-detail button')].find((b) => b.textContent.startsWith('Take')).click()")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.browser.click("#dialog-yes")
        wait_until("the undo", lambda: self.newest() == newest + 2)
        (token,) = [t for t in self.server.snapshot()[0]["live"]["initiativeOrder"] if t["id"] == "brom"]
        self.assertEqual(token["hp"], before)
        self.table.token("brom")["hp"] = before
        self.browser.run("[...document.querySelectorAll('#audit-detail button')][0].click()")
        self.wait_for_offset(newest + 1)


class LibraryTest(ConsoleTest):
    def names(self):
        return sorted(self.server.snapshot()[0]["maps"])

    def choose(self, *files):
        self.browser.type("#library-files", "\n".join(str(file) for file in files))

    def item_button(self, key, text):
        self.browser.wait_for("return document.querySelector(`[data-key=\"${given[0]}\"]`) !== null", key)
        self.browser.run("[...document.querySelectorAll(`[data-key=\"${given[0]}\"] button`)].find((b) => b.textContent === given[1]).click()", key, text)

    def test_a_map_is_uploaded_renamed_deleted_and_brought_back(self):
        self.browser.press("3")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "swamp.png"
            file.write_bytes(plain(30, 30, (40, 90, 50)))
            self.choose(file)
            wait_until("the upload", lambda: "swamp.png" in self.names())
        self.item_button("maps/swamp.png", "Rename")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.browser.type("#dialog-text", "marsh.png\ue007")
        wait_until("the new name", lambda: "marsh.png" in self.names() and "swamp.png" not in self.names())
        blob = self.server.snapshot()[0]["maps"]["marsh.png"]["blob"]
        self.item_button("maps/marsh.png", "Delete")
        wait_until("it is gone", lambda: "marsh.png" not in self.names())
        self.browser.wait_for("return document.getElementById('library-removed').innerText.includes('marsh.png')")
        # It was renamed and not removed under its first name.
        self.assertNotIn("swamp.png", self.browser.text("#library-removed"))
        self.picture("library")
        self.browser.run("document.querySelector('#library-removed button').click()")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.assertIn("Bring “marsh.png” back?", self.browser.text("#dialog"))
        self.browser.click("#dialog-yes")
        wait_until("it is back", lambda: "marsh.png" in self.names())
        self.assertEqual(self.server.snapshot()[0]["maps"]["marsh.png"]["blob"], blob)

    def test_what_the_server_refuses_is_said(self):
        self.browser.press("3")
        before = self.names()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "notes.txt"
            file.write_text("no map")
            self.choose(file)
            self.browser.wait_for("return document.querySelector('.note.error')?.textContent.includes('notes.txt')")
        self.assertEqual(self.names(), before)
        self.browser.errors()  # the browser logs the 415 too

    def test_what_changes_nothing_offers_no_undo_of_somebody_elses_change(self):
        self.browser.press("3")
        before = self.newest()
        self.item_button("maps/Town/tavern.png", "Move")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.browser.type("#dialog-text", "Town/\ue007")
        self.browser.wait_for("return document.getElementById('notes').innerText.includes('“tavern.png” is moved')")
        self.assertEqual(self.newest(), before)
        self.assertEqual(self.browser.run("return document.querySelectorAll('#notes button').length"), 0)

    def test_files_are_dropped_on_a_folder(self):
        self.browser.press("3")
        self.browser.wait_for("return document.querySelector('[data-folder=\"Dungeons\"]') !== null")
        self.browser.run("""
            const files = new DataTransfer();
            const image = await (await fetch("maps/file/tavern.png")).blob();
            files.items.add(new File([image], "cellar.png", { type: "image/png" }));
            document.querySelector('[data-folder="Dungeons"] summary')
                .dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));""")
        wait_until("the upload", lambda: "Dungeons/cellar.png" in self.names())

    def test_scenes_are_renamed_and_moved_and_sounds_deleted_and_all_that_is_undone(self):
        (scene,) = self.server.snapshot()[0]["scenes"]
        self.browser.press("3")
        self.browser.click("#library-kinds [data-kind=scenes]")
        self.browser.wait_for("return document.querySelector('[data-folder=\"Old Abbey\"]') !== null")
        self.item_button(f"scenes/{scene}", "Move")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.browser.type("#dialog-text", "Ruins\ue007")
        wait_until("the move", lambda: self.server.snapshot()[0]["scenes"][scene]["folder"] == "Ruins")
        self.browser.click("#library-kinds [data-kind=sounds]")
        self.item_button("sounds/loop/Battle/drums.mp3", "Delete")
        wait_until("no sound", lambda: not self.server.snapshot()[0]["sounds"])
        self.browser.click("#library-undo")
        self.browser.wait_for("return document.getElementById('dialog').open")
        self.browser.click("#dialog-yes")
        wait_until("the sound again", lambda: list(self.server.snapshot()[0]["sounds"]) == ["loop/Battle/drums.mp3"])


class ServerTest(ConsoleTest):
    def plot(self, title):
        """What stands beside a plot's title."""
        return self.browser.run(
            "return [...document.querySelectorAll('#plots figure')].find((f) => f.innerText.startsWith(given[0])).querySelector('output').textContent",
            title)

    def rows(self):
        return self.browser.run("return [...document.querySelectorAll('#server-clients tbody tr')].map((row) => row.innerText.split('\\t'))")

    def test_latencies_are_plotted(self):
        self.browser.press("4")
        self.browser.wait_for("return document.getElementById('server-facts').innerText.includes('Last snapshot')", within=30)
        self.table.move("g2", 9.5, 4.5)
        for title in ("Commit", "Disk sync", "Fan-out", "HTTP answers"):
            wait_until(f"figures of {title}", lambda title=title: re.match(r"p50 [0-9.]+ (µs|ms|s) · p99 [0-9.]+ (µs|ms|s)$", self.plot(title)))
        painted = self.browser.run("""
            const figure = [...document.querySelectorAll("#plots figure")].find((f) => f.innerText.startsWith("Commit"));
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            const canvas = figure.querySelector("canvas");
            const { data } = canvas.getContext("2d").getImageData(Math.floor(canvas.width * 0.9), 20, Math.ceil(canvas.width * 0.1), canvas.height - 24);
            let count = 0;
            for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
            return count;""")
        self.assertGreater(painted, 0)

    def test_clients_are_listed_with_their_lag(self):
        self.browser.press("4")
        self.browser.wait_for("return document.querySelectorAll('#server-clients tbody tr').length >= 2", within=30)
        self.assertEqual({row[4] for row in self.rows()}, {"up to date"})
        self.assertIn("event client", {row[0] for row in self.rows()})
        stuck = WebSocket(self.server.port, protocol="spelltable.events.v1")
        self.addCleanup(stuck.socket.close)
        address = "{}:{}".format(*stuck.socket.getsockname())
        for number in range(30):
            status, _, body = self.server.post("/maps/data", {"name": "m.png", "folder": None, "data": {"n": number, "notes": "x" * 600_000}})
            self.assertEqual(status, 200, body)
        wait_until("the stuck client's lag", lambda: self.rows()[0][1] == address and re.match(r"[0-9]+ events? behind", self.rows()[0][4]))
        self.browser.wait_for(
            "return [...document.querySelectorAll('#plots figure')].some((f) => /Slowest client[^]* [1-9][0-9]* event/.test(f.innerText.replaceAll('\\n', ' ')))")
        self.picture("server-clients")
        stuck.socket.close()
        wait_until("it is gone", lambda: address not in {row[1] for row in self.rows()})

    def test_a_backup_is_taken_away_and_brought_in_and_that_is_undone(self):
        self.browser.press("4")
        self.browser.wait_for("return document.getElementById('server-facts').innerText.includes('none are scheduled')", within=30)
        for form in ("folders", "archive"):
            with self.subTest(form), tempfile.TemporaryDirectory() as folder:
                address = self.browser.run("return document.getElementById(given[0]).href", f"backup-{form}")
                with urllib.request.urlopen(address) as answer:
                    file = Path(folder) / f"{form}.zip"
                    file.write_bytes(answer.read())
                self.assertEqual(self.server.request("DELETE", "/maps/file/tavern.png")[0], 200)
                before = self.server.snapshot()[0]
                self.assertNotIn("Town/tavern.png", before["maps"])
                self.browser.type("#backup-file", str(file))
                self.browser.wait_for("return document.getElementById('dialog').open")
                self.assertIn("It is one event, which can be undone", self.browser.text("#dialog"))
                self.assertEqual(self.server.snapshot()[0], before)
                self.browser.click("#dialog-yes")
                wait_until("the import", lambda: "Town/tavern.png" in self.server.snapshot()[0]["maps"])
                self.browser.wait_for("return document.getElementById('notes').innerText.includes(given[0])", f"“{form}.zip” is in: ")
                self.browser.run("[...document.querySelectorAll('.note')].find((n) => n.innerText.includes(given[0])).querySelector('button').click()", f"{form}.zip")
                self.browser.wait_for("return document.getElementById('dialog').open")
                self.browser.click("#dialog-yes")
                wait_until("its undo", lambda: self.server.snapshot()[0] == before)
                self.assertEqual(self.server.post("/undo", {})[0], 200)
        self.picture("server-backup")

    def test_a_download_shows_how_far_it_is_and_ends_as_a_file(self):
        self.browser.press("4")
        self.browser.run("""
            const progress = document.getElementById('backup-progress');
            window.rows = [];
            new MutationObserver(() => window.rows.push(progress.innerText))
              .observe(progress, { childList: true, subtree: true, characterData: true });""")
        for form in ("folders", "archive"):
            with self.subTest(form), tempfile.TemporaryDirectory() as folder:
                self.browser.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
                self.browser.run("window.rows = []")
                self.browser.click(f"#backup-{form}")
                file, = wait_until("the file", lambda: list(Path(folder).glob("*.zip")))
                self.browser.wait_for("return document.getElementById('notes').innerText.includes(given[0])", f"“{file.name}” is saved: ")
                with zipfile.ZipFile(file) as archive:
                    self.assertIsNone(archive.testzip())
                    self.assertGreater(len(archive.namelist()), 2)
                self.assertRegex("\n".join(self.browser.run("return window.rows")), "Backup, [0-9.]+ [KM]?B so far")
                self.browser.wait_for("return document.getElementById('backup-progress').innerText === ''")

    def test_a_download_that_is_refused_or_breaks_off_is_told_and_saves_nothing(self):
        self.browser.press("4")
        for answer, said in [
            ("Promise.resolve(new Response('{\"detail\":\"too many at once\"}', { status: 503 }))", "wasn't saved: too many at once"),
            ("Promise.resolve(new Response(new ReadableStream({ pull(c) { c.error(new TypeError('gone')); } })))", "wasn't saved: it broke off"),
            ("Promise.reject(new TypeError('offline'))", "wasn't saved: the server can't be reached"),
        ]:
            with self.subTest(said):
                self.browser.run(f"""
                    const ordinary = window.fetch;
                    URL.createObjectURL = () => {{ throw new Error('saved'); }};
                    window.fetch = (url, ...rest) => String(url).includes('backup/export') ? {answer} : ordinary(url, ...rest);""")
                self.browser.click("#backup-folders")
                self.browser.wait_for("return document.getElementById('notes').innerText.includes(given[0])", said)

    def test_a_backup_with_nothing_new_offers_no_undo_and_what_is_left_out_is_named(self):
        self.browser.press("4")
        before = self.server.snapshot()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "poor.zip"
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("scenes/torn.json", "{")
            self.browser.type("#backup-file", str(file))
            self.browser.wait_for("return document.getElementById('dialog').open")
            self.browser.click("#dialog-yes")
            self.browser.wait_for("return document.getElementById('notes').innerText.includes('Nothing in “poor.zip” is new')")
        notes = self.browser.text("#notes")
        self.assertIn("Left out of “poor.zip”: scenes/torn.json (", notes)
        self.assertEqual(self.browser.run("return document.querySelectorAll('#notes button').length"), 0)
        self.assertEqual(self.server.snapshot(), before)

    def test_the_servers_figures_are_asked_for_and_plotted(self):
        self.browser.press("4")
        self.browser.wait_for("return document.querySelectorAll('#plots figure').length >= 7", within=30)
        # The first socket answers no pings, so the server may have closed it by now.
        self.table.socket.socket.close()
        self.table.sit_down()
        self.table.move("g2", 15.5, 4.5)
        self.browser.wait_for(
            # Pages of the tests before may still be connected.
            "return [...document.querySelectorAll('#plots figure')].some((f) => /sockets [2-9]/.test(f.innerText))", within=30)
        facts = self.browser.text("#server-facts")
        self.assertIn("Takes changes", facts)
        self.browser.wait_for("return document.getElementById('server-facts').innerText.includes(given[0])", str(self.newest()))
        self.picture("server")


class PhoneTest(ConsoleTest):
    window = {"width": 360, "height": 740, "scheme": "light"}

    def test_every_panel_fits_a_phone(self):
        for key, panel in enumerate(["table", "audit", "library", "server"], start=1):
            with self.subTest(panel):
                self.browser.press(str(key))
                self.browser.wait_for("return !document.getElementById(given[0]).hidden", panel)
                wide = self.browser.run("return document.documentElement.scrollWidth")
                self.assertLessEqual(wide, 360)
                if panel == "audit":
                    self.browser.wait_for("return document.querySelectorAll('.event').length > 0")
                self.picture(f"phone-{panel}")
        self.browser.press("1")
        board = self.browser.run("const { width, height } = document.getElementById('board').getBoundingClientRect(); return [width, height]")
        self.assertGreater(min(board), 150, board)

    def test_light_is_light(self):
        red, green, blue = self.browser.run(
            "return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
        self.assertGreater(min(red, green, blue), 200)


class KeyboardTest(ConsoleTest):
    def test_the_keys_are_shown_and_fields_keep_theirs(self):
        self.browser.press("?")
        self.browser.wait_for("return document.getElementById('keys').open")
        self.assertIn("search in the audit", self.browser.text("#keys-list"))
        self.picture("keys")
        self.browser.press(ESCAPE)
        self.browser.press("/")
        self.browser.press("4", "r", " ", "x")
        self.assertEqual(self.browser.run("return document.getElementById('audit-text').value"), "4r x")
        self.assertFalse(self.browser.run("return document.getElementById('audit').hidden"))

    def test_tabs_are_led_by_arrows_and_everything_has_a_name(self):
        self.browser.run("document.getElementById('tab-table').focus()")
        self.browser.press("\ue014")
        self.browser.wait_for("return document.getElementById('tab-audit').getAttribute('aria-selected') === 'true'")
        nameless = self.browser.run("""
            return [...document.querySelectorAll("button, select, input, canvas, [role]")]
                .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.getAttribute("aria-labelledby") || e.closest("dialog")))
                .map((e) => e.outerHTML.slice(0, 120));""")
        self.assertEqual([html for html in nameless if "hidden" not in html], [])

