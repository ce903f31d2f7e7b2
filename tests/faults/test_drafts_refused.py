"""The disk takes no drafts: the program says so once, stays up, and saves."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pasis_tui.services.users.draft_content import Draft, FormText
from pasis_tui.services.users.drafts import DraftBox, Sweep
from pasis_tui.shell.drafting import Drafting
from pasis_tui.shell.page import Host
from tests.flows.practice import ask, logged_in, until
from tests.flows.test_drafts import BACK, HALVES, OFFER, drafts, halfway
from tests.terminal import ENTER, F2

SAID = "Utkastet kan inte sparas på disken"


def test_the_form_is_saved_although_its_draft_is_not(home: Path) -> None:
    (home / "drafts").write_bytes(b"")  # no folder can be made there
    half = HALVES["014"]
    with logged_in(home) as opened:
        halfway(opened, half)
        opened.expect(SAID)
        # Leaving and coming back: what was typed is in memory all the same.
        opened.type(F2, "48", ENTER)
        opened.expect("048 Översikt").type(F2, "-", ENTER)
        opened.expect(BACK, *half.seen)
        opened.type(*half.save)
        opened.expect(half.saved)
        assert not opened.sees(SAID)
    assert ask(home, "SELECT count(*) FROM patient WHERE family_name = 'Åkesson-Test'") == [(1,)]


def test_drafts_are_written_again_when_the_disk_takes_them(home: Path) -> None:
    place = home / "drafts"
    place.write_bytes(b"")
    half = HALVES["014"]
    with logged_in(home) as opened:
        halfway(opened, half)
        opened.expect(SAID)
        place.unlink()
        opened.type(" 7")
        until(opened, lambda: bool(drafts(home)), "a draft on disk")
        opened.kill()
    with logged_in(home) as opened:
        opened.expect(OFFER).type(ENTER)
        opened.expect(BACK, f"{half.last} 7")


async def test_what_the_end_of_a_session_has_told_is_not_told_again(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_bytes(b"")
    box = DraftBox(tmp_path / "drafts", "", bytes(32))
    told: list[object] = []
    host = cast("Host", SimpleNamespace(sitting=object()))

    def begin() -> Drafting:
        return Drafting(host, box, lambda: None, told.append)

    box.keep("ett", Draft("014", "2026-03-02", "", "", {}, {}, (), None))
    ended = begin()
    assert not ended.write_now()  # the login tells it
    await ended.write()  # that was due
    assert ended.let_go() is box
    begun = begin()
    assert not begun.write_now()
    await begun.write()
    assert told == []
    (tmp_path / "drafts").unlink()
    await begun.write()
    (tmp_path / "drafts").rename(tmp_path / "away")
    (tmp_path / "drafts").write_bytes(b"")
    box.keep("två", Draft("014", "2026-03-02", "", "", {}, {}, (), None))
    await begun.write()
    assert len(told) == 1  # the disk took drafts in between


def test_what_was_refused_is_written_with_the_next(tmp_path: Path) -> None:
    place = tmp_path / "drafts"
    place.write_bytes(b"")
    box = DraftBox(place, "", bytes(32))
    one, two = (
        Draft("014", "2026-03-02", "", "", {}, {"x": FormText({"y": text}, {"y": ""})}, (), None)
        for text in ("ett", "två")
    )
    assert box.keep("ett", one)
    with pytest.raises(OSError, match="drafts"):
        box.write()
    assert box.get("finns inte") is None
    box.drop("finns inte")
    assert box.sweep(lambda draft: True) == Sweep()
    place.unlink()
    assert box.keep("två", two)
    box.write()
    box.let_go()
    assert DraftBox(place, "", bytes(32)).get("ett") == one
    assert DraftBox(place, "", bytes(32)).get("två") == two
