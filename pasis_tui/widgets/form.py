"""A record format as ONE widget drawn by the line API.

Stock widgets put type-ahead into the wrong field (architecture.md, fact 1); one widget cannot.
The form edits and draws; the view decides where the cursor goes next, since leaving a field may
have to ask a service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from rich.cells import cell_len
from textual.geometry import Offset, Region

from pasis_tui.commands import key_of
from pasis_tui.display.display_files import FieldSpec, Format
from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding, refusal
from pasis_tui.widgets.cells import clip
from pasis_tui.widgets.editor_drawing import caret_cell
from pasis_tui.widgets.form_drawing import Cell, DrawnForm, button_columns, button_text
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.palette import Palette


class Form(DrawnForm):
    """The fields and buttons of one format.

    Stops of the cursor are field names, then ``button:NAME``.  ``values`` are the raw texts as
    typed; nothing is normalised before a field is left.
    """

    DEFAULT_CSS = "Form { width: 1fr; height: auto; }"

    def __init__(self, spec: Format, palette: Palette) -> None:
        super().__init__(spec, palette)
        self.on_room: Callable[[], None] = lambda: None  # called when the layout has given it room
        # the codes of a field that F4 shows here, None for its whole table
        self.offered: Callable[[str], Sequence[str] | None] = lambda name: None
        for cell in self.cells.values():
            if cell.value:
                self._static_note(cell)
        if stops := self.stops():
            self._enter(stops[0])

    def on_resize(self) -> None:
        """Tell the view, which may have its cursor here."""
        self.on_room()

    # --- values -----------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, str]:
        """The raw texts by field name, as shown."""
        return {name: cell.value for name, cell in self.cells.items()}

    def fill(self, values: Mapping[str, str], *, saved: bool = True) -> None:
        """Show *values*; with ``saved`` they count as unchanged from now on."""
        for name, value in values.items():
            if cell := self.cells.get(name):
                if value != cell.value:
                    cell.note = ""  # it was the former value's
                cell.value = value
                if saved:
                    cell.saved = value
                self._static_note(cell)
        self._enter(self.stop)
        self.refresh()

    def clear(self) -> None:
        """Empty every field to its default."""
        self.findings.clear()
        for cell in self.cells.values():
            cell.note = ""
        self.fill({name: cell.spec.default for name, cell in self.cells.items()})

    def get(self, name: str) -> str:
        """Return the raw text of the field *name*."""
        return self.cells[name].value

    def set_note(self, name: str, text: str, *, good: bool = True) -> None:
        """Show *text* beside the field: its code's meaning, or (not good) what is odd about it."""
        cell = self.cells[name]
        if (cell.note, cell.note_good) != (text, good):
            cell.note, cell.note_good = text, good
            self.refresh()

    def note(self, name: str) -> str:
        """Return what stands beside the field *name*."""
        return self.cells[name].note

    def protect(self, *names: str, locked: bool = True) -> None:
        """Protect fields from typing, or open them again."""
        for name in names:
            self.cells[name].locked = locked or self.cells[name].spec.protected
        if self.stop not in self.stops():
            self._enter(next(iter(self.stops()), ""))
        self.refresh()

    def show_button(self, name: str, shown: bool) -> None:
        """Show or hide a button."""
        (self.hidden_buttons.discard if shown else self.hidden_buttons.add)(name)
        if self.stop not in self.stops():
            self._enter(next(iter(self.stops()), ""))
        self.refresh()

    def set_status(self, text: str) -> None:
        """Show *text* at the start of the button row (the word Nyuppläggning)."""
        self.status = text
        self.refresh()

    def set_heading(self, text: str) -> None:
        """Show *text* in the format's heading rule."""
        self.heading = text
        self.refresh()

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return any(
            cell.value != cell.saved for cell in self.cells.values() if not cell.spec.protected
        )

    def is_changed(self, name: str) -> bool:
        """Whether the field *name* differs from what is saved."""
        return self.cells[name].value != self.cells[name].saved

    def mark_saved(self) -> None:
        """Count what is shown as saved."""
        for cell in self.cells.values():
            cell.saved = cell.value
        self.unmark()

    def mark(self, finding: Finding) -> None:
        """Mark the finding's field until it is changed."""
        self.findings[finding.field] = finding
        self.refresh()

    def unmark(self) -> None:
        """Remove every mark."""
        self.findings.clear()
        self.refresh()

    def go_first(self) -> None:
        """Put the cursor in the first empty field, or in the first of all when none is empty.

        Where fields are mandatory the others are no reason to stop.
        """
        open_ones = [cell for cell in self.cells.values() if not cell.locked]
        wanted = [cell for cell in open_ones if cell.spec.mandatory] or open_ones
        empty = next((cell for cell in wanted if not cell.value.strip()), None)
        if stops := self.stops():
            self.go(empty.spec.name if empty else stops[0])

    # --- stops ------------------------------------------------------------------------------

    def stops(self) -> list[str]:
        """Return where the cursor can stand, in order."""
        names = [name for name, cell in self.cells.items() if not cell.locked]
        return names + [f"button:{name}" for name in self.buttons if self.pressable(name)]

    def pressable(self, button: str) -> bool:
        """Whether the button *button* is shown here and can be pressed."""
        return button in self.buttons and button not in self.hidden_buttons

    @property
    def field(self) -> FieldSpec | None:
        """The field with the cursor, None on a button or where nothing can be typed."""
        cell = self.cells.get(self.stop)
        return cell.spec if cell else None

    @property
    def button(self) -> str | None:
        """The button with the cursor, or None."""
        return self.stop[7:] if self.stop.startswith("button:") else None

    def go(self, stop: str) -> bool:
        """Put the cursor on *stop*; False when it cannot stand there."""
        if stop not in self.stops():
            return False
        self._enter(stop)
        self.refresh()
        return True

    def step(self, by: int) -> bool:
        """Move the cursor by stops; False (and unmoved) at either end."""
        stops = self.stops()
        if self.stop not in stops:
            return False
        at = stops.index(self.stop) + by
        return 0 <= at < len(stops) and self.go(stops[at])

    def vertical(self, by: int) -> bool:
        """Move to the nearest stop on a row below (+1) or above (-1); False at the edge."""
        places = {s: self._place(s) for s in self.stops()}
        if self.stop not in places:
            return False
        row, column = places[self.stop]
        rows = sorted({r for r, _ in places.values() if (r - row) * by > 0}, reverse=by < 0)
        if not rows:
            return False
        near = [(abs(c - column), s) for s, (r, c) in places.items() if r == rows[0]]
        return self.go(min(near)[1])

    def _place(self, stop: str) -> tuple[int, int]:
        if cell := self.cells.get(stop):
            return cell.spec.row, cell.spec.entry
        return self.spec.button_row, button_columns(self)[stop[7:]]

    def _enter(self, stop: str) -> None:
        self.stop = stop
        if cell := self.cells.get(stop):
            length = max(cell.spec.length, len(cell.value))
            self.editor = LineEditor(cell.value, length, upper=cell.spec.upper)
            self.editor.select_all()
        else:
            self.editor = LineEditor()

    def place_caret(self, position: int) -> None:
        """Put the cursor before character *position* of the field, with nothing selected."""
        self.editor.cursor = max(0, min(len(self.editor.text), position))
        self.editor.anchor = None
        self.refresh()

    # --- editing ----------------------------------------------------------------------------

    def edit(self, key: str, character: str | None) -> bool | None:
        """Edit the field with the cursor; as ``LineEditor.press``, None also where nothing changes."""
        cell = self.cells.get(self.stop)
        if cell is None or cell.locked:
            return None
        before = self.editor.state
        if character and cell.spec.length == 1:
            self.editor.select_all()  # a field of one character has no room to insert in
        done = self.editor.press(key, character)
        if done is None or (not character and self.editor.state == before):
            return None
        self._edited(cell)
        return done

    def paste(self, text: str) -> bool | None:
        """Put pasted *text* into the field with the cursor; False when it has no room."""
        cell = self.cells.get(self.stop)
        if cell is None or cell.locked:
            return None
        done = self.editor.insert(text)
        self._edited(cell)
        return done

    def _edited(self, cell: Cell) -> None:
        whole_row = False
        if self.findings.pop(cell.spec.name, None) is not None:
            whole_row = True
        if cell.note and cell.value != self.editor.text:
            cell.note = ""
            whole_row = True
        width = cell.width
        cell.value = self.editor.text
        if whole_row or cell.width != width:
            self.refresh(Region(0, cell.spec.row + self.top, self.size.width, 1))
        else:
            width += 1
            self.refresh(Region(cell.spec.entry, cell.spec.row + self.top, width, 1))

    def check(self, name: str, today: date) -> str:
        """Read the field *name* as its kind and code table want; normalise it where it stands.

        Returns "" or the Swedish reason it is refused.  An empty field is never at fault here:
        what is mandatory is asked when the form is saved.
        """
        from pasis_tui.validation import fields  # only now: the login is painted without

        cell = self.cells[name]
        if not cell.value.strip() or cell.spec.protected:
            return ""
        try:
            value = fields.read(cell.spec.kind, cell.value, today)
        except fields.InvalidValue as fault:
            return fault.reason
        cell.value = value
        if self.stop == name:
            editor = self.editor
            at_end = editor.cursor >= len(editor.text)
            editor.cursor = len(value) if at_end else min(editor.cursor, len(value))
            editor.text, editor.anchor = value, None
        self._static_note(cell)
        return self._not_a_code(cell.spec, value)

    def faults(self, today: date) -> list[Finding]:
        """Return every field that ``check`` refuses, none when all can be read.

        A field left going back may hold anything; what needs every value asks here first.
        """
        return [
            refusal(name, reason, cell.spec.rule)
            for name, cell in self.cells.items()
            if not cell.locked and (reason := self.check(name, today))
        ]

    def _not_a_code(self, spec: FieldSpec, value: str) -> str:
        known = self._static_table(spec)
        if known is None:
            return ""
        if spec.kind == "kva":  # several codes, and those of the official list may be imported
            wrong = [c for c in value.split() if c not in known and not codes.KVA.fullmatch(c)]
        else:
            wrong = [value] if value not in known else []
        if not wrong:
            return ""
        shown = list(self.offered(spec.name) or known)
        some = ", ".join(shown[:6]) + (" med flera" if len(shown) > 6 else "")
        return f"{spec.label}: ”{clip(wrong[0], 20)}” är ingen kod här. Giltiga: {some}. {key_of('values')} listar."

    def _static_table(self, spec: FieldSpec) -> Mapping[str, str] | None:
        return codes.table(spec.table) if spec.table and spec.table in codes.TABLES else None

    def _static_note(self, cell: Cell) -> None:
        known = self._static_table(cell.spec)
        if known is not None:
            if cell.spec.kind == "kva":  # with another code the whole is looked up (meanings)
                texts = [known.get(code, "") for code in cell.value.split()]
                cell.note = ", ".join(texts) if all(texts) else ""
            else:
                cell.note = known.get(cell.value, "")
            cell.note_good = True
            self.refresh()

    # --- drawing ----------------------------------------------------------------------------

    @property
    def rows(self) -> int:
        """The rows this form takes on the screen."""
        return self.spec.height + self.top

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the rows this form takes, for Textual's layout."""
        return self.rows

    def caret(self) -> Offset:
        """Return the cell of the real cursor, from this widget's corner."""
        row, column = self._place(self.stop) if self.stop else (0, 0)
        if cell := self.cells.get(self.stop):
            column += caret_cell(self.editor, cell.width, hidden=cell.hidden)
        return Offset(column, row + self.top)

    def stop_at(self, offset: Offset) -> str | None:
        """Return the stop drawn at *offset* from this widget's corner, for the mouse."""
        row = offset.y - self.top
        for stop in self.stops():
            at, column = self._place(stop)
            if cell := self.cells.get(stop):
                width = cell.width
            else:
                width = cell_len(button_text(self, self.buttons[stop[7:]]))
            if at == row and column <= offset.x < column + width:
                return stop
        return None
