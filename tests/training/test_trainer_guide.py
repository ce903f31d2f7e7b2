"""docs/trainer.md followed to the letter: its exercise, its script, its commands, its table of answers."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pasis_tui.cli.exercise_check import check
from pasis_tui.cli.playing import play
from pasis_tui.cli.usage import make_parser
from pasis_tui.commands import BY_NAME
from pasis_tui.training import acts
from pasis_tui.training.exercises import read_exercise
from pasis_tui.training.facts import fact_names
from pasis_tui.training.grading import grade
from tests.flows.clerk import Clerk
from tests.flows.practice import LOGIN, MENU, copy_practice, run_pasis
from tests.pictures import TRAINER
from tests.terminal import END, ENTER, F10, TAB, ctrl, terminal
from tests.training.typed_strokes import sent

GUIDE = TRAINER.read_text("utf-8")
EXERCISE = "31-patienten-kom-inte.toml"
NUMBER = "9305052384"
TITLE = "Patienten kom inte"
# What the left column of the guide's table of answers means in the example.
FAULTS = {
    "`levle = 1`": ("level = 1", "levle = 1"),
    "`date = 2026-02-30`": ("date = 2026-03-16", "date = 2026-02-30"),
    '`act = "inskrivning"`': ('act = "enrolment"', 'act = "inskrivning"'),
    '`diagnosis = "F4111"`': ('\ndiagnosis = "F411"', '\ndiagnosis = "F4111"'),
    "`date = 2026-03-01` (första besöket)": ("date = 2026-03-09\ntime", "date = 2026-03-01\ntime"),
    '`"13" TABB*8`': ("TAB*8", "TABB*8"),
    f'`F2 "99 {NUMBER}" ENTER`': ('F2 "85', 'F2 "99'),
    "inget `F10` sist": ('"J" F10', '"J"'),
    "berättelsen utan *kl. 13.00*": (" kl. 13.00", ""),
}


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language, "" for plain ones."""
    found: list[str] = []
    kind: str | None = None
    for line in map(str.strip, GUIDE.splitlines()):
        if line.startswith("```"):
            kind = None if kind is not None else line[3:]
            if kind == language:
                found.append("")
        elif kind == language:
            found[-1] += f"{line}\n"
    return found


def commands() -> Iterator[list[str]]:
    """Yield the words of every pasis command in the guide's plain blocks, and in its text."""
    for fenced in blocks(""):
        for line in fenced.splitlines():
            if line.startswith("pasis "):
                yield shlex.split(line)[1:]
    for inline in re.findall(r"`pasis ([^`]+)`", GUIDE):
        yield shlex.split(inline)


def first_exercise() -> str:
    return blocks("toml")[0]


def table(after: str) -> list[list[str]]:
    """Return the rows of the first table after a text of the guide."""
    rows: list[list[str]] = []
    for line in GUIDE[GUIDE.index(after) :].splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


