"""The way back: what counts as a step, and where steps back end."""

from __future__ import annotations

import pytest

from pasis_tui.shell.trail import Step, Trail


def trail(*codes: str) -> Trail:
    made = Trail()
    for code in codes:
        made.go(code, {})
    return made


def codes(made: Trail) -> list[str]:
    walked = []
    while len(made):
        walked.append(made.leave().code)
    return walked[::-1]


def test_a_jump_to_the_same_screen_is_no_step() -> None:
    made = trail("start", "085")
    made.go("085", {"visit": 7})
    assert made.current == Step("085", {"visit": 7})
    assert codes(made) == ["start", "085"]


def test_the_menu_stays_however_far_one_walks() -> None:
    made = trail("start", *(str(number) for number in range(200)))
    assert codes(made) == ["start", *(str(number) for number in range(151, 200))]


def test_back_takes_steps_and_ends_at_the_menu() -> None:
    made = trail("start", "040", "048", "085")
    assert made.back() == Step("048", {})
    assert codes(made) == ["start", "040"]
    assert trail("start").back() is None


def test_who_comes_back_comes_to_what_was_open() -> None:
    made = trail("start", "040")
    made.stand("040", commitment=3)
    made.note(at=(1, 2))
    made.go("085", {})
    assert made.back() == Step("040", {"commitment": 3, "at": (1, 2)})


def test_a_form_is_left_with_the_screen_it_came_from() -> None:
    made = trail("start", "083", "184", "184 K")
    assert made.leave("184").code == "184 K"
    assert codes(made) == ["start", "083"]
    made = trail("start", "184 K")
    made.leave("184")
    assert codes(made) == ["start"]


@pytest.mark.parametrize(("steps", "code"), [(1, "085"), (2, "040"), (3, "start"), (4, None)])
def test_the_screens_before_are_different_ones(steps: int, code: str | None) -> None:
    step = trail("start", "040", "085", "048", "085", "048").before(steps)
    assert (step and step.code) == code
