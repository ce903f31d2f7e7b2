"""The role that operations.md gives the clerks: it does a clerk's work, and cannot touch the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from pasis_tui import clock
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import access_log, lists, spot_checks, worklist
from pasis_tui.services.users import access, accounts, favourites, presence, settings
from pasis_tui.services.visits import visits
from pasis_tui.store.chain_check import check_log
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.trouble import DatabaseTrouble
from tests.services.clinic import ALL, Clinic, make_clinic

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
DAY = date(2026, 3, 9)
NOW = clock.today().year
PERIOD = {"from_date": f"{NOW - 1}-01-01", "to_date": f"{NOW + 1}-12-31"}


@pytest.fixture
def clerk(postgres_database: Database, postgres_server: str) -> Iterator[Clinic]:
    """A clinic whose database is opened by a login of the clerks' role."""
    clinic = make_clinic(postgres_database)
    (granted,) = re.findall(
        r"```sql\n-- roles.sql[^\n]*\n(.*?)```", OPERATIONS.read_text(), re.DOTALL
    )
    with postgres_database.engine.begin() as connection:
        connection.execute(
            text("UPDATE user_account SET password_hash = :hash WHERE signature = 'ANNLIN'"),
            {"hash": hash_password("ett långt lösenord")},
        )
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text("CREATE ROLE pasis_clerk NOLOGIN"))
        connection.execute(text("CREATE ROLE ann LOGIN IN ROLE pasis_clerk"))
        for statement in granted.split(";\n"):
            connection.execute(text(statement))
    url = make_url(postgres_server).set(username="ann", password="", database=name)
    with Database.open(url.render_as_string()) as database:
        yield replace(clinic, database=database)
    with postgres_database.engine.begin() as connection:
        connection.execute(text("DROP OWNED BY pasis_clerk"))
        connection.execute(text("DROP ROLE ann"))
        connection.execute(text("DROP ROLE pasis_clerk"))


def test_a_clerk_s_whole_work_is_done_as_that_role(clerk: Clinic, tmp_path: Path) -> None:
    database = clerk.database
    actor = access.log_in(database, "ANNLIN", "ett långt lösenord", "PSMA01", DAY)
    with pytest.raises(LoginRefused):
        access.log_in(database, "ANNLIN", "fel", "PSMA01", DAY)
    assert actor.signature == "ANNLIN"
    person = {
        "identity_number": "19800101DA0C", "family_name": "Ny", "given_name": "X", "sex": "K"
    }  # fmt: skip
    patients.save(clerk.at(DAY), person, None)
    card = clerk.commitment(DAY)
    visit = clerk.visit(card, DAY, main_diagnosis="F411")
    clerk.enrol(card, DAY)
    raw = visit.raw() | {"time": "1645"}
    visit = visits.change(clerk.at(DAY), visit.id, visit.version, raw, ALL)
    clerk.visit(card, DAY + timedelta(weeks=1))
    visits.cancel(clerk.at(DAY), visit.id, visit.version, "sjuk", ALL)
    context = clerk.at(DAY)
    chosen = PERIOD | {"signature": "", "category": ""}
    lists.order_visit_list(context, chosen)
    assert lists.write(context, "B", chosen, tmp_path / "lista.xlsx") > 0
    worklist.tasks_page(context)
    favourites.add(context, "085", "Besök")
    favourites.remove(context, "085")
    settings.change(context, auto_skip=True)
    presence.stand(context, 1, card.patient_id)
    presence.stand(context, 1, None)
    assert access_log.log_page(context, PERIOD).rows
    sample = spot_checks.draw(context, PERIOD)
    spot_checks.review(context, sample.id, sample.rows[0].id, "G", "")
    assert check_log(database).faults == []


def test_what_that_role_may_not_is_said_in_words(clerk: Clinic) -> None:
    actor = access.log_in(clerk.database, "ANNLIN", "ett långt lösenord", "PSMA01", DAY)
    context = replace(clerk.at(DAY), actor=replace(actor, practice=False))
    with pytest.raises(DatabaseTrouble, match="låter inte din databasinloggning göra det") as said:
        accounts.change_own_password(context, "ett långt lösenord", "gröna kastruller sjunger")
    assert not said.value.ends_program
    assert access.log_in(clerk.database, "ANNLIN", "ett långt lösenord", "PSMA01", DAY) == actor


REFUSED = (
    "UPDATE audit_event SET reason = 'x'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "DELETE FROM audit_event_patient",
    "UPDATE audit_event_patient SET patient_id = 1",
    "DROP TABLE audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "INSERT INTO user_unit SELECT user_id, unit_id + 1, 'manager' FROM user_unit",
    "UPDATE user_unit SET roles = 'manager'",
    "UPDATE user_account SET password_hash = 'x'",
    "UPDATE user_account SET signature = 'X'",
    "INSERT INTO user_account SELECT * FROM user_account",
    "DELETE FROM user_account",
    "INSERT INTO database_fact VALUES ('mode', 'practice')",
    "UPDATE database_fact SET value = 'practice'",
    "DELETE FROM database_fact",
    "DELETE FROM visit",
    "SELECT setval('audit_event_id_seq', 1)",
    "UPDATE alembic_version SET version_num = '0001'",
)


def test_the_server_refuses_what_no_clerk_may(clerk: Clinic) -> None:
    for statement in REFUSED:
        with (
            clerk.database.engine.connect() as connection,
            pytest.raises(ProgrammingError) as refused,
        ):
            connection.execute(text(statement))
        code = getattr(refused.value.orig, "sqlstate", "")
        assert code == "42501", statement  # insufficient privilege


def test_no_part_of_the_log_takes_a_row_past_it(clerk: Clinic) -> None:
    """Nor is any year of it open to a change."""
    with clerk.database.engine.connect() as connection:
        parts = connection.execute(
            text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        )
        granted = [
            (name, right)
            for (name,) in parts.all()
            for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if connection.execute(
                text("SELECT has_table_privilege(:name, :right)"), {"name": name, "right": right}
            ).scalar()
        ]
    assert granted == []
