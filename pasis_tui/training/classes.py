"""Classes: who is in one, what they do just now, and what has come of it.

A class is known by its word, a learner by a name and the token that joining gave.  Times are
seconds since 1970 by the store's clock.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Float,
    Integer,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from pasis_tui.training.class_tables import (
    EVENT,
    LEARNER,
    RUN,
    SCHOOL_CLASS,
    SCREEN,
    SENDER,
    TIP,
    Clash,
    Opened,
    open_store,
)
from pasis_tui.training.class_words import class_word
from pasis_tui.validation.collation import swedish_key
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.unseen import seen, shortened

LONGEST_NAME, LONGEST_CLASS, LONGEST_TIP = 40, 60, 120
NO_RULE = "fält"  # what was refused where no rule says so
FULL_MARKS = 100
STUCK_TIMES = 3  # refusals by one rule since the last save
STUCK_SECONDS = 300.0  # without a save
LOOKING = 6.0  # seconds that a learner's screen is sent after the trainer last asked for it
_LARGEST_SCREEN = 200_000
_LATEST = 1e11  # a time
_MOST = 1e9  # a count


class ClassTrouble(ForPeople):
    """Something about a class that cannot be done."""

    exit_code = 1


class NoClass(ClassTrouble):
    """There is no class of that word."""


class NameTaken(ClassTrouble):
    """The name is in the class already: are you the same?"""


class LearnerGone(ClassTrouble):
    """The learner is no longer in the store: the class was removed."""


class SchoolClass(NamedTuple):
    """A class; ``wish`` counts how often a next exercise was wished."""

    id: int
    word: str
    name: str
    made: float
    ended: float | None
    learners: int


class Joined(NamedTuple):
    """A learner who has joined; ``last_tip`` and ``wish`` are what was said before."""

    token: str
    name: str
    class_name: str
    word: str
    last_tip: int
    wish: int


class News(NamedTuple):
    """What is new for a learner: tips with their numbers, the exercise wished next, and whether
    the trainer looks at the screen."""

    tips: tuple[tuple[int, str], ...]
    wish: int
    exercise: str
    title: str
    watched: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A learner on the board.

    ``minutes`` are those of the run, ``rule`` what is refused just now and ``times`` how often
    since the last save, ``idle`` the seconds since anything happened.
    """

    learner: int
    name: str
    title: str
    minutes: int | None
    marks: int | None
    rule: str
    times: int
    stuck: bool
    idle: float


class Board(NamedTuple):
    """The class just now; ``rules`` are the commonest refusals, by how often, and ``at`` the time."""

    rows: tuple[BoardRow, ...]
    rules: tuple[tuple[str, int], ...]
    at: float


class Done(NamedTuple):
    """What a learner has done of an exercise: the best try, how many there were."""

    learner: int
    name: str
    exercise: str
    title: str
    marks: int
    keys: int
    par_keys: int
    tries: int
    last: float


class RuleMet(NamedTuple):
    """A rule that refused a learner; mastered when the same exercise got full marks after it."""

    learner: int
    rule: str
    times: int
    mastered: bool


def clean(text: str, most: int) -> str:
    """Return a name or a tip as it is kept: one line of what can be seen, at most *most* characters."""
    line = " ".join(seen(text[: most * 20], " ").split())
    return shortened(unicodedata.normalize("NFC", line), most).strip()


