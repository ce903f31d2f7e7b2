"""What a clerk orders wrongly in KL, FB and 051, and files that cannot be written, on the screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.files.targets import (
    CANNOT_MOUNT,
    TARGETS,
    a_folder,
    on_a_full_disk,
    seen,
    with_too_long_a_name,
    write_protected,
)
from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import logged_in
from tests.terminal import BACKTAB, ENTER, ESC, F5, TAB, alt

ENGLISH = ("Traceback", "Error", "No such", "Permission", "Is a directory")


def files_of(home: Path) -> list[str]:
    return sorted(p.name for p in (home / "filer").rglob("*") if p.is_file())


def test_kl_refuses_a_period_at_its_field_and_then_makes_an_empty_one(home: Path) -> None:
    kl = "kl_kontrollista"
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").instead("X").type(alt("b")).says("LI01", "Lista")
        hands.at_fault(kl, "kind").instead("P").type(TAB).instead("").type(alt("b"))
        hands.says("LI01", "Fr.o.m. saknas").at_fault(kl, "from_date", "")
        hands.instead("260201").type(TAB).instead("260131").type(alt("b"))
        hands.says("LI01", "T.o.m. 2026-01-31 ligger före fr.o.m. 2026-02-01")
        hands.at_fault(kl, "to_date").type(BACKTAB).instead("19260101").type(alt("b"))
        hands.says("LI01", "längre än 10 år").at_fault(kl, "from_date")
        assert hands.rows("SELECT * FROM list_order") == []
        hands.instead("180101").type(TAB).instead("180102").type(alt("b"))
        hands.says("Listan är klar: Vårdåtagande under perioden, 0 rader.")
        hands.type(alt("f")).sees("HP Hämta filer", "2018-01-01–2018-01-02", "klar").type(ENTER)
        hands.sees("Personnummer", "ID vårdåtagande").type(ESC)
        (name,) = files_of(home)
        assert name.startswith("kontrollista-period-20260302-")


def test_fb_refuses_a_signature_that_is_not_the_units_and_bad_dates(home: Path) -> None:
    fb = "fb_besok"
    with clerk(home) as hands:
        hands.go("fb", "FB Besök").type("ERIDAL", alt("b"))
        hands.says("LI01", "”ERIDAL” finns inte").at_fault(fb, "signature", "ERIDAL")
        hands.instead("X").type(alt("b")).says("LI01", "”X” finns inte")
        hands.instead("").type(TAB, "XX", alt("b")).says("LI01", "Vårdgivarkategori")
        hands.at_fault(fb, "category").instead("").type(TAB).instead("260302").type(TAB)
        hands.instead("260301").type(alt("b")).says("LI01", "ligger före")
        hands.at_fault(fb, "to_date").instead("260232").type(alt("b")).says(
            "LI01", "2026-02-32 finns inte"
        )
        hands.instead("").type(alt("b")).says("LI01", "saknas")
        assert hands.rows("SELECT * FROM list_order") == []
    assert files_of(home) == []


def test_051_refuses_an_own_interval_and_a_period_that_is_none(home: Path) -> None:
    file = "051_uppfoljning"
    with clerk(home) as hands:
        hands.go("51", "051 Uppföljning").type(TAB, "250301", TAB, "250228", alt("b"))
        hands.says("ST01", "ligger före").at_fault(file, "to_date")
        hands.type(BACKTAB).instead("19250101").type(alt("b"))
        hands.says("ST01", "längre än tio år").at_fault(file, "from_date")
        hands.instead("").type(alt("b")).says("ST01", "saknas")
        hands.instead("260303").type(TAB).instead("260401").type(alt("b"))
        hands.says("ST01", "ligger efter idag")
        hands.at_fault(file, "from_date").type(BACKTAB).instead("1926 kvartal 1").type(alt("p"))
        hands.says("ST01", "”1926 kvartal 1” finns inte").at_fault(
            file, "interval", "1926 kvartal 1"
        )
        assert hands.rows("SELECT * FROM statistics_order") == []


def refused_in_the_box(hands: Clerk, path: Path, words: str) -> Clerk:
    """The reason and the end of the path stand in the dialogue, which is then closed."""

    def is_shown() -> bool:
        box = ["".join(part) for part in re.findall("│(.*)│", hands.terminal.text())]
        text = " ".join(" ".join(box).split())
        return words in text and str(path)[-40:] in text

    hands.until(is_shown, f"{words} beside {path}").type(ESC)
    hands.terminal.expect_gone("└")
    return hands


def test_files_to_places_where_none_can_be(home: Path, tmp_path: Path) -> None:
    """A made list and 051's book, to every bad target: a sentence, and the program goes on."""
    places: list[tuple[object, Path, str]] = []
    out = tmp_path / "ut"
    for number, (target, words) in enumerate(TARGETS.items()):
        folder = out / str(number)
        folder.mkdir(parents=True)
        places.append((target, target(folder), f"kan inte skrivas: {words}."))
    # A name of 204 letters cannot be typed.
    places = [place for place in places if place[0] is not with_too_long_a_name]
    places.append((None, Path("~ingen-alls/x.xlsx"), "hemmappen finns inte."))
    before = seen(out)
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar")
        hands.go("hp", "klar")
        made = files_of(home)
        for how, path, words in places:
            if how is a_folder:
                continue  # it gets the file under its own name
            hands.type(alt("p")).sees("Excel-filens namn").instead(str(path)).type(ENTER)
            if how is write_protected:
                hands.warned("LI02").type(ENTER)
            refused_in_the_box(hands, path, words).type(F5).says("Enter visar listan")
        hands.go("51", "051 Uppföljning").type(ENTER).sees("Antal patienter")
        for _, path, words in places:
            hands.type(alt("e")).sees("Siffrorna").instead(str(path)).type(ENTER)
            refused_in_the_box(hands, path, words).type(alt("t")).says("2026 kvartal")
        assert not any(word in hands.terminal.text() for word in ENGLISH)
    assert seen(out) == before
    assert files_of(home) == made


