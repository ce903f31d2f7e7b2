"""A real Chromium, driven by its own devtools protocol over a pipe: what a clerk types in a tab, and sees.

A tab is used as ``tests.terminal.Terminal`` is: its screen is what xterm.js holds in the browser, its
keys are the browser's key events.  Waiting is for what is seen, never for time.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
]
_LONGEST = 60.0  # seconds that the browser has for one answer
_ALT, _CTRL, _SHIFT = 1, 2, 8

# What a terminal sends for a key, and the browser's name and number of that key.
_NAMED = {
    "\r": ("Enter", 13),
    "\t": ("Tab", 9),
    "\x1b": ("Escape", 27),
    "\x7f": ("Backspace", 8),
    "\x1b[A": ("ArrowUp", 38),
    "\x1b[B": ("ArrowDown", 40),
    "\x1b[C": ("ArrowRight", 39),
    "\x1b[D": ("ArrowLeft", 37),
    "\x1b[H": ("Home", 36),
    "\x1b[F": ("End", 35),
    "\x1b[5~": ("PageUp", 33),
    "\x1b[6~": ("PageDown", 34),
    "\x1b[3~": ("Delete", 46),
    **{f"\x1bO{letter}": (f"F{n}", 111 + n) for n, letter in enumerate("PQRS", 1)},
    **{
        f"\x1b[{code}~": (f"F{n}", 111 + n)
        for n, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)
    },
}
_KEYS = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|\x1b[^\[O\x1b]|[^\x1b]|\x1b", re.DOTALL)
_TERMINAL_OF_PAGE = """function () {
  return this.find((o) => { try { return o.websocket_url && o.terminal } catch { return false } })
}"""
_SCREEN = """function () {
  const b = this.terminal.buffer.active, rows = []
  for (let y = 0; y < this.terminal.rows; y++) rows.push(b.getLine(b.viewportY + y)?.translateToString() ?? "")
  return { rows, columns: this.terminal.cols, x: b.cursorX, y: b.cursorY }
}"""


def chromium() -> str:
    """Return where Chromium is, or skip the test: `.ci/run` installs it."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed: .ci/run installs it")
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    return found


