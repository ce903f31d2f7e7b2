"""Bad orders, bad targets and bad files at ``pasis export`` and ``pasis import``.

Each is a Swedish sentence and an exit code, with nothing half written and nothing left beside.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pasis_tui.cli.main import main
from pasis_tui.files.whole import FileTrouble
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports import lists
from pasis_tui.store.actor import Context
from tests.files.targets import CANNOT_MOUNT, TARGETS, a_folder, seen
from tests.services.clinic import confirming
from tests.services.practice import clerk, practice
from tests.services.transfer_files import WRITTEN, book, csv_file, sql

ENGLISH = ("Traceback", "Error", "error:", "No such", "Permission", "Is a directory")
DAY = ["--date", "2026-03-02"]
VISITS = ["export", "besok", "--from", "2026-01-01", "--to", "2026-02-01"]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    home = tmp_path / "hem"
    home.mkdir()
    monkeypatch.setenv("PASIS_DATA_DIR", str(home))
    with practice(home) as database:
        yield clerk(database, "KL")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "ut"
    folder.mkdir()
    return folder


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    """Run ``pasis``, which refuses with *code*; return what it said."""
    assert main([*arguments, *DAY]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("pasis: ")
    assert not any(word in said.err for word in ENGLISH)
    return said.err


# --- what is ordered ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (["besok"], "Fr.o.m. saknas"),
        (["besok", "--from", "2026-02-01"], "T.o.m. saknas"),
        (["besok", "--from", "2026-02-01", "--to", "2026-01-31"], "ligger före fr.o.m."),
        (["besok", "--from", "1926-01-01", "--to", "2026-01-01"], "längre än 10 år"),
        (["besok", "--from", "2026-02-30", "--to", "2026-03-01"], "Fr.o.m."),
        ([*VISITS[1:], "--signature", "ERIDAL"], "”ERIDAL” finns inte på enheten"),
        ([*VISITS[1:], "--signature", "FINNSEJ"], "”FINNSEJ” finns inte på enheten"),
        ([*VISITS[1:], "--category", "XX"], "Vårdgivarkategori"),
        (["kontrollista", "--list", "period"], "Fr.o.m. saknas"),
        (
            ["kontrollista", "--list", "period", "--from", "2026-02-01", "--to", "2026-01-31"],
            "ligger före fr.o.m.",
        ),
        (
            ["kontrollista", "--list", "period", "--from", "1926-01-01", "--to", "2026-01-01"],
            "längre än 10 år",
        ),
    ],
)
def test_bad_orders(
    world: Context, out: Path, capsys: pytest.CaptureFixture[str], order: list[str], words: str
) -> None:
    said = refused(capsys, 1, "export", *order, str(out / "x.xlsx"))
    assert said.startswith("pasis: LI01 ")
    assert words in said
    assert said.count("\n") == said.count("LI01 ")  # each fault on a line
    assert list(out.iterdir()) == []
    assert sql(world.database, "select * from audit_event where entity = 'list'") == []


def test_an_empty_period_is_a_book_with_a_head(
    world: Context, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    period = ["--from", "2018-01-01", "--to", "2018-01-02"]
    for order in (["besok"], ["kontrollista", "--list", "period"]):
        assert main(["export", *order, *period, str(out / "x.xlsx"), *DAY]) == 0
        assert capsys.readouterr().out.endswith("x.xlsx: 0 rader\n")
        assert load_workbook(out / "x.xlsx").worksheets[0].max_row == 1


# --- where it is written ------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_bad_targets(
    world: Context,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    target: Callable[[Path], Path],
) -> None:
    path = target(out)
    before = seen(out)
    said = refused(capsys, 2, *VISITS, str(path))
    assert f"kan inte skrivas: {TARGETS[target]}." in said
    assert said.count("\n") == 1
    assert seen(out) == before


def test_somebody_without_a_home(world: Context, capsys: pytest.CaptureFixture[str]) -> None:
    assert "hemmappen finns inte" in refused(capsys, 2, *VISITS, "~ingen-alls/x.xlsx")


@pytest.mark.parametrize("target", TARGETS)
def test_a_made_list_saved_to_a_bad_target(
    world: Context, out: Path, tmp_path: Path, target: Callable[[Path], Path]
) -> None:
    home = tmp_path / "hem"
    row = lists.make(world, lists.order_control_list(world, {"kind": "F"}), home)
    path = target(out)
    before = seen(out)
    confirmed = confirming("LI02")
    if target is a_folder:  # it gets the file under its own name
        saved = lists.save_copy(world, row.id, home, path, confirmed)
        assert saved == path / row.file_name
        return
    with pytest.raises(FileTrouble, match=TARGETS[target]):
        lists.save_copy(world, row.id, home, path, confirmed)
    assert seen(out) == before
    logged = "select reason from audit_event where entity = 'list_order' and action = 'read'"
    assert sql(world.database, logged) == []


def test_a_list_whose_folder_is_taken_says_why_at_once_and_when_it_is_fetched(
    world: Context, tmp_path: Path
) -> None:
    home = tmp_path / "hem"
    (home / "filer").write_text("ingen mapp")
    row = lists.make(world, lists.order_control_list(world, {"kind": "F"}), home)
    assert (row.state, row.file_name) == ("fel", "")
    assert "kan inte skapas" in row.message
    with pytest.raises(NotFound, match="kan inte skapas"):
        lists.preview(world, row.id, home)


@pytest.mark.parametrize("spoilt", [b"", b"inte Excel alls", b"PK\x03\x04" + bytes(900)])
def test_a_made_list_that_was_spoilt_on_the_disk(
    world: Context, tmp_path: Path, spoilt: bytes
) -> None:
    home = tmp_path / "hem"
    row = lists.make(world, lists.order_control_list(world, {"kind": "F"}), home)
    (lists.folder(world, home) / row.file_name).write_bytes(spoilt)
    with pytest.raises(NotFound, match=r"är skadad\. Beställ listan igen\."):
        lists.preview(world, row.id, home)


# --- what is read in ----------------------------------------------------------------------------


def a_text_called_a_book(folder: Path) -> Path:
    return csv_file(folder, "Kod;Text", "F100;Alkohol", name="bok.xlsx")


def a_cut_book(folder: Path) -> Path:
    path = book(folder, ["Kod", "Text"], ["F100", "Alkohol"], name="bok.xlsx")
    path.write_bytes(path.read_bytes()[:700])
    return path


def other_columns(folder: Path) -> Path:
    return book(folder, ["Artikel", "Pris"], ["Kaffe", 45], name="bok.xlsx")


def no_sheet_with_the_columns(folder: Path) -> Path:
    path = folder / "bok.xlsx"
    made = Workbook()
    made.worksheets[0].append(["Läs mig"])
    second = made.create_sheet("Data")
    second.append(["Artikel", "Pris"])
    made.save(path)
    return path


def an_empty_book(folder: Path) -> Path:
    return book(folder, name="bok.xlsx")


def a_head_alone(folder: Path) -> Path:
    return book(
        folder,
        ["Kod", "Text", "Namn", "Remiss från", "ID", "Testnummer", "Personnummer", "Datum", "Tid",
         "Attribut", "Signatur"],
        name="bok.xlsx",
    )  # fmt: skip


def a_folder_called_a_book(folder: Path) -> Path:
    (folder / "bok.xlsx").mkdir()
    return folder / "bok.xlsx"


BAD_BOOKS: dict[Callable[[Path], Path], str] = {
    a_text_called_a_book: "är ingen Excelbok (.xlsx) som går att läsa",
    a_cut_book: "är ingen Excelbok (.xlsx) som går att läsa",
    other_columns: "Filen har: Artikel, Pris.",
    no_sheet_with_the_columns: "Filen har: Läs mig",
    an_empty_book: "bok.xlsx är tom.",
    a_head_alone: "har rubriker men inga rader",
    a_folder_called_a_book: "finns inte eller är ingen fil",
}
WHATS = ("invoice-specification", "icd10", "kva", "referring-units", "test-numbers", "pmo")


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("make", BAD_BOOKS)
def test_bad_books_to_every_import(
    world: Context,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    what: str,
    make: Callable[[Path], Path],
) -> None:
    before = everything(world)
    said = refused(capsys, 2, "import", what, str(make(out)))
    assert BAD_BOOKS[make] in said
    assert said.count("\n") == 1
    assert everything(world) == before


def everything(context: Context) -> list[int]:
    return [sql(context.database, f"select count(*) from {name}")[0][0] for name in WRITTEN]


BAD_ROWS = {
    "invoice-specification": ("ID vårdåtagande", [f"{n}" for n in range(500_000, 600_000)]),
    "pmo": ("Personnummer;Datum;Tid;Attribut;Signatur", ["x;i;9;;A"] * 100_000),
}


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_hundred_thousand_bad_rows_are_one_list(
    world: Context, out: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    head, rows = BAD_ROWS[what]
    before = everything(world)
    assert main(["import", what, str(csv_file(out, head, *rows)), *DAY]) == 1
    said = capsys.readouterr()
    assert "100000" in said.out + said.err
    listed = [line.strip() for line in said.err.removeprefix("pasis: ").splitlines()]
    listed = listed if what == "pmo" else listed[1:]
    assert [line.split(":")[0] for line in listed[:50]] == [f"rad {n}" for n in range(2, 52)]
    assert listed[50:] == ["… och 99950 till"]
    assert everything(world) == before
    # A row in the log for each would be a flood; the first hundred and their number is enough.
    assert sql(world.database, "select count(*) from audit_event where action = 'denied'") == [
        (101 if what == "invoice-specification" else 0,)
    ]


# --- a full disk --------------------------------------------------------------------------------


@pytest.mark.skipif(CANNOT_MOUNT != 0, reason="no file system of one's own can be mounted here")
@pytest.mark.parametrize("what", ["import", "export"])
def test_a_database_on_a_full_disk(world: Context, tmp_path: Path, what: str) -> None:
    """The whole import is taken back; the next start finds the database as it was."""
    world.database.dispose()
    source = tmp_path / "hem" / "ovning.db"
    full = tmp_path / "full"
    full.mkdir()
    codes = csv_file(
        tmp_path, "Kod;Text", *(f"{a}{n:03};{'x' * 200}" for a in "QRSTUV" for n in range(1000))
    )
    room = 100 if what == "import" else 36
    size = source.stat().st_size // 1024 + room
    script = f"""
        mount -t tmpfs -o size={size}k none '{full}' && cp '{source}' '{full}' || exit 99
        "$@"; code=$?
        python='{sys.executable}'; "$python" -m pasis_tui db check
        cp '{full}'/* '{tmp_path}/hem'; ls -A '{full}'; exit $code
    """
    act = (
        ["import", "icd10", str(codes)] if what == "import" else [*VISITS, str(tmp_path / "x.xlsx")]
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh",
         sys.executable, "-m", "pasis_tui", *act, *DAY],
        env={**os.environ, "PASIS_DATA_DIR": str(full), "PYTHONUTF8": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr == (
        f"pasis: Det finns ingen plats kvar för databasen {full}/ovning.db. Inget sparades."
        " Frigör utrymme på disken och spara igen.\n"
    )
    assert done.stdout.splitlines() == [f"{full}/ovning.db: inga fel.", "ovning.db"]
    assert sql(world.database, "select count(*) from imported_code") == [(0,)]
    assert not (tmp_path / "x.xlsx").exists()
