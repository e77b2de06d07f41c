"""Headless Chromium over its DevTools protocol: messages of JSON through two pipes, so that nothing need be installed.

Source: https://chromedevtools.github.io/devtools-protocol/ and Chromium's switch --remote-debugging-pipe.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
    "--hide-scrollbars",
)
KEYS = {
    "ArrowDown": 40,
    "ArrowUp": 38,
    "Enter": 13,
    "Escape": 27,
    "Tab": 9,
}
_PATIENCE = 60.0
_START = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def program() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """One tab. What the page logs, throws and asks for is kept."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back, self._rest, self._number, self._session = to, back, b"", 0, ""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    # ---------------------------------------------------------------- what a person does

    def open(self, address: str) -> None:
        """Load a page and wait until it is there."""
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && document.querySelector('h1') !== null")

    def press(self, key: str) -> None:
        """Press a key: one of KEYS, or a letter."""
        code = KEYS.get(key)
        text = {"Enter": "\r"}.get(key, "" if code else key)
        event = {"key": key, "windowsVirtualKeyCode": code or ord(key.upper())}
        self.call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def write(self, text: str) -> None:
        """Type a text where the cursor is."""
        for letter in text:
            self.press(letter)

    def look(self, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Change the window and the colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    # ---------------------------------------------------------------- what a person sees

    def value(self, expression: str) -> Any:
        """Return what an expression of the page's language is."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(f"{expression}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        promise = (
            f"new Promise((resolve, reject) => {{ const began = performance.now(); const look = () => {{"
            f" if ({condition}) resolve(true); else if (performance.now() - began > 60000) reject(new Error('waited'));"
            f" else setTimeout(look, 20); }}; look(); }})"
        )
        found = self.call("Runtime.evaluate", expression=promise, awaitPromise=True)
        if "exceptionDetails" in found:
            raise AssertionError(f"never so: {condition}")

    def complaint(self) -> str:
        """Wait until the page complains of something, and take that away."""
        while not self.complaints:
            self._note(self._read())
        return self.complaints.pop()

    def picture(self, path: Path, whole: bool = True) -> None:
        """Save what is shown, as the suffix says: png, webp or jpeg."""
        kind = path.suffix[1:]
        data = self.call(
            "Page.captureScreenshot", format=kind, captureBeyondViewport=whole, **self._clip(whole)
        )["data"]
        path.write_bytes(b64decode(data))

    def _clip(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    # ---------------------------------------------------------------- the protocol

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; what happens meanwhile is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self._note(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select([self._back], [], [], _PATIENCE)[0]:
                raise AssertionError("the browser says nothing")
            part = os.read(self._back, 1 << 20)
            if not part:
                raise AssertionError("the browser has ended")
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                self.complaints.append(json.dumps(params["args"]))
            case "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser with a profile of its own, and end it."""
    (read, to), (back, write) = os.pipe(), os.pipe()
    # The browser reads from 3 and writes to 4; neither may stand in the way of the other.
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read, write)]
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        started = [sys.executable, "-c", _START, *map(str, ends)]
        command = [*started, str(program()), *FLAGS, f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            command, pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (read, write, *ends):
            os.close(end)
        try:
            yield Browser(to, back)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
            process.kill()
            process.wait()
            os.close(to)
            os.close(back)
