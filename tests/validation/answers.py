"""What the rules answer, in the few words a test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from pasis_tui.validation.findings import Finding, Level, Refused

TODAY = date(2026, 3, 2)
unhurried = settings(deadline=None)  # a busy machine is no fault of the rules
# Text as hostile as a paste can be: control characters, escape sequences, any script, 600 long.
HOSTILE = st.text(max_size=600) | st.sampled_from(
    ["\x1b[31mröd", "\x00", "=1+1", "'; DROP TABLE visit; --", "٢٠٢٦", "x" * 10_000, "20260230"]
)
T = TypeVar("T")


def hostile_form(names: Iterable[str]) -> st.SearchStrategy[dict[str, str]]:
    """A form whose every field holds anything, or is not there at all."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, HOSTILE))


def readable(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, once each is a sentence that a message line can show."""
    shown = list(findings)
    for each in shown:
        sentence = each.message
        assert sentence[0].isupper() or sentence[0] in "”0123456789", sentence
        assert sentence.endswith((".", ")")), sentence
        assert sentence.isprintable(), repr(sentence)
        assert len(sentence) < 250, sentence
    return shown


def answers(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Each finding as (rule, level, field), once it is fit to be read by a clerk."""
    shown = readable(findings)
    assert not [each.message for each in shown if "{" in each.message]  # no template unfilled
    return [(each.rule, each.level.value, each.field) for each in shown]


def blocked(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """The refusals as (rule, field)."""
    return [(rule, field) for rule, level, field in answers(findings) if level == Level.BLOCK.value]


def warned(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """The warnings as (rule, field)."""
    return [(rule, field) for rule, level, field in answers(findings) if level == Level.WARN.value]


def faults(
    read: Callable[[Mapping[str, str], date], object],
    raw: Mapping[str, str],
    today: date = TODAY,
) -> list[tuple[str, str]]:
    """What *read* refuses, as (rule, field); every one of them a block."""
    with pytest.raises(Refused) as refusal:
        read(raw, today)
    shown = answers(refusal.value.findings)
    assert {level for _, level, _ in shown} == {"block"}
    return [(rule, field) for rule, _, field in shown]


def why(findings: Iterable[Finding], rule: str) -> str:
    """The one message of *rule*."""
    (message,) = [each.message for each in findings if each.rule == rule]
    return message


def reason(
    read: Callable[[Mapping[str, str], date], object],
    raw: Mapping[str, str],
    field: str,
    today: date = TODAY,
) -> str:
    """The message at *field* when *read* refuses."""
    with pytest.raises(Refused) as refusal:
        read(raw, today)
    (message,) = [each.message for each in refusal.value.findings if each.field == field]
    return message


def survives(
    read: Callable[[Mapping[str, str], date], T], raw: Mapping[str, str], fields: Iterable[str]
) -> T | None:
    """Whatever stands in *raw*, *read* either reads it or refuses at its own fields."""
    refused: tuple[Finding, ...] = ()
    try:
        return read(raw, TODAY)
    except Refused as refusal:
        refused = refusal.findings
    assert refused
    assert {each.field for each in readable(refused)} <= set(fields)
    return None
