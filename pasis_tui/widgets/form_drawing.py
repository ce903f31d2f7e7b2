"""Draws a form row by row: fields, marks, meanings, buttons."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from pasis_tui.display import ButtonSpec
from pasis_tui.validation.findings import Level
from pasis_tui.widgets.cells import graphemes
from pasis_tui.widgets.editor_drawing import paint_editor
from pasis_tui.widgets.strips import RowPainter, clip

if TYPE_CHECKING:
    from pasis_tui.widgets.form import Cell, Form


def draw_row(form: Form, y: int) -> Strip:
    """Return the row *y* of *form*, its heading included."""
    painter = RowPainter(form.size.width, form.palette.text)
    if form.heading and y == 0:
        painter.put("── ", form.palette.rule)
        painter.put(form.heading + " ", form.palette.heading)
        painter.put("─" * (form.size.width - painter.at), form.palette.rule)
        return painter.strip()
    row = y - form.top
    on_row = sorted(
        (c for c in form.cells.values() if c.spec.row == row), key=lambda c: c.spec.column
    )
    for cell, following in zip_longest(on_row, on_row[1:]):
        _draw_field(form, painter, cell, following)
    if row == form.spec.button_row:
        _draw_buttons(form, painter)
    return painter.strip()


def _draw_field(form: Form, painter: RowPainter, cell: Cell, following: Cell | None) -> None:
    spec, palette = cell.spec, form.palette
    fault = form.finding if form.finding and form.finding.field == spec.name else None
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
        painter.field(clip(cell.value, spec.width), spec.width, palette.protected)
    elif here:
        paint_editor(painter, form.editor, spec.width, palette, hidden=cell.hidden)
    else:
        shown = "•" * len(graphemes(cell.value)) if cell.hidden else cell.value
        painter.field(clip(shown, spec.width), spec.width, palette.entry)
    if not here and not cell.locked and cell.saved and cell.value != cell.saved:
        painter.put("~", palette.warning)
    if spec.table and not cell.locked:
        painter.to(spec.entry + spec.width + 1)
        painter.put("<<", palette.link)
    if cell.note:
        painter.to(spec.entry + spec.width + (4 if spec.table and not cell.locked else 1))
        # The last of a row has all the room there is: a wide terminal cuts nothing.
        room = form.size.width - painter.at
        if following is not None:
            room = following.spec.column - 1 - painter.at
            room = min(room, spec.note or room)
        painter.put(clip(cell.note, room), palette.note if cell.note_good else palette.warning)


def button_columns(form: Form) -> dict[str, int]:
    """Return the first cell of each button shown, by name."""
    at = form.spec.button_column + (cell_len(form.status) + 2 if form.status else 0)
    found = {}
    for name, button in form.buttons.items():
        if name in form.hidden_buttons:
            continue
        found[name] = at
        at += cell_len(button_text(form, button)) + 2
    return found


def button_text(form: Form, button: ButtonSpec) -> str:
    """Return a button as drawn, with its V when its form is registered."""
    mark = " V" if button.name in form.marked_buttons else ""
    return f"({button.label})" if button.name in form.dead_buttons else f"[{button.label}{mark}]"


def _draw_buttons(form: Form, painter: RowPainter) -> None:
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
            painter.put(" V", palette.good + Style(bgcolor=style.bgcolor))
        painter.put(")" if dead else "]", style)
