"""What a learner registered, compared with the solution's records: findings and marks.

Expected is what the solution left behind, done what the learner did; both are compared record by
record (``matching``).  What follows from another fault costs nothing and is told under it
(``data/grading.toml``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from pasis_tui.display.display_files import display
from pasis_tui.training.facts import KINDS, Facts, Key, Record, words
from pasis_tui.training.grading_table import Consequence, table
from pasis_tui.training.matching import Matching, match
from pasis_tui.validation import codes
from pasis_tui.validation.identity import format_identity_number

LEAST_FACTS = 8  # so that one slip in a short exercise is not half of it
BOOKING = "booking"  # a visit to come, as a kind that may come on top
_NUMBER = "patient.identity_number"


class Free(Protocol):
    """What may differ: ``fields`` as ``kind.field``, ``extra`` kinds that may come on top."""

    @property
    def fields(self) -> Collection[str]: ...  # noqa: D102
    @property
    def extra(self) -> Collection[str]: ...  # noqa: D102


class Accept(Protocol):
    """Values of a field, ``kind.field``, that are as good as the solution's."""

    @property
    def field(self) -> str: ...  # noqa: D102
    @property
    def values(self) -> Collection[str]: ...  # noqa: D102


class NothingFree(NamedTuple):
    """Nothing may differ."""

    fields: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


NOTHING_FREE = NothingFree()


