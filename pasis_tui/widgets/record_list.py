"""A list over keyset pages, drawn by the line API: 100,000 rows open as fast as 20."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset, Size
from textual.strip import Strip

from pasis_tui.commands import keys_in_text
from pasis_tui.display.display_files import FRAME_HEIGHT, Format
from pasis_tui.widgets.cells import visible
from pasis_tui.widgets.columns import Placed, place
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.painted import Body, Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

ROW_NUMBER = "row_number"  # the column of a list whose rows show their numbers
_KEPT = 400  # rows held in memory at most
_LEAST = 3  # rows, column heads included


class Row(NamedTuple):
    """One line: its paging key, what Enter opens, the cells by the names of the columns."""

    key: Any
    subject: Any
    cells: Mapping[str, str]
    dim: bool = False


class Batch(NamedTuple):
    """Rows in list order, whether more lie before and after, and how many there are in all."""

    rows: Sequence[Row] = ()
    before: bool = False
    after: bool = False
    total: int | None = None


class Fetch(Protocol):
    """Gets one batch: after a key, before a key, the last one, or (no key) the first."""

    def __call__(
        self, *, after: Any = None, before: Any = None, last: bool = False, size: int
    ) -> Awaitable[Batch]:
        """Return the batch."""
        ...


def values_line(values: Iterable[tuple[str, str]]) -> str:
    """Return (heading, value) pairs as one line."""
    return "  ".join(f"{label}: {value}" if label else value for label, value in values)


def _is_cut(column: Placed, text: str) -> bool:
    return column.meant and cell_len(visible(text)) > column.width


class RecordList(Painted):
    """Rows with a cursor.  ``opened`` rows are the view's to handle."""

    DEFAULT_CSS = "RecordList { width: 1fr; height: auto; min-height: 2; }"

    def __init__(self, spec: Format, palette: Palette) -> None:
        super().__init__(id=f"list-{spec.name}")
        self.spec = spec
        self.palette = palette
        self.active = False
        self.rows: list[Row] = []
        self.cursor = 0
        self.top = 0
        self.column = 0
        self.total: int | None = None
        self.first_number = 1
        self.number = ""  # the digits typed in a row
        self.numbered = True  # False after End in a list of unknown length
        self.empty = keys_in_text(spec.empty)
        self.loaded = False
        self.on_room: Callable[[], None] = lambda: None  # called when the layout has given it room
        self.ends_at_cursor = False  # True while a section below acts on the row with the cursor
        self._before = self._after = False
        self._fetch: Fetch | None = None
        self._placed_for = -1
        self._measure()

    @property
    def room(self) -> int:
        """The rows of the screen it takes, or will take at the next layout.

        Reckoned from what stands beside it, since keys typed ahead come before that layout.  What
        stands below comes directly after its last row, or after the row that it acts on.
        """
        if not isinstance(self.parent, Body):
            return self.size.height or 8
        forms = [s for s in self.parent.children if isinstance(s, Form) and s.display]
        most = max(_LEAST, self.app.size.height - FRAME_HEIGHT - sum(s.rows for s in forms))
        children = self.parent.children
        if not any(children.index(form) > children.index(self) for form in forms):
            return most
        if self.ends_at_cursor and not self.active:
            return min(most, self.cursor - self.top + 2)
        return min(most, max(1, len(self.rows)) + _LEAST - 1)

    @property
    def height(self) -> int:
        """Rows shown at once."""
        return max(1, self.room - 1)

    @property
    def _page(self) -> int:
        # As many rows as the terminal has: the list may be asked before it has its size, and it
        # grows when another section is hidden.
        return max(self.height, self.app.size.height if self.is_attached else 24) + 1

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def current_number(self) -> int:
        """The cursor's place in the whole list, counted from 1."""
        return self.first_number + self.cursor

    async def load(self, fetch: Fetch, at: tuple[int, Any] | None = None) -> None:
        """Show the first page that *fetch* gets, or stand again where ``standing`` was *at*.

        When the row is gone the cursor is on the one that took its place.
        """
        number, key = at if at is not None and at[0] <= _KEPT else (0, None)
        batch = await fetch(size=max(self._page, number + self.height))
        self._fetch = fetch  # when it is refused, the rows stay as they were
        self.total = None
        self._take(batch)
        self.first_number = 1
        self.numbered = True
        self.loaded = True
        if number and self.rows:
            place = bisect_left(self.rows, key, key=lambda row: row.key)
            self.cursor = min(place, len(self.rows) - 1)
            self._show_cursor()

    async def load_all(self, rows: Sequence[Row]) -> None:
        """Show *rows*, which are all there are."""

        async def fetch(**_at: Any) -> Batch:
            return Batch(rows, total=len(rows))

        await self.load(fetch)

    def replace_all(self, rows: Sequence[Row]) -> None:
        """Show *rows*, which are all there are, in the place of those before; the cursor stays on its row."""

        async def fetch(**_at: Any) -> Batch:
            return Batch(rows, total=len(rows))

        key, top = (None if self.current is None else self.current.key), self.top
        self._fetch = fetch
        self.loaded = True
        self._take(Batch(rows, total=len(rows)))
        self.top = top
        self.stand_on(key)

    @property
    def standing(self) -> tuple[int, Any] | None:
        """The number and the key of the row under the cursor, for returning to it."""
        return None if self.current is None else (self.current_number, self.current.key)

    def empty_out(self) -> None:
        """Show nothing, not even the text of an empty list."""
        self._fetch = None
        self.loaded = False
        self._take(Batch())

    def _take(self, batch: Batch) -> None:
        self.rows = list(batch.rows)
        self._before, self._after = batch.before, batch.after
        if batch.total is not None:
            self.total = batch.total
        self.cursor = self.top = 0
        self._measure()
        self.refresh()

    async def press(self, key: str) -> bool:
        """Move the cursor as *key* says; False when the key means nothing here."""
        steps: dict[str, Callable[[], Awaitable[bool]]] = {
            "down": lambda: self._move(1),
            "up": lambda: self._move(-1),
            "pagedown": lambda: self._turn(self.height),
            "pageup": lambda: self._turn(-self.height),
            "home": self._home,
            "end": self._end,
        }
        if key not in steps:
            return False
        return await steps[key]()

    async def digit(self, character: str) -> bool:
        """Go to the visible row whose number *character* makes with the digits before it, or is."""
        for number in (self.number + character, character):
            if await self.choose(int(number)):
                self.number = number
                return True
        return False

    async def choose(self, number: int) -> bool:
        """Put the cursor on row *number*: the one that shows it, else that visible row, counted from 1."""
        if any(spec.name == ROW_NUMBER for spec in self.spec.fields):
            printed = [row.cells[ROW_NUMBER] for row in self.rows]
            at = printed.index(str(number)) if str(number) in printed else -1
        else:
            at = self.top + number - 1 if 1 <= number <= self.height else -1
        if not 0 <= at < len(self.rows):
            return False
        self.cursor = at
        self._show_cursor()
        return True

    def stand_on(self, key: Any) -> None:
        """Put the cursor on the row of *key*, if that is among the rows held."""
        self.cursor = next((at for at, row in enumerate(self.rows) if row.key == key), self.cursor)
        self._show_cursor()

    async def _home(self) -> bool:
        if self._fetch:
            self._take(await self._fetch(size=self._page))
            self.first_number = 1
            self.numbered = True
        return True

    async def _end(self) -> bool:
        if self._fetch:
            batch = await self._fetch(last=True, size=self._page)
            self._take(batch)
            self.numbered = self.total is not None
            if self.total is not None:
                self.first_number = max(1, self.total - len(self.rows) + 1)
            self.cursor = max(0, len(self.rows) - 1)
            self._show_cursor()
        return True

    async def _move(self, by: int, ahead: int = 0) -> bool:
        """Move the cursor *by* rows, with *ahead* more fetched beyond it."""
        if self.cursor + by + ahead >= len(self.rows):
            await self._fetch_after()
        if self.cursor + by - ahead < 0:
            await self._fetch_before()
        moved = max(0, min(len(self.rows) - 1, self.cursor + by))
        if moved == self.cursor:
            return False
        self.cursor = moved
        self._show_cursor()
        return True

    async def _turn(self, by: int) -> bool:
        """Move the cursor a page, and the view with it."""
        stood, shown = self.current_number, self.cursor - self.top
        moved = await self._move(by, ahead=abs(by))
        if self.current_number - stood == by:
            self.top = self.cursor - shown
            self._show_cursor()
        return moved

    async def _fetch_after(self) -> None:
        if self._after and self._fetch and self.rows:
            batch = await self._fetch(after=self.rows[-1].key, size=self._page)
            self.rows += batch.rows
            self._after = batch.after
            if (extra := len(self.rows) - _KEPT) > 0:
                del self.rows[:extra]
                self._before = True
                self.first_number += extra
                self.cursor = max(0, self.cursor - extra)
                self.top = max(0, self.top - extra)
            self._measure()

    async def _fetch_before(self) -> None:
        if self._before and self._fetch and self.rows:
            batch = await self._fetch(before=self.rows[0].key, size=self._page)
            added = len(batch.rows)
            self.rows[:0] = batch.rows
            self._before = batch.before
            self.first_number = max(1, self.first_number - added)
            self.cursor += added
            self.top += added
            self._after = self._after or len(self.rows) > _KEPT
            del self.rows[_KEPT:]
            self._measure()

    def fit(self) -> None:
        """Keep the cursor in sight and the room filled."""
        before = self.top
        self._scroll()
        moved = self.size.height not in {0, self.room}  # 0: it has not been laid out
        if self.top != before or moved:
            self.refresh(layout=moved)

    def _show_cursor(self) -> None:
        self._scroll()
        self.refresh()

    def _scroll(self) -> None:
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.height:
            self.top = self.cursor - self.height + 1
        self.top = max(0, min(self.top, len(self.rows) - self.height))

    def on_resize(self) -> None:
        """Keep the cursor in sight and the room filled."""
        self._show_cursor()
        self.on_room()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows it takes, for Textual's layout."""
        return self.room if isinstance(self.parent, Body) else container.height

    def place(self) -> str:
        """Return where the view is in the list: ``1–14 av 212  PgDn``."""
        if not self.rows or (
            len(self.rows) <= self.height and not self._before and not self._after
        ):
            return ""
        low = self.first_number + self.top
        high = low + min(self.height, len(self.rows) - self.top) - 1
        more = self._after or self.top + self.height < len(self.rows)
        total = f" av {self.total}" if self.total is not None else ""
        where = f"{low}–{high}{total}" if self.numbered else ""
        up = "  PgUp" if self._before or self.top else ""
        return f"{where}{up}{'  PgDn' if more else ''}".strip()

    def caret(self) -> Offset:
        """Return the cell of the real cursor."""
        return Offset(1, 1 + self.cursor - self.top)

    def render_line(self, y: int) -> Strip:
        """Draw the column heads, then rows."""
        palette = self.palette
        painter = RowPainter(self.size.width, palette.text)
        if y == 0:
            for spec, column in zip(self.spec.fields, self._columns(), strict=True):
                if column.width:
                    painter.to(column.column)
                    painter.put(spec.label, palette.label)
            return painter.strip()
        index = self.top + y - 1
        if index >= len(self.rows):
            if not self.rows and y == 1 and self.loaded:
                painter.to(3)
                painter.put(self.empty, palette.note)
            return painter.strip()
        row = self.rows[index]
        current = index == self.cursor
        here = current and self.active
        style = palette.row_active if here else palette.note if row.dim else palette.text
        painter.put("›" if current else " ", style)
        for spec, column in zip(self.spec.fields, self._columns(), strict=True):
            if not column.width:
                continue
            text = row.cells[spec.name]
            if column.column > painter.at:
                painter.put(" " * (column.column - painter.at), style)
            look = self._cell(spec.kind, text, style)
            painter.field(text, column.width, look, right=spec.kind == "number")
        painter.put(" " * (self.size.width - painter.at), style)
        return painter.strip()

    def _columns(self) -> list[Placed]:
        if self._placed_for != self.size.width:
            self._placed = place(self.spec.fields, self._longest, self.size.width)
            self._placed_for = self.size.width
        return self._placed

    def row_values(self, *, cut: bool = False) -> list[tuple[str, str]]:
        """Return (heading, value) pairs of the row under the cursor; *cut*: only those shown cut."""
        if self.current is None:
            return []
        cells = self.current.cells
        return [
            (spec.label, text)
            for spec, column in zip(self.spec.fields, self._columns(), strict=True)
            if (text := cells[spec.name].strip())
            and (_is_cut(column, cells[spec.name]) if cut else not spec.until)
        ]

    def _measure(self) -> None:
        self._longest = [
            max((cell_len(visible(row.cells[spec.name])) for row in self.rows), default=0)
            for spec in self.spec.fields
        ]
        self._placed_for = -1

    def _cell(self, kind: str, text: str, style: Style) -> Style:
        if kind == "link":
            return style + Style(color=self.palette.link.color, bold=True)
        if kind == "mark" and text.strip() in {"V", "J"}:
            return style + Style(color=self.palette.good.color, bold=True)
        return style
