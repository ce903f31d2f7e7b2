"""Text with å in two parts (a and its ring), as macOS writes it, could not be found again.

Right: at every reading it becomes one letter: typed, pasted, imported, restored or an argument.
Imported files are in ``test_15_every_import_every_fault``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui import resources
from pasis_tui.display.display_files import display, displays
from pasis_tui.display.keymap import load_keymap
from pasis_tui.display.quick_select import Choose, Go, interpret
from pasis_tui.files.whole import typed_path
from pasis_tui.models import ImportedCode, ReferringUnit
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import overview
from pasis_tui.services.patients import patients
from pasis_tui.services.register import clinic, code_lists
from pasis_tui.services.users import access, favourites
from pasis_tui.services.users.draft_content import Draft, FormText, from_bytes, to_bytes
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation import fields
from pasis_tui.validation.narrowing import narrowed
from pasis_tui.validation.passwords import weakness
from pasis_tui.widgets.line_editor import LineEditor
from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA, ask, run_pasis
from tests.services.clinic import ALL, confirming, make_clinic
from tests.terminal import ENTER, ESC, F2, F4, F10, TAB

TODAY = date(2026, 3, 2)
WHOLE = "Åkarp"
APART = unicodedata.normalize("NFD", WHOLE)
PERSON = "014_personuppgifter"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


def apart(said: str) -> str:
    return unicodedata.normalize("NFD", said)


def test_it_is_written_in_two_ways() -> None:
    assert APART != WHOLE
    assert len(APART) == len(WHOLE) + 1


@pytest.mark.parametrize("kind", sorted(fields.KINDS - {"digits", "amount", "date", "time", "yesno", "identity"}))  # fmt: skip
def test_every_kind_of_field_that_takes_letters(kind: str) -> None:
    assert fields.read(kind, APART, TODAY) == fields.read(kind, WHOLE, TODAY)
    assert fields.read(kind, APART, TODAY).casefold() == WHOLE.casefold()


@pytest.mark.parametrize("by_key", [True, False])
def test_the_line_that_is_typed_or_pasted_in(by_key: bool) -> None:
    line = LineEditor("", len(WHOLE))
    taken = [line.press("x", c) for c in APART] if by_key else [line.insert(APART)]
    assert all(taken)
    assert line.text == WHOLE


def _texts(database: Database) -> list[tuple[str, str]]:
    """Every text of every table, with where it stands."""
    texts = []
    with database.engine.connect() as connection:
        columns = connection.execute(
            text(
                "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c"
                " where m.type = 'table'"
            )
        ).all()
        for table, column in columns:
            rows = connection.execute(text(f'select "{column}" from "{table}"'))
            texts += [(f"{table}.{column}", row[0]) for row in rows if isinstance(row[0], str)]
    return texts


def test_nothing_is_stored_in_two_parts(sqlite_database: Database) -> None:
    c = make_clinic(sqlite_database)
    at = c.at()
    card = c.commitment()
    person = patients.get(at, c.vera)
    written = {name: apart(f"Å{name}") for name in ("family_name", "given_name", "address", "city")}
    patients.save(at, person.raw() | written, person.version)
    fee = {"date": "2026-02-20", "amount": "100", "provider": APART, "proof": "KV"}
    cost_protection.add_external(at, c.vera, fee, confirming("HK05"))
    (external,) = cost_protection.external_fees(at, c.vera)
    cost_protection.remove_external(at, external.id, external.version, apart("fel på rad"))
    free = {"number": apart("Ö-17"), "issuer": apart("Region Skåne"),
            "valid_from": "2026-01-10", "valid_to": "2027-01-09"}  # fmt: skip
    cost_protection.add_card(at, c.vera, free, ALL)
    visit = c.visit(card, TODAY)
    visits.cancel(at, visit.id, visit.version, apart("patienten är sjuk"), ALL)
    overview.overview_page(at, protected_reason=apart("för att ringa"))
    favourites.add(at, "040", apart("040 Vårdåtaganden"))
    favourites.rename(at, "040", apart("Våra"))
    stored = _texts(sqlite_database)
    assert {w for w, t in stored if any(c in t for c in "åäöÅÄÖ")} >= {
        "patient.family_name", "patient.city", "external_fee.provider", "free_card.issuer",
        "free_card.number", "visit.cancel_reason", "favourite.label", "audit_event.reason",
        "audit_event.changes",
    }  # fmt: skip
    assert [w for w, t in stored if unicodedata.normalize("NFC", t) != t] == []
    assert [w for w, t in stored if "\\u030" in t] == []  # in JSON, escaped


def test_lists_find_it_however_it_is_typed(database: Database) -> None:
    at = make_clinic(database).at()
    with SystemWork(database) as work:
        work.insert(ReferringUnit, code="VC9001", name="Vårdcentralen", place=WHOLE, source="1")
        work.insert(ImportedCode, system="ICD10", code="Z991", text="Ångest ÖVNING sömn")
        work.commit()
    for typed in (APART, apart("åkarp"), apart("VÅRDCENTRALEN åk")):
        page = code_lists.search(at, "referring_unit", typed, 0, 9)
        assert "VC9001" in dict(page.rows)
        assert page.total < code_lists.search(at, "referring_unit", "", 0, 1).total
    for typed in (apart("ångest övning"), apart("ÖVNING SÖMN")):
        assert [c for c, _ in code_lists.search(at, "icd10", typed, 0, 9).rows] == ["Z991"]
    rows = [("1", WHOLE), ("2", apart("Ängelholm"))]
    assert narrowed(rows, APART) == rows[:1]
    assert narrowed(rows, "ängel") == rows[1:]


def test_snabbval_and_the_menu_s_words() -> None:
    offered = list(displays().values())
    for said in ("Vårdåtaganden", "översikt", "besök"):
        choice, same = interpret(apart(said), offered), interpret(said, offered)
        assert isinstance(choice, Go | Choose)
        assert choice == same


def test_f4_snabbval_and_a_paste_in_the_program(home: Path) -> None:
    with clerk(home) as hands:
        hands.type(F2, F4).sees("Bilder").type(apart("översikt")).sees("2 av 19")
        hands.type(ESC).go("40", "040 Vårdåtaganden").type(VERA, ENTER).sees("Testsson, Vera")
        hands.go("14", "014 Person", "Testsson").says("Läst")
        while not _stands_in(hands, "city"):
            hands.type(TAB).until(_moved(hands), "the next field")
        hands.instead(f"{PASTE}{APART}{PASTED}").type(F10).says("Sparat")
        assert hands.value(PERSON, "city") == WHOLE
        assert hands.rows("SELECT city FROM patient WHERE identity_number LIKE ?", f"%{VERA}") == [
            (WHOLE,)
        ]


def _moved(hands: Clerk) -> Callable[[], bool]:
    cursor = hands.terminal.screen.cursor
    before = cursor.y, cursor.x
    return lambda: (cursor.y, cursor.x) != before


def _stands_in(hands: Clerk, field: str) -> bool:
    (spec,) = [f for part in display(PERSON).formats for f in part.fields if f.name == field]
    cursor, lines = hands.terminal.screen.cursor, hands.terminal.screen.display
    label = lines[cursor.y][spec.column : spec.column + len(spec.label)]
    return label == spec.label and spec.entry <= cursor.x <= spec.entry + spec.width


def test_a_draft_s_file() -> None:
    draft = Draft(
        "014", "2026-03-02", "199307142381", "", {}, {"person": FormText({"city": APART}, {"city": apart("Önnered")})},
        ("person", "city", 3), 1, "2026-03-02T14:10",
    )  # fmt: skip
    forged = json.dumps(json.loads(to_bytes("n", draft)), ensure_ascii=False).encode()
    form = from_bytes(forged)[1].forms["person"]
    assert (form.values["city"], form.saved["city"]) == (WHOLE, "Önnered")


def test_a_favourites_file_and_its_name(sqlite_database: Database, tmp_path: Path) -> None:
    at = make_clinic(sqlite_database).at()
    path = tmp_path / apart("från Åsa.toml")
    path.write_text(f'[[favourite]]\ncode = "040"\nlabel = "{apart("Våra åtaganden")}"\n', "utf-8")
    file = typed_path(str(tmp_path / "från Åsa.toml"))  # as the field has it
    assert favourites.import_file(at, file, ["040"]) == 1
    assert [row.label for row in favourites.listing(at)] == ["Våra åtaganden"]
    folder = tmp_path / apart("Öppna")
    folder.mkdir()
    assert typed_path(str(tmp_path / "Öppna" / "å.xlsx")) == folder / "å.xlsx"
    assert typed_path(str(tmp_path / "å.xlsx")) == tmp_path / "å.xlsx"


def test_the_keymap_s_file(tmp_path: Path) -> None:
    path = tmp_path / "keymap.toml"
    path.write_text(f'[keys]\nnext = "{apart("alt+ö")}"\n', "utf-8")
    assert load_keymap(path).command("alt+ö") == "next"


def test_who_logs_on_and_the_password(sqlite_database: Database) -> None:
    """A password of a pipe is in two parts where the keyboard's is in one."""
    clinic.create_clinic(
        sqlite_database, unit=apart("PSÅÄÖ1"), unit_name=apart("Sjön"), signature=apart("åsaöbe"),
        name=apart("Åsa Öberg"), category="PT", password=apart("ett långt lösenord"), today=TODAY,
    )  # fmt: skip
    for spelled in (str, apart):
        actor = access.log_in(
            sqlite_database, spelled("åsaöbe"), spelled("ett långt lösenord"), spelled("PSÅÄÖ1"),
            TODAY,
        )  # fmt: skip
        assert (actor.name, actor.unit_name, actor.signature) == ("Åsa Öberg", "Sjön", "ÅSAÖBE")
    with pytest.raises(LoginRefused):
        access.log_in(sqlite_database, "åsaöbe", "ett langt losenord", "PSÅÄÖ1", TODAY)
    assert "för kort" in weakness(apart("åäöåäö"))  # twelve marks, six letters


