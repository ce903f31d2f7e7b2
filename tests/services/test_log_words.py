"""Every field that the services log has a Swedish word in LG's row."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

import pasis_tui
from pasis_tui.models import Entity
from pasis_tui.services.reports.log_words import field_word
from pasis_tui.services.users.settings import Settings
from pasis_tui.validation.care_commitments import CommitmentInput
from pasis_tui.validation.closing import ClosingInput
from pasis_tui.validation.fees import ExternalFeeInput, FreeCardInput
from pasis_tui.validation.forms import DischargeInput, EnrolmentInput, FollowUpInput
from pasis_tui.validation.patients import PatientInput
from pasis_tui.validation.records import entries
from pasis_tui.validation.visits import VisitInput

_DECLARED: dict[str, tuple[type[Any], ...]] = {
    "patient": (PatientInput,),
    "care_commitment": (CommitmentInput, ClosingInput),
    "enrolment_form": (EnrolmentInput,),
    "follow_up_form": (FollowUpInput,),
    "discharge_form": (DischargeInput,),
    "visit": (VisitInput,),
    "external_fee": (ExternalFeeInput,),
    "free_card": (FreeCardInput,),
    "user_account": (Settings,),
}
_MEDICAL = ["main_diagnosis", "problem", "kva", *(f"diagnosis_{row}" for row in range(2, 16))]


def _names(record: type[Any]) -> list[str]:
    declared = [each.key for each in entries(record).values()]
    return declared or [each.name for each in fields(record)]


def _written(tree: ast.AST) -> Iterator[str]:
    """Yield the field names in the dictionaries of ``[old, new]`` that a module writes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs: list[tuple[ast.expr | None, ast.expr]] = list(
                zip(node.keys, node.values, strict=True)
            )
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            pairs = [(node.targets[0].slice, node.value)]
        else:
            continue
        for key, value in pairs:
            pair = isinstance(value, ast.List) and len(value.elts) == 2
            if pair and isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value


def _is_word(entity: str, name: str) -> bool:
    word = field_word(entity, name)
    return word[:1].isupper() and "_" not in word


@pytest.mark.parametrize("entity", _DECLARED)
def test_the_fields_of_records_have_words(entity: str) -> None:
    names = [name for record in _DECLARED[entity] for name in _names(record)]
    names += _MEDICAL if entity == "visit" else []
    assert [name for name in names if not _is_word(entity, name)] == []


def test_a_medical_registration_has_words() -> None:
    assert [name for name in _MEDICAL if not _is_word("medical_registration", name)] == []


def test_what_services_write_into_the_log_has_words_whatever_it_is_about() -> None:
    names = set()
    for file in (Path(pasis_tui.__file__).parent / "services").rglob("*.py"):
        if "audit(" in (source := file.read_text("utf-8")):
            names |= set(_written(ast.parse(source)))
    assert {"roles", "removed", "invoiced_on", "shown"} <= names
    entities = get_args(Entity)
    assert [n for n in sorted(names) if not any(_is_word(each, n) for each in entities)] == []
    # Written from a mapping of columns: caregivers, remittenter, lists ordered, looks at the log.
    others = ["active_from", "active_to", "place", "source", "name", "category", "signature",
              "from_date", "to_date", "unit", "kind", "protected", "protected_reason",
              "seed", "patient", "care_commitment", "visit", "fee", "listed_unit_id"]  # fmt: skip
    assert [name for name in others if not _is_word("", name)] == []