class ClassStore:
    """The classes of one store.  Everything raises DatabaseTrouble when the store is not there."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    @classmethod
    def open(cls, target: str, *, create: bool = False) -> ClassStore:
        """Open the store *target*; see ``open_store``."""
        return cls(open_store(target, create=create))

    @property
    def name(self) -> str:
        """The store as it may be shown."""
        return self._opened.name

    def close(self) -> None:
        """Close the store."""
        self._opened.dispose()

    # --- classes ----------------------------------------------------------------------------

    def create(self, name: str) -> SchoolClass:
        """Make a class and its word.  Raises ClassTrouble for a name of nothing."""
        shown = clean(name, LONGEST_CLASS)
        if not shown:
            raise ClassTrouble("Klassen behöver ett namn, till exempel Måndag fm.")
        while True:
            word = class_word()
            try:
                with self._opened.begin() as connection:
                    values = {"word": word, "name": shown, "made": self._opened.store_time()}
                    connection.execute(SCHOOL_CLASS.insert().values(values))
            except Clash:
                continue  # the word was taken
            return self.find(word)

    def classes(self) -> tuple[SchoolClass, ...]:
        """Return every class, the newest first."""
        count = (
            select(func.count())
            .where(LEARNER.c.class_id == SCHOOL_CLASS.c.id)
            .correlate(SCHOOL_CLASS)
            .scalar_subquery()
        )
        c = SCHOOL_CLASS.c
        asked = select(c.id, c.word, c.name, c.made, c.ended, count).order_by(c.id.desc())
        with self._opened.begin(reading=True) as connection:
            return tuple(SchoolClass(*row) for row in connection.execute(asked))

    def find(self, word: str) -> SchoolClass:
        """Return the class of *word*, however it is typed.  Raises NoClass."""
        wanted = _word(word)
        for each in self.classes():
            if each.word == wanted:
                return each
        raise NoClass(
            f"Det finns ingen klass med ordet {shortened(word, 40)}. Fråga läraren efter ordet."
        )

    def end(self, class_id: int, *, ended: bool = True) -> None:
        """End a class, which nobody can join then, or begin it again."""
        values = {"ended": self._opened.store_time() if ended else None}
        with self._opened.begin() as connection:
            connection.execute(
                update(SCHOOL_CLASS).where(SCHOOL_CLASS.c.id == class_id).values(values)
            )

    def remove(self, word: str) -> SchoolClass:
        """Remove a class with everything about it.  Raises NoClass."""
        gone = self.find(word)
        with self._opened.begin() as connection:
            connection.execute(SCHOOL_CLASS.delete().where(SCHOOL_CLASS.c.id == gone.id))
        self._opened.tidy()
        return gone

    # --- the learner's side -----------------------------------------------------------------

    def join(self, word: str, name: str, token: str = "", *, same: bool = False) -> Joined:
        """Let a learner into a class, or go on where they were.

        Raises NoClass, ClassTrouble for a name of nothing, and NameTaken when the name is in the
        class, *token* is not that learner's and nobody said that it is the *same*.
        """
        shown = clean(name, LONGEST_NAME)
        if not shown:
            raise ClassTrouble("Skriv ditt namn, till exempel Anna eller Deltagare 7.")
        group = self.find(word)
        if group.ended is not None:
            raise ClassTrouble(f"Klassen {group.name} är avslutad.")
        known_as = folded(shown)
        now = self._opened.store_time()
        values = {
            "class_id": group.id,
            "name": shown,
            "folded": known_as,
            "joined": now,
            "seen": now,
        }
        with self._opened.begin() as connection:
            known = connection.execute(
                select(LEARNER.c.token, LEARNER.c.name).where(
                    LEARNER.c.class_id == group.id, LEARNER.c.folded == known_as
                )
            ).first()
            if known is None:
                # The same name may be joining at this moment: the table takes only one.
                token = uuid.uuid4().hex
                try:
                    with connection.begin_nested():
                        connection.execute(LEARNER.insert().values(values | {"token": token}))
                except IntegrityError:
                    raise _taken(shown, group) from None
            elif known.token != token and not same:
                raise _taken(shown, group)
            else:
                token, shown = known
            tip = connection.scalar(select(func.max(TIP.c.id)).where(TIP.c.class_id == group.id))
            wish = connection.scalar(
                select(SCHOOL_CLASS.c.wish).where(SCHOOL_CLASS.c.id == group.id)
            )
        return Joined(token, shown, group.name, group.word, tip or 0, wish or 0)

    def let_in_again(self, joined: Joined) -> None:
        """Let in a learner whom the store does not know: it came back as an older copy.

        Raises LearnerGone when the class, or the name in it, is no longer theirs.
        """
        now = self._opened.store_time()
        try:
            group = self.find(joined.word)
            values = {"class_id": group.id, "name": joined.name, "token": joined.token}
            values |= {"folded": folded(joined.name), "joined": now, "seen": now}
            with self._opened.begin() as connection:
                connection.execute(LEARNER.insert().values(values))
        except (NoClass, Clash) as error:
            raise LearnerGone("Klassen är borttagen.") from error

    def deliver(
        self, token: str, sender: str, first: int, items: Sequence[Mapping[str, Any]]
    ) -> int:
        """Take *items* of the outbox *sender*, the first of which is its item number *first*.

        Return how many of the outbox are here now; those that were here already count once.
        Raises LearnerGone.
        """
        now, ahead = self._opened.store_time(), self._opened.ahead()
        with self._opened.begin() as connection:
            learner = connection.execute(
                select(LEARNER).where(LEARNER.c.token == token).with_for_update()
            ).first()
            if learner is None:
                raise LearnerGone("Klassen är borttagen.")
            sent = connection.execute(
                select(SENDER.c.delivered, SENDER.c.run_id).where(SENDER.c.id == sender)
            ).first()
            delivered, run_id = sent or (0, None)
            if not items or first > delivered + 1:  # asked, or the store is an older copy
                return delivered
            new = items[delivered + 1 - first :]
            if not new:
                return delivered
            state = _State(connection, dict(learner._mapping), run_id)
            for item in new:
                state.take(item, min(now, _number(item.get("at"), now, _LATEST) + ahead))
            connection.execute(
                update(LEARNER).where(LEARNER.c.id == learner.id).values(state.changed)
            )
            values = {"delivered": delivered + len(new), "run_id": state.run_id}
            if sent is None:
                values |= {"id": sender, "learner_id": learner.id}
                connection.execute(SENDER.insert().values(values))
            else:
                connection.execute(update(SENDER).where(SENDER.c.id == sender).values(values))
        return delivered + len(new)

    def news(self, token: str, after: int) -> News:
        """Return what is new for a learner since the tip number *after*.  Raises LearnerGone."""
        group, learner = SCHOOL_CLASS.c, LEARNER.c
        asked = (
            select(learner.id, learner.watched, group.wish, group.wished, group.wished_title, TIP.c.id, TIP.c.text)
            .join_from(LEARNER, SCHOOL_CLASS, learner.class_id == group.id)
            .outerjoin(
                TIP,
                (TIP.c.class_id == group.id)
                & (TIP.c.id > after)
                & ((TIP.c.learner_id == learner.id) | TIP.c.learner_id.is_(None)),
            )
            .where(learner.token == token)
            .order_by(TIP.c.id)
        )  # fmt: skip
        with self._opened.begin(reading=True) as connection:
            rows = connection.execute(asked).all()
        if not rows:
            raise LearnerGone("Klassen är borttagen.")
        _, watched, wish, exercise, title, _, _ = rows[0]
        tips = tuple((number, text) for *_, number, text in rows if number is not None)
        return News(tips, wish, exercise, title, watched > self._opened.store_time())

    def show_screen(self, token: str, text: str) -> None:
        """Keep a learner's screen for the trainer to see.  Raises LearnerGone."""
        lines = [seen(line, " ") for line in text[:_LARGEST_SCREEN].split("\n")]
        values = {"at": self._opened.store_time(), "text": "\n".join(lines)}
        with self._opened.begin() as connection:
            learner = connection.scalar(select(LEARNER.c.id).where(LEARNER.c.token == token))
            if learner is None:
                raise LearnerGone("Klassen är borttagen.")
            mine = SCREEN.c.learner_id == learner
            if not connection.execute(update(SCREEN).where(mine).values(values)).rowcount:
                connection.execute(SCREEN.insert().values(values | {"learner_id": learner}))

    # --- the trainer's side -----------------------------------------------------------------

    def board(self, class_id: int) -> Board:
        """Return the class just now, by one query."""
        c, no = LEARNER.c, null()
        learners = select(
            literal(0).label("sort"), c.id, c.name, c.title, c.mode, c.started, c.ended, c.marks,
            c.saved, c.refused, c.seen,
        ).where(c.class_id == class_id)  # fmt: skip
        rules = (
            select(
                literal(1), func.count(), EVENT.c.rule, literal(""), literal(""), cast(no, Float),
                cast(no, Float), cast(no, Integer), cast(no, Float), cast(no, String), cast(no, Float),
            )
            .where(EVENT.c.class_id == class_id, EVENT.c.kind == "refusal")
            .group_by(EVENT.c.rule)
        )  # fmt: skip
        with self._opened.begin(reading=True) as connection:
            found = connection.execute(union_all(learners, rules)).all()
        now = self._opened.store_time()
        rows = sorted((_board_row(row, now) for row in found if row[0] == 0), key=_by_name)
        counted = sorted(((row[2], row[1]) for row in found if row[0]), key=lambda r: (-r[1], r[0]))
        return Board(tuple(rows), tuple(counted), now)

    def tip(self, class_id: int, text: str, learner: int | None = None) -> str:
        """Send a line to a learner, or to all; return it as it was sent.  Raises ClassTrouble."""
        line = clean(text, LONGEST_TIP)
        if not line:
            raise ClassTrouble("Tipset är tomt.")
        at = self._opened.store_time()
        values = {"class_id": class_id, "learner_id": learner, "at": at, "text": line}
        with self._opened.begin() as connection:
            connection.execute(TIP.insert().values(values))
        return line

    def wish(self, class_id: int, exercise: str, title: str) -> None:
        """Let the class know which exercise comes next."""
        values = {
            "wished": clean(exercise, 60),
            "wished_title": clean(title, 200),
            "wish": SCHOOL_CLASS.c.wish + 1,
        }
        with self._opened.begin() as connection:
            connection.execute(
                update(SCHOOL_CLASS).where(SCHOOL_CLASS.c.id == class_id).values(values)
            )

    def look(self, learner: int) -> tuple[str, float] | None:
        """Ask for a learner's screen; return the latest and how old it is, None until one came."""
        now = self._opened.store_time()
        with self._opened.begin() as connection:
            connection.execute(
                update(LEARNER).where(LEARNER.c.id == learner).values(watched=now + LOOKING)
            )
            row = connection.execute(
                select(SCREEN.c.text, SCREEN.c.at).where(SCREEN.c.learner_id == learner)
            ).first()
        return None if row is None else (row.text, max(0.0, now - row.at))

    def learners(self, class_id: int) -> tuple[tuple[int, str], ...]:
        """Return the learners' ids and names, by name."""
        asked = select(LEARNER.c.id, LEARNER.c.name).where(LEARNER.c.class_id == class_id)
        with self._opened.begin(reading=True) as connection:
            found = [(number, name) for number, name in connection.execute(asked)]
        return tuple(sorted(found, key=lambda each: swedish_key(each[1])))

    def results(self, class_id: int) -> tuple[Done, ...]:
        """Return the best of each learner and exercise, by name and exercise."""
        asked = (
            select(RUN, LEARNER.c.name)
            .join(LEARNER, LEARNER.c.id == RUN.c.learner_id)
            .where(RUN.c.class_id == class_id, RUN.c.marks.is_not(None))
            .order_by(RUN.c.id)
        )
        tried: dict[tuple[int, str], list[Any]] = defaultdict(list)
        with self._opened.begin(reading=True) as connection:
            for row in connection.execute(asked):
                tried[row.learner_id, row.exercise].append(row)
        done = []
        for (learner, exercise), runs in tried.items():
            best = min(runs, key=lambda run: (-run.marks, run.keys or 0))
            last = max(run.ended for run in runs)
            done.append(
                Done(
                    learner, best.name, exercise, runs[-1].title, best.marks, best.keys or 0,
                    best.par_keys or 0, len(runs), last,
                )
            )  # fmt: skip
        return tuple(sorted(done, key=lambda each: (swedish_key(each.name), each.exercise)))

    def rules_met(self, class_id: int) -> tuple[RuleMet, ...]:
        """Return the rules that refused each learner, and whether they have mastered them."""
        refused = (
            select(
                EVENT.c.learner_id,
                EVENT.c.rule,
                RUN.c.exercise,
                func.max(EVENT.c.run_id),
                func.count(),
            )
            .join(RUN, RUN.c.id == EVENT.c.run_id)
            .where(EVENT.c.class_id == class_id, EVENT.c.kind == "refusal")
            .group_by(EVENT.c.learner_id, EVENT.c.rule, RUN.c.exercise)
        )
        full = (
            select(RUN.c.learner_id, RUN.c.exercise, func.max(RUN.c.id))
            .where(RUN.c.class_id == class_id, RUN.c.marks == FULL_MARKS)
            .group_by(RUN.c.learner_id, RUN.c.exercise)
        )
        with self._opened.begin(reading=True) as connection:
            last_full = {(who, what): run for who, what, run in connection.execute(full)}
            rows = connection.execute(refused).all()
        times: dict[tuple[int, str], int] = defaultdict(int)
        left: set[tuple[int, str]] = set()
        for learner, rule, exercise, run, count in rows:
            times[learner, rule] += count
            if last_full.get((learner, exercise), 0) < run:
                left.add((learner, rule))
        return tuple(
            RuleMet(learner, rule, count, (learner, rule) not in left)
            for (learner, rule), count in sorted(times.items())
            if rule != NO_RULE
        )


