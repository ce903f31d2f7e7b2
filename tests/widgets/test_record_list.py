"""A list over pages looks and moves like a plain list of all its rows."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from pasis_tui.display.display_files import FieldSpec, Format
from pasis_tui.widgets.palette import palette
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from tests.widgets.harness import lines, on_screen

SPEC = Format(
    "rows",
    list=True,
    empty="Inga rader. Ny (Alt+N) lägger upp en.",
    fields=(
        FieldSpec("number", "Nr", 6, column=2, kind="link", cut=True),
        FieldSpec("name", "Namn", 20, column=9, cut=True),
        FieldSpec("mark", "V", 1, column=30, kind="mark", cut=True),
        FieldSpec("end", "Slut", 9, column=71, cut=True),
    ),
)


def cells(number: str, name: str, mark: str) -> dict[str, str]:
    return {"number": number, "name": name, "mark": mark, "end": "slut"}


class Register:
    """Rows in pages, as the store gives them; counts what it was asked."""

    def __init__(self, count: int, *, counted: bool = True) -> None:
        self.rows = [
            Row(n, n, cells(str(n), f"Testsson {n}", "V" if n % 2 else "-")) for n in range(count)
        ]
        self.counted = counted
        self.asked: list[int] = []

    async def __call__(
        self, *, after: Any = None, before: Any = None, last: bool = False, size: int
    ) -> Batch:
        self.asked.append(size)
        if after is not None:
            start = after + 1
        elif before is not None:
            start = max(0, before - size)
        else:
            start = max(0, len(self.rows) - size) if last else 0
        end = before if before is not None else start + size
        return Batch(
            self.rows[start:end],
            start > 0,
            end < len(self.rows),
            len(self.rows) if self.counted else None,
        )


@asynccontextmanager
async def list_shown(
    count: int, rows: int = 15, *, counted: bool = True
) -> AsyncIterator[tuple[RecordList, Register]]:
    shown, register = RecordList(SPEC, palette("pasis")), Register(count, counted=counted)
    shown.active = True
    async with on_screen(shown, rows):
        await shown.load(register)
        yield shown, register


def look(shown: RecordList, count: int, at: int) -> None:
    """The list stands at row *at* of *count*, with a whole page around it in sight."""
    assert shown.current is not None
    assert shown.current.subject == at
    assert shown.current_number == at + 1
    seen = [int(line[2:8]) for line in lines(shown)[1:] if line.strip()]
    assert seen == list(range(seen[0], seen[0] + min(count, shown.height)))
    assert at in seen
    cursor = [line for line in lines(shown)[1:] if line.startswith("›")]
    assert [int(line[2:8]) for line in cursor] == [at]
    assert shown.caret() == (1, 1 + seen.index(at))
    if count > shown.height:
        up, down = seen[0] > 0, seen[-1] < count - 1
        place = f"{seen[0] + 1}–{seen[-1] + 1} av {count}"
        assert shown.place() == place + "  PgUp" * up + "  PgDn" * down
    assert len(shown.rows) <= 400 + 2 * shown.app.size.height


def moved(at: int, key: str, count: int, page: int) -> int:
    """Where a plain list's cursor would be."""
    steps = {"down": 1, "up": -1, "pagedown": page, "pageup": -page}
    wanted = {"home": 0, "end": count - 1}.get(key, at + steps.get(key, 0))
    return max(0, min(count - 1, wanted))


async def walk(shown: RecordList, count: int, at: int, keys: Sequence[str]) -> int:
    for key in keys:
        wanted = moved(at, key, count, shown.height)
        done = await shown.press(key)
        assert done == (wanted != at or key in {"home", "end"})
        at = wanted
        assert shown.current is not None
        assert (shown.current.subject, shown.current_number) == (at, at + 1)
        window = [row.subject for row in shown.rows[shown.top : shown.top + shown.height]]
        assert window == list(range(window[0], window[0] + min(count, shown.height)))
        assert at in window
        if at % 11 == 0:
            look(shown, count, at)
    look(shown, count, at)
    return at


# --- a thousand rows ------------------------------------------------------------------------


async def test_a_thousand_rows_down_and_up_one_by_one() -> None:
    async with list_shown(1000) as (shown, _):
        at = await walk(shown, 1000, 0, ["down"] * 1000)
        assert at == 999
        assert await walk(shown, 1000, at, ["up"] * 1000) == 0


async def test_a_thousand_rows_by_pages() -> None:
    async with list_shown(1000) as (shown, _):
        pages = 1000 // shown.height + 2
        at = await walk(shown, 1000, 0, ["pagedown"] * pages)
        assert at == 999
        assert await walk(shown, 1000, at, ["pageup"] * pages) == 0


