"""Every display file is sound, and says what the rest of the program can hold it to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from pasis_tui.display.display_files import (
    Display,
    FieldSpec,
    Format,
    display,
    displays,
    read_display,
)
from pasis_tui.resources import folder
from pasis_tui.validation import codes, fields
from pasis_tui.validation.care_commitments import read_commitment, read_start
from pasis_tui.validation.closing import read_closing
from pasis_tui.validation.fees import read_external_fee, read_free_card
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.forms import read_discharge, read_enrolment, read_follow_up
from pasis_tui.validation.lists import read_control_list, read_period, read_visit_list
from pasis_tui.validation.medical import read_medical
from pasis_tui.validation.patients import read_patient
from pasis_tui.validation.rules import rules
from pasis_tui.validation.statistics import read_own_interval
from pasis_tui.validation.toml_files import BadFile
from pasis_tui.validation.visits import read_visit

TODAY = date(2026, 11, 24)
FILES = sorted(path.stem for path in folder("screens").glob("*.toml"))
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
    "283 1": "283 Högkostnadsöversikt",
    "283 2": "283 Manuellt registrerade besök",
    "610": "610 Frikortsregistrering",
    "AG": "AG Att göra",
    "SU": "SU Support",
    "KT": "KT Klasstavla",
    "LG": "LG Åtkomstlogg",
}
MENU = {
    "014": ("Patient", "Personuppgifter"),
    "040": ("Bokning", "Vårdåtagande"),
    "048": ("Psykoterapi/MMS", "Översikt Psykoterapi/MMS"),
    "083": ("Besök", "Vårdkontakter"),
    "085": ("Besök", "Besöksregistrering"),
    "184": ("Besök", "Medicinsk registrering"),
    "283 1": ("Patient", "Högkostnadsöversikt"),
    "283 2": ("Patient", "Manuellt registrerade besök"),
    "610": ("Patient", "Frikortsregistrering"),
    "AG": ("Psykoterapi/MMS", "Att göra"),
    "SU": ("System", "Support"),
    "KT": ("Övning", "Klasstavla"),
    "LG": ("System", "Åtkomstlogg"),
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
    ("283 1", "key"): ((), {"identity_number"}),
    ("283 1", "standing"): ((), {"period", "standing", "free_card", "overpaid"}),
    ("283 2", "key"): ((), {"identity_number"}),
    ("283 2", "entry"): ((read_external_fee,), set()),
    ("610", "key"): ((), {"identity_number"}),
    ("610", "entry"): ((read_free_card,), set()),
    ("login", "login"): ((), {"user", "password", "unit"}),
    ("favoriter", "acts"): ((), set()),
    ("KL", "order"): ((read_control_list,), set()),
    ("FB", "order"): ((read_visit_list,), set()),
    ("051", "interval"): ((read_own_interval,), {"interval"}),
    ("AG", "period"): ((read_period,), {"view"}),
    ("HP", "acts"): ((), set()),
    ("HL", "acts"): ((), set()),
    ("ÖV", "acts"): ((), set()),
    ("ÖV R", "acts"): ((), set()),
    ("ÖV S", "acts"): ((), set()),
    ("ÖV R", "marks"): ((), {"title", "marks", "keys", "time"}),
    ("ÖV K", "card"): (
        (),
        {
            "deck",
            "standing",
            "question",
            "option_1",
            "option_2",
            "option_3",
            "answer",
            "verdict",
            "note",
            "yours",
            "sitting",
        },
    ),
    ("KT", "class"): ((), {"rules"}),
    ("LG", "chosen"): (
        (),
        {"identity_number", "signature", "unit", "from_date", "to_date"},
    ),
    ("IN", "settings"): ((), {"auto_skip", "lane", "lock_minutes"}),
    ("IN", "password"): ((), {"current", "password", "again"}),
}


class Asked(dict[str, str]):
    """Raw texts that remember which names a reader wanted."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        super().__init__(raw)
        self.names: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        return self.get(key)


def taken_by(readers: tuple[Reader, ...]) -> set[str]:
    """The field names that *readers* look at."""
    names: set[str] = set()
    for reader in readers:
        for raw in ({}, {"kind": "P"}):  # KL has dates for one kind of list alone
            asked = Asked(raw)
            with pytest.raises(Refused):  # something mandatory is not filled in
                reader(asked, TODAY)
            names |= asked.names
    return names


def all_forms() -> list[tuple[Display, Format]]:
    return [(d, f) for d in displays().values() for f in d.formats if not f.list]


def form_fields() -> list[tuple[Display, Format, FieldSpec]]:
    return [(d, form, spec) for d, form in all_forms() for spec in form.fields]


def where(*parts: Display | Format | FieldSpec) -> str:
    return " ".join(p.code if isinstance(p, Display) else p.name for p in parts)


FORMS = [pytest.param(d, f, id=where(d, f)) for d, f in all_forms()]
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
    with pytest.raises(BadFile, match=named):
        read_display(path)


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
    assert not readers or typed - taken <= {"identity_number", "interval", "view"}


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
        ("283 2", (read_external_fee,)),
        ("610", (read_free_card,)),
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
