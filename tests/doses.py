"""What of a long list of cases CI tries; the rest is for ``make soak``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pytest


def one_of_each(cases: Iterable[Any], kind: Callable[[Any], Hashable]) -> list[Any]:
    """Return *cases*, the first of each *kind* for CI and the others marked for the soak."""
    seen: set[Hashable] = set()
    params = []
    for case in cases:
        first = kind(case) not in seen
        seen.add(kind(case))
        params.append(pytest.param(case, marks=() if first else pytest.mark.soak))
    return params


def one_in(count: int, cases: Iterable[Any]) -> list[Any]:
    """Return *cases*, one in *count* for CI and the others marked for the soak."""
    numbered = one_of_each(enumerate(cases), lambda each: each[0] // count)
    return [pytest.param(param.values[0][1], marks=param.marks) for param in numbered]
