"""Value lists, favourites, settings, drafts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pasis_tui.files.whole import FileTrouble
from pasis_tui.services.register import code_lists
from pasis_tui.services.users import favourites, settings
from pasis_tui.services.users.draft_content import Draft, FormText
from pasis_tui.services.users.drafts import DraftBox, Sweep
from pasis_tui.store.database import Database
from tests.services.practice import clerk, practice


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Database]:
    with practice(tmp_path) as database:
        yield database


def test_referring_units_are_searched_by_name_and_kind(world: Database) -> None:
    page = code_lists.search(clerk(world), "referring_unit", "alme lund", 0, 9, source="1")
    assert ("VCAL01", "Vårdcentralen Almelund, Almköping") in page.rows
    everything = code_lists.search(clerk(world), "referring_unit", "", 0, 9)
    inside = code_lists.search(clerk(world), "referring_unit", "", 0, 9, source="1").total
    outside = code_lists.search(clerk(world), "referring_unit", "", 0, 9, source="7").total
    assert everything.total == inside + outside
    assert len(everything.rows) == 9
    assert code_lists.meaning(clerk(world), "referring_unit", "VCAL01") == "Vårdcentralen Almelund"
    assert code_lists.meaning(clerk(world), "referring_unit", "FINNSEJ") is None


def test_only_the_own_units_active_caregivers_are_offered(world: Database) -> None:
    codes = {c for c, _ in code_lists.search(clerk(world), "caregiver", "", 0, 50).rows}
    assert "ANNLIN" in codes
    assert "ERIDAL" not in codes  # the other clinic's
    assert "GORLAT" not in codes  # has left


def test_a_code_table_can_be_narrowed(world: Database) -> None:
    page = code_lists.search(clerk(world), "closing_reason", "", 0, 9, only=["AV"])
    assert page.rows == (("AV", "Avslutad, ej åter"),)


def test_favourites_are_ordered_renamed_moved_and_shared(world: Database, tmp_path: Path) -> None:
    context = clerk(world)
    favourites.load(context, favourites.suggested())
    assert [f.code for f in favourites.listing(context)] == [
        "014", "283 1", "283 2", "610", "048", "040", "083", "085", "184"
    ]  # fmt: skip
    favourites.move(context, "085", -10)
    favourites.rename(context, "085", "Besök")
    favourites.remove(context, "610")
    favourites.add(context, "085", "en gång till")
    first = favourites.listing(context)[0]
    assert (first.position, first.code, first.label) == (1, "085", "Besök")
    path = tmp_path / "set.toml"
    assert favourites.export_file(context, path) == 8
    favourites.load(context, [])
    assert favourites.import_file(context, path, ["085", "040"]) == 2
    assert [f.code for f in favourites.listing(context)][:2] == ["085", "040"]
    path.write_text("inte toml [", encoding="utf-8")
    with pytest.raises(FileTrouble, match="inga favoriter"):
        favourites.import_file(context, path, ["085"])


def test_settings_are_kept(world: Database) -> None:
    context = clerk(world)
    assert settings.read(context).lane == "S"
    settings.change(context, lane="T", auto_skip=True)
    assert settings.read(context) == settings.Settings(auto_skip=True, lane="T")


def test_drafts_survive_and_name_no_one(tmp_path: Path) -> None:
    name = "db|ANNLIN|PSMA01|085|19930714-2381"
    owner, key = "db|ANNLIN|PSMA01|", bytes(32)
    box = DraftBox(tmp_path / "drafts", owner, key)
    forms = {"visit": FormText({"time": "9"}, {"time": ""})}
    draft = Draft("085", "2026-03-02", "", "", {}, forms, ("visit", "time", 1), None)
    assert box.keep(name, draft)
    assert not box.keep(name, draft)
    box.write()
    (file,) = (tmp_path / "drafts").iterdir()
    assert "1993" not in file.name
    assert file.stat().st_mode & 0o777 == 0o600
    box.let_go()
    again = DraftBox(tmp_path / "drafts", owner, key)
    other = DraftBox(tmp_path / "drafts", "db|OTHER|PSMA01|", bytes(32))
    assert again.sweep(lambda draft: True).waiting == ((name, draft),)
    assert other.sweep(lambda draft: True) == Sweep()
    assert again.get(name) == draft
    again.drop(name)
    assert DraftBox(tmp_path / "drafts", owner, key).get(name) is None
