"""Exercises as text files: read strictly, so that a slip is told by file, line and reason.

The file's format stands in ``docs/trainer.md``; an exercise that ships is in ``data/exercises``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from pasis_tui import resources
from pasis_tui.commands import BY_NAME, keys_in_text
from pasis_tui.display import quick_select
from pasis_tui.display.display_files import displays, every
from pasis_tui.training import acts
from pasis_tui.training.facts import KINDS, words
from pasis_tui.training.grading import BOOKING
from pasis_tui.training.par_keys import BadKeys, Stroke, as_written, strokes
from pasis_tui.training.people import invented_world
from pasis_tui.validation import fields as readers
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.identity import InvalidIdentityNumber
from pasis_tui.validation.rules import rules
from pasis_tui.validation.toml_files import BadFile, Key, Lines, OneOf, TomlFile
from pasis_tui.validation.unseen import shortened

EDITIONS = ("2025", "2026")
_LANES = ("", "trogen", "snabb")
_YEARS = range(2011, 2100)  # nobody with a test number is grown up before
_NAME = re.compile(r"[\w-]{1,60}")
_NUMBER = re.compile(r"(?<![\d-])(?:\d{2})?\d{6}[-+]?\d{4}(?![\d-])")
_REFERENCE = re.compile(r"\{(\w+)\}")
_LONGEST_PAR = 20_000
_OUT = frozenset({*BY_NAME["quit"].keys, *BY_NAME["exercise"].keys})
_NOT_WORK = ("ÖV", "KT")  # the screens of exercises and classes


class StartAct(NamedTuple):
    """An act that is done before the exercise begins.

    ``on`` is its working date, ``fields`` what is typed; ``number`` is its place in the file, from 0.
    """

    number: int
    act: str
    on: date
    fields: Mapping[str, str]


class Free(NamedTuple):
    """What may differ from the solution: ``fields`` as ``kind.field``, ``extra`` kinds of record."""

    fields: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


class Hint(NamedTuple):
    """A hint, worth showing as long as the fact ``when`` is missing ("" for always)."""

    text: Annotated[str, Lines()]
    when: str = ""


class Accept(NamedTuple):
    """Values of ``field`` that are as good as the solution's."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise; ``name`` is its file's, ``par`` the solution's keys as written.

    ``file`` is the file as it was read: a trainer may change or remove it while it is being done.
    ``edition`` is that of the instruction, which goes by the date ("" for any), ``lane`` "" when either will do.
    """

    path: Path
    name: str
    title: str
    level: int
    minutes: int
    edition: str
    date: date
    user: str
    lane: str
    chapters: tuple[str, ...]
    story: str
    start: tuple[StartAct, ...]
    par: str
    free: Free
    hints: tuple[Hint, ...]
    accepts: tuple[Accept, ...]
    file: TomlFile = part(repr=False, compare=False)

    @property
    def par_strokes(self) -> tuple[Stroke, ...]:
        """The keys of the solution."""
        return strokes(self.par)

    @property
    def unit(self) -> str:
        """The unit that its user works at."""
        return next(iter(_places()[self.user]))

    def where(self, line: int) -> str:
        """Return the file and its line of the solution's line *line*, as ``01-namn.toml, rad 25``."""
        return f"{self.path.name}, rad {self.file.line_in(_PAR, line)}"

    def where_story(self) -> str:
        """Return the file and the line of the story."""
        return self.file.where(("story",))

    def where_act(self, act: StartAct) -> str:
        """Return the file and the line of a start act."""
        return self.file.where(("start", act.number))


class Shelf(NamedTuple):
    """The exercises that can be done, by name, and what is wrong with the other files."""

    exercises: tuple[Exercise, ...]
    faults: tuple[str, ...]


class _Par(NamedTuple):
    keys: Annotated[str, Lines(_LONGEST_PAR)]


class _File(NamedTuple):
    """The file as it stands there."""

    title: str
    level: int
    minutes: int
    date: date
    user: str
    chapters: tuple[str, ...]
    story: Annotated[str, Lines()]
    par: _Par
    edition: Annotated[str, OneOf(("", *EDITIONS))] = ""
    lane: Annotated[str, OneOf(_LANES)] = ""
    start: tuple[dict[str, acts.Raw], ...] = ()
    free: Free = Free()
    hints: Annotated[tuple[Hint, ...], Key("hint")] = ()
    accepts: Annotated[tuple[Accept, ...], Key("accept")] = ()


