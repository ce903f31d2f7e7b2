"""What a rule answers: a finding, and the two ways a save can stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How hard a finding is: a block refuses the save, a warning can be passed."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of one rule.

    ``rule`` is its id in domain.md section 3, ``field`` the name of the form
    field at fault ("" for the whole form) and ``message`` the Swedish text
    that says what was wrong and the legal way out.
    """

    rule: str
    level: Level
    field: str
    message: str


class Refused(Exception):
    """At least one block finding: nothing was written."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("; ".join(f"{f.rule} {f.message}" for f in self.findings))


class Unconfirmed(Exception):
    """Only warnings, and not all of them confirmed: nothing was written.

    Call again with ``confirmed`` holding the rule ids of ``findings``.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("; ".join(f"{f.rule} {f.message}" for f in self.findings))


def settle(findings: Iterable[Finding], confirmed: frozenset[str] = frozenset()) -> None:
    """Return if *findings* let a save through, else raise Refused or Unconfirmed."""
    found = tuple(findings)
    blocks = [finding for finding in found if finding.level is Level.BLOCK]
    if blocks:
        raise Refused(blocks)
    open_warnings = [finding for finding in found if finding.rule not in confirmed]
    if open_warnings:
        raise Unconfirmed(open_warnings)