@contextmanager
def with_a_full_disk(home: Path, place: Path) -> Iterator[Clerk]:
    """A clerk whose program has a disk of 8 kB at *place*, which nobody else sees."""
    command = on_a_full_disk(place, 8)
    with logged_in(home, command=[*command, sys.executable, "-m", "pasis_tui"]) as opened:
        yield Clerk(opened, home)


@pytest.mark.skipif(CANNOT_MOUNT != 0, reason="no file system of one's own can be mounted here")
def test_lists_and_papers_on_a_full_disk(home: Path) -> None:
    for name in ("filer/PSMA01", "full"):
        (home / name).mkdir(parents=True)
    with with_a_full_disk(home, home / "full") as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar")
        hands.go("hp", "klar").type(alt("p")).instead(str(home / "full" / "x.xlsx")).type(ENTER)
        refused_in_the_box(hands, home / "full" / "x.xlsx", "kan inte skrivas: disken är full.")
        inside = Path(f"/proc/{hands.terminal.pid}/root{home}/full")
        assert list(inside.iterdir()) == []
        hands.type(alt("p")).instead(str(home / "x.xlsx")).type(ENTER).says("Sparad:")
    with with_a_full_disk(home, home / "filer" / "PSMA01") as hands:
        hands.go("fb", "FB Besök").type(TAB, TAB).instead("200101").type(TAB, alt("b"))
        hands.says("Fel: Listan kunde inte göras:", "disken är full")
        inside = Path(f"/proc/{hands.terminal.pid}/root{home}/filer/PSMA01")
        assert list(inside.iterdir()) == []
        hands.go("hl", "HL Hämta filer", "fel").type(ENTER).says("Fel:", "disken är full")
    assert hands.rows("SELECT state FROM list_order ORDER BY id") == [("klar",), ("fel",)]
