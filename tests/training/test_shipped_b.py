"""Exercises 15-30: the solution is right, each slip costs what the learner is told, other routes cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from pasis_tui.cli import exercise_check
from pasis_tui.services.patients import patients
from tests.doses import one_of_each
from tests.training.exercise_slips import Change, Stage

EXERCISES = range(15, 31)


class Slip(NamedTuple):
    """How a learner goes wrong in an exercise, and the facts that the findings are about."""

    exercise: int
    name: str
    changes: tuple[Change, ...]
    facts: tuple[str, ...]
    said: str = ""


SLIPS = (
    Slip(15, "time", (('"13"', '"15"'),), ("visit.time",), "du: 15:00, rätt: 13:00"),
    Slip(15, "no codes", (("ALT+A", "F10"),), ("medical",)),
    Slip(15, "not discharged", (('"25"\nF10', '"25"'),), ("discharge",)),
    Slip(15, "sick leave", (('"25"', '"50"'),), ("discharge.sick_leave_percent",)),
    Slip(
        16,
        "far too early",
        (('"N"\nF3 "K"', "ENTER"), ('"48" ENTER*3\n"J" F10', '"48" ENTER')),
        ("follow_up.date",),
        "du: 2026-03-02",
    ),
    Slip(
        16,
        "a month too early",
        (('"+3m"', '"+2m"'), ('ENTER*3\n"J" F10', 'ENTER*3\n"J" F10 ENTER')),
        ("visit.date",),
        "du: 2026-05-02",
    ),
    Slip(
        16,
        "no visit",
        (('F2 "85" ENTER "10"\nALT+A\n', ""), ('ENTER*3\n"J" F10', 'ENTER*3\n"J" F10 ENTER')),
        ("visit",),
    ),
    Slip(16, "not approved", (('ENTER*3\n"J" F10', 'ENTER*3\n"N" F10'),), ("follow_up.approved",)),
    Slip(
        17,
        "made to fit the window",
        (('"J" F10\nENTER', '"J" SHIFT+TAB "260220" F10 ENTER'),),
        ("commitment.closing_date", "follow_up.date"),
        "du: 2026-02-20",
    ),
    Slip(17, "not closed", (("ALT+A\nF10", "ALT+A"),), ("commitment.closing_date",)),
    Slip(17, "no codes", (('"11" ALT+A', '"11" F10'),), ("medical",)),
    Slip(17, "warning heeded", (('"J" F10\nENTER', '"J" F10 "N" F3 "K"'),), ("follow_up",)),
    Slip(18, "warning heeded", (("F10\nENTER", 'F10 "N"'),), ("commitment.closing_date",)),
    Slip(
        18,
        "a visit to close on",
        (
            ('F2 "40 9309102383" ENTER\nENTER', 'F2 "85 9309102383" ENTER "9" ALT+A F2 "40" ENTER'),
            ("F10\nENTER", "F10"),
        ),
        ("visit",),
    ),
    Slip(
        18,
        "discharged",
        (
            (
                'F2 "40 9309102383" ENTER\nENTER',
                'F2 "48 9309102383" ENTER*3 "0" SHIFT+TAB*2 "260112" F10 F2 "40" ENTER',
            ),
        ),
        ("discharge",),
    ),
    Slip(
        19,
        "booking left",
        (
            (
                'F2 "83 9311132394" ENTER\nALT+N\nALT+K\n"Patienten avbryter" ENTER\nF2 "40" ENTER',
                'F2 "40 9311132394" ENTER*2',
            ),
        ),
        ("visit.cancelled",),
    ),
    Slip(
        19,
        "wrong visit cancelled",
        (("ALT+N", "DOWN ALT+N"),),
        ("visit.cancelled", "visit.cancelled"),
    ),
    Slip(19, "not closed", (("ALT+A\nF10", "ALT+A"),), ("commitment.closing_date",)),
    Slip(20, "AV", (('"ÖV"', '"AV"'),), ("commitment.closing_date",)),
    Slip(
        20, "date", (('"i" TAB', '"260209" TAB'),), ("commitment.closing_date",), "du: 2026-02-09"
    ),
    Slip(20, "removed", (('ALT+A\n"i" TAB "ÖV"\nF10', "ALT+B ENTER"),), ("commitment",)),
    Slip(21, "wrong day", (('"0302"', '"0303"'),), ("visit.date",)),
    Slip(21, "no interpreter", (('"15" TAB*7 "J"', '"15"'),), ("visit.interpreter",)),
    Slip(
        21,
        "distance for interpreter",
        (("TAB*7", "TAB*6"),),
        ("visit.distance", "visit.interpreter"),
    ),
    Slip(21, "one left in PMO", (('F2 "85" ENTER "15" TAB*7 "J"\nALT+A', ""),), ("visit",)),
    Slip(
        22,
        "free too early",
        (
            (
                'F2 "85" ENTER "9"\nALT+A\nF2 "+7d"',
                'F2 "85" ENTER "9" TAB*9 "J" TAB "SJ" ALT+A\nF2 "+7d"',
            ),
        ),
        ("visit.without_fee",),
    ),
    Slip(
        22,
        "same day twice",
        (('F2 "+7d" ENTER\nF2 "85" ENTER "9"', 'F2 "85" ENTER "11"'),),
        ("visit.date", "visit.time"),
    ),
    Slip(
        22,
        "second missing",
        (('F2 "85" ENTER "9"\nALT+A\nF2 "+7d" ENTER\n', 'F2 "+7d" ENTER\n'),),
        ("visit",),
    ),
    Slip(23, "no receipt", (('"KV"\nF10', '"KV"\nF3 "K"'),), ("manual_fee",)),
    Slip(23, "amount", (('"200"', '"20"'),), ("manual_fee.amount",)),
    Slip(
        23,
        "date and proof",
        (('"0223"', '"0309"'), ('"KV"', '"HK"')),
        ("manual_fee.date", "manual_fee.proof"),
    ),
    Slip(24, "the other list", (('"P" TAB "0201" TAB "0228"', '"F"'),), ("control_list",)),
    Slip(
        24,
        "period",
        (('TAB*2\n"0201" TAB "0228"', 'TAB*2\n"0201" TAB "0227"'),),
        ("visit_list.to_date",),
    ),
    Slip(24, "everybody's visits", (('"ANNLIN" TAB*2', "TAB*2"),), ("visit_list.signature",)),
    Slip(24, "not mended", (('"n"\nF10', '"n"'),), ("medical",)),
    Slip(25, "interval", (('"260228"', '"260301"'),), ("interval.to_date",)),
    Slip(25, "one left", (("F3\nDOWN ENTER\nF10\n", ""),), ("medical",)),
    Slip(
        25,
        "diagnosis",
        (
            ("ENTER\nF10\nF3", 'ENTER\n"F438" F10 ENTER\nF3'),
            ("DOWN ENTER\nF10", "DOWN ENTER\nF10 ENTER"),
        ),
        ("medical.main_diagnosis",),
    ),
    Slip(26, "not protected", (('TAB*2 "J"', 'TAB*2 "N"'),), ("patient.protected",)),
    Slip(
        26,
        "left out of the list",
        (('"J" TAB "Månadens fakturering"', ""),),
        ("visit_list.protected",),
    ),
    Slip(26, "no codes", (('"10" ALT+A', '"10" F10'),), ("medical",)),
    Slip(27, "still the other list's code", (('"F419P" F10', "F3"),), ("enrolment.diagnosis",)),
    Slip(27, "no ZV051", (('ALT+K TAB "ZV051" F10', ""),), ("medical.kva",)),
    Slip(27, "the wrong visit", (("F3 DOWN*2", "F3 DOWN*3"),), ("medical.kva", "medical.kva")),
    Slip(27, "one still missing", (('F3 "n"\nF10', ""),), ("medical",)),
    Slip(28, "left open", (("ALT+A\nF10", "ALT+A"),), ("commitment.closing_date",)),
    Slip(28, "discharge", (('"251110" F10', '"251006" F10 ENTER'),), ("discharge.date",)),
    Slip(28, "contact type", (('TAB*6 "ÅB" F10', "F3"),), ("visit.contact_type",)),
    Slip(
        29,
        "another health centre",
        (('"VCLJ02"', '"VCLJ03"'), ('"0225" F10', '"0225" F10 ENTER')),
        ("commitment.referring_unit",),
        "du: VCLJ03, rätt: VCLJ02",
    ),
    Slip(29, "not on video", (('"10" TAB*6 "J"\nALT+A', '"10" ALT+A'),), ("visit.distance",)),
    Slip(29, "wrong day", (('"2026-04-13"', '"2026-04-14"'),), ("visit.date",)),
    Slip(
        29,
        "one visit for two",
        (
            (
                'F2 "2026-05-11" ENTER\nF2 "85" ENTER "10" ALT+A\nALT+B\nALT+A',
                'F2 "2026-05-11" ENTER\nF2 "85" ENTER "10" ALT+A',
            ),
        ),
        ("visit",),
    ),
    Slip(30, "today's date", (('SHIFT+TAB "0305" TAB "10"', '"10"'),), ("visit.date",)),
    Slip(30, "not on video", (('TAB*6 "J"\nALT+A', "ALT+A"),), ("visit.distance",)),
    Slip(30, "no codes", (('"0305" TAB "10"\nALT+A', '"0305" TAB "10"\nF10'),), ("medical",)),
    Slip(
        30,
        "who did not come is left out",
        (('F2 "85 9302172391" ENTER\nSHIFT+TAB "0305" TAB "13"\nTAB*8 "J"\nF10', ""),),
        ("visit",),
    ),
)


class Route(NamedTuple):
    """Another legal way to the same records."""

    exercise: int
    name: str
    changes: tuple[Change, ...]


ROUTES = (
    Route(
        15,
        "faithful lane",
        (("ALT+A\n", 'F10 F2 "83" ENTER "n" F10\n'), ("ENTER ENTER", "ENTER ALT+U")),
    ),
    Route(17, "forms by way of 040", (('F2 "48" ENTER*3', 'F2 "40" ENTER ALT+F ALT+P'),)),
    Route(18, "typed", (("ALT+A\nF10", 'ALT+A "12/1" TAB "AV" TAB "ANNLIN" F10'),)),
    Route(20, "chosen", (('"ÖV"', "F4 ENTER"),)),
    Route(
        21,
        "the other one first",
        (
            (
                'SHIFT+TAB "0302" TAB "15"\nALT+A\nF2 "85" ENTER "15" TAB*7 "J"\nALT+A',
                '"15" TAB*7 "J" ALT+A F2 "85" ENTER SHIFT+TAB "0302" TAB "15" ALT+A ENTER',
            ),
        ),
    ),
    Route(
        22,
        "both on the second day",
        (
            (
                'F2 "85" ENTER "9"\nALT+A\nF2 "+7d" ENTER',
                'F2 "+7d" ENTER F2 "85" ENTER SHIFT+TAB "0302" TAB "9" ALT+A',
            ),
        ),
    ),
    Route(
        25,
        "by way of 083, and another's too",
        (
            (
                "ENTER\nF10\nF3\nDOWN ENTER\nF10",
                'DOWN ENTER\nF10 F2 "83 9304272397" ENTER DOWN "n" F10 F2 "ag" ENTER ALT+A ENTER F10',
            ),
        ),
    ),
    Route(27, "codes last", (('F3 "n"\nF10', 'F2 "83" ENTER "n" F10'),)),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("exercises"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exercise_check, "play", made.play)
        yield made
    patients.set_population_register(None)


@pytest.mark.parametrize("number", EXERCISES)
def test_its_solution_is_right_and_its_story_says_what_is_graded(stage: Stage, number: int) -> None:
    checked = stage.check(number)
    assert (checked.faults, checked.warnings) == ([], [])
    exercise = stage.exercise(number)
    assert len(exercise.hints) >= 3
    assert all(hint.when for hint in exercise.hints)


@pytest.mark.parametrize(
    "slip",
    one_of_each(SLIPS, lambda slip: slip.exercise),
    ids=lambda slip: f"{slip.exercise} {slip.name}",
)
def test_a_slip_costs_and_is_told_for_what_it_is(stage: Stage, slip: Slip) -> None:
    result = stage.graded(slip.exercise, *slip.changes)
    assert sorted(each.fact for each in result.deviations) == sorted(slip.facts)
    assert result.marks < 100
    assert slip.said in " ".join(each.sentence for each in result.deviations)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.exercise} {route.name}")
def test_another_legal_route_costs_nothing(stage: Stage, route: Route) -> None:
    result = stage.graded(route.exercise, *route.changes)
    assert (result.marks, result.deviations) == (100, ())


def test_each_exercise_has_three_slips_that_cost(stage: Stage) -> None:
    counts = {number: sum(slip.exercise == number for slip in SLIPS) for number in EXERCISES}
    assert min(counts.values()) >= 3
