"""What is graded is what the screens show, of the own unit, and nothing of who did it or when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.models import UserUnit
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import lists, show
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.training.facts import (
    KINDS,
    Delta,
    Facts,
    Record,
    fact_names,
    read_facts,
    typed_fact,
    words,
)
from tests.services.practice import DAY, clerk, practice
from tests.training.practice_chain import VERA, refer


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with practice(tmp_path) as database:
        yield clerk(database)


def busiest(facts: Facts) -> Record:
    """The patient of the commitment with the most visits."""
    of: dict[int, int] = {}
    for visit in facts.of("visit"):
        assert visit.parent
        of[visit.parent[1]] = of.get(visit.parent[1], 0) + 1
    commitment = facts.records["commitment", max(of, key=lambda key: of[key])]
    assert commitment.parent
    return facts.records[commitment.parent]


def listed(context: Context, screen: str, number: str) -> list[show.Record]:
    rows = show.rows(context, screen, number)
    assert isinstance(rows, list)
    return rows


def test_the_facts_of_a_patient_are_what_the_screens_show(context: Context) -> None:
    facts = read_facts(context)
    person = busiest(facts)
    number = person.fields["identity_number"]
    commitments = [r for r in facts.of("commitment") if r.parent == person.key]
    shown = listed(context, "040", number)
    assert {row["commitment_id"] for row in shown} == {r.id for r in commitments}
    for row in shown:
        fields = facts.records["commitment", row["commitment_id"]].fields
        for name in ("problem", "arrival_date", "caregiver", "referring_unit", "closing_date"):
            assert fields[name] == str(row[name] or "")
        for form in ("enrolment", "discharge", "follow_up"):
            assert ((form, row["commitment_id"]) in facts.records) == row[form]
    contacts = listed(context, "083", number)
    assert len(contacts) > 3
    for row in contacts:
        fields = facts.records["visit", row["visit_id"]].fields
        for name in ("date", "time", "reception", "reason", "kind", "caregiver", "contact_type"):
            assert fields[name] == row[name]
        assert fields["fee"] == str(row["fee"])
        assert (fields["cancelled"], fields["no_show"]) == tuple(
            "J" if row[name] else "N" for name in ("cancelled", "no_show")
        )
        registered = facts.records.get(("medical", row["visit_id"]))
        assert (registered is not None) == (row["dia_reg"] == "J")
        if registered is not None:
            medical = show.rows(context, "184", number, row["visit_id"])
            assert isinstance(medical, dict)
            assert registered.fields["kva"].split() == sorted(medical["kva"])
            assert registered.fields["main_diagnosis"] == medical["main_diagnosis"]


def test_another_units_records_are_not_facts(context: Context) -> None:
    with SystemWork(context.database) as work:
        unit = work.connection.execute(text("SELECT id FROM unit WHERE code = 'PSLU02'")).scalar()
        own = work.record(UserUnit, (context.actor.user_id, context.actor.unit_id))
        assert own is not None
        work.insert(UserUnit, user_id=own.user_id, unit_id=unit, roles=own.roles)
        work.commit()
    assert unit is not None
    elsewhere = replace(context.actor, unit_id=unit, unit_code="PSLU02")
    other = read_facts(replace(context, actor=elsewhere))
    own = read_facts(context)
    assert len(other.records) > 100
    assert not [key for key in other.records if key in own.records and key[0] != "patient"]


def test_a_register_is_not_graded(context: Context) -> None:
    with pytest.raises(ValueError, match="practice"):
        read_facts(replace(context, actor=replace(context.actor, practice=False)))


def test_what_was_registered_is_the_difference_and_what_was_removed_is_gone(
    context: Context,
) -> None:
    before = read_facts(context)
    card = refer(context)
    after = read_facts(context)
    registered = after.since(before)
    assert [r.kind for r in registered.records] == ["patient", "commitment"]
    assert registered.records[0].fields["identity_number"] == VERA
    assert registered.records[1].fields["problem"] == "KBT"
    assert not registered.gone
    assert before.plus(Delta.from_json(registered.to_json())) == after
    care_commitments.remove(context, card.id, card.version)
    gone = read_facts(context).since(after)
    assert gone == Delta((), (("commitment", card.id),))


def test_reading_and_looking_leave_no_facts(context: Context) -> None:
    before = read_facts(context)
    person = patients.read(context, busiest(before).fields["identity_number"])
    care_commitments.for_patient(context, person.id)
    assert read_facts(context) == before


def test_an_ordered_list_is_a_fact_and_why_it_was_ordered_is_not(context: Context) -> None:
    before = read_facts(context)
    raw = {"kind": "F", "protected": "J", "protected_reason": "Övning"}
    lists.order_control_list(context, raw)
    (ordered,) = read_facts(context).since(before).records
    assert (ordered.kind, ordered.fields) == ("control_list", {"kind": "F", "protected": "J"})


def test_every_field_has_its_words_from_a_screen(context: Context) -> None:
    refer(context)
    facts = read_facts(context)
    for record in facts.records.values():
        kind = KINDS[record.kind]
        for name in (*record.fields, *kind.keys, *([kind.parent_field] * bool(kind.parent))):
            assert f"{record.kind}.{name}" in fact_names()
            said = words(f"{record.kind}.{name}")
            assert said.label
            assert said.chapter
    assert words("visit.contact_type")[:3] == (
        "Kontakttyp",
        "BE03",
        "Besöksregistrering i PASiS",
    )
    assert VERA in {r.fields["identity_number"] for r in facts.of("patient")}
    assert facts.today == DAY


@pytest.mark.parametrize("name", sorted(fact_names()))
def test_whatever_an_exercise_may_name_has_its_words(name: str) -> None:
    assert name in KINDS or words(name).label


@pytest.mark.parametrize(
    ("code", "form", "field", "fact"),
    [
        ("085", "visit", "time", "visit.time"),
        ("085", "visit", "commitment", "visit.commitment"),
        ("085", "medical", "kva", "medical.kva"),
        ("085", "medical", "main_diagnosis", "medical.main_diagnosis"),
        ("184", "medical", "diagnosis_7", "medical.other_diagnoses"),
        ("184", "medical", "main_diagnosis", "medical.main_diagnosis"),
        ("184 K", "kva", "kva_2", "medical.kva"),
        ("040", "commitment", "closing_date", "commitment.closing_date"),
        ("048 I", "enrolment", "diagnosis", "enrolment.diagnosis"),
        ("283 2", "entry", "amount", "manual_fee.amount"),
        ("610", "entry", "number", "free_card.number"),
        ("051", "interval", "from_date", "interval.from_date"),
        ("KL", "order", "kind", "control_list.kind"),
        ("FB", "order", "signature", "visit_list.signature"),
        ("014", "person", "phone", "patient.phone"),
        ("048", "search", "state", None),
        ("login", "login", "user", None),
    ],
)
def test_what_is_typed_where_is_which_fact(
    code: str, form: str, field: str, fact: str | None
) -> None:
    assert typed_fact(code, form, field) == fact
