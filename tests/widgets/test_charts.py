"""Bars and boxes as rows of text: lengths, places and the room they take."""

from __future__ import annotations

import pytest

from pasis_tui.display.display_files import Format
from pasis_tui.services.reports.statistics import box
from pasis_tui.widgets.chart_list import ChartList
from pasis_tui.widgets.charts import (
    HATCHED,
    SECOND,
    SOLID,
    Bar,
    BarGroup,
    BoxGroup,
    bar,
    bars,
    box_rows,
    boxes,
    scale,
)
from pasis_tui.widgets.palette import palette
from tests.widgets.harness import lines, on_screen


def group(count: int) -> BarGroup:
    return BarGroup("X", [Bar(f"B{n}", ((SOLID, float(n)),), str(n)) for n in range(1, count + 1)])


@pytest.mark.parametrize(
    ("parts", "drawn"),
    [
        ([(SOLID, 10.0)], SOLID * 10),
        ([(SOLID, 5.5)], SOLID * 5 + "▌"),
        ([(HATCHED, 5.4)], HATCHED * 5),
        ([(HATCHED, 5.6)], HATCHED * 6),
        ([(SOLID, 3.0), (SECOND, 4.0)], SOLID * 3 + SECOND * 4),
        ([(SOLID, 0.0)], ""),
    ],
)
def test_a_bar_is_as_long_as_its_value(parts: list[tuple[str, float]], drawn: str) -> None:
    assert bar(parts, 10, 10) == drawn


def test_a_bar_of_nothing_draws_nothing() -> None:
    assert bar([(SOLID, 0.0)], 0, 10) == ""
    assert bars([BarGroup("X", [])], 78, 15) != []


@pytest.mark.parametrize(("top", "wanted"), [(0, 5), (5, 5), (51, 100), (266, 500), (101, 250)])
def test_a_scale_is_round_and_holds_the_greatest(top: float, wanted: float) -> None:
    assert scale(top) == wanted


def test_a_box_stands_where_its_numbers_are() -> None:
    (row,) = box_rows(box([0, 25, 50, 75, 100]), 100, 101, SOLID, 1)
    assert (row[0], row[50], row[100]) == ("├", "┃", "┤")
    assert (row[24], row[25], row[75], row[76]) == ("─", SOLID, SOLID, "─")
    top, middle, bottom = box_rows(box([0, 25, 50, 75, 100]), 100, 101, HATCHED, 3)
    assert (top[25], top[50], top[75]) == ("┌", "┬", "┐")
    assert (bottom[25], bottom[50], bottom[75]) == ("└", "┴", "┘")
    assert middle[26] == HATCHED


def test_no_value_draws_no_box_and_one_value_a_line() -> None:
    assert box_rows(None, 100, 20, SOLID, 1) == [" " * 20]
    assert box_rows(box([50]), 100, 21, SOLID, 1) == [" " * 10 + "┃" + " " * 10]
    assert "".join(box_rows(box([50]), 100, 21, SOLID, 3)).strip() == "┃"


@pytest.mark.parametrize("room", [4, 9, 15, 22, 40, 80])
def test_a_chart_takes_the_room_there_is(room: int) -> None:
    drawn = bars([group(4)], 78, room)
    assert len(drawn) <= max(room, 5)
    assert max(len(line.text) for line in drawn) <= 78
    plots = BoxGroup("X", [("Kvinnor", box([1, 2, 3])), ("Män", None)])
    drawn = boxes([plots, plots._replace(heading="Alla", dim=True)], 78, room)
    assert len(drawn) <= max(room, 7)
    assert ("┌" in "".join(line.text for line in drawn)) == (room >= 15)
    assert [line.text.strip()[-3:] for line in drawn].count("n 0") == 2


def test_more_bars_than_room_are_all_there() -> None:
    assert len(bars([group(40)], 78, 15)) == 41


async def test_a_chart_longer_than_its_room_is_scrolled_and_drawn_anew_when_resized() -> None:
    shown = ChartList(Format("chart", list=True, chart=True, empty="Inget."), palette("pasis"))
    async with on_screen(shown, 12) as pilot:
        assert "Inget." in lines(shown)[1]
        shown.draw("4 Behandlare", lambda width, room: bars([group(40)], width, room))
        assert "4 Behandlare" in lines(shown)[0]
        assert [line.split()[0] for line in lines(shown)[1:3]] == ["X", "B1"]
        await shown.press("down")
        assert [line.split()[0] for line in lines(shown)[1:3]] == ["B1", "B2"]
        assert shown.place() == "2–12 av 41  PgUp  PgDn"
        await shown.press("end")
        assert "B40" in lines(shown)[-1]
        await shown.press("up")
        assert "B39" in lines(shown)[-1]
        await pilot.resize_terminal(100, 60)
        await pilot.pause()
        assert [line.split()[0] for line in lines(shown)[1:3]] == ["X", "B1"]
        assert "B40" in "".join(lines(shown))
