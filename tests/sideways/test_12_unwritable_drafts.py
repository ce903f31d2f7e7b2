"""A draft that could not be written ended the program: a view that was not composed yet was spoken
to.  Typing and saving go on whatever the disk says, and several programs share one folder."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.files.targets import CANNOT_MOUNT, on_a_full_disk
from tests.flows.practice import DAY, LOGIN, MENU, VERA, ask, logged_in, until
from tests.flows.test_drafts import HALVES, MANY, drafts, halfway, written
from tests.terminal import ENTER, F2, F10, TAB, Terminal, ctrl, terminal

SAID = "Utkastet kan inte sparas på disken"


def _link(place: Path) -> None:
    place.symlink_to("ingenstans/alls")


KINDS: dict[str, Callable[[Path], object]] = {
    "a file": Path.touch,
    "a FIFO": os.mkfifo,
    "a dangling link": _link,
}


@pytest.mark.parametrize("make", KINDS.values(), ids=list(KINDS))
def test_screens_are_opened_in_a_burst_and_it_saves(
    home: Path, make: Callable[[Path], object]
) -> None:
    make(home / "drafts")
    half = HALVES["014"]
    with logged_in(home) as clerk:
        halfway(clerk, half)
        clerk.expect(SAID)
        for _ in range(8):  # each leaves something to write while the next screen is made
            clerk.type("x", F2, "48", ENTER, F2, half.opens, ENTER)
        clerk.type(F2, "su", ENTER)
        clerk.expect("SU Support").type(F2, half.opens, ENTER)
        clerk.expect("Utkastet är tillbaka", "*x", half.last).type(F10)
        clerk.expect("Sparat").type(ctrl("q"))
        assert clerk.expect_end() == 0


def test_four_programs_share_one_folder(home: Path) -> None:
    half = HALVES["014"]
    with ExitStack() as stack:
        clerks = [stack.enter_context(logged_in(home)) for _ in range(4)]
        for clerk in clerks:
            halfway(clerk, half)
        for turn in range(3):
            for clerk in clerks:
                clerk.type(str(turn))
        until(clerks[0], lambda: len(drafts(home)) == 4, "a draft each")
        for clerk in clerks:
            clerk.expect(f"{half.last}012")
            assert not clerk.sees(SAID)


def _no_file_beyond(clerk: Terminal, size: int) -> None:
    """Let the system refuse the program every write beyond *size* bytes of a file, as a quota does."""
    resource.prlimit(clerk.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limit is set from outside")
def test_the_disk_takes_no_more_and_then_it_does(home: Path) -> None:
    half = HALVES["014"]
    with logged_in(home) as clerk:
        clerk.type(F2, half.opens, ENTER)
        clerk.expect(half.title, "Läst.")
        _no_file_beyond(clerk, 100)
        clerk.type(*half.typed)
        clerk.expect(*half.seen, SAID)
        clerk.type(F10)  # nor can it be saved, and nothing of it is lost
        clerk.expect("Fel: Disken med databasen").expect(*half.seen)
        assert [path for path in drafts(home) if path.suffix == ".draft"] == []
        assert [path for path in drafts(home) if path.suffix == ".new"] == []
        _no_file_beyond(clerk, resource.RLIM_INFINITY)
        clerk.type(" 7")
        until(clerk, lambda: written(home, f"{half.last} 7"), "the draft on disk")
        clerk.type(F10)
        clerk.expect(half.saved).type(ctrl("q"))
        assert clerk.expect_end() == 0
    assert drafts(home) == []
    assert ask(home, "SELECT count(*) FROM patient WHERE address = 'Övre Långgatan 7'") == [(1,)]


@pytest.mark.skipif(bool(CANNOT_MOUNT), reason="no small disk can be made here")
@pytest.mark.parametrize("kilobytes", [4, 8])
def test_a_full_disk_of_drafts_stops_nothing(home: Path, kilobytes: int) -> None:
    """One draft fits, or none beside the one that stands there: no second can be written first."""
    (home / "drafts").mkdir(mode=0o700)
    half = HALVES["014"]
    command = [*on_a_full_disk(home / "drafts", kilobytes), sys.executable, "-m", "pasis_tui"]
    with terminal(["--date", DAY], home, command=command) as clerk:
        clerk.expect(LOGIN).type(ENTER)
        clerk.expect(MENU)
        disk = Path(f"/proc/{clerk.pid}/root{home / 'drafts'}")  # as the program sees it
        for number in (MANY, "0410202386", "9708022380"):  # a draft each, until one has no room
            kept = len(list(disk.glob("*.draft")))
            clerk.type(F2, f"14 {number}", ENTER)
            clerk.expect(f"{number[:6]}-").type(TAB, "x")

            def settled(kept: int = kept) -> bool:
                return clerk.sees(SAID) or len(list(disk.glob("*.draft"))) > kept

            until(clerk, settled, f"the draft of {number} on the disk or refused")
            if clerk.sees(SAID):
                break
        clerk.expect(SAID)
        clerk.type(F2, half.opens, ENTER)
        clerk.expect(VERA[:6]).type(*half.typed, F10)
        clerk.expect(half.saved)
        clerk.type(ctrl("q"))
        assert clerk.expect_end() == 0
    assert ask(home, "SELECT count(*) FROM patient WHERE family_name = 'Åkesson-Test'") == [(1,)]
