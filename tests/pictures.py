"""``make docs``: pictures of the screens into docs/pictures, tables into README.md and docs/.

The pictures are of the real program in a real terminal, walked through one patient's whole
treatment with the keys that docs/forsta-timmen.md teaches, and then through what docs/trainer.md
teaches.  If a step no longer leads where the text says, the walk stops with what the screen
showed instead.

``--check`` makes no pictures and changes nothing: exit 1 when a page is stale.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pasis_tui.commands import COMMANDS, key_text
from pasis_tui.display.display_files import Display, displays
from tests import guide_tables
from tests.flows.class_programs import learner, make_class, trainer
from tests.flows.practice import make_practice
from tests.svg_screen import svg
from tests.terminal import (
    BACKTAB,
    ENTER,
    F1,
    F2,
    F3,
    F4,
    F6,
    F9,
    F10,
    TAB,
    Terminal,
    alt,
    ctrl,
    terminal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parent.parent
README = PROJECT / "README.md"
TRAINER = PROJECT / "docs" / "trainer.md"
EXERCISES = PROJECT / "docs" / "ovningar.md"
PICTURES = PROJECT / "docs" / "pictures"
DAY = "2026-03-02"
VERA = "9307142381"
NORA = "9204012380"  # in the practice data, one commitment closed and one open
PTSD = "9705202381"  # enrolled with F431, so double sessions are allowed
ELSEWHERE = "0208152397"  # the other clinic's


# --- README.md ----------------------------------------------------------------------------------


def key_table() -> str:
    """Return the keys as a Markdown table, from the Command table."""
    rows = ["| Key | Second key | Screen says | Does |", "|---|---|---|---|"]
    for command in COMMANDS:
        first, second = ([key_text(key) for key in command.keys] + ["", ""])[:2]
        rows.append(
            f"| {_key(first)} | {_key(second)} | {command.legend} | {_cell(command.help)} |"
        )
    return "\n".join(rows)


def _key(text: str) -> str:
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")


def screen_table() -> str:
    """Return the screens as a Markdown table, from the display files."""
    rows = [
        "| Snabbval | Screen | Reached from | Chapter of the instruction |",
        "|---|---|---|---|",
    ]
    for shown in displays().values():
        if shown.parent != "start":
            rows.append(
                f"| {_codes(shown)} | {_cell(shown.title)} | {_way(shown)} | {_cell(shown.chapter)} |"
            )
    return "\n".join(rows)


def _codes(shown: Display) -> str:
    return "" if shown.parent else ", ".join(f"`{code}`" for code in (shown.code, *shown.numbers))


def _way(shown: Display) -> str:
    return f"screen {shown.parent}" if shown.parent else " – ".join(shown.menu)


Sections = Mapping[str, Callable[[], str]]
SECTIONS: Mapping[Path, Sections] = {
    README: {"keys": key_table, "screens": screen_table},
    TRAINER: {
        "acts": guide_tables.act_table,
        "fields": guide_tables.field_table,
        "patients": guide_tables.patient_table,
        "names": guide_tables.key_list,
        "facts": guide_tables.fact_table,
        "chapters": guide_tables.chapter_list,
    },
}


def regenerated(text: str, sections: Sections = SECTIONS[README]) -> str:
    """Return a page's *text* with each generated section as it should be.

    Raises ValueError when a section's markers are missing.
    """
    for name, make in sections.items():
        pattern = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        match = pattern.search(text)
        if match is None:
            raise ValueError(f"The page has lost the markers of {name}")
        text = f"{text[: match.end(1)]}{make()}\n{text[match.start(2) :]}"
    return text


def pages() -> dict[Path, str]:
    """Return the pages that are made from the program, in whole or in part, as they should be."""
    made = {path: regenerated(path.read_text("utf-8"), each) for path, each in SECTIONS.items()}
    return made | {EXERCISES: guide_tables.exercise_page()}


def stale() -> list[str]:
    """Return the names of the pages that differ from the program."""
    return [
        path.name
        for path, text in pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


# --- the pictures -------------------------------------------------------------------------------


class Photographer:
    """Types, waits for what is to be seen, and takes the picture."""

    def __init__(self, at: Terminal) -> None:
        self.at = at

    def type(self, *keys: str, sees: str | tuple[str, ...]) -> None:
        """Type *keys* and return when *sees* is on the screen."""
        self.at.type(*keys)
        self.at.expect(*((sees,) if isinstance(sees, str) else sees))

    def snap(self, name: str, title: str) -> None:
        """Write docs/pictures/NAME.svg, when nothing more is being drawn."""
        drawn = -1
        while drawn != self.at.received:
            drawn = self.at.received
            self.at.pump(0.2)
        (PICTURES / f"{name}.svg").write_text(svg(self.at.screen, title), encoding="utf-8")
        print(f"docs/pictures/{name}.svg")


@contextmanager
def camera(home: Path, *arguments: str) -> Iterator[Photographer]:
    """Open the program, logged on to the practice database in *home*."""
    with terminal(["--date", DAY, *arguments], home) as at:
        at.expect("Tryck Enter")
        yield Photographer(at)


def make_pictures() -> None:
    """Take every picture anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.svg"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="pasis-pictures-") as folder:
        home = Path(folder)
        with camera(home, "--theme", "ljus") as photographer:
            look_light(photographer)
        with camera(home) as photographer:
            look_around(photographer)
            refer(photographer)
            first_visit(photographer)
            treat(photographer)
            finish(photographer)
            try_more(photographer)
        with camera(home) as photographer:
            photographer.type(ENTER, sees="Enter öppnar raden")
            money_lists_results(photographer)
        with camera(home) as photographer:
            photographer.type(ENTER, sees="Enter öppnar raden")
            exercise(photographer)
        teach(home)


