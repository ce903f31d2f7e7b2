"""The one reader of TOML: a file is read into the type that declares what it may hold.

Whatever is not as declared is refused, all of it at once, each by file, line, place and reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime, time
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.typed import composed, short
from pasis_tui.validation.unseen import seen, shortened

if TYPE_CHECKING:
    from pasis_tui.validation.toml_lines import Place

T = TypeVar("T")

_MOST_BYTES = 5 * 2**20
_LONGEST_TEXT = 2000  # characters; the longest that ships has 622
_LARGEST_NUMBER = 1_000_000
_MOST_PROBLEMS = 20  # of one file
_KINDS: Mapping[type, str] = {
    bool: "true eller false",  # before int: a bool is one in Python
    int: "ett heltal",
    float: "ett tal",
    str: "en text",
    datetime: "en tidpunkt",
    date: "ett datum",
    time: "ett klockslag",
    list: "en lista",
    dict: "en tabell",
}
# What tomllib says, by its first words; the rest is said in general.
_SYNTAX = {
    "Cannot overwrite": "nyckeln står redan tidigare i filen",
    "Cannot declare": "tabellen står redan tidigare i filen",
    "Cannot mutate": "tabellen står redan tidigare i filen",
    "Duplicate inline": "nyckeln står två gånger",
    "Expected '='": "efter nyckeln saknas =",
    "Unclosed array": "listan saknar sin ]",
    "Expected ']'": "en ] saknas",
    "Unterminated string": "texten saknar sitt avslutande citattecken",
    "Illegal character": "tecknet får inte stå där",
    "Invalid value": "värdet kan inte läsas; en text står inom citattecken",
    "Invalid date": "datumet finns inte",
    "Unescaped": "ett omvänt snedstreck skrivs dubbelt",
    "Expected newline": "efter värdet ska raden vara slut",
}


class BadFile(ForPeople):
    """A file that cannot be used; ``problems`` are Swedish sentences, each names the file."""

    ends_program = True  # of the program's own files: which are sound is not known

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The problems."""
        return self.problems


class Key(NamedTuple):
    """Annotates a part that stands in the file under another name."""

    name: str


class OneOf(NamedTuple):
    """Annotates a text that is one of ``texts``."""

    texts: tuple[str, ...]


class EachOf(NamedTuple):
    """Annotates a table's keys: all of ``names``, and no others."""

    names: tuple[str, ...]


class TableName:
    """Annotates a part that is the name of its own table, and stands nowhere else."""


class Lines(NamedTuple):
    """Annotates a text that may have several lines, of at most ``most`` characters."""

    most: int = _LONGEST_TEXT


_ONE_LINE = Lines()


class _Shape:
    """What is declared, made ready: ``kind`` is the type that tomllib gives for it."""

    def __init__(self, declared: Any) -> None:
        self.marks: tuple[Any, ...] = getattr(declared, "__metadata__", ())
        self.declared = get_args(declared)[0] if self.marks else declared
        self.arguments: tuple[Any, ...] = get_args(self.declared)
        self.choices = next((mark.texts for mark in self.marks if isinstance(mark, OneOf)), ())
        self.lines = next((mark for mark in self.marks if isinstance(mark, Lines)), None)
        self.kind: type
        origin = get_origin(self.declared)
        if origin is not None:
            self.kind = list if origin is tuple else origin
        elif issubclass(self.declared, Enum):
            self.kind, self.choices = str, tuple(member.value for member in self.declared)
        else:
            self.kind = self.declared if self.declared in _KINDS else dict


class _Record:
    """A named tuple or dataclass, made ready.

    ``parts`` are {key: (attribute, shape)}, ``needed`` the keys that must stand in the file,
    ``table_name`` the attribute that is the table's own name, or "".
    """

    def __init__(self, declared: type[Any]) -> None:
        if issubclass(declared, tuple):
            optional = set(declared._field_defaults)  # type: ignore[attr-defined]
        else:
            optional = {
                own.name
                for own in fields(declared)
                if own.default is not MISSING or own.default_factory is not MISSING
            }
        self.parts: dict[str, tuple[str, Any]] = {}
        self.needed: list[str] = []
        self.table_name = ""
        for name, hint in get_type_hints(declared, include_extras=True).items():
            marks = _shape(hint).marks
            if TableName in marks:
                self.table_name = name
                continue
            key = next((mark.name for mark in marks if isinstance(mark, Key)), name)
            self.parts[key] = (name, hint)
            if name not in optional:
                self.needed.append(key)


_shape = cache(_Shape)
_record = cache(_Record)


