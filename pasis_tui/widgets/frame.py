"""The frame, the same on every screen: three rows above the body, three below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset, Region
from textual.strip import Strip

from pasis_tui.commands import key_of
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.cells import break_at, clip, visible
from pasis_tui.widgets.editor_drawing import caret_cell, paint_editor
from pasis_tui.widgets.inputs import dropped_text
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

_BOX = 18  # first cell of the Snabbval box
_BOX_WIDTH = 12
_ROWS = 3  # of the foot, without the coach strip


class Banner(NamedTuple):
    """The patient in the frame: number, name, age and sex as shown."""

    number: str
    name: str
    age: str
    sex: str
    protected: bool = False
    deceased: bool = False


def patient_banner(patient: Any) -> Banner:
    """Return what the frame shows of *patient* (a ``PatientCard``)."""
    return Banner(
        patient.identity_text,
        patient.name,
        f"{patient.age} år" if patient.age is not None else "",
        {"K": "Kvinna", "M": "Man"}.get(patient.sex, ""),
        patient.protected,
        patient.deceased_on is not None,
    )


class Standing(NamedTuple):
    """The user, unit and working date: the right end of the first row."""

    practice: bool = False
    unit: str = ""
    signature: str = ""
    date: str = ""
    simulated: bool = False
    read_only: bool = False


class Head(Painted):
    """Snabbval and who works where, title and patient, a rule."""

    DEFAULT_CSS = "Head { dock: top; width: 1fr; height: 3; }"

    def __init__(self, title: str, palette: Palette) -> None:
        super().__init__(id="head")
        self.heading = title
        self.palette = palette
        self.box = LineEditor("", 40)
        self.active = False
        self.banner: Banner | None = None
        self.standing = Standing()
        self.others = ""  # who else has the patient open

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
                painter.put("── ", self.palette.rule)
                painter.put("  ".join(words) + " ", self.palette.fault)
            if self.others:
                painter.put("── ", self.palette.rule)
                room = self.size.width - painter.at - 2
                painter.put(clip(visible(self.others), room) + " ", self.palette.warning)
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
        if standing.read_only:
            mark = " LÄSLÄGE "
        painter.to(self.size.width - cell_len(text) - len(mark) - 1)
        painter.put(mark, palette.practice)
        painter.put(" ", palette.text)
        painter.put(text, palette.text)

    @property
    def cut_name(self) -> str:
        """The patient's name when the second row has no room for it, else ""."""
        name = self.banner.name if self.banner else ""
        return name if self._name_and_tail()[0] != visible(name) else ""

    def _name_and_tail(self) -> tuple[str, str]:
        """The patient's name, age and sex as far as there is room; the name comes first."""
        banner = self.banner
        if banner is None:
            return "", ""
        room = self.size.width - len(self.heading) - len(banner.number) - 4
        tail = f"  {banner.age}  {banner.sex}"
        if room < len(tail) + min(12, cell_len(banner.name)):
            tail = ""
        return clip(banner.name, room - len(tail)), tail

    def _second(self, painter: RowPainter) -> None:
        palette, banner = self.palette, self.banner
        painter.put(self.heading, palette.title)
        if banner is None:
            return
        name, tail = self._name_and_tail()
        painter.to(self.size.width - len(banner.number) - 2 - cell_len(name) - len(tail))
        painter.put(banner.number, palette.heading)
        painter.put("  ", palette.text)
        painter.put(name, palette.heading)
        painter.put(tail, palette.text)


def headline(finding: Finding) -> str:
    """Return *finding* as the message line shows it: its rule, Fel or Varning, its text."""
    if finding.message.startswith("Får ej tas bort"):  # as PASiS says it
        return f"{finding.rule} {finding.message}"
    word = "Fel" if finding.level is Level.BLOCK else "Varning"
    return f"{finding.rule} {word}: {finding.message}".lstrip()


# Cells of the smallest terminal there is room in.
SMALLEST_WIDTH, SMALLEST_HEIGHT = 80, 24


def in_help() -> str:
    """Return the word that the help has what lacks room here."""
    return f"  {key_of('help')}"