def look_around(p: Photographer) -> None:
    """Login, menu, the unit's overview, a patient of the practice data, favourites, a refusal."""
    p.snap("login", "Inloggningen, ifylld för övning")
    p.type(ENTER, sees="Enter öppnar raden")
    p.snap("menyval", "Menyval med alla bilder")
    p.type(F2, "48", ENTER, sees="Enter visar formulären")
    p.snap("048", "048 Översikt vårdåtaganden, enhetens alla")
    p.type(F2, f"40 {NORA}", ENTER, sees=("Skisslund", "Enter öppnar raden"))
    p.snap("040-lista", "040 Vårdåtaganden, en patients vårdåtaganden")
    p.type(F2, "83", ENTER, sees=("083 ", "Enter (eller J/N)"))
    p.snap("083", "083 Vårdkontakter")
    p.type(F2, "14", ENTER, sees="Läst. Rätta")
    p.snap("014", "014 Personuppgifter")
    p.type(F2, "-", ENTER, sees=("083 ", "Enter (eller J/N)"))
    p.type(F6, sees="Inga favoriter ännu")
    p.type(alt("f"), sees="favoriter är hämtade")
    p.snap("favoriter", "Favoriter med anvisningens förslag")
    p.type("6", sees=("040 ", "Enter öppnar raden"))
    p.type(F2, "vårdk", ENTER, sees=("083 ", "Enter (eller J/N)"))
    p.type(F2, "f6", ENTER, sees=("040 ", "Enter öppnar raden"))
    p.type(alt("r"), sees="10 siffror i följd")
    p.type("9307142382", ENTER, sees="VA01 Fel")
    p.snap("nekad", "Ett felskrivet personnummer nekas med regelns nummer")
    p.type(F1, sees="MEDDELANDET")
    p.snap("hjalp", "F1 förklarar meddelandet och fältet")
    p.type(ENTER, sees="VA01 Fel")


def refer(p: Photographer) -> None:
    """The referral's day: screen 040, list of referral codes, Nyuppläggning, saved."""
    p.type(F2, f"40 {VERA}", ENTER, sees=("Testsson, Vera", "Ny (Alt+N)"))
    p.type(alt("n"), sees="Problem: KBT, IPT eller PDT")
    p.snap("040-ny", "040 Vårdåtaganden, nytt vårdåtagande före Läs")
    p.type("kbt", TAB, F10, sees="VA05 Fel")
    p.type(alt("l"), sees="Nyuppläggning")
    p.type("1", TAB, F4, sees="142 av 142")
    p.type("björkh", sees=("›1  VCBJ01", " av 142"))
    p.snap("vardelista", "Värdelistan för remisskoden, sökt på björkh")
    p.type(ENTER, sees="VCBJ01")
    p.type(TAB, TAB, "-4", TAB, sees="2026-02-26")
    p.snap("040-nyupplaggning", "040 Vårdåtaganden, Nyuppläggning")
    p.type(F10, sees="Sparat: vårdåtagande")
    p.snap("040-sparat", "040 Vårdåtaganden, sparat, med knappen Formulär")


def first_visit(p: Photographer) -> None:
    """A week later: 085, Inskrivning, 083, 184 and its KVÅ codes."""
    p.type(F2, "+7d", ENTER, sees="Övningsdatum är nu 2026-03-09")
    p.type(F2, "85", ENTER, sees="Tid är när besöket startar")
    p.type("9", F10, sees="Medicinsk registrering återstår")
    p.type(F2, "48", ENTER, sees="Sökt.")
    p.type(ENTER, sees="Nästa formulär: Inskrivning")
    p.snap("048-knappar", "048 Översikt, formulärens knappar")
    p.type(ENTER, sees="Fyll i och tryck Spara")
    p.type("f411", TAB, TAB, "0", TAB, sees="Inte sjukskriven")
    p.type(F10, sees="Inskrivningen är sparad")
    p.snap("048-inskrivning", "048 Inskrivning, sparad med V")
    p.type(F2, "83", ENTER, sees="Enter (eller J/N)")
    p.type("n", sees="F411 från inskrivningen")
    p.snap("184", "184 Medicinsk registrering med förslag")
    p.type(alt("k"), sees="Fyll i koderna")
    p.snap("184-kva", "184 KVÅ/operationer")
    p.type(F10, sees="Dia reg J")


