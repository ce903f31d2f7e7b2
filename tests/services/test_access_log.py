"""LG: who has seen a patient is found, lists included; the extract; the spot check; itself logged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from sqlalchemy import text

from pasis_tui import clock
from pasis_tui.models import Action, Entity
from pasis_tui.services.errors import LoginRefused, NoRight, NotFound
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import access_log, spot_checks
from pasis_tui.services.users import access
from pasis_tui.store.chain_check import check_log
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.findings import ProtectedIdentity, Refused
from tests.seeding import Seed, seed_minimal

_NOW = clock.today().year  # the log has the real clock
ALL = {"from_date": f"{_NOW - 1}-01-01", "to_date": f"{_NOW + 1}-12-31"}
VERA, MANS = "199307142381", "199307142399"


@pytest.fixture
def seed(database: Database) -> Seed:
    return seed_minimal(database)


def _see(database: Database, seed: Seed, which: Any, *people: int, reason: str = "") -> None:
    with UnitOfWork(replace(seed.admitted(database, which), reason="vård")) as work:
        if len(people) == 1:
            work.audit("read", people[0], "patient", people[0], reason=reason)
        else:
            work.audit("read", entity="list", patients=people, reason=reason)
        work.commit()


def _rows(database: Database, seed: Seed, which: Any = "a", **raw: str) -> list[Any]:
    page = access_log.log_page(seed.context(database, which, screen="LG"), ALL | raw)
    return [(row.what, row.about.split(" ")[0], row.patient) for row in page.rows]


def test_every_act_and_thing_has_a_swedish_word() -> None:
    assert set(access_log.ACTIONS) == set(get_args(Action))
    assert set(access_log.ENTITIES) == set(get_args(Entity))


def test_who_has_seen_a_patient_is_found_also_in_lists(database: Database, seed: Seed) -> None:
    vera, mans = seed.patients
    _see(database, seed, "a", vera)
    _see(database, seed, "a", vera, mans)
    _see(database, seed, "a", mans)
    _see(database, seed, "b", vera)  # another unit's: not shown here
    assert _rows(database, seed, identity_number=VERA) == [
        ("Läst", "Lista", "2 patienter"),
        ("Läst", "Personuppgifter", "Björk, Åsa"),
    ]
    # The look at the log is in it, by patient too.
    assert _rows(database, seed, identity_number=VERA)[0] == ("Läst", "Åtkomstlogg", "Björk, Åsa")
    assert len(_rows(database, seed, identity_number=MANS, signature="annlin")) == 2
    assert _rows(database, seed, "b", identity_number=VERA) == [
        ("Läst", "Personuppgifter", "Björk, Åsa")
    ]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"signature": "FINNSEJ"}, "signature"),
        ({"identity_number": "199307142373"}, "identity_number"),
        ({"identity_number": "'; DROP TABLE audit_event; --"}, "identity_number"),
        ({"from_date": "2026-13-01"}, "from_date"),
        ({"unit": "PSLU02"}, "unit"),
        ({"unit": "\x1b[2J"}, "unit"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    database: Database, seed: Seed, raw: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        access_log.log_page(seed.context(database), ALL | raw)
    assert [finding.field for finding in refused.value.findings] == [field]


def test_without_the_right_nothing_is_shown_and_the_try_is_logged(
    database: Database, seed: Seed
) -> None:
    clerk = seed.context(database)
    clerk = replace(clerk, actor=replace(clerk.actor, rights=clerk.actor.rights - {"log"}))
    for service, rest in (
        (access_log.log_page, (ALL,)),
        (access_log.extract, (ALL,)),
        (spot_checks.latest, ()),
    ):
        with pytest.raises(NoRight):
            service(clerk, *rest)
    assert [what for what, *_ in _rows(database, seed)] == ["NEKAT"] * 3


def test_protected_people_are_named_only_to_who_asked_for_them(
    database: Database, seed: Seed
) -> None:
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE patient SET protected = :yes WHERE id = :id"),
            {"yes": True, "id": seed.patients[0]},
        )
    _see(database, seed, "a", seed.patients[0])
    _see(database, seed, "a", *seed.patients)
    (number,) = (
        row.id
        for row in access_log.log_page(seed.context(database), ALL).rows
        if row.patient == "2 patienter"
    )
    assert access_log.PROTECTED in [patient for *_, patient in _rows(database, seed)]
    lines = "\n".join(access_log.event_lines(seed.context(database), number, ALL))
    assert "Björk" not in lines
    assert "Öberg, Måns" in lines
    asked = ALL | {"identity_number": VERA}
    with pytest.raises(ProtectedIdentity):
        access_log.extract(seed.context(database), asked)
    paper = access_log.extract(replace(seed.context(database), reason="utdrag begärt"), asked)
    assert "Björk" not in "\n".join(paper.lines)
    assert "1993" not in paper.name


def test_the_extract_has_every_look_and_no_other_patient_s(database: Database, seed: Seed) -> None:
    vera, mans = seed.patients
    for _ in range(3):
        _see(database, seed, "a", vera, reason="kontroll")
    _see(database, seed, "a", vera, mans)
    _see(database, seed, "a", mans)
    paper = access_log.extract(seed.context(database), ALL | {"identity_number": VERA})
    looks = [line for line in paper.lines if "ANNLIN" in line and "Läst" in line]
    assert [line.split()[-1] for line in looks] == ["Lista", *[str(vera)] * 3]
    assert "Öberg" not in "\n".join(paper.lines)
    with pytest.raises(Refused):
        access_log.extract(seed.context(database), ALL)


def test_a_spot_check_is_drawn_reviewed_and_documented(database: Database, seed: Seed) -> None:
    context = seed.context(database, screen="LG")
    with pytest.raises(Refused, match="inga händelser"):
        spot_checks.draw(context, ALL)
    for number in range(30):
        _see(database, seed, "a" if number % 3 else "b", seed.patients[0])
    sample = spot_checks.draw(context, ALL)
    assert (len(sample.rows), sample.population, sample.left) == (20, 20, 20)
    assert {row.signature for row in sample.rows} == {"ANNLIN"}
    with pytest.raises(Refused, match="20 rader återstår"):
        spot_checks.draw(context, ALL)
    first, *others = sample.rows
    with pytest.raises(Refused, match="vad avvikelsen är"):
        spot_checks.review(context, sample.id, first.id, "A", " ")
    spot_checks.review(context, sample.id, first.id, "A", "ingen vårdrelation")
    with pytest.raises(Refused, match="redan granskad av ANNLIN"):
        spot_checks.review(context, sample.id, first.id, "G", "")
    for row in others:
        if row is others[-1]:
            with pytest.raises(Refused, match="1 rad återstår"):
                spot_checks.draw(context, ALL)
        sample = spot_checks.review(context, sample.id, row.id, "G", "")
    assert sample.left == 0
    lines = "\n".join(spot_checks.protocol(context, sample.id).lines)
    assert "AVVIKELSE  ANNLIN" in lines
    assert "ingen vårdrelation" in lines
    assert lines.count("Utan anmärkning") == 19
    assert spot_checks.latest(seed.context(database, "b")) is None  # another unit's
    assert check_log(database).faults == []


def test_pages_of_a_long_log_begin_after_a_key(sqlite_database: Database) -> None:
    """No row twice, none left out, whatever the page."""
    seed = seed_minimal(sqlite_database)
    with UnitOfWork(seed.admitted(sqlite_database)) as work:
        for number in range(100):
            work.audit("read", seed.patients[number % 2], "patient", number)
        work.commit()
    met: list[int] = []
    key = None
    while True:
        page = access_log.log_page(
            seed.context(sqlite_database), ALL | {"identity_number": VERA}, after=key, size=7
        )
        met += [row.entity_id for row in page.rows if row.entity == "patient" and row.entity_id]
        key = (page.rows[-1].at, page.rows[-1].id)
        if not page.after:
            break
    assert sorted(met) == list(range(2, 100, 2))


def test_reading_patients_leaves_their_event(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        seed.commitment(work)
        work.commit()
    patients.get(seed.context(database), seed.patients[0])
    assert _rows(database, seed)[0] == ("Läst", "Personuppgifter", "Björk, Åsa")


def test_a_refused_login_is_shown_to_the_unit_it_was_tried_at(
    database: Database, seed: Seed
) -> None:
    """Whom, when, where and why; what was typed for a name that is nobody's is kept nowhere."""
    typed = "MITT-HEMLIGA-LÖSEN"
    for user in (seed.a.signature, seed.b.signature, typed):
        with pytest.raises(LoginRefused):
            access.log_in(database, user, "fel lösenord", seed.a.code, clock.today())
    page = access_log.log_page(seed.context(database, "a", screen="LG"), ALL)
    tried = [row for row in page.rows if row.what == "Nekad inlogg."]
    assert [(row.signature, row.screen, row.reason) for row in tried] == [
        ("", "login", "okänd användare"),
        (seed.b.signature, "login", "fel uppgifter"),
        (seed.a.signature, "login", "fel uppgifter"),
    ]
    lines = access_log.event_lines(seed.context(database, "a", screen="LG"), tried[0].id, ALL)
    assert "Orsak       okänd användare" in lines
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM audit_event")).fetchall()
    assert typed not in str(kept)
    theirs = access_log.log_page(seed.context(database, "b", screen="LG"), ALL)
    assert not [row for row in theirs.rows if row.what == "Nekad inlogg."]


