"""The patient beside the form, in wide terminals: read after the form, never waited for.

It is painted and takes no keys.  It shows the patient that is carried: with another patient, or
none, it is blank at once, and a reading still under way for the former one is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time
from functools import cache, partial
from typing import TYPE_CHECKING, cast

from rich.style import Style
from textual.strip import Strip

from pasis_tui.shell.calls import DaemonThread
from pasis_tui.terminal import workers
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.cells import wrap
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

if TYPE_CHECKING:
    from pasis_tui.services.reports.patient_panel import OpenCommitment, PatientPanel
    from pasis_tui.shell.page import Host
    from pasis_tui.store.actor import Context

FROM = 160  # cells of the terminal: a list still has 120 of them
_LEAST = 40
_MOST_CELLS = 80
_FORM = 120  # cells that a form without a list needs
_LABEL = 13  # cells of a label and the gap after it
_RULE = 3  # cells before the text, and one after it
_UNREAD = "Patientens uppgifter kan inte läsas just nu."
_MOST = 3  # open commitments shown one by one

Line = list[tuple[str, Style]]
Fact = tuple[str, str]
_GAP: Fact = ("", "")
Asked = tuple[int, int, date]


@cache
def _thread() -> DaemonThread:
    """Return the one thread: a slow database delays it, and no key."""
    return DaemonThread("beside")


class Beside(Painted):
    """The patient's panel at the right end of the body."""

    DEFAULT_CSS = "Beside { dock: right; height: 100%; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="beside")
        self.palette = palette
        self._patient: int | None = None
        self._asked: Asked | None = None
        self._panel: PatientPanel | str = ""
        self._lines: list[Line] = []
        self._lines_for = 0

    def fit(self, terminal: int, *, lists: bool) -> None:
        """Show it where the *terminal* has room, as narrow as possible beside *lists*."""
        wide = terminal >= FROM
        if wide:
            self.styles.width = _LEAST if lists else min(terminal - _FORM, _MOST_CELLS)
        if wide != self.display:
            self.display = wide
            self.forget()

    def show_patient(self, patient: int | None) -> None:
        """Show *patient* from now on, and nothing of another."""
        if patient != self._patient:
            self._patient = patient
            self.forget()

    def forget(self) -> None:
        """Show nothing until it has been read again."""
        self._asked = None
        self._show("")

    def on_unmount(self) -> None:
        """Forget what was shown: Textual remembers closed screens, and one may still be read."""
        self.forget()

    def look(self, context: Context) -> None:
        """Have the patient read when something may have changed; the form is painted first."""
        if self._patient is None or not self.display or not self.is_attached:
            return
        asked = (self._patient, context.database.changes, context.today)
        if asked != self._asked:
            self._asked = asked
            self.call_after_refresh(self._begin, context, asked)

    def _begin(self, context: Context, asked: Asked) -> None:
        if asked == self._asked:
            workers.begin(self, partial(self._read, context, asked), group="beside", exclusive=True)

    async def _read(self, context: Context, asked: Asked) -> None:
        def read() -> PatientPanel | None:
            from pasis_tui.services.reports import patient_panel

            return patient_panel.look(context, asked[0]) if asked == self._asked else None

        try:
            panel = await _thread().begin(read) or ""
        except Exception as error:
            # Nobody asked for the panel, so this ends nothing: the next key that asks will say why.
            if not isinstance(error, ForPeople):  # a refusal by a service is no fault
                from pasis_tui import fault_log

                with suppress(OSError):
                    fault_log.keep(error, cast("Host", self.app).home)
            panel = _UNREAD
        if asked == self._asked:
            self._show(panel)

    def _show(self, panel: PatientPanel | str) -> None:
        self._panel = panel
        self._lines_for = 0
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row, with a rule before it when there is anything to show."""
        if self._lines_for != self.size.width:
            self._lines_for = self.size.width
            self._lines = describe(self._panel, self.palette, self.size.width - _RULE)
        painter = RowPainter(self.size.width, self.palette.text)
        if self._lines:
            painter.put("│ ", self.palette.rule)
            for text, style in self._lines[y] if y < len(self._lines) else []:
                painter.put(text, style)
        return painter.strip()


def describe(panel: PatientPanel | str, palette: Palette, room: int) -> list[Line]:
    """Return the panel, or why there is none, as lines of at most *room* cells."""
    if isinstance(panel, str):
        return _wrapped(panel, palette.note, room) if panel else []
    card = panel.card
    years = f"{card.age} år" if card.age is not None else ""
    sex = {"K": "Kvinna", "M": "Man"}.get(card.sex, "")
    who = "  ".join(part for part in (card.identity_text, years, sex) if part)
    lines = [*_wrapped(card.name, palette.heading, room), *_wrapped(who, palette.text, room)]
    if card.protected:
        lines += _wrapped("SKYDDADE PERSONUPPGIFTER", palette.fault, room)
    if card.deceased_on is not None:
        lines += _wrapped(f"AVLIDEN {card.deceased_on}", palette.fault, room)
    place = " ".join(part for part in (card.postcode, card.city) if part)
    facts = [
        ("Telefon", card.phone),
        ("Adress", ", ".join(part for part in (card.address, place) if part)),
        ("Listad på", card.listed_unit_name),
        ("Tolkspråk", card.interpreter_language),
        _GAP,
    ]
    if panel.commitments is not None:
        for each in panel.commitments[:_MOST]:
            facts += _commitment(each)
        if not panel.commitments:
            facts.append(("Öppna", "inget vårdåtagande"))
        more = len(panel.commitments) - _MOST
        facts.append(("Fler öppna", str(more) if more > 0 else ""))
        facts += [("Avslutade", str(panel.closed) if panel.closed else ""), _GAP]
    if panel.sees_visits:
        facts += [("Sista besök", _when(panel.last)), ("Nästa bokat", _when(panel.next)), _GAP]
    if panel.standing:
        free = f"gäller till {panel.free_card_to}" if panel.free_card_to else "inget gäller"
        facts += [("Frikort", free), ("Avgifter", panel.standing)]
    return lines + _facts(facts, palette, room)


def _commitment(commitment: OpenCommitment) -> list[Fact]:
    left = (
        ""
        if commitment.allowed is None
        else f" av {commitment.allowed}, {commitment.allowed - commitment.visits} kvar"
    )
    forms = (
        ("In", commitment.enrolment),
        ("Ut", commitment.discharge),
        ("Uppf", commitment.follow_up),
    )
    return [
        ("Vårdåtagande", f"{commitment.id} {commitment.problem}"),
        ("Ankomst", str(commitment.arrival_date)),
        ("Vårdgivare", commitment.caregiver),
        ("Diagnos", commitment.diagnosis),
        ("Besök", f"{commitment.visits}{left}"),
        ("Formulär", "  ".join(f"{word} {'V' if done else '-'}" for word, done in forms)),
        ("Förfaller", commitment.due),
    ]


def _when(moment: tuple[date, time] | None) -> str:
    return f"{moment[0]} {moment[1]:%H:%M}" if moment else "inget"


def _wrapped(text: str, style: Style, room: int) -> list[Line]:
    return [[(part, style)] for part in wrap(text, room)]


def _facts(facts: Sequence[Fact], palette: Palette, room: int) -> list[Line]:
    """Return each fact under its label; one without a value is left out."""
    lines: list[Line] = []
    for label, value in facts:
        if not label:
            lines.append([])
        for number, part in enumerate(wrap(value, room - _LABEL) if value else []):
            word = "" if number else label
            lines.append([(f"{word:<{_LABEL}}", palette.label), (part, palette.text)])
    return lines
