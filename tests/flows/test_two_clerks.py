"""Two programs at one record: the second sees who was first, what stood before, mine and theirs,
and keeps mine, takes theirs, or chooses by field; then the rules judge the whole again."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.flows.clerk import Clerk
from tests.flows.practice import logged_in, until
from tests.terminal import BACKTAB, ENTER, ESC, F5, F10, LEFT, TAB, Terminal, alt, ctrl

MANY = "9204012380"
FIRST = "Annika Lindgren hann före"
ASKED = "Sparat av annan"
SAVED = ("Sparat:", "Ändrat:", "Inskrivningen är sparad")
CLEAR = ctrl("u")
SCREENS = Path(__file__).with_name("screens_tva")
ALSO = "Även öppen i ett annat fönster hos dig sedan"
_WHEN = re.compile(r"före \d{4}-\d\d-\d\d \d\d:\d\d")
_SINCE = re.compile(r"sedan \d\d:\d\d")


def _person(hand: Clerk) -> None:
    hand.go(f"14 {MANY}", "Läst.").type(TAB)


def _visit(hand: Clerk) -> None:
    hand.go(f"83 {MANY}", "Dia reg").type("3", alt("n")).sees("Sparat besök.").type(TAB)


def _diagnosis(hand: Clerk) -> None:
    hand.go(f"83 {MANY}", "Dia reg").type("3", ENTER).sees("184 Medicinsk registrering")


def _codes(hand: Clerk) -> None:
    _diagnosis(hand)
    hand.type(alt("k")).sees("Fyll i koderna")


def _enrolment(hand: Clerk) -> None:
    hand.go(f"48 {MANY}", "Enter visar").type(ENTER).sees("Formulär för").type(alt("i"))
    hand.sees("048 Inskrivning")


def _commitment(hand: Clerk) -> None:
    hand.go(f"40 {MANY}", "Enter öppnar").type(ENTER).sees("[Avsluta]").type(*[BACKTAB] * 5)


@contextmanager
def two(
    home: Path, opened: Callable[[Clerk], None], **options: Any
) -> Iterator[tuple[Clerk, Clerk]]:
    """Two clerks, the same record open at both; the second is told of the first."""
    with ExitStack() as stack:
        one, other = (
            Clerk(stack.enter_context(logged_in(home, **options)), home) for _ in range(2)
        )
        opened(one)
        one.until(lambda: bool(one.rows("SELECT 1 FROM presence")), "the first one stands there")
        opened(other)
        other.sees(ALSO)
        yield one, other


def saves(hand: Clerk, *typed: str) -> None:
    """Type and save, and see that it is saved."""
    events = "SELECT count(*) FROM audit_event WHERE action IN ('create', 'change')"
    before = hand.rows(events)  # the message of a save before this one may stand there
    hand.type(*typed, F10)
    hand.until(lambda: hand.rows(events) != before, "it is saved")
    hand.until(lambda: hand.terminal.message.startswith(SAVED), "it is told as saved")


def answered(hand: Clerk, *keys: str) -> Clerk:
    """Answer the question, and see that it is gone."""
    hand.type(*keys)
    hand.terminal.expect_gone(ASKED)
    return hand


def hold_to(seen: Terminal, name: str, update: bool) -> None:
    """Compare the whole screen, but for the minute of the first save."""

    def picture() -> str:
        text = "\n".join(line.rstrip() for line in seen.screen.display) + "\n"
        return _SINCE.sub("sedan TT:MM", _WHEN.sub("före ÅÅÅÅ-MM-DD TT:MM", text))

    file = SCREENS / f"{name}.txt"
    if update:
        file.write_text(picture(), encoding="utf-8")
    golden = file.read_text(encoding="utf-8")
    try:
        until(seen, lambda: picture() == golden, name)
    except AssertionError:
        change = difflib.unified_diff(golden.splitlines(), picture().splitlines(), lineterm="")
        raise AssertionError("\n".join(change)) from None


@pytest.mark.parametrize(
    ("opened", "one", "other", "label"),
    [
        (_person, "Eva", "Ada", "Förnamn"),
        (_visit, "1215", "1330", "Tid"),
        (_diagnosis, "F438", "F411", "Huvuddiagnos"),
        (_enrolment, "50", "25", "Sjukskrivn"),
        (_commitment, "2025-12-04", "2025-12-03", "Remissbeslut"),
    ],
)
def test_a_conflict_names_who_and_when_and_shows_all_three(
    home: Path, opened: Callable[[Clerk], None], one: str, other: str, label: str
) -> None:
    def shown(value: str) -> str:
        return f"{value[:2]}:{value[2:]}" if re.fullmatch(r"\d{4}", value) else value

    with two(home, opened) as (annika, again):
        saves(annika, CLEAR, one)
        again.type(CLEAR, other, F10, F10)  # pressed twice answers nothing
        again.sees(ASKED, f"{FIRST} 20", f"!{label}", shown(one), shown(other))
        again.type(ENTER).sees("välj ditt")  # where both have written nothing is chosen
        answered(again, ESC).says(FIRST, "står kvar").sees(f"*{shown(other)}")
        again.type(F10).sees(ASKED)
        answered(again, "t").says(FIRST, "Det sparade gäller").sees(f"*{shown(one)}")
        assert f"*{shown(other)}" not in again.terminal.text()


# Förnamn is written by both, Adress by the first alone, Tolkspråk by the second alone.
@pytest.mark.parametrize(
    ("keys", "after", "size"),
    [
        (("m",), ("Ada", "Nygatan 1", "Dari"), (24, 80)),
        (("t",), ("Eva", "Nygatan 1", ""), (24, 80)),
        (("1", "1", ENTER), ("Eva", "Nygatan 1", "Dari"), (40, 120)),
    ],
    ids=["mine", "theirs", "by field"],
)
def test_the_screen_and_each_of_its_three_ways_out(
    home: Path,
    keys: tuple[str, ...],
    after: tuple[str, ...],
    size: tuple[int, int],
    request: pytest.FixtureRequest,
) -> None:
    rows, columns = size
    with two(home, _person, rows=rows, columns=columns) as (annika, again):
        saves(annika, CLEAR, "Eva", TAB, CLEAR, "Nygatan 1")
        again.type(CLEAR, "Ada", *[TAB] * 8, CLEAR, "Dari", F10)
        again.sees(ASKED, "› Nygatan 1", "› Dari", "!Förnamn", "[Behåll mitt] M")
        update = bool(request.config.getoption("--update-screens", False))
        hold_to(again.terminal, f"{columns}x{rows}", update)
        answered(again, *keys).says(FIRST if keys == ("t",) else "Sparat:")
        saved = again.rows(
            "SELECT given_name, address, interpreter_language FROM patient"
            f" WHERE identity_number LIKE '%{MANY}'"
        )
        assert saved == [after]


def test_who_else_has_the_record_open_is_shown_while_they_have(
    home: Path, request: pytest.FixtureRequest
) -> None:
    def seen(hand: Clerk) -> bool:
        """Look, and press a key that changes nothing: whoever does nothing asks nothing."""
        received = hand.terminal.received
        hand.type(TAB)
        hand.until(lambda: hand.terminal.received > received, "the cursor has moved")
        return hand.terminal.sees(ALSO)

    with two(home, _person) as (annika, again):
        update = bool(request.config.getoption("--update-screens", False))
        hold_to(again.terminal, "also_open", update)
        annika.until(lambda: seen(annika), "the first is told too")
        annika.go("85", "085 Besöksregistrering", ALSO).go("su", "SU Support", ALSO)
        assert annika.rows("SELECT count(*) FROM presence") == [(2,)]
        annika.type(ctrl("q")).terminal.expect_end()
        again.until(lambda: not seen(again), "the first has left")
        assert again.rows("SELECT count(*) FROM presence") == [(1,)]


def test_a_third_clerk_saves_meanwhile_and_is_asked_about_again(home: Path) -> None:
    name = f"SELECT given_name FROM patient WHERE identity_number LIKE '%{MANY}'"
    with two(home, _person) as (annika, again):
        saves(annika, CLEAR, "Eva")
        again.type(CLEAR, "Ada", F10).sees(ASKED, "Eva")
        saves(annika, TAB, CLEAR, "Isa")
        again.type("m").sees(ASKED, "Isa", "Ada")
        assert again.rows(name) == [("Isa",)]
        answered(again, "m").says("Sparat:")
        assert again.rows(name) == [("Ada",)]


def _of_many(hand: Clerk) -> tuple[str, str, str]:
    sql = "SELECT given_name, address, phone FROM patient WHERE identity_number LIKE ?"
    ((given, address, phone),) = hand.rows(sql, f"%{MANY}")
    return given, address, phone


def test_what_was_taken_back_after_the_question_is_not_saved(home: Path) -> None:
    with two(home, _person) as (annika, again):
        _, address, phone = _of_many(again)
        saves(annika, CLEAR, "Eva")
        again.type(CLEAR, "Ada", TAB, TAB, CLEAR, "0709999999", F10).sees(ASKED, "› 0709999999")
        answered(again, ESC).says(FIRST, "står kvar")
        again.type(CLEAR, phone, F10).sees(ASKED, "!Förnamn")
        again.terminal.expect_gone("0709999999")
        answered(again, LEFT, ENTER).says("Sparat:")
        assert _of_many(again) == ("Ada", address, phone)


def test_what_stands_when_the_question_comes_again_is_mine(home: Path) -> None:
    """The other's name is taken over in the form, and the old address is wanted after all."""
    with two(home, _person) as (annika, again):
        _, address, _ = _of_many(again)
        saves(annika, CLEAR, "Eva", TAB, CLEAR, "Nygatan 1")
        again.type(CLEAR, "Ada", TAB, TAB, CLEAR, "0709999999", F10).sees(ASKED)
        answered(again, ESC).says(FIRST, "står kvar")
        again.type(BACKTAB, CLEAR, address, BACKTAB, CLEAR, "Eva", F10)
        again.sees(ASKED, "!Adress", "› 0709999999")
        again.terminal.expect_gone("Ada")
        again.type(ENTER).sees("Adress: välj ditt")
        answered(again, "m").says("Sparat:")
        assert _of_many(again) == ("Eva", address, "0709999999")