def test_what_was_changed_of_a_protected_person_is_shown_with_a_reason_only(
    database: Database, seed: Seed
) -> None:
    vera, _ = seed.patients
    with UnitOfWork(replace(seed.admitted(database, "a"), reason="vård")) as work:
        changes = {"family_name": ["Gamla", "Hemlighjelm"]}
        work.audit("change", vera, "patient", vera, changes)
        work.commit()
    context = seed.context(database, "a", screen="LG")
    (row, *_) = access_log.log_page(context, ALL).rows
    assert "Hemlighjelm" in "".join(access_log.event_lines(context, row.id, ALL))
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE patient SET protected = :yes"), {"yes": True})
    hidden = access_log.event_lines(context, row.id, ALL)
    assert "Hemlighjelm" not in "".join(hidden)
    assert any("(skyddad)" in line for line in hidden)
    asked = replace(context, reason="Granskning")
    wanted = ALL | {"identity_number": VERA}
    assert "Hemlighjelm" in "".join(access_log.event_lines(asked, row.id, wanted))


def test_a_number_of_somebody_else_opens_no_row_and_hides_what_it_hides(
    database: Database, seed: Seed
) -> None:
    """Who asks for one patient is shown that one's rows only, and named no other who is protected."""
    vera, mans = seed.patients
    with UnitOfWork(replace(seed.admitted(database, "a"), reason="vård")) as work:
        work.audit("change", vera, "patient", vera, {"family_name": ["Gamla", "Hemlighjelm"]})
        work.audit("read", entity="list", patients=(vera, mans))
        work.commit()
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE patient SET protected = :yes WHERE id = :id"), {"yes": True, "id": vera}
        )
    context = seed.context(database, "a", screen="LG")
    both, own = access_log.log_page(context, ALL).rows
    with pytest.raises(NotFound):
        access_log.event_lines(context, own.id, ALL | {"identity_number": MANS})
    seen = "\n".join(access_log.event_lines(context, both.id, ALL | {"identity_number": MANS}))
    assert "Öberg, Måns" in seen
    assert access_log.PROTECTED in seen
    assert "Björk" not in seen
    asked = replace(context, reason="Granskning")
    seen = "\n".join(access_log.event_lines(asked, both.id, ALL | {"identity_number": VERA}))
    assert "Björk, Åsa" in seen


def test_a_row_is_told_in_swedish(database: Database, seed: Seed) -> None:
    vera, _ = seed.patients
    with UnitOfWork(seed.admitted(database, "a")) as work:
        changes = {"family_name": ["Gamla", "Nya"], "deceased_on": [None, "2026-01-01"],
                   "protected": [False, True], "shown": [None, ["visit", 7]]}  # fmt: skip
        work.audit("change", vera, "patient", vera, changes)
        work.audit("change", entity="user_account", entity_id=1, changes={"roles": ["clerk", ""]})
        work.commit()
    context = seed.context(database, "a", screen="LG")
    account, person = access_log.log_page(context, ALL).rows
    assert access_log.event_lines(context, person.id, ALL)[-4:] == (
        "Efternamn            Gamla → Nya",
        "Avliden              – → 2026-01-01",
        "Skyddad              N → J",
        "Visat                – → Besök, 7",
    )
    assert access_log.event_lines(context, account.id, ALL)[-1] == "Roller               clerk → –"
