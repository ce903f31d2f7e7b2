"""Files of TOML that cannot be used, through the real program.

What the program came with is a broken installation: a sentence for each fault, and exit code 2.
A user's own file is refused, and nothing of what was before it is lost.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pasis_tui.resources import folder
from tests.flows.clerk import clerk
from tests.flows.practice import DAY, ask, run_pasis
from tests.flows.test_bad_start import ENGLISH, in_a_terminal, says_and_ends
from tests.terminal import ENTER, F6, alt, ctrl, terminal


class Broken(NamedTuple):
    """A change in a file that the program came with, and what is said of it."""

    file: str
    change: Callable[[str], str]
    words: tuple[str, ...]


def instead(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


BROKEN = [
    Broken(
        "screens/login.toml",
        instead("width = 14", 'width = "14"'),
        ("login.toml, rad 17, format[1].field[1].width: ska vara ett heltal", "”14”"),
    ),
    Broken(
        "screens/menu.toml",
        instead("list = true", 'list = "no"'),
        ("menu.toml, rad 8, format[1].list: ska vara true eller false", "”no”"),
    ),
    Broken("screens/084.toml", lambda _: 'code = "1"\n', ("084.toml, title: saknas.",)),
    Broken(
        "data/rules.toml",
        instead("[VA02]\n", "[VA02]\nfield = 1\n"),
        ("rules.toml, rad ", "VA02.field: känns inte igen"),
    ),
    Broken(
        "data/codes.toml",
        instead('M = "Man"', "M = true"),
        ("codes.toml, rad ", "sex.M: ska vara en text"),
    ),
    Broken(
        "data/parameters.toml",
        instead("[cost_ceiling]", "[ceiling]"),
        ("parameters.toml, cost_ceiling: saknas.", "ceiling: känns inte igen"),
    ),
    Broken(
        "data/support.toml",
        instead("[[contact]]\nname = ", '[[contact]]\nname = "a"\nname = '),
        ("support.toml kan inte läsas: rad 5: nyckeln står redan tidigare i filen.",),
    ),
    Broken(
        "data/practice.toml",
        instead("branch = false", "branch = 0"),
        ("practice.toml, rad ", "receptions[1].branch: ska vara true eller false"),
    ),
]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, to break."""
    place = tmp_path_factory.mktemp("installation")
    root = folder("screens").parent
    for name in ("pasis_tui", "screens", "data"):
        shutil.copytree(root / name, place / name)
    return place


@pytest.fixture(params=BROKEN, ids=lambda broken: broken.file)
def broken(request: pytest.FixtureRequest, installation: Path) -> Iterator[Broken]:
    change: Broken = request.param
    path = installation / change.file
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text(change.change(before or ""), "utf-8")
    yield change
    if before is None:
        path.unlink()
    else:
        path.write_text(before, "utf-8")


def test_a_broken_installation_ends_with_2(home: Path, installation: Path, broken: Broken) -> None:
    """At the login at the latest: nobody has begun to work."""
    environment = {"PYTHONPATH": str(installation), "PYTHONSAFEPATH": "1"}
    with terminal(["--date", DAY], home, environment=environment, columns=160) as opened:
        says_and_ends(opened, *broken.words)
    assert not list(home.glob("fel/*")), "it is no fault of the program"


