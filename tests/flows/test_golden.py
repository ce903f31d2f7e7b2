"""Golden screens: each screen at 80x24 as it was agreed, cell by cell, and where the cursor is;
some of them in larger terminals too, in a folder for each size.

``pytest tests/flows/test_golden.py --update-screens`` writes screens/*.txt anew; look at the
difference before it is committed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pasis_tui.commands import key_text
from pasis_tui.display.display_files import displays
from pasis_tui.views.registry import view_class
from tests.flows.own_keys import OLD_KEY, OWN_KEYMAP, own_go, own_key, write_own_keys
from tests.flows.practice import VERA, Watched, until, watched
from tests.terminal import DOWN, ENTER, F1, F2, F3, F4, F6, F10, TAB, alt, ctrl

SCREENS = Path(__file__).with_name("screens")
MANY = "9204012380"  # one commitment closed, one open with visits
DISCHARGED = "9109122383"  # to be followed up
ELSEWHERE = "0208152397"  # another unit's


@dataclass(frozen=True)
class Stop:
    """The screen after *keys*: its golden file, the title it must have in it."""

    name: str
    title: str
    keys: tuple[str, ...] = ()


def _go(text: str) -> tuple[str, ...]:
    return (F2, *text, ENTER)


NEW = (alt("n"), *"kbt", TAB, "i", alt("l"))
REFERRAL = ("1", TAB, *"vcbj01", TAB, "i", TAB, *"annlin", TAB, *"-4")
ENROLMENT = (*"f411", TAB, TAB, "2", "5", TAB, *"-20")
TRAINER = (ctrl("u"), *"lenlek", TAB, ctrl("u"), *"ovning", TAB, ENTER)
WALKS: dict[str, tuple[Stop, ...]] = {
    "class": (Stop("kt_tom", "KT Klasstavla", (*TRAINER, *_go("kt"))),),
    "log": (Stop("lg", "LG Åtkomstlogg", (*TRAINER, *_go("lg"))),),
    "frame": (
        Stop("login", "Logga in"),
        Stop("menyval", "Menyval", (ENTER,)),
        Stop("snabbval_lista", "Bilder", _go("?")),
        Stop("snabbval_ingen", "Menyval", (F3, *_go("zzz"))),
        Stop("snabbval_flera", "Bilder", (F2, *"vård", ENTER)),
        Stop("favoriter_tom", "Favoriter", (F3, F6)),
        Stop("favoriter", "Favoriter", (alt("f"),)),
        Stop("favoriter_namn", "Byt namn", (alt("b"),)),
        Stop("in", "IN Inställningar", (F3, *_go("in"))),
        Stop("ovningsdatum", "Övningsdatum", (*_go("datum"),)),
    ),
    "person": (
        Stop("014_tom", "014 Personuppgifter", (ENTER, *_go("14"))),
        Stop("014_nekad", "014 Personuppgifter", (*"9307142380", ENTER)),
        Stop("hjalp", "Hjälp", (F1,)),
        Stop("014", "014 Personuppgifter", (F3, *_go(f"14 {VERA}"))),
        Stop("vardelista", "Listad på", (*[TAB] * 6, F4)),
        Stop("014_annan_enhet", "SE01", (F3, *_go(f"14 {ELSEWHERE}"))),
    ),
    "commitment": (
        Stop("040_tom", "040 Vårdåtaganden", (ENTER, *_go("40"))),
        Stop("040_lista", "040 Vårdåtaganden", (*MANY, ENTER)),
        Stop("040_oppnad", "040 Vårdåtaganden", ("1", ENTER)),
        Stop("040_borttag_nekas", "SPS0431 267 O", (alt("b"),)),
        Stop("040_inga", "040 Vårdåtaganden", _go(f"40 {VERA}")),
        Stop("040_ny", "Nytt vårdåtagande", (alt("n"),)),
        Stop("040_nyupplaggning", "Nyuppläggning", NEW[1:]),
        Stop("040_sparat", "Sparat: vårdåtagande", (*REFERRAL, F10)),
        Stop("040_avslut", "Föreslaget", (alt("a"),)),
        Stop("040_osparat", "Osparade uppgifter", (F3,)),
        Stop("040_borttag", "OK", ("k", "1", ENTER, alt("b"))),
    ),
    "forms": (
        Stop("048", "048 Översikt", (ENTER, *_go("48"))),
        Stop("048_knappar", "Formulär för vårdåtagande", (*_go(f"48 {DISCHARGED}"), ENTER)),
        Stop("048_inskrivning_sparad", "048 Inskrivning", (alt("i"),)),
        Stop("048_utskrivning", "048 Utskrivning", (F3, ENTER, alt("u"))),
        Stop("048_uppfoljning", "048 Uppföljning", (F3, ENTER, alt("p"))),
        Stop(
            "048_inskrivning",
            "048 Inskrivning",
            (*_go(f"40 {VERA}"), *NEW, *REFERRAL, F10, alt("f"), alt("i")),
        ),
        Stop("varning", "FO06", (*ENROLMENT, F10)),
        Stop("048_inskriven", "Inskrivningen är sparad", (ENTER,)),
    ),
    "visits": (
        Stop("085_tom", "085 Besöksregistrering", (ENTER, *_go("85"))),
        Stop("085_ny", "085 Besöksregistrering", (*MANY, ENTER)),
        Stop("085_sparad", "Sparat: besök", ("9", alt("a"))),
        Stop("085_makulera", "Makulera", (alt("k"),)),
        Stop("083_tom", "083 Vårdkontakter", (F3, alt("r"), *_go("83"))),
        Stop("083", "083 Vårdkontakter", (*MANY, ENTER)),
        Stop("184", "184 Medicinsk registrering", ("j",)),
        Stop("184_kva", "184 KVÅ/operationer", (alt("k"),)),
        Stop("184_sparad", "Sparat: medicinsk", (F10,)),
        Stop("184_tom", "184 Medicinsk registrering", (alt("r"), *_go("184"))),
    ),
    "money": (
        Stop("283_1", "283 Högkostnadsöversikt", (ENTER, *_go(f"283 1 {MANY}"))),
        Stop("283_2", "283 Manuellt registrerade besök", _go("283 2")),
        Stop("610", "610 Frikortsregistrering", _go("61")),
    ),
    "lists": (
        Stop("hp", "HP Hämta filer", (ENTER, *_go("hp"))),
        Stop("kl", "KL Kontrollista", _go("kl")),
        Stop("kl_bestalld", "Listan är klar", (alt("b"),)),
        Stop("fb", "FB Besök", _go("fb")),
        Stop("hl", "HL Hämta filer", _go("hl")),
        Stop("su", "SU Support", _go("su")),
        Stop("ag", "AG Att göra", _go("ag")),
        Stop("ag_manad", "AG Att göra", (alt("a"),)),
    ),
    "drills": (
        Stop("ov_kodtraning", "ÖV Kodträning", (ENTER, *_go("öv k"))),
        Stop("ov_kodtraning_fel", "Rätt svar", (*"84", ENTER)),
    ),
    "results": (
        Stop("051_tom", "051 Uppföljning", (ENTER, *_go("51"))),
        Stop("051_patienter", "Antal patienter", (ENTER,)),
        Stop("051_alder", "2 Ålder", ("2",)),
        Stop("051_tid", "3 Behandlingstid", ("3",)),
        Stop("051_behandlare", "4 Behandlare", ("4",)),
        Stop("051_sjuk", "5 Sjukskrivning", ("5",)),
        Stop("051_tabell", "2 Ålder", ("2", "t")),
    ),
}
_GOLDEN = [stop for walk in WALKS.values() for stop in walk]
SIZES = {"120x40": (120, 40), "200x60": (200, 60)}
WIDE: tuple[Stop, ...] = (
    Stop("048", "048 Översikt", (ENTER, *_go("48"))),
    Stop("048_knappar", "Formulär för vårdåtagande", (DOWN, DOWN, ENTER)),
    Stop("048_inskrivning_sparad", "048 Inskrivning", (*_go(f"48 {DISCHARGED}"), ENTER, alt("i"))),
    Stop("040_oppnad", "040 Vårdåtaganden", (*_go(f"40 {MANY}"), "1", ENTER)),
    Stop("085_ny", "085 Besöksregistrering", _go("85")),
    Stop("083", "083 Vårdkontakter", _go("83")),
    Stop("184", "184 Medicinsk registrering", ("j",)),
    Stop("283_1", "283 Högkostnadsöversikt", _go("283 1")),
    Stop("hp", "HP Hämta filer", _go("hp")),
    Stop("ag", "AG Att göra", _go("ag")),
)
OWN_KEYS = "egna_tangenter"  # every command moved to another key
OWN: tuple[Stop, ...] = (
    Stop("menyval", "Menyval", (ENTER,)),
    Stop("in", "IN Inställningar", own_go("in")),
    Stop("014", "014 Personuppgifter", own_go(f"14 {VERA}")),
    Stop("hjalp", "Hjälp", (own_key("help"),)),
    Stop(
        "040_sparat",
        "Sparat: vårdåtagande",
        (ENTER, *own_go(f"40 {VERA}"), *NEW, *REFERRAL, own_key("save")),
    ),
    Stop("040_avslut", "Föreslaget", (alt("a"),)),
    Stop("040_osparat", "Osparade uppgifter", (own_key("back"),)),
    Stop("048_inskrivning", "048 Inskrivning", ("k", *own_go(f"48 {MANY}"), ENTER, alt("i"))),
    Stop("085_sparad", "Sparat besök", (*own_go(f"83 {MANY}"), alt("n"))),
    Stop("184", "184 Medicinsk registrering", (alt("e"),)),
    Stop("184_kva", "184 KVÅ/operationer", (alt("k"),)),
    Stop("283_2", "283 Manuellt registrerade besök", own_go("283 2")),
    Stop("610", "610 Frikortsregistrering", own_go("61")),
    Stop("051_tom", "051 Uppföljning", own_go("51")),
    Stop("snabbval_lista", "Bilder", own_go("?")),
)

READ_ONLY = "laslage"  # nothing is saved
READ: tuple[Stop, ...] = (
    Stop("menyval", "LÄSLÄGE", (ENTER,)),
    Stop("040_lista", "040 Vårdåtaganden", _go(f"40 {MANY}")),
    Stop("014_inget_sparas", "LÄSLÄGE: inget sparas", (*_go(f"14 {MANY}"), *"Ny", F10)),
)


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether the golden screens are to be written anew."""
    return bool(request.config.getoption("--update-screens", False))