DeviationKind = Literal["missing", "wrong", "extra"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One finding.  ``fact`` is ``kind.field``, or the kind alone for a whole record.

    ``yours`` and ``right`` are as typed; ``cost`` hundredths of marks; ``refusal`` why it could not
    be saved, when that is known.
    """

    kind: DeviationKind
    fact: str
    record: str
    patient: str
    label: str
    yours: str
    right: str
    rule: str
    chapter: str
    sentence: str
    cost: int = 0
    consequences: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """Marks 0-100 and every finding; ``facts`` that the solution typed, ``lost`` of them.

    ``wanting`` are the facts, as ``kind.field`` or a kind alone, that are not as they shall be:
    a hint is worth its while as long as its fact stands here.
    """

    marks: int
    deviations: tuple[Deviation, ...]
    facts: int
    wanting: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class _Difference:
    """A difference between the two, before it is known what follows from what."""

    kind: DeviationKind
    fact: str
    wanted: Record | None
    made: Record | None
    yours: str
    right: str
    chain: Mapping[str, Key]
    left: bool = False  # as it was before
    codes: frozenset[str] = frozenset()
    below: list[Record] = field(default_factory=list)  # what went missing, or came, along with it
    cause: _Difference | None = None

    @property
    def root(self) -> _Difference:
        at = self
        while at.cause is not None:
            at = at.cause
        return at


def grade(
    before: Facts,
    par: Facts,
    done: Facts,
    free: Free = NOTHING_FREE,
    accepts: Iterable[Accept] = (),
    typed: Collection[str] | None = None,
) -> Grade:
    """Grade what *done* made of *before* by what *par* did.

    *typed* are the facts, as ``kind.field``, that the solution's keys typed; without it they are
    those that the screens do not fill in by themselves.
    """
    return _Grading(before, par, done, free, accepts, typed).grade()


def expected_facts(
    before: Facts, par: Facts, typed: Collection[str] | None = None
) -> dict[Key, tuple[str, ...]]:
    """Return what the solution counts for: of each record, the facts that it is graded by.

    A record that is new counts as one by itself (its kind) unless the program made it, and so does
    one that was removed; a person who was only fetched does not.
    """
    expected = {}
    for record in par.since(before).records:
        old = before.records.get(record.key)
        if old is None and _never_mind(record):
            continue
        facts = [] if old or _follows(record, typed) else [record.kind]
        for name, value in record.fields.items():
            fact = f"{record.kind}.{name}"
            if value != (old.fields.get(name) if old else "") and _counts(fact, value, old, typed):
                facts.append(fact)
        expected[record.key] = tuple(facts)
    for key in par.since(before).gone:
        expected[key] = (key[0],)
    return expected


class Graded(NamedTuple):
    """A value that is graded: what the story must say, unless it is free."""

    fact: str
    record: str
    label: str
    value: str


def graded_values(
    before: Facts, par: Facts, free: Free = NOTHING_FREE, typed: Collection[str] | None = None
) -> tuple[Graded, ...]:
    """Return what a learner is asked for: the values that the solution counts for, free ones not."""
    values = []
    for key, names in expected_facts(before, par, typed).items():
        record = par.records.get(key)
        for fact in names:
            name = fact.partition(".")[2]
            if record is None or not name or fact in free.fields:
                continue
            value = _shown(fact, record.fields[name])
            values.append(Graded(fact, _named(record, par), words(fact).label, value))
    return tuple(values)


def _counts(fact: str, value: str, old: Record | None, typed: Collection[str] | None) -> bool:
    if fact.split(".")[1] in KINDS[fact.split(".")[0]].derived:
        return False
    if old is not None and fact in table().acts:
        return True
    if typed is not None:
        return fact in typed
    if old is not None:
        return True  # nobody but the solution's keys has changed it
    return fact not in table().proposed and value != words(fact).default


class _Grading:
    def __init__(
        self,
        before: Facts,
        par: Facts,
        done: Facts,
        free: Free,
        accepts: Iterable[Accept],
        typed: Collection[str] | None,
    ) -> None:
        self.before, self.par, self.done = before, par, done
        self.free_fields, self.free_extra = frozenset(free.fields), frozenset(free.extra)
        self.accepts = {(each.field, value) for each in accepts for value in each.values}
        self.typed = typed
        self.matching: Matching = match(before, par, done)
        self.expected = expected_facts(before, par, typed)
        self.found: list[_Difference] = []

    def grade(self) -> Grade:
        self._records_missing()
        self._records_extra()
        self._fields()
        self._explain()
        return self._grade()

    # -- what differs ----------------------------------------------------------------------------

    def _chain(self, record: Record, facts: Facts) -> dict[str, Key]:
        """Return what a record belongs to, by kind; the learner's by the solution's keys."""
        chain: dict[str, Key] = {}
        at: Record | None = record
        while at is not None:
            key = at.key
            if facts is self.done:
                key = self.matching.back.get(key, ("done " + at.kind, at.id))
            chain[at.kind] = key
            at = facts.records.get(at.parent) if at.parent else None
        return chain

    def _whole(
        self, kind: DeviationKind, record: Record, facts: Facts, *, gone: bool = False
    ) -> _Difference:
        wanted = record if facts is self.par or gone else None
        found = _Difference(
            kind,
            record.kind,
            wanted,
            None if wanted else record,
            "",
            "",
            self._chain(record, facts),
            left=gone,
        )
        self.found.append(found)
        return found

    def _records_missing(self) -> None:
        heads: dict[Key, _Difference] = {}
        for record in self.matching.missing:
            if self._transparent(record) or _never_mind(record):
                continue
            if record.parent in heads:
                head = heads[record.parent]
                head.below.append(record)
            elif record.key in self.before.records:  # the learner removed it
                head = self._whole("extra", record, self.par, gone=True)
            else:
                head = self._whole("missing", record, self.par)
            heads[record.key] = head
        for record in self.matching.kept:
            self._whole("missing", record, self.done, gone=True)

    def _transparent(self, record: Record) -> bool:
        """Whether a person was only fetched: what is missing then is what was registered of them."""
        if record.kind != "patient":
            return False
        if self.typed is not None:
            return _follows(record, self.typed)
        return any(r.parent == record.key for r in self.matching.missing) or any(
            r.parent == record.key and r.key in self.matching.pairs
            for r in self.par.records.values()
        )

    def _records_extra(self) -> None:
        heads: dict[Key, _Difference | None] = {}
        for record in self.matching.extra:
            if record.parent in heads:
                head = heads[record.parent]
                if head is not None:
                    head.below.append(record)
            elif self._harmless(record):
                # Who is only looked up hides nothing of what was registered of them.
                if record.kind == "patient":
                    continue
                head = None
            else:
                head = self._whole("extra", record, self.done)
            heads[record.key] = head

    def _harmless(self, record: Record) -> bool:
        if record.kind in self.free_extra or record.kind in table().harmless:
            return True
        if record.kind != "visit":
            return False
        ahead = BOOKING in self.free_extra and record.fields["date"] > self.done.today.isoformat()
        return ahead or _never_mind(record)

    def _fields(self) -> None:
        for wanted_key, made_key in self.matching.pairs.items():
            wanted, made = self.par.records[wanted_key], self.done.records[made_key]
            self._parents(wanted, made)
            if wanted.fields == made.fields:
                continue
            old = self.before.records.get(wanted_key)
            for name, right in wanted.fields.items():
                yours = made.fields.get(name, "")
                fact = f"{wanted.kind}.{name}"
                if yours == right or fact in self.free_fields or (fact, yours) in self.accepts:
                    continue
                left = old is not None and yours == old.fields.get(name)
                several = name in KINDS[wanted.kind].sets
                self.found.append(
                    _Difference(
                        "missing" if left else "wrong",
                        fact,
                        wanted,
                        made,
                        yours,
                        right,
                        self._chain(wanted, self.par),
                        left=left,
                        codes=frozenset(set(yours.split()) ^ set(right.split()))
                        if several
                        else frozenset(),
                    )
                )

    def _parents(self, wanted: Record, made: Record) -> None:
        """Tell that a record belongs to the wrong one."""
        above = wanted.parent
        if above is None or made.parent is None or self.matching.pairs.get(above) == made.parent:
            return
        right, yours = self.par.records.get(above), self.done.records.get(made.parent)
        fact = f"{wanted.kind}.{KINDS[wanted.kind].parent_field}"
        if fact in self.free_fields or right is None or yours is None:
            return
        whose = _person(yours, self.done), _person(right, self.par)
        self.found.append(
            _Difference(
                "wrong",
                fact,
                wanted,
                made,
                *_apart(_short(yours, self.done), _short(right, self.par), whose),
                self._chain(wanted, self.par),
            )
        )

    # -- what follows from what ------------------------------------------------------------------

    def _explain(self) -> None:
        by_fact: dict[str, list[_Difference]] = {}
        for each in self.found:
            by_fact.setdefault(each.fact, []).append(each)
        unexplained = {id(each): set(each.codes) for each in self.found}
        for rule in table().consequences:
            # Where either may be the cause of the other, what came first is.
            causes = sorted((x for fact in rule.causes for x in by_fact.get(fact, ())), key=_order)
            effects = sorted(
                (x for fact in rule.effects for x in by_fact.get(fact, ())), key=_order
            )
            effects.reverse()
            for effect in effects:
                for cause in causes:
                    if effect.cause is not None:
                        break
                    if not _explains(rule, cause, effect):
                        continue
                    if rule.codes:
                        rest = unexplained[id(effect)]
                        if not rest & set(rule.codes):
                            continue
                        rest -= set(rule.codes)
                        if rest:
                            continue
                    effect.cause = cause

    # -- marks -----------------------------------------------------------------------------------

    def _grade(self) -> Grade:
        facts = sum(len(each) for each in self.expected.values())
        whole = max(facts, LEAST_FACTS)
        lost = 0.0
        deviations = []
        told: dict[int, list[_Difference]] = {}
        for each in self.found:
            if each.cause is not None:
                told.setdefault(id(each.root), []).append(each)
        for each in sorted(self.found, key=_order):
            if each.cause is not None or _derived(each):
                continue
            follows = told.get(id(each), [])
            cost = self._cost(each, facts, whole)
            cost += sum(self._cost(x, facts, whole) for x in follows if self._undone(x))
            lost += cost
            deviations.append(self._deviation(each, round(100 * cost), follows))
        marks = max(0, round(100 * (1 - lost)))
        if deviations and marks == 100:
            marks = 99
        return Grade(marks, tuple(deviations), facts, self._wanting())

    def _undone(self, each: _Difference) -> bool:
        """Whether it was asked for and nobody has touched it: that is no fault's consequence."""
        wanted = each.wanted
        return each.left and wanted is not None and each.fact in self.expected.get(wanted.key, ())

    def _cost(self, each: _Difference, facts: int, whole: int) -> float:
        """Return the share of all marks that a finding costs.

        What was not done costs its share of what there was to do, so that who does nothing gets
        nothing; what was done wrong, or needlessly, costs one of at least eight.  What was removed
        costs what there was to do in it too.
        """
        if each.kind == "extra" and each.left and each.wanted is not None:
            records = [each.wanted, *each.below]
            undone = sum(len(self.expected.get(r.key, ())) for r in records)
            return min(1.0, 1 / whole + undone / max(facts, 1))
        if self._not_done(each) and each.wanted is not None:
            if each.fact in KINDS:
                records = [each.wanted, *each.below]
                count = sum(len(self.expected.get(r.key, ())) for r in records)
                return max(count, 1) / max(facts, 1)
            if each.fact in self.expected.get(each.wanted.key, ()):
                return 1 / max(facts, 1)
        return 1 / whole

    def _not_done(self, each: _Difference) -> bool:
        """Whether it is missing, or was emptied where there was something to mend."""
        there = each.wanted is not None and each.wanted.key in self.before.records
        return each.kind == "missing" or (each.kind == "wrong" and there and not each.yours)

    def _wanting(self) -> frozenset[str]:
        wanting = set()
        for each in self.found:
            if each.kind == "extra":
                continue
            wanting.add(each.fact)
            if each.fact in KINDS and each.wanted is not None:
                for record in (each.wanted, *each.below):
                    wanting |= {record.kind, *(f"{record.kind}.{n}" for n in record.fields)}
        return frozenset(wanting)

    # -- words -----------------------------------------------------------------------------------

    def _deviation(self, each: _Difference, cost: int, follows: list[_Difference]) -> Deviation:
        record = each.wanted or each.made
        assert record is not None  # noqa: S101 - one of the two is always there
        facts = self.par if each.wanted is not None and not each.left else self.done
        facts = facts if record.key in facts.records else self.before
        label, rule, chapter = _words(each.fact)
        if each.fact in KINDS and each.kind == "missing" and not each.left:
            rule = table().missing.get(each.fact, "")
        below = [_named(r, self.par if each.wanted else self.done) for r in each.below]
        return Deviation(
            kind=each.kind,
            fact=each.fact,
            record=_named(record, facts),
            patient=_person(record, facts),
            label=label,
            yours=_shown(each.fact, each.yours),
            right=_shown(each.fact, each.right),
            rule=rule,
            chapter=chapter,
            sentence=_sentence(each, _named(record, facts), label),
            cost=cost,
            consequences=(*below, *(self._consequence(x) for x in sorted(follows, key=_order))),
        )

    def _consequence(self, each: _Difference) -> str:
        record = each.wanted or each.made
        assert record is not None  # noqa: S101 - one of the two is always there
        facts = self.par if each.wanted is not None else self.done
        facts = facts if record.key in facts.records else self.before
        return _sentence(each, _named(record, facts), _words(each.fact)[0])


def _never_mind(record: Record) -> bool:
    """Whether a new visit was cancelled: as well never registered, and the way to undo a slip."""
    return record.kind == "visit" and record.fields["cancelled"] == "J"


def _follows(record: Record, typed: Collection[str] | None) -> bool:
    """Whether the program makes the record by itself, or fetched it: nobody typed any of it."""
    if record.kind == "patient" and typed is not None:
        return not any(fact.startswith("patient.") for fact in typed)
    return set(record.fields) <= set(KINDS[record.kind].derived)


def _explains(rule: Consequence, cause: _Difference, effect: _Difference) -> bool:
    if cause is effect or cause.root is effect:
        return False
    if rule.within != "any":
        place = cause.chain.get(rule.within)
        if place is None or place != effect.chain.get(rule.within):
            return False
    if rule.undone and not all(each.left or not each.yours for each in (cause, effect)):
        return False
    if cause.fact == effect.fact and _order(cause) > _order(effect):
        return False  # what comes later explains nothing before it
    return not rule.same or _same(cause, effect)


def _same(cause: _Difference, effect: _Difference) -> bool:
    """Whether the effect has the cause's wrong value; a diagnosis as the other list has it."""
    a, b = cause.yours, effect.yours
    if a == b and a:
        return True
    if not (cause.fact.endswith("diagnosis") and effect.fact.endswith("diagnosis") and a and b):
        return False
    return codes.agrees(a, b) or codes.agrees(b, a)


def _derived(each: _Difference) -> bool:
    """Whether nobody types the field: alone it says nothing of what the learner did."""
    kind, _, name = each.fact.partition(".")
    return name in KINDS[kind].derived


def _order(each: _Difference) -> tuple[int, str, str, int]:
    record = each.wanted or each.made
    assert record is not None  # noqa: S101 - one of the two is always there
    day = record.fields.get("date") or record.fields.get("arrival_date") or ""
    names = list(record.fields)
    name = each.fact.partition(".")[2]
    return (
        list(KINDS).index(record.kind),
        day,
        record.fields.get("time", ""),
        names.index(name) if name in names else -1,
    )


def _words(fact: str) -> tuple[str, str, str]:
    """Return the label, rule and chapter of a field, or of a whole record."""
    if fact in KINDS:
        kind = KINDS[fact]
        return kind.noun, "", display(kind.display).chapter
    said = words(fact)
    return said.label, said.rule, said.chapter


def _named(record: Record, facts: Facts) -> str:
    """Return what a record is called in a sentence: its noun and what a clerk knows it by."""
    return f"{KINDS[record.kind].noun} {_short(record, facts)}".rstrip()


def _short(record: Record, facts: Facts) -> str:
    known = record.fields
    if record.kind == "medical":
        visit = facts.records.get(record.parent) if record.parent else None
        return "" if visit is None else _short(visit, facts)
    if record.kind in {"visit", "skipped_transfer"}:
        return f"{known['date']} kl. {known['time']}"
    if record.kind == "commitment":
        return f"{known['problem']} {known['arrival_date']}"
    if record.kind == "patient":
        return format_identity_number(known["identity_number"])
    if record.kind == "control_list":
        return known["kind"]
    if record.kind in {"visit_list", "interval"}:
        return f"{known['from_date']}–{known['to_date']}"
    for name in ("date", "number", "valid_from"):
        if name in known:
            return known[name]
    return ""


def _person(record: Record, facts: Facts) -> str:
    """Return ``Testsson, Vera`` of whom the record is; "" for a list."""
    at: Record | None = record
    while at is not None and at.kind != "patient":
        at = facts.records.get(at.parent) if at.parent else None
    return "" if at is None else f"{at.fields['family_name']}, {at.fields['given_name']}"


def _apart(yours: str, right: str, whose: tuple[str, str]) -> tuple[str, str]:
    """Return two records' names, with their patients' where those are two and not named yet."""
    if whose[0] == whose[1] or yours != right:
        return yours, right
    return f"{yours} {whose[0]}", f"{right} {whose[1]}"


def _shown(fact: str, value: str) -> str:
    if fact == _NUMBER and value:
        return format_identity_number(value)
    return value


def _sentence(each: _Difference, record: str, label: str) -> str:
    if each.fact in KINDS:
        if each.left:
            return (
                f"{record} ska tas bort."
                if each.kind == "missing"
                else f"{record} har tagits bort men ska finnas kvar."
            )
        return f"{record} saknas." if each.kind == "missing" else f"{record} är för mycket."
    yours = _shown(each.fact, each.yours) or "tomt"
    right = _shown(each.fact, each.right) or "tomt"
    what = "är inte ändrat" if each.left else "fel värde"
    return f"{record}: {label} {what} (du: {yours}, rätt: {right})."
