"""Files are written whole or not at all: bad targets, full disks, and nothing left beside."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pasis_tui.files.books import Column, write_book
from pasis_tui.files.plain_text import write_private
from pasis_tui.files.statistics_book import Sheet, write_statistics
from pasis_tui.files.whole import FileTrouble, added_to, typed_path, whole
from pasis_tui.validation.file_faults import in_swedish
from tests.files.targets import (
    CANNOT_MOUNT,
    TARGETS,
    in_a_file,
    in_a_folder_that_is_missing,
    on_a_full_disk,
    seen,
)

Write = Callable[[Path], object]


def a_book(path: Path, rows: int = 3) -> None:
    write_book(path, "T", [Column("A", 10)], ([f"rad {n}"] for n in range(rows)), [("Av", "mig")])


def some_statistics(path: Path, rows: int = 3) -> None:
    figures = [(f"rad {n}", float(n)) for n in range(rows)]
    write_statistics(path, [("Av", "mig")], [Sheet("S", ("", "n"), figures, "bar")])


def a_text(path: Path) -> None:
    write_private(path.parent, path.name, ["en rad"])


WRITERS = [a_book, some_statistics, a_text]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("write", WRITERS)
def test_a_target_that_cannot_be_written_is_a_sentence_and_nothing_changes(
    write: Write, target: Callable[[Path], Path], tmp_path: Path
) -> None:
    if write is a_text and target in {in_a_folder_that_is_missing, in_a_file}:
        pytest.skip("its folder is the program's own, and made")
    path = target(tmp_path)
    before = seen(tmp_path)
    with pytest.raises(FileTrouble) as caught:
        write(path)
    said = str(caught.value)
    assert said.startswith("Filen ")
    assert f"kan inte skrivas: {TARGETS[target]}." in said
    assert said.endswith("Välj en annan plats eller ett annat namn.")
    assert seen(tmp_path) == before


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_written_is_its_owners_only_whatever_was_there(
    write: Write, tmp_path: Path
) -> None:
    old = os.umask(0)
    try:
        path = tmp_path / "x.xlsx"
        path.write_text("gammalt och öppet för alla")
        path.chmod(0o666)
        write(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "gammalt" not in path.read_bytes().decode("latin-1")
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


def test_somebody_elses_file_of_nearly_the_same_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx.ny").write_text("en annan lista")
    a_book(tmp_path / "x.xlsx")
    assert (tmp_path / "x.xlsx.ny").read_text() == "en annan lista"


def test_a_file_that_is_open_elsewhere_keeps_what_its_reader_reads(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("gammalt")
    with path.open() as reader:
        a_book(path)
        assert reader.read() == "gammalt"
    assert load_workbook(path).worksheets[0]["A2"].value == "rad 0"


def test_a_fault_of_the_program_leaves_nothing_either(tmp_path: Path) -> None:
    def half() -> None:
        with whole(tmp_path / "x") as file:
            file.write(b"halva")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert list(tmp_path.iterdir()) == []


def test_text_stays_text_in_the_statistics_book(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    sheet = Sheet("S", ("", "n"), [("=1+1", 1.0), ("\x1b[31mA", None)], "bar")
    write_statistics(path, [("Enhet", "=2+2\x00")], [sheet])
    facts, figures = load_workbook(path).worksheets
    cells = [facts["B1"], figures["A2"], figures["A3"]]
    assert [(c.data_type, c.value) for c in cells] == [
        ("s", "=2+2"), ("s", "=1+1"), ("s", "[31mA"),
    ]  # fmt: skip


def test_somebody_unknown_has_no_home() -> None:
    with pytest.raises(FileTrouble, match=r"x\.xlsx går inte att nå: hemmappen finns inte"):
        typed_path("~ingen-alls/x.xlsx")
    assert typed_path("~/x.xlsx") == Path.home() / "x.xlsx"


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_fault_of_the_system_is_said_in_swedish(number: int) -> None:
    said = in_swedish(OSError(number, os.strerror(number)))
    assert said
    assert os.strerror(number).lower() not in said.lower()
    assert in_swedish(OSError("utan nummer")) == "systemet nekar (fel okänt)"


# --- a full disk ------------------------------------------------------------------------------

MANY = 40_000  # rows: a book of some 300 kB, and 2 MB in openpyxl's temporary file
_CHILD = """\
import sys
from pathlib import Path
from pasis_tui.files.whole import FileTrouble
from tests.files import test_whole
path = Path(sys.argv[1])
path.write_text("gammalt")
try:
    getattr(test_whole, sys.argv[4])(path, int(sys.argv[2]))
