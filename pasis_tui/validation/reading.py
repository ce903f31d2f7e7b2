"""Reads a form's raw texts field by field and collects every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from pasis_tui.validation import codes, fields
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.rules import finding


def shown(value: str) -> str:
    """Return *value* as a message quotes it: printable, at most 20 characters."""
    printable = "".join(c for c in value if c.isprintable())
    return printable if len(printable) <= 20 else printable[:19] + "…"


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

    def fault(self, field: str, text: str, rule: str = "") -> None:
        """Note that *field* is at fault."""
        self.faults.append(finding(rule or self._rule, field, text))

    def text(
        self, field: str, label: str, kind: str = "text", *, mandatory: bool = False, rule: str = ""
    ) -> str:
        """Return the field as its kind is written; "" when empty or at fault."""
        given = self._raw.get(field, "")
        if not given.strip():
            if mandatory:
                self.fault(field, f"{label} saknas. Fyll i fältet; det är obligatoriskt.", rule)
            return ""
        try:
            return fields.read(kind, given, self._today)
        except fields.InvalidValue as invalid:
            self.fault(field, f"{label}: {invalid.reason}", rule)
            return ""

    def code(
        self,
        field: str,
        label: str,
        table: str,
        *,
        mandatory: bool = True,
        rule: str = "",
        unknown: str = "",
        kind: str = "code",
    ) -> str:
        """Return a code that stands in *table*; *unknown* is the refusal's text with {value}."""
        value = self.text(field, label, kind, mandatory=mandatory, rule=rule)
        known = codes.table(table)
        if value and value not in known:
            some = ", ".join(list(known)[:6])
            text = unknown or "{label} ”{value}” går inte. Giltiga koder: {some} (F4)."
            self.fault(field, text.format(label=label, value=shown(value), some=some), rule)
            return ""
        return value

    def day(self, field: str, label: str, *, mandatory: bool = True, rule: str = "") -> date | None:
        """Return a date, None when empty or at fault."""
        value = self.text(field, label, "date", mandatory=mandatory, rule=rule)
        return date.fromisoformat(value) if value else None

    def moment(self, field: str, label: str, *, rule: str = "") -> time | None:
        """Return a start time, None when empty or at fault."""
        value = self.text(field, label, "time", mandatory=True, rule=rule)
        return time.fromisoformat(value) if value else None

    def yes(self, field: str, label: str, *, rule: str = "") -> bool:
        """Return whether a J/N field says J; an empty one says N."""
        return self.text(field, label, "yesno", rule=rule) == "J"

    def done(self) -> None:
        """Raise Refused when anything was at fault."""
        if self.faults:
            raise Refused(self.faults)
