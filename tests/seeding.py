"""A small world of two units, for tests that need rows and not a story."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, Literal, get_args

from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    Patient,
    Reception,
    ReferringUnit,
    Right,
    Unit,
    User,
    UserUnit,
)
from pasis_tui.store.actor import Actor, Context, access_of
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork

TODAY = date(2024, 3, 1)
RIGHTS = frozenset(get_args(Right))
ROLES_HELD = "administrator manager trainer"
Which = Literal["a", "b"]
# Official test numbers: Skatteverket's list, by the rule of domain.md section 5.
PEOPLE = (
    ("199307142381", "Björk", "Åsa", "K", date(1993, 7, 14)),
    ("199307142399", "Öberg", "Måns", "M", date(1993, 7, 14)),
)


@dataclass(frozen=True)
class UnitSeed:
    """The ids of one unit's own things."""

    id: int
    code: str
    name: str
    reception: int
    caregiver: int
    user: int
    signature: str


@dataclass(frozen=True)
class Seed:
    """The ids of everything; ``a`` is PSMA01 and ``b`` PSLU02."""

    a: UnitSeed
    b: UnitSeed
    patients: tuple[int, ...]
    health_centre: int

    def unit(self, which: Which) -> UnitSeed:
        return self.a if which == "a" else self.b

    def admitted(
        self, database: Database, which: Which = "a", today: date = TODAY, screen: str = "085"
    ) -> Context:
        """A context as a service has it once its right is checked."""
        return replace(self.context(database, which, today, screen), admitted=True)

    def context(
        self, database: Database, which: Which = "a", today: date = TODAY, screen: str = "085"
    ) -> Context:
        """The context of the user of unit *which*."""
        unit = self.unit(which)
        actor = Actor(
            user_id=unit.user,
            signature=unit.signature,
            name=_NAMES[which],
            unit_id=unit.id,
            unit_code=unit.code,
            unit_name=unit.name,
            rights=RIGHTS,
            practice=True,
            access=access_of(1, ROLES_HELD),
        )
        return Context(database, actor, today, screen)

    def commitment(self, work: UnitOfWork, patient: int = 0, **values: Any) -> int:
        """Add a commitment at the unit of *work* and return its id."""
        unit = self.a if work.unit_id == self.a.id else self.b
        row: dict[str, Any] = {
            "patient_id": self.patients[patient],
            "problem": "F41",
            "arrival_date": date(2024, 1, 8),
            "type_of_commitment": "1",
            "referral_source": "1",
            "referring_unit_id": self.health_centre,
            "review_date": date(2024, 1, 9),
            "caregiver_id": unit.caregiver,
            "decision_date": date(2024, 1, 9),
        }
        added: int = work.insert(CareCommitment, **{**row, **values})
        return added

    def visit_values(self, unit_id: int, commitment: int, **values: Any) -> dict[str, Any]:
        """What a visit row needs, for ``work.insert(Visit, …)``."""
        unit = self.a if unit_id == self.a.id else self.b
        return {
            "patient_id": self.patients[0],
            "commitment_id": commitment,
            "date": date(2024, 2, 1),
            "time": time(9, 0),
            "reception_id": unit.reception,
            "reason": "N",
            "kind": "N",
            "caregiver_id": unit.caregiver,
            "caregiver_category": "PT",
            "contact_type": "IB",
            "fee": 200,
            "registered_on": TODAY,
            **values,
        }


_NAMES = {"a": "Annika Lindgren", "b": "Bertil Ek"}


def seed_minimal(database: Database) -> Seed:
    """Write two units with a reception, a caregiver and a user each, and two patients."""
    with SystemWork(database) as work:
        a = _unit(work, "PSMA01", "Psykoterapi Sundet (övning)", "ANNLIN", _NAMES["a"])
        b = _unit(work, "PSLU02", "Psykoterapi Lunden (övning)", "BEREK1", _NAMES["b"])
        centre = work.insert(ReferringUnit, code="VC0001", name="Vårdcentralen Ön", source="1")
        patients = tuple(
            work.insert(
                Patient,
                identity_number=number,
                kind="personnummer",
                birth_date=born,
                sex=sex,
                family_name=family,
                given_name=given,
            )
            for number, family, given, sex, born in PEOPLE
        )
        work.commit()
    return Seed(a, b, patients, centre)


def _unit(work: SystemWork, code: str, name: str, signature: str, person: str) -> UnitSeed:
    unit = work.insert(Unit, code=code, name=name)
    reception = work.insert(Reception, unit_id=unit, code="HUVUD", name="Huvudmottagning")
    caregiver = work.insert(
        Caregiver,
        unit_id=unit,
        signature=signature,
        name=person,
        category="PT",
        active_from=date(2020, 1, 1),
    )
    user = work.insert(User, signature=signature, name=person, password_hash="")
    work.insert(UserUnit, user_id=user, unit_id=unit, roles=ROLES_HELD)
    return UnitSeed(unit, code, name, reception, caregiver, user, signature)