_PAR = ("par", "keys")


def read_exercise(path: Path) -> Exercise:
    """Read one exercise; raises BadFile with all that is wrong."""
    file = TomlFile(path)
    read = file.read(_File)
    checked = _Check(file, read)
    problems = list(checked.problems())
    if not _NAME.fullmatch(path.stem):
        name = shortened(path.name, 60)
        problems.append(
            f"{name}: filens namn får ha högst 60 bokstäver, siffror och bindestreck, till exempel 12-min-ovning.toml."
        )
    file.refuse(problems)
    return Exercise(
        path=path,
        name=path.stem,
        title=read.title.strip(),
        level=read.level,
        minutes=read.minutes,
        edition=read.edition,
        date=read.date,
        user=read.user,
        lane=read.lane,
        chapters=read.chapters,
        story=read.story.strip(),
        start=tuple(checked.start),
        par=read.par.keys,
        free=read.free,
        hints=read.hints,
        accepts=read.accepts,
        file=file,
    )


def told(text: str) -> str:
    """Return a story or a hint as it is shown: its ``{save}`` is the key that saves."""
    return keys_in_text(text)


def folders(home: Path) -> tuple[Path, ...]:
    """Return where exercises lie: those that ship, and a trainer's own."""
    own = os.environ.get("PASIS_EXERCISES")
    return shipped(), Path(own).expanduser() if own else home / "exercises"


def shipped() -> Path:
    """Return the folder of the exercises that ship."""
    return resources.folder("data") / "exercises"


def shelf(places: Iterable[Path]) -> Shelf:
    """Read every exercise in the folders *places*; a folder that is missing is empty.

    A broken file, or one whose name stands in an earlier folder, is told and left out.
    """
    known: dict[str, Exercise] = {}
    faults: list[str] = []
    for place in places:
        try:
            paths = files_of(place)
        except FileNotFoundError:
            continue
        except OSError as error:
            faults.append(f"Mappen {place} kan inte läsas: {in_swedish(error)}.")
            continue
        for path in paths:
            try:
                exercise = read_exercise(path)
            except ForPeople as broken:
                faults += broken.sentences
                continue
            if exercise.name in known:
                faults.append(
                    f"{path}: en övning som heter {path.name} finns redan i {known[exercise.name].path.parent}. Byt filens namn."
                )
                continue
            known[exercise.name] = exercise
    return Shelf(tuple(known[name] for name in sorted(known)), tuple(faults))


def files_of(folder: Path) -> list[Path]:
    """Return the files of exercises in *folder*; raises OSError, which ``glob`` keeps to itself."""
    paths = sorted(folder.iterdir())
    return [each for each in paths if each.suffix == ".toml" and not each.name.startswith(".")]


@cache
def chapters() -> frozenset[str]:
    """Return the instruction's chapters, as screens and rules name them."""
    of_screens = {
        chapter
        for shown in displays().values()
        for chapter in (
            shown.chapter,
            *(spec.chapter for form in shown.formats for spec in form.fields),
        )
    }
    named = of_screens | {rule.chapter for rule in rules().values()}
    return frozenset(each for each in named if each and "egen regel" not in each)


def _places() -> Mapping[str, Mapping[str, str]]:
    """Return {user: {unit: role}} of the invented world."""
    return {user.signature: user.places for user in invented_world().users}