class _State:
    """A learner's row while what they did is put into it, event by event."""

    def __init__(self, connection: Connection, row: dict[str, Any], run_id: int | None) -> None:
        self._connection = connection
        self._row = row
        self.run_id = run_id
        self.changed: dict[str, Any] = {}

    def take(self, item: Mapping[str, Any], at: float) -> None:
        """Put in one event; one of a kind that is not known leaves nothing but its time."""
        kind = str(item.get("kind"))
        self._set(seen=at)
        if kind == "begin":
            self._begin(item, at)
        elif kind == "end":
            self._end(item, at)
        elif kind in {"refusal", "save", "step"}:
            rule = clean(str(item.get("rule", "")), 40)
            self._note(kind, rule, at)

    def _set(self, **values: Any) -> None:
        self._row |= values
        self.changed |= values

    def _begin(self, item: Mapping[str, Any], at: float) -> None:
        of = {"class_id": self._row["class_id"], "learner_id": self._row["id"]}
        what = {
            "exercise": clean(str(item.get("exercise", "")), 60),
            "title": clean(str(item.get("title", "")), 200),
            "mode": clean(str(item.get("mode", "")), 20),
        }
        made = self._connection.execute(RUN.insert().values(of | what | {"started": at}))
        self.run_id = made.inserted_primary_key[0] if made.inserted_primary_key else None
        self._set(
            run_id=self.run_id, **what, started=at, ended=None, marks=None, saved=None, refused=""
        )

    def _end(self, item: Mapping[str, Any], at: float) -> None:
        marks = item.get("marks")
        values = {
            "ended": at,
            "marks": None if marks is None else int(_number(marks, 0, FULL_MARKS)),
            "keys": int(_number(item.get("keys"), 0, _MOST)),
            "par_keys": int(_number(item.get("par_keys"), 0, _MOST)),
        }
        if self.run_id is not None:
            self._connection.execute(update(RUN).where(RUN.c.id == self.run_id).values(values))
        self._set(ended=at, marks=values["marks"], refused="")
        self.run_id = None

    def _note(self, kind: str, rule: str, at: float) -> None:
        values = {
            "class_id": self._row["class_id"],
            "learner_id": self._row["id"],
            "run_id": self.run_id,
            "at": at,
            "kind": kind,
            "rule": rule,
        }
        self._connection.execute(EVENT.insert().values(values))
        if kind == "save":
            self._set(saved=at, refused="")
        elif kind == "refusal":
            counted = _counted(self._row["refused"])
            counted[rule] = counted.pop(rule, 0) + 1  # the latest stands last
            self._set(refused=" ".join(f"{name} {times}" for name, times in counted.items()))