class TomlFile:
    """A file of TOML; raises BadFile when it cannot be opened, or is none."""

    def __init__(self, path: Path) -> None:
        self._name = _file_name(path)
        self._text, self.tables = _parsed(path)
        self._problems: list[str] = []

    @property
    def text(self) -> str:
        """What stood in the file when it was read."""
        return self._text

    def read(self, shape: type[T]) -> T:
        """Return what the file holds as *shape*; raises BadFile with all that is not so.

        *shape* is a named tuple or dataclass (a part without a default must stand in the file), or
        a ``dict``.  In it may be str, int, bool, enumerations of texts, ``tuple[X, ...]``,
        ``tuple[X, Y]``, ``dict`` by text or date, ``str | tuple[str, ...]`` and the annotations of
        this module.  Texts come in NFC.
        """
        value = self._value(self.tables, shape, ())
        self.refuse(self._problems)
        return value  # type: ignore[no-any-return]

    def refuse(self, problems: Collection[str]) -> None:
        """Raise BadFile with the first of *problems*, when there are any."""
        if problems:
            more = len(problems) - _MOST_PROBLEMS
            rest = [f"{self._name}: {more} fel till."] if more > 0 else []
            raise BadFile([*list(problems)[:_MOST_PROBLEMS], *rest])

    def where(self, place: Place) -> str:
        """Return the file's name and the line of *place*, or of what it should stand in."""
        for end in range(len(place), 0, -1):
            if line := self._lines.get(place[:end]):
                return f"{self._name}, rad {line}"
        return self._name

    def problem(self, place: Place, reason: str) -> str:
        """Return the sentence that names the file, the line, *place* and *reason*."""
        return f"{self.where(place)}, {_written(place)}: {reason}."

    def problem_in(self, place: Place, line: int, reason: str) -> str:
        """Return the sentence that names the file, the line *line* of the text at *place*, and *reason*."""
        return f"{self._name}, rad {self.line_in(place, line)}, {_written(place)}: {reason}."

    def line_in(self, place: Place, line: int) -> int:
        """Return the file's line of the line *line*, from 1, of the text at *place*."""
        begins = self._lines.get(place, 1)
        # TOML leaves out the line break right after the quotes that begin a text of several lines.
        opens = self._text.split("\n")[begins - 1].rstrip().endswith(('"""', "'''"))
        return begins + line - (0 if opens else 1)

    @cached_property
    def _lines(self) -> Mapping[Place, int]:
        from pasis_tui.validation.toml_lines import lines_of  # only a bad file asks

        return lines_of(self._text)

    def _refuse(self, place: Place, reason: str) -> None:
        self._problems.append(
            self.problem(place, reason) if len(self._problems) < _MOST_PROBLEMS else ""
        )

    # --- values, by what is wanted ------------------------------------------------------------

    def _value(self, raw: Any, declared: Any, place: Place) -> Any:
        shape = _shape(declared)
        kind, own = shape.kind, type(raw)
        if kind is UnionType:
            members = {_shape(member).kind: member for member in shape.arguments}
            if own not in members:
                return self._wrong_kind(raw, place, *members)
            return self._value(raw, members[own], place)
        if own is not kind:  # a bool is no number, a moment no date
            return self._wrong_kind(raw, place, kind)
        if kind is str:
            return self._text_value(raw, shape, place)
        if kind is int and abs(raw) > _LARGEST_NUMBER:
            return self._refuse(place, f"talet är för stort; högst {_LARGEST_NUMBER}")
        if kind is list:
            return self._list(raw, shape.arguments, place)
        if kind is dict:
            if shape.arguments:
                return self._dict(raw, shape.arguments, place)
            return self._made(raw, shape.declared, place)
        return raw

    def _wrong_kind(self, raw: Any, place: Place, *wanted: type) -> None:
        shown = "" if isinstance(raw, dict | list) else f" ({_quoted(raw)})"
        kinds = " eller ".join(_KINDS[kind] for kind in wanted)
        self._refuse(place, f"ska vara {kinds}, inte {_KINDS[type(raw)]}{shown}")

    def _text_value(self, raw: str, shape: _Shape, place: Place) -> Any:
        most = (shape.lines or _ONE_LINE).most
        if len(raw) > most:
            return self._refuse(place, f"texten är längre än {most} tecken")
        if unseen := _unseen(raw.replace("\n", "") if shape.lines else raw):
            return self._refuse(place, f"texten har ett tecken som inte syns ({unseen})")
        text = composed(raw)
        if shape.choices and text not in shape.choices:
            known = ", ".join(f"”{choice}”" for choice in shape.choices)
            return self._refuse(place, f"”{short(text)}” är inte något av {known}")
        return text if shape.declared is str else shape.declared(text)

    def _list(self, raw: list[Any], shapes: tuple[Any, ...], place: Place) -> Any:
        if shapes[-1] is Ellipsis:
            shapes = (shapes[0],) * len(raw)
        elif len(shapes) != len(raw):
            return self._refuse(place, f"ska ha {len(shapes)} delar, inte {len(raw)}")
        pairs = zip(raw, shapes, strict=True)
        return tuple(self._value(each, shape, (*place, n)) for n, (each, shape) in enumerate(pairs))

    def _dict(self, raw: dict[str, Any], declared: tuple[Any, ...], place: Place) -> Any:
        key, value = declared
        names = next((m.names for m in _shape(key).marks if isinstance(m, EachOf)), ())
        for name in names:
            if name not in raw:
                self._refuse((*place, name), "saknas")
        values = {}
        for name, each in raw.items():
            here = (*place, name)
            if names and name not in names:
                self._refuse(here, f"känns inte igen; här kan stå {', '.join(names)}")
            values[self._key(name, key, here)] = self._value(each, value, here)
        return values

    def _key(self, name: str, shape: Any, place: Place) -> Any:
        if shape is not date:
            return self._value(name, shape, place)
        try:
            day = date.fromisoformat(name)
        except ValueError:
            day = None
        if day is None or day.isoformat() != name:  # the year's week and day can be read too
            return self._refuse(place, "ska vara ett datum, ÅÅÅÅ-MM-DD")
        return day

    def _made(self, raw: dict[str, Any], declared: Any, place: Place) -> Any:
        problems_before = len(self._problems)
        record = _record(declared)
        values: dict[str, Any] = {}
        for key, each in raw.items():
            here = (*place, key)
            if key in record.parts:
                attribute, shape = record.parts[key]
                values[attribute] = self._value(each, shape, here)
            else:
                self._refuse(here, f"känns inte igen; här kan stå {', '.join(record.parts)}")
        for key in record.needed:
            if key not in raw:
                self._refuse((*place, key), "saknas")
        if record.table_name:
            values[record.table_name] = place[-1]
        return declared(**values) if len(self._problems) == problems_before else None


