"""What 051 hides: no figure is of 1-4 patients, and none can be subtracted from the others.

A group of nobody hides nothing.  Whoever reads a report can know their own unit's patients, so the
other units' are a group too, whether the own figures are shown or not: everyone less the own.
The least and the greatest of a box are the instruction's own, and stand for one patient each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, Literal

LEAST: Final = 5  # patients of whom a figure may tell

SEXES: Final = ("K", "M")
Group = Mapping[str, set[int]]  # the ids of patients by sex


class Hidden(Enum):
    """Stands for a figure that is not shown."""

    HIDDEN = "dolt"


HIDDEN: Final = Hidden.HIDDEN
Count = int | Literal[Hidden.HIDDEN]


def few(patients: int) -> bool:
    """Return whether so many patients are too few to tell of."""
    return 0 < patients < LEAST


def open_figures(*groups: Group) -> tuple[bool, bool, bool]:
    """Return whether the figures of women, men and all may be shown, made up of *groups*.

    Women and men are shown both or neither: beside all of them, one tells the other.
    """
    split = not any(few(len(group[sex])) for group in groups for sex in SEXES)
    total = not any(few(len(group["K"] | group["M"])) for group in groups)
    return split, split, total


def open_parts(parts: Sequence[Group]) -> list[tuple[bool, bool]]:
    """Return for each of *parts* of one whole whether its split by sex and its sum may be shown.

    The whole and its split are shown elsewhere: what is hidden must not be few together either,
    so the smallest of the others are hidden too, until it is not.
    """
    totals = [(part["K"] | part["M"],) for part in parts]
    splits = [(part["K"], part["M"]) for part in parts]
    no_total = _with_more({at for at, (all_,) in enumerate(totals) if few(len(all_))}, totals)
    wanted = no_total | {at for at, split in enumerate(splits) if _any_few(split)}
    no_split = _with_more(wanted, splits)
    return [(at not in no_split, at not in no_total) for at in range(len(parts))]


def _any_few(groups: Sequence[set[int]]) -> bool:
    return any(few(len(group)) for group in groups)


def _with_more(hidden: set[int], parts: Sequence[tuple[set[int], ...]]) -> set[int]:
    """Return *hidden* and the smallest others, so that together they are not few and not one's alone.

    Who stands in several of them is one patient, however often the figures count them.
    """
    hidden = set(hidden)
    others = sorted(set(range(len(parts))) - hidden, key=lambda at: (sum(map(len, parts[at])), at))
    while hidden and others:
        together = [
            set[int]().union(*column) for column in zip(*(parts[at] for at in hidden), strict=True)
        ]
        if len(hidden) > 1 and not _any_few(together):
            break
        hidden.add(others.pop(0))
    return hidden
