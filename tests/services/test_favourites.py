"""Favourites: on both databases, and files from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui.files.whole import FileTrouble
from pasis_tui.services.users import favourites
from pasis_tui.store.database import Database
from tests.services.clinic import make_clinic

KNOWN = ["085", "040", "083"]


def entry(code: str, label: str) -> str:
    return f'[[favourite]]\ncode = "{code}"\nlabel = "{label}"\n'


def test_each_user_has_their_own(database: Database) -> None:
    clinic = make_clinic(database)
    favourites.load(clinic.at(), favourites.suggested())
    favourites.add(clinic.at(which="b"), "085", "Besök")
    favourites.remove(clinic.at(which="b"), "040")
    assert len(favourites.listing(clinic.at())) == 9
    assert [f.code for f in favourites.listing(clinic.at(which="b"))] == ["085"]
    favourites.move(clinic.at(), "184", -8)
    favourites.rename(clinic.at(), "184", "Diagnos")
    first = favourites.listing(clinic.at())[0]
    assert (first.position, first.code, first.label) == (1, "184", "Diagnos")


def test_a_file_may_name_a_screen_twice(database: Database, tmp_path: Path) -> None:
    context = make_clinic(database).at()
    path = tmp_path / "set.toml"
    path.write_text(entry("085", "ett") + entry("040", "två") + entry("085", "tre"), "utf-8")
    assert favourites.import_file(context, path, KNOWN) == 2
    assert [(f.code, f.label) for f in favourites.listing(context)] == [
        ("085", "ett"),
        ("040", "två"),
    ]


def test_escape_sequences_in_a_file_never_reach_the_screen(
    database: Database, tmp_path: Path
) -> None:
    context = make_clinic(database).at()
    path = tmp_path / "set.toml"
    path.write_text(entry("085", r"Be\u001b[31msök\u202e"), "utf-8")
    with pytest.raises(FileTrouble) as refused:
        favourites.import_file(context, path, KNOWN)
    assert "rad 3, favourite[1].label: texten har ett tecken som inte syns" in str(refused.value)
    assert str(refused.value).isprintable()
    assert favourites.listing(context) == ()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"favourite = 3", b"[[favourite]]\nx = 1", b""])
def test_a_file_without_favourites_is_refused_and_nothing_is_lost(
    database: Database, tmp_path: Path, content: bytes
) -> None:
    context = make_clinic(database).at()
    favourites.add(context, "085", "Besök")
    path = tmp_path / "set.toml"
    path.write_bytes(content)
    with pytest.raises(FileTrouble):
        favourites.import_file(context, path, KNOWN)
    with pytest.raises(FileTrouble, match="kan inte läsas"):
        favourites.import_file(context, tmp_path / "finns inte.toml", KNOWN)
    assert [f.code for f in favourites.listing(context)] == ["085"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    sqlite_database: Database, tmp_path: Path
) -> None:
    context = make_clinic(sqlite_database).at()
    favourites.add(context, "085", "Besök")
    path = tmp_path / "set.toml"
    assert favourites.export_file(context, path) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o444)
    with pytest.raises(FileTrouble, match="skrivskyddad"):
        favourites.export_file(context, path)
    with pytest.raises(FileTrouble, match="mappen finns inte"):
        favourites.export_file(context, tmp_path / "borta" / "set.toml")
    with pytest.raises(FileTrouble, match="kan inte läsas: det är en mapp"):
        favourites.import_file(context, tmp_path, KNOWN)
    assert favourites.import_file(context, path, KNOWN) == 1
    assert sorted(p.suffix for p in tmp_path.iterdir()).count(".toml") == 1