async def test_end_and_back_by_pages_and_home() -> None:
    async with list_shown(1000) as (shown, _):
        at = await walk(shown, 1000, 0, ["end", *["pageup"] * 80, "end", "up", "home", "down"])
        assert at == 1


@pytest.mark.parametrize("count", [1, 2, 14, 15, 16, 39, 40, 400, 401, 1000])
@pytest.mark.parametrize("seed", range(2))
async def test_any_walk_equals_a_plain_list(count: int, seed: int) -> None:
    chosen = random.Random(seed)
    async with list_shown(count) as (shown, _):
        at = 0
        for _ in range(40):
            key = chosen.choice(["down", "up", "pagedown", "pageup", "home", "end"])
            at = await walk(shown, count, at, [key] * chosen.choice([1, 2, 15]))


async def test_no_more_rows_are_held_and_asked_for_than_a_few_pages() -> None:
    async with list_shown(100_000) as (shown, register):
        await walk(shown, 100_000, 0, ["pagedown"] * 100)
        await walk(shown, 100_000, shown.current_number - 1, ["end", *["pageup"] * 100])
        assert max(register.asked) <= 60


async def test_trimmed_rows_come_back() -> None:
    async with list_shown(1000) as (shown, _):
        at = await walk(shown, 1000, 0, ["pagedown"] * 60)
        at = await walk(shown, 1000, at, ["pageup"] * 60)
        assert at == 0
        assert await walk(shown, 1000, at, ["pagedown"] * 60) > 800


async def test_exactly_as_many_rows_as_are_held_have_no_more_after_them() -> None:
    async with list_shown(400) as (shown, _):
        await walk(shown, 400, 0, ["end"])
        await walk(shown, 400, 399, ["pageup"] * 40)
        await walk(shown, 400, 0, ["down"] * 399)
        assert "PgDn" not in shown.place()


# --- the first page fills the screen --------------------------------------------------------


async def test_a_list_loaded_before_it_has_a_size_fills_its_room() -> None:
    shown, register = RecordList(SPEC, palette("pasis")), Register(100)
    shown.display = False
    async with on_screen(shown, 30) as pilot:
        await shown.load(register)
        shown.display = True
        await pilot.pause()
        look(shown, 100, 0)


async def test_a_list_that_gets_more_room_fills_it() -> None:
    shown = RecordList(SPEC, palette("pasis"))
    async with on_screen(shown, 10) as pilot:
        await shown.load(Register(100))
        at = await walk(shown, 100, 0, ["pagedown", "pagedown", "pagedown"])
        for rows in (6, 10, 3, 10):
            shown.styles.height = rows
            await pilot.pause()
            look(shown, 100, at)
        at = await walk(shown, 100, at, ["end"])
        shown.styles.height = 5
        await pilot.pause()
        look(shown, 100, at)


# --- few rows, none, and rows that are not numbers ------------------------------------------


async def test_no_rows_say_what_to_do() -> None:
    async with list_shown(0) as (shown, _):
        assert SPEC.empty in lines(shown)[1]
        assert shown.current is None
        for key in ("down", "up", "pagedown", "pageup"):
            assert not await shown.press(key)
        for key in ("home", "end"):
            assert await shown.press(key)
        assert shown.place() == ""


async def test_before_loading_nothing_is_said() -> None:
    shown = RecordList(SPEC, palette("pasis"))
    async with on_screen(shown):
        assert SPEC.empty not in "".join(lines(shown))
        await shown.load(Register(3))
        shown.empty_out()
        assert "".join(lines(shown)[1:]).strip() == ""


async def test_a_list_that_fits_does_not_say_where_it_is() -> None:
    async with list_shown(5) as (shown, _):
        assert shown.place() == ""


async def test_column_heads_stand_over_their_columns() -> None:
    async with list_shown(3) as (shown, _):
        head, first, *_ = lines(shown)
        for spec, cell in zip(SPEC.fields, ("0", "Testsson 0", "-", "slut"), strict=True):
            assert head[spec.column :].startswith(spec.label)
            assert first[spec.column :].startswith(cell)


