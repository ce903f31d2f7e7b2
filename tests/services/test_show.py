"""``pasis show``: the second door."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from pasis_tui.cli.main import main
from pasis_tui.models import Right
from pasis_tui.services.errors import NoRight, NotFound
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import show
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from tests.services.clinic import ARRIVAL, make_clinic
from tests.services.practice import practice


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    assert main(["show", *arguments, "--json", "--date", "2026-03-02"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with practice(tmp_path):
        pass
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    return tmp_path / "ovning.db"


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with Database.open(path) as database, database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_every_screen_of_a_patient_with_visits(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ((number, visits),) = rows(
        path,
        "select p.identity_number, count(*) from visit v join patient p on p.id = v.patient_id"
        " join unit u on u.id = v.unit_id where u.code = 'PSMA01' and p.protected = 0 group by 1"
        " having count(*) > 8 and sum(v.cancelled_at is not null or v.no_show) = 0 limit 1",
    )
    person = shown(capsys, "014", str(number))
    assert isinstance(person, dict)
    assert person["identity_number"] == number
    contacts = shown(capsys, "083", str(number))
    assert isinstance(contacts, list)
    assert len(contacts) == visits
    medical = shown(capsys, "184", str(number))
    assert isinstance(medical, dict)
    assert {"main_diagnosis", "other_diagnoses", "problem", "kva"} <= medical.keys()
    commitments = shown(capsys, "040", str(number))
    overview = shown(capsys, "048", str(number))
    assert isinstance(commitments, list)
    assert isinstance(overview, list)
    assert {c["commitment_id"] for c in commitments} == {c["commitment_id"] for c in overview}
    logged = rows(path, "select screen from audit_event where action = 'read'")
    assert {"014", "083", "184", "040", "048"} <= {screen for (screen,) in logged}


def test_the_latest_kept_visit_comes_before_a_registered_booking(database: Database) -> None:
    clinic = make_clinic(database)
    commitment = clinic.commitment()
    kept = clinic.visit(commitment, ARRIVAL)
    ahead = clinic.visit(commitment, ARRIVAL + timedelta(days=21), "1000", today=ARRIVAL)
    context = with_rights(clinic.at(ARRIVAL, screen="184"))
    vera = patients.get(context, clinic.vera).identity_number
    records = show.rows(context, "184", vera)
    assert isinstance(records, dict)
    assert (records["visit_id"], records["date"]) == (kept.id, ARRIVAL.isoformat())
    chosen = show.rows(context, "184", None, ahead.id)
    assert isinstance(chosen, dict)
    assert chosen["visit_id"] == ahead.id


def test_a_visit_of_someone_else_is_not_shown_under_a_number(database: Database) -> None:
    clinic = make_clinic(database)
    visit = clinic.visit(clinic.commitment(), ARRIVAL)
    clinic.commitment(patient=clinic.max)
    context = with_rights(clinic.at(ARRIVAL, screen="184"))
    other = patients.get(context, clinic.max).identity_number
    with pytest.raises(NotFound, match="inte den patientens"):
        show.rows(context, "184", other, visit.id)


def test_a_protected_person_is_said_to_be_in_words(database: Database) -> None:
    clinic = make_clinic(database)
    clinic.visit(clinic.commitment(patient=clinic.hidden), ARRIVAL)
    context = with_rights(clinic.at(ARRIVAL))
    hidden = patients.get(context, clinic.hidden).identity_number
    for code in ("014", "040", "048", "083", "184"):
        records = show.rows(context.on(code), code, hidden)
        assert show.text_lines(code, records)[0] == "SKYDDADE PERSONUPPGIFTER"
    person = show.rows(context.on("014"), "014", hidden)
    assert isinstance(person, dict)
    assert (person["protected"], person["address"], person["phone"]) == (True, "", "")


def test_a_screen_without_the_right_says_so(database: Database) -> None:
    context = make_clinic(database).at(ARRIVAL, screen="048")
    without = replace(context, actor=replace(context.actor, rights=frozenset({"patient"})))
    with pytest.raises(NoRight, match="saknar behörighet till 048"):
        show.rows(without, "048", None)


def with_rights(context: Context) -> Context:
    rights = frozenset(get_args(Right))
    return replace(context, actor=replace(context.actor, rights=rights))


def test_text_is_swedish_and_readable(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "014", "9307142381"]) == 0
    text_shown = capsys.readouterr().out
    assert "Personnummer" in text_shown
    assert "19930714-2381" in text_shown


def test_refusals_are_sentences_and_exit_codes(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "048", "--unit", "PSLU02"]) == 1
    assert "hör inte till enhet PSLU02" in capsys.readouterr().err
    assert main(["show", "014", "9307142382"]) == 1
    assert "VA01" in capsys.readouterr().err
    ((number,),) = rows(
        path,
        "select identity_number from patient where id in (select patient_id from care_commitment"
        " c join unit u on u.id = c.unit_id where u.code = 'PSLU02') and id not in (select"
        " patient_id from care_commitment c join unit u on u.id = c.unit_id"
        " where u.code = 'PSMA01') limit 1",
    )
    for screen in ("014", "083", "184"):
        assert main(["show", screen, str(number)]) == 1
        assert "SE01" in capsys.readouterr().err
    assert shown(capsys, "040", str(number)) == []


def test_the_other_units_rows_are_never_in_the_list(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overview = shown(capsys, "048")
    assert isinstance(overview, list)
    own = rows(path, "select c.id from care_commitment c join unit u on u.id = c.unit_id"
                     " where u.code = 'PSMA01' and c.closed_on is null")  # fmt: skip
    assert {row["commitment_id"] for row in overview} <= {i for (i,) in own}


def test_protected_identities_are_shown_and_exported_with_a_reason_alone(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "048"]) == 0
    assert "SKYDDADE" not in capsys.readouterr().out
    assert main(["show", "048", "--protected-reason", "Inventering"]) == 0
    assert capsys.readouterr().out.startswith("SKYDDADE PERSONUPPGIFTER\n")
    assert main(["show", "048", "--protected-reason", " "]) == 1
    assert "PE04 Orsak saknas" in capsys.readouterr().err
    book = tmp_path / "ut.xlsx"
    options = ["--list", "period", "--from", "2016-01-01", "--to", "2025-12-31", str(book)]
    assert main(["export", "kontrollista", *options, "--protected-reason", ""]) == 1
    assert "PE04 Orsak saknas" in capsys.readouterr().err
    assert not book.exists()
    assert main(["export", "kontrollista", *options, "--protected-reason", "Inventering"]) == 0
    listed = list(load_workbook(book).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {str(row[-1] or "") for row in listed} == {"", "SKYDDAD"}
    records = rows(
        path,
        "select screen, patient_id is null, reason from audit_event"
        " where reason like '%Inventering'",
    )
    assert set(records) == {
        ("048", 0, "Inventering"),
        ("export", 1, "Vårdåtagande under perioden, med skyddade: Inventering"),
    }