@pytest.fixture
def program(home: Path) -> Iterator[Watched]:
    """The program at its login, filled in."""
    with watched(home) as opened:
        opened.terminal.expect("Tryck Enter")
        yield opened


@pytest.mark.parametrize("walk", list(WALKS))
def test_every_screen_is_the_golden_one(walk: str, program: Watched, update: bool) -> None:
    for stop in WALKS[walk]:
        program.burst(stop.keys)
        program.settle()
        program.terminal.expect(stop.title)
        _hold_to(program, SCREENS / f"{stop.name}.txt", update)


@pytest.mark.parametrize("size", list(SIZES))
def test_some_screens_in_a_larger_terminal_are_the_golden_ones(
    size: str, home: Path, update: bool
) -> None:
    columns, rows = SIZES[size]
    with watched(home, columns=columns, rows=rows) as program:
        program.terminal.expect("Tryck Enter")
        for stop in WIDE:
            program.burst(stop.keys)
            program.settle()
            program.terminal.expect(stop.title)
            _hold_to(program, SCREENS / size / f"{stop.name}.txt", update)


def test_with_every_command_moved_the_screens_name_the_new_keys(home: Path, update: bool) -> None:
    write_own_keys(home)
    with watched(home) as program:
        program.terminal.expect("Tryck Enter")
        for stop in OWN:
            program.burst(stop.keys)
            program.settle()
            program.terminal.expect(stop.title)
            _hold_to(program, SCREENS / OWN_KEYS / f"{stop.name}.txt", update)


