"""Every display file is sound, and says what the rest of the program can hold it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from pasis_tui.commands import RESERVED_LETTERS
from pasis_tui.display import (
    BODY_HEIGHT,
    BODY_WIDTH,
    BadDisplayFile,
    ButtonSpec,
    Display,
    FieldSpec,
    Format,
    display,
    displays,
    read_display,
)
from pasis_tui.resources import folder
from pasis_tui.validation import codes, fields
from pasis_tui.validation.care_commitments import read_closing, read_commitment, read_start
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.forms import read_discharge, read_enrolment, read_follow_up
from pasis_tui.validation.medical import read_medical
from pasis_tui.validation.patients import read_patient
from pasis_tui.validation.rules import rules
from pasis_tui.validation.visits import read_visit

TODAY = date(2026, 11, 24)
FILES = sorted(path.stem for path in folder("screens").glob("*.toml"))
LIST_KINDS = {"text", "link", "mark"}
LEAST_RECORDS = 4  # rows of a list that are seen at 80×24, below its column heads
STATUS = {("040", "commitment"): "Nyuppläggning"}  # the word a view sets on a button row
TITLES = {
    "014": "014 Personuppgifter",
    "040": "040 Vårdåtaganden",
    "048": "048 Översikt vårdåtaganden (psykoterapi/MMS)",
    "048 I": "048 Inskrivning",
    "048 U": "048 Utskrivning",
    "048 P": "048 Uppföljning",
    "083": "083 Vårdkontakter",
    "085": "085 Besöksregistrering",
    "184": "184 Medicinsk registrering",
    "184 K": "184 KVÅ/operationer",
}
MENU = {
    "014": ("Patient", "Personuppgifter"),
    "040": ("Bokning", "Vårdåtagande"),
    "048": ("Psykoterapi/MMS", "Översikt Psykoterapi/MMS"),
    "083": ("Besök", "Vårdkontakter"),
    "085": ("Besök", "Besöksregistrering"),
    "184": ("Besök", "Medicinsk registrering"),
}

# Which readers take what a form holds, and which of its names no reader takes: those are either
# protected (the screen alone shows them) or key fields that a service takes by themselves.
Reader = Callable[[Mapping[str, str], date], object]
READERS: dict[tuple[str, str], tuple[tuple[Reader, ...], set[str]]] = {
    ("014", "person"): ((read_patient,), set()),
    ("040", "key"): ((), {"identity_number"}),
    ("040", "commitment"): ((read_start, read_commitment, read_closing), {"unit"}),
    ("048", "search"): ((), {"commitment_id", "identity_number", "state"}),
    ("048", "forms"): ((), set()),
    ("048 I", "enrolment"): ((read_enrolment,), set()),
    ("048 U", "discharge"): ((read_discharge,), set()),
    ("048 P", "follow_up"): ((read_follow_up,), set()),
    ("083", "key"): ((), {"identity_number", "century"}),
    ("085", "visit"): (
        (read_visit,),
        {"unit", "identity_number", "category", "fee", "visit_count"},
    ),
    ("085", "medical"): ((read_medical,), set()),
    ("184", "medical"): ((read_medical,), {"identity_number", "visit"}),
    ("184 K", "kva"): ((read_medical,), {"visit"}),
    ("login", "login"): ((), {"user", "password", "unit"}),
    ("favoriter", "acts"): ((), set()),
    ("IN", "settings"): ((), {"auto_skip", "lane", "lock_minutes"}),
}


class Asked(dict[str, str]):
    """Raw texts that remember which names a reader wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(key)
        return default

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return ""


def taken_by(readers: tuple[Reader, ...]) -> set[str]:
    """The field names that *readers* look at."""
    names: set[str] = set()
    for reader in readers:
        asked = Asked()
        with pytest.raises(Refused):  # nothing is filled in
            reader(asked, TODAY)
        names |= asked.names
    return names


def all_forms() -> list[tuple[Display, Format]]:
    return [(d, f) for d in displays().values() for f in d.formats if not f.list]


def all_lists() -> list[tuple[Display, Format]]:
    return [(d, f) for d in displays().values() for f in d.formats if f.list]


def form_fields() -> list[tuple[Display, Format, FieldSpec]]:
    return [(d, form, spec) for d, form in all_forms() for spec in form.fields]


def where(*parts: Display | Format | FieldSpec) -> str:
    return " ".join(p.code if isinstance(p, Display) else p.name for p in parts)


FORMS = [pytest.param(d, f, id=where(d, f)) for d, f in all_forms()]
LISTS = [pytest.param(d, f, id=where(d, f)) for d, f in all_lists()]
FIELDS = [pytest.param(d, f, s, id=where(d, f, s)) for d, f, s in form_fields()]
SCREENS = [pytest.param(d, id=code) for code, d in displays().items()]


# --- loading --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_loads(name: str) -> None:
    assert display(name).title


def test_no_two_files_have_one_code() -> None:
    all_codes = [c for d in map(display, FILES) for c in (d.code, *d.numbers)]
    assert len(all_codes) == len(set(all_codes))


@pytest.mark.parametrize(("code", "title"), TITLES.items())
def test_title_is_the_published_one(code: str, title: str) -> None:
    assert displays()[code].title == title


@pytest.mark.parametrize(("code", "path"), MENU.items())
def test_menu_path_is_the_published_one(code: str, path: tuple[str, ...]) -> None:
    assert displays()[code].menu == path


