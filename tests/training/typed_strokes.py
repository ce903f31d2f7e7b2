"""What a terminal sends for the keys of a solution."""

from __future__ import annotations

from pasis_tui.training.par_keys import Stroke
from tests import terminal as keys

_SENT: dict[str, str] = {
    "enter": keys.ENTER,
    "tab": keys.TAB,
    "escape": keys.ESC,
    "shift+tab": keys.BACKTAB,
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "insert": "\x1b[2~",
    "up": keys.UP,
    "down": keys.DOWN,
    "left": keys.LEFT,
    "right": keys.RIGHT,
    "home": keys.HOME,
    "end": keys.END,
    "pageup": keys.PGUP,
    "pagedown": keys.PGDN,
    **{f"f{n}": getattr(keys, f"F{n}") for n in range(1, 13)},
}


def sent(stroke: Stroke) -> str:
    """Return what a terminal sends for a key of a solution."""
    if stroke.character is not None:
        return stroke.character
    if stroke.key.startswith("alt+"):
        return keys.alt(stroke.key[4:])
    if stroke.key.startswith("ctrl+"):
        return keys.ctrl(stroke.key[5:])
    return _SENT[stroke.key]
