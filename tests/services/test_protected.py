"""Protected identities: in no list unless a reason is given, and then each is logged with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import load_workbook

from pasis_tui.models import UserUnit
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.errors import NotFound
from pasis_tui.services.forms import forms
from pasis_tui.services.reports import lists, worklist
from pasis_tui.services.visits import visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from tests.seeding import ROLES_HELD
from tests.services.clinic import ALL, Clinic, make_clinic, refused

DAY = date(2026, 3, 9)
WHY = "Kontroll av fakturan, begärd av chefen"
MARCH = {"from_date": "2026-03-01", "to_date": "2026-03-31"}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.fixture
def cards(clinic: Clinic) -> tuple[CommitmentCard, CommitmentCard]:
    """An open commitment of a patient, and of one with protected identity, visited each."""
    pair = clinic.commitment(), clinic.commitment(patient=clinic.hidden)
    for card in pair:
        clinic.visit(card, DAY)
    return pair


def book(context: Context, made: lists.OrderRow, home: Path) -> list[tuple[object, ...]]:
    path = lists.folder(context, home) / made.file_name
    return list(load_workbook(path).worksheets[0].iter_rows(values_only=True))


def test_048_shows_them_alone_with_a_reason_and_logs_each(
    clinic: Clinic, cards: tuple[CommitmentCard, CommitmentCard]
) -> None:
    context = clinic.at(DAY, screen="048")
    shown, hidden = cards
    assert [row.commitment_id for row in forms.overview_page(context, "A").rows] == [shown.id]
    (row,) = forms.overview_page(context, protected_reason=f" {WHY} ").rows
    assert (row.commitment_id, row.protected) == (hidden.id, True)
    event = clinic.events()[-1]
    assert (event.action, event.patient_id, event.entity_id) == ("read", clinic.hidden, hidden.id)
    assert (event.reason, event.screen) == (WHY, "048")
    events = len(clinic.events())
    for nothing in ("", "  ", "\x07"):
        with refused("PE04", ""):
            forms.overview_page(context, protected_reason=nothing)
    assert len(clinic.events()) == events
    assert forms.overview_page(clinic.at(DAY, "b", "048"), protected_reason=WHY).rows == ()


def test_ag_has_their_debts_alone_with_a_reason(
    clinic: Clinic, cards: tuple[CommitmentCard, CommitmentCard]
) -> None:
    later = clinic.at(date(2026, 6, 9), screen="AG")
    assert {t.patient_id for t in worklist.tasks_page(later).rows} == {clinic.vera}
    assert {t.patient_id for t in worklist.tasks_page(later, protected_reason=WHY).rows} == {
        clinic.hidden
    }
    event = clinic.events()[-1]
    assert (event.patient_id, event.entity_id, event.reason) == (clinic.hidden, cards[1].id, WHY)
    with refused("PE04", ""):
        worklist.tasks_page(later, protected_reason="")
    next_task = worklist.next_task(later)
    assert next_task is not None
    assert next_task.task.patient_id == clinic.vera  # F8 never walks to them


def test_ags_month_end_has_their_visits_alone_with_a_reason(clinic: Clinic) -> None:
    for patient in (clinic.vera, clinic.hidden):
        card = clinic.commitment(patient=patient)
        fields = clinic.visit_fields(card, DAY)
        visits.save(clinic.at(DAY), patient, fields, ALL)
    context = clinic.at(DAY, screen="AG")
    (row,) = worklist.unpaid_page(context, MARCH).rows
    (hidden,) = worklist.unpaid_page(context, MARCH, protected_reason=WHY).rows
    assert (row.patient_id, hidden.patient_id) == (clinic.vera, clinic.hidden)
    assert clinic.events()[-1].reason == WHY


@pytest.mark.parametrize("kind", ["P", "B"])
def test_a_list_has_them_marked_and_says_why(
    clinic: Clinic, cards: tuple[CommitmentCard, CommitmentCard], kind: str, tmp_path: Path
) -> None:
    context = clinic.at(DAY, screen="KL")
    order = lists.order_visit_list if kind == "B" else lists.order_control_list
    raw = {"kind": kind, **MARCH}
    for missing in ("", " "):
        with refused("PE04", "protected_reason", "Orsak saknas"):
            order(context, {**raw, "protected": "J", "protected_reason": missing})
    # A reason alone asks for nothing.
    made = lists.make(context, order(context, raw | {"protected_reason": WHY}), tmp_path)
    assert [row[0] for row in book(context, made, tmp_path)] == ["Personnummer", "19930714-2381"]
    raw |= {"protected": "J", "protected_reason": WHY}
    made = lists.make(context, order(context, raw), tmp_path)
    assert made.title.startswith("SKYDDADE ")
    assert [(row[0], row[-1]) for row in book(context, made, tmp_path)] == [
        ("Personnummer", "Skyddad"),
        ("19930714-2381", None),
        ("19700115-DA0B", "SKYDDAD"),
    ]
    path = lists.folder(context, tmp_path) / made.file_name
    facts: dict[Any, Any] = dict(
        cast(Any, load_workbook(path).worksheets[1].iter_rows(values_only=True))
    )
    assert facts["Skyddade personuppgifter"] == "ingår, märkta SKYDDAD"
    assert facts["Orsak till skyddade"] == WHY
    reasons = [(e.action, e.entity) for e in clinic.events() if WHY in e.reason]
    assert reasons == [("create", "list_order"), ("read", "list")]


def test_only_the_one_who_gave_the_reason_opens_the_list(
    clinic: Clinic, cards: tuple[CommitmentCard, CommitmentCard], tmp_path: Path
) -> None:
    context = clinic.at(DAY, screen="KL")
    raw = {"kind": "P", **MARCH, "protected": "J", "protected_reason": WHY}
    made = lists.make(context, lists.order_control_list(context, raw), tmp_path)
    assert len(lists.preview(context, made.id, tmp_path)) == 3
    colleague = replace(context, actor=replace(context.actor, user_id=clinic.seed.b.user))
    with SystemWork(clinic.database) as work:
        places = {"user_id": clinic.seed.b.user, "unit_id": clinic.seed.a.id}
        work.insert(UserUnit, **places, roles=ROLES_HELD)
        work.commit()
    with pytest.raises(NotFound, match="öppnas bara av den som beställde den"):
        lists.preview(colleague, made.id, tmp_path)
    with pytest.raises(NotFound, match="öppnas bara av den som beställde den"):
        lists.save_copy(colleague, made.id, tmp_path, tmp_path / "kopia.xlsx")
    assert not (tmp_path / "kopia.xlsx").exists()
    assert clinic.events()[-1].action == "denied"
