"""The colours, by what they mean.

Every role can also be told apart without colour: entry fields are underlined, the cursor is
reversed, faults carry ``!``, a mandatory field ``*``, warnings and refusals their word.  A fault
is a band (its colours turned round), which no title or link is: it differs by more than its hue.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from rich.style import Style


class Palette(NamedTuple):
    """A style for each role; ``ansi`` uses the terminal's own sixteen colours."""

    ansi: bool
    ground: str
    text: Style
    label: Style
    entry: Style
    entry_active: Style
    protected: Style
    cursor: Style
    selected: Style
    note: Style
    title: Style
    link: Style
    heading: Style
    rule: Style
    good: Style
    warning: Style
    fault: Style
    practice: Style
    button: Style
    button_active: Style
    button_off: Style
    button_mark: Style  # the V of a registered form, on the button with the cursor
    row_active: Style
    key: Style
    bar: Style


_OWN_COLOURS = {
    "pasis": {
        "text": "#d7dee4 on #0f171e",
        "label": "#93a4b1 on #0f171e",
        "entry": "underline #f2f6f8 on #243442",
        "entry_active": "underline #ffffff on #2f4a5e",
        "selected": "#ffffff on #31648c",
        "note": "#86b4cf on #0f171e",
        "title": "bold #ff8a80 on #0f171e",
        "heading": "bold #b8c7d1 on #0f171e",
        "rule": "#557084 on #0f171e",
        "good": "bold #7ddc8a on #0f171e",
        "warning": "bold #ffc861 on #0f171e",
        "fault": "bold #ffffff on #a3161f",
        "practice": "bold #0f171e on #7cc7e8",
        "button": "#f2f6f8 on #263743",
        "button_active": "bold #0f171e on #ffd479",
        "button_off": "#93a4b1 on #18222b",
        "button_mark": "bold #0a5a22 on #ffd479",
        "row_active": "bold #ffffff on #2a4152",
        "key": "bold #ffd479 on #0f171e",
        "bar": "#f0b860 on #0f171e",
    },
    "ljus": {
        "text": "#1d2730 on #fbfaf8",
        "label": "#55636e on #fbfaf8",
        "entry": "underline #101820 on #dfe7ed",
        "entry_active": "underline #101820 on #cfe3f1",
        "selected": "#ffffff on #31648c",
        "note": "#1f5f8b on #fbfaf8",
        "title": "bold #b3201b on #fbfaf8",
        "heading": "bold #2c3b46 on #fbfaf8",
        "rule": "#8797a1 on #fbfaf8",
        "good": "bold #13632a on #fbfaf8",
        "warning": "bold #8a5a00 on #fbfaf8",
        "fault": "bold #ffffff on #a3161f",
        "practice": "bold #ffffff on #1f5f8b",
        "button": "#101820 on #dde5ea",
        "button_active": "bold #ffffff on #1f5f8b",
        "button_off": "#5f6c75 on #eef1f3",
        "button_mark": "bold #b6f5c2 on #1f5f8b",
        "row_active": "bold #101820 on #cfe3f1",
        "key": "bold #1f5f8b on #fbfaf8",
        "bar": "#9a5a08 on #fbfaf8",
    },
}
_TERMINALS_COLOURS = {
    "text": "default",
    "label": "default",
    "entry": "underline default",
    "entry_active": "underline bold default",
    "selected": "reverse",
    "note": "cyan",
    "title": "bold red",
    "heading": "bold default",
    "rule": "default",
    "good": "bold green",
    "warning": "bold yellow",
    "fault": "bold reverse red",
    "practice": "bold reverse cyan",
    "button": "underline default",
    "button_active": "reverse bold",
    "button_off": "dim default",
    "button_mark": "reverse bold green",
    "row_active": "reverse",
    "key": "bold default",
    "bar": "yellow",
}
_NO_COLOURS = {
    "note": "default",
    "title": "bold default",
    "good": "bold default",
    "warning": "bold default",
    "fault": "bold reverse",
    "practice": "reverse",
    "button_off": "default",
    "button_mark": "reverse bold",
    "bar": "default",
}
PALETTES = (*_OWN_COLOURS, "ansi", "utan")


@cache
def palette(name: str) -> Palette:
    """Return the palette *name*, or ``pasis`` when there is none of that name."""
    if name in {"ansi", "utan"}:
        ansi, ground = True, "ansi_default"
        roles = _TERMINALS_COLOURS | (_NO_COLOURS if name == "utan" else {})
    else:
        ansi, roles = False, _OWN_COLOURS.get(name, _OWN_COLOURS["pasis"])
        ground = roles["text"].split()[-1]
    styles = {role: Style.parse(text) for role, text in roles.items()}
    styles |= {"link": styles["title"], "protected": styles["text"]}
    # The cell under the cursor is its field turned round: four bytes to the terminal, not forty.
    styles["cursor"] = styles["entry_active"] + Style(reverse=True)
    return Palette(ansi, ground, **styles)