def test_who_becomes_protected_meanwhile_keeps_what_was_typed_and_no_address(home: Path) -> None:
    sql = "SELECT given_name, protected, address, phone FROM patient WHERE identity_number LIKE ?"
    contact = (CLEAR, TAB, CLEAR, TAB, CLEAR, TAB, CLEAR)
    with two(home, _person) as (annika, again):
        again.type(CLEAR, "Ada", TAB, CLEAR, "Nygatan 1").sees("Ada  ", "Nygatan 1")
        saves(annika, *[TAB] * 6, CLEAR, "J", *[BACKTAB] * 5, *contact)
        again.type(F10).sees("Orsak", "Enter godtar").type(ESC).says("PE04")
        again.sees("Ada  ", "Nygatan 1", "19920401-2380  Skisslund")  # carried as before
        again.type(F5).sees("inte sparat").type("j").sees("Orsak", "Enter godtar")
        again.type("vård", ENTER).says("Orsaken gäller")
        again.type(F10).sees(ASKED, FIRST, "› Ada", "!Adress")
        answered(again, "m").says("PE02")  # it does not come back in silence
        again.type(CLEAR, F10).says("Sparat:")
        assert again.rows(sql, f"%{MANY}") == [("Ada", 1, "", "")]


def test_the_same_change_is_told_and_asks_nothing(home: Path) -> None:
    with two(home, _person) as (annika, again):
        saves(annika, CLEAR, "Eva")
        again.type(CLEAR, "Eva", F10).says(FIRST, "med samma uppgifter")