def test_where_nothing_is_saved_the_screens_say_so(home: Path, update: bool) -> None:
    with watched(home, "--read-only") as program:
        program.terminal.expect("Tryck Enter")
        for stop in READ:
            program.burst(stop.keys)
            program.settle()
            program.terminal.expect(stop.title, "LÄSLÄGE")
            _hold_to(program, SCREENS / READ_ONLY / f"{stop.name}.txt", update)


@pytest.mark.parametrize("stop", OWN, ids=lambda stop: stop.name)
def test_with_every_command_moved_no_screen_names_an_old_key(stop: Stop) -> None:
    text = (SCREENS / OWN_KEYS / f"{stop.name}.txt").read_text(encoding="utf-8")
    assert not OLD_KEY.findall(text)
    named = [name for name in map(key_text, OWN_KEYMAP.values()) if name in text]
    assert len(named) > 4  # in the legend, and most often in the message too


def test_every_display_file_has_a_golden_screen() -> None:
    folders = (SCREENS, SCREENS.with_name("screens_ovning") / "80x24")
    files = [file for folder in folders for file in folder.glob("*.txt")]
    seen = "\n".join(file.read_text(encoding="utf-8") for file in files)
    missing = [d.title for d in displays().values() if _is_built(d.code) and d.title not in seen]
    assert missing == []


