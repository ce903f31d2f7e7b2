"""A hidden first sheet was read and the visible one was not.

The visible sheet that has the columns is read and named; hidden rows and columns are told of.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui.files.tables import Wanted, read_table
from tests.sideways.books import book, row, sheet

WANTED = (Wanted("code", ("kod",)), Wanted("note", ("not",), False))
HEAD = row("Kod", "Not")


def codes(path: Path) -> list[str]:
    return [each.cells["code"] for each in read_table(path, WANTED)]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_visible_sheet_is_read_and_named(tmp_path: Path, state: str) -> None:
    path = book(
        tmp_path / "fil.xlsx",
        ("Gammalt", state, sheet(HEAD, row("A", ""))),
        ("Läs mig", "visible", sheet(row("Kontakta kansliet"))),
        ("Mars 2026", "visible", sheet(row("En titel"), HEAD, row("B", ""))),
    )
    assert codes(path) == ["B"]
    assert read_table(path, WANTED).notes == ["Läst från bladet ”Mars 2026”."]


@pytest.mark.parametrize(
    ("after", "why"),
    [
        ('<autoFilter ref="A1:B4"/>', "dolda av ett filter"),
        ('<tableParts count="1"><tablePart/></tableParts>', "dolda av ett filter"),
        ("", "dolda i bladet"),
    ],
)
def test_hidden_rows_are_read_and_told_of(tmp_path: Path, after: str, why: str) -> None:
    hidden = ' hidden="1"'
    body = row("A", ""), row("B", "", more=hidden), row("C", "", more=hidden), row("D", "")
    path = book(tmp_path / "fil.xlsx", sheet(HEAD, *body, after=after))
    assert codes(path) == ["A", "B", "C", "D"]
    assert read_table(path, WANTED).notes[1:] == [
        f"Rader som är {why} och ändå är med: 2 (rad 3, 4)."
    ]


def test_a_hidden_column_is_told_of(tmp_path: Path) -> None:
    before = '<cols><col min="2" max="3" hidden="1"/></cols>'
    path = book(tmp_path / "fil.xlsx", sheet(HEAD, row("A", "x"), before=before))
    assert read_table(path, WANTED).notes[1:] == ["Dolda kolumner som ändå är med: Not."]


def test_a_name_that_steers_the_terminal_is_shown_without_it(tmp_path: Path) -> None:
    path = book(tmp_path / "fil.xlsx", ("Bl\u202ead", "visible", sheet(HEAD, row("A", ""))))
    assert read_table(path, WANTED).notes == ["Läst från bladet ”Blad”."]
