"""Drafts: what was typed and not saved is there again after the program was killed."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.practice import VERA, at_login, logged_in, until
from tests.sealed import texts_of
from tests.terminal import BACKTAB, ENTER, F2, F3, F10, TAB, Terminal, alt, ctrl

MANY = "9204012380"  # an open commitment with visits
OFFER = "Osparat utkast"
BACK = "Utkastet är tillbaka"


@dataclass(frozen=True)
class Half:
    """A half-filled form: how it is reached, opened anew, and what is typed; what is seen then.

    ``last`` is what the last field holds, with the cursor where typing stopped.
    """

    opens: str
    typed: tuple[str, ...]
    seen: tuple[str, ...]
    last: str
    title: str
    save: tuple[str, ...] = (F10,)
    saved: str = "Sparat"


HALVES = {
    "014": Half(
        f"14 {VERA}",
        (ctrl("u"), "Åkesson-Test", TAB, TAB, ctrl("u"), "Övre Långgatan"),
        ("Åkesson-Test", "Övre Långgatan"),
        "Övre Långgatan",
        "014 Personuppgifter",
    ),
    "040 Ny": Half(
        f"40 {VERA}",
        (alt("n"), "ipt", TAB, ctrl("u"), "202603"),
        ("Nytt vårdåtagande: fyll i", "*IPT", "*202603"),
        "202603",
        "040 Vårdåtaganden",
        save=("02", alt("l"), "1", TAB, "vcbj01", TAB, TAB, TAB, "-4", F10),
    ),
    "040 Nyuppläggning": Half(
        f"40 {VERA}",
        (alt("n"), "kbt", TAB, "i", alt("l"), "1", TAB, "vcbj"),
        ("Nyuppläggning", "*KBT", "*1 << Primärvård", "*VCBJ", "*ANNLIN"),
        "VCBJ",
        "040 Vårdåtaganden",
        save=("01", TAB, TAB, TAB, "-4", F10),
    ),
    "085": Half(
        f"85 {MANY}",
        ("1015", TAB, ctrl("u"), "HUVUD", TAB, ctrl("u"), "xq"),
        ("*10:15", "*HUVUD", "*XQ"),
        "XQ",
        "085 Besöksregistrering",
        save=(ctrl("u"), "annlin", alt("a")),
    ),
}


def halfway(opened: Terminal, half: Half) -> tuple[int, int]:
    """Type the half-filled form and return the cursor's row and column."""
    opened.type(F2, half.opens, ENTER)
    opened.expect(half.title, VERA[:6] if VERA in half.opens else MANY[:6])
    opened.type(*half.typed)
    opened.expect(*half.seen)
    row = next(y for y, line in enumerate(opened.screen.display) if half.last in line)
    at = row, opened.screen.display[row].index(half.last) + len(half.last)
    until(opened, lambda: cursor(opened) == at, f"the cursor at {at}")
    return at


def cursor(opened: Terminal) -> tuple[int, int]:
    return opened.screen.cursor.y, opened.screen.cursor.x


def drafts(home: Path) -> list[Path]:
    return sorted((home / "drafts").glob("*")) if (home / "drafts").exists() else []


def written(home: Path, last: str) -> bool:
    """Whether the draft on disk has got as far as *last*."""
    return any(last in text for text in texts_of(home))


def killed_halfway(home: Path, half: Half) -> tuple[int, int]:
    """Kill the program in the half-filled form, once the draft is on disk."""
    with logged_in(home) as opened:
        at = halfway(opened, half)
        until(opened, lambda: written(home, half.last), f"a draft with {half.last}")
        opened.kill()
        assert opened.code == -9
    return at


