"""A recording: what a person typed in practice, line by line, and what each input led to.

    recordings/2026-03-02-101530-ANNLIN.jsonl   a line of JSON for the start, then one for each input
    recordings/2026-03-02-101530-ANNLIN.db      the practice database as it was when it began
    recordings/2026-03-02-101530-ANNLIN.cast    what the terminal showed (``asciicast``)

Nothing typed at the login or the lock is in it, and nothing is ever recorded in a register.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pasis_tui import __version__
from pasis_tui.display.keymap import Keymap
from pasis_tui.files.whole import saying_why
from pasis_tui.training.par_keys import BadKeys, Stroke, as_written, strokes
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.toml_files import BadFile
from pasis_tui.validation.unseen import shortened

FOLDER = "recordings"
FORMAT = 1
_MOST_BYTES = 2**26
_LONGEST_LINE = 250_000
_LONGEST_TEXT = 20_000
_MOST_SECONDS = 10**7
_WIDEST = 10_000  # cells
_UNNAMED = re.compile(r"[^\w-]+")


class BadRecording(ForPeople):
    """A recording that cannot be read: which file, which line, why."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: in what the recording began.

    ``date`` is the working date, ``user`` and ``unit`` whoever was logged on, ``columns`` and
    ``rows`` the terminal's size, ``began`` the wall clock (ISO), ``keys`` {command: its keys} and
    ``exercise`` the name of the one that the program was opened in.
    """

    date: date
    user: str
    unit: str
    columns: int
    rows: int
    began: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exercise: str = ""
    version: str = __version__
    format: int = FORMAT
    database: str = "practice"

    def keymap(self) -> Keymap:
        """Return the keymap that was in force.  Raises BadFile."""
        standard = Keymap()
        return Keymap({n: k for n, k in self.keys.items() if k != standard.keys(n)})


class Line(NamedTuple):
    """One input: a key, a text that was pasted, or a click at a cell; ``at`` seconds from the start.

    ``screen`` and ``top`` are the code of the screen and the heading of the dialogue over it ("" for
    none) that got it, ``exercise`` the one under way.  ``dropped`` ones did nothing.  ``refused`` are the
    rules of the refusals it led to, ``why`` the first one's message, ``saved`` what a save said.
    """

    at: float
    screen: str
    key: Stroke | None = None
    paste: str | None = None
    click: tuple[int, int] | None = None
    top: str = ""
    exercise: str = ""
    dropped: bool = False
    refused: tuple[str, ...] = ()
    why: str = ""
    saved: str = ""


class Recording(NamedTuple):
    """A recording as it was read; ``cut`` when its last line is not whole."""

    path: Path
    head: Head
    lines: tuple[Line, ...]
    cut: bool = False

    @property
    def database(self) -> Path:
        """The copy of the practice database that it began in."""
        return self.path.with_suffix(".db")

    def played(self) -> tuple[Line, ...]:
        """Return what is typed again: not what was dropped, and not the leaving of the program."""
        done = [line for line in self.lines if not line.dropped]
        leaving = set(self.head.keys.get("quit", ("ctrl+q",)))
        for back in range(
            1, min(4, len(done) + 1)
        ):  # the question of unsaved text has a key or two
            key = done[-back].key
            if key is not None and key.key in leaving:
                return tuple(done[:-back])
        return tuple(done)


# --- writing --------------------------------------------------------------------------------------


def new_recording(home: Path, user: str, moment: datetime) -> Path:
    """Make the empty file of a new recording, readable by its owner only.  Raises FileTrouble."""
    folder = home / FOLDER
    name = f"{moment:%Y-%m-%d-%H%M%S}-{_UNNAMED.sub('', user)[:20]}"
    with saying_why(folder / f"{name}.jsonl"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(1, 1000):
            path = folder / (f"{name}.jsonl" if number == 1 else f"{name}-{number}.jsonl")
            try:
                path.touch(0o600, exist_ok=False)
            except FileExistsError:
                continue
            return path
        raise FileExistsError


def head_text(head: Head) -> str:
    """Return the first line, with its line break."""
    known = {"pasis": "recording", **asdict(head), "date": head.date.isoformat()}
    return json.dumps(known, ensure_ascii=False) + "\n"


def line_text(line: Line) -> str:
    """Return an input's line, with its line break; what is empty is left out."""
    known: dict[str, Any] = {"at": round(line.at, 3), "screen": line.screen}
    if line.key is not None:
        key, character = line.key.key, line.key.character
        key = key if key.isprintable() else "unknown"  # it did nothing
        known["key"] = as_written(key, character)
        if not _reads_back(known["key"], key, character):
            known["raw"] = [key, character]
    elif line.paste is not None:
        known["paste"] = line.paste[:_LONGEST_TEXT]  # no field takes more
    elif line.click is not None:
        known["click"] = line.click
    known |= {n: value for n in _MORE if (value := getattr(line, n))}
    return json.dumps(known, ensure_ascii=False) + "\n"


