"""A tiny book with a row 2,000,000,000, 60,000 rows far to the right or 900 MB of texts took a
minute or all memory.  Each is refused by what it says of itself, within 200 MiB.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sideways.books import MAIN, book, cell, row, sheet

MIB = 2**20
HEAD = row("Kod", "Text", number=1)
# The reader alone in a process that gets no more memory than the program may take for it.
READ = """
import resource, sys
from pathlib import Path
from pasis_tui.files.tables import BadTable, Wanted, read_table
import encodings.idna, pyexpat
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 200 * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
try:
    table = read_table(Path(sys.argv[1]), [Wanted("code", ("kod",)), Wanted("text", ("text",))])
    print("read", len(table))
except BadTable as bad:
    print("refused", bad)
print(f"{sum(resource.getrusage(resource.RUSAGE_SELF)[:2]):.2f} s", file=sys.stderr)
"""


def read(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", READ, str(path)],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def packed(path: Path, part: str, begin: str, filling: bytes, times: int, end: str) -> Path:
    """A book whose *part* holds *filling* so many times."""
    book(path, sheet(HEAD, row("F001", "x", number=2)), strings="<si/>")
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist() if name != part}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)
        with new.open(part, "w", force_zip64=True) as file:
            file.write(begin.encode())
            for _ in range(times):
                file.write(filling)
            file.write(end.encode())
    return path


def a_row_two_milliards_down(path: Path) -> Path:
    return book(path, sheet(HEAD, row("F001", "x", number=2_000_000_000)))


def sixty_thousand_rows_far_right(path: Path) -> Path:
    far = [row(cell("x", at=f"XFD{n}"), number=n) for n in range(2, 60_002)]
    return book(path, sheet(HEAD, *far))


def sixty_thousand_heads_far_right(path: Path) -> Path:
    far = [row(cell("x", at=f"XFD{n}"), number=n) for n in range(1, 60_002)]
    return book(path, sheet(*far))


def texts_of_900_megabytes(path: Path) -> Path:
    some = b"<si><t>" + b"x" * 1000 + b"</t></si>"
    filling = some * 1000
    times = 900 * MIB // len(filling)
    return packed(path, "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">', filling, times, "</sst>")


def one_text_of_900_megabytes(path: Path) -> Path:
    begin = f'<sst xmlns="{MAIN}"><si><t>'
    return packed(path, "xl/sharedStrings.xml", begin, b"x" * MIB, 900, "</t></si></sst>")


def a_million_blank_texts(path: Path) -> Path:
    begin = f'<sst xmlns="{MAIN}">'
    return packed(path, "xl/sharedStrings.xml", begin, b"<si/>" * 100_000, 12, "</sst>")


def a_sheet_of_nothing(path: Path) -> Path:
    begin = f'<worksheet xmlns="{MAIN}"><sheetData>'
    end = "</sheetData></worksheet>"
    return packed(path, "xl/worksheets/sheet1.xml", begin, b" " * MIB, 400, end)


def deep_elements(path: Path) -> Path:
    begin = f'<worksheet xmlns="{MAIN}"><sheetData>'
    return packed(path, "xl/worksheets/sheet1.xml", begin, b"<a>" * 20_000, 12, "")


def a_billion_laughs(path: Path) -> Path:
    named = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE sst [<!ENTITY l0 "ha">{named}]>'
    texts = f'{laughs}<sst xmlns="{MAIN}"><si><t>&l9;</t></si></sst>'
    return book(path, sheet(HEAD), strings="<si/>", more={"xl/sharedStrings.xml": texts})


def many_parts(path: Path) -> Path:
    more = {f"xl/{n:0100}.xml": "" for n in range(12_000)}
    return book(path, sheet(HEAD, row("F001", "x")), more=more)


def a_part_that_lies_about_its_size(path: Path) -> Path:
    texts_of_900_megabytes(path)
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as made:
        size = made.getinfo("xl/sharedStrings.xml").file_size
    claimed = size.to_bytes(4, "little")
    at = whole.rfind(claimed)
    while at >= 0:  # in the directory and beside the part
        whole[at : at + 4] = (1000).to_bytes(4, "little")
        at = whole.rfind(claimed, 0, at)
    path.write_bytes(whole)
    return path


def too_many_rows(path: Path) -> Path:
    rows = [f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 200_004)]
    return book(path, sheet(HEAD, *rows))


BOOKS: dict[Callable[[Path], Path], str] = {
    a_row_two_milliards_down: "radnumren i boken stämmer inte",
    sixty_thousand_rows_far_right: "innehåll efter kolumn 256",
    sixty_thousand_heads_far_right: "kolumn saknas",
    texts_of_900_megabytes: " MB, mer än som läses",
    one_text_of_900_megabytes: " MB, mer än som läses",
    a_million_blank_texts: "mer än 1000000 texter",
    a_sheet_of_nothing: " MB, mer än som läses",
    deep_elements: "ingen Excelbok",
    a_billion_laughs: "ingen Excelbok",
    many_parts: "ingen Excelbok",
    a_part_that_lies_about_its_size: "ingen Excelbok",
    too_many_rows: "mer än 200000 rader",
}


@pytest.mark.parametrize("make", BOOKS)
def test_a_book_that_could_fill_the_memory_is_refused(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    said = read(make(tmp_path / "bok.xlsx"))
    assert said.startswith("refused bok.xlsx")
    assert BOOKS[make] in said


def test_a_large_book_that_somebody_needs_is_read(tmp_path: Path) -> None:
    """As many rows as the official lists have, on a sheet that is formatted to its very end."""
    rows = [row(f"F{n % 1000:03}", f"text {n}", number=n) for n in range(2, 60_002)]
    far = [f'<row r="{n}" s="3"><c r="XFD{n}" s="3"/></row>' for n in range(60_002, 120_000)]
    assert read(book(tmp_path / "bok.xlsx", sheet(HEAD, *rows, *far))) == "read 60000\n"