def test_every_golden_screen_is_walked_to() -> None:
    assert sorted(file.stem for file in SCREENS.glob("*.txt")) == sorted(s.name for s in _GOLDEN)
    for size in SIZES:
        wide = sorted(file.stem for file in (SCREENS / size).glob("*.txt"))
        assert wide == sorted(s.name for s in WIDE)
    own = sorted(file.stem for file in (SCREENS / OWN_KEYS).glob("*.txt"))
    assert own == sorted(s.name for s in OWN)
    read = sorted(file.stem for file in (SCREENS / READ_ONLY).glob("*.txt"))
    assert read == sorted(s.name for s in READ)


@pytest.mark.parametrize("stop", _GOLDEN, ids=lambda stop: stop.name)
def test_a_golden_screen_is_whole(stop: Stop) -> None:
    lines = (SCREENS / f"{stop.name}.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 25
    assert all(len(line) <= 80 for line in lines)
    assert lines[0].startswith("PASiS")
    assert stop.title in "\n".join(lines)
    assert re.fullmatch(r"markör: rad \d+, kolumn \d+", lines[24])


def _is_built(code: str) -> bool:
    try:
        return code == "login" or bool(view_class(code))
    except (KeyError, ModuleNotFoundError):
        return False


def _picture(program: Watched) -> str:
    screen = program.terminal.screen
    lines = [line.rstrip() for line in screen.display]
    place = f"markör: rad {screen.cursor.y + 1}, kolumn {screen.cursor.x + 1}"
    return "\n".join([*lines, place]) + "\n"


def _hold_to(program: Watched, file: Path, update: bool) -> None:
    if update:
        _quiet(program)
        file.write_text(_picture(program), encoding="utf-8")
    else:
        _compare(program, file)


def _compare(program: Watched, file: Path) -> None:
    golden = file.read_text(encoding="utf-8")
    try:
        until(program.terminal, lambda: _picture(program) == golden, file.stem)
    except AssertionError:
        change = difflib.unified_diff(
            golden.splitlines(), _picture(program).splitlines(), "golden", "seen", lineterm="", n=1
        )
        raise AssertionError("\n".join([f"{file.name} is no longer as agreed:", *change])) from None


def _quiet(program: Watched) -> None:
    """Return when nothing more is being drawn; only for writing the golden screens."""
    drawn = -1
    while drawn != program.terminal.received:
        drawn = program.terminal.received
        program.terminal.pump(0.3)