def read(path: Path, shape: type[T]) -> T:
    """Return the file at *path* as *shape* (``TomlFile.read``); raises BadFile."""
    return TomlFile(path).read(shape)


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        # Reading a pipe might never end.
        if path.exists() and not path.is_dir() and not path.is_file():
            raise _unreadable(path, "den är ingen vanlig fil")
        if path.is_file() and path.stat().st_size > _MOST_BYTES:
            raise _unreadable(path, f"den är större än {_MOST_BYTES // 2**20} MB")
        content = path.read_bytes()
    except PermissionError as error:
        raise _unreadable(path, "du får inte läsa den") from error
    except (OSError, ValueError) as error:  # a name with a NUL in it
        why = in_swedish(error) if isinstance(error, OSError) else "namnet går inte"
        raise _unreadable(path, why) from error
    try:
        text = content.decode().removeprefix("\ufeff")  # some editors begin every file with it
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, f"rad {line} har ett tecken som inte är UTF-8") from error
    try:
        return text, tomllib.loads(text)
    except RecursionError as error:
        raise _unreadable(path, "listor och tabeller ligger för djupt i varandra") from error
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, _syntax(str(error), text)) from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise _unreadable(path, "ett tal är för stort") from error


def _unreadable(path: Path, why: str) -> BadFile:
    return BadFile([f"{_file_name(path)} kan inte läsas: {why}."])


def _file_name(path: Path) -> str:
    return shortened(path.name or str(path), 60)


def _syntax(words: str, text: str) -> str:
    """Return tomllib's *words* about *text* in Swedish, with the line."""
    at = re.search(r"\(at line (\d+), column \d+\)$", words)
    line = at[1] if at else str(text.rstrip("\n").count("\n") + 1)
    reason = next((own for start, own in _SYNTAX.items() if words.startswith(start)), "")
    return f"rad {line}: {reason or 'raden följer inte TOML:s regler'}"


def _unseen(text: str) -> str:
    """Return the first character of *text* that nobody sees, as U+202E; or ""."""
    if text.isprintable() or len(seen(text)) == len(text):
        return ""
    return next(f"U+{ord(c):04X}" for c in text if not seen(c))


def _written(place: Place) -> str:
    """Return *place* as ``format[2].field[4].width``; rows count from 1."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += f"{'.' if text else ''}{shortened(step, 40)}"
    return text


def _quoted(raw: object) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    return f"”{short(raw)}”" if isinstance(raw, str) else short(str(raw))
