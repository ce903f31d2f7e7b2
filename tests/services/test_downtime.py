"""Papers for when the system is down: what stands on them, who is left out, and what the log says."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from pasis_tui.display.display_files import displays
from pasis_tui.services.errors import NoRight
from pasis_tui.services.reports import downtime
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import Refused
from tests.flows.practice import DAY, run_pasis
from tests.services.clinic import ARRIVAL, Clinic, make_clinic

TOMORROW = ARRIVAL + timedelta(1)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    clinic = make_clinic(database)
    vera = clinic.commitment()
    clinic.visit(vera, ARRIVAL, "0900")
    clinic.visit(vera, TOMORROW, "1330", today=ARRIVAL)
    hidden = clinic.commitment(patient=clinic.hidden)
    clinic.visit(hidden, TOMORROW, "1000", today=ARRIVAL)
    theirs = clinic.commitment(patient=clinic.max, which="b")
    assert theirs.id
    return clinic


def _text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def _logged(clinic: Clinic) -> tuple[str, set[int]]:
    """The last event's reason, and the patients that it names."""
    with SystemWork(clinic.database, reading=True) as work:
        event = work.connection.execute(
            text("SELECT id, reason, action FROM audit_event ORDER BY id DESC LIMIT 1")
        ).one()
        assert event.action == "export"
        named = work.connection.execute(
            text("SELECT patient_id FROM audit_event_patient WHERE event_id = :id"),
            {"id": event.id},
        )
        return event.reason, {row[0] for row in named}


def test_the_day_list_has_the_unit_s_visits_and_names_each_patient_in_the_log(
    clinic: Clinic, tmp_path: Path
) -> None:
    path = tmp_path / "lista.pdf"
    made = downtime.write_day_list(clinic.at(screen="downtime"), ARRIVAL, TOMORROW, path)
    assert made == (2, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = _text(path)
    assert "19930714-2381" in said or "930714-2381" in said
    assert "09:00" in said
    assert "13:30" in said
    assert "1 besök av patienter med skyddade personuppgifter är inte med" in said
    assert "Testsson, Eli" not in said
    assert "PSMA01" in said
    reason, patients = _logged(clinic)
    assert reason == f"dagslista {ARRIVAL}–{TOMORROW}"
    assert patients == {clinic.vera}


def test_protected_people_are_marked_when_there_is_a_reason(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "lista.pdf"
    made = downtime.write_day_list(clinic.at(), ARRIVAL, TOMORROW, path, "Bemannar själv")
    assert made == (3, 0)
    assert "SKYDDAD Testsson, Eli" in _text(path)
    reason, patients = _logged(clinic)
    assert reason.endswith("skyddade: Bemannar själv")
    assert patients == {clinic.vera, clinic.hidden}


def test_no_paper_without_its_event_and_no_event_without_its_paper(
    clinic: Clinic, tmp_path: Path
) -> None:
    before = len(clinic.events())
    for first, last, path in (
        (TOMORROW, ARRIVAL, tmp_path / "a.pdf"),
        (ARRIVAL, ARRIVAL + timedelta(60), tmp_path / "a.pdf"),
        (ARRIVAL, TOMORROW, tmp_path / "ingen" / "a.pdf"),
        (ARRIVAL, TOMORROW, tmp_path),
    ):
        with pytest.raises(Refused):
            downtime.write_day_list(clinic.at(), first, last, path)
    assert len(clinic.events()) == before
    assert not list(tmp_path.rglob("*.pdf"))


def test_another_unit_s_visits_and_hostile_names_stay_out(clinic: Clinic, tmp_path: Path) -> None:
    with SystemWork(clinic.database) as work:
        work.connection.execute(
            text("UPDATE patient SET family_name = :name WHERE id = :id"),
            {"name": "Ö\x1b[31m漢" + "x" * 300, "id": clinic.vera},
        )
        work.commit()
    path = tmp_path / "lista.pdf"
    downtime.write_day_list(clinic.at(which="b"), ARRIVAL, TOMORROW, path)
    assert "Inga besök är bokade" in _text(path)
    downtime.write_day_list(clinic.at(), ARRIVAL, TOMORROW, path)
    assert "\x1b" not in _text(path)


def test_the_forms_have_the_screens_fields_in_order(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "blanketter.pdf"
    titles = downtime.write_forms(clinic.at(), path)
    said = _text(path)
    assert [title.split(" (")[0] for title in titles] == [
        *("Nytt vårdåtagande", "Besök", "Inskrivning", "Utskrivning", "Uppföljning"),
    ]
    for code, name, title in (("085", "visit", titles[1]), ("048 I", "enrolment", titles[2])):
        page = said[said.index(title) :]
        at = 0
        for spec in displays()[code].format(name).fields:
            if not spec.protected and spec.label and spec.name != "identity_number":
                at = page.index(spec.label, at)
    assert "DU011 Kognitiv beteendeterapi (KBT)" in said
    assert "B Behandling (övningskod)" in said


def test_who_may_not_make_lists_gets_no_paper(clinic: Clinic, tmp_path: Path) -> None:
    context = clinic.at()
    nobody = replace(context, actor=replace(context.actor, rights=frozenset({"visit"})))
    with pytest.raises(NoRight):
        downtime.write_day_list(nobody, ARRIVAL, ARRIVAL, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_the_command_writes_both_for_the_coming_days(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papper"
    done = run_pasis("--date", DAY, "downtime", str(folder), home=home)
    assert done.returncode == 0, done.stderr
    last = date.fromisoformat(DAY) + timedelta(4)  # Monday to Friday
    names = {path.name for path in folder.iterdir()}
    assert names == {f"dagslista-PSMA01-{DAY}--{last}.pdf", "blanketter-PSMA01.pdf"}
    assert "besök." in done.stdout
    done = run_pasis("downtime", str(folder), "--from", "snart", home=home)
    assert (done.returncode, "--from: " in done.stderr) == (2, True)
