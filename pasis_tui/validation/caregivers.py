"""Caregivers' signatures, and the finding for one that is not active on a date."""

from __future__ import annotations

from datetime import date

from pasis_tui.validation.findings import Finding
from pasis_tui.validation.reading import shown
from pasis_tui.validation.rules import finding

Span = tuple[date, date | None]  # active from and to, inclusive; None: still


def not_active(
    rule: str, field: str, signature: str, day: date, span: Span | None, label: str, today: date
) -> Finding:
    """Return that *signature* is not active on *day*: nobody's, or when its owner left or begins."""
    named = {"label": label, "signature": shown(signature)}
    if span is None:
        return finding(rule, field, today, "unknown_signature", **named)
    first, last = span
    if last is not None and last < day:
        return finding(rule, field, today, "signature_ended", last=last, date=day, **named)
    return finding(rule, field, today, "signature_not_begun", first=first, date=day, **named)
