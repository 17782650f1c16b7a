"""Chromium without a screen, driven by WebDriver (https://www.w3.org/TR/webdriver2) and the standard library alone."""

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from server_process import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
IS_INSTALLED = all(shutil.which(program) for program in ("chromium", "chromedriver"))


class Browser:
    """One window. Use it in a `with` block; what the page logged as an error is in `errors()`."""

    def __init__(self, width=1280, height=860, scheme="dark"):
        self.size, self.scheme = (width, height), scheme

    def __enter__(self):
        port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        wait_until("chromedriver is there", lambda: self.call("GET", "/status")["ready"])
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
                     "--hide-scrollbars", "--force-device-scale-factor=1", f"--window-size={self.size[0]},{self.size[1]}"]
        capabilities = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "timeouts": {"script": 60_000, "implicit": 20_000},
                        "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.base += f"/session/{session['sessionId']}"
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": self.scheme}])
        self.cdp("Emulation.setDeviceMetricsOverride", width=self.size[0], height=self.size[1], deviceScaleFactor=1,
                 mobile=False)
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.kill()
            self.driver.wait()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            with error:
                value = json.loads(error.read())["value"]
            raise AssertionError(f"{method} {path}: {value['error']}: {value['message']}") from None

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, body, *given):
        """What `body`, the body of an async function, returns in the page. Its parameters are in `given`."""
        script = f"""
            const done = arguments[arguments.length - 1];
            (async (...given) => {{ {body} }})(...[...arguments].slice(0, -1))
                .then((value) => done({{ value }}), (error) => done({{ error: String(error?.stack ?? error) }}));"""
        answer = self.call("POST", "/execute/async", {"script": script, "args": list(given)})
        if "error" in answer:
            raise AssertionError(f"in the page: {answer['error']}")
        return answer.get("value")

    def text(self, selector):
        return self.run("return document.querySelector(given[0])?.innerText ?? null", selector)

    def wait_for(self, body, *given, within=20):
        """Waits until `body` returns something true in the page, and returns that."""
        return wait_until(body, lambda: self.run(body, *given), within)

    def click(self, selector):
        """As a person does: waits until it is there, fails where something lies over it."""
        try:
            self.call("POST", f"/element/{self._find(selector)}/click", {})
        except AssertionError as error:
            if "stale element" not in str(error):
                raise
            # The page put another in its place meanwhile.
            self.call("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector, text):
        self.call("POST", f"/element/{self._find(selector)}/value", {"text": text})

    def _find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def press(self, *keys):
        actions = [step for key in keys for step in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def drag(self, *points, pause=20):
        """Presses at the first point (pixels in the window), moves over the others, and lets go."""
        def moves(x, y):
            return {"type": "pointerMove", "duration": pause, "x": round(x), "y": round(y)}
        (first, *others) = points
        actions = [moves(*first), {"type": "pointerDown", "button": 0}, *(moves(*point) for point in others),
                   {"type": "pointerUp", "button": 0}]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.call("POST", "/actions", {"actions": [pointer]})

    def screenshot(self, path):
        Path(path).write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def errors(self):
        """What went wrong in the page since this was asked last: exceptions, refusals by its policy, requests that failed."""
        entries = self.call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


def wait_until(what, condition, within=20):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            found = condition()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {within} s: {what}")
