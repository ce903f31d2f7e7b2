"""What a form's fields and their meanings have no room for ends with …, and F1 tells it whole.

Every field of every form of every display file, with the longest value that it takes or shows:
dates, codes, numbers and amounts are whole, whatever room the texts beside them are left.
"""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest
from rich.cells import cell_len

from pasis_tui.display.display_files import FieldSpec, Format, displays
from pasis_tui.validation import codes
from pasis_tui.validation.cost_protection import Assessment, Period, kronor
from pasis_tui.validation.fees import HIGHEST_FEE
from pasis_tui.widgets.cells import visible
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.form_drawing import cut_texts
from pasis_tui.widgets.frame import Banner, Foot, Head
from pasis_tui.widgets.palette import palette
from tests.doses import one_in
from tests.sideways.longest_rows import LETTERS
from tests.sideways.test_34_lists import SIZES, look, piece
from tests.widgets.harness import on_screen, row_text

FORMS = {
    (shown.code, form.name): form
    for shown in displays().values()
    for form in shown.formats
    if form.fields and not form.list
}
DAY = "2026-12-28"
MOST = kronor(HIGHEST_FEE)
PAID = f"Betalt i perioden {MOST} av {MOST}, kvar {MOST}"
VISIT = f"{DAY} 23:59  PSMA01  ÅÄÖÅÄÖ  ÅB  distans  tolk"
# What a view puts into a protected field, and whether it is a text that may be cut.
SHOWN = {
    ("283 1", "standing", "period"): ("Ingen period är öppen: den öppnas av nästa avgift.", False),
    ("283 1", "standing", "standing"): (PAID, False),
    ("283 1", "standing", "free_card"): (f"Gäller {DAY}–{DAY}. Ej utfärdat: Utfärda i 610.", False),
    ("283 1", "standing", "overpaid"): ("99 999 kr på 999 avgifter, se listan.", False),
    ("040", "commitment", "unit"): ("PSMA01", False),
    ("085", "visit", "unit"): ("PSMA01", False),
    ("085", "visit", "category"): ("PS", False),
    ("085", "visit", "fee"): (f"{MOST} kr", False),
    ("085", "visit", "visit_count"): (f"Besök 100 av 100  {PAID}", False),
    ("184", "medical", "visit"): (VISIT, False),
    ("184", "medical", "kva"): ("DU021 Rådgivande samtal, " * 10, True),
    ("184 K", "kva", "visit"): (VISIT, False),
    ("KT", "class", "rules"): ("BE05 ×99999  " * 6 + "(BE05: Dubbelsession)", True),
    ("ÖV R", "marks", "title"): ("Nio månader: från remiss till avslut " * 4, True),
    ("ÖV R", "marks", "marks"): ("99, bäst 100", False),
    ("ÖV R", "marks", "keys"): ("9999, facit 9999", False),
    ("ÖV R", "marks", "time"): ("99 minuter 59 s", False),
    ("ÖV K", "card", "deck"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "standing"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "question"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "option_1"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "option_2"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "option_3"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "verdict"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "note"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "yours"): ("En lång mening på kortet. " * 6, True),
    ("ÖV K", "card", "sitting"): ("En lång mening på kortet. " * 6, True),
}
TEXTS = {"text", "kva"}
OF_KIND = {
    "date": DAY,
    "time": "23:59",
    "identity": "19930714-2381",
    "diagnosis": "F4310",
    "yesno": "J",
    "amount": str(HIGHEST_FEE),
}