def _reads_back(written: str, key: str, character: str | None) -> bool:
    """Tell whether the written key is that key again when it is read."""
    try:
        return [each[:2] for each in strokes(written)] == [(key, character)]
    except BadKeys:
        return False


# --- reading --------------------------------------------------------------------------------------

_HEAD = {"pasis", *Head.__dataclass_fields__}
_MORE = ("top", "exercise", "dropped", "refused", "why", "saved")
_LINE = {"at", "screen", "key", "raw", "paste", "click", *_MORE}


class _Wrong(ValueError):
    """Why a line cannot be read."""


def read_recording(path: Path) -> Recording:
    """Read a recording; one that was cut is read up to the cut.

    Raises BadRecording: for one of another version or format, and for one that is broken.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadRecording(f"{path.name}: är större än {_MOST_BYTES // 2**20} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise BadRecording(f"{path.name} kan inte läsas: {in_swedish(error)}.") from error
    *whole, rest = data.split(b"\n")
    if not whole:
        _refuse(path, 1, _not_one(rest))
    try:
        head = _head(_json(whole[0]))
    except _Wrong as wrong:
        _refuse(path, 1, str(wrong))
    lines: list[Line] = []
    for number, text in enumerate(whole[1:], 2):
        try:
            line = _line(_json(text))
            if lines and line.at < lines[-1].at:
                raise _Wrong("tiden går bakåt")
        except _Wrong as wrong:
            _refuse(path, number, str(wrong))
        lines.append(line)
    return Recording(path, head, tuple(lines), cut=bool(rest))


def _refuse(path: Path, number: int, reason: str) -> NoReturn:
    raise BadRecording(f"{path.name}, rad {number}: {reason}.")


def _not_one(rest: bytes) -> str:
    if not rest:
        return "filen är tom"
    if rest.startswith(b'{"pasis"'):
        return "inspelningen är avkapad redan i sin första rad"
    return "filen är ingen inspelning från pasis"


def _json(text: bytes) -> dict[str, Any]:
    if len(text) > _LONGEST_LINE:
        raise _Wrong("raden är för lång")

    def no(name: str) -> NoReturn:
        raise _Wrong(f"{name} är inget tal")

    try:
        known = json.loads(text.decode(), parse_constant=no)
    except _Wrong:
        raise
    except (ValueError, RecursionError) as error:
        raise _Wrong("raden är ingen rad av JSON") from error
    if not isinstance(known, dict):
        raise _Wrong("raden är ingen rad av en inspelning")
    return known


def _head(known: dict[str, Any]) -> Head:
    if known.get("pasis") != "recording":
        raise _Wrong("filen är ingen inspelning från pasis")
    if (found := known.get("format")) != FORMAT:
        shown = shortened(str(found), 20)
        raise _Wrong(f"inspelningen har format {shown}; den här versionen läser format {FORMAT}")
    if (version := _text(known, "version", 40)) != __version__:
        raise _Wrong(
            f"inspelningen gjordes med pasis {shortened(version, 20)} och det här är pasis {__version__}:"
            " tangenterna betyder kanske inte samma sak. Spela in på nytt"
        )
    _names(known, _HEAD)
    if known.get("database") != "practice":
        raise _Wrong("database: inspelningar görs bara i övning")
    try:
        day = date.fromisoformat(_text(known, "date", 20))
    except ValueError as error:
        raise _Wrong("date: ska vara ett datum, ÅÅÅÅ-MM-DD") from error
    head = Head(
        day,
        _text(known, "user", 60),
        _text(known, "unit", 60),
        _number(known, "columns"),
        _number(known, "rows"),
        _text(known, "began", 60),
        _keys(known.get("keys")),
        _text(known, "exercise", 60, ""),
    )
    try:
        head.keymap()
    except BadFile as bad:
        raise _Wrong("keys: är ingen tangentbordskarta") from bad
    return head


def _keys(known: Any) -> dict[str, tuple[str, ...]]:
    standard = Keymap()
    if isinstance(known, dict) and all(
        isinstance(name, str) and isinstance(keys, list) and all(isinstance(k, str) for k in keys)
        for name, keys in known.items()
    ):
        try:
            for name in known:
                standard.keys(name)
        except KeyError as error:
            raise _Wrong(f"keys: {shortened(str(error), 30)} är inget kommando") from error
        return {name: tuple(keys) for name, keys in known.items()}
    raise _Wrong("keys: är ingen tangentbordskarta")


def _line(known: dict[str, Any]) -> Line:
    _names(known, _LINE)
    at: Any = known.get("at")
    if type(at) not in {int, float} or not isfinite(at) or not 0 <= at <= _MOST_SECONDS:
        raise _Wrong("at: ska vara sekunder från början")
    kinds = [kind for kind in ("key", "paste", "click") if kind in known]
    if len(kinds) != 1:
        raise _Wrong("raden ska ha ett av key, paste och click")
    dropped = known.get("dropped", False)
    if type(dropped) is not bool:
        raise _Wrong("dropped: ska vara true eller false")
    refused = known.get("refused", [])
    if not isinstance(refused, list) or not all(isinstance(rule, str) for rule in refused):
        raise _Wrong("refused: ska vara en lista av regler")
    return Line(
        float(at),
        _text(known, "screen", 20),
        _key(known) if kinds == ["key"] else None,
        _text(known, "paste", _LONGEST_TEXT) if kinds == ["paste"] else None,
        _cell(known["click"]) if kinds == ["click"] else None,
        _text(known, "top", 200, ""),
        _text(known, "exercise", 60, ""),
        dropped,
        tuple(refused),
        _text(known, "why", _LONGEST_TEXT, ""),
        _text(known, "saved", _LONGEST_TEXT, ""),
    )


def _key(known: dict[str, Any]) -> Stroke:
    written = _text(known, "key", 100)
    match known.get("raw"):
        case [str() as key, None] if key.isprintable():
            return Stroke(key, None, 1)
        case [str() as key, str() as character] if f"{key}{character}".isprintable():
            return Stroke(key, character[:1], 1)
        case None:
            pass
        case _:
            raise _Wrong("raw: ska vara en tangent och ett tecken")
    try:
        (stroke,) = strokes(written)
    except BadKeys as bad:
        raise _Wrong(f"key: {bad.problems[0][1]}") from bad
    except ValueError as error:
        raise _Wrong("key: ska vara en tangent") from error
    return stroke


def _cell(known: Any) -> tuple[int, int]:
    match known:
        case [int() as x, int() as y] if 0 <= x < _WIDEST and 0 <= y < _WIDEST:
            return x, y
    raise _Wrong("click: ska vara kolumn och rad")


def _names(known: Mapping[str, Any], wanted: Iterable[str]) -> None:
    if more := sorted(known.keys() - set(wanted)):
        raise _Wrong(f"”{shortened(more[0], 30)}” hör inte till en inspelning")


def _text(known: Mapping[str, Any], name: str, longest: int, default: str | None = None) -> str:
    value = known.get(name, default)
    if not isinstance(value, str) or len(value) > longest:
        raise _Wrong(f"{name}: ska vara en text")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _Wrong(f"{name}: har tecken som inte kan läsas")
    return value


def _number(known: Mapping[str, Any], name: str) -> int:
    value = known.get(name)
    if type(value) is not int or not 1 <= value < _WIDEST:
        raise _Wrong(f"{name}: ska vara ett heltal")
    return value