class _Check:
    """What needs more than a type: codes, screens, fields and dates that exist."""

    def __init__(self, file: TomlFile, read: _File) -> None:
        self._file, self._read = file, read
        self.start: list[StartAct] = []

    def problems(self) -> Iterator[str]:
        """Yield what is wrong, in the order of the file."""
        yield from self._head()
        for number, raw in enumerate(self._read.start):
            yield from self._act(number, raw)
        yield from self._solution(self._read.par.keys)
        yield from self._marks()

    def _head(self) -> Iterator[str]:
        read, problem = self._read, self._file.problem
        for name in ("title", "story"):
            if not getattr(read, name).strip():
                yield problem((name,), "är tom")
        if len(read.title) > 60:
            yield problem(("title",), "är längre än 60 tecken")
        if not 1 <= read.level <= 3:
            yield problem(("level",), "ska vara 1 (lätt), 2 (vanlig) eller 3 (svår)")
        if not 1 <= read.minutes <= 240:
            yield problem(("minutes",), "ska vara 1–240 minuter")
        if read.date.year not in _YEARS:
            yield problem(
                ("date",), f"ska vara ett arbetsdatum mellan {_YEARS[0]} och {_YEARS[-1]}"
            )
        if read.edition and str(read.date.year) != read.edition:
            reason = (
                f"är {read.edition}, men övningens datum är {read.date}: reglerna går efter det"
            )
            yield problem(("edition",), reason)
        if read.user not in _places():
            yield problem(("user",), _not_one_of(read.user, "användare", _places()))
        if not read.chapters:
            yield problem(("chapters",), "nämner inget kapitel i anvisningen")
        for number, chapter in enumerate(read.chapters):
            if chapter not in chapters():
                place = ("chapters", number)
                yield problem(place, _not_one_of(chapter, "kapitel", sorted(chapters())))
        for match in _NUMBER.finditer(read.story):
            line = read.story.count("\n", 0, match.start()) + 1
            if why := self._nobody(match[0]):
                yield self._file.problem_in(("story",), line, why)
        yield from self._references(("story",), read.story)

    def _references(self, place: tuple[str | int, ...], text: str) -> Iterator[str]:
        """Yield the ``{words}`` of a text that are no command."""
        for match in _REFERENCE.finditer(text):
            if match[1] not in BY_NAME:
                line = text.count("\n", 0, match.start()) + 1
                reason = _not_one_of(match[1], "kommando med en tangent", BY_NAME)
                yield self._file.problem_in(place, line, reason)

    def _nobody(self, number: str) -> str:
        """Return why an identity number in a text may not stand there, "" when it may."""
        try:
            acts.practice_person_number(number, self._read.date)
        except (readers.InvalidValue, InvalidIdentityNumber) as fault:
            return _clause(fault.reason)
        return ""

    def _act(self, number: int, raw: Mapping[str, acts.Raw]) -> Iterator[str]:
        place: tuple[str | int, ...] = ("start", number)
        problem = self._file.problem
        name = raw.get("act")
        if name not in acts.ACTS:
            shown = name if isinstance(name, str) else ""
            yield problem((*place, "act"), _not_one_of(shown, "act", acts.ACTS))
            return
        act = str(name)
        typed: dict[str, str] = {}
        for key, value in raw.items():
            if key == "act":
                continue
            field = acts.ALIASES.get(act, {}).get(key, key)
            if field not in acts.takes(act):
                known = [*acts.takes(act), *acts.ALIASES.get(act, {})]
                yield problem((*place, key), _not_one_of(key, f"fält för {act}", known))
                continue
            try:
                typed[field] = acts.read_field(act, field, acts.plain(value), self._read.date)
            except readers.InvalidValue as invalid:
                yield problem((*place, key), _clause(invalid.reason))
                typed[field] = ""
        for key in acts.ACTS[act].needed:
            if key not in typed:
                yield problem(
                    (*place, key), f"saknas; {act} behöver {', '.join(acts.ACTS[act].needed)}"
                )
        if act == acts.SPOIL and (why := _spoils(typed.get("field", ""))):
            yield problem((*place, "field"), why)
        day = typed.get(acts.WORKING_DATE) or typed.get(acts.ACTS[act].day) or ""
        on = min(date.fromisoformat(day), self._read.date) if day else self._read.date
        if typed.get(acts.WORKING_DATE, "") > self._read.date.isoformat():
            yield problem(
                (*place, acts.WORKING_DATE), f"är efter övningens datum, {self._read.date}"
            )
        self.start.append(StartAct(number, act, on, typed))

    def _solution(self, text: str) -> Iterator[str]:
        """Yield the keys that do not exist, and what Snabbval does not know."""
        place = _PAR
        try:
            pressed = strokes(text)
        except BadKeys as bad:
            for line, reason in bad.problems:
                yield self._file.problem_in(place, line, reason)
            return
        if not pressed:
            yield self._file.problem(place, "har inga tangenter")
        for stroke in pressed:
            if stroke.key in _OUT:
                reason = f"{as_written(stroke.key, None)} avslutar eller lämnar övningen; facit slutar av sig självt"
                yield self._file.problem_in(place, stroke.line, reason)
        for line, typed in _typed_in_snabbval(pressed):
            answer = quick_select.interpret(typed, every())
            if isinstance(answer, quick_select.Nothing):
                yield self._file.problem_in(place, line, _clause(answer.message))
            elif isinstance(answer, quick_select.Go) and answer.display.code[:2] in _NOT_WORK:
                reason = f"{answer.display.code} är ingen bild för facit: där görs andra övningar"
                yield self._file.problem_in(place, line, reason)
        for match in _NUMBER.finditer(text):
            if why := self._nobody(match[0]):
                line = text.count("\n", 0, match.start()) + 1
                yield self._file.problem_in(place, line, why)

    def _marks(self) -> Iterator[str]:
        """Yield the facts of free, hint and accept that no screen has."""
        read, problem = self._read, self._file.problem
        for number, field in enumerate(read.free.fields):
            if why := _no_field(field):
                yield problem(("free", "fields", number), why)
        for number, kind in enumerate(read.free.extra):
            if kind not in {*KINDS, BOOKING}:
                yield problem(
                    ("free", "extra", number), _not_one_of(kind, "slag", [*KINDS, BOOKING])
                )
        for number, hint in enumerate(read.hints):
            if not hint.text.strip():
                yield problem(("hint", number, "text"), "är tom")
            yield from self._references(("hint", number, "text"), hint.text)
            if hint.when and hint.when not in KINDS and (why := _no_field(hint.when)):
                yield problem(("hint", number, "when"), why)
        for number, accept in enumerate(read.accepts):
            place = ("accept", number)
            if why := _no_field(accept.field):
                yield problem((*place, "field"), why)
                continue
            if not accept.values:
                yield problem((*place, "values"), "är tom")
            table = words(accept.field).table
            for row, value in enumerate(accept.values):
                if value and table and not set(value.split()) <= _codes(table):
                    yield problem(
                        (*place, "values", row), f"koden ”{shortened(value, 20)}” finns inte"
                    )