def treat(p: Photographer) -> None:
    """The quick lane; a visit at a distance; what cannot be removed."""
    p.type(F2, "+7d", ENTER, sees="Övningsdatum är nu 2026-03-16")
    p.type(F2, "85", ENTER, sees="Tid är när besöket startar")
    p.type("1430", sees="1430")
    p.snap("085", "085 Besöksregistrering med förslag till medicinsk registrering")
    p.type(alt("a"), sees="med medicinsk registrering")
    p.type(F2, "40", ENTER, sees="[Borttag]")
    p.type(alt("b"), sees="Får ej tas bort SPS0431 267 O")
    p.snap("borttag", "040 Vårdåtaganden, Borttag nekas när besök finns")
    p.type(F2, "2026-06-15", ENTER, sees="Övningsdatum är nu 2026-06-15")
    p.type(F2, "85", ENTER, sees="Tid är när besöket startar")
    p.type("10", TAB * 6, "j", TAB, sees="ZV051")
    p.type(alt("a"), sees="med medicinsk registrering")


def finish(p: Photographer) -> None:
    """Utskrivning, the follow-up three months later, closing."""
    p.type(F2, "48", ENTER, ENTER, ENTER, sees=("048 Utskrivning", "Fyll i och tryck"))
    p.type("0", F10, sees="Utskrivningen är sparad")
    p.snap("048-utskrivning", "048 Utskrivning, sparad med V")
    p.type("1", sees="Uppföljning (Alt+P) ska ske 2026-09-15–2026-10-15")
    p.type(alt("p"), "j", F10, sees="FO05 Varning")
    p.type("n", F3, sees="Osparade uppgifter")
    p.type("k", sees="Uppföljning (Alt+P) ska ske")
    p.type(F2, "+3m", ENTER, sees="Övningsdatum är nu 2026-09-15")
    p.type(F2, "85", ENTER, sees="Tid är när besöket startar")
    p.type("9", alt("a"), sees="med medicinsk registrering")
    p.type(F2, "48", ENTER, ENTER, ENTER, sees=("048 Uppföljning", "Uppföljning ska ske"))
    p.type("j", F10, sees="Uppföljningen är sparad")
    p.snap("048-uppfoljning", "048 Uppföljning, sparad med V")
    p.type(F2, "40", ENTER, sees="[Avsluta]")
    p.type(alt("a"), sees="Föreslaget avslut")
    p.snap("040-avslut", "040 Vårdåtaganden, föreslaget avslut")
    p.type(F10, sees="är avslutat 2026-09-15 AV")
    p.type(alt("e"), sees="Återöppnandet loggas")
    p.type("fel datum", ENTER, sees="är öppet igen")


def try_more(p: Photographer) -> None:
    """What the guide's last table says to try."""
    p.type(F2, f"85 {NORA}", ENTER, sees="Tid är när besöket startar")
    p.type("9", TAB, "filial", TAB * 7, "j", F10, sees="Sparat: uteblivet besök")
    p.type(F2, "85", ENTER, sees="Tid är när besöket startar")
    p.type(F9, F10, sees="BE08 Fel")
    p.type(BACKTAB, TAB, "10", F10, sees="Medicinsk registrering återstår")
    p.type(F2, "83", ENTER, sees="Enter (eller J/N)")
    p.type(alt("n"), sees="Sparat besök")
    p.type(alt("k"), sees="makuleras. Raden står kvar")
    p.type("fel patient", ENTER, sees="Makulerat: besök")
    p.type(F2, f"85 {PTSD}", ENTER, sees="Tid är när besöket startar")
    p.type("8", alt("a"), sees="med medicinsk registrering")
    p.type(alt("b"), sees="Andra halvan av dubbelsessionen")
    p.type(alt("a"), sees="08:45 med medicinsk registrering")
    p.type(F2, "in", ENTER, sees="Ändra och tryck Spara")
    p.type(TAB, "t", F10, sees="Inställningarna är sparade")
    p.type(F2, f"83 {ELSEWHERE}", ENTER, sees="SE01 Fel")