class Foot(Painted):
    """A rule, the message line and the key legend.

    The rule shows what the list's marked row has no room for, and the place in the list.  A message
    longer than one row takes the rule's place; what fits nowhere is in F1.

    The coach strip, when there is one, is a row above the rule; in the smallest terminal, which has
    no row for it, it stands on the rule, and gives way there to all else.
    """

    DEFAULT_CSS = "Foot { dock: bottom; width: 1fr; height: 3; }"

    def __init__(self, legend: list[tuple[str, str]], palette: Palette) -> None:
        super().__init__(id="foot")
        self.legend = legend
        self.palette = palette
        self.message = ""
        self.findings: tuple[Finding, ...] = ()  # what is refused, the one shown first
        self.good = False
        self.place = ""
        self.whole = ""
        self.dropped = 0
        self.coach = ""
        self._strip = 0  # rows of the coach strip, once it is laid out
        self._under: tuple[str, tuple[Finding, ...], bool, int] | None = (
            None  # while waiting is shown
        )
        self._waiting = ""
        self.later = ""  # what a job says once the refusal shown has been read

    def show_dropped(self, count: int) -> None:
        """Show beside the message how many keys, typed before it was shown, were dropped."""
        self.dropped = count
        self.refresh()

    def show_waiting(self, text: str) -> None:
        """Show *text* in the place of the message; "" puts the message back if nothing else came."""
        stands = (self.message, self.findings, self.good, self.dropped)
        if text and self._under is None:
            self._under = stands
            self.message, self.findings, self.good, self.dropped = text, (), False, 0
            self._waiting = text
        elif not text and self._under is not None:
            if self.message == self._waiting:
                self.message, self.findings, self.good, self.dropped = self._under
            self._under = None
        self.refresh()

    def set_place(self, place: str, whole: str = "") -> None:
        """Show the place in a list at the right end of the rule, and the *whole* of what its row cuts."""
        if (place, whole) != (self.place, self.whole):
            self.place, self.whole = place, whole
            self.refresh(Region(0, self._top, self.size.width, 1))

    @property
    def _top(self) -> int:
        """Rows above the rule now: a frame drawn before the strip has its row keeps the others whole."""
        return max(0, self.size.height - _ROWS)

    def set_coach(self, text: str, terminal: int) -> None:
        """Show *text* in the coach strip ("" for none), in a terminal of so many rows."""
        strip = int(bool(text) and terminal > SMALLEST_HEIGHT)
        if (text, strip) != (self.coach, self._strip):
            self.coach, self._strip = text, strip
            self.styles.height = _ROWS + strip
            self.refresh()

    def say(self, message: str, *, good: bool = False) -> None:
        """Show *message*, or when it is "" what waited for the refusal to be read."""
        if not message:
            message, good = self.later, bool(self.later)
        elif message != self.later:
            self.later = ""
        if (message, good, (), 0) != (self.message, self.good, self.findings, self.dropped):
            self.message, self.findings, self.good, self.dropped = message, (), good, 0
            self.refresh()

    def give_way(self) -> None:
        """Remove a note of two lines, so that the rule can be seen; a refusal stays."""
        if not self.findings and len(self._lines()) == 2:
            self.say("")

    def show(self, findings: Sequence[Finding]) -> None:
        """Show the first of *findings*, and how many more there are."""
        self.message = headline(findings[0])
        self.findings = tuple(findings)
        self.good = False
        self.dropped = 0
        self.refresh()

    def _behind(self) -> list[tuple[str, Style]]:
        """What stands behind the message: how many findings more, how many keys were dropped."""
        words = []
        if len(self.findings) > 1:
            words.append((f"(+{len(self.findings) - 1} till, {key_of('help')})", self.palette.key))
        if self.dropped:
            words.append((f"({dropped_text(self.dropped)})", self.palette.warning))
        return words

    def _lines(self) -> list[str]:
        """The message in one or two lines, with room after it for what stands behind."""
        width = max(20, self.size.width - 2)
        room = width - sum(len(words) + 1 for words, _ in self._behind())
        message = visible(self.message)
        if cell_len(message) <= room:
            return [message]
        at = len(message) if cell_len(message) <= width else break_at(message, width)
        rest = message[at:].strip()
        return [message[:at], rest if cell_len(rest) <= room else clip(rest, room - len(in_help()))]

    def _rule(self, painter: RowPainter) -> None:
        palette = self.palette
        place = f" {self.place} ──" if self.place else ""
        room = self.size.width - cell_len(place)
        if self.whole:
            painter.put("── ", palette.rule)
            whole = visible(self.whole)
            fits = cell_len(whole) + 6 <= room
            painter.put(whole if fits else clip(whole, room - 6 - len(in_help())), palette.text)
            painter.put("" if fits else in_help(), palette.key)
            painter.put(" ", palette.rule)
        elif self.coach and not self._strip:
            painter.put("── ", palette.rule)
            painter.put(clip(visible(self.coach), room - 6), palette.key)
            painter.put(" ", palette.rule)
        painter.put("─" * (room - painter.at), palette.rule)
        painter.put(place, palette.note)

    def render_line(self, y: int) -> Strip:
        """Draw the coach strip or one of the three rows."""
        palette = self.palette
        painter = RowPainter(self.size.width, palette.text)
        y -= self._top
        if y < 0:
            painter.to(1)
            painter.put(clip(visible(self.coach), self.size.width - 2), palette.key)
            return painter.strip()
        lines = self._lines()
        style = palette.text
        if self.findings:
            blocks = self.findings[0].level is Level.BLOCK
            style = palette.fault if blocks else palette.warning
        elif self.good:
            style = palette.good
        if y == 0:
            if len(lines) == 2:
                painter.to(1)
                painter.put(lines[0], style)
            else:
                self._rule(painter)
        elif y == 1:
            painter.to(1)
            painter.put(lines[-1], style)
            cut = lines[-1].endswith("…") and not self.message.endswith("…")
            if cut and len(self.findings) < 2:  # or F1 is named behind it
                painter.put(in_help(), palette.key)
            for words, style in self._behind():
                painter.put(" " if painter.at > 1 else "", palette.text)
                painter.put(words, style)
        else:
            for key, word in self.legend:
                gap = " " if painter.at else ""
                if painter.at + len(f"{gap}{key} {word}") > painter.width:
                    break  # own keys may have longer names: half a word would be none
                painter.put(gap, palette.text)
                painter.put(key, palette.key)
                painter.put(f" {word}", palette.label)
        return painter.strip()