def _typed_in_snabbval(pressed: Iterable[Stroke]) -> Iterator[tuple[int, str]]:
    """Yield what is typed in Snabbval between F2 and Enter, with its line."""
    text: str | None = None
    for stroke in pressed:
        if stroke.key in {"f2", "alt+x"}:
            text = ""
        elif text is not None and stroke.character is not None:
            text += stroke.character
        else:
            if text and stroke.key == "enter":
                yield stroke.line, text
            text = None


def _codes(table: str) -> frozenset[str]:
    try:
        return acts.known_codes(table)
    except KeyError:  # rows of the database alone
        return _Everything()


class _Everything(frozenset[str]):
    """Codes that only the database knows: none is refused here."""

    def __ge__(self, other: object) -> bool:
        return True


def _spoils(field: str) -> str:
    return "" if field in KINDS else _no_field(field)


def _no_field(field: str) -> str:
    """Return why *field* is no ``kind.field`` of a record, "" when it is one."""
    kind, _, name = field.partition(".")
    if kind not in KINDS:
        return _not_one_of(kind, "slag", KINDS)
    try:
        words(field)
    except KeyError:
        return f"”{shortened(name, 40)}” är inget fält av {kind}"
    return ""


_NO = {"användare": "ingen", "act": "ingen"}


def _not_one_of(value: str, what: str, known: Iterable[str]) -> str:
    no = _NO.get(what, "inget")
    return f"”{shortened(value, 40)}” är {no} {what}; välj bland {', '.join(known)}"


def _clause(sentence: str) -> str:
    """Return a sentence as the reason within another: without its full stop."""
    return sentence.strip().removesuffix(".")


__all__ = [
    "Accept",
    "BadFile",
    "Exercise",
    "Free",
    "Hint",
    "Shelf",
    "StartAct",
    "folders",
    "read_exercise",
    "shelf",
    "told",
]
