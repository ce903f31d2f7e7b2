"""``pasis replay`` in the real program: the same records, at any speed, then the keyboard is a person's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.training.recording import Recording, read_recording
from tests.flows.clerk import Clerk
from tests.flows.practice import (
    DAY,
    VERA,
    at_login,
    copy_practice,
    make_practice,
    rows,
    run_pasis,
)
from tests.terminal import ENTER, ESC, F3, F10, TAB, alt, ctrl, terminal

MANY = "9204012380"  # one commitment closed, one open with visits
FREE = "Tangentbordet är ditt."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice database in which a clerk was recorded: refusals, a warning, a paste, an undone visit."""
    folder = tmp_path_factory.mktemp("made")
    home = copy_practice(make_practice(folder / "first"), folder / "home")
    with at_login(home, "--record") as opened:
        hands = Clerk(opened, home).type(ENTER).sees("spelas in")
        hands.go(f"610 {VERA}", "Inga frikort").type(F10, "x", TAB).says("HK06 Fel: Nummer")
        hands.type("a1", TAB, "260201", TAB, "\x1b[200~Region X\x1b[201~", TAB, "270131", F10)
        hands.says("Sparat: frikort A1")
        hands.go(f"85 {MANY}", "Tid är när").type("9", alt("a")).says("Sparat: besök")
        hands.go("+1d", "Övningsdatum är nu").go(f"40 {VERA}", "Inga vårdåtaganden")
        hands.type(alt("n"), "kbt", TAB, "i", F3).sees("Osparade uppgifter").type("k")
        hands.type(ctrl("q"))
        assert opened.expect_end() == 0
    return home


@pytest.fixture
def recording(made: Path) -> Recording:
    (path,) = (made / "recordings").glob("*.jsonl")
    return read_recording(path)


@contextmanager
def replayed(path: Path, tmp_path: Path, *arguments: str) -> Iterator[Clerk]:
    """The program that plays *path*; its copy of the database is below *tmp_path*."""
    with terminal(
        ["replay", str(path), *arguments], tmp_path, environment={"TMPDIR": str(tmp_path)}
    ) as opened:
        yield Clerk(opened, tmp_path)


def tables(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but the instance's name."""
    known = rows(home)
    known["database_fact"] = [row for row in known["database_fact"] if "instance" not in row]
    return known


def test_it_leaves_the_same_tables_as_the_typing(
    made: Path, recording: Recording, tmp_path: Path
) -> None:
    with replayed(recording.path, tmp_path, "--speed", "1000") as hands:
        hands.says("Uppspelningen är klar.", FREE)
        (copy,) = tmp_path.glob("pasis-*")
        typed, again = tables(made), tables(copy)
        assert typed.keys() == again.keys()
        for name, known in typed.items():
            assert again[name] == known, name
        # Now a person works in the copy, and nothing of it is kept.
        hands.go(f"610 {VERA}", "A1").type(ctrl("q"))
        assert hands.terminal.expect_end() == 0
    assert list(tmp_path.glob("pasis-*")) == []
    assert tables(made) == typed


def test_a_person_steers_it_and_may_leave(recording: Recording, tmp_path: Path) -> None:
    with replayed(recording.path, tmp_path, "--speed", "0,1") as hands:
        hands.sees("Uppspelning 1 av ", "F2", "Blank stannar")
        hands.type(" ", "...").sees("Uppspelning 4 av ")
        hands.type(ESC).says("Uppspelningen avbröts.", FREE)
        hands.type(ESC).go("40", "040 Vårdåtaganden")


def test_where_the_program_does_something_else_it_stops_and_says_so(
    recording: Recording, tmp_path: Path
) -> None:
    known = recording.path.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(known) if '"screen": "085"' in line)
    changed = tmp_path / "annan.jsonl"
    changed.write_text(
        "".join([*known[: at - 1], *known[at:]]), "utf-8"
    )  # Snabbval's Enter is gone
    changed.with_suffix(".db").write_bytes(recording.database.read_bytes())
    with replayed(changed, tmp_path, "--speed", "1000") as hands:
        hands.says("Programmet gör inte som när det spelades in: 085 Besöksregistrering väntades")
        hands.sees("610 Frikortsregistrering")


def test_a_cut_one_plays_up_to_the_cut(recording: Recording, tmp_path: Path) -> None:
    whole = recording.path.read_bytes()
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes(whole[: whole.index(b'"saved"') + 3])
    cut.with_suffix(".db").write_bytes(recording.database.read_bytes())
    with replayed(cut, tmp_path, "--speed", "1000") as hands:
        hands.says("Uppspelningen är klar. Inspelningen är avkapad där.")
        hands.sees("*270131")


def test_what_cannot_be_played_is_refused(made: Path, recording: Recording, tmp_path: Path) -> None:
    def refused(*arguments: str) -> str:
        with terminal(["replay", *arguments], tmp_path) as opened:
            assert opened.expect_end() in {1, 2}
            return " ".join(opened.text().split())

    path = str(recording.path)
    other = tmp_path / "annan.jsonl"
    head, _, rest = recording.path.read_text("utf-8").partition("\n")
    other.write_text(json.dumps(json.loads(head) | {"version": "9.9"}) + "\n" + rest, "utf-8")
    assert "annan.jsonl, rad 1: inspelningen gjordes med pasis 9.9" in refused(str(other))
    other.write_text(head + "\n{}\n", "utf-8")
    assert "annan.jsonl, rad 2: at: ska vara sekunder" in refused(str(other))
    other.write_text(head + "\n", "utf-8")
    assert "annan.db saknas" in refused(str(other))
    assert "visas av asciinema play" in refused(path.replace(".jsonl", ".cast"))
    assert "--speed: skriv ett tal från 0.1 till 1000" in refused(path, "--speed", "nan")
    assert "Programmet behöver en terminal" in run_pasis("replay", path, home=made).stderr


def test_a_recording_in_an_exercise_opens_it_again(made: Path, tmp_path: Path) -> None:
    home = copy_practice(made / "ovning.db", tmp_path / "home")
    with terminal(["--date", DAY, "--record", "exercise", "play", "07"], home) as opened:
        hands = Clerk(opened.expect("Tryck Enter"), home).type(ENTER).sees("Klar, rätta")
        hands.type(ENTER).terminal.expect_gone("Klar, rätta")
        hands.go("85 9307142381", "Tid är när").type("1000", alt("a")).says("Sparat: besök")
        hands.type(ctrl("o")).sees("Klar, rätta").type("k").sees("ÖV Resultat")
        hands.type(ctrl("q"))
        assert opened.expect_end() == 0
    (path,) = (home / "recordings").glob("*.jsonl")
    read = read_recording(path)
    assert read.head.exercise.startswith("07-")
    assert {line.exercise for line in read.lines} == {read.head.exercise, ""}
    with replayed(path, tmp_path, "--speed", "1000") as hands:
        hands.sees("ÖV Resultat").says("Uppspelningen är klar.", FREE)
    moved = path.read_text("utf-8").replace(read.head.exercise, "99-borta")
    path.write_text(moved, "utf-8")
    with terminal(["replay", str(path)], tmp_path) as opened:
        assert opened.expect_end() == 2
        assert "Inspelningen börjar i övningen 99-borta, som inte finns här." in opened.text()
