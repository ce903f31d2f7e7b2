"""A server that stops, dies, freezes or cannot be reached under a clerk: told, waited for, gone on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.store.database import Database
from tests.flows.clerk import Clerk
from tests.flows.practice import logged_in, run_pasis
from tests.servers import Line, OwnServer, eventually, line_to, own_server
from tests.terminal import ESC, F5, F10, TAB, ctrl

MANY = "9204012380"
WAITS = "Väntar på servern … Esc slutar vänta."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server with the practice data."""
    with own_server() as made:
        home = tmp_path_factory.mktemp("first")
        done = run_pasis("--database", made.uri(), "db", "check", home=home)
        assert done.returncode == 2, done.stderr  # nothing there yet
        done = run_pasis(
            "--date", "2026-03-02", "--database", made.uri(), "show", "040", MANY, home=home
        )
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture
def line(server: OwnServer) -> Iterator[Line]:
    """A line to the server, which is there again when the test has ended."""
    with line_to(server.socket) as opened:
        yield opened
    server.thaw()
    server.start()


@contextmanager
def _typing(line: Line, home: Path, name: str) -> Iterator[Clerk]:
    """A clerk who has typed the new first name *name* and not saved it."""
    with logged_in(home, "--database", line.uri("postgres")) as opened:
        hand = Clerk(opened, home).go(f"14 {MANY}", "Läst.")
        hand.type(TAB, ctrl("u"), name).sees(f"*{name}")
        yield hand


def _saved(server: OwnServer) -> str:
    with Database.open(server.uri()) as database, database.reading_engine.connect() as connection:
        asked = text("SELECT given_name FROM patient WHERE identity_number LIKE :like")
        return str(connection.execute(asked, {"like": f"%{MANY}"}).scalar_one())


def _stop(server: OwnServer, line: Line) -> None:
    server.stop()


def _kill(server: OwnServer, line: Line) -> None:
    server.kill()


def _out_of_reach(server: OwnServer, line: Line) -> None:
    line.refuses = True
    line.cut()


_GONE = ("Fel: Når inte databasen", "Fel: Förbindelsen med databasen")


@pytest.mark.parametrize("gone", [_stop, _kill, _out_of_reach])
def test_a_server_that_is_gone_is_told_and_comes_back(
    server: OwnServer, line: Line, tmp_path: Path, gone: Callable[[OwnServer, Line], None]
) -> None:
    name = f"Eva{gone.__name__.replace('_', '')}"
    with _typing(line, tmp_path, name) as hand:
        gone(server, line)
        # A line that broke while it was used is told as that; one found broken is tried again.
        hand.type(F10).says("Fel: ").sees(f"*{name}")
        assert hand.terminal.message.startswith(_GONE)
        server.start()
        line.refuses = False
        hand.type(F10).says("Sparat:")
    assert _saved(server) == name


def test_a_frozen_server_is_waited_for(server: OwnServer, line: Line, tmp_path: Path) -> None:
    with _typing(line, tmp_path, "Frida") as hand:
        server.freeze()
        hand.type(F10).sees(WAITS)
        server.thaw()
        hand.says("Sparat:")
        server.freeze()
        hand.type(F5).sees(WAITS)
        hand.type(ESC).says("Fel: Databasen", "du slutade vänta. Inget sparades.")
        server.thaw()
        hand.type(F5).says("Läst.").sees("*Frida")
    assert _saved(server) == "Frida"


def test_who_stops_waiting_keeps_what_was_typed(
    server: OwnServer, line: Line, tmp_path: Path
) -> None:
    with _typing(line, tmp_path, "Greta") as hand:
        line.freeze()
        hand.type(F10).sees(WAITS)
        hand.type(ESC).says("Fel: Databasen", "du slutade vänta. Inget sparades.")
        hand.sees("*Greta")
        line.cut()
        line.thaw()
        assert _saved(server) != "Greta"
        hand.type(F10).says("Sparat:")
    assert _saved(server) == "Greta"


def test_the_program_can_be_left_while_it_waits(
    server: OwnServer, line: Line, tmp_path: Path
) -> None:
    with _typing(line, tmp_path, "Hanna") as hand:
        server.freeze()
        hand.type(F10).sees(WAITS)
        hand.type(ctrl("q")).sees("Det du skrivit är inte sparat")
        hand.type("k")
        assert hand.terminal.expect_end() == 0
        server.thaw()
    assert _saved(server) != "Hanna"


@pytest.mark.parametrize("pass_on", [True, False])
def test_a_commit_without_an_answer_is_asked_for(
    server: OwnServer, line: Line, tmp_path: Path, pass_on: bool
) -> None:
    name = f"Ida{pass_on}"
    with _typing(line, tmp_path, name) as hand:
        _cut_at_commit(line, name, pass_on=pass_on)
        if pass_on:
            hand.type(F10).says("Sparat:")
        else:
            hand.type(F10).says("Fel: Förbindelsen med databasen", "Inget sparades.")
            hand.sees(f"*{name}")
        assert (_saved(server) == name) is pass_on
        hand.type(F10).says("Sparat:")
    assert _saved(server) == name


def _cut_at_commit(line: Line, name: str, *, pass_on: bool, for_good: bool = False) -> None:
    """Cut *line* at the COMMIT of the save that carries *name*: presence commits what it tells too.

    With *for_good* the server is not found again; until then presence may want a connection too.
    """
    carried = False

    def seen(piece: bytes) -> bool:
        nonlocal carried
        carried = carried or name.encode() in piece
        if carried and b"COMMIT" in piece:
            line.watch, line.gone = None, for_good
            return True
        return False

    line.pass_on, line.watch = pass_on, seen


def test_what_is_not_known_is_said_so(server: OwnServer, line: Line, tmp_path: Path) -> None:
    with _typing(line, tmp_path, "Julia") as hand:
        _cut_at_commit(line, "Julia", pass_on=True, for_good=True)
        hand.type(F10).sees(WAITS)
        hand.type(ESC).says("Fel: Databasen", "inte känt om det sparades", "(F5)").sees("*Julia")
        line.gone = False
        eventually(lambda: _saved(server) == "Julia", "it was saved")
        hand.type(F5).sees("Det du skrivit är inte sparat").type("k").sees("*Julia")