def test_so_does_a_command_and_all_that_is_wrong_is_told(home: Path, installation: Path) -> None:
    path = installation / "data" / "practice.toml"
    before = path.read_text("utf-8")
    path.write_text(before.replace("branch = false", "branch = 0, filial = 1"), "utf-8")
    patients = ask(home, "SELECT count(*) FROM patient")
    try:
        environment = {"PYTHONPATH": str(installation), "PYTHONSAFEPATH": "1"}
        done = run_pasis("--date", DAY, "practice", "reset", home=home, environment=environment)
    finally:
        path.write_text(before, "utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    first, second, *_ = done.stderr.splitlines()
    place = "units[1].receptions[1]"
    assert first.startswith("pasis: practice.toml, rad ")
    assert first.endswith(f"{place}.branch: ska vara true eller false, inte ett heltal (0).")
    assert second.strip().startswith("practice.toml, rad ")
    assert f"{place}.filial: känns inte igen; här kan stå code, name, branch." in second
    assert ask(home, "SELECT count(*) FROM patient") == patients


# --- a user's own files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keymap", "words"),
    [
        ("save = 10\n", ("keymap.toml, rad 1, save: ska vara en text eller en lista", "(10)")),
        (
            '[keys]\nmenu = "f9"\nsave = [true]\n',
            ("keymap.toml, rad 3, keys.save[1]: ska vara en text, inte true eller false (true)",),
        ),
        ('[keys]\n\nsave = "f1"\n', ("keymap.toml, rad 3: F1 är given både till ”Hjälp”",)),
        (
            '[keys]\nsave = "f11"\n[colours]\nmenu = "red"\n',
            ("keymap.toml, rad 3, colours: känns inte igen; här kan stå keys",),
        ),
        (
            'save = "a"\nspara = "f11"\nhelp = "f2"\n',
            ("rad 1: ”a” för", "rad 2: ”spara” är inget", "rad 3: F2 är given både"),
        ),
        ('save = "f\\u202e1"\n', ("keymap.toml, rad 1, save: texten har ett tecken", "U+202E")),
        ('save = "f11"\nsave = "f12"\n', ("kan inte läsas: rad 2: nyckeln står redan",)),
        ("save = 2026-01-01\n", ("rad 1, save: ska vara en text eller en lista, inte ett datum",)),
        ("# " + "x" * 6_000_000, ("keymap.toml kan inte läsas: den är större än 5 MB",)),
    ],
)
def test_a_keymap_is_refused_by_line(home: Path, keymap: str, words: tuple[str, ...]) -> None:
    (home / "keymap.toml").write_text(keymap, "utf-8")
    done = in_a_terminal(home, LC_ALL="C.UTF-8")
    said = done.stderr.decode()
    assert done.returncode == 2
    assert said.startswith("pasis: keymap.toml")
    for each in words:
        assert each in said
    assert not any(word in said for word in ENGLISH)


_ENTRY = '[[favourite]]\ncode = "085"\nlabel = "Besök"\n'
_FAVOURITES = {
    "okänd": (_ENTRY + "colour = 1\n", "rad 4, favourite[1].colour: känns inte igen"),
    "saknas": (_ENTRY + '[[favourite]]\ncode = "040"\n', "rad 4, favourite[2].label: saknas."),
    "typ": (_ENTRY.replace('"085"', "85"), "rad 2, favourite[1].code: ska vara en text, inte ett"),
    "osynligt": (_ENTRY.replace("Besök", "B\\u001b[31m"), "favourite[1].label: texten har ett"),
    "flera": (_ENTRY.replace('"085"', "85").replace('"Besök"', "1"), "(85). 1 fel till."),
    "trasig": ("[[favourite]\n", "kan inte läsas: rad 1: "),
}


def test_a_favourites_file_is_refused_by_line_and_none_is_lost(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F6, alt("f")).says("Anvisningens föreslagna favoriter är hämtade")
        statement = "SELECT user_id, position, code, label FROM favourite ORDER BY position"
        before = ask(home, statement)
        annika.type(alt("å")).sees("Favoriter från fil")
        for name, (text, words) in _FAVOURITES.items():
            (home / f"{name}.toml").write_text(text, "utf-8")
            annika.instead(str(home / f"{name}.toml")).type(ENTER)
            annika.until(
                lambda words=words: (
                    _words(words) in _words("".join(annika.terminal.screen.display))
                ),  # type: ignore[misc]
                words,
            )
            annika.sees("Det hämtades inga favoriter")
        assert ask(home, statement) == before
        (home / "hel.toml").write_text(_ENTRY, "utf-8")
        annika.type(ctrl("u"), str(home / "hel.toml"), ENTER).says("1 favoriter hämtade")


def _words(text: str) -> str:
    """*text* as it can be found in a box whose lines wrap."""
    return "".join(c for c in text if c not in " │║|")
