"""The display files in ``screens/``: a numbered screen's fields, lists and buttons.

The format is that of a display file on the systems being mirrored: no conditions and no
expressions.  What is more than fields is Python in the view with the same number.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from pasis_tui.resources import folder
from pasis_tui.validation import codes, toml_files
from pasis_tui.validation.typed import KINDS

BODY_WIDTH = 80
HEAD_HEIGHT = FOOT_HEIGHT = 3
FRAME_HEIGHT = HEAD_HEIGHT + FOOT_HEIGHT
BODY_HEIGHT = 24 - FRAME_HEIGHT


_COLUMN_KINDS = {"number", "link", "mark"}  # of a list; beside those that a field can have
Kind = Annotated[str, toml_files.OneOf((*sorted(KINDS | _COLUMN_KINDS),))]
Table = Annotated[str, toml_files.OneOf(("", *sorted(codes.TABLES | codes.DYNAMIC)))]


class FieldSpec(NamedTuple):
    """One field, or one column of a list.

    ``row`` and ``column`` are the label's cell in its format, ``entry`` the first cell that is
    typed in, ``width`` the cells shown and ``length`` the most characters taken.  ``kind`` is
    one of the readers of ``validation.fields``, or ``output`` for a protected field.
    ``table`` names the code table behind ``<<`` and ``note`` the cells for its meaning.
    ``cut`` is said of a list's column of text: it may end with … where room lacks; no other may.
    A column of a list with ``since`` stands only in one that is so many cells wide, and pushes
    what stands at its ``column`` aside; one with ``until`` only in a narrower one.
    """

    name: str
    label: str
    width: int
    row: int = 0
    column: int = 1
    entry: int = 0
    length: int = 0
    kind: Kind = "text"
    mandatory: bool = False
    table: Table = ""
    note: int = 0
    cut: bool = False
    default: str = ""
    reads: bool = False
    rule: str = ""
    chapter: str = ""
    help: str = ""
    since: int = 0
    until: int = 0

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
    fields: Annotated[tuple[FieldSpec, ...], toml_files.Key("field")] = ()
    buttons: Annotated[tuple[ButtonSpec, ...], toml_files.Key("button")] = ()

    def field(self, name: str) -> FieldSpec:
        """Return the field *name*; KeyError when there is none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


class Display(NamedTuple):
    """One display file.

    ``code`` is what Snabbval takes; ``numbers`` are further ones (084 for 184).  A screen
    reached only from another (a form of 048) has ``parent`` and stands in no menu.  With
    ``patient`` the patient stands beside it in a wide terminal.
    """

    code: str
    title: str
    numbers: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    order: int = 100
    right: str = ""
    parent: str = ""
    patient: bool = False
    chapter: str = ""
    help: str = ""
    formats: Annotated[tuple[Format, ...], toml_files.Key("format")] = ()

    def format(self, name: str) -> Format:
        """Return the format *name*; KeyError when there is none."""
        for form in self.formats:
            if form.name == name:
                return form
        raise KeyError(name)


def read_display(path: Path) -> Display:
    """Read one display file; raises BadFile."""
    shown = toml_files.read(path, Display)
    return shown._replace(formats=tuple(map(_whole, shown.formats)))


def _whole(form: Format) -> Format:
    """Return *form* with the defaults that depend on the rest of it."""
    fields = tuple(
        spec._replace(
            length=spec.length or spec.width, entry=spec.entry or spec.column + len(spec.label) + 2
        )
        for spec in form.fields
    )
    last_row = max((form.button_row, *(spec.row for spec in fields)))
    return form._replace(fields=fields, height=form.height or (0 if form.list else last_row + 1))


@cache
def display(name: str) -> Display:
    """Return the display file ``screens/NAME.toml``, read once."""
    return read_display(folder("screens") / f"{name}.toml")


@cache
def displays() -> dict[str, Display]:
    """Return every display by its code, in menu order."""
    all_of_them = [display(path.stem) for path in folder("screens").glob("*.toml")]
    return {d.code: d for d in sorted(all_of_them, key=lambda d: (d.order, d.code))}


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