def test_arguments_of_the_command_line(home: Path, tmp_path: Path) -> None:
    done = run_pasis(
        "show", "048", "--protected-reason", apart("för att ringa åter"), home=home
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ask(home, "SELECT count(*) FROM audit_event WHERE reason = 'för att ringa åter'") != [
        (0,)
    ]
    done = run_pasis("show", "048", "--unit", apart("psåäö1"), home=home)
    assert "PSÅÄÖ1" in done.stderr
    clinic_file = str(tmp_path / "klinik.db")
    made = run_pasis(
        "--database", clinic_file, "init", "--unit", apart("psåäö1"), "--unit-name",
        apart("Sjön"), "--signature", apart("åsaöbe"), "--name", apart("Åsa"), home=tmp_path,
        typed=apart("ett långt lösenord") + "\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    codes = tmp_path / "kva.tsv"
    codes.write_text("Kod\tText\nDU011\tSamtal\n", "utf-8")
    for spelled in (str, apart):
        done = run_pasis(
            "--database", clinic_file, "import", "kva", str(codes), "--user", spelled("åsaöbe"),
            "--unit", spelled("psåäö1"), home=tmp_path,
            typed=spelled("ett långt lösenord") + "\n",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_the_program_s_own_files_are_in_one_part() -> None:
    own = [p for name in ("screens", "data") for p in resources.folder(name).rglob("*.toml")]
    assert len(own) > 20
    for path in own:
        assert unicodedata.is_normalized("NFC", path.read_text("utf-8")), path.name
