"""Certificates, read back by another program's reader."""

from __future__ import annotations

import io
import unicodedata
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from pasis_tui.files.whole import FileTrouble
from pasis_tui.training.certificates import (
    Certificate,
    certificates,
    edition_on,
    pdf_of,
    write_certificates,
)
from pasis_tui.training.classes import ClassStore, Done, RuleMet
from tests.training.class_world import Clocks, Learner

DAY = date(2026, 3, 2)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in pages))


def test_a_page_says_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks(monkeypatch)
    with closing(ClassStore.open(str(tmp_path / "classes.db"), create=True)) as store:
        group = store.create("Måndag fm")
        anna = Learner(store, group, "Åsa Örn", clocks)
        Learner(store, group, "Bo", clocks)  # has not been graded: no page
        anna.begin()
        anna.refuse("BE05")
        anna.end(80, 60)
        anna.begin()
        anna.end(100, 55)
        anna.begin("08-borttag", "Borttag nekas")
        anna.refuse("VA31")
        anna.end(95)
        written = write_certificates(certificates(store, group, DAY), tmp_path / "intyg")
    assert [path.name for path in written] == ["intyg-åsa-örn.pdf"]
    text = text_of(written[0].read_bytes())
    for words in ("Intyg", "Åsa Örn", "klassen Måndag fm", "utgåva 2026", "2026-03-02"):
        assert words in text
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert "Dubbelsession 100 55 40 2" in " ".join(rows)
    assert "Borttag nekas 95 50 40 1" in " ".join(rows)
    mastered, _, more = text.partition("Regler att öva mer på")
    assert "BE05" in mastered.partition("nu behärskas")[2]
    assert "VA31" in more


def test_letters_that_the_font_lacks_are_written_harmlessly() -> None:
    done = Done(1, "", "07", "Čapek – ”citat” " + "lång titel " * 20, 90, 0, 0, 1, 0.0)
    text = text_of(pdf_of(Certificate("Zoë Łątka 李 \U0001f600", "K", (done,), (), "2026", DAY)))
    assert "Zoë ?atka ? ?" in text
    assert 'Capek - "citat"' in text


def test_a_long_class_of_exercises_is_whole() -> None:
    done = tuple(Done(1, "", f"{n:02}", f"Övning {n}", 90, 50, 40, 1, 0.0) for n in range(40))
    met = tuple(RuleMet(1, f"VA{n:02}", 2, n % 2 == 0) for n in range(60))
    text = text_of(pdf_of(Certificate("Anna", "K", done, met, "2026", DAY)))
    assert all(f"Övning {n}" in text for n in range(40))
    assert "VA59" in text


def test_names_that_are_written_alike_have_files_of_their_own(tmp_path: Path) -> None:
    pages = [Certificate(name, "K", (), (), "2026", DAY) for name in ("A B", "a/b", "../", "..")]
    written = write_certificates(pages, tmp_path)
    assert [path.name for path in written] == [
        "intyg-a-b.pdf", "intyg-a-b-2.pdf", "intyg-deltagare.pdf", "intyg-deltagare-2.pdf",
    ]  # fmt: skip
    assert all(path.parent == tmp_path and path.stat().st_mode & 0o077 == 0 for path in written)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "intyg").write_text("")
    with pytest.raises(FileTrouble, match="intyg kan inte skrivas"):
        write_certificates([], tmp_path / "intyg")


@pytest.mark.parametrize(("year", "edition"), [(2024, "2025"), (2025, "2025"), (2027, "2026")])
def test_the_edition_is_that_of_the_day(year: int, edition: str) -> None:
    assert edition_on(date(year, 1, 1)) == edition
