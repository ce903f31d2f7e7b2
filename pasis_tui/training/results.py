"""What came of an attempt, and the best of each learner, kept in the data folder.

A file for each learner and exercise, so that two programs of one folder do not wait for each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

from pasis_tui.display.display_files import display
from pasis_tui.files.whole import FileTrouble, saying_why, whole
from pasis_tui.training.facts import KINDS
from pasis_tui.training.grading import Deviation, DeviationKind, Grade
from pasis_tui.training.routes import Mistake, Route
from pasis_tui.validation.unseen import marked

FOLDER = "resultat"
_MOST_BYTES = 2**20
_PLAIN = re.compile(r"[\w-]{1,60}")


class Tried(NamedTuple):
    """A save on *screen*: refused with *message* and the rules of its findings, or done ("")."""

    screen: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What the result page shows; ``day`` is the working date at which the exercise began, ISO.

    ``advice`` are Swedish sentences, ``mistakes`` the refusals by rule, ``seconds`` those used and
    ``predicted`` those of the keystroke-level model for the solution's keys.
    """

    exercise: str
    title: str
    day: str
    marks: int
    deviations: tuple[Deviation, ...]
    advice: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    keys: int
    par_keys: int
    seconds: float
    predicted: float

    def to_json(self) -> str:
        """Return it as a text to keep or send."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what ``to_json`` wrote; raises ValueError for anything else."""
        try:
            known = json.loads(text)
        except RecursionError as error:
            raise ValueError("no result") from error
        if not isinstance(known, dict):
            raise ValueError("no result")
        return _result(known)


@dataclass(frozen=True, slots=True)
class Best:
    """A learner's best at an exercise: marks, and the fewest keys and seconds with them."""

    exercise: str
    marks: int
    keys: int
    seconds: float
    tries: int
    last: Result


def result_of(
    exercise: str, title: str, day: str, grade: Grade, route: Route, tried: Iterable[Tried] = ()
) -> Result:
    """Put together the result of an attempt; *tried* are its saves in order, done and refused."""
    return Result(
        exercise=exercise,
        title=title,
        day=day,
        marks=grade.marks,
        deviations=with_refusals(grade.deviations, tried),
        advice=route.advice,
        mistakes=route.mistakes,
        keys=route.keys,
        par_keys=route.par_keys,
        seconds=round(route.seconds, 1),
        predicted=round(route.predicted, 1),
    )


def with_refusals(deviations: Iterable[Deviation], tried: Iterable[Tried]) -> tuple[Deviation, ...]:
    """Tell with what is missing why it could not be saved: the first refusal since the last save.

    The records alone do not know why.
    """
    first: dict[str, str] = {}
    for each in tried:
        if each.message:
            first.setdefault(each.screen, each.message)
        else:
            first.pop(each.screen, None)
    return tuple(
        replace(each, refusal=_refusal(each, first)) if each.kind == "missing" else each
        for each in deviations
    )


def _refusal(missing: Deviation, first: Mapping[str, str]) -> str:
    kind = missing.fact.partition(".")[0]
    screens = [display(KINDS[kind].display).code]
    if kind == "medical":  # it is saved with the visit too
        screens += ["184 KVÅ", "085"]
    return next((first[screen] for screen in screens if screen in first), "")


# --- reading ----------------------------------------------------------------------------------


def _result(known: Mapping[str, Any]) -> Result:
    plain = _fields(Result, known, but=("deviations", "advice", "mistakes"))
    found = tuple(_deviation(each) for each in _list(known, "deviations"))
    counted = tuple(Mistake(**_fields(Mistake, each)) for each in _list(known, "mistakes"))
    return Result(
        **plain, deviations=found, mistakes=counted, advice=_texts(_list(known, "advice"))
    )


def _deviation(known: Mapping[str, Any]) -> Deviation:
    plain = _fields(Deviation, known, but=("consequences", "kind"))
    if known.get("kind") not in get_args(DeviationKind):
        raise ValueError("no kind of deviation")
    consequences = _texts(_list(known, "consequences"))
    return Deviation(**plain, kind=known["kind"], consequences=consequences)


def _fields(shape: Any, known: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the plain fields of *shape* in *known*; ValueError for one missing or of another type."""
    if not isinstance(known, dict):
        raise ValueError(f"no {shape.__name__}")
    values = {}
    for name, kind in get_type_hints(shape).items():
        if name in but:
            continue
        value = known.get(name)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise ValueError(f"{shape.__name__}: {name}")
        values[name] = marked(value) if isinstance(value, str) else value
    return values


def _list(known: Mapping[str, Any], name: str) -> list[Any]:
    value = known.get(name)
    if not isinstance(value, list):
        raise ValueError(name)
    return value


def _texts(values: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError("no texts")
    return tuple(marked(value) for value in values)


# --- keeping ----------------------------------------------------------------------------------


def keep(home: Path, learner: str, result: Result) -> Best:
    """Keep *result* as the learner's last, and their best where it is; return the best.

    Raises FileTrouble when it cannot be written; what was kept before is then unchanged.
    """
    before = best(home, learner, result.exercise)
    now = Best(result.exercise, result.marks, result.keys, result.seconds, 1, result)
    if before is not None:
        marks = (-before.marks, before.keys, before.seconds)
        kept = before if marks <= (-now.marks, now.keys, now.seconds) else now
        seconds = kept.seconds
        if before.marks == now.marks:
            seconds = min(before.seconds, now.seconds)
        now = replace(kept, seconds=seconds, tries=before.tries + 1, last=result)
    path = _path(home, learner, result.exercise)
    with saying_why(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole(path) as file:
        file.write((json.dumps({"learner": learner, **asdict(now)}, ensure_ascii=False)).encode())
    return now


def best(home: Path, learner: str, exercise: str) -> Best | None:
    """Return what is kept of a learner and an exercise; None for nothing, or what cannot be read."""
    return _read(_path(home, learner, exercise))


def every_best(home: Path, learner: str) -> dict[str, Best]:
    """Return everything that is kept of a learner, by exercise."""
    folder = _path(home, learner, "").parent
    try:
        paths = sorted(folder.glob("*.json"))
    except OSError:
        return {}
    return {known.exercise: known for known in map(_read, paths) if known is not None}


def _path(home: Path, learner: str, exercise: str) -> Path:
    """Return the file; a name that somebody typed, or that a file could not have, is made safe."""
    whose = sha256(learner.encode(errors="replace")).hexdigest()[:16]
    name = exercise
    if not _PLAIN.fullmatch(exercise):
        name = sha256(exercise.encode(errors="replace")).hexdigest()[:16]
    return home / FOLDER / whose / f"{name}.json"


def _read(path: Path) -> Best | None:
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        known = json.loads(path.read_text("utf-8"))
        plain = _fields(Best, known, but=("last",))
        return Best(**plain, last=_result(known["last"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


__all__ = [
    "Best",
    "FileTrouble",
    "Result",
    "Tried",
    "best",
    "every_best",
    "keep",
    "result_of",
    "with_refusals",
]
