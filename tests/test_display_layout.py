"""Where the display files put things: nothing overlaps, every button has its own letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from pasis_tui.commands import RESERVED_LETTERS
from pasis_tui.display.display_files import (
    BODY_HEIGHT,
    BODY_WIDTH,
    ButtonSpec,
    Display,
    FieldSpec,
    Format,
    displays,
)
from pasis_tui.widgets.columns import place

LIST_KINDS = {"text", "link", "mark", "number"}
LEAST_RECORDS = 4  # rows of a list that are seen at 80×24, below its column heads
STATUS = {("040", "commitment"): "Nyuppläggning"}  # the word a view sets on a button row

FORMATS = [(d, f) for d in displays().values() for f in d.formats]
FORMS = [pytest.param(d, f, id=f"{d.code} {f.name}") for d, f in FORMATS if not f.list]
LISTS = [pytest.param(d, f, id=f"{d.code} {f.name}") for d, f in FORMATS if f.list]
SCREENS = [pytest.param(d, id=code) for code, d in displays().items()]


# --- places ---------------------------------------------------------------------------------


def form_rows(form: Format) -> int:
    return form.height + bool(form.heading)


@pytest.mark.parametrize("shown", SCREENS)
def test_all_formats_together_fit_the_body(shown: Display) -> None:
    rows = sum(
        max(form.height, LEAST_RECORDS + 1) if form.list else form_rows(form)
        for form in shown.formats
    )
    assert rows <= BODY_HEIGHT


@pytest.mark.parametrize(("shown", "form"), FORMS)
def test_rows_lie_inside_the_format(shown: Display, form: Format) -> None:
    rows = [spec.row for spec in form.fields] + ([form.button_row] if form.buttons else [])
    assert all(0 <= row < form.height for row in rows)


def pieces(spec: FieldSpec) -> Iterator[tuple[str, int, int]]:
    """What may be painted for a field, as (what, first cell, cells)."""
    yield "fault mark", spec.column - 1, 1
    if spec.label:
        yield "label", spec.column, cell_len(spec.label)
    if spec.mandatory and not spec.protected:
        yield "mandatory mark", spec.entry - 1, 1
    yield "entry", spec.entry, spec.width
    after = spec.entry + spec.width
    if not spec.protected:
        yield "changed mark", after, 1
    if spec.table and not spec.protected:
        yield "<<", after + 1, 2
    if spec.note:
        yield "note", after + (4 if spec.table and not spec.protected else 1), spec.note


def button_pieces(shown: Display, form: Format) -> Iterator[tuple[str, int, int]]:
    """The buttons with everything a view may add: the status word, a V on each."""
    at = form.button_column
    if status := STATUS.get((shown.code, form.name)):
        yield "status", at, cell_len(status)
        at += cell_len(status) + 2
    for button in form.buttons:
        width = cell_len(button.label) + 2 + (2 if "formulär" in button.help.casefold() else 0)
        yield f"button {button.name}", at, width
        at += width + 2


@pytest.mark.parametrize(("shown", "form"), FORMS)
def test_nothing_overlaps_and_all_is_inside_80_columns(shown: Display, form: Format) -> None:
    owners: dict[tuple[int, int], str] = {}
    painted = [(spec.name, spec.row, piece) for spec in form.fields for piece in pieces(spec)]
    if form.buttons:
        painted += [("", form.button_row, piece) for piece in button_pieces(shown, form)]
    for name, row, (what, start, cells) in painted:
        assert start >= 0, f"{name} {what}"
        assert start + cells <= BODY_WIDTH, f"{name} {what} ends at {start + cells}"
        for cell in range(start, start + cells):
            before = owners.get((row, cell))
            assert before is None, f"row {row} cell {cell}: {name} {what} over {before}"
            owners[row, cell] = f"{name} {what}"


@pytest.mark.parametrize(("shown", "form"), LISTS)
def test_columns_of_a_list_do_not_overlap(shown: Display, form: Format) -> None:
    nothing_longer = [0] * len(form.fields)
    for cells in range(BODY_WIDTH, 260):
        end = 1  # the cursor's mark
        for spec, placed in zip(
            form.fields, place(form.fields, nothing_longer, cells), strict=True
        ):
            if placed.meant:
                assert placed.column >= end, (cells, spec.name)
                assert placed.width == max(spec.width, cell_len(spec.label))
                end = placed.end
        assert end <= cells, cells
    assert all(spec.kind in LIST_KINDS for spec in form.fields)
    assert not form.buttons


@pytest.mark.parametrize(("shown", "form"), LISTS)
def test_every_column_has_a_head(shown: Display, form: Format) -> None:
    assert all(spec.label for spec in form.fields if not form.chart)


@pytest.mark.parametrize(("shown", "form"), LISTS)
def test_a_wider_list_shows_no_less(shown: Display, form: Format) -> None:
    """A column that gives way to a fuller one leaves its heading to it."""
    longest = [0] * len(form.fields)
    seen: set[str] = set()
    for cells in range(BODY_WIDTH, 260):
        placed = place(form.fields, longest, cells)
        now = {s.label for s, p in zip(form.fields, placed, strict=True) if p.meant}
        assert now >= seen, cells
        seen = now


@pytest.mark.parametrize("shown", SCREENS)
def test_no_name_stands_twice(shown: Display) -> None:
    names = [form.name for form in shown.formats]
    assert len(names) == len(set(names))
    for form in shown.formats:
        for named in (form.fields, form.buttons):
            inside = [x.name for x in named]
            assert len(inside) == len(set(inside))


# --- buttons --------------------------------------------------------------------------------


def buttons(shown: Display) -> list[ButtonSpec]:
    return [button for form in shown.formats for button in form.buttons]


def is_command(button: ButtonSpec) -> bool:
    """Whether the button is the command that has its letter."""
    return (button.letter == "l" and button.label.startswith("Läs")) or (
        button.letter == "s" and button.label == "Spara"
    )


@pytest.mark.parametrize("shown", SCREENS)
def test_letters_of_a_screen_are_unique_and_free(shown: Display) -> None:
    own = [b.letter for b in buttons(shown) if b.letter and not is_command(b)]
    assert len(own) == len(set(own))
    assert not set(own) & RESERVED_LETTERS
    digits = [b.digit for b in buttons(shown) if b.digit]
    assert len(digits) == len(set(digits))


@pytest.mark.parametrize("shown", SCREENS)
def test_a_button_can_be_pressed_by_key_and_says_what_it_does(shown: Display) -> None:
    for button in buttons(shown):
        assert bool(button.letter) != bool(button.digit), button.name
        assert button.help, button.name
        if button.letter:
            assert len(button.letter) == 1
            assert button.letter == button.letter.lower()
            assert button.letter in button.label.lower(), "the letter is shown underlined"
        else:
            assert button.label.startswith(button.digit)


LETTERS = {  # screens.md
    ("040", "Läs patient"): "l",
    ("040", "Ny"): "n",
    ("040", "Formulär"): "f",
    ("040", "Borttag"): "b",
    ("048", "Inskrivning"): "i",
    ("048", "Utskrivning"): "u",
    ("048", "Uppföljning"): "p",
    ("085", "Spara allt"): "a",
    ("184", "KVÅ/operationer"): "k",
}


@pytest.mark.parametrize(("place", "letter"), LETTERS.items())
def test_the_published_letters(place: tuple[str, str], letter: str) -> None:
    code, label = place
    assert [b.letter for b in buttons(displays()[code]) if b.label == label] == [letter]


@pytest.mark.parametrize("code", ["048", "048 I", "048 U", "048 P"])
def test_the_way_back_to_the_overview_is_1(code: str) -> None:
    assert [b.digit for b in buttons(displays()[code]) if b.label == "1 Översikt"] == ["1"]