except FileTrouble as trouble:
    print(trouble)
print(sorted(p.name for p in path.parent.iterdir()), path.read_text(errors="replace")[:7])
print([p.name for p in Path(sys.argv[3]).iterdir()])
"""


def written_in(
    folder: Path, temporary: Path, write: Write, *wrapper: str, limit: int | None = None
) -> list[str]:
    """What a process says that writes a large book in *folder*, by way of *temporary*."""
    named = getattr(write, "__name__", "")

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [*wrapper, sys.executable, "-c", _CHILD, folder / "x.xlsx", str(MANY), temporary, named],
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": ".", "PYTHONUTF8": "1"},
        preexec_fn=limited,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    # openpyxl's ordinary books, which are small, complain when collected; ours of lists must not
    assert write is some_statistics or done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture
def rooms(tmp_path: Path) -> tuple[Path, Path]:
    """A folder for the book and one for temporary files."""
    (tmp_path / "bok").mkdir()
    (tmp_path / "tmp").mkdir()
    return tmp_path / "bok", tmp_path / "tmp"


@pytest.mark.parametrize("limit", [100_000, 1_000_000], ids=["the book", "its temporary file"])
def test_no_room_for_so_large_a_file(rooms: tuple[Path, Path], limit: int) -> None:
    said, left, temporary = written_in(*rooms, a_book, limit=limit)
    assert "Filen x.xlsx kan inte skrivas: disken tar ingen så stor fil." in said
    assert left == "['x.xlsx'] gammalt"
    assert temporary == "[]"


@pytest.mark.skipif(CANNOT_MOUNT != 0, reason="no file system of one's own can be mounted here")
@pytest.mark.parametrize(
    ("full", "write"), [("bok", a_book), ("tmp", a_book), ("tmp", some_statistics)]
)
def test_a_full_disk(rooms: tuple[Path, Path], full: str, write: Write) -> None:
    place = rooms[0].parent / full
    said, left, temporary = written_in(*rooms, write, *on_a_full_disk(place, 100))
    assert "Filen x.xlsx kan inte skrivas: disken är full." in said
    assert left == "['x.xlsx'] gammalt"
    if write is a_book:  # the little that statistics leave there goes when the program ends
        assert temporary == "[]"


def _link(path: Path, other: Path) -> None:
    path.symlink_to(other)


def _second_name(path: Path, other: Path) -> None:
    os.link(other, path)


def _pipe(path: Path, other: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, other: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("plant", [_link, _second_name, _pipe, _folder])
def test_what_was_planted_is_not_added_to(
    tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    other = tmp_path / "annat"
    other.write_text("orört")
    plant(tmp_path / "nycklar", other)
    with pytest.raises(OSError):  # noqa: PT011 - which one it is, is the system's
        added_to(tmp_path / "nycklar")
    assert other.read_text() == "orört"


def test_a_file_is_added_to_and_a_new_one_is_private(tmp_path: Path) -> None:
    for text in (b"ett", b"tva"):
        with os.fdopen(added_to(tmp_path / "nycklar"), "ab") as file:
            file.write(text)
    assert (tmp_path / "nycklar").read_bytes() == b"etttva"
    assert stat.S_IMODE((tmp_path / "nycklar").stat().st_mode) == 0o600
