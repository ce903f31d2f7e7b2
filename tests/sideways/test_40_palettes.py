"""A fault had the colour of the title and of links.  It is a band now, unlike them without colour
too, and every text can be read: at least 4.5 to 1 (WCAG 2.2, AA) on the ground it stands on.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style

from pasis_tui.widgets.palette import PALETTES, Palette, palette
from tests.flows.practice import logged_in
from tests.svg_screen import look_of
from tests.terminal import ENTER, F2, Terminal

LEAST = 4.5
OWN = ["pasis", "ljus"]  # the others have the terminal's own colours
DECORATION = {"rule"}
ON_OTHER_GROUNDS = [  # a column's colour in the row with the cursor, a form's V on its button
    ("link", "row_active"),
    ("good", "row_active"),
    ("good", "button"),
    ("good", "button_off"),
]


def luminance(ink: tuple[int, int, int]) -> float:
    parts = [c / 255 for c in ink]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(style: Style) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    assert style.color
    assert style.bgcolor
    pair = tuple(style.color.get_truecolor()), tuple(style.bgcolor.get_truecolor())
    return pair[::-1] if style.reverse else pair  # type: ignore[return-value]


def roles(shown: Palette) -> dict[str, Style]:
    return {k: v for k, v in shown._asdict().items() if isinstance(v, Style)}


@pytest.mark.parametrize("name", OWN)
def test_every_text_has_contrast(name: str) -> None:
    shown = roles(palette(name))
    for role, style in shown.items():
        if role not in DECORATION:
            assert contrast(*colours(style)) >= LEAST, role
    for role, ground in ON_OTHER_GROUNDS:
        ink, _ = colours(shown[role])
        _, under = colours(shown[ground])
        assert contrast(ink, under) >= LEAST, f"{role} on {ground}"


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("other", ["title", "link", "heading", "warning", "good", "text"])
def test_a_fault_looks_unlike_everything_else_without_its_hue(name: str, other: str) -> None:
    shown = palette(name)
    fault, them = shown.fault, roles(shown)[other]
    if shown.ansi:
        assert (fault.reverse or False) != (them.reverse or False)
        return
    ground, under = colours(fault)[1], colours(them)[1]
    assert contrast(ground, under) >= 2  # a band is seen in grey as well


def refused(opened: Terminal) -> tuple[object, object, object]:
    """How the title, the message of a refused number and the field's mark are shown."""
    opened.type(F2, "14", ENTER)
    opened.expect("014 Personuppgifter")
    opened.type("9307142380", ENTER)
    opened.expect("VA01 Fel:", "!Personnummer")
    screen = opened.screen
    row = next(y for y, line in enumerate(screen.display) if "!Personnummer" in line)
    mark = screen.display[row].index("!")
    foot = next(y for y, line in enumerate(screen.display) if "VA01 Fel:" in line)
    return (
        look_of(screen.buffer[1][0]),
        look_of(screen.buffer[foot][screen.display[foot].index("Fel")]),
        look_of(screen.buffer[row][mark]),
    )


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}], ids=["colour", "NO_COLOR"])
def test_a_refusal_is_seen_to_be_one(home: Path, environment: dict[str, str]) -> None:
    with logged_in(home, environment=environment) as opened:
        title, message, mark = refused(opened)
        assert title.ground != message.ground  # type: ignore[attr-defined]
        assert mark == message