@pytest.mark.parametrize("half", HALVES.values(), ids=list(HALVES))
def test_killed_in_a_half_filled_form_which_is_offered_at_the_next_login(
    home: Path, half: Half
) -> None:
    at = killed_halfway(home, half)
    with at_login(home) as opened:
        opened.type(ENTER)
        opened.expect(OFFER, half.title, "Vill du öppna den").type(ENTER)
        opened.expect(BACK, *half.seen)
        until(opened, lambda: cursor(opened) == at, f"the cursor at {at}")
        # And it goes on from there.
        opened.type(*half.save)
        opened.expect(half.saved)
    assert drafts(home) == []


@pytest.mark.parametrize("half", HALVES.values(), ids=list(HALVES))
def test_the_draft_waits_in_its_screen_when_the_offer_is_put_off(home: Path, half: Half) -> None:
    killed_halfway(home, half)
    with at_login(home) as opened:
        opened.type(ENTER)
        opened.expect(OFFER).type(F3)
        opened.expect_gone(OFFER).type(F2, "48", ENTER)
        opened.expect("048 Översikt").type(F2, half.opens, ENTER)
        opened.expect(BACK, *half.seen)


@pytest.mark.parametrize("half", HALVES.values(), ids=list(HALVES))
def test_a_saved_draft_is_gone(home: Path, half: Half) -> None:
    with logged_in(home) as opened:
        halfway(opened, half)
        until(opened, lambda: written(home, half.last), "a draft")
        opened.type(*half.save)
        opened.expect(half.saved)
        until(opened, lambda: drafts(home) == [], "no draft left")
    with at_login(home) as opened:
        opened.type(ENTER)
        opened.expect("Skriv bildens nummer")
        assert not opened.sees(OFFER)


@pytest.mark.parametrize("half", HALVES.values(), ids=list(HALVES))
@pytest.mark.parametrize("way", ["Rensa", "Tillbaka"])
def test_a_discarded_draft_is_gone(home: Path, half: Half, way: str) -> None:
    with logged_in(home) as opened:
        halfway(opened, half)
        until(opened, lambda: written(home, half.last), "a draft")
        opened.type(alt("r") if way == "Rensa" else F3)
        opened.expect("Osparade uppgifter").type("k")
        until(opened, lambda: drafts(home) == [], "no draft left")
        opened.type(F2, half.opens, ENTER)
        opened.expect(half.title)
        until(opened, lambda: half.last not in opened.text(), "an unwritten form")
        assert not opened.sees(BACK)
    assert drafts(home) == []


def test_a_kept_form_is_not_discarded(home: Path) -> None:
    half = HALVES["014"]
    with logged_in(home) as opened:
        at = halfway(opened, half)
        opened.type(alt("r"))
        opened.expect("Osparade uppgifter").type(F3)
        opened.expect_gone("Osparade uppgifter").expect(*half.seen)
        until(opened, lambda: cursor(opened) == at, f"the cursor at {at}")
        # Another screen and back: nothing is lost on the way.
        opened.type(F2, "48", ENTER)
        opened.expect("048 Översikt").type(F2, "-", ENTER)
        opened.expect(BACK, *half.seen)
        until(opened, lambda: cursor(opened) == at, f"the cursor at {at}")


@pytest.mark.parametrize("half", HALVES.values(), ids=list(HALVES))
def test_a_draft_is_its_owners_alone_and_its_name_tells_nothing(home: Path, half: Half) -> None:
    killed_halfway(home, half)
    files = [file for file in home.rglob("*") if file.is_file()]
    assert drafts(home)
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert not re.search(r"\d{6}", file.name), file
        assert VERA not in file.name
        assert MANY not in file.name
    assert stat.S_IMODE((home / "drafts").stat().st_mode) == 0o700


def test_a_colleague_does_not_get_the_draft(home: Path) -> None:
    half = HALVES["014"]
    killed_halfway(home, half)
    with at_login(home) as opened:
        opened.type(ctrl("u"), "recept", ENTER)
        opened.expect("Skriv bildens nummer", "RECEPT")
        opened.type(F2, half.opens, ENTER)
        opened.expect("Läst.")
        assert not opened.sees(half.last)


