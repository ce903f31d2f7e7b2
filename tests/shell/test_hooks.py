"""The hooks for those who follow a clerk's work, in the real program."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from textual.geometry import Size

from pasis_tui.store.passwords import hash_password
from pasis_tui.widgets.frame import Foot
from pasis_tui.widgets.palette import palette
from tests.flows.clerk import Clerk
from tests.flows.practice import DAY, LOGIN, MENU, NAME, VERA, copy_practice, make_practice, until
from tests.sealed import texts_of
from tests.terminal import ENTER, ESC, F1, F2, F3, F10, TAB, Terminal, ctrl, terminal

_FOLLOWED = Path(__file__).with_name("followed.py")
STRIP = "Övning 3: registrera besöket  12:30"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_practice(tmp_path_factory.mktemp("made"))


@contextmanager
def followed(made: Path, tmp_path: Path, rows: int = 24) -> Iterator[tuple[Clerk, Path]]:
    home = copy_practice(made, tmp_path / "home")
    other = copy_practice(made, tmp_path / "other") / NAME
    heard = tmp_path / "heard"
    environment = {"PASIS_OTHER": str(other), "PASIS_HEARD": str(heard)}
    with terminal(
        ["--date", DAY], home, script=_FOLLOWED, environment=environment, rows=rows
    ) as opened:
        opened.expect(LOGIN).type(ENTER)
        opened.expect(MENU)
        yield Clerk(opened, home), heard


def lines(heard: Path, start: str) -> list[str]:
    return [line for line in heard.read_text("utf-8").splitlines() if line.startswith(start)]


def test_keys_refusals_and_saves_are_told_in_order(made: Path, tmp_path: Path) -> None:
    with followed(made, tmp_path) as (hands, heard):
        hands.go(f"610 {VERA}", "Inga frikort").type(F10, "x", TAB).says("HK06 Fel: Nummer saknas")
        hands.type("a1", TAB, "260201", TAB, "Region X", TAB, "270131", F10)
        hands.says("Sparat: frikort A1")
        until(hands.terminal, lambda: bool(lines(heard, "saved")), "the save is told")
        assert lines(heard, "refused") == ["refused 610 HK06 HK06 HK06 HK06"]
        assert lines(heard, "saved") == ["saved 610 Sparat: frikort A1."]
        # Spara with nothing new says it again; nothing was saved, and no save is told.
        done = len(lines(heard, "key f10 done"))
        hands.type(F10)
        until(hands.terminal, lambda: len(lines(heard, "key f10 done")) > done, "Spara is done")
        hands.says("Sparat: frikort A1")
        assert lines(heard, "saved") == ["saved 610 Sparat: frikort A1."]
        # What was typed before the refusal could be seen was dropped, and is told as dropped.
        keys = lines(heard, "key")
        at = keys.index("key f10 done")
        assert keys[at + 1 : at + 3] == ["key x dropped", "key tab dropped"]


def _foot(seen: Terminal) -> list[str]:
    return [line.rstrip() for line in seen.screen.display]


@pytest.mark.parametrize("rows", [24, 30])
def test_the_coach_strip_stands_above_the_message_and_covers_nothing(
    made: Path, tmp_path: Path, rows: int
) -> None:
    with followed(made, tmp_path, rows) as (hands, _):
        hands.go("85 9204012380", "Tid är när besöket startar")
        hands.terminal.expect_gone("Hämta filer")  # the whole screen is painted
        before = _foot(hands.terminal)
        hands.type(F2, "remsa", ENTER).sees(STRIP)
        place = next(n for n, line in enumerate(_foot(hands.terminal)) if STRIP in line)
        assert place == (rows - 4 if rows > 24 else rows - 3)
        body = _foot(hands.terminal)[4:20]
        assert body == before[4:20]
        hands.type(ESC).go("83", "083 Vårdkontakter")
        hands.sees(STRIP)  # on the next screen too
        assert _foot(hands.terminal)[-1] == before[-1]


def test_another_database_and_back_without_logging_in(made: Path, tmp_path: Path) -> None:
    with followed(made, tmp_path) as (hands, _):
        hands.go(f"610 {VERA}", "Inga frikort").type("b2", TAB)
        hands.type(F2, "annan", ENTER).sees(MENU)
        hands.go(f"610 {VERA}", "Inga frikort")
        assert hands.value("610_frikortsregistrering", "number") == ""  # its drafts are its own
        hands.type("a1", TAB, "260201", TAB, "Region X", TAB, "270131", F10)
        hands.says("Sparat: frikort A1")
        hands.type(F2, "egen", ENTER).sees("Inga frikort")
        hands.holds("610_frikortsregistrering", "number", "B2")
        assert hands.rows("SELECT count(*) FROM free_card WHERE number = 'A1'") == [(0,)]
        hands.type(F3).terminal.expect("Osparade uppgifter")
        hands.type("k").sees(MENU).type(ctrl("q"))
        assert hands.terminal.expect_end() == 0


def test_what_was_typed_is_on_the_disk_before_another_database_opens(
    made: Path, tmp_path: Path
) -> None:
    with followed(made, tmp_path) as (hands, _):
        hands.go(f"610 {VERA}", "Inga frikort").type("b2", TAB, F2, "annan", ENTER)
        hands.go(f"83 {VERA}", "083 Vårdkontakter")
        assert any('"b2"' in text.lower() for text in texts_of(hands.home))


def test_the_lock_asks_for_the_password_of_the_login(made: Path, tmp_path: Path) -> None:
    with followed(made, tmp_path) as (hands, _):
        with closing(sqlite3.connect(hands.home / NAME)) as own, own:
            own.execute("UPDATE user_account SET password_hash = ?", [hash_password("eget")])
        hands.type(F2, "annan", ENTER).sees(MENU).go(f"610 {VERA}", "Inga frikort")
        hands.type(F2, "borta", ENTER).sees("Låst")
        hands.type("ovning", ENTER).sees("Användare, lösenord eller enhet är fel.")
        hands.type("eget", ENTER).sees("Inga frikort")


@pytest.mark.parametrize("when", ["before the login", "after it"])
def test_a_job_of_a_session_that_has_ended_is_told_to_nobody(
    made: Path, tmp_path: Path, when: str
) -> None:
    with followed(made, tmp_path) as (hands, heard):
        hands.type(F2, "arbete", ENTER).says("Arbetet pågår.")
        with closing(sqlite3.connect(hands.home / NAME)) as own, own:
            own.execute("UPDATE user_account SET access_version = access_version + 1")
        hands.type(F2, "83", ENTER).says("Lösenord eller roller för ANNLIN är ändrade.")
        if when == "after it":
            hands.type(ENTER).sees(MENU)
        (heard.parent / "klart").touch()
        until(hands.terminal, lambda: bool(lines(heard, "job ended")), "its end has been delivered")
        stands = MENU if when == "after it" else "Lösenord eller roller för ANNLIN är ändrade."
        hands.type(F1).sees("MEDDELANDET", stands)


def test_a_frame_drawn_before_the_coach_strip_has_its_row_is_whole() -> None:
    foot = Foot([("F1", "Hjälp")], palette("pasis"))
    foot.say("Sparat.")
    size = Size(80, 3)
    with patch.object(Foot, "size", property(lambda _: size)):
        rows = [foot.render_line(y).text.rstrip() for y in range(3)]
        foot.set_coach(STRIP, 30)
        assert [foot.render_line(y).text.rstrip() for y in range(3)] == rows
        size = Size(80, 4)
        assert [foot.render_line(y).text.strip() for y in range(4)] == [
            STRIP,
            *map(str.strip, rows),
        ]
        foot.set_coach("", 30)
        assert [foot.render_line(y).text.rstrip() for y in range(4)] == ["", *rows]
