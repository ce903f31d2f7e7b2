"""The advice after an exercise: keys beside the solution's, the detour by its name, seconds, mistakes."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pasis_tui.training.keystrokes import predicted_seconds
from pasis_tui.training.routes import Pressed, compare, mistakes, spoken_time


class Stroke(NamedTuple):
    key: str
    character: str | None = None


def strokes(text: str) -> list[Stroke]:
    """Names of keys, and texts in quotes."""
    made: list[Stroke] = []
    for n, part in enumerate(text.split('"')):
        if n % 2:
            made += [Stroke(character, character) for character in part]
        else:
            made += [Stroke(name) for name in part.split()]
    return made


def pressed(*parts: tuple[str, str]) -> list[Pressed]:
    """(screen, keys) in order, a second a key."""
    keys = [(screen, stroke) for screen, text in parts for stroke in strokes(text)]
    return [
        Pressed(stroke.key, stroke.character, screen, float(n))
        for n, (screen, stroke) in enumerate(keys, 1)
    ]


PAR = strokes('f2 "48" enter f2 "85 9307142381" enter "1000" tab tab tab tab "J" alt+a')


def test_the_model_adds_keystrokes_and_preparations_as_published() -> None:
    # M K, K K, M K: F2 and Enter are prepared, what is typed is not
    assert predicted_seconds(strokes('f2 "48" enter')) == pytest.approx(2 * 1.35 + 4 * 0.28)
    # a run of the same key is prepared once; Alt is a keystroke of its own
    assert predicted_seconds(strokes("tab tab tab")) == pytest.approx(1.35 + 3 * 0.28)
    assert predicted_seconds(strokes("alt+a")) == pytest.approx(1.35 + 2 * 0.28)
    assert predicted_seconds([]) == 0


def test_the_solutions_own_way_gets_no_detour() -> None:
    way = [Pressed(s.key, s.character, "085", float(n)) for n, s in enumerate(PAR)]
    route = compare(PAR, way)
    assert (route.keys, route.par_keys, route.detour) == (len(PAR), len(PAR), "")
    assert route.advice[0] == f"Du använde {len(PAR)} tangenter: inte fler än facit ({len(PAR)})."
    # other keys of the same commands
    other = [w._replace(key="alt+x") if w.key == "f2" else w for w in way]
    assert compare(PAR, other).detour == ""


def test_the_way_through_the_menu_is_told_with_its_cure() -> None:
    way = pressed(
        ("meny", "down down down enter"),
        ("048", "f12"),
        ("meny", "down down enter"),
        ("048", "f12"),
        ("meny", 'f2 "85 9307142381" enter'),  # typed there: not by a row of the menu
        ("085", '"1000" tab tab tab tab "J" alt+a'),
    )
    route = compare(PAR, way)
    assert route.detour == "Du gick via menyn två gånger: F2 48 Enter går direkt."
    assert route.detour in route.advice


def test_the_longest_detour_is_told_by_its_screen_and_keys() -> None:
    way = pressed(
        ("meny", 'f2 "48" enter'),
        ("048", 'f2 "85 9307142381" enter'),
        ("085", '"1000" tab tab tab tab tab tab tab tab tab shift+tab f4 escape "J" alt+a'),
    )
    told = compare(PAR, way).detour
    assert told.startswith("Längsta omvägen i 085 Besöksregistrering: 8 tangenter mer än facit (")
    assert "F4, Esc" in told


def test_mistakes_are_counted_by_rule_with_title_and_chapter() -> None:
    counted = mistakes([("BE03",), ("HK06", "HK06", "HK06"), ("BE03", "BE01"), (), ("XX99",)])
    assert [(each.rule, each.count) for each in counted] == [("BE03", 2), ("BE01", 1), ("HK06", 1)]
    assert counted[0].chapter == "Besöksregistrering i PASiS"
    way = [
        Pressed("f10", None, "085", 61.0, ("BE03",)),
        Pressed("f10", None, "085", 65.4, ("BE03",)),
    ]
    advice = compare(PAR, way).advice
    assert advice[-1].startswith("BE03 ×2: ")
    assert any("1 min 5 s" in sentence for sentence in advice)


def test_times_are_told_as_people_say_them() -> None:
    assert [spoken_time(s) for s in (0, 59.4, 60, 185)] == ["0 s", "59 s", "1 min", "3 min 5 s"]
