"""What is carried from screen to screen while someone is logged on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pasis_tui.clock import WorkingDay
from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.services.users.settings import Settings
from pasis_tui.shell.trail import Trail
from pasis_tui.store.actor import Actor, Context
from pasis_tui.store.database import Database


@dataclass(slots=True)
class Session:
    """Who is at the keyboard, on which working date, with which patient.

    ``commitment_id`` and ``visit_id`` go with the patient and are let go with it.
    ``last_saved`` holds, by (screen, field), what Dup gives back, ``task`` the key of the task
    F8 went to last, ``worklist`` what F8 walks (a code of Visa, and the period of Månadsavslut when
    that is what AG showed last), ``making`` the orders whose lists are made in the background right now
    or wait for it, ``unmade`` those that ended in a fault and are not tried again by themselves,
    ``reasons`` why patients with protected identity are looked at, until another patient is carried.
    """

    database: Database
    actor: Actor
    day: WorkingDay
    settings: Settings
    patient: PatientCard | None = None
    commitment_id: int | None = None
    visit_id: int | None = None
    task: tuple[Any, ...] | None = None
    worklist: tuple[str, dict[str, str] | None] = ("ALLA", None)
    last_saved: dict[tuple[str, str], str] = field(default_factory=dict)
    trail: Trail = field(default_factory=Trail)
    making: set[int] = field(default_factory=set)
    unmade: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The working date."""
        return self.day.date

    def context(self, screen: str) -> Context:
        """Return what a service wants to know, for the screen *screen*."""
        return Context(self.database, self.actor, self.today, screen, dict(self.reasons))

    def carry(self, patient: PatientCard | None) -> None:
        """Carry *patient*; another one's commitment and visit are let go."""
        if patient is None or self.patient is None or patient.id != self.patient.id:
            self.commitment_id = self.visit_id = None
        kept = patient.id if patient is not None else None
        self.reasons = {key: why for key, why in self.reasons.items() if key == kept}
        self.patient = patient
