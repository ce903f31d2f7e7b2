"""``pasis show`` printed escape sequences, C1, NUL and marks of direction as they stood.

Nothing raw leaves the program: in its output, its sentences, its JSON, its books and papers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from pasis_tui.cli.main import main
from pasis_tui.files.books import Column, write_book
from pasis_tui.files.plain_text import write_private
from pasis_tui.store.database import Database
from pasis_tui.validation.unseen import as_json, marked, seen, shortened
from pasis_tui.widgets.cells import visible
from tests.services.practice import practice

RAW = (
    "\x1b]0;x\x07\x1b[2J\x00\r\n\t\x08\x7f\x80\x85\x9b31m\x9f\u061c\u200e\u200f\u202a\u202e\u2066\u2069"
    "\u2028\u2029\ufeff\u00ad\ufffe\U000e0001"
)
HALF = "\ud800"
NAME = f"Test{RAW}kvist"
DAY = ["--date", "2026-03-02"]
NUMBER = "199307142381"


def clean(shown: str, also: str = "\n") -> None:
    raw = {c for c in shown if not c.isprintable() and c not in also}
    assert not raw, sorted(map(ascii, raw))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice database in which every text of a person and a unit holds what must not leave."""
    made = tmp_path_factory.mktemp("hem")
    with practice(made) as database, database.engine.begin() as connection:
        for table in ("patient", "referring_unit", "caregiver", "reception", "unit", "visit"):
            for _, column, kind, *_ in connection.execute(text(f"pragma table_info({table})")):
                if "CHAR" in kind and column in WRITTEN:
                    connection.execute(text(f"update {table} set {column} = :raw"), {"raw": NAME})
    return made


WRITTEN = {"family_name", "given_name", "address", "postcode", "city", "phone", "name", "place",
           "listed_unit_name", "provider", "cancel_reason"}  # fmt: skip


def pasis(home: Path, *arguments: str | bytes, code: int | None = None, **more: str) -> str:
    """What ``pasis`` prints, in a process of its own; both streams must be clean."""
    done = subprocess.run(
        [sys.executable, "-m", "pasis_tui", *arguments],
        env={**os.environ, "PASIS_DATA_DIR": str(home), "PYTHONUTF8": "1", **more},
        capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said, wrong = (
        stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr)
    )
    clean(said)
    clean(wrong)
    assert "Traceback" not in wrong
    if code is not None:
        assert done.returncode == code, wrong
    return said + wrong


@pytest.fixture(scope="module")
def number(home: Path) -> str:
    with Database.open(home / "ovning.db") as database, database.engine.connect() as connection:
        rows = connection.execute(
            text(
                "select p.identity_number from visit v join patient p on p.id = v.patient_id join unit u"
                " on u.id = v.unit_id join medical_registration m on m.visit_id = v.id where"
                " u.code = 'PSMA01' and p.protected = 0 and v.cancelled_at is null limit 1"
            )
        ).scalar_one()
    return str(rows)


@pytest.mark.parametrize("screen", ["014", "040", "048", "083", "184"])
def test_every_screen_of_show_in_text_and_json(home: Path, number: str, screen: str) -> None:
    shown = pasis(home, "show", screen, number, *DAY, code=0)
    records = json.loads(pasis(home, "show", screen, number, "--json", *DAY, code=0))
    if screen == "014":
        assert records["address"] == NAME  # escaped, and whole
        assert "Test\ufffd]0;x\ufffd" in shown
        assert len(shown.splitlines()) == len(records)  # a line break of a name makes no line


