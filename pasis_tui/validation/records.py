"""A screen's record, declared once: how each field is read, written back, stored and logged.

The declaration is a frozen dataclass whose fields are made by ``entry``; the functions here follow
it, so that a field is added in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from datetime import date, time
from typing import Any, NamedTuple, TypeVar, get_type_hints

from pasis_tui.validation.reading import Reader

Record = TypeVar("Record")


class Entry(NamedTuple):
    """What a field of a record is on its screen, in its table and in the log.

    ``key`` is its name there and in findings, ``kind`` one of ``validation/fields.py``; a code
    stands in ``table``, or is refused by the rule's variant ``unknown``.  An empty field is refused
    by ``missing`` where that is another rule.  ``column`` is "" for a field whose column holds
    something else, such as the id behind a code.
    """

    key: str
    label: str
    kind: str
    table: str
    mandatory: bool
    rule: str
    unknown: str | None
    missing: str
    column: str
    type: Any
    optional: bool


def entry(
    label: str,
    kind: str = "code",
    table: str = "",
    *,
    key: str = "",
    mandatory: bool = True,
    rule: str = "",
    unknown: str | None = None,
    missing: str = "",
    column: str | None = None,
) -> Any:
    """Declare a field; *key* and *column* are its own name where nothing else is said."""
    said = (key, label, kind, table, mandatory, rule, unknown, missing, column)
    return field(metadata={"entry": said})


def entries(record: type[Any]) -> Mapping[str, Entry]:
    """Return {attribute: entry} of what *record* and its bases declare."""
    if record not in _DECLARED:
        _DECLARED[record] = _declared(record)
    return _DECLARED[record]


_DECLARED: dict[Any, Mapping[str, Entry]] = {}


def _declared(record: type[Any]) -> Mapping[str, Entry]:
    types = get_type_hints(record)
    declared = {}
    for each in fields(record):
        if said := each.metadata.get("entry"):
            key, *rest, column = said
            name, kind = each.name, types[each.name]
            optional = type(None) in getattr(kind, "__args__", ())
            plain = next(t for t in kind.__args__ if t is not type(None)) if optional else kind
            column = name if column is None else column
            declared[name] = Entry._make([key or name, *rest, column, plain, optional])
    return declared


# Stand-ins for what is at fault get no further than Reader.done.
_READ: dict[type, tuple[Callable[[str], Any], Any]] = {
    str: (str, ""),
    int: (int, 0),
    bool: ("J".__eq__, False),
    date: (date.fromisoformat, date(2000, 1, 1)),
    time: (time.fromisoformat, time(0, 0)),
}


def read_record(record: type[Record], reader: Reader) -> Record:
    """Return the record that *reader*'s texts say; faults are the reader's, raised by ``done``."""
    values = {}
    for name, each in entries(record).items():
        rule = each.missing if each.missing and reader.is_empty(each.key) else each.rule
        text = (
            reader.code(
                each.key,
                each.label,
                each.table,
                mandatory=each.mandatory,
                rule=rule,
                unknown=each.unknown,
                kind=each.kind,
            )
            if each.table
            else reader.text(each.key, each.label, each.kind, mandatory=each.mandatory, rule=rule)
        )
        convert, nothing = _READ[each.type]
        values[name] = convert(text) if text else None if each.optional else nothing
    return record(**values)


def read_all(record: type[Record], raw: Mapping[str, str], today: date, rule: str) -> Record:
    """Return the record that *raw* says, faults by *rule* by default; raises Refused with them."""
    reader = Reader(raw, today, rule)
    value = read_record(record, reader)
    reader.done()
    return value


def raw_of(record: Any) -> dict[str, str]:
    """Return the fields of *record* as its screen writes them."""
    return {
        each.key: as_typed(getattr(record, name)) for name, each in entries(type(record)).items()
    }


def as_typed(value: Any) -> str:
    """Return a value as a field writes it: J or N, a time without seconds, "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "J" if value else "N"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def typed_fields(record: Any) -> dict[str, Any]:
    """Return {attribute: value} of what *record* declares."""
    return {name: getattr(record, name) for name in entries(type(record))}


def logged(record: Any) -> dict[str, Any]:
    """Return the fields of *record* as the audit log shows them, under their names on the screen."""
    return {each.key: getattr(record, name) for name, each in entries(type(record)).items()}


def columns_of(record: Any) -> dict[str, Any]:
    """Return the fields of *record* that are columns of its table."""
    return {
        each.column: getattr(record, name)
        for name, each in entries(type(record)).items()
        if each.column
    }