class Browser:
    """One Chromium with a new profile; a second window of the same clerk is a second tab."""

    def __init__(self, profile: Path) -> None:
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_read, to_write)]

        def as_it_wants() -> None:
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [chromium(), *_FLAGS, f"--user-data-dir={profile}"],
            preexec_fn=as_it_wants,
            pass_fds=[3, 4],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(profile)},
        )
        for end in (to_read, to_write, *ends):
            os.close(end)
        self._sent = 0
        self._read = b""
        self._answers: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str = "", **parameters: Any) -> int:
        """Send a command and return its number; its answer is had by ``answer``."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self._to, data) :]
        return self._sent

    def answer(self, number: int, *, strict: bool = True) -> dict[str, Any]:
        """Wait for the answer to the command *number*; unless *strict*, {} for an error."""
        end = time.monotonic() + _LONGEST
        while number not in self._answers:
            assert time.monotonic() < end, "the browser does not answer"
            self.pump(0.2)
        answer = self._answers.pop(number)
        if "error" in answer and not strict:
            return {}
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def do(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        return self.answer(self.send(method, session, **parameters))

    def pump(self, seconds: float) -> None:
        """Take what the browser says for at most *seconds*."""
        if not select.select([self._from], [], [], seconds)[0]:
            return
        data = os.read(self._from, 1 << 20)
        assert data, "the browser has ended"
        *whole, self._read = (self._read + data).split(b"\0")
        for each in whole:
            message = json.loads(each)
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self.events.append(message)

    def tab(self, address: str, *, width: int = 1000, height: int = 620) -> Tab:
        """Open *address* in a new tab of such a size in pixels."""
        return Tab(self, address, width, height)

    def freeze(self) -> Callable[[], None]:
        """Stop the browser and all that it has started; what is returned lets it go on."""
        pids, tree = [self.process.pid], Path("/proc")
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
            for task in (tree / str(pid) / "task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]

        def go_on() -> None:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

        return go_on

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._to)
        with suppress(OSError):
            os.close(self._from)
        self.process.kill()
        self.process.wait()


class _Cursor:
    x = y = 0


class _Shown:
    """What xterm.js holds, with the names that ``Terminal`` uses of pyte."""

    def __init__(self) -> None:
        self.display = [""]
        self.cursor = _Cursor()
        self.columns = 0

    @property
    def lines(self) -> int:
        return len(self.display)


class Tab(Terminal):
    """One tab, used as a terminal."""

    def __init__(self, browser: Browser, address: str, width: int, height: int) -> None:
        self.browser = browser
        self.code = None
        self.received = 0
        self.screen = _Shown()  # type: ignore[assignment]
        made = browser.do("Target.createTarget", url="about:blank")
        self.target: str = made["targetId"]
        attached = browser.do("Target.attachToTarget", targetId=self.target, flatten=True)
        self.session: str = attached["sessionId"]
        self.in_pixels(width, height)
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.do(f"{domain}.enable")
        self.do("Page.navigate", url=address)
        self._terminal = ""

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.do(method, self.session, **parameters)

    def in_pixels(self, width: int, height: int) -> None:
        """Give the window another size."""
        self.do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def run(self, script: str, *, strict: bool = True) -> Any:
        """Run *script* in the page, as its own would be run, and return its value.

        Unless *strict*, True where the page was just being replaced.
        """
        number = self.browser.send(
            "Runtime.evaluate",
            self.session,
            expression=script,
            returnByValue=True,
            awaitPromise=True,
        )
        result = self.browser.answer(number, strict=strict)
        if not result and not strict:
            return True
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    # --- eyes -------------------------------------------------------------------------------

    def pump(self, seconds: float) -> bool:
        """Look at the screen again."""
        self.browser.pump(min(seconds, 0.05))
        if not self._terminal and not self._find_terminal():
            return True
        shown = self._called(self._terminal, _SCREEN, returnByValue=True)["value"]
        self.screen.display = shown["rows"]  # type: ignore[misc]
        self.screen.columns = shown["columns"]
        self.screen.cursor.x, self.screen.cursor.y = shown["x"], shown["y"]
        return True

    def _find_terminal(self) -> bool:
        """Find the page's terminal among its objects: no global name leads to it."""
        if not self.run("document.querySelector('.xterm-screen') !== null"):
            return False
        plain = self.do("Runtime.evaluate", expression="Object.prototype")["result"]["objectId"]
        found = self.do("Runtime.queryObjects", prototypeObjectId=plain, objectGroup="search")
        it = self._called(found["objects"]["objectId"], _TERMINAL_OF_PAGE, objectGroup="kept")
        self._terminal = it.get("objectId", "")
        self.do("Runtime.releaseObjectGroup", objectGroup="search")
        return bool(self._terminal)

    def _called(self, on: str, function: str, **options: Any) -> dict[str, Any]:
        answer = self.do(
            "Runtime.callFunctionOn", objectId=on, functionDeclaration=function, **options
        )
        assert "exceptionDetails" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def again(self, timeout: float = 30.0) -> None:
        """Press the button that begins a new session, and return when its page is there."""
        number = self.browser.send(
            "Runtime.evaluate",
            self.session,
            expression="document.getElementById('again').click()",
        )
        self.browser.answer(number)
        end = time.monotonic() + timeout
        while self.run("document.body?.classList.contains('-closed') ?? true", strict=False):
            assert time.monotonic() < end, "the page was not loaded again"
            self.browser.pump(0.05)
        self._terminal = ""

    def said_at_the_end(self) -> str:
        """Return the line that says why the session is over, "" while it is not."""
        said: str = self.run(
            "document.body?.classList.contains('-closed')"
            " ? document.getElementById('why').textContent : ''"
        )
        return said

    def expect_over(self, why: str, timeout: float = 30.0) -> None:
        """Return when the page says that the session is over, and *why*."""
        end = time.monotonic() + timeout
        while why not in (said := self.said_at_the_end()) or not said:
            assert time.monotonic() < end, f"the page says {said!r}\n{self.text()}"
            self.pump(0.05)

    def picture(self) -> bytes:
        """Return what the tab shows, as PNG."""
        shot = self.do("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        return base64.b64decode(shot["data"])

    def sent(self) -> list[str]:
        """Return the keys that the page has sent to the server since this was last asked."""
        frames = [e for e in self.browser.events if e["method"] == "Network.webSocketFrameSent"]
        self.browser.events = [e for e in self.browser.events if e not in frames]
        said = [json.loads(e["params"]["response"]["payloadData"]) for e in frames]
        return [each[1] for each in said if each[0] == "stdin"]

    def complaints(self) -> list[str]:
        """Return what the browser has complained of: a refused file, a script's fault."""
        return [
            json.dumps(event["params"])
            for event in self.browser.events
            if event.get("sessionId") == self.session
            and (
                event["method"] == "Runtime.exceptionThrown"
                or (
                    event["method"] == "Log.entryAdded"
                    and event["params"]["entry"]["level"] == "error"
                )
            )
        ]

    # --- hands ------------------------------------------------------------------------------

    def type(self, *parts: str) -> None:
        """Press the keys that a terminal would send as *parts*, all before one is answered."""
        numbers = [n for key in _KEYS.findall("".join(parts)) for n in self._press(key)]
        for number in numbers:
            self.browser.answer(number)

    def slowly(self, *parts: str) -> None:
        """Press the keys one by one, each when what the last led to is painted."""
        for key in _KEYS.findall("".join(parts)):
            for number in self._press(key):
                self.browser.answer(number)
            self.settle()

    def settle(self, still: float = 0.25) -> None:
        """Return when the screen has not changed for *still* seconds."""
        shown, since = "", time.monotonic()
        while time.monotonic() - since < still:
            self.pump(0.02)
            if (now := self.text()) != shown:
                shown, since = now, time.monotonic()

    def paste(self, text: str) -> None:
        """Paste *text*, as the browser does it after Ctrl+V."""
        self.run(
            "(() => { const data = new DataTransfer(); data.setData('text/plain', "
            + json.dumps(text)
            + "); document.querySelector('.xterm-helper-textarea').dispatchEvent("
            "new ClipboardEvent('paste', {clipboardData: data, bubbles: true})) })()"
        )

    def _press(self, key: str) -> list[int]:
        if named := _NAMED.get(key):
            return self._key(*named, text="\r" if key == "\r" else "")
        if key == "\x1b[Z":
            return self._key("Tab", 9, _SHIFT)
        if len(key) == 2:
            return self._key(key[1], ord(key[1].upper()), _ALT, code=f"Key{key[1].upper()}")
        if key < " ":
            letter = chr(ord(key) + 96)
            return self._key(letter, ord(letter.upper()), _CTRL, code=f"Key{letter.upper()}")
        number = ord(key.upper()) if key.isascii() and key.isalnum() else 0
        return self._key(key, number, _SHIFT if key.isupper() else 0, text=key)

    def _key(
        self, name: str, number: int, held: int = 0, *, code: str = "", text: str = ""
    ) -> list[int]:
        about = {
            "key": name,
            "code": code or name,
            "windowsVirtualKeyCode": number,
            "modifiers": held,
        }
        down = {"text": text, "unmodifiedText": text} if text else {}
        send, session = self.browser.send, self.session
        kind = "keyDown" if text else "rawKeyDown"
        return [
            send("Input.dispatchKeyEvent", session, type=kind, **about, **down),
            send("Input.dispatchKeyEvent", session, type="keyUp", **about),
        ]

    def kill(self) -> None:
        """Close the tab, as a click on its cross does."""
        if self.code is None:
            self.browser.do("Target.closeTarget", targetId=self.target)
            self.code = 0

    def close(self) -> None:
        self.kill()


@contextmanager
def opened_browser(profile: Path) -> Iterator[Browser]:
    """A Chromium that ends whatever happens."""
    browser = Browser(profile)
    try:
        yield browser
    finally:
        browser.close()