def _counted(refused: str) -> dict[str, int]:
    words = refused.split(" ")
    pairs = zip(words[::2], words[1::2], strict=False)
    return {rule: int(times) for rule, times in pairs if times.isdecimal()}


def _board_row(row: Any, now: float) -> BoardRow:
    _, learner, name, title, mode, started, ended, marks, saved, refused, last = row
    counted = _counted(refused or "")
    rule = max(reversed(list(counted)), key=counted.__getitem__, default="")
    times = counted.get(rule, 0)
    running = started is not None and ended is None
    quiet = running and now - max(started, saved or 0.0) >= STUCK_SECONDS
    stuck = running and mode != "show" and (times >= STUCK_TIMES or quiet)
    minutes = None if started is None else int(max(0.0, (ended or now) - started) // 60)
    return BoardRow(learner, name, title, minutes, marks, rule, times, stuck, max(0.0, now - last))


def _by_name(row: BoardRow) -> Any:
    return swedish_key(row.name)


def folded(name: str) -> str:
    """Return a clean *name* as names are compared: Anna is anna."""
    return name.casefold()[:120]


def _word(typed: str) -> str:
    return "-".join(seen(typed[:200], " ").casefold().replace("-", " ").split())


def _taken(name: str, group: SchoolClass) -> NameTaken:
    return NameTaken(f"{name} finns redan i klassen {group.name}.")


def _number(value: object, default: float, most: float) -> float:
    """Return *value* when it is a number from 0 to *most*, *default* for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        return float(value)
    return default


def exercises_of(done: Iterable[Done]) -> tuple[str, ...]:
    """Return the exercises of *done*, in their order."""
    return tuple(sorted({each.exercise for each in done}))