def money_lists_results(p: Photographer) -> None:
    """283, 610, the lists, 051, the worklist, support."""
    p.type(F2, f"283 1 {NORA}", ENTER, sees="Till fil (Alt+T)")
    p.snap("283-1", "283 Högkostnadsöversikt")
    p.type(F2, "283 2", ENTER, sees="Datum, belopp, vårdgivare och bevis")
    p.snap("283-2", "283 Manuellt registrerade besök")
    p.type(F2, "61", ENTER, sees="610 Frikortsregistrering")
    p.snap("610", "610 Frikortsregistrering")
    p.type(F2, "kl", ENTER, sees="Beställ (Alt+B)")
    p.type(alt("b"), sees="Listan är klar")
    p.snap("kl", "KL Kontrollista Psykoterapi/MMS, beställd")
    p.type(alt("f"), sees="Enter visar listan")
    p.snap("hp", "HP Hämta filer")
    p.type(F2, "fb", ENTER, sees="Beställ (Alt+B)")
    p.snap("fb", "FB Besök diagnos/KVÅ/op")
    p.type(F2, "51", ENTER, sees="Ladda period")
    p.type(ENTER, sees="mot alla")
    for number, name in enumerate(("patienter", "alder", "tid", "behandlare", "sjuk"), 1):
        p.type(str(number), sees=f"{number} ")
        p.snap(f"051-{name}", f"051 Uppföljning, diagram {number}")
    p.type(F2, "ag", ENTER, sees="AG Att göra")
    p.snap("ag", "AG Att göra")
    p.type(alt("a"), sees="Månadsavslut 2026")
    p.snap("ag-manad", "AG Att göra, månadsavslut")
    p.type(F2, "su", ENTER, sees="SU Support")
    p.snap("su", "SU Support")


def exercise(p: Photographer) -> None:
    """ÖV: the list, a story, a slip and a hint, the result and Skugga."""
    p.type(F2, "öv", ENTER, sees="Enter visar berättelsen")
    p.snap("ov-lista", "ÖV Övningar")
    p.type("7", ENTER, sees="Ö eller Enter Öva")
    p.snap("ov-berattelse", "En övnings berättelse")
    p.type("ö", sees="K Klar, rätta")
    p.type(ENTER, sees="Skriv bildens nummer")
    p.type(F2, f"85 {VERA}", ENTER, sees="Tid är när besöket startar")
    p.type("10", alt("a"), sees="med medicinsk registrering")
    p.type(ctrl("o"), sees="T Tips")
    p.snap("ov-kort", "Kortet under en övning")
    p.type("k", sees="1 avvikelse")
    p.snap("ov-resultat", "ÖV Resultat: glömd distans")
    p.type(alt("k"), sees="Enter visar din bild")
    p.snap("ov-skugga", "ÖV Skugga")


def teach(home: Path) -> None:
    """KT: a class of four, each where they are."""
    store = home / "classes.db"
    word = make_class(store)
    practice = make_practice(home)
    names = ("Anna B", "Bo", "Cissi", "Åsa")
    with ExitStack() as programs:
        board = programs.enter_context(trainer(practice, home / "trainer", store))
        hands = [
            programs.enter_context(learner(practice, home / name, store, word, name))
            for name in names
        ]
        for each, number in zip(hands, ("1", "5", "7", "7"), strict=True):
            each.go("öv", "Enter visar berättelsen")
            each.type(number, ENTER).sees("Ö eller Enter Öva").type("ö").sees("K Klar, rätta")
            each.type(ENTER).sees("Skriv bildens nummer")
        for each in hands[1:3]:
            for _ in range(3):
                each.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel")
                each.go("14", "014 Personuppgifter").terminal.expect_gone("HK06 Fel")
        last = hands[3].go(f"85 {VERA}", "Tid är när").type("10", alt("a")).says("Sparat: besök")
        last.type(ctrl("o")).sees("T Tips").type("k").sees("1 avvikelse")
        board.go("kt", "KT Klasstavla", *names, "HK06 ×6", " 88 ")
        Photographer(board.terminal).snap("kt", "KT Klasstavla")


def look_light(p: Photographer) -> None:
    """The light theme."""
    p.type(ENTER, sees="Enter öppnar raden")
    p.type(F2, f"85 {NORA}", ENTER, sees="Tid är när besöket startar")
    p.snap("ljus", "085 Besöksregistrering med det ljusa temat")
    p.type(F3, sees="Menyval")


def main(arguments: list[str] | None = None) -> int:
    """Run ``python -m tests.pictures``; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which pages are stale")
    options = parser.parse_args(arguments)
    if options.check:
        if names := stale():
            print(f"{', '.join(names)}: stale; make docs", file=sys.stderr)
            return 1
        return 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    make_pictures()
    return 0


if __name__ == "__main__":
    sys.exit(main())