def test_the_rules_judge_what_was_chosen(home: Path) -> None:
    """My decision with the arrival of the other would come after it (VA09)."""
    with two(home, _commitment) as (annika, again):
        saves(annika, CLEAR, "2025-12-01", *[BACKTAB] * 6, CLEAR, "2025-12-06", TAB)
        again.type(CLEAR, "2025-12-07", F10).sees(ASKED, "2025-12-06")
        answered(again, "m").says("VA09").sees("!Remissbeslut *2025-12-07", "*2025-12-06")
        again.type(CLEAR, "2025-12-02", F10).says("Sparat:")


def test_what_another_has_cancelled_is_told_with_what_was_typed(home: Path) -> None:
    with two(home, _visit) as (annika, again):
        annika.type(alt("k"), "fel dag", ENTER).says("Makulerat")
        again.type(CLEAR, "1330", F10)
        again.until(lambda: "makulera" in again.terminal.text().lower(), "it is told")
        again.sees("13:30")


def test_what_another_has_removed_is_told_with_what_was_typed(home: Path) -> None:
    unseen = "9207242380"  # one commitment without visits and forms

    def opened(hand: Clerk) -> None:
        hand.go(f"40 {unseen}", "Enter öppnar").type(ENTER).sees("[Avsluta]")

    with two(home, opened) as (annika, again):
        annika.type(alt("b")).sees("tas bort").type(ENTER).says("Vårdåtagande")
        again.type(*[BACKTAB] * 5, CLEAR, "2025-10-01", F10)
        again.until(lambda: "SE01" in again.terminal.text(), "it is told")
        again.sees("2025-10-01")