ARGUMENTS: list[list[str | bytes]] = [
    [f"v{RAW[1:8]}"],
    ["show", f"0{RAW[1:8]}"],
    ["show", "014", f"19{RAW.replace(chr(0), '')}"],
    ["show", "014", NUMBER, "--date", f"2{RAW.replace(chr(0), '')}"],
    ["show", "014", NUMBER, "--unit", f"P{RAW.replace(chr(0), '')}"],
    ["show", "184", "--visit", f"1{RAW.replace(chr(0), '')}"],
    ["show", "014", NUMBER, "--database", f"/finns/{RAW.replace(chr(0), '')}/x.db"],
    ["show", "014", NUMBER, "--database", b"/finns/\xff\xfe/x.db"],
    ["show", "014", NUMBER, "--database", f"postgresql://{RAW.replace(chr(0), '')}@nowhere.invalid/x"],
    ["import", "icd10", f"/tmp/{RAW.replace(chr(0), '')}.csv"],
    ["import", "icd10", b"/tmp/\xff\x9b.csv"],
    ["import", "icd10", f"~{RAW[1:4]}/x.csv"],
    ["import", f"x{RAW[1:8]}", "x.csv"],
    ["export", "besok", f"/tmp/finns-ej/{RAW.replace(chr(0), '')}.xlsx", "--from", "2026-01-01", "--to", "2026-02-01"],
    ["export", "besok", f"/tmp/x{RAW[1:8]}", "--from", "2026-01-01", "--to", "2026-02-01"],
    ["export", "besok", "x.xlsx", "--from", f"2{RAW[1:8]}", "--to", "2026-02-01"],
    ["export", "besok", "x.xlsx", "--from", "2026-01-01", "--to", "2026-02-01", "--signature", f"A{RAW[1:8]}"],
    ["db", "check", "--database", f"/finns/{RAW.replace(chr(0), '')}.db"],
    ["db", f"x{RAW[1:8]}"],
    [f"--theme=x{RAW[1:8]}"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=range(len(ARGUMENTS)))
def test_what_is_typed_on_the_command_line_is_quoted_clean(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str | bytes],
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(home))
    with suppress(SystemExit):
        assert main([os.fsdecode(each).replace("/tmp", str(tmp_path)) for each in arguments])
    said = capsys.readouterr()
    clean(said.out)
    clean(said.err)
    assert said.err.startswith("pasis: ")


def test_what_stands_in_a_file_is_quoted_clean(home: Path, tmp_path: Path) -> None:
    path = tmp_path / f"fil{RAW.replace(chr(0), '')}.csv"
    for content in (f"A{RAW[:-1]};B\n", f"Kod;Text\nX{RAW[1:5]}Y;hej\nF001;{RAW[17:20]}\n"):
        path.write_text(content.replace("\0", ""), encoding="utf-8")
        assert pasis(home, "import", "icd10", str(path))


def test_a_name_with_line_breaks_is_written_and_told(home: Path, tmp_path: Path) -> None:
    path = tmp_path / f"l\n{RAW[1:9]}.xlsx"
    said = pasis(
        home, "export", "besok", str(path), "--from", "2026-01-01", "--to", "2026-02-01", code=0
    )
    assert len(said.splitlines()) == 1
    (sheet, *_) = load_workbook(path).worksheets
    for row in sheet.iter_rows(values_only=True):
        clean(" ".join(str(value) for value in row if value is not None))


def test_an_output_that_lacks_the_letters_gets_them_as_it_can(home: Path, number: str) -> None:
    said = pasis(
        home, "show", "040", number, *DAY, PYTHONIOENCODING="ascii", PYTHONUTF8="0", code=0
    )
    assert "V?rdgivare" in said


def test_one_function_serves_every_door(tmp_path: Path) -> None:
    raw = NAME + HALF
    clean(seen(raw), "")
    clean(marked(raw), "")
    clean(visible(raw), "")
    clean(shortened(raw, 10), "")
    clean(as_json({raw: [raw]}))
    assert json.loads(as_json({raw: [raw]})) == {raw: [raw]}
    assert marked("a\u00a0b \u200c\u200d") == "a b \u200c\u200d"
    path = tmp_path / "bok.xlsx"
    write_book(path, "T", [Column("N", 9)], [[raw], ["=1" + raw]], [("Ordning", raw)])
    for sheet in load_workbook(path).worksheets:
        for row in sheet.iter_rows(values_only=True):
            clean(" ".join(str(value) for value in row if value), "")
    write_private(tmp_path, "papper.txt", [raw])
    clean((tmp_path / "papper.txt").read_text(encoding="utf-8"))


def test_every_character_that_nobody_sees_is_known() -> None:
    for code in range(sys.maxunicode + 1):
        c = chr(code)
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in "\u200c\u200d":
            assert seen(f"a{c}b") == "ab", hex(code)
            assert c not in as_json(c) or c == "\n", hex(code)
