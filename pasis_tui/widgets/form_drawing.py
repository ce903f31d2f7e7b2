"""Draws a form row by row: fields, marks, meanings, buttons."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from pasis_tui.display.display_files import ButtonSpec, FieldSpec, Format
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.cells import clip, graphemes, visible
from pasis_tui.widgets.editor_drawing import paint_editor
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter


class Cell:
    """A field as it stands; one that nobody types in is locked always."""

    def __init__(self, spec: FieldSpec) -> None:
        self.spec = spec
        self.value = self.saved = spec.default
        self.note = ""
        self.note_good = True
        self.locked = spec.protected

    @property
    def hidden(self) -> bool:
        """Whether what is typed is not shown."""
        return self.spec.kind == "password"

    @property
    def width(self) -> int:
        """The cells it takes: a code or number is shown whole, at the cost of the meaning beside it."""
        if self.spec.kind not in {"code", "digits"}:
            return self.spec.width
        return max(self.spec.width, min(cell_len(self.value), self.spec.length))


class DrawnForm(Painted):
    """A form as it stands, drawn; ``Form`` edits it."""

    def __init__(self, spec: Format, palette: Palette) -> None:
        super().__init__(id=f"form-{spec.name}")
        self.spec = spec
        self.palette = palette
        self.cells = {field.name: Cell(field) for field in spec.fields}
        self.buttons: dict[str, ButtonSpec] = {b.name: b for b in spec.buttons}
        self.hidden_buttons: set[str] = set()
        self.dead_buttons: dict[str, str] = {}  # why each cannot be pressed
        self.marked_buttons: set[str] = set()
        self.findings: dict[str, Finding] = {}  # of the marked fields, by name
        self.status = ""
        self.heading = spec.heading
        self.active = False
        self.stop = ""
        self.editor = LineEditor()

    @property
    def top(self) -> int:
        """Rows above the first field's: the heading's."""
        return 1 if self.heading else 0

    def render_line(self, y: int) -> Strip:
        """Draw the heading, or one row of fields and buttons."""
        painter = RowPainter(self.size.width, self.palette.text)
        if self.heading and y == 0:
            painter.put("── ", self.palette.rule)
            painter.put(self.heading + " ", self.palette.heading)
            painter.put("─" * (self.size.width - painter.at), self.palette.rule)
            return painter.strip()
        row = y - self.top
        for cell, next_cell in _on_row(self, row):
            _draw_field(self, painter, cell, next_cell)
        if row == self.spec.button_row:
            _draw_buttons(self, painter)
        return painter.strip()


def _draw_field(form: DrawnForm, painter: RowPainter, cell: Cell, next_cell: Cell | None) -> None:
    spec, palette = cell.spec, form.palette
    fault = form.findings.get(spec.name)
    painter.to(spec.column - 1)
    if fault:
        blocks = fault.level is Level.BLOCK
        painter.put("!", palette.fault if blocks else palette.warning)
        painter.put(spec.label, palette.fault if blocks else palette.warning)
    else:
        painter.to(spec.column)
        painter.put(spec.label, palette.label)
    painter.to(spec.entry - 1)
    painter.put("*" if spec.mandatory and not cell.locked else "", palette.warning)
    painter.to(spec.entry)
    here = form.active and form.stop == spec.name
    if cell.locked:
        painter.field(cell.value, cell.width, palette.protected)
    elif here:
        paint_editor(painter, form.editor, cell.width, palette, hidden=cell.hidden)
    else:
        shown = "•" * len(graphemes(cell.value)) if cell.hidden else cell.value
        painter.field(shown, cell.width, palette.entry)
    if not here and not cell.locked and cell.saved and cell.value != cell.saved:
        painter.put("~", palette.warning)
    if spec.table and not cell.locked:
        painter.to(spec.entry + cell.width + 1)
        painter.put("<<", palette.link)
    if cell.note:
        first, room = _note_place(form, cell, next_cell)
        painter.to(first)
        painter.put(clip(cell.note, room), palette.note if cell.note_good else palette.warning)


def _on_row(form: DrawnForm, row: int) -> Iterator[tuple[Cell, Cell | None]]:
    """The fields of a row, each with the one that follows it."""
    cells = sorted(
        (c for c in form.cells.values() if c.spec.row == row), key=lambda c: c.spec.column
    )
    yield from zip(cells, [*cells[1:], None], strict=True) if cells else ()


def _note_place(form: DrawnForm, cell: Cell, next_cell: Cell | None) -> tuple[int, int]:
    """Return the first cell of the note beside the field, and how many cells it has."""
    spec = cell.spec
    first = spec.entry + cell.width + (4 if spec.table and not cell.locked else 1)
    if next_cell is None:  # the last of a row has the rest of the width
        return first, form.size.width - first
    room = next_cell.spec.column - 1 - first
    return first, min(room, spec.note or room)


def cut_texts(form: DrawnForm) -> list[tuple[str, str]]:
    """Return (label, text) of the values and meanings that the form has no room for."""
    texts = []
    rows = {cell.spec.row for cell in form.cells.values()}
    for cell, next_cell in (each for row in sorted(rows) for each in _on_row(form, row)):
        label = cell.spec.label
        if not cell.hidden and cell_len(visible(cell.value)) > cell.width:
            texts.append((label, cell.value))
        if cell.note and cell_len(visible(cell.note)) > _note_place(form, cell, next_cell)[1]:
            texts.append((label, f"{cell.value} {cell.note}".strip()))
    return texts


def button_columns(form: DrawnForm) -> dict[str, int]:
    """Return the first cell of each button shown, by name."""
    at = form.spec.button_column + (cell_len(form.status) + 2 if form.status else 0)
    columns = {}
    for name, button in form.buttons.items():
        if name in form.hidden_buttons:
            continue
        columns[name] = at
        at += cell_len(button_text(form, button)) + 2
    return columns


def button_text(form: DrawnForm, button: ButtonSpec) -> str:
    """Return a button as drawn, with its V when its form is registered."""
    mark = " V" if button.name in form.marked_buttons else ""
    return f"({button.label})" if button.name in form.dead_buttons else f"[{button.label}{mark}]"


def _draw_buttons(form: DrawnForm, painter: RowPainter) -> None:
    palette = form.palette
    painter.to(form.spec.button_column)
    painter.put(form.status, palette.good)
    for name, column in button_columns(form).items():
        button = form.buttons[name]
        painter.to(column)
        style = palette.button_off if name in form.dead_buttons else palette.button
        if form.active and form.stop == f"button:{name}":
            style = palette.button_active
        label = button.label
        at = label.lower().find(button.letter.lower()) if button.letter else -1
        dead = name in form.dead_buttons
        painter.put("(" if dead else "[", style)
        if at >= 0:
            painter.put(label[:at], style)
            painter.put(label[at], style + Style(underline=True))
            painter.put(label[at + 1 :], style)
        else:
            painter.put(label, style)
        if name in form.marked_buttons:
            lit = style is palette.button_active
            good = palette.good + Style(bgcolor=style.bgcolor)
            painter.put(" V", palette.button_mark if lit else good)
        painter.put(")" if dead else "]", style)