def test_codes_and_diagnoses_are_chosen_together(home: Path) -> None:
    with two(home, _codes) as (annika, again):
        annika.type(ESC).sees("184 Medicinsk registrering")
        saves(annika, CLEAR, "F438")
        again.type(TAB, CLEAR, "ZV051", F10).sees(ASKED, "Huvuddiagnos", "F438", "ZV051")
        answered(again, "m")
        again.until(
            lambda: "Sparat:" in again.terminal.message or "[Spara ändå]" in again.terminal.text(),
            "saved, or warned of as any save is",
        )


def test_two_cancel_one_visit(home: Path) -> None:
    with two(home, _visit) as (annika, again):
        annika.type(alt("k"), "fel dag", ENTER).says("Makulerat")
        again.type(alt("k"), "fel patient", ENTER)
        again.until(lambda: "makulera" in again.terminal.message.lower(), "it is cancelled already")


def test_a_visit_changed_meanwhile_is_cancelled_after_a_question(home: Path) -> None:
    with two(home, _visit) as (annika, again):
        saves(annika, CLEAR, "1215")
        again.type(alt("k"), "fel dag", ENTER).sees(ASKED, "Tid: nu 12:15", "Makulera ändå?")
        answered(again, ESC).says(FIRST, "Inget av ditt gjordes").sees("12:15")
        again.type(alt("k"), "fel dag", ENTER).says("Makulerat")


@pytest.mark.parametrize("screen", ["283 2", "61"])
def test_a_row_taken_away_twice_is_told(home: Path, screen: str) -> None:
    typed = {
        "283 2": ("20260105", TAB, "100", TAB, "Annan vårdgivare", TAB, "KV"),
        "61": ("4711", TAB, "20260101", TAB, "Regionen", TAB, "20261231"),
    }[screen]
    named = {"283 2": "avgiften 100 kr 2026-01-05", "61": "frikort 4711"}[screen]

    def opened(hand: Clerk) -> None:
        hand.go(f"{screen} {MANY}")

    with two(home, opened) as (annika, again):
        annika.sees("Spara").type(*typed, F10)
        annika.says("Sparat")
        again.type(F5).sees("2026")
        for hand in (annika, again):
            hand.type(alt("b")).sees("Orsak")
        annika.type("fel", ENTER).says("Borttaget")
        again.type("fel", ENTER).says(FIRST, f"{named} finns inte längre.")
