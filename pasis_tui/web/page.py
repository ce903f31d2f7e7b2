"""What the server sends besides the terminal's bytes: one page, its few files, and their headers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pasis_tui.validation.for_people import ForPeople


class NoExtra(ForPeople):
    """The extra ``web`` is not installed."""


class Sent(NamedTuple):
    """A file as it is sent."""

    kind: str
    content: bytes


# Of textual-serve comes the terminal itself (xterm.js with its add-ons), by these names only.
_TERMINAL = {
    "js/textual.js": "text/javascript",
    "css/xterm.css": "text/css",
    "fonts/RobotoMono-VariableFont_wght.ttf": "font/ttf",
}
_OWN = {"pasis.css": "text/css", "before.js": "text/javascript", "after.js": "text/javascript"}


def static_files() -> Mapping[str, Sent]:
    """Return every file that can be had below ``/static/``, by its name there.  Raises NoExtra."""
    spec = find_spec("textual_serve")
    if spec is None or spec.origin is None:
        raise NoExtra(
            "pasis serve behöver tillägget web: pip install 'pasis-tui[web]', och starta igen."
        )
    theirs = Path(spec.origin).parent / "static"
    ours = files("pasis_tui.web") / "static"
    sent = {name: Sent(kind, (theirs / name).read_bytes()) for name, kind in _TERMINAL.items()}
    return sent | {name: Sent(kind, (ours / name).read_bytes()) for name, kind in _OWN.items()}


def page(socket_address: str, font_size: int) -> bytes:
    """Return the page of a tab, whose websocket is at *socket_address*."""
    template = (files("pasis_tui.web") / "static" / "page.html").read_text("utf-8")
    return template.format(socket=socket_address, size=font_size).encode()


def headers(socket_addresses: str, *, secure: bool) -> Mapping[str, str]:
    """Return the headers of every answer; *secure* where the browser comes by https."""
    sources = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",  # the terminal sets its letters' sizes so
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": socket_addresses,
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    told = {
        "Content-Security-Policy": "; ".join(f"{name} {where}" for name, where in sources.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
        "Cache-Control": "no-store",
        "Server": "pasis",
    }
    if secure:
        told["Strict-Transport-Security"] = "max-age=31536000"
    return told
