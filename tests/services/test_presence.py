"""Who else has a patient open: their own unit alone is told, and a killed program is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pasis_tui.models import wall_clock
from pasis_tui.services.users import presence
from pasis_tui.services.users.presence import FORGOTTEN, Present
from pasis_tui.shell.presence import described
from pasis_tui.store.actor import SessionEnded
from pasis_tui.store.database import Database
from tests.services.clinic import Clinic, make_clinic
from tests.services.transfer_files import sql


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def _later(database: Database, by: timedelta) -> None:
    """Have all rows be so much older."""
    rows = sql(database, "SELECT session, since, seen_at FROM presence")
    with database.engine.begin() as connection:
        for session, *moments in rows:
            since, seen = (
                m if isinstance(m, datetime) else datetime.fromisoformat(m) for m in moments
            )
            connection.execute(
                text("UPDATE presence SET since = :since, seen_at = :seen WHERE session = :name"),
                {"since": _stored(database, since - by), "seen": _stored(database, seen - by)}
                | {"name": session},
            )


def _stored(database: Database, moment: datetime) -> object:
    return moment if database.dialect == "postgresql" else str(moment)


def _names(clinic: Clinic, session: int, patient: int) -> list[str]:
    return [each.name for each in presence.others(clinic.at(), session, patient)]


def test_who_else_has_the_patient_open(clinic: Clinic) -> None:
    before = clinic.events()
    presence.stand(clinic.at(), 1, clinic.vera)
    assert _names(clinic, 1, clinic.vera) == []
    assert _names(clinic, 2, clinic.max) == []
    (other,) = presence.others(clinic.at(), 2, clinic.vera)
    assert (other.user_id, other.name) == (clinic.seed.a.user, "Annika Lindgren")
    assert abs(wall_clock() - other.since) < timedelta(minutes=1)
    presence.stand(clinic.at(), 1, clinic.max)
    assert _names(clinic, 2, clinic.vera) == []
    presence.stand(clinic.at(), 1, None)
    assert sql(clinic.database, "SELECT count(*) FROM presence") == [(0,)]
    assert clinic.events() == before


def test_who_is_disabled_has_nothing_open(clinic: Clinic) -> None:
    presence.stand(clinic.at(), 1, clinic.vera)
    other = {"user": clinic.seed.b.user}
    with clinic.database.engine.begin() as connection:
        connection.execute(text("UPDATE presence SET user_id = :user"), other)
    assert len(_names(clinic, 2, clinic.vera)) == 1
    with clinic.database.engine.begin() as connection:
        disable = "UPDATE user_account SET disabled_at = CURRENT_TIMESTAMP WHERE id = :user"
        connection.execute(text(disable), other)
    assert _names(clinic, 2, clinic.vera) == []


def test_whose_session_has_ended_has_nothing_open(clinic: Clinic) -> None:
    before = clinic.at()
    presence.stand(before, 1, clinic.vera)
    presence.stand(clinic.at(which="b"), 3, clinic.vera)
    with clinic.database.engine.begin() as connection:
        connection.execute(text("UPDATE user_account SET access_version = access_version + 1"))
    with pytest.raises(SessionEnded):
        presence.stand(before, 1, None)
    presence.end(clinic.database, before.actor.unit_id, 3)  # another unit's
    presence.end(clinic.database, before.actor.unit_id, 1)
    assert sql(clinic.database, "SELECT session FROM presence") == [(3,)]


def test_another_unit_is_told_nothing(clinic: Clinic) -> None:
    presence.stand(clinic.at(which="b"), 3, clinic.vera)
    assert _names(clinic, 4, clinic.vera) == []
    presence.stand(clinic.at(), 3, None)
    assert sql(clinic.database, "SELECT session FROM presence") == [(3,)]


def test_since_when_stands_while_it_is_open(clinic: Clinic) -> None:
    presence.stand(clinic.at(), 1, clinic.vera)
    _later(clinic.database, timedelta(minutes=5))
    (before,) = presence.others(clinic.at(), 2, clinic.vera)
    presence.stand(clinic.at(), 1, clinic.vera)
    assert presence.others(clinic.at(), 2, clinic.vera) == (before,)
    _later(clinic.database, FORGOTTEN - timedelta(minutes=1))
    assert presence.others(clinic.at(), 2, clinic.vera)


def test_a_killed_program_is_forgotten(clinic: Clinic) -> None:
    presence.stand(clinic.at(), 5, clinic.vera)
    presence.stand(clinic.at(which="b"), 3, clinic.vera)
    _later(clinic.database, FORGOTTEN)
    assert _names(clinic, 2, clinic.vera) == []
    presence.stand(clinic.at(), 2, clinic.max)
    gone = sql(clinic.database, "SELECT session FROM presence ORDER BY session")
    assert gone == [(2,), (3,)]


def test_whoever_asks_waits_for_no_writer(clinic: Clinic) -> None:
    presence.stand(clinic.at(), 1, clinic.vera)
    with clinic.database.engine.connect() as writer, writer.begin():
        writer.execute(text("UPDATE presence SET since = since"))
        assert _names(clinic, 2, clinic.vera) == ["Annika Lindgren"]


def test_what_is_said_of_them() -> None:
    zone = UTC
    early, now = datetime(2020, 3, 2, 9, 32, tzinfo=zone), wall_clock()
    bo, own = Present(2, "Bo Provberg", now), Present(1, "Annika Lindgren", now)
    clock = f"{now.astimezone():%H:%M}"
    assert described([], 1) == ""
    assert described([bo], 1) == f"Även öppen hos Bo Provberg sedan {clock}"
    assert described([own, bo], 1) == (
        f"Även öppen i ett annat fönster hos dig sedan {clock} och 1 till"
    )
    assert described([bo._replace(since=early)], 1).endswith(
        f"sedan {early.astimezone():%Y-%m-%d %H:%M}"
    )
