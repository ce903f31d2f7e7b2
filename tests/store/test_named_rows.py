"""A row class and the SELECT that fills it are compared when the query is declared, not by a clerk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest
from sqlalchemy import select
from sqlmodel import col

from pasis_tui.models import Caregiver
from pasis_tui.store.query import Query, columns_for


class Signed(NamedTuple):
    signature: str
    name: str
    note: str = "found out later"


@dataclass(frozen=True)
class Card:
    signature: str
    who: str


def test_rows_come_as_what_they_are() -> None:
    columns = (col(Caregiver.signature), col(Caregiver.name))
    signed, card = (
        Query(select(*columns), Signed).make,
        Query(select(columns[0], columns[1].label("who")), Card).make,
    )
    assert signed is not None
    assert card is not None
    assert signed(("ANNLIN", "Anna")) == Signed("ANNLIN", "Anna", "found out later")
    assert card(("ANNLIN", "Anna")) == Card("ANNLIN", "Anna")


@pytest.mark.parametrize("kind", [Signed, Card])
def test_another_order_another_name_or_a_missing_column_is_refused(kind: type[Signed]) -> None:
    signature, name = col(Caregiver.signature), col(Caregiver.name)
    for columns in ((name, signature), (signature, col(Caregiver.category)), (signature,)):
        with pytest.raises(ValueError, match=f"{kind.__name__} has the fields"):
            Query(select(*columns), kind)


@dataclass(frozen=True, kw_only=True)
class Owned(Card):
    id: int


def test_the_columns_follow_the_row_class() -> None:
    who = col(Caregiver.name)
    for kind in (Signed, Card, Owned):
        selected = columns_for(kind, Caregiver, who=who)
        assert Query(select(*selected), kind).make is not None
    owned = Query(select(*columns_for(Owned, Caregiver, who=who)), Owned).make
    assert owned is not None
    assert owned(("ANNLIN", "Anna", 3)) == Owned(signature="ANNLIN", who="Anna", id=3)
