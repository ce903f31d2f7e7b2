"""Golden screens of an exercise: list, story, strip, card, hint, result, its explanation, Skugga.

``pytest tests/flows/test_golden_exercise.py --update-screens`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.flows import test_golden as golden
from tests.flows.practice import Watched, watched
from tests.terminal import END, ENTER, ESC, F2, TAB, alt, ctrl
from tests.training.classroom import NUMBER, make_school, new_home

SCREENS = Path(__file__).with_name("screens_ovning")
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
CARD = ctrl("o")
_TIMES = re.compile(r"\d+:\d\d|(?<=Tid  )[\d s]+min[\d s]*|(?<=Tid  )\d+ s|(?<=Det tog )\d+ s")
WALK: tuple[golden.Stop, ...] = (
    golden.Stop("lista", "ÖV Övningar", (ENTER, F2, *"ov", ENTER, END)),
    golden.Stop("berattelse", "Ö eller Enter Öva", (ENTER,)),
    golden.Stop("kort", "K Klar, rätta", (ENTER,)),
    golden.Stop("remsa", "85 Besöksregistrering", (ENTER, F2, *f"85 {NUMBER}", ENTER)),
    golden.Stop("sparad", "Sparat: besök", (*"1000", TAB, alt("a"))),
    golden.Stop("tips", "på distans", (CARD, "t")),
    golden.Stop("resultat", "ÖV Resultat", (ENTER, CARD, "k")),
    golden.Stop("avvikelse", "Som följd av det", (ENTER,)),
    golden.Stop("skugga", "ÖV Skugga", (ESC, alt("k"))),
    golden.Stop("skugga_bild", "Din bild", (ENTER,)),
    golden.Stop("skugga_facit", "Facits bild", (ESC, alt("f"))),
)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("school"))


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-screens", False))


def _timeless(text: str) -> str:
    return _TIMES.sub(lambda match: "#" * len(match[0]), text)


@pytest.mark.parametrize("size", SIZES)
def test_an_exercise_looks_as_agreed(
    size: str, school: Path, tmp_path: Path, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = golden._picture
    monkeypatch.setattr(golden, "_picture", lambda program: _timeless(picture(program)))
    columns, rows = SIZES[size]
    with watched(new_home(school, tmp_path / "home"), columns=columns, rows=rows) as program:
        program.terminal.expect("Tryck Enter")
        for stop in WALK:
            program.burst(stop.keys)
            program.settle()
            program.terminal.expect(stop.title)
            _hold(program, SCREENS / size / f"{stop.name}.txt", update)


def _hold(program: Watched, file: Path, update: bool) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    golden._hold_to(program, file, update)
