"""What LibreOffice, Excel and databases write for a day or a time was refused, and 0.25 was 00:25.

Each form that can mean one thing is taken; what could mean two is refused with its reason.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook

from pasis_tui.files.tables import Wanted, read_table
from tests.sideways.books import DATE, ELAPSED, GENERAL, MOMENT, OWN, TIME, book, cell, row, sheet

WANTED = (Wanted("day", ("datum",), False, "date"), Wanted("clock", ("tid",), False, "time"))


def read(path: Path) -> list[tuple[str, str, str]]:
    return [
        (r.cells.get("day", ""), r.cells.get("clock", ""), r.fault)
        for r in read_table(path, WANTED)
    ]


def one(folder: Path, day: str, clock: str, **more: bool) -> tuple[str, str, str]:
    """A row of two cells, as XML."""
    (record,) = read(book(folder / "fil.xlsx", sheet(row("Datum", "Tid"), row(day, clock)), **more))  # type: ignore[arg-type]
    return record


def texts(folder: Path, day: str, clock: str) -> tuple[str, str, str]:
    """A row of a text file, and the same of a book that holds texts."""
    path = folder / "fil.tsv"
    path.write_text(f"Datum\tTid\n{day}\t{clock}\n", encoding="utf-8")
    (record,) = read(path)
    assert one(folder, cell(day), cell(clock)) == record
    return record


@pytest.mark.parametrize(
    "clock",
    ["09:00", "9:00", "0900", "900", "9", "9.00", "09.00", "09:00:00", "09:00:00.0000000",
     "9:00:00", "2026-03-02 09:00", "2026-03-02 09:00:00", "2026-03-02T09:00:00.000",
     "1899-12-30 09:00:00", "1970-01-01T09:00"],
)  # fmt: skip
def test_times_as_text(tmp_path: Path, clock: str) -> None:
    day, read_as, fault = texts(tmp_path, "2026-03-02", clock)
    assert fault == ""
    assert (
        read_as.removeprefix("2026-03-02 ").zfill(4).replace(":", "").replace("0009", "0900")
        == "0900"
    )
    assert day == "2026-03-02"


@pytest.mark.parametrize(
    "day",
    ["2026-03-02", "20260302", "260302", "2026-03-02 00:00:00", "2026-03-02T00:00:00",
     "2026-03-02 00:00", "2026-03-02 00:00:00.000"],
)  # fmt: skip
def test_dates_as_text(tmp_path: Path, day: str) -> None:
    read_as, _, fault = texts(tmp_path, day, "09:00")
    assert fault == ""
    assert read_as.replace("-", "") in {"20260302", "260302"}


@pytest.mark.parametrize(
    ("clock", "why"),
    [
        ("0.25", "del av dygnet"),
        ("0,375", "del av dygnet"),
        (".5", "del av dygnet"),
        ("09:00:30", "har sekunder"),
        ("09:00:00.5", "har sekunder"),
        ("24:00", "finns inte"),
        ("30:00:00", "finns inte"),
        ("2026-03-02 09:00:00Z", "tidszon"),
        ("2026-03-02T09:00:00+01:00", "tidszon"),
        ("2026-02-30 09:00", "finns inte"),
    ],
)
def test_times_that_are_refused(tmp_path: Path, clock: str, why: str) -> None:
    _, read_as, fault = texts(tmp_path, "2026-03-02", clock)
    assert read_as == ""
    assert fault.startswith("Tid: ")
    assert why in fault


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-03-02 09:00:00", "klockslaget 09:00:00"),
        ("2026-03-02T00:00:00Z", "tidszon"),
        ("46083", "är inget datum"),
        ("2/3", "är inget datum"),
        ("02/03/2026", "är inget datum"),
        ("26-03-02", "är inget datum"),
        ("i", "är inget datum"),
        ("-1", "är inget datum"),
    ],
)
def test_dates_that_are_refused(tmp_path: Path, day: str, why: str) -> None:
    read_as, _, fault = texts(tmp_path, day, "09:00")
    assert read_as == ""
    assert fault.startswith("Datum: ")
    assert why in fault


def number(value: str, style: int) -> str:
    return cell(value, kind="n", style=style)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        (number("46083", DATE), number("0.375", TIME)),
        (number("46083.0", OWN), number("0.375", GENERAL)),
        (number("4.6083E4", DATE), number("0.374999999999999", TIME)),
        (number("46083", GENERAL), number("0.375", ELAPSED)),
        (number("20260302", GENERAL), number("900", GENERAL)),
        (number("260302", GENERAL), number("9", GENERAL)),
        (number("46083", MOMENT), number("0.375", MOMENT)),
        (cell("2026-03-02", kind="d"), cell("09:00:00", kind="d")),
        (cell("2026-03-02T00:00:00", kind="d"), cell("1899-12-30T09:00:00.000", kind="d")),
        (
            cell("2026-03-02", kind="str", formula="TEXT(A9)"),
            cell("09:00", kind="str", formula="B"),
        ),
        (cell("46083", kind="n", style=DATE, formula="TODAY()"), number("0.375", TIME)),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_cells(tmp_path: Path, day: str, clock: str, strict: bool) -> None:
    texts_read = one(tmp_path, day, clock, strict=strict)
    assert texts_read[2] == ""
    assert texts_read[0] in {"2026-03-02", "20260302", "260302"}
    assert texts_read[1] in {"09:00", "900", "9"}


@pytest.mark.parametrize("style", [MOMENT, TIME, ELAPSED, GENERAL])
def test_a_moment_in_the_times_column_keeps_its_date_to_be_compared(
    tmp_path: Path, style: int
) -> None:
    texts_read = one(tmp_path, number("46083", DATE), number("46083.3819444444", style))
    assert texts_read == ("2026-03-02", "2026-03-02 09:10", "")


@pytest.mark.parametrize(
    ("day", "clock", "why"),
    [
        (number("46083.5", DATE), cell("09:00"), "Datum: 2026-03-02 har klockslaget 12:00:00"),
        (number("46083.5", GENERAL), cell("09:00"), "Datum: 2026-03-02 har klockslaget 12:00:00"),
        (number("50302", GENERAL), cell("09:00"), "2037-09-19 eller 2005-03-02"),
        (number("-3", DATE), cell("09:00"), "inget datum"),
        (number("1E300", DATE), cell("09:00"), "inget datum"),
        (number("1E300", GENERAL), cell("09:00"), "inget datum"),
        (number("NaN", GENERAL), cell("09:00"), "inget datum"),
        (number("4_6083", DATE), cell("09:00"), "inte går att läsa"),
        (number("0.5", TIME), cell("09:00"), "en tid, inget datum"),
        (cell("1", kind="b"), cell("09:00"), "kryssruta"),
        (cell("2026-03-02T00:00:00Z", kind="d"), cell("09:00"), "tidszon"),
        (cell("2026-13-02", kind="d"), cell("09:00"), "inte går att läsa"),
        (number("46083", DATE), number("1.25", ELAPSED), "Tid: tiden 30 timmar ligger utanför"),
        (number("46083", DATE), number("-0.25", TIME), "utanför dygnet"),
        (number("46083", DATE), number("0.3751", TIME), "har sekunder"),
        (number("46083", DATE), number("9.5", GENERAL), "kan vara flera tider"),
        (number("46083", DATE), number("INF", GENERAL), "kan vara flera tider"),
    ],
)
def test_cells_that_are_refused(tmp_path: Path, day: str, clock: str, why: str) -> None:
    assert why in one(tmp_path, day, clock)[2]


def test_a_book_that_counts_from_1904(tmp_path: Path) -> None:
    body = row(number("44621", DATE), number("0.375", TIME)), row(number("44621", GENERAL))
    path = book(
        tmp_path / "fil.xlsx",
        sheet(row("Datum", "Tid"), *body),
        properties='<workbookPr date1904="1"/>',
    )
    (first, second) = read(path)
    assert first == ("2026-03-02", "09:00", "")
    assert "räknar dagar från 1904" in second[2]


def test_shared_texts_of_several_runs_and_without_their_reading(tmp_path: Path) -> None:
    strings = (
        "<si><r><t>2026-</t></r><r><t>03-02</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
        "<si><t>09:00</t></si>"
    )
    path = book(
        tmp_path / "fil.xlsx",
        sheet(row("Datum", "Tid"), row(cell("0", kind="s"), cell("1", kind="s"))),
        strings=strings,
    )
    assert read(path) == [("2026-03-02", "09:00", "")]


def test_a_book_that_openpyxl_writes(tmp_path: Path) -> None:
    made = Workbook()
    page = made.active
    assert page is not None
    page.append(["Datum", "Tid"])
    page.append([dt.date(2026, 3, 2), dt.time(9, 10)])
    page.append([dt.datetime(2026, 3, 2), dt.timedelta(hours=9, minutes=10)])
    page.append(["2026-03-02", dt.datetime(2026, 3, 2, 9, 10)])
    page["B3"].number_format = "[h]:mm"
    made.save(tmp_path / "fil.xlsx")
    assert [(day, clock[-5:], fault) for day, clock, fault in read(tmp_path / "fil.xlsx")] == [
        ("2026-03-02", "09:10", "")
    ] * 3
