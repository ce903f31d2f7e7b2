"""A stray quotation mark swallowed the rest of a text file, and a spoilt cell was read as blank.

Every import meets every fault that a file from another program may have: the row or the sheet is
named, the exit code says that the file was not taken whole, and nothing of it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pasis_tui.cli.main import main
from pasis_tui.store.actor import Context
from tests.services.practice import clerk, practice
from tests.services.transfer_files import WRITTEN, sql
from tests.sideways.books import DATE, KINDS, book, cell, row, sheet

Rows = tuple[Sequence[str], Sequence[str]]
Made = Callable[[Path, Rows], Path]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    home = tmp_path_factory.mktemp("hem")
    with practice(home) as database, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASIS_DATA_DIR", str(home))
        yield clerk(database, "KL")


def text(folder: Path, mark: str, heads: Sequence[str], *rows: str, name: str = "fil.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((mark.join(heads), *rows)) + "\n", encoding="utf-8")
    return path


def last(good: Sequence[str], *, new: str) -> list[str]:
    return [*good[:-1], new]


# -- text files: the fault is in row 3 ------------------------------------------------------------


def a_quote_that_opens(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    bad = ";".join(last(good, new='"' + good[-1]))
    return text(folder, ";", heads, ";".join(good), bad, ";".join(good))


def a_quote_that_a_later_row_closes(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    opens, closes = last(good, new='"x'), last(good, new='x"')
    return text(folder, ";", heads, ";".join(good), ";".join(opens), ";".join(closes))


def a_quote_in_the_middle(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    return text(folder, ",", (*heads, "X"), ",".join((*good, "")), ",".join((*good, 'a"b')))


def text_after_a_quote(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    return text(folder, ";", (*heads, "X"), ";".join((*good, "")), ";".join((*good, '"a"b')))


def a_column_too_many(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    return text(folder, "\t", heads, "\t".join(good), "\t".join((*good, "mer")), name="fil.tsv")


def a_column_too_few(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    return text(folder, ";", (*heads, "X"), ";".join((*good, "")), ";".join(good))


def a_control_character(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    bad = [good[0] + "\x1b[2J", *good[1:]]
    return text(folder, "\t", heads, "\t".join(good), "\t".join(bad), name="fil.tsv")


# -- books: the fault is in row 3 -----------------------------------------------------------------


def with_cell(folder: Path, rows: Rows, spoilt: str) -> Path:
    heads, good = rows
    return book(folder / "fil.xlsx", sheet(row(*heads), row(*good), row(spoilt, *good[1:])))


def a_formula_without_its_value(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("", kind="n", formula='IF(1=1,"J","N")'))


def an_error_value(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("#N/A", kind="e"))


def an_error_of_a_formula(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("#REF!", kind="e", formula="A0"))


def a_shared_text_that_is_not_there(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("7", kind="s"))


def a_kind_nobody_knows(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("7", kind="zz"))


def a_date_where_text_belongs(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("46083", kind="n", style=DATE))


def a_box_where_text_belongs(folder: Path, rows: Rows) -> Path:
    return with_cell(folder, rows, cell("1", kind="b"))


def merged(folder: Path, rows: Rows, *references: str) -> Path:
    heads, good = rows
    cells = "".join(f'<mergeCell ref="{each}"/>' for each in references)
    body = [row(*good) for _ in range(2)]
    return book(
        folder / "fil.xlsx",
        sheet(row(*heads, "X"), *body, after=f"<mergeCells>{cells}</mergeCells>"),
    )


def merged_over_rows(folder: Path, rows: Rows) -> Path:
    return merged(folder, rows, "A3:A9")


def merged_over_columns(folder: Path, rows: Rows) -> Path:
    return merged(folder, rows, "XFD1:XFD9", "A3:C3")


ROW_3: tuple[Made, ...] = (
    a_quote_that_opens,
    a_quote_that_a_later_row_closes,
    a_quote_in_the_middle,
    text_after_a_quote,
    a_column_too_many,
    a_column_too_few,
    a_control_character,
    a_formula_without_its_value,
    an_error_value,
    an_error_of_a_formula,
    a_shared_text_that_is_not_there,
    a_kind_nobody_knows,
    a_date_where_text_belongs,
    a_box_where_text_belongs,
    merged_over_rows,
    merged_over_columns,
)


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize("make", ROW_3)
def test_a_faulty_row_is_named_and_nothing_is_written(
    world: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, make: Made
) -> None:
    said = refused(world, capsys, what, make(tmp_path, KINDS[what]))
    assert "rad 3: " in said


# -- the whole file -------------------------------------------------------------------------------


def a_head_over_two_columns(folder: Path, rows: Rows) -> Path:
    return merged(folder, rows, "A1:B1")


def two_sheets_that_fit(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    one = sheet(row(*heads), row(*good))
    return book(folder / "fil.xlsx", ("Januari", "visible", one), ("Februari", "visible", one))


def only_a_hidden_sheet_fits(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    one, other = sheet(row(*heads), row(*good)), sheet(row("Läs mig"))
    return book(folder / "fil.xlsx", ("Läs", "visible", other), ("Data", "veryHidden", one))


def rows_that_go_backwards(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    made = sheet(row(*heads, number=5), row(*good, number=6), row(*good, number=6))
    return book(folder / "fil.xlsx", made)


def a_row_far_down(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    return book(folder / "fil.xlsx", sheet(row(*heads), row(*good, number=2_000_000_000)))


def cells_out_of_order(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    twice = row(cell(good[0], at="A2"), cell("x", at="A2"), number=2)
    return book(folder / "fil.xlsx", sheet(row(*heads, number=1), twice))


def a_cell_far_right(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    far = row(*good[:1], cell("x", at="XFD2"), number=2)
    return book(folder / "fil.xlsx", sheet(row(*heads, number=1), far))


def entities(folder: Path, rows: Rows) -> Path:
    heads, good = rows
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    made = sheet(row(*heads), row(*good)).replace("<worksheet", laughs + "<worksheet", 1)
    return book(folder / "fil.xlsx", made)


def a_protected_book(folder: Path, rows: Rows) -> Path:
    path = folder / "fil.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    return path


def a_line_without_end(folder: Path, rows: Rows) -> Path:
    return text(folder, ";", rows[0], "x" * 300_000)


WHOLE: dict[Made, str] = {
    a_head_over_two_columns: "är sammanslagen över flera kolumner",
    two_sheets_that_fit: "flera blad har kolumnerna: ”Januari”, ”Februari”",
    only_a_hidden_sheet_fits: "bara på det dolda bladet ”Data”",
    rows_that_go_backwards: "efter rad 6: radnumren i boken stämmer inte",
    a_row_far_down: "efter rad 1: radnumren i boken stämmer inte",
    cells_out_of_order: "rad 2: cellerna i boken står inte i ordning",
    a_cell_far_right: "rad 2: bladet har innehåll efter kolumn 256",
    entities: "är ingen Excelbok (.xlsx) som går att läsa",
    a_protected_book: "lösenordsskyddad",
    a_line_without_end: "rad 2: raden är längre än",
}


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize("make", WHOLE)
def test_a_faulty_file_is_refused_with_its_reason(
    world: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, make: Made
) -> None:
    assert WHOLE[make] in refused(world, capsys, what, make(tmp_path, KINDS[what]))


def refused(world: Context, capsys: pytest.CaptureFixture[str], what: str, path: Path) -> str:
    """What the import says, which refuses; the database is as it was."""
    before = [sql(world.database, f"select * from {name}") for name in WRITTEN]
    assert main(["import", what, str(path), "--date", "2026-03-09"]) in {1, 2}
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "\x1b" not in said
    assert [sql(world.database, f"select * from {name}") for name in WRITTEN] == before
    return said


# -- what is read whole ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("a.tsv", 'Kod\tText\nF001\t"B\nF002\tC"D\nF003\tE\n', ['"B', 'C"D', "E"]),
        ("b.csv", 'Kod;Text\nF001;"B;""C"""\nF002;"D"\n', ['B;"C"', "D"]),
        ("c.csv", 'Siffror om 5" skivor\nKod,Text\r\nF001,"B, C"\r\n', ["B, C"]),
        ("d.csv", "Kod;Text\rF001;B\rF002;C\r", ["B", "C"]),
    ],
)
def test_quotation_marks_are_read_as_they_are_meant(
    world: Context, tmp_path: Path, name: str, content: str, texts: list[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode())
    assert main(["import", "icd10", str(path)]) == 0
    rows = sql(
        world.database, "select text from imported_code where system = 'ICD10' order by code"
    )
    assert [each for (each,) in rows] == texts


def test_an_old_macs_long_file_keeps_its_row_numbers(
    world: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes(
        b"Kod;Text\r"
        + b"".join(b"F%03d;%s\r" % (n % 999, b"x" * 50) for n in range(5_000))
        + b"?;y\r"
    )
    assert main(["import", "icd10", str(path)]) == 1
    assert "rad 5002: ”?” är ingen ICD-10-kod." in capsys.readouterr().err


def test_quoted_text_in_a_file_with_tabs_is_told(
    world: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = text(tmp_path, "\t", ("Kod", "Text"), 'F001\t"Alkohol, akut"', name="fil.tsv")
    assert main(["import", "icd10", str(path)]) == 0
    assert "Rader med text inom citattecken: 1." in capsys.readouterr().out