@pytest.mark.parametrize("shown", SCREENS)
def test_a_screen_stands_in_the_menu_or_has_a_parent(shown: Display) -> None:
    assert bool(shown.menu) != bool(shown.parent)
    assert shown.parent in {"", "start", *displays()}
    assert shown.help


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('code = "1"\ntitle = "1"\ncolour = "red"', "colour"),
        ('code = "1"', "title"),
        ('code = "1"\ntitle = "1"\n[[format]]\nheading = "x"', "name"),
        (
            'code = "1"\ntitle = "1"\n[[format]]\nname = "f"\n[[format.field]]\nname = "a"\n'
            'label = "A"\nwidth = 1\nwhen = "b"',
            "when",
        ),
        ('code = "1"\ntitle = ', "bad.toml"),
    ],
)
def test_what_a_file_may_not_say_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadDisplayFile, match=named):
        read_display(path)


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
    end = 1  # the cursor's mark
    for spec in form.fields:
        assert spec.column >= end, spec.name
        end = spec.column + max(spec.width, cell_len(spec.label))
        assert end <= BODY_WIDTH, spec.name
        assert spec.kind in LIST_KINDS, spec.name
    assert not form.buttons


@pytest.mark.parametrize("shown", SCREENS)
def test_no_name_stands_twice(shown: Display) -> None:
    names = [form.name for form in shown.formats]
    assert len(names) == len(set(names))
    for form in shown.formats:
        for named in (form.fields, form.buttons):
            inside = [x.name for x in named]
            assert len(inside) == len(set(inside))


# --- fields ---------------------------------------------------------------------------------


def test_the_table_of_readers_names_every_form() -> None:
    assert set(READERS) == {(d.code, f.name) for d, f in all_forms()}


@pytest.mark.parametrize(("shown", "form"), FORMS)
def test_every_field_is_one_that_its_readers_take(shown: Display, form: Format) -> None:
    readers, others = READERS[shown.code, form.name]
    names = {spec.name for spec in form.fields}
    taken = taken_by(readers)
    assert names <= taken | others
    assert others <= names
    typed = {spec.name for spec in form.fields if not spec.protected}
    assert typed - taken <= {
        *("identity_number", "commitment_id", "state", "century"),
        *("user", "password", "unit", "auto_skip", "lane", "lock_minutes"),
    }


@pytest.mark.parametrize(
    ("code", "readers"),
    [
        ("014", (read_patient,)),
        ("040", (read_start, read_commitment, read_closing)),
        ("048 I", (read_enrolment,)),
        ("048 U", (read_discharge,)),
        ("048 P", (read_follow_up,)),
        ("085", (read_visit,)),
        ("184", (read_medical,)),
    ],
)
def test_everything_a_reader_takes_can_be_typed(code: str, readers: tuple[Reader, ...]) -> None:
    screens = [d for d in displays().values() if code in {d.code, d.parent}]
    typed = {s.name for d in screens for f in d.formats for s in f.fields}
    assert taken_by(readers) - typed <= {"kva"}  # 085 has it instead of kva_1 … kva_10


@pytest.mark.parametrize(("shown", "form", "spec"), FIELDS)
def test_field_is_sound(shown: Display, form: Format, spec: FieldSpec) -> None:
    assert spec.kind in fields.KINDS
    assert not spec.table or spec.table in codes.TABLES | codes.DYNAMIC
    assert not spec.rule or spec.rule in rules()
    assert spec.help
    assert spec.help.endswith((".", "!", "?"))
    assert spec.width >= 1
    assert spec.length >= spec.width or spec.protected or spec.length >= 1
    assert spec.label or spec.protected, "a clerk must be told what the field is"


@pytest.mark.parametrize(("shown", "form", "spec"), FIELDS)
def test_every_code_of_the_table_can_be_typed(
    shown: Display, form: Format, spec: FieldSpec
) -> None:
    if spec.table not in codes.TABLES:
        return
    for code in codes.table(spec.table):
        assert len(code) <= spec.length
        assert fields.read(spec.kind, code, TODAY) == code
    if spec.default:
        assert spec.default in codes.table(spec.table)


@pytest.mark.parametrize(("shown", "form", "spec"), FIELDS)
def test_default_is_what_the_field_takes(shown: Display, form: Format, spec: FieldSpec) -> None:
    if spec.default:
        assert fields.read(spec.kind, spec.default, TODAY) == spec.default


@pytest.mark.parametrize("name", sorted(codes.TABLES))
def test_every_code_table_has_codes(name: str) -> None:
    assert codes.table(name)
    assert all(text.strip() for text in codes.table(name).values())


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


MANDATORY = {  # screens.md, and domain.md for 040
    ("048 I", "enrolment"): "date treatment diagnosis caregiver sick_leave_percent",
    ("048 U", "discharge"): "date caregiver sick_leave_percent",
    ("048 P", "follow_up"): "date approved",
    ("040", "commitment"): "problem arrival_date type_of_commitment referral_source"
    " referring_unit review_date caregiver decision_date",
    ("184", "medical"): "main_diagnosis problem",
}


@pytest.mark.parametrize(("place", "names"), MANDATORY.items())
def test_mandatory_fields(place: tuple[str, str], names: str) -> None:
    form = displays()[place[0]].format(place[1])
    assert {s.name for s in form.fields if s.mandatory} == set(names.split())
