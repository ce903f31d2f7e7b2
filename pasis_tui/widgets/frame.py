"""The frame, the same on every screen: three rows above the body, three below."""

from __future__ import annotations

from typing import Any, NamedTuple

from rich.cells import cell_len
from textual.geometry import Offset, Region
from textual.strip import Strip

from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.editor_drawing import caret_cell, paint_editor
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import PASIS, Palette
from pasis_tui.widgets.strips import RowPainter, clip

_BOX = 18  # first cell of the Snabbval box
_BOX_WIDTH = 12


class Banner(NamedTuple):
    """What the frame says of the patient: number, name, age and sex as shown."""

    number: str
    name: str
    age: str
    sex: str
    protected: bool = False
    deceased: bool = False


def patient_banner(patient: Any) -> Banner:
    """Return what the frame says of *patient* (a ``PatientCard``)."""
    return Banner(
        patient.identity_text,
        patient.name,
        f"{patient.age} år" if patient.age is not None else "",
        {"K": "Kvinna", "M": "Man"}.get(patient.sex, ""),
        patient.protected,
        patient.deceased_on is not None,
    )


class Standing(NamedTuple):
    """Who stands where and when: the right end of the first row."""

    practice: bool = False
    unit: str = ""
    signature: str = ""
    date: str = ""
    simulated: bool = False


class Head(Painted):
    """Snabbval and standing, title and patient, a rule."""

    DEFAULT_CSS = "Head { dock: top; width: 1fr; height: 3; }"

    def __init__(self, title: str, palette: Palette = PASIS) -> None:
        super().__init__(id="head")
        self.heading = title
        self.palette = palette
        self.box = LineEditor("", 40)
        self.active = False
        self.banner: Banner | None = None
        self.standing = Standing()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self.heading = title
        self.refresh()

    def caret(self) -> Offset:
        """Return the cell of the real cursor when the box has it."""
        return Offset(_BOX + caret_cell(self.box, _BOX_WIDTH, tight=True), 0)

    def refresh_box(self) -> None:
        """Redraw the box alone."""
        self.refresh(Region(_BOX - 1, 0, _BOX_WIDTH + 2, 1))

    def render_line(self, y: int) -> Strip:
        """Draw one of the three rows."""
        painter = RowPainter(self.size.width, self.palette.text)
        if y == 0:
            self._first(painter)
        elif y == 1:
            self._second(painter)
        else:
            words = []
            if self.banner and self.banner.protected:
                words.append("SKYDDADE PERSONUPPGIFTER")
            if self.banner and self.banner.deceased:
                words.append("AVLIDEN")
            if words:
                painter.put("── ", self.palette.fault)
                painter.put("  ".join(words) + " ", self.palette.fault)
            painter.put("─" * (self.size.width - painter.at), self.palette.rule)
        return painter.strip()

    def _first(self, painter: RowPainter) -> None:
        palette = self.palette
        painter.put("PASiS", palette.title)
        painter.to(7)
        painter.put("Snabbval ", palette.label)
        painter.to(_BOX - 1)
        painter.put("[", palette.label)
        if self.active:
            paint_editor(painter, self.box, _BOX_WIDTH, palette, tight=True)
        else:
            painter.field(self.box.text, _BOX_WIDTH, palette.entry)
        painter.put("]", palette.label)
        standing = self.standing
        day = f"Övningsdatum {standing.date}" if standing.simulated else standing.date
        parts = [standing.unit, standing.signature, day]
        text = "  ".join(part for part in parts if part)
        mark = " ÖVNING " if standing.practice else ""
        painter.to(self.size.width - len(text) - len(mark) - 1)
        painter.put(mark, palette.practice)
        painter.put(" ", palette.text)
        painter.put(text, palette.text)

    def _second(self, painter: RowPainter) -> None:
        palette, banner = self.palette, self.banner
        painter.put(self.heading, palette.title)
        if banner is None:
            return
        room = self.size.width - len(self.heading) - 2
        tail = f"  {banner.age}  {banner.sex}"
        if room < len(banner.number) + len(tail) + 2 + min(12, cell_len(banner.name)):
            tail = ""
        name = clip(banner.name, room - len(banner.number) - len(tail) - 2)
        text_width = len(banner.number) + 2 + cell_len(name) + len(tail)
        painter.to(self.size.width - text_width)
        painter.put(banner.number, palette.heading)
        painter.put("  ", palette.text)
        painter.put(name, palette.heading)
        painter.put(tail, palette.text)


class Foot(Painted):
    """A rule, the message line and the key legend.

    A message longer than one row takes the rule's place too; longer still, F1 shows it whole.
    """

    DEFAULT_CSS = "Foot { dock: bottom; width: 1fr; height: 3; }"

    def __init__(self, legend: list[tuple[str, str]], palette: Palette = PASIS) -> None:
        super().__init__(id="foot")
        self.legend = legend
        self.palette = palette
        self.message = ""
        self.finding: Finding | None = None
        self.good = False
        self.place = ""

    def set_place(self, place: str) -> None:
        """Show where a list stands, at the right end of the rule."""
        if place != self.place:
            self.place = place
            self.refresh(Region(0, 0, self.size.width, 1))

    def say(self, message: str, *, good: bool = False) -> None:
        """Show *message*."""
        if (message, good, None) != (self.message, self.good, self.finding):
            self.message, self.finding, self.good = message, None, good
            self.refresh()

    def show(self, finding: Finding) -> None:
        """Show a finding: its id, Fel or Varning, its text."""
        word = "Fel" if finding.level is Level.BLOCK else "Varning"
        self.message = (
            f"{finding.rule} {word}: {finding.message}"
            if finding.rule
            else (f"{word}: {finding.message}")
        )
        if finding.message.startswith("Får ej tas bort"):
            self.message = f"{finding.rule} {finding.message}"
        self.finding = finding
        self.good = False
        self.refresh()

    def _lines(self) -> list[str]:
        width = max(20, self.size.width - 2)
        if len(self.message) <= width:
            return [self.message]
        cut = self.message.rfind(" ", 0, width + 1)
        cut = cut if cut > width // 2 else width
        return [self.message[:cut], clip(self.message[cut:].strip(), width - 4)]

    def render_line(self, y: int) -> Strip:
        """Draw one of the three rows."""
        palette = self.palette
        painter = RowPainter(self.size.width, palette.text)
        lines = self._lines()
        style = palette.text
        if self.finding is not None:
            style = palette.fault if self.finding.level is Level.BLOCK else palette.warning
        elif self.good:
            style = palette.good
        if y == 0:
            if len(lines) == 2:
                painter.to(1)
                painter.put(lines[0], style)
            else:
                place = f" {self.place} ──" if self.place else ""
                painter.put("─" * (self.size.width - len(place)), palette.rule)
                painter.put(place, palette.note)
        elif y == 1:
            painter.to(1)
            painter.put(lines[-1], style)
            if lines[-1].endswith("…") and not self.message.endswith("…"):
                painter.put("  F1", palette.key)
        else:
            for index, (key, word) in enumerate(self.legend):
                if index:
                    painter.put(" ", palette.text)
                painter.put(key, palette.key)
                painter.put(f" {word}", palette.label)
        return painter.strip()
