"""The content of a draft, and the one reader of draft files, which trusts nothing in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pasis_tui.validation.typed import composed

FORMAT = 2
MOST_BYTES = 64 * 1024  # a full 085 with its medical half takes 3
_MOST_ITEMS = 200
_MOST_TEXT = 2000


class NoDraft(ValueError):
    """The bytes are not a draft of this program."""


@dataclass(frozen=True, slots=True)
class FormText:
    """A form's fields as typed, and as they were before anything was typed."""

    values: Mapping[str, str]
    saved: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed in a screen and not saved.

    ``day`` is the working date, ``kept_at`` the real local time it was kept (ISO, to the minute);
    ``version`` is that of the record it changes, None for a new one; ``cursor`` is the form, the
    field and the position of the cursor, or ().
    """

    code: str
    day: str
    patient: str
    state: str
    arguments: Mapping[str, int]
    forms: Mapping[str, FormText]
    cursor: tuple[str, str, int] | tuple[()]
    version: int | None
    kept_at: str = field(default="", compare=False)


def to_bytes(name: str, draft: Draft) -> bytes:
    """Return *draft* in the format of its file."""
    content = {
        "format": FORMAT,
        "name": name,
        "code": draft.code,
        "day": draft.day,
        "kept_at": draft.kept_at,
        "patient": draft.patient,
        "state": draft.state,
        "arguments": dict(draft.arguments),
        "version": draft.version,
        "cursor": list(draft.cursor),
        "forms": {
            n: {"values": dict(f.values), "saved": dict(f.saved)} for n, f in draft.forms.items()
        },
    }
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def from_bytes(data: bytes) -> tuple[str, Draft]:
    """Return the name and the draft in *data*.  Raises NoDraft unless every part is valid."""
    try:
        content = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise NoDraft from fault
    wanted = {"format", "name", *Draft.__slots__}
    if not isinstance(content, dict) or content.keys() != wanted or content["format"] != FORMAT:
        raise NoDraft
    version, cursor, state = content["version"], content["cursor"], content["state"]
    if version is not None and not _is_number(version):
        raise NoDraft
    if not isinstance(state, str) or len(state) > _MOST_TEXT:
        raise NoDraft
    try:
        date.fromisoformat(_text(content["day"]))
        datetime.fromisoformat(_text(content["kept_at"]))
    except ValueError as fault:
        raise NoDraft from fault
    arguments = _table(content["arguments"])
    if not all(_is_number(value) for value in arguments.values()):
        raise NoDraft
    return _text(content["name"]), Draft(
        code=_text(content["code"]),
        day=content["day"],
        kept_at=content["kept_at"],
        patient=_text(content["patient"]),
        state=state,
        arguments=arguments,
        forms={name: _form(form) for name, form in _table(content["forms"]).items()},
        cursor=_cursor(cursor),
        version=version,
    )


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT or not (value.isprintable()):
        raise NoDraft
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > _MOST_ITEMS:
        raise NoDraft
    return {_text(name): inner for name, inner in value.items()}


def _form(value: Any) -> FormText:
    form = _table(value)
    if form.keys() != {"values", "saved"}:
        raise NoDraft
    values, saved = (
        {n: composed(_text(v)) for n, v in _table(form[k]).items()} for k in ("values", "saved")
    )
    if values.keys() != saved.keys():
        raise NoDraft
    return FormText(values, saved)


def _cursor(value: Any) -> tuple[str, str, int] | tuple[()]:
    match value:
        case []:
            return ()
        case [form, stop, int(at)] if _is_number(at):
            return _text(form), _text(stop), at
    raise NoDraft
