"""The display files in ``screens/``: a numbered screen's fields, lists and buttons.

The format is that of a display file on the systems being mirrored: no conditions and no
expressions.  What is more than fields is Python in the view with the same number.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pasis_tui.resources import folder

BODY_WIDTH = 80
HEAD_HEIGHT = FOOT_HEIGHT = 3
FRAME_HEIGHT = HEAD_HEIGHT + FOOT_HEIGHT
BODY_HEIGHT = 24 - FRAME_HEIGHT


class BadDisplayFile(Exception):
    """A display file that says something it may not; the text names file and place."""


class FieldSpec(NamedTuple):
    """One field, or one column of a list.

    ``row`` and ``column`` are the label's cell in its format, ``entry`` the first cell that is
    typed in, ``width`` the cells shown and ``length`` the most characters taken.  ``kind`` is
    one of the readers of ``validation.fields``, or ``output`` for a protected field.
    ``table`` names the code table behind ``<<`` and ``note`` the cells for its meaning.
    """

    name: str
    label: str
    width: int
    row: int = 0
    column: int = 1
    entry: int = 0
    length: int = 0
    kind: str = "text"
    mandatory: bool = False
    table: str = ""
    note: int = 0
    default: str = ""
    reads: bool = False
    rule: str = ""
    chapter: str = ""
    help: str = ""

    @property
    def protected(self) -> bool:
        """Whether nothing can be typed here."""
        return self.kind == "output"

    @property
    def upper(self) -> bool:
        """Whether letters are raised as they are typed (monocase)."""
        return self.kind in {"code", "diagnosis", "kva", "yesno"}


class ButtonSpec(NamedTuple):
    """A button; ``letter`` is pressed with Alt, ``digit`` alone on the button row."""

    name: str
    label: str
    letter: str = ""
    digit: str = ""
    help: str = ""


class Format(NamedTuple):
    """A record format: a block of fields with its buttons, or a list (``list = true``).

    A ``chart`` is a list whose rows are a picture.
    """

    name: str
    heading: str = ""
    height: int = 0
    button_row: int = -1
    button_column: int = 1
    list: bool = False
    chart: bool = False
    empty: str = ""
    fields: tuple[FieldSpec, ...] = ()
    buttons: tuple[ButtonSpec, ...] = ()

    def field(self, name: str) -> FieldSpec:
        """Return the field *name*; KeyError when there is none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


class Display(NamedTuple):
    """One display file.

    ``code`` is what Snabbval takes; ``numbers`` are further ones (084 for 184).  A screen
    reached only from another (a form of 048) has ``parent`` and stands in no menu.
    """

    code: str
    title: str
    numbers: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    order: int = 100
    right: str = ""
    parent: str = ""
    chapter: str = ""
    help: str = ""
    formats: tuple[Format, ...] = ()

    def format(self, name: str) -> Format:
        """Return the format *name*; KeyError when there is none."""
        for form in self.formats:
            if form.name == name:
                return form
        raise KeyError(name)


def _build(cls: type[Any], raw: Mapping[str, Any], where: str) -> Any:
    known = set(cls._fields)
    if unknown := set(raw) - known:
        raise BadDisplayFile(f"{where}: unknown {', '.join(sorted(unknown))}")
    try:
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})
    except TypeError as error:
        raise BadDisplayFile(f"{where}: {error}") from error


def _field(raw: Mapping[str, Any], where: str) -> FieldSpec:
    values = dict(raw)
    values.setdefault("length", values.get("width", 0))
    if "entry" not in values:
        values["entry"] = values.get("column", 1) + len(values.get("label", "")) + 2
    spec: FieldSpec = _build(FieldSpec, values, f"{where}, field {raw.get('name')}")
    return spec


def read_display(path: Path) -> Display:
    """Read one display file; raises BadDisplayFile."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadDisplayFile(f"{path.name}: {error}") from error
    formats = []
    for block in raw.pop("format", []):
        where = f"{path.name}, format {block.get('name')}"
        fields = tuple(_field(f, where) for f in block.pop("field", []))
        buttons = tuple(_build(ButtonSpec, b, where) for b in block.pop("button", []))
        form: Format = _build(Format, block, where)
        formats.append(_with(form, fields, buttons))
    display: Display = _build(Display, {**raw, "formats": formats}, path.name)
    return display


def _with(form: Format, fields: tuple[FieldSpec, ...], buttons: tuple[ButtonSpec, ...]) -> Format:
    rows = [spec.row for spec in fields] + [form.button_row]
    return Format(
        name=form.name,
        heading=form.heading,
        height=form.height or (0 if form.list else max(rows, default=0) + 1),
        button_row=form.button_row,
        button_column=form.button_column,
        list=form.list,
        chart=form.chart,
        empty=form.empty,
        fields=fields,
        buttons=buttons,
    )


@cache
def display(name: str) -> Display:
    """Return the display file ``screens/NAME.toml``, read once."""
    return read_display(folder("screens") / f"{name}.toml")


@cache
def displays() -> dict[str, Display]:
    """Return every display by its code, in menu order."""
    found = [display(path.stem) for path in folder("screens").glob("*.toml")]
    return {d.code: d for d in sorted(found, key=lambda d: (d.order, d.code))}


def choosable(rights: frozenset[str]) -> list[Display]:
    """Return the displays that Snabbval and the menu offer to someone with *rights*."""
    return [
        d
        for d in displays().values()
        if d.menu and not d.parent and (not d.right or d.right in rights)
    ]


def every() -> list[Display]:
    """Return the displays that Snabbval and the menu offer to someone who may do all."""
    return choosable(frozenset(d.right for d in displays().values()))
