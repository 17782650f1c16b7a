"""The console's panel "Table": what is drawn, following what happens, and coming back after the network was gone."""

from browser import wait_until
from console_page import ConsoleTest
from demo_table import area, fog


def is_dark(pixel):
    return max(pixel) < 60


def is_stone(pixel):
    red, _, blue = pixel
    return red > 80 and red > blue


def is_blue(pixel):
    red, _, blue = pixel
    return blue > red + 30


class TableTest(ConsoleTest):
    def test_the_scene_is_drawn(self):
        self.wait_for_pixel(2.5, 2.5, is_stone)  # the map's image, in a room
        self.assertTrue(is_dark(self.pixel(20.5, 14.5)), "fog lies over the room in the corner")
        self.assertTrue(is_stone(self.pixel(4.5, 12.5)), "the fog over this room is lifted")
        x, y = 12.5, 6.5
        ring = self.pixel(x + 0.46, y)
        self.assertTrue(is_blue(ring), f"Brom, a player, has a blue ring: {ring}")
        self.assertIn("The Crypt of Saint Ivo", self.browser.text("aside"))
        names = [line for line in self.browser.text("#initiative").splitlines() if line.isalpha() or " " in line]
        self.assertEqual(names, ["Aldra Voss", "Celeste", "Goblin 1", "Goblin 2", "Brom", "Goblin 3", "Ogre"])
        self.assertEqual(self.browser.run("return document.querySelector('#initiative .turn .name').textContent"), "Brom")
        self.assertEqual(self.browser.text("#light-text"), "Live")
        self.picture("table")

    def test_a_token_that_is_dragged_elsewhere_is_drawn_there_at_once(self):
        self.table.move("celeste", 3.5, 2.5)
        self.wait_for_newest()
        self.wait_for_pixel(3.5 + 0.46, 2.5, is_blue)
        self.table.move("celeste", 6.5, 2.5)
        self.wait_for_newest()
        self.wait_for_pixel(3.5 + 0.46, 2.5, is_stone)

    def test_every_shape_of_an_area(self):
        kept = self.table.live
        self.table.live = {**kept, "initiativeOrder": []}  # nobody stands in the way
        shapes = ["circle", "cone", "line", "square", "cube", "cylinder"]
        places = {shape: (2 + 4 * (at % 3), 2 + 3 * (at // 3)) for at, shape in enumerate(shapes)}
        self.table.live["aoeMarkers"] = [
            area(shape, shape, 10, "#00ff00", "", *place) | {"opacity": 1} for shape, place in places.items()]
        self.table.show()
        self.wait_for_newest()
        green = lambda pixel: pixel[1] > 200 and pixel[0] < 60  # noqa: E731
        for shape, (x, y) in places.items():
            with self.subTest(shape):
                self.wait_for_pixel(x + 0.5, y + 0.65, green)
                corner = self.pixel(x - 0.35, y - 0.35)
                self.assertEqual(green(corner), shape in ("square", "cube"), f"{shape}: {corner}")
        self.table.live = kept
        self.table.show()

    def test_the_screens_being_blank_and_night_are_shown(self):
        bright = self.wait_for_pixel(2.5, 2.5, lambda pixel: is_stone(pixel) and pixel)
        self.table.say({"type": "blank_viewer"})
        self.browser.wait_for("return !document.getElementById('blank').hidden")
        self.table.say({"type": "unblank_viewer"})
        self.table.say({"type": "scene_event", "eventType": "night_mode", "enabled": True, "brightness": 0.3})
        self.browser.wait_for("return document.getElementById('scene-state').textContent.includes('night, 30 %')")
        self.wait_for_pixel(2.5, 2.5, lambda pixel: sum(pixel) < sum(bright) * 0.7)
        self.table.say({"type": "scene_event", "eventType": "night_mode", "enabled": False, "brightness": 1})
        self.wait_for_pixel(2.5, 2.5, is_stone)

    def test_fog_that_is_drawn_and_lifted(self):
        self.wait_for_pixel(2.5, 2.5, is_stone)
        self.table.live["fogOfWar"].append(fog("fog-9", 1, 1, 4, 4))
        self.table.show()
        self.wait_for_pixel(2.5, 2.5, is_dark)
        self.table.live["fogOfWar"].pop()
        self.table.show()
        self.wait_for_pixel(2.5, 2.5, is_stone)

    def test_a_click_on_a_token_says_who_touched_it_last(self):
        self.browser.drag(self.point(*self.place_of("ogre")))
        self.browser.wait_for("return !document.getElementById('selection').hidden")
        card = self.browser.text("#selection")
        self.assertIn("Ogre", card)
        self.assertIn("Last touched by 127.0.0.1", card)
        self.assertIn("Ogre HP 59 → 38", card)
        self.picture("who-touched")
        self.browser.click("#selection-all")
        self.assertEqual(self.browser.text("#audit-part"), "Only what touched Ogre")
        sentences = self.browser.run("return [...document.querySelectorAll('.event .what')].map((e) => e.textContent)")
        self.assertTrue(all("Ogre" in text or "put on the table" in text for text in sentences), sentences)

    def test_the_table_is_panned_and_zoomed(self):
        before = self.point(10, 8)
        self.browser.drag((200, 300), (240, 330), (260, 340))
        after = self.point(10, 8)
        self.assertEqual([round(b - a) for a, b in zip(before, after)], [60, 40])
        self.browser.press("+")
        self.assertGreater(self.span(), 20)
        self.browser.press("0")
        wait_until("all of it again", lambda: [round(a) for a in self.point(10, 8)] == [round(b) for b in before])

    def span(self):
        (x, _), (x1, _) = self.point(10, 8), self.point(11, 8)
        return x1 - x

    def place_of(self, key):
        place = self.table.token(key)["mapPosition"]
        return place["x"], place["y"]


class NetworkTest(ConsoleTest):
    def allowed_errors(self, errors):
        # A browser logs each connection that can't be made.
        return [text for text in errors if "ERR_CONNECTION" not in text and "WebSocket connection" not in text]

    def test_what_was_missed_while_the_network_was_gone_is_there_after(self):
        first = self.browser.run("return globalThis.spelltable.machine.first")
        before = self.newest()
        self.network.cut()
        self.browser.wait_for("return document.getElementById('light').dataset.state === 'away'")
        self.picture("away")
        self.table.move("brom", 14.5, 3.5)
        self.table.hurt("g2", 7)
        self.assertEqual(self.browser.run("return globalThis.spelltable.machine.last"), before)
        self.network.mend()
        newest = self.wait_for_newest()
        self.assertEqual(newest, before + 6)
        self.assertEqual(self.shown_document(), self.server.snapshot()[0])
        # Resumed where it stopped: the past that the page had is still the same, with what was missed behind it.
        self.assertEqual(self.browser.run("return [machine.first, machine.records.length]".replace("machine", "globalThis.spelltable.machine")),
                         [first, newest - first + 1])

    def test_a_server_that_was_started_anew_is_found_again(self):
        self.server.stop()
        self.browser.wait_for("return document.getElementById('light').dataset.state === 'away'")
        self.server.start()
        self.table.sit_down()
        self.table.move("aldra", 10.5, 4.5)
        self.wait_for_newest()
        self.assertEqual(self.shown_document(), self.server.snapshot()[0])
