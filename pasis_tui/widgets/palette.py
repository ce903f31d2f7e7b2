"""The colours, by what they mean.

Every role can also be told apart without colour: entry fields are underlined, the cursor is
reversed, faults carry ``!``, a mandatory field ``*``, warnings and refusals their word.  A fault
is a band (its colours turned round), which no title or link is: it differs by more than its hue.
"""

from __future__ import annotations

from typing import NamedTuple

from rich.style import Style


class Palette(NamedTuple):
    """A style for each role; ``ansi`` uses the terminal's own sixteen colours."""

    name: str
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


def _style(text: str) -> Style:
    return Style.parse(text)


def _palette(name: str, ansi: bool, ground: str, **roles: str) -> Palette:
    styles = {role: _style(text) for role, text in roles.items()}
    # The cell under the cursor is its field turned round: four bytes to the terminal, not forty.
    styles["cursor"] = styles["entry_active"] + Style(reverse=True)
    return Palette(name, ansi, ground, **styles)


PASIS = _palette(
    "pasis",
    False,
    "#0f171e",
    text="#d7dee4 on #0f171e",
    label="#93a4b1 on #0f171e",
    entry="underline #f2f6f8 on #243442",
    entry_active="underline #ffffff on #2f4a5e",
    protected="#d7dee4 on #0f171e",
    selected="#ffffff on #31648c",
    note="#86b4cf on #0f171e",
    title="bold #ff8a80 on #0f171e",
    link="bold #ff8a80 on #0f171e",
    heading="bold #b8c7d1 on #0f171e",
    rule="#557084 on #0f171e",
    good="bold #7ddc8a on #0f171e",
    warning="bold #ffc861 on #0f171e",
    fault="bold #ffffff on #a3161f",
    practice="bold #0f171e on #7cc7e8",
    button="#f2f6f8 on #263743",
    button_active="bold #0f171e on #ffd479",
    button_off="#93a4b1 on #18222b",
    button_mark="bold #0a5a22 on #ffd479",
    row_active="bold #ffffff on #2a4152",
    key="bold #ffd479 on #0f171e",
    bar="#f0b860 on #0f171e",
)

LIGHT = _palette(
    "ljus",
    False,
    "#fbfaf8",
    text="#1d2730 on #fbfaf8",
    label="#55636e on #fbfaf8",
    entry="underline #101820 on #dfe7ed",
    entry_active="underline #101820 on #cfe3f1",
    protected="#1d2730 on #fbfaf8",
    selected="#ffffff on #31648c",
    note="#1f5f8b on #fbfaf8",
    title="bold #b3201b on #fbfaf8",
    link="bold #b3201b on #fbfaf8",
    heading="bold #2c3b46 on #fbfaf8",
    rule="#8797a1 on #fbfaf8",
    good="bold #13632a on #fbfaf8",
    warning="bold #8a5a00 on #fbfaf8",
    fault="bold #ffffff on #a3161f",
    practice="bold #ffffff on #1f5f8b",
    button="#101820 on #dde5ea",
    button_active="bold #ffffff on #1f5f8b",
    button_off="#5f6c75 on #eef1f3",
    button_mark="bold #b6f5c2 on #1f5f8b",
    row_active="bold #101820 on #cfe3f1",
    key="bold #1f5f8b on #fbfaf8",
    bar="#9a5a08 on #fbfaf8",
)

ANSI = _palette(
    "ansi",
    True,
    "ansi_default",
    text="default",
    label="default",
    entry="underline default",
    entry_active="underline bold default",
    protected="default",
    selected="reverse",
    note="cyan",
    title="bold red",
    link="bold red",
    heading="bold default",
    rule="default",
    good="bold green",
    warning="bold yellow",
    fault="bold reverse red",
    practice="bold reverse cyan",
    button="underline default",
    button_active="reverse bold",
    button_off="dim default",
    button_mark="reverse bold green",
    row_active="reverse",
    key="bold default",
    bar="yellow",
)

PLAIN = _palette(
    "utan",
    True,
    "ansi_default",
    text="default",
    label="default",
    entry="underline default",
    entry_active="underline bold default",
    protected="default",
    selected="reverse",
    note="default",
    title="bold default",
    link="bold default",
    heading="bold default",
    rule="default",
    good="bold default",
    warning="bold default",
    fault="bold reverse",
    practice="reverse",
    button="underline default",
    button_active="reverse bold",
    button_off="default",
    button_mark="reverse bold",
    row_active="reverse",
    key="bold default",
    bar="default",
)

PALETTES: dict[str, Palette] = {p.name: p for p in (PASIS, LIGHT, ANSI, PLAIN)}
