"""Input that has broken other programs."""

from __future__ import annotations

import re

HOSTILE = {
    "empty": "",
    "spaces": "   ",
    "ten kilobytes": "x" * 10_240,
    "ten kilobytes of digits": "9" * 10_240,
    "NUL": "ab\x00cd",
    "BEL": "\x07",
    "DEL": "ab\x7f",
    "C1": "\x9b31m",
    "red": "\x1b[31mröd\x1b[0m",
    "title": "\x1b]0;titel\x07",
    "line break": "a\r\nb",
    "line separator": "a\u2028b",
    "surrogate": "\ud800",
    "RTL override": "\u202e123\u202c",
    "RTL isolate": "\u2067abc\u2069",
    "RTL letters": "אבגד",
    "Arabic digits": "٢٠٢٦١١٢٤",
    "full-width digits": "２０２６１１２４",
    "superscript": "²",
    "combining": "a" + "\u0301" * 50,
    "lone combining": "\u0301",
    "emoji": "👨\u200d👩\u200d👧",
    "flag": "🇸🇪",
    "zero width": "\u200b",
    "BOM": "\ufeff123",
    "formula": "=1+1",
    "DDE": "=cmd|' /C calc'!A0",
    "at formula": "@SUM(A1)",
    "SQL": "'; DROP TABLE patients; --",
    "SQL 2": "1 OR 1=1",
    "template": "{value} {0} {} %s %(x)s",
    "markup": "[bold red]hej[/]",
    "path": "../../etc/passwd",
    "NaN": "NaN",
    "exponent": "1e9",
    "negative": "-1",
    "plus": "+",
    "minus": "-",
    "only dots": "...",
    "only commas": ",,,",
    "30 February": "20260230",
    "29 February of a common year": "2025-02-29",
    "month 13": "2026-13-01",
    "month 0": "2026-00-10",
    "day 0": "20260100",
    "year 0": "0000-01-01",
    "far off": "+9999å",
    "far back": "-9999y",
    "half a date": "2026-11",
    "25 o'clock": "25:00",
    "minute 60": "1260",
    "wrong check digit": "9307142380",
    "letter for a digit": "93O7142381",
    "eleven digits": "99307142381",
    "not born yet": "20270101-2383",
    "13th month": "931314-2381",
    "30 February in a number": "930230-2381",
}


def is_sentence(reason: str) -> None:
    """A Swedish sentence that can be shown as it is: short, closed, nothing unprintable."""
    assert reason[-1] in ".!?"
    assert reason[0].isupper() or reason[0] in "”0123456789"
    assert len(reason) <= 200
    assert all(c.isprintable() for c in reason), repr(reason)
    ours = re.sub("”[^”]*”", "", reason)  # what was typed is quoted, and may be anything
    assert not re.search(r"\b(error|invalid|Traceback|must|None)\b", ours)