def test_a_draft_cut_short_is_none(home: Path) -> None:
    killed_halfway(home, HALVES["014"])
    (file,) = drafts(home)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with logged_in(home) as opened:
        opened.type(F2, HALVES["014"].opens, ENTER)
        opened.expect("Läst.")
        assert not opened.sees(OFFER)


def test_codes_of_184_wait_when_left_by_snabbval(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, f"184 {MANY}", ENTER)
        clerk.expect("184 Medicinsk registrering", "Huvuddiagnos").type(alt("k"))
        clerk.expect("184 KVÅ/operationer").type(TAB, "zv020")
        clerk.expect("ZV020").type(F2, "48", ENTER)
        clerk.expect("048 Översikt").type(F2, "-", ENTER)
        clerk.expect("184 KVÅ/operationer", BACK, "ZV020").type(F3)
        clerk.expect("184 Medicinsk registrering", "ZV020 Användande").type(alt("k"))
        clerk.expect("184 KVÅ/operationer", "ZV020").expect_gone(BACK)


def test_codes_of_184_are_offered_after_a_kill(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, f"184 {MANY}", ENTER)
        clerk.expect("184 Medicinsk registrering", "Huvuddiagnos").type(alt("k"))
        clerk.expect("184 KVÅ/operationer").type(TAB, "zv020")
        clerk.expect("ZV020")
        until(clerk, lambda: bool(list((home / "drafts").glob("*.draft"))), "a draft on disk")
        clerk.kill()
    with at_login(home) as clerk:
        clerk.expect("Tryck Enter").type(ENTER)
        clerk.expect(OFFER, "184 KVÅ/operationer").type(ENTER)
        clerk.expect("184 KVÅ/operationer", BACK, "ZV020", "ÖVNING").type(F10)
        clerk.expect("Sparat: medicinsk registrering", "ZV020")


@dataclass(frozen=True)
class Meant:
    """A form typed in, and what stands beside its fields once they were left."""

    opens: str
    typed: tuple[str, ...]
    beside: tuple[str, ...]
    title: str


MEANT = {
    "040": Meant(
        f"40 {VERA}",
        (
            alt("n"),
            "kbt",
            TAB,
            "i",
            alt("l"),
            "1",
            TAB,
            "vcbj01",
            TAB,
            TAB,
            "boprov",
            TAB,
            "0",
        ),
        ("*1 << Primärvård", "*VCBJ01", "<< Vårdcentralen Björkhaga", "BOPROV~<< Bo Provberg, PS"),
        "040 Vårdåtaganden",
    ),
    "085": Meant(
        f"85 {MANY}",
        (
            BACKTAB,
            "-1",
            TAB,
            "1015",
            TAB,
            ctrl("u"),
            "filial",
            TAB,
            ctrl("u"),
            "annlin",
            TAB,
            "u",
            TAB,
            "x",
        ),
        ("2026-03-01~sön", "FILIAL  << Filial Vidhamn", "*ANNLIN~<< Ann", "*U~<< Uppföljning"),
        "085 Besöksregistrering",
    ),
    "184": Meant(
        f"184 {MANY}",
        (TAB, TAB, "f431", TAB, "z730", TAB, "f"),
        ("F431  << Posttraumatiskt str", "Z730  << okänd kod"),
        "184 Medicinsk registrering",
    ),
}


@pytest.mark.parametrize("meant", MEANT.values(), ids=list(MEANT))
def test_a_restored_draft_says_what_its_codes_mean(home: Path, meant: Meant) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, meant.opens, ENTER)
        clerk.expect(meant.title).type(*meant.typed)
        clerk.expect(*meant.beside)
        beside = _rows_of_codes(clerk)
        clerk.type(F2, "su", ENTER)
        clerk.expect("SU Support").type(F2, "-", ENTER)
        clerk.expect(meant.title, BACK)
        assert _rows_of_codes(clerk) == beside


def _rows_of_codes(clerk: Terminal) -> list[str]:
    return [row for row in clerk.text().splitlines() if "<<" in row or "~" in row]