def longest(place: tuple[str, str], spec: FieldSpec, letters: str) -> tuple[str, bool]:
    """The longest value of a field, and whether it may be cut."""
    if spec.kind == "output":
        return SHOWN[(*place, spec.name)]
    if spec.kind == "kva":
        return " ".join(["DU021"] * ((spec.length + 1) // 6)), True
    if spec.kind in OF_KIND:
        return OF_KIND[spec.kind], False
    if spec.kind == "text":
        return (letters * spec.length)[: spec.length], True
    known = max(codes.table(spec.table), key=len) if spec.table in codes.TABLES else ""
    return known or ("9" if spec.kind == "digits" else "W") * spec.length, False


def meaning(spec: FieldSpec, letters: str) -> str:
    if spec.table in codes.TABLES:
        return max(codes.table(spec.table).values(), key=len)
    return letters * 20 if spec.note else ""


def test_every_protected_field_has_its_longest_text() -> None:
    fields = {
        (*place, spec.name)
        for place, form in FORMS.items()
        for spec in form.fields
        if spec.protected
    }
    assert fields == set(SHOWN)


@pytest.mark.parametrize("case", one_in(3, product(LETTERS, FORMS, (SIZES[0], SIZES[-1]))))
async def test_no_field_is_cut_without_a_mark(
    case: tuple[str, tuple[str, str], tuple[int, int]],
) -> None:
    letters, place, size = case
    spec: Format = FORMS[place]
    form = Form(spec, palette("pasis"))
    form.active = False
    values = {f.name: longest(place, f, letters)[0] for f in spec.fields if f.kind != "password"}
    async with on_screen(form, *size):
        form.fill(values)
        for field in spec.fields:
            form.set_note(field.name, meaning(field, letters))
        cut: list[tuple[str, str]] = []
        for field in sorted(spec.fields, key=lambda f: (f.row, f.column)):
            if field.kind == "password":
                continue
            line = row_text(form.render_line(field.row + form.top), size[1])
            assert piece(line, field.column, cell_len(field.label)) == field.label, line
            value, may_be_cut = longest(place, field, letters)
            width = field.width if may_be_cut else max(field.width, cell_len(value))
            shown = piece(line, field.entry, width)
            look(field._replace(cut=may_be_cut), shown, value)
            if shown.strip() != visible(value).strip():
                cut.append((field.label, value))
            note = meaning(field, letters)
            following = min(
                (f.column for f in spec.fields if f.row == field.row and f.column > field.column),
                default=size[1] + 1,
            )
            first = field.entry + width + (4 if field.table and field.kind != "output" else 1)
            beside = piece(line, first, following - 1 - first).strip()
            if note and beside != visible(note):
                assert beside.endswith("…"), line
                assert visible(note).startswith(beside[:-1].rstrip())
                cut.append((field.label, f"{value} {note}".strip()))
        assert cut_texts(form) == cut


def test_what_is_paid_is_said_as_the_sweep_has_it() -> None:
    """The sentence of the sweep is the program's own."""
    day = dt.date.fromisoformat(DAY)
    for paid in (0, HIGHEST_FEE):
        period = Period(day, day, day, HIGHEST_FEE, paid, None)
        said = Assessment(day, 0, "", HIGHEST_FEE, None, period, (period,), ())
        assert len(said.paid) <= len(PAID)


@pytest.mark.parametrize("case", one_in(3, product(LETTERS, displays(), (80, 200))))
async def test_the_frame_keeps_the_number_and_marks_a_cut_name(case: tuple[str, str, int]) -> None:
    letters, code, columns = case
    name = f"{(letters * 60)[:60]}, {(letters * 60)[:60]}"
    title = displays()[code].title
    head = Head(title, palette("pasis"))
    head.banner = Banner("19930714-2381", name, "105 år", "Kvinna", True, True)
    async with on_screen(head, 24, columns):
        line = row_text(head.render_line(1), columns)
        assert line.startswith(title)
        shown = line[len(title) :].split("19930714-2381")[1].strip()
        if shown.startswith(visible(name)):
            assert head.cut_name == ""
        else:
            text = shown.split("…")[0]
            assert "…" in shown
            assert visible(name).startswith(text)
            assert head.cut_name == name


async def test_the_legend_is_whole_at_80() -> None:
    from pasis_tui.display.keymap import Keymap

    foot = Foot(Keymap().legend(), palette("pasis"))
    async with on_screen(foot):
        assert "…" not in row_text(foot.render_line(2), 80)
