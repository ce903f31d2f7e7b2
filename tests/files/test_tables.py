"""Tables from others: what is read, and what is said of a file that is not one."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from pasis_tui.files.tables import BadTable, Wanted, read_table

COLUMNS = (Wanted("code", ("kod", "code")), Wanted("note", ("not", "text"), False))


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, row.cells) for row in read_table(path, COLUMNS) if not row.fault]


def text_file(folder: Path, content: bytes, name: str = "fil.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "Kod;Not\nÅ1;hej, du\n\nB2;\n"),
        ("b.csv", 'Kod,Not\nÅ1,"hej, du"\n\nB2,\n'),
        ("c.tsv", "Kod\tNot\nÅ1\they, du\n\nB2\t\n".replace("hey", "hej")),
        ("d.txt", '\ufeff"KOD:";"x";" Not "\r\nÅ1;;hej, du\r\n;;\r\nB2;;\r\n'),
    ],
)
def test_text_files_of_every_separator(tmp_path: Path, name: str, content: str) -> None:
    path = text_file(tmp_path, content.encode(), name)
    assert read(path) == [(2, {"code": "Å1", "note": "hej, du"}), (4, {"code": "B2", "note": ""})]


def test_a_books_first_sheet_with_its_types_as_text(tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    values = [199307142381, 7.0, " =1+1", None, True, dt.date(2026, 3, 2), dt.time(9, 30)]
    sheet.append(["En titel"])
    sheet.append([None, "Text", "Kod"])
    for value in values:
        sheet.append([None, value, "x"])
    path = tmp_path / "bok.xlsx"
    made.save(path)
    rows = read(path)
    assert [number for number, _ in rows] == list(range(3, 7))
    assert [row["note"] for _, row in rows] == ["199307142381", "7", " =1+1", ""]
    spoilt = [row for row in read_table(path, COLUMNS) if row.fault]
    assert [row.number for row in spoilt] == [7, 8, 9]  # no text: a box, a date, a time


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tom.csv", b"", "tom.csv är tom."),
        ("blank.csv", b"\n ; \n\n", "blank.csv är tom."),
        ("fel.csv", b"Namn;Ort\nA;B\n", "kolumn saknas: Kod. Filen har: Namn, Ort."),
        ("esc.csv", b"\x1b[2JNamn;Ort\nA;B\n", "Filen har: [2JNamn, Ort."),
        ("rubrik.csv", b"Kod;Not\n", "rubriker men inga rader"),
        ("latin.csv", "Kod;Not\nA;B\nÅ;Ä\n".encode("latin-1"), "latin.csv, rad 3: teckenkodningen"),
        ("utf16.csv", "Kod;Not\nA;B\n".encode("utf-16"), "utf16.csv, rad 1: ingen UTF-8-text"),
        ("bok.csv", b"PK\x03\x04abc", "bok.csv är en Excelbok"),
        ("noll.csv", b"Kod;Not\nA;\0\n", "noll.csv, rad 2"),
        ("bred.csv", b"Kod;Not\n" + b"A" * 200_000 + b";B\n", "bred.csv, rad 2"),
        ("falsk.xlsx", b"Kod;Not\nA;B\n", "falsk.xlsx är ingen Excelbok"),
        ("tom.xlsx", b"", "tom.xlsx är tom."),
        ("bok.xls", b"\xd0\xcf\x11\xe0", "ska vara .xlsx, .csv eller .tsv"),
        ("bild.pdf", b"%PDF", "ska vara .xlsx, .csv eller .tsv"),
    ],
)
def test_what_is_no_table_is_a_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(BadTable) as caught:
        read(text_file(tmp_path, content, name))
    assert words in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_packed_file_that_is_no_book_and_a_cut_book(tmp_path: Path) -> None:
    path = tmp_path / "arkiv.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("hej.txt", "hej")
    with pytest.raises(BadTable, match="ingen Excelbok"):
        read(path)
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Kod"])
    for n in range(2_000):
        sheet.append([f"A{n}"])
    whole = tmp_path / "hel.xlsx"
    made.save(whole)
    with zipfile.ZipFile(whole) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:40_000]
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    with pytest.raises(BadTable, match=r"efter rad \d+: Excelboken är skadad|ingen Excelbok"):
        read(path)


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "mapp.csv").mkdir()
    for name in ("mapp.csv", "borta.xlsx"):
        with pytest.raises(BadTable, match="finns inte eller är ingen fil"):
            read(tmp_path / name)
