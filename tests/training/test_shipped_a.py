"""The shipped exercises 01-14: their solutions, runs that go wrong, and other ways that are as good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pasis_tui.cli import exercise_check
from pasis_tui.cli.playing import Played, play
from pasis_tui.training.exercises import Exercise, read_exercise, shipped
from pasis_tui.training.grading import Grade, grade
from tests.doses import one_of_each

NAMES = (
    "01-forsta-remissen",
    "02-remiss-utanfor-skane",
    "03-remiss-fran-annan-vc",
    "04-nyupplaggning-ratt-ordning",
    "05-inskrivning-f-koder",
    "06-besok-pa-filialen",
    "07-distansbesok",
    "08-tolk",
    "09-dubbelsession-ptsd",
    "10-dubbelsession-nekas",
    "11-bidiagnoser",
    "12-besok-utan-registrering",
    "13-fel-patient-makuleras",
    "14-borttag-nekas",
)
_BY_NUMBER = {name[:2]: name for name in NAMES}

# An exercise, what goes wrong, what is written instead of what in its solution, and the findings.
Slip = tuple[str, str, dict[str, str], set[str]]
SLIPS: tuple[Slip, ...] = (
    # 01
    (
        "01",
        "the referral's arrival for its decision",
        {'"25/2"': '"2/3"'},
        {"commitment.decision_date"},
    ),
    ("01", "one's own signature", {'"CAROVN"': ""}, {"commitment.caregiver"}),
    ("01", "another treatment", {'"KBT"': '"PDT"'}, {"commitment.problem"}),
    (
        "01",
        "another health centre",
        {"VCSL09": "VCSL08", "F10": "F10 ENTER"},
        {"commitment.referring_unit"},
    ),
    ("01", "not saved", {"F10": ""}, {"commitment"}),
    # 02
    (
        "02",
        "a health centre in Skåne",
        {'"7"': '"1"', "ripud": "pilhed", "F10": "F10 ENTER"},
        {"commitment.referring_unit"},
    ),
    (
        "02",
        "another one outside Skåne",
        {"ripud": "granud", "F10": "F10 ENTER"},
        {"commitment.referring_unit"},
    ),
    ("02", "another treatment", {'"IPT"': '"KBT"'}, {"commitment.problem"}),
    ("02", "not saved", {"F10": ""}, {"commitment"}),
    # 03
    ("03", "the warning turns the clerk back", {"\nENTER": "\nESC"}, {"commitment"}),
    (
        "03",
        "the listed centre, to be rid of the warning",
        {"VCKU09": "VCKU04"},
        {"commitment.referring_unit"},
    ),
    (
        "03",
        "arrived as it was decided",
        {'"PDT" ALT+L': '"PDT" TAB "26/2" ALT+L ENTER'},
        {"commitment.arrival_date"},
    ),
    # 04
    ("04", "arrived today", {'"27/2"': "", "\nENTER": "\n"}, {"commitment.arrival_date"}),
    ("04", "Spara instead of Läs", {"ALT+L": "F10"}, {"commitment"}),
    ("04", "decided as it arrived", {'"24/2"': '"27/2"'}, {"commitment.decision_date"}),
    ("04", "one's own signature", {'"HELMAL"': ""}, {"commitment.caregiver"}),
    # 05
    ("05", "the code of the other list", {"F419P": "F419"}, {"enrolment", "medical"}),
    ("05", "another diagnosis", {"F419P": "F411"}, {"enrolment.diagnosis"}),
    ("05", "sick leave forgotten", {'"50"': '"0"'}, {"enrolment.sick_leave_percent"}),
    ("05", "sick leave from today", {'"16/2"': '"i"'}, {"enrolment.sick_leave_date"}),
    ("05", "no medical registration", {'"N"': "F12"}, {"medical"}),
    # 06
    ("06", "the main reception", {'"FILIAL"': ""}, {"visit.reception"}),
    ("06", "another time", {"1315": "1215"}, {"visit.time"}),
    ("06", "another day", {'"1315"': 'SHIFT+TAB "-3" TAB "1315"'}, {"visit.date"}),
    ("06", "no medical registration", {"ALT+A": "F10"}, {"medical"}),
    # 07
    ("07", "not at a distance", {'"J"': ""}, {"visit.distance"}),
    (
        "07",
        "no code for the distance",
        {"ALT+A": "F10 ALT+E ALT+K TAB DELETE*5 F10 ENTER"},
        {"medical.kva"},
    ),
    ("07", "registered twice", {"ALT+A": 'ALT+A F2 "85" ENTER "1430" ALT+A'}, {"visit"}),
    ("07", "no medical registration", {"ALT+A": "F10"}, {"medical"}),
    # 08
    ("08", "no interpreter", {'"J"': ""}, {"visit.interpreter"}),
    ("08", "at a distance instead", {"TAB*7": "TAB*6"}, {"visit.distance", "visit.interpreter"}),
    ("08", "another time", {'"11"': '"12"'}, {"visit.time"}),
    ("08", "no medical registration", {"ALT+A": "F10"}, {"medical"}),
    # 09
    ("09", "one visit only", {"ALT+B": "", "\nALT+A": "\n"}, {"visit"}),
    ("09", "the second half not registered", {"\nALT+A": "\nF10"}, {"medical"}),
    ("09", "the second half an hour later", {"\nALT+A": '\n"14" ALT+A'}, {"visit.time"}),
    ("09", "proposed and not saved", {"\nALT+A": "\n"}, {"visit"}),
    # 10
    ("10", "a second visit later", {"ALT+A": 'ALT+A F2 "85" ENTER "1530" ALT+A'}, {"visit"}),
    ("10", "the second start", {'"14"': '"1445"'}, {"visit.time"}),
    ("10", "no medical registration", {"ALT+A": "F10"}, {"medical"}),
    ("10", "not saved", {"ALT+A": ""}, {"visit"}),
    # 11
    ("11", "the milder diagnosis", {'"F321"': '"F320"'}, {"medical.main_diagnosis"}),
    ("11", "one side diagnosis", {'"Z730"': "", "\nENTER": "\n"}, {"medical.other_diagnoses"}),
    ("11", "the warning turns the clerk back", {"\nENTER": "\nESC"}, {"medical"}),
    ("11", "another side diagnosis", {'"F410"': '"F411"'}, {"medical.other_diagnoses"}),
    # 12
    ("12", "another visit opened", {"DOWN": "DOWN*2"}, {"medical"}),
    ("12", "another diagnosis", {'"N"': '"N" "F400"'}, {"medical.main_diagnosis"}),
    (
        "12",
        "no code for the distance",
        {'"N"': '"N" ALT+K TAB DELETE*5 F10 ENTER'},
        {"medical.kva"},
    ),
    (
        "12",
        "a new visit instead",
        {'DOWN "N"': 'F2 "85" ENTER "1030" ALT+A', "\nF10": "\n"},
        {"medical", "visit"},
    ),
    # 13
    (
        "13",
        "the wrong visit left",
        {'ALT+K "Fel patient" ENTER': "", '"15" ALT+A': '"15" ALT+A ENTER'},
        {"visit.cancelled"},
    ),
    ("13", "the right visit forgotten", {'"15" ALT+A': ""}, {"visit"}),
    (
        "13",
        "the wrong patient once more",
        {'"85 9302122396"': '"85 9302212395"'},
        {"visit.commitment"},
    ),
    (
        "13",
        "last week's visit cancelled",
        {
            "\nALT+N": "\nDOWN ALT+N",
            'patient" ENTER': 'patient" ENTER*2',
            '"15" ALT+A': '"15" ALT+A ENTER',
        },
        {"visit.cancelled"},
    ),
    # 14
    ("14", "not saved", {"\nF10": "\n"}, {"commitment.closing_date"}),
    (
        "14",
        "another's signature",
        {"\nF10": '\nTAB*2 "BOPROV" F10'},
        {"commitment.closing_caregiver"},
    ),
    (
        "14",
        "the visit cancelled, to remove it all",
        {
            'F2 "40': 'F2 "83 9301122397" ENTER ALT+N ALT+K "fel" ENTER F2 "40',
            "\nALT+A": "\nALT+B ENTER",
            "\nF10": "\n",
        },
        {"commitment", "visit.cancelled"},
    ),
    (
        "14",
        "the visit cancelled, another reason",
        {
            'F2 "40': 'F2 "83 9301122397" ENTER ALT+N ALT+K "fel" ENTER F2 "40',
            "\nF10": '\n"23/2" TAB "ÖV" F10',
        },
        {"visit.cancelled", "commitment.closing_reason"},
    ),
)

# An exercise, how else it can be done, and the keys.
WAYS: tuple[tuple[str, str, str], ...] = (
    (
        "01",
        "the number typed in the screen, the unit found by its name, Läs by its key",
        """
        F2 "40" ENTER "930126-2383" ALT+L ALT+N "kbt" F5 "1" TAB F4 "pilhed" ENTER TAB "carovn" TAB "260225" ALT+S
        """,
    ),
    (
        "02",
        "the code known, every date typed",
        """
        F2 "40 19930108-2393" ENTER ALT+N "IPT" TAB "260302" ALT+L "7" TAB "VXSK01" TAB
        "i" TAB "BOPROV" TAB "-7" F10
        """,
    ),
    (
        "03",
        "the listing corrected first, so that nothing is warned of",
        """
        F2 "14 9302082384" ENTER TAB*6 "VCKU09" F10
        F2 "40" ENTER ALT+N "PDT" ALT+L "1" TAB "VCKU09" TAB*3 "26/2" F10
        """,
    ),
    (
        "05",
        "the medical registration first, the diagnosis typed in both",
        """
        F2 "184 9302082392" ENTER "F41.9" TAB "KBT" ALT+K "DU011" F10
        F2 "48" ENTER*3 SHIFT+TAB*2 "f419p" TAB*2 "50" TAB "260216" F10
        """,
    ),
    (
        "06",
        "one screen at a time",
        'F2 "85 9302172383" ENTER "1315" TAB F4 "filial" ENTER F10 ALT+E F10',
    ),
    (
        "07",
        "085, then 083, 184 and its codes",
        'F2 "85 9307142381" ENTER "1000" TAB*6 "J" F10 F2 "83" ENTER "N" ALT+K F10',
    ),
    (
        "07",
        "the distance forgotten, then changed",
        'F2 "85 9307142381" ENTER "10" F10 SHIFT+TAB*7 "J" F10 ALT+E F10',
    ),
    (
        "08",
        "the interpreter's code typed in 184",
        'F2 "85 9301032380" ENTER "11" TAB*7 "J" F10 ALT+E ALT+K "DU011" TAB "ZV020" F10',
    ),
    (
        "09",
        "the second half typed by hand",
        """
        F2 "85 9303032396" ENTER "13" ALT+A
        F2 "85" ENTER "1345" TAB*8 "N" TAB "J" TAB "SJ" ALT+A
        """,
    ),
    (
        "11",
        "with points, the side diagnoses the other way round",
        'F2 "184 9302122388" ENTER "F32.1" TAB*2 "Z73.0" TAB "F41.0" F10 ENTER',
    ),
    ("12", "184 finds it", 'F2 "184 9302172391" ENTER F10'),
    (
        "13",
        "the right visit first, the wrong one then",
        """
        F2 "85 9302122396" ENTER "15" ALT+A ENTER
        F2 "83 9302212395" ENTER ALT+N ALT+K "Registrerad på fel patient" ENTER
        """,
    ),
    (
        "13",
        "a slip of one's own undone",
        """
        F2 "83 9302212395" ENTER ALT+N ALT+K "Fel patient" ENTER
        F2 "85 9302122396" ENTER "14" F10 ALT+K "Fel tid" ENTER
        F2 "85" ENTER "15" ALT+A
        """,
    ),
    (
        "14",
        "removal tried, the closing typed",
        'F2 "40 9301122397" ENTER*2 ALT+B ALT+A "260223" TAB "av" TAB "annlin" F10',
    ),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def right(home: Path) -> Callable[[str], Played]:
    """The solution of an exercise, played once."""
    return cache(lambda name: play(exercise(name), home))


@cache
def exercise(name: str) -> Exercise:
    return read_exercise(shipped() / f"{_BY_NUMBER.get(name, name)}.toml")


def graded(name: str, keys: str, solution: Played, home: Path) -> Grade:
    task = replace(exercise(name), par=keys)
    done = play(task, home)
    return grade(
        solution.before, solution.after, done.after, task.free, task.accepts, solution.typed
    )


def altered(keys: str, instead: dict[str, str]) -> str:
    for old, new in instead.items():
        assert old in keys, old
        keys = keys.replace(old, new)
    return keys


def test_these_are_the_exercises_that_ship() -> None:
    assert {path.stem for path in shipped().glob("*.toml")} >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_check_finds_nothing(
    name: str, home: Path, right: Callable[[str], Played], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exercise_check, "play", lambda task, _: right(task.name[:2]))
    checked = exercise_check.check(exercise(name).path, home)
    assert checked.faults == []
    assert checked.warnings == []
    task = exercise(name)
    assert len(task.hints) >= 3
    assert all(hint.when for hint in task.hints)
    assert all(stroke.comment for stroke in task.par_strokes)  # what the demonstration says
    assert 3 <= len(task.story.splitlines()) <= 9
    assert max(map(len, task.story.splitlines())) <= 70  # as wide as the story's frame


@pytest.mark.parametrize("name", NAMES)
def test_nothing_done_is_worth_nothing(name: str, right: Callable[[str], Played]) -> None:
    task, solution = exercise(name), right(name[:2])
    result = grade(
        solution.before, solution.after, solution.before, task.free, task.accepts, solution.typed
    )
    assert result.marks == 0
    # Every hint is worth its while at the start, or follows from what is missing.
    assert all(hint.when in result.wanting for hint in task.hints)


@pytest.mark.parametrize(
    "slip",
    one_of_each(SLIPS, lambda slip: slip[0]),
    ids=lambda slip: f"{slip[0]} {slip[1]}",
)
def test_a_slip_costs_marks_for_what_it_is(
    slip: tuple[str, str, dict[str, str], set[str]], home: Path, right: Callable[[str], Played]
) -> None:
    number, _, instead, facts = slip
    keys = altered(exercise(number).par, instead)
    result = graded(number, keys, right(number), home)
    assert {each.fact for each in result.deviations} == facts
    assert len(result.deviations) == len(facts) + (number == "13" and "DOWN" in keys)
    assert result.marks <= 88
    assert all(each.cost for each in result.deviations)


def test_every_exercise_has_three_slips() -> None:
    for number in _BY_NUMBER:
        assert sum(slip[0] == number for slip in SLIPS) >= 3, number


@pytest.mark.parametrize(
    ("number", "keys"), [pytest.param(n, k, id=f"{n} {how}") for n, how, k in WAYS]
)
def test_another_legal_way_is_as_good(
    number: str, keys: str, home: Path, right: Callable[[str], Played]
) -> None:
    result = graded(number, keys, right(number), home)
    assert [each.sentence for each in result.deviations] == []
    assert result.marks == 100
