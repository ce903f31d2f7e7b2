"""Reads the whole audit log and says where it is not what the program wrote.

A row edited, cut or put in shows in its chain.  A cut end and a chain that is gone show against
what others have seen of it: the rows of other chains, and the heads that were kept outside the
database.  Whoever may write everything may write a whole new log: only such a head tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import Connection, select

from pasis_tui.models import AuditEvent, AuditEventPatient
from pasis_tui.store.chain import CONTENT, Tip, patients_digest, row_hash
from pasis_tui.store.database import Database
from pasis_tui.store.scope import table_of
from pasis_tui.store.unit_of_work import SystemWork

Kind = Literal["edited", "cut", "inserted", "tail", "missing", "rewritten", "patients"]
_ROWS = 2000  # read at a time
_EVENT, _PATIENT = table_of(AuditEvent), table_of(AuditEventPatient)
_PLACE = ("id", "chain", "seq", "previous", "hash")


@dataclass(frozen=True, slots=True)
class LogFault:
    """What is wrong in the log: *text* for people; the row ``id`` is the wrong one or the nearest."""

    kind: Kind
    chain: int
    seq: int
    id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the log found: how much was read, and every fault."""

    rows: int
    chains: int
    faults: list[LogFault]


@dataclass(slots=True)
class _Seen:
    """A row that somebody has seen: *by* says who."""

    hash: bytes
    on: date
    by: str


@dataclass(slots=True)
class _Check:
    since: date | None
    seen: dict[int, dict[int, _Seen]] = field(default_factory=dict)
    faults: list[LogFault] = field(default_factory=list)
    rows: int = 0
    chains: int = 0

    # -- what others have seen -------------------------------------------------------------

    def remember(self, tip: Tip, by: str) -> None:
        if self.since is None or tip.on >= self.since:
            of_chain = self.seen.setdefault(tip.chain, {})
            known = of_chain.setdefault(tip.seq, _Seen(tip.hash, tip.on, by))
            if known.hash != tip.hash:
                self.add("rewritten", tip.chain, tip.seq, None,
                         f"{_named(tip.chain)} nr {tip.seq} är inte densamma i {known.by} och i {by}.")  # fmt: skip

    def read_links(self, connection: Connection) -> None:
        rows = _stream(connection, select(_EVENT.c.id, _EVENT.c.seen).where(_EVENT.c.seen != ""))
        for row in rows:
            for written in row.seen.split(";"):
                try:
                    self.remember(Tip.read(written), f"rad {row.id}")
                except ValueError:  # the row was edited, and its hash says so
                    break

    # -- the chains ------------------------------------------------------------------------

    def read_chains(self, connection: Connection) -> None:
        columns = [_EVENT.c[name] for name in (*_PLACE, *CONTENT)]
        order = (_EVENT.c.chain, _EVENT.c.seq, _EVENT.c.id)
        rows = _stream(connection, select(*columns).order_by(*order))
        for number, of_chain in groupby(rows, attrgetter("chain")):
            self.chains += 1
            _ChainCheck(self, number, self.seen.pop(number, {})).run(of_chain)
        for number, missed in self.seen.items():
            seq, last = max(missed.items())
            self.add("missing", number, seq, None,
                     f"{_named(number)} saknas helt: {last.by} har sett nr {seq} av den ({last.on}).")  # fmt: skip

    # -- the patients of events that concern several ---------------------------------------

    def read_patients(self, connection: Connection) -> None:
        event, patient = _EVENT.c, _PATIENT.c
        events = _stream(
            connection,
            select(event.id, event.at, event.chain, event.seq, event.patients)
            .where(event.patients != "")
            .order_by(event.id),
        )
        rows = select(patient.event_id, patient.patient_id, patient.at).order_by(patient.event_id)
        groups = groupby(_stream(connection, rows), attrgetter("event_id"))
        number, members = next(groups, (None, iter(())))
        for each in events:
            while number is not None and number < each.id:
                self._unclaimed(connection, number)
                number, members = next(groups, (None, iter(())))
            named = list(members) if number == each.id else []
            if number == each.id:
                number, members = next(groups, (None, iter(())))
            ids = [row.patient_id for row in named]
            if patients_digest(ids) != each.patients or any(row.at != each.at for row in named):
                self.add("patients", each.chain, each.seq, each.id,
                         f"Rad {each.id} ({_when(each.at)}): vilka patienter den gäller är ändrat.")  # fmt: skip
        while number is not None:
            self._unclaimed(connection, number)
            number, members = next(groups, (None, iter(())))

    def _unclaimed(self, connection: Connection, number: int) -> None:
        # Looked for again: on a server it may have been saved after the events were read.
        found = connection.execute(
            select(_EVENT.c.chain, _EVENT.c.seq, _EVENT.c.patients).where(_EVENT.c.id == number)
        ).first()
        if found is None or not found.patients:
            chain, seq = (0, 0) if found is None else (found.chain, found.seq)
            self.add("patients", chain, seq, number,
                     f"Rad {number}: patienter står för en rad som inte finns eller inte har några.")  # fmt: skip

    def add(self, kind: Kind, chain: int, seq: int, number: int | None, text: str) -> None:
        self.faults.append(LogFault(kind, chain, seq, number, text))


