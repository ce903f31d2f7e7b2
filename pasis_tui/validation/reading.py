"""Reads a form's raw texts field by field and collects every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from pasis_tui.validation import codes, fields
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.rules import finding
from pasis_tui.validation.unseen import shortened


def shown(value: str) -> str:
    """Return *value* as a message quotes it: printable, at most 20 characters."""
    return shortened(value, 20)


class Reader:
    """One pass over the raw texts of a form.

    Each method returns the value of one field, or a harmless stand-in when the field is at
    fault; ``done`` raises Refused with all faults, so a stand-in never gets further.
    ``labels`` are what the screen calls the fields.
    """

    def __init__(self, raw: Mapping[str, str], today: date, rule: str) -> None:
        self._raw = raw
        self._today = today
        self._rule = rule
        self.faults: list[Finding] = []

    def fault(self, field: str, variant: str = "", rule: str = "", /, **values: object) -> None:
        """Add a finding at *field* with the text *variant* of the rule, by default the form's own."""
        self.faults.append(finding(rule or self._rule, field, self._today, variant, **values))

    def is_empty(self, field: str) -> bool:
        """Tell whether nothing was typed in the field."""
        return not self._raw.get(field, "").strip()

    def text(
        self, field: str, label: str, kind: str = "text", *, mandatory: bool = False, rule: str = ""
    ) -> str:
        """Return the field in the form its kind is written; "" when empty or wrong."""
        if self.is_empty(field):
            if mandatory:
                self.fault(field, "missing", rule, label=label)
            return ""
        try:
            return fields.read(kind, self._raw[field], self._today)
        except fields.InvalidValue as invalid:
            self.fault(field, "unreadable", rule, label=label, reason=invalid.reason)
            return ""

    def code(
        self,
        field: str,
        label: str,
        table: str,
        *,
        mandatory: bool = True,
        rule: str = "",
        unknown: str | None = None,
        kind: str = "code",
    ) -> str:
        """Return a code that stands in *table*.

        *unknown* is the rule's own variant of {value} for one that does not.
        """
        known = codes.table(table)
        try:
            value = fields.read(kind, self._raw.get(field, ""), self._today)
        except fields.InvalidValue:
            # Letters in a code of digits are answered with the codes there are.
            value = self._raw.get(field, "").strip() if kind != "code" else ""
        if not value:
            value = self.text(field, label, kind, mandatory=mandatory, rule=rule)
        if not value or value in known:
            return value
        if unknown is None:
            some = ", ".join(list(known)[:6])
            self.fault(field, "unknown_code", rule, label=label, value=shown(value), some=some)
        else:
            self.fault(field, unknown, rule, value=shown(value))
        return ""

    def day(self, field: str, label: str, *, mandatory: bool = True, rule: str = "") -> date | None:
        """Return a date, None when empty or wrong."""
        value = self.text(field, label, "date", mandatory=mandatory, rule=rule)
        return date.fromisoformat(value) if value else None

    def moment(self, field: str, label: str, *, rule: str = "") -> time | None:
        """Return a start time, None when empty or wrong."""
        value = self.text(field, label, "time", mandatory=True, rule=rule)
        return time.fromisoformat(value) if value else None

    def yes(self, field: str, label: str, *, rule: str = "") -> bool:
        """Return whether a J/N field says J; an empty one says N."""
        return self.text(field, label, "yesno", rule=rule) == "J"

    def done(self) -> None:
        """Raise Refused when anything was wrong."""
        if self.faults:
            raise Refused(self.faults)
