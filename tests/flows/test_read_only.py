"""``pasis --read-only``: a register, a copy of one, or a standby is read, and every look is logged."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.patients import patients
from pasis_tui.services.users import access, settings
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.reading_log import FOLDER, ReadingLog
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.for_people import ReadOnly
from tests.flows.clerk import Clerk
from tests.flows.practice import DAY, LOGIN, MENU, NAME, ask, rows, run_pasis
from tests.services.clinic import ARRIVAL, Clinic, make_clinic
from tests.terminal import ENTER, alt, ctrl, terminal

KNOWN = "9204012380"  # a patient of the practice data with an open commitment


def lines(home: Path) -> list[dict[str, Any]]:
    """Every event that was logged beside the database."""
    files = sorted((home / FOLDER).glob("*.jsonl"))
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


@contextmanager
def read_only(home: Path, target: Path | None = None) -> Iterator[Clerk]:
    arguments = ["--date", DAY, "--read-only"]
    if target is not None:
        arguments += ["--database", str(target)]
    with terminal(arguments, home) as opened:
        opened.expect(LOGIN).type(ENTER)
        yield Clerk(opened.expect(MENU), home)


def test_a_clerk_reads_and_saves_nothing(home: Path) -> None:
    before = rows(home)
    with read_only(home) as clerk:
        clerk.sees("LÄSLÄGE")
        clerk.go(f"40 {KNOWN}", "040 Vårdåtaganden")
        clerk.go(f"14 {KNOWN}", "Telefon").type("Nytt", alt("s"))
        clerk.says("LÄSLÄGE: inget sparas.").type(ctrl("q")).sees("Osparade")
        clerk.type("k")
        assert clerk.terminal.expect_end() == 0
    assert rows(home) == before
    logged = lines(home)
    assert (logged[0]["action"], logged[0]["signature"]) == ("log_in", "ANNLIN")
    assert {"read"} == {each["action"] for each in logged[1:]}
    assert {each["screen"] for each in logged} >= {"login", "040", "014"}
    assert all(each["patient_id"] for each in logged[1:])
    assert len({each["database"] for each in logged}) == 1


def test_a_file_in_a_place_where_nothing_can_be_written(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "kopia"
    place.mkdir()
    copy = place / NAME
    copy.write_bytes((home / NAME).read_bytes())
    copy.chmod(0o400)
    place.chmod(0o500)
    try:
        with read_only(home, copy) as clerk:
            clerk.go(f"40 {KNOWN}", "040 Vårdåtaganden")
            clerk.until(lambda: lines(home)[-1]["screen"] == "040", "the reading logged")
        assert [path.name for path in place.iterdir()] == [NAME]
        assert lines(home)[-1]["screen"] == "040"
    finally:
        place.chmod(0o700)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def _opened(clinic: Clinic, home: Path) -> tuple[Database, Context]:
    database = Database.open_to_read(clinic.database.name, ReadingLog(home))
    actor = clinic.at().actor
    return database, Context(database, actor, ARRIVAL, "014")


def test_services_refuse_before_they_write(clinic: Clinic, tmp_path: Path) -> None:
    card = clinic.commitment()
    events = clinic.events()
    database, context = _opened(clinic, tmp_path)
    with database:
        assert patients.get(context, clinic.vera).id == clinic.vera
        with pytest.raises(ReadOnly, match="LÄSLÄGE"):
            settings.change(context, lock_minutes=5)
        with pytest.raises(ReadOnly):
            Clinic(
                database, clinic.seed, clinic.vera, clinic.max, clinic.young, clinic.hidden
            ).visit(card, ARRIVAL)
        with SystemWork(database) as work, pytest.raises(Exception, match=r"(?i)read-?only"):
            work.connection.execute(text("UPDATE unit SET name = 'x'"))
    assert clinic.events() == events
    reads = [each for each in lines(tmp_path) if each["action"] == "read"]
    assert reads
    assert {each["patient_id"] for each in reads} == {clinic.vera}


def test_what_cannot_be_logged_is_not_read(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("en fil, ingen mapp")
    database, context = _opened(clinic, tmp_path)
    with database, pytest.raises(DatabaseTrouble, match="kan inte loggas"):
        patients.get(context, clinic.vera)


def test_guesses_are_few_where_they_cannot_be_counted(clinic: Clinic, tmp_path: Path) -> None:
    database, _ = _opened(clinic, tmp_path)
    with database:
        for _ in range(6):
            with pytest.raises(LoginRefused):
                access.log_in(database, "ANNLIN", "fel", "PSMA01", ARRIVAL)
    reasons = [each["reason"] for each in lines(tmp_path)]
    assert reasons == ["fel uppgifter"] * 5 + ["låst"]


def _collect(home: Path, *files: Path) -> tuple[int, str]:
    names = [str(path) for path in files]
    done = run_pasis(
        "--date", DAY, "audit", "collect", *names, "--user", "LENLEK", "--unit", "PSMA01",
        home=home, typed="ovning\n",
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_what_was_read_in_a_copy_is_brought_into_the_log_once(home: Path) -> None:
    with read_only(home) as clerk:
        clerk.go(f"40 {KNOWN}", "040 Vårdåtaganden")
        clerk.until(lambda: lines(home)[-1]["screen"] == "040", "the reading logged")
    (file,) = (home / FOLDER).glob("*.jsonl")
    count = len(lines(home))
    assert _collect(home, file) == (0, f"{file.name}: {count} läsningar införda i loggen.\n")
    looked = (
        "SELECT count(*) FROM audit_event WHERE screen = '040' AND action = 'read'"
        " AND signature = 'ANNLIN' AND reason LIKE 'läsläge%'"
    )
    assert ask(home, looked)[0][0] >= 1
    code, said = _collect(home, file)
    assert (code, f" 0 läsningar införda i loggen. {count} fanns redan." in said) == (0, True)
    verified = run_pasis("audit", "verify", "--database", str(home / NAME), home=home)
    assert "Loggen är hel" in verified.stdout


def test_a_cut_last_line_and_odd_ends_of_lines_lose_nothing(home: Path) -> None:
    with read_only(home):
        pass
    (first, *_) = lines(home)
    file = home / "egen.jsonl"
    odd = json.dumps(first | {"reason": "rad\u2028och\x85rad"}, ensure_ascii=False)
    file.write_text(f"{odd}\n{odd[:40]}", "utf-8")
    code, said = _collect(home, file)
    assert (code, said) == (
        0,
        "egen.jsonl: 1 läsning införd i loggen. Den sista raden är avkapad: det visades aldrig.\n",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"database": "ett annat"}, "rad 2: läst i en kopia av ett annat register"),
        ({"action": "create"}, "rad 2 är ingen läsning"),
        ({"at": "2999-01-01T00:00:00+00:00"}, "rad 2 är ingen läsning"),
        ({"at": "2026-01-01"}, "rad 2 är ingen läsning"),
        ({"patient_id": 10**9}, "en patient som registret inte har"),
        ({"signature": "LENLEK"}, "en användare som registret inte har"),
        ({"hittat": "på"}, "rad 2 är ingen läsning"),
        ({"patients": [True]}, "rad 2 är ingen läsning"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    home: Path, change: dict[str, Any], words: str
) -> None:
    with read_only(home):
        pass
    (first, *_) = lines(home)
    file = home / "egen.jsonl"
    file.write_text("".join(json.dumps(e) + "\n" for e in (first, first | change)), "utf-8")
    before = ask(home, "SELECT count(*) FROM audit_event WHERE reason LIKE 'läsläge%'")
    code, said = _collect(home, file)
    assert code != 0
    assert words in said
    assert ask(home, "SELECT count(*) FROM audit_event WHERE reason LIKE 'läsläge%'") == before