class _ChainCheck:
    """One chain, read from its first row to its last."""

    def __init__(self, check: _Check, number: int, seen: Mapping[int, _Seen]) -> None:
        self.check = check
        self.number = number
        self.seen = seen
        self.last: Any = None  # the row before
        self.last_wrong = False
        self.sure = 0  # the last seq that somebody outside the chain has seen, and which is so

    def run(self, rows: Iterable[Any]) -> None:
        groups = (list(group) for _, group in groupby(rows, attrgetter("seq")))
        group = next(groups)
        while group:
            following = next(groups, [])
            self._row(self._genuine(group, following), len(group) > 1)
            group = following
        last = self.last
        later = [seq for seq in self.seen if seq > last.seq]
        if later:
            seq = max(later)
            self._add("tail", last, f"Efter {_row(last)} är nr {last.seq + 1}–{seq} borttagna:"
                      f" {self.seen[seq].by} har sett nr {seq}.")  # fmt: skip

    def _genuine(self, group: list[Any], following: list[Any]) -> Any:
        """Return the row of *group*, which all have the same seq, that the program wrote."""
        self.check.rows += len(group)
        if len(group) == 1:
            return group[0]
        before = b"" if self.last is None else self.last.hash

        def doubt(row: Any) -> tuple[bool, bool, bool, int]:
            remembered = not following or any(row.hash == each.previous for each in following)
            witness = self.seen.get(row.seq)
            return (
                not _intact(row) or (witness is not None and witness.hash != row.hash),
                row.previous != before,
                not remembered,
                row.id,
            )

        genuine, *others = sorted(group, key=doubt)
        for row in others:
            self._add("inserted", row, f"{_row(row)} är tillagd: nr {row.seq} finns redan"
                      f" (rad {genuine.id}).")  # fmt: skip
        return genuine

    def _row(self, row: Any, doubled: bool) -> None:
        last, seq = self.last, 0 if self.last is None else self.last.seq
        gap = row.seq > seq + 1
        wrong = False
        if gap and not (last is None and self._removed_in_time(row)):
            self._add("cut", row, f"Före {_row(row)} saknas nr {seq + 1}–{row.seq - 1}"
                      f" i {_named(self.number).lower()}.")  # fmt: skip
        if not _intact(row):
            wrong = True
            self._add("edited", row, f"{_row(row)} är ändrad eller tillagd: den stämmer inte med sin hash.")  # fmt: skip
        elif not gap and row.previous != (b"" if last is None else last.hash):
            if last is None or doubled:
                self._add(
                    "edited", row, f"{_row(row)} är ändrad: den hör inte ihop med raden före."
                )
            elif not self.last_wrong:
                self._add("edited", last, f"{_row(last)} är ändrad: raden efter minns en annan.")
        elif last is not None and row.id <= last.id:
            self._add("edited", row, f"{_row(row)} har fått ett annat nummer än den hade.")
        witness = self.seen.get(row.seq)
        if witness is not None:
            if witness.hash == row.hash:
                self.sure = row.seq
            elif not wrong:
                self._add("rewritten", row, f"{_row(row)} är omskriven, liksom kanske raderna från nr"
                          f" {self.sure + 1}: {witness.by} har sett en annan.")  # fmt: skip
        self.last, self.last_wrong = row, wrong

    def _removed_in_time(self, row: Any) -> bool:
        """Whether what stood before *row* may have been removed when it was old enough."""
        return self.check.since is not None and row.at.date() >= self.check.since

    def _add(self, kind: Kind, row: Any, text: str) -> None:
        self.check.add(kind, self.number, row.seq, row.id, text)


def check_log(
    database: Database, heads: Iterable[tuple[str, Iterable[Tip]]] = (), since: date | None = None
) -> Verdict:
    """Read the log of *database* and return what is wrong in it.

    *heads* are named tips that were kept outside.  *since* is the day before which rows may have
    been removed by the rules for how long they are kept.
    """
    check = _Check(since)
    for name, tips in heads:
        for tip in tips:
            check.remember(tip, name)
    with SystemWork(database, reading=True) as work:
        check.read_links(work.connection)
        check.read_chains(work.connection)
        check.read_patients(work.connection)
    return Verdict(check.rows, check.chains, check.faults)


def tips_of(database: Database) -> Iterator[Tip]:
    """Yield the last row of every chain."""
    with SystemWork(database, reading=True) as work:
        event = _EVENT.c
        columns = select(event.chain, event.seq, event.hash, event.at)
        rows = _stream(work.connection, columns.order_by(event.chain, event.seq))
        for _, of_chain in groupby(rows, attrgetter("chain")):
            *_, last = of_chain
            yield Tip(last.chain, last.seq, bytes(last.hash), last.at.astimezone(UTC).date())


def _stream(connection: Connection, statement: Any) -> Iterator[Any]:
    options = {"stream_results": True, "yield_per": _ROWS}
    with connection.execute(statement, execution_options=options) as result:
        yield from result


def _intact(row: Any) -> bool:
    values = {name: getattr(row, name) for name in CONTENT}
    made = row_hash(row.chain, row.seq, row.previous, values)
    return made == bytes(row.hash)


def _named(chain: int) -> str:
    return f"Kedja {chain:016x}"


def _row(row: Any) -> str:
    return f"Rad {row.id} ({_when(row.at)}, kedja {row.chain:016x} nr {row.seq})"


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
