"""Which of the learner's records stands for which of the solution's.

Those of the template are known by their id, new ones by what they have in common: a visit on the
wrong day is a visit on the wrong day, not one missing and another too many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pasis_tui.training.facts import KINDS, Facts, Key, Record

KEY_WEIGHT = 3  # of a field that a clerk knows a record by; any other weighs 1
THRESHOLD = 0.4  # of the weight that two records must have in common
_STATE = "cancelled"  # weighs as a key: what was cancelled is not what stands


@dataclass(frozen=True, slots=True)
class Matching:
    """``pairs`` the solution's key → the learner's; ``back`` the other way.

    ``missing`` and ``extra`` are the records without a match, and ``kept`` those of the template
    that only the learner still has: the solution removed them.
    """

    pairs: Mapping[Key, Key]
    back: Mapping[Key, Key]
    missing: tuple[Record, ...]
    extra: tuple[Record, ...]
    kept: tuple[Record, ...]


def match(before: Facts, par: Facts, done: Facts) -> Matching:
    """Match what *par* and *done* have made of *before*."""
    return _Matcher(before, par, done).result()


class _Matcher:
    def __init__(self, before: Facts, par: Facts, done: Facts) -> None:
        self.pairs: dict[Key, Key] = {}
        self.back: dict[Key, Key] = {}
        self._wanted: dict[str, list[Record]] = {kind: [] for kind in KINDS}
        self._made: dict[str, list[Record]] = {kind: [] for kind in KINDS}
        self._kept: list[Record] = []
        for key, record in par.records.items():
            if key in before.records and key in done.records:
                self._pair(key, key)
            else:
                self._wanted[record.kind].append(record)
        for key, record in done.records.items():
            if key in self.back:
                continue
            if key in before.records:
                self._kept.append(record)
            else:
                self._made[record.kind].append(record)

    def _pair(self, wanted: Key, made: Key) -> None:
        self.pairs[wanted] = made
        self.back[made] = wanted

    def result(self) -> Matching:
        """Match kind by kind, parents first; then what is left, below whichever parent it is."""
        for kind in KINDS:
            self._below_their_parents(kind)
            self._anywhere(kind)
        missing = [r for records in self._wanted.values() for r in records]
        extra = [r for records in self._made.values() for r in records]
        return Matching(self.pairs, self.back, tuple(missing), tuple(extra), tuple(self._kept))

    def _below_their_parents(self, kind: str) -> None:
        places: dict[Key | None, tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
        for record in self._wanted[kind]:
            parent = record.parent and self.pairs.get(record.parent)
            if parent is not None or record.parent is None:
                places[parent][0].append(record)
        for record in self._made[kind]:
            places[record.parent][1].append(record)
        for wanted, made in places.values():
            if KINDS[kind].one:
                pairs = list(zip(wanted, made, strict=False))
            else:
                pairs = _best(wanted, made, 1.0)
            self._take(kind, pairs)

    def _anywhere(self, kind: str) -> None:
        """Match what stands below the wrong parent: that is one fault, not two.

        Records below a visit that is missing, or one too many, belong to that fault.
        """
        if not KINDS[kind].parent:
            return
        wanted = [r for r in self._wanted[kind] if self._free(r, self.pairs)]
        made = [r for r in self._made[kind] if self._free(r, self.back)]
        self._take(kind, _best(wanted, made, 0.0))

    @staticmethod
    def _free(record: Record, matched: Mapping[Key, Key]) -> bool:
        parent = record.parent
        return parent is None or parent in matched or parent[0] == "patient"

    def _take(self, kind: str, pairs: Iterable[tuple[Record, Record]]) -> None:
        taken = list(pairs)
        for wanted, made in taken:
            self._pair(wanted.key, made.key)
        if taken:
            self._wanted[kind] = [r for r in self._wanted[kind] if r.key not in self.pairs]
            self._made[kind] = [r for r in self._made[kind] if r.key not in self.back]


def _best(wanted: list[Record], made: list[Record], parent: float) -> list[tuple[Record, Record]]:
    """Return the pairs that have most in common, the best first; *parent* 1.0 for the same one."""
    scores = [
        (likeness(a, b, parent), -i, -j) for i, a in enumerate(wanted) for j, b in enumerate(made)
    ]
    pairs: list[tuple[Record, Record]] = []
    used_i: set[int] = set()
    used_j: set[int] = set()
    for score, i, j in sorted(scores, reverse=True):
        if score < THRESHOLD:
            break
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            pairs.append((wanted[-i], made[-j]))
    return pairs


def likeness(wanted: Record, made: Record, parent: float = 1.0) -> float:
    """Return the share of the fields' weight, 0 to 1, in which two records of a kind agree.

    *parent* is the agreement in what they belong to, which weighs as a key field.
    """
    kind = KINDS[wanted.kind]
    common, whole = 0.0, 0.0
    if kind.parent:
        common, whole = KEY_WEIGHT * parent, float(KEY_WEIGHT)
    for name, value in wanted.fields.items():
        if name in kind.derived and name not in kind.keys:
            continue
        weight = KEY_WEIGHT if name in kind.keys or name == _STATE else 1
        whole += weight
        if made.fields.get(name) == value:
            common += weight
    return common / whole if whole else 0.0