@pytest.mark.parametrize(
    "nasty",
    ["漢字" * 20, "e\u0301" * 40, "👨\u200d👩\u200d👧" * 9, "\x1b[31mröd", "א" * 40, "x" * 99],
)
async def test_no_cell_moves_its_neighbours(nasty: str) -> None:
    async def fetch(**wanted: Any) -> Batch:
        return Batch([Row(n, n, cells(nasty, nasty, nasty)) for n in range(3)])

    shown = RecordList(SPEC, palette("pasis"))
    async with on_screen(shown):
        await shown.load(fetch)
        for row in lines(shown)[1:4]:
            assert row.rstrip().endswith("slut")


async def test_what_the_marked_row_cuts_is_told() -> None:
    name = "Testsson-Övningsberg, Vera Alexandra 李小龍"

    async def fetch(**wanted: Any) -> Batch:
        return Batch([Row(1, 1, cells("1", name, "V")), Row(2, 2, cells("2", "Kort", "-"))])

    shown = RecordList(SPEC, palette("pasis"))
    async with on_screen(shown):
        assert shown.row_values(cut=True) == []
        await shown.load(fetch)
        assert shown.row_values(cut=True) == [("Namn", name)]
        assert shown.row_values() == [("Nr", "1"), ("Namn", name), ("V", "V"), ("Slut", "slut")]
        await shown.press("down")
        assert shown.row_values(cut=True) == []


async def test_the_cursor_and_marks_are_seen_without_colour() -> None:
    async with list_shown(4) as (shown, _):
        await shown.press("down")
        rows = lines(shown)[1:5]
        assert [row[0] for row in rows] == [" ", "›", " ", " "]
        assert [row[30] for row in rows] == ["-", "V", "-", "V"]


async def test_a_row_that_bears_a_number_is_chosen_by_it_wherever_the_list_stands() -> None:
    """In 040 with the form open three rows are seen; 2 went to the second of these."""
    spec = SPEC._replace(fields=(SPEC.fields[0]._replace(name="row_number"), *SPEC.fields[1:]))
    shown, register = RecordList(spec, palette("pasis")), Register(9)
    register.rows = [
        row._replace(cells={**row.cells, "row_number": row.cells["number"]})
        for row in register.rows
    ]
    shown.active = True

    async def all_at_once(**_asked: Any) -> Batch:
        return Batch(register.rows, total=9)

    async with on_screen(shown, 4):
        await shown.load(all_at_once)
        for number in (8, 2, 5):
            assert await shown.choose(number)
            assert shown.current is not None
            assert shown.current.cells["row_number"] == str(number)
            assert any(f"› {number} " in line for line in lines(shown))
        assert not await shown.choose(9)


async def test_choose_takes_visible_rows_only() -> None:
    async with list_shown(100) as (shown, _):
        await walk(shown, 100, 0, ["pagedown", "pagedown"])
        top = int(lines(shown)[1][2:8])
        assert await shown.choose(3)
        look(shown, 100, top + 2)
        assert not await shown.choose(0)
        assert not await shown.choose(shown.height + 1)
        look(shown, 100, top + 2)


async def test_a_key_of_others_is_left_to_them() -> None:
    async with list_shown(5) as (shown, _):
        assert not await shown.press("enter")
        assert not await shown.press("j")


async def test_without_a_count_the_place_is_not_invented() -> None:
    async with list_shown(100, counted=False) as (shown, _):
        assert "av" not in shown.place()
        await shown.press("end")
        assert shown.place() == "PgUp"
        await shown.press("home")
        assert shown.place() == f"1–{shown.height}  PgDn"


async def test_a_wider_screen_gives_its_room_to_the_columns_that_lack_it() -> None:
    register = Register(3)
    long = "slut på en lång mening"
    register.rows = [row._replace(cells={**row.cells, "end": long}) for row in register.rows]
    for columns, seen in ((80, "slut på…"), (90, "slut på en lång m"), (120, long)):
        shown = RecordList(SPEC, palette("pasis"))
        async with on_screen(shown, 10, columns):
            await shown.load(register)
            assert seen in lines(shown)[1]
            assert lines(shown)[0].index("Slut") == 71  # the others had enough


@pytest.mark.parametrize("count", [40, 100, 1000])
async def test_a_page_further_is_the_next_page(count: int) -> None:
    async with list_shown(count) as (shown, _):
        page = shown.height
        await shown.press("pagedown")
        assert shown.place().startswith(f"{page + 1}–{2 * page} av {count}")
        look(shown, count, page)
        await shown.press("down")
        await shown.press("pageup")
        assert shown.place().startswith(f"1–{page} av {count}")
        look(shown, count, 1)
        await shown.press("end")
        await shown.press("pageup")
        look(shown, count, count - 1 - page)
        assert shown.place().startswith(f"{count - 2 * page + 1}–{count - page} av")