@pytest.fixture(scope="module")
def school(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where templates are kept, so that a check makes the practice data once."""
    return copy_practice(practice, tmp_path_factory.mktemp("school") / "home")


def test_a_trainer_makes_the_first_exercise_and_a_learner_does_it_in_a_class(
    practice: Path, tmp_path: Path
) -> None:
    """From the empty file to the certificate, by what the page says and nothing else."""
    course = tmp_path / "kurs"
    own = course / "ovningar"
    own.mkdir(parents=True)
    environment = {"PASIS_CLASS_STORE": str(course / "klasser.db"), "PASIS_EXERCISES": str(own)}
    desk = copy_practice(practice, tmp_path / "desk")

    def says(*words: str) -> str:
        done = run_pasis(*words, home=desk, environment=environment, cwd=own)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    written = [words for words in commands() if words[:2] == ["exercise", "new"]]
    assert EXERCISE in says(*written[0])
    assert "100 poäng" in says("exercise", "check", EXERCISE)  # the template is an exercise itself
    (own / EXERCISE).write_text(first_exercise(), "utf-8")
    assert "facit spelat, 27 tangenter, 100 poäng" in says("exercise", "check", EXERCISE)

    made = re.search(r"Ordet är (\S+)", says("class", "create", "Måndag fm"))
    assert made
    word = made[1]
    (course / "ord").write_text(f"{word}\n")
    script, program = tmp_path / "ova", tmp_path / "pasis"
    script.write_text(blocks("sh")[0], "utf-8")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m pasis_tui --date 2026-03-02 "$@"\n')
    program.chmod(0o755)
    home = copy_practice(practice, course / "deltagare" / "Anna B")
    shutil.copytree(desk / "forsok", home / "forsok", copy_function=shutil.copy2)
    paths = {"KURS": str(course), "PASIS": str(program)}
    with terminal([], home, command=["sh", str(script)], environment=paths) as at:
        at.expect("Ditt namn:").type("Anna B\r")
        at.expect(LOGIN).type(ENTER)
        at.expect(MENU, "du är med som Anna B")
        hands = Clerk(at, home)
        hands.go("öv", "Enter visar berättelsen").type(END).sees(f"› 31    {TITLE}")
        hands.type(ENTER).sees("Ö eller Enter Öva").type("ö").sees("K Klar, rätta").type(ENTER)
        hands.sees("Menyval", "Övningsdatum 2026-03-16").terminal.expect_gone("K Klar, rätta")
        hands.type(*(sent(each) for each in read_exercise(own / EXERCISE).par_strokes))
        hands.sees("Sparat: uteblivet besök").type(ctrl("o")).sees("K Klar, rätta").type("k")
        hands.sees("ÖV Resultat", "Poäng      100", "Allt rätt").type(ctrl("q"))
        assert at.expect_end() == 0

    assert f"Anna B: 31 {TITLE}  100 poäng" in says("class", "results", word)
    said = ""
    for words in commands():
        if words[0] == "class" and "ek-bro-sol" in words:
            said = says(*(word if each == "ek-bro-sol" else each for each in words))
    assert "borttagen med 1 deltagare" in said
    assert (own / "resultat.xlsx").stat().st_size > 1000
    assert [path.suffix for path in (own / "intyg").iterdir()] == [".pdf"]


def test_an_exercise_is_made_from_a_recording_as_the_guide_says(tmp_path: Path) -> None:
    section = GUIDE[GUIDE.index("### Från en inspelning") :]
    reset, record, make = re.findall(r"^ +pasis (.*)$", section, re.MULTILINE)
    home = tmp_path / "home"
    assert run_pasis(*reset.split(), home=home).returncode == 0
    with terminal(record.split(), home) as at:
        at.expect(LOGIN).type(ENTER)
        at.expect("spelas in")
        hands = Clerk(at, home).go(f"610 {NUMBER}", "Inga frikort")
        hands.type(F10).says("HK06 Fel")  # refused on the way, as people are
        hands.type("a1", TAB, "1/3", TAB, "Region X", TAB, "28/2-27", F10)
        hands.says("Sparat: frikort A1").type(ctrl("q"))
        assert at.expect_end() == 0
    (recording,) = (home / "recordings").glob("*.jsonl")
    made = make.replace("FIL.jsonl", str(recording)).split()
    assert run_pasis(*made, home=home).returncode == 0
    (written,) = (home / "exercises").glob("*.toml")
    path = written.rename(written.with_name("32-frikort-fran-annan.toml"))
    text = path.read_text("utf-8")
    assert "# nekades: HK06" in text
    story = (
        "Ebba Testmark, 930505-2384, har frikort A1 från Region X,"
        " från 1 mars 2026 till 28 februari 2027. Registrera det."
    )
    text = re.sub(r"Skriv berättelsen här.*", story, text)
    lines = [line for line in text.splitlines() if not line.startswith("# nekades")]
    path.write_text("\n".join(lines).replace('F10 "a1"', '"a1"'), "utf-8")

    checked = run_pasis("exercise", "check", "32", home=home)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "100 poäng" in checked.stdout


def test_the_script_refuses_a_name_that_is_a_path(tmp_path: Path) -> None:
    script = tmp_path / "ova"
    script.write_text(blocks("sh")[0], "utf-8")
    with terminal([], tmp_path, command=["sh", str(script)]) as at:
        at.expect("Ditt namn:").type("../någon\r")
        assert at.expect_end() == 2
        assert at.sees("Skriv ditt namn")


def test_a_wrong_time_in_the_example_costs_what_the_guide_says(
    school: Path, tmp_path: Path
) -> None:
    path = tmp_path / EXERCISE
    path.write_text(first_exercise(), "utf-8")
    exercise = read_exercise(path)
    right = play(exercise, school)
    wrong = play(replace(exercise, par=exercise.par.replace('"13"', '"14"')), school)

    marks = [
        grade(right.before, after, done, exercise.free, exercise.accepts, right.typed).marks
        for after, done in ((right.after, wrong.after), (right.after, right.before))
    ]

    assert f"kostar fel tid {100 - marks[0]} poäng" in GUIDE
    assert marks[1] == 0


@pytest.mark.parametrize("row", table("<!-- prov:"), ids=lambda row: row[0])
def test_check_answers_what_the_guide_says(row: list[str], school: Path, tmp_path: Path) -> None:
    old, new = FAULTS[row[0]]
    assert old in first_exercise()
    path = tmp_path / EXERCISE
    path.write_text(first_exercise().replace(old, new, 1), "utf-8")

    checked = check(path, school)

    warned, answer = row[1].startswith("Varning: "), row[1].removeprefix("Varning: ")
    said = " ".join(checked.warnings if warned else checked.faults)
    assert answer.strip(" …").split(" … ")[0] in said


def test_every_fault_of_the_table_is_made() -> None:
    assert {row[0] for row in table("<!-- prov:")} == set(FAULTS)


def test_every_key_of_the_file_is_told(school: Path, tmp_path: Path) -> None:
    path = tmp_path / EXERCISE
    path.write_text(f"unknown = 1\n{first_exercise()}", "utf-8")
    (said,) = [each for each in check(path, school).faults if "unknown" in each]
    keys = set(re.findall(r"\w+", said.partition("här kan stå")[2]))

    cells = " ".join(row[0] for row in table("### Alla nycklar"))
    told = set(re.findall(r"\w+", cells))

    assert len(keys) > 10
    assert keys - told == set()
    assert told - keys == {"act", "keys", "fields", "extra", "when", "text", "field", "values"}


def test_the_guides_words_exist() -> None:
    """Every act and field of its own, every fact and every command that a text may name."""
    told = {row[0].strip("`") for row in table("<!-- acts:")}
    assert told == set(acts.ACTS)
    fields = {row[0].strip("`") for row in table("<!-- fields:")}
    every = {each for act in acts.ACTS for each in (*acts.takes(act), *acts.ALIASES.get(act, {}))}
    short = {each for aliases in acts.ALIASES.values() for each in aliases.values()}
    rows = {each for each in every if re.fullmatch(r"diagnosis_\d+", each)} - {"diagnosis_2"}
    assert fields == every - short - rows
    for fenced in blocks("toml"):
        named = re.findall(r'\b(?:when|field) = "([^"]+)"', fenced)
        named += re.findall(r'fields = \["([^"]+)"', fenced)
        assert set(named) <= fact_names()
    assert set(re.findall(r"\{(\w+)\}", GUIDE)) <= set(BY_NAME)


def test_every_command_of_the_guide_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    parser = make_parser()
    every = list(commands())
    assert len(every) > 10
    for words in every:
        if words[-1] in {"ORD", "…"} or "…" in words:
            continue
        parser.parse_args(words)
    assert capsys.readouterr().err == ""


def test_the_example_leaves_nobody_out() -> None:
    """The patients of the guide are not those of an exercise that ships, nor of the first hour."""
    shown = [row[0] for row in table("<!-- patients:")]
    assert len(shown) == len(set(shown)) >= 10
    first_hour = (TRAINER.parent / "forsta-timmen.md").read_text("utf-8")
    assert [each for each in shown if each.replace("-", "") in first_hour] == []
