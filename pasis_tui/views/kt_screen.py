"""A learner's screen as the trainer sees it: read only, as it is while the trainer looks."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.geometry import Offset
from textual.strip import Strip

from pasis_tui.shell.calls import in_daemon
from pasis_tui.terminal import workers
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.cells import clip, visible
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.inputs import KeyPress
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.strips import RowPainter

Look = Callable[[], tuple[str, float] | None]  # the latest screen, and how many seconds old it is
_EVERY = 1.0
_OLD = 10.0  # seconds after which a screen is no longer said to be of now


class _Rows(Painted):
    """The learner's rows, and what is said of them in the last."""

    DEFAULT_CSS = "_Rows { width: 1fr; height: 1fr; }"

    def __init__(self, shown: LearnerScreen) -> None:
        super().__init__(id="box")
        self._shown = shown

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        shown = self._shown
        painter = RowPainter(self.size.width, shown.palette.text)
        lines = shown.lines[shown.top :]
        if y == self.size.height - 1:
            painter.put(clip(f" {shown.says()}", self.size.width), shown.palette.row_active)
            painter.put(" " * (self.size.width - painter.at), shown.palette.row_active)
        elif y < len(lines):
            painter.put(clip(visible(lines[y]), self.size.width), shown.palette.text)
        return painter.strip()


class LearnerScreen(Dialog):
    """Covers the trainer's screen; *look* is asked every second, in a thread."""

    def __init__(self, name: str, look: Look) -> None:
        super().__init__(name)
        self.lines: list[str] = []
        self.top = 0
        self._look = look
        self._said = "hämtar skärmen …"
        self._asking = False

    def compose(self) -> ComposeResult:
        """Lay out the rows."""
        yield _Rows(self)

    def on_mount(self) -> None:
        """Hide what is behind, and ask at once and again and again."""
        self.styles.background = self.palette.ground
        self.set_interval(_EVERY, self._ask_again)
        self._ask_again()

    def _ask_again(self) -> None:
        if not self._asking:
            self._asking = True
            workers.begin(self, self._ask, group="screen")

    async def _ask(self) -> None:
        try:
            found = await in_daemon(self._look)
        except ForPeople as trouble:
            self._said = str(trouble)
        else:
            if found is not None:
                self.lines = found[0].split("\n")
                old = found[1] > _OLD
                self._said = f"för {int(found[1])} s sedan" if old else "nu"
        finally:
            self._asking = False
        self.redraw()

    def says(self) -> str:
        """Return what the last row says."""
        more = self.top + self.size.height - 1 < len(self.lines)
        scroll = "  PgDn mer" if more else "  PgUp mer" if self.top else ""
        return f"{self.heading}: {self._said}{scroll}  Esc stänger"

    def redraw(self) -> None:
        """Draw the rows again."""
        for rows in self.query(_Rows):
            rows.refresh()

    def caret(self) -> Offset:
        """Return the cell where the last row begins."""
        return Offset(0, max(0, self.size.height - 1))

    async def press(self, pressed: KeyPress) -> None:
        """Scroll, or close."""
        last = max(0, len(self.lines) - self.size.height + 1)
        page = max(1, self.size.height - 1)
        steps = {"down": 1, "up": -1, "pagedown": page, "pageup": -page, "home": -last, "end": last}
        if pressed.key in steps:
            self.top = max(0, min(last, self.top + steps[pressed.key]))
            self.redraw()
        elif pressed.key == "enter":
            await self.answer(None)
