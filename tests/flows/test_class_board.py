"""KT, the trainer's board: real learners' programs in terminals, and the board's own screens."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from textual import events

from pasis_tui.app import PasisApp
from pasis_tui.display.keymap import Keymap
from pasis_tui.services.users import access
from pasis_tui.shell.screen_text import screen_text
from pasis_tui.store.database import Database
from pasis_tui.training.classes import ClassStore, Done
from pasis_tui.views.kt_board import result_lines
from tests.flows.class_programs import TRAINER, learner, make_class, trainer
from tests.flows.practice import DAY, NAME, VERA, copy_practice, logged_in
from tests.terminal import DOWN, ENTER, ESC, F2, F3, F10, alt, ctrl
from tests.training.class_world import Clocks, Learner

SCREENS = Path(__file__).with_name("screens")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "classes.db"


def test_a_trainer_follows_three_programs_and_the_store_goes_and_comes(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    word = make_class(store)
    names = ("Anna", "Bo", "Cissi")
    with ExitStack() as open_programs:
        board = open_programs.enter_context(trainer(practice, tmp_path / "trainer", store))
        board.go("kt", "KT Klasstavla   Måndag fm", "Ingen har gått med ännu.", "0 deltagare")
        hands = [
            open_programs.enter_context(learner(practice, tmp_path / name, store, word, name))
            for name in names
        ]
        board.sees(*names, "3 deltagare")
        for each in hands:
            each.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel: Nummer saknas")
        board.sees("HK06 ×1", "Klassen: HK06 ×3")
        # A line to the second of them, and then to all.
        board.type(DOWN, alt("t")).sees("Raden visas hos Bo").type("Titta i handboken", ENTER)
        board.says("Till Bo: Titta i handboken")
        board.type(alt("t")).sees("Tips").type("*Paus kl. 10", ENTER).says(
            "Till hela klassen: Paus"
        )
        for each in hands:
            each.type("a1", "\t").sees("Läraren:", "Paus kl. 10")
        hands[1].sees("Läraren: Titta i handboken")
        assert not hands[0].terminal.sees("handboken")
        # The screen of the second, as it is there.
        board.type(ENTER).sees("Bo: nu", "610 Frikortsregistrering", "Testsson, Vera")
        hands[1].go("83", "083 Vårdkontakter")
        board.sees("083 Vårdkontakter").type(ESC).sees("KT Klasstavla")
        # The store goes and comes; the keys of nobody wait for it.
        away = tmp_path / "away"
        away.mkdir()
        for file in tmp_path.glob("classes.db*"):
            file.replace(away / file.name)
        board.sees("finns inte", "Cissi")
        for each in hands:
            each.go(f"610 {VERA}", "Frikort").type(F10).says("HK06 Fel")
        for file in away.glob("classes.db*"):
            file.replace(tmp_path / file.name)
        board.sees("Klassen kan läsas igen.")
        board.terminal.expect("Klassen: HK06 ×6")
        board.type(F3).sees("Menyval").type(ctrl("q"))
        assert board.terminal.expect_end() == 0


@pytest.mark.soak
def test_thirty_programs_lose_nothing_while_the_store_goes_and_comes(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    word = make_class(store)
    names = [f"Deltagare {number}" for number in range(1, 31)]
    away = tmp_path / "away"
    away.mkdir()
    with ExitStack() as open_programs:
        board = open_programs.enter_context(trainer(practice, tmp_path / "trainer", store))
        board.go("kt", "KT Klasstavla   Måndag fm")
        hands = [
            open_programs.enter_context(learner(practice, tmp_path / name, store, word, name))
            for name in names
        ]
        board.terminal.expect("30 deltagare", *names[:15])
        for each in hands:
            each.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel")
        board.terminal.expect("Klassen: HK06 ×30")
        for file in tmp_path.glob("classes.db*"):
            file.replace(away / file.name)
        for round_ in range(4):
            for each in hands:
                each.type(*"Xx"[round_ % 2], F10).sees("HK06 Fel")
        board.sees("finns inte", "HK06 ×30")
        hands[0].terminal.kill()  # its events are sent by the next program in its folder
        for file in away.glob("classes.db*"):
            file.replace(tmp_path / file.name)
        open_programs.enter_context(
            learner(practice, tmp_path / names[0], store, word, names[0])
        )  # fmt: skip
        board.terminal.expect("Klassen: HK06 ×150", timeout=60)
    with closing(ClassStore.open(str(store))) as opened:
        group = opened.find(word)
        assert opened.board(group.id).rules == (("HK06", 150),)
        assert [row.times for row in opened.board(group.id).rows] == [5] * 30


def test_results_book_certificates_and_another_class(
    practice: Path, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_class(store, "Tisdag em")
    with closing(ClassStore.open(str(store))) as opened, monkeypatch.context() as own:
        clocks = Clocks(own)
        group = opened.create("Måndag fm")
        for name in ("Åsa Ek", "Bo"):
            one = Learner(opened, group, name, clocks)
            one.begin("07-dubbel", "07 Dubbelsession")
            one.refuse("BE05")
            one.end(90)
            one.begin("08-borttag", "08 Borttag nekas")
            one.end(100)
    with trainer(practice, tmp_path / "trainer", store) as board:
        board.go("kt", "Måndag fm", "Bo", "Åsa Ek", "100")
        board.type(alt("u")).sees("DELTAGARE", "07   08", "Åsa Ek", "07   07 Dubbelsession")
        book = tmp_path / "r.xlsx"
        board.type(ENTER, alt("e")).sees("En fil som finns").type(ctrl("u"), str(book), ENTER)
        board.sees("Sparad:")
        assert book.stat().st_size > 1000
        folder = tmp_path / "intyg"
        board.type(alt("i")).sees("ett PDF var").type(ctrl("u"), str(folder), ENTER)
        board.until(lambda: len(list(folder.glob("*.pdf"))) == 2, "two certificates")
        (page,) = PdfReader(folder / "intyg-åsa-ek.pdf").pages
        assert "08 Borttag nekas" in page.extract_text()
        board.sees("Sparad:").type(alt("a")).sees("Klasser", "Tisdag em").type("tisdag", ENTER)
        board.sees("KT Klasstavla   Tisdag em", "Ingen har gått med ännu.")
        board.type(alt("i")).sees("ett PDF var").type(ENTER).sees("Ingen har fått en övning rättad")


def test_the_board_without_a_class_says_how_to_make_one(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    with trainer(practice, tmp_path / "trainer", store) as board:
        board.go("kt", "KT Klasstavla").sees(
            "Det finns ingen klass. pasis class create NAMN gör en"
        )
        board.type(alt("t")).sees("Det finns ingen klass")
        make_class(store)
        board.sees("KT Klasstavla   Måndag fm")


def test_the_board_is_the_trainers(practice: Path, tmp_path: Path) -> None:
    with logged_in(copy_practice(practice, tmp_path / "home")) as opened:
        opened.type(F2, "kt", ENTER)
        opened.expect("KT Klasstavla är för den som lär ut.")


# --- the board whole, its clocks standing still ---------------------------------------------


class Stage(PasisApp):
    """The program with the trainer logged in, before the board."""

    def __init__(self, home: Path) -> None:
        super().__init__(str(home / NAME), home, date.fromisoformat(DAY), Keymap())

    async def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        """Log in without a terminal."""
        event.prevent_default()
        opened = Database.open(self.database_name)
        await self.logged_in(opened, access.practice_actor(opened, user=TRAINER))
        await self.open("KT")

    def on_ready(self) -> None:
        """There is no login to open the database behind."""


@pytest.mark.parametrize("size", ["80x24", "120x40"])
async def test_a_class_of_thirty_is_whole(
    size: str,
    practice: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    home = copy_practice(practice, tmp_path / "home")
    clocks = Clocks(monkeypatch)
    monkeypatch.setattr("pasis_tui.training.classes.class_word", lambda: "ek-bro-sol")
    with closing(ClassStore.open(str(home / "classes.db"), create=True)) as opened:
        group = opened.create("Måndag fm")
        clocks.after(40 * 60)
        people = [Learner(opened, group, f"Deltagare {n}", clocks) for n in range(1, 31)]
        for number, each in enumerate(people):
            each.begin("08-borttag", "08 Borttag nekas")
            if number % 3 == 0:
                each.refuse(*["BE05"] * (number % 4), "VA31")
            if number % 5 == 0:
                each.end(70 + number)
        clocks.after(130)
        people[1].refuse("FO02")
        clocks.after(3)
    columns, rows = map(int, size.split("x"))
    app = Stage(home)
    async with app.run_test(size=(columns, rows)) as pilot:
        await pilot.pause()
        picture = screen_text(app) + "\n"
        app.session.database.dispose()
    file = SCREENS / "klass" / f"{size}.txt"
    if request.config.getoption("--update-screens", False):
        file.write_text(picture, encoding="utf-8")
    assert picture == file.read_text(encoding="utf-8")
    assert len(picture.splitlines()) == rows
    assert all(len(line) <= columns for line in picture.splitlines())


def test_results_are_set_in_columns() -> None:
    done = [
        Done(n, f"Deltagare {n}", f"{e:02}-x", f"Övning {e}", 100, 1, 1, 1, 0.0)
        for n in range(2)
        for e in range(11)
        if (n, e) != (1, 3)
    ]
    lines = result_lines(done)
    assert lines[0] == "DELTAGARE              00   01   02   03   04   05   06   07   08"
    assert lines[2] == "Deltagare 1           100  100  100    –  100  100  100  100  100"
    assert lines[4].split() == ["DELTAGARE", "09", "10"]
    assert lines[-1] == "10   Övning 10"
