"""What a rule answers: a finding, and the two ways a save can stop."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from pasis_tui.validation.for_people import ForPeople


class Level(StrEnum):
    """How hard a finding is: a block refuses the save, a warning can be passed."""

    BLOCK = "block"
    WARN = "warn"


class Finding(NamedTuple):
    """One answer of one rule.

    ``rule`` is its id in domain.md section 3, ``field`` the form field at fault ("" for the whole
    form) and ``message`` the Swedish text that says what was wrong and the legal way out, made of
    the rule's ``variant`` and ``values``.  Two findings are the same when all of it is.
    """

    rule: str
    level: Level
    field: str
    message: str
    variant: str = ""
    values: tuple[tuple[str, str], ...] = ()


Confirmed = frozenset[Finding]  # the warnings that a clerk has passed
NOTHING: Confirmed = frozenset()


def refusal(field: str, text: str, rule: str = "") -> Finding:
    """Return that *field* cannot be as it is, where no rule's own sentence says why.

    *rule* is the one that F1 explains, if any; whatever its level, this must be mended.
    """
    return Finding(rule, Level.BLOCK, field, text)


class Refused(ForPeople):
    """At least one block finding: nothing was written."""

    exit_code = 1

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("; ".join(self.sentences))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The findings, each with its rule."""
        return tuple(f"{each.rule} {each.message}".strip() for each in self.findings)


class ProtectedIdentity(Refused):
    """The patient *patient_id* has protected identity, and nobody has said why to look (PE04).

    Nothing was read; asked again in a context that holds a reason, it is, and the log tells why.
    """

    def __init__(self, patient_id: int, why: Finding) -> None:
        self.patient_id = patient_id
        super().__init__([why])


class Unconfirmed(Exception):
    """Only warnings, and not all of them confirmed: nothing was written.

    A question, which whoever calls the service must ask: one that is not asked is a fault.

    Call again with ``confirmed`` holding the ``findings``; findings that come up then are asked about in turn.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("; ".join(f"{f.rule} {f.message}" for f in self.findings))


def settle(findings: Iterable[Finding], confirmed: Confirmed = NOTHING) -> None:
    """Return if *findings* let a save through, else raise Refused or Unconfirmed."""
    everything = tuple(findings)
    blocks = [finding for finding in everything if finding.level is Level.BLOCK]
    if blocks:
        raise Refused(blocks)
    open_warnings = [finding for finding in everything if finding not in confirmed]
    if open_warnings:
        raise Unconfirmed(open_warnings)
