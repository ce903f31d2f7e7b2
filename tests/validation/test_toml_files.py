"""The one reader of TOML: what is not as declared is refused by file, line, place and reason.

Every file that ships is changed in every way that matters, one change at a time.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.display.display_files import read_display
from pasis_tui.display.keymap import load_keymap
from pasis_tui.resources import folder
from pasis_tui.services.register.support import Support
from pasis_tui.services.users.favourites import FavouritesFile
from pasis_tui.training.grading_table import GradingTable
from pasis_tui.training.keystrokes import KeystrokeTable
from pasis_tui.training.people import InventedWorld
from pasis_tui.validation import codes, parameters, toml_files
from pasis_tui.validation.rules import Rule
from pasis_tui.validation.toml_files import BadFile, TomlFile
from pasis_tui.validation.toml_lines import Place, lines_of

MARK = "zz_changed"  # stands on the line that was changed
KEYMAP = '[keys]\nsave = ["f11", "ctrl+s"]\nnext = "alt+ö"\n'
FAVOURITES = (
    '[[favourite]]\ncode = "085"\nlabel = "Besök"\n\n[[favourite]]\ncode = "040"\nlabel = "Å"\n'
)


class Kind(NamedTuple):
    """A kind of file: how it is read, and the parts that must stand in it.

    ``needed`` are the ways to them, with * for any name or row.
    """

    read: Callable[[Path], object]
    needed: frozenset[str]


def ways(words: str) -> frozenset[str]:
    return frozenset(words.split())


def as_type(shape: Any) -> Callable[[Path], object]:
    return lambda path: toml_files.read(path, shape)


DISPLAY = Kind(
    read_display,
    ways(
        "code title format.*.name format.*.field.*.name format.*.field.*.label"
        " format.*.field.*.width format.*.button.*.name format.*.button.*.label"
    ),
)
RULE_PARTS = {
    own.name
    for own in dataclasses.fields(Rule)
    if own.default is dataclasses.MISSING and own.default_factory is dataclasses.MISSING
}
KINDS = {
    "rules.toml": Kind(
        as_type(dict[str, Rule]), frozenset(f"*.{name}" for name in RULE_PARTS - {"id"})
    ),
    "messages.toml": Kind(as_type(dict[str, str]), frozenset()),
    "codes.toml": Kind(as_type(codes.Tables), codes.TABLES),
    "parameters.toml": Kind(as_type(parameters.Parameters), frozenset(parameters.parameters())),
    "support.toml": Kind(
        as_type(Support),
        ways(
            "contact change contact.*.name contact.*.phone contact.*.who change.*.before"
            " change.*.after change.*.comment"
        ),
    ),
    "practice.toml": Kind(
        as_type(InventedWorld),
        ways(
            "units units.*.code units.*.name units.*.receptions units.*.receptions.*.code"
            " units.*.receptions.*.name units.*.receptions.*.branch caregivers"
            " caregivers.*.*.signature caregivers.*.*.name caregivers.*.*.category"
            " caregivers.*.*.from users users.*.signature users.*.name users.*.places rights"
            " people people.family_names people.women people.men people.streets"
            " people.languages towns referring_units referring_units.*.*.*"
        ),
    ),
    "grading.toml": Kind(
        as_type(GradingTable),
        ways(
            "harmless proposed acts missing said consequence consequence.*.causes consequence.*.effects"
            " consequence.*.within"
        ),
    ),
    "keystrokes.toml": Kind(as_type(KeystrokeTable), ways("source key prepare")),
    "keymap.toml": Kind(load_keymap, frozenset()),
    "favoriter.toml": Kind(
        as_type(FavouritesFile), ways("favourite favourite.*.code favourite.*.label")
    ),
}
SHIPPED = sorted(
    path
    for name in ("data", "screens")
    for path in folder(name).glob("*.toml")
    if path.name != "exercise_template.toml"  # an exercise, which has tests of its own
)
TEXTS = {path.name: path.read_text("utf-8") for path in SHIPPED} | {
    "keymap.toml": KEYMAP,
    "favoriter.toml": FAVOURITES,
}


def kind_of(name: str) -> Kind:
    shipped = next((path for path in SHIPPED if path.name == name), None)
    return DISPLAY if shipped is not None and shipped.parent.name == "screens" else KINDS[name]


def problems(path: Path, text: str | bytes, kind: Kind) -> tuple[str, ...]:
    """What the reader says against *text* in *path*."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadFile) as refused:
        kind.read(path)
    assert str(refused.value) == " ".join(refused.value.problems)
    for problem in refused.value.problems:
        assert problem.startswith(path.name)
        assert problem.isprintable()
        assert problem.endswith(".")
        assert len(problem) < 700
    return refused.value.problems


# --- files that are changed -----------------------------------------------------------------


class Raw(str):
    """A value as it is to stand in the file."""


def written(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, date | time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def document(table: dict[str, Any], way: str = "") -> str:
    """*table* as TOML: a line for each key, a section for each table."""
    plain, sections = "", ""
    for key, value in table.items():
        name = json.dumps(key, ensure_ascii=False)
        inside = f"{way}.{name}" if way else name
        if isinstance(value, dict):
            sections += f"\n[{inside}]\n{document(value, inside)}"
        elif isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            for row in value:
                sections += f"\n[[{inside}]]\n{document(row, inside)}"
        else:
            plain += f"{name} = {written(value)}\n"
    return plain + sections


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value below *value*, with its place."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for step, inside in pairs:
        yield (*place, step), inside
        yield from places(inside, (*place, step))


def small(value: Any) -> Any:
    """*value* with few rows in its lists, which still have every key: it is read often."""
    if isinstance(value, dict):
        return {key: small(inside) for key, inside in value.items()}
    if not isinstance(value, list):
        return value
    known: set[str] = set()
    rows = []
    for row in value:
        if not isinstance(row, dict):
            rows.append(row)
        elif not rows or set(row) - known:
            known |= set(row)
            rows.append(small(row))
    return rows if known else rows[:3]


def tree_of(name: str) -> dict[str, Any]:
    """The file *name*, made small; each time a new one, to be changed."""
    tree: dict[str, Any] = pickle.loads(_small_tree(name))
    return tree


@cache
def _small_tree(name: str) -> bytes:
    tree: dict[str, Any] = small(tomllib.loads(TEXTS[name]))
    return pickle.dumps(dict(list(tree.items())[::20]) if name == "rules.toml" else tree)


def holder(tree: Any, place: Place) -> Any:
    for step in place[:-1]:
        tree = tree[step]
    return tree


def pattern(place: Place) -> str:
    return ".".join("*" if isinstance(step, int) else step for step in place)


def is_needed(place: Place, kind: Kind) -> bool:
    return any(
        re.fullmatch(wanted.replace(".", r"\.").replace("*", "[^.]+"), pattern(place))
        for wanted in kind.needed
    )


def one_of_each(name: str) -> list[tuple[Place, Any]]:
    """A place of each sort in the file *name*, with its value."""
    sorts: dict[str, list[tuple[Place, Any]]] = {}
    for place, value in places(tree_of(name)):
        if name == "rules.toml" and len(place) > 1:
            sort = f"*.{place[-1]}"
        elif name in {"messages.toml", "codes.toml", "parameters.toml"}:
            sort = f"{place[0] if len(place) > 1 else ''} {len(place)}"
        elif name == "practice.toml" and len(place) > 1:
            sort = f"{place[0]} {len(place)} {place[-1] if place[0] != 'towns' else ''}"
            sort = re.sub(r"\d+$", "", sort) if isinstance(place[-1], int) else sort
        else:
            sort = pattern(place)
        sorts.setdefault(sort, []).append((place, value))
    return [found[0] for found in sorts.values()]


def test_every_file_that_ships_is_among_those_that_are_tried() -> None:
    assert len(SHIPPED) >= 30
    for path in SHIPPED:
        kind_of(path.name).read(path)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_file_written_anew_says_the_same(name: str, tmp_path: Path) -> None:
    text = document(tomllib.loads(TEXTS[name]))
    assert tomllib.loads(text) == tomllib.loads(TEXTS[name])
    before, after = tmp_path / "before", tmp_path / "after"
    for path, content in ((before, TEXTS[name]), (after, text)):
        path.mkdir()
        (path / name).write_text(content, "utf-8")
    first, second = (kind_of(name).read(path / name) for path in (before, after))
    assert name == "keymap.toml" or first == second


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_value_of_another_type_is_refused_where_it_stands(name: str, tmp_path: Path) -> None:
    others: list[Any] = [
        MARK, 10, True, 1.5, date(2026, 1, 1), datetime(2026, 1, 1), time(9, 0), Raw("nan"),
        [10, MARK], {"a": MARK},
    ]  # fmt: skip
    tried = 0
    those = one_of_each(name)
    step = 5 if len(those) > 5 else 3
    for turn, (place, value) in enumerate(those):
        if name == "keymap.toml" and place == ("keys",):
            others = others[:-1]  # a table is what it is
        for other in others[turn % step :: step]:  # all of them in the course of a file
            if type(other) is type(value) or (isinstance(other, Raw) and isinstance(value, float)):
                continue
            tree = tree_of(name)
            holder(tree, place)[place[-1]] = other
            text = document(tree)
            told = problems(tmp_path / name, text, kind_of(name))
            line = lines_of(text)[place]
            where = (f"{name}, rad {line}, ", f"{name}, rad {line}: ")
            assert any(said.startswith(where) for said in told), (place, other, told)
            if MARK in written(other) and not isinstance(other, dict):
                assert MARK in text.splitlines()[line - 1]
            tried += 1
    assert tried >= 2


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_part_that_must_stand_there_is_missed(name: str, tmp_path: Path) -> None:
    kind = kind_of(name)
    missed = set()
    for place, _ in one_of_each(name):
        tree = tree_of(name)
        del holder(tree, place)[place[-1]]
        text = document(tree)
        if not is_needed(place, kind):
            (tmp_path / name).write_text(text, "utf-8")
            kind.read(tmp_path / name)
            continue
        told = problems(tmp_path / name, text, kind)
        missed.add(pattern(place))
        if isinstance(place[-1], int):
            assert any("ska ha" in said for said in told)
            continue
        (said,) = [said for said in told if f"{place[-1]}: saknas" in said]
        if len(place) > 1:
            line = re.match(r".*, rad (\d+), ", said)
            assert line is not None, said
            assert text.splitlines()[int(line[1]) - 1].startswith(("[", '"')), said
    assert missed or not kind.needed


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_key_that_nobody_knows_is_refused_where_it_stands(name: str, tmp_path: Path) -> None:
    kind = kind_of(name)
    tried = 0
    tables: list[tuple[Place, Any]] = [((), {})] + [
        each for each in one_of_each(name) if isinstance(each[1], dict)
    ]
    for place, _ in tables:
        tree = tree_of(name)
        holder(tree, (*place, MARK))[MARK] = Raw(f'"{MARK}"')
        inside: Any = tree
        for step in place:
            inside = inside[step]
        inside[MARK] = 1.5
        text = document(tree)
        told = problems(tmp_path / name, text, kind)
        line = next(n for n, row in enumerate(text.splitlines(), 1) if MARK in row)
        assert any(said.startswith(f"{name}, rad {line}") and MARK in said for said in told), told
        tried += 1
    assert tried


@pytest.mark.parametrize("name", sorted(TEXTS))
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (r'"a\u0000b"', "som inte syns (U+0000)"),
        (r'"a\u202eb"', "som inte syns (U+202E)"),
        (r'"a\u001b[31m"', "som inte syns (U+001B)"),
        ('"""a\nb"""', "som inte syns (U+000A)"),
        (f'"{"x" * 10_000}"', "längre än"),
        ("true", "true eller false"),
        ("2026-01-01", "inte ett datum"),
    ],
)
def test_a_text_that_cannot_be_one(name: str, raw: str, reason: str, tmp_path: Path) -> None:
    texts = [place for place, value in one_of_each(name) if isinstance(value, str)]
    for place in texts[:: max(1, len(texts) // 8)]:
        tree = tree_of(name)
        holder(tree, place)[place[-1]] = Raw(raw)
        assert any(
            reason in said for said in problems(tmp_path / name, document(tree), kind_of(name))
        )


@pytest.mark.parametrize(
    "name", [n for n in sorted(TEXTS) if n not in {"messages.toml", "support.toml", "codes.toml"}]
)
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1000000000000", "talet är för stort"),
        ("-1000000000000", "talet är för stort"),
        ("9" * 5000, "ett tal är för stort"),
        ("true", "inte true eller false (true)"),
        ('"10"', "inte en text (”10”)"),
        ("1e3", "inte ett tal (1000.0)"),
        ("inf", "inte ett tal (inf)"),
    ],
)
def test_a_number_that_cannot_be_one(name: str, raw: str, reason: str, tmp_path: Path) -> None:
    for place, value in one_of_each(name):
        if type(value) is int:
            tree = tree_of(name)
            holder(tree, place)[place[-1]] = Raw(raw)
            told = problems(tmp_path / name, document(tree), kind_of(name))
            assert any(reason in said for said in told), told


# --- what is no TOML ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'a = "1"\nb = "\xe5"\n', "rad 2 har ett tecken som inte är UTF-8"),
        (b"\xff\xfea\x00", "rad 1 har ett tecken som inte är UTF-8"),
        (b"a = 1\nb\n", "rad 2: efter nyckeln saknas ="),
        (b"a = 1\n\na = 2\nb = 3\n", "rad 3: nyckeln står redan tidigare i filen"),
        (b"a = 1\na = 2", "rad 2: nyckeln står redan tidigare i filen"),
        (b"[a]\n[b]\n[a]\n", "rad 3: tabellen står redan tidigare i filen"),
        (b"x = {a = 1, a = 2}\n", "rad 1: nyckeln står två gånger"),
        (b"a = [1, 2\nb = 3\n", "rad 2: listan saknar sin ]"),
        (b'a = "b\nc = 1\n', "rad 1: "),
        (b"a = b\n", "rad 1: värdet kan inte läsas; en text står inom citattecken"),
        (b"a = 2026-02-30\n", "rad 1: "),
        (b"a = 1 b = 2\n", "rad 1: efter värdet ska raden vara slut"),
        (b"a = \x00\n", "rad 1: "),
        (b'a = "\x00"\n', "rad 1: tecknet får inte stå där"),
        (b"\x00" * 100, "rad 1: "),
        (b"a = " + b"9" * 5000 + b"\n", "ett tal är för stort"),
        (b"a = " + b"[" * 100_000, "ligger för djupt i varandra"),
        (b"# " + b"x" * 6_000_000, "större än 5 MB"),
    ],
)
@pytest.mark.parametrize("kind", [DISPLAY, *KINDS.values()], ids=["screen.toml", *KINDS])
def test_what_is_no_toml(kind: Kind, content: bytes, reason: str, tmp_path: Path) -> None:
    (said,) = problems(tmp_path / "fil.toml", content, kind)
    assert said.startswith("fil.toml kan inte läsas: ")
    assert reason in said


@pytest.mark.parametrize("kind", [DISPLAY, *KINDS.values()], ids=["screen.toml", *KINDS])
def test_what_is_no_file(kind: Kind, tmp_path: Path) -> None:
    def said(path: Path) -> str:
        with pytest.raises(BadFile) as refused:
            kind.read(path)
        return str(refused.value)

    assert said(tmp_path) == f"{tmp_path.name} kan inte läsas: det är en mapp."
    os.mkfifo(tmp_path / "rör.toml")
    assert said(tmp_path / "rör.toml") == "rör.toml kan inte läsas: den är ingen vanlig fil."
    if kind is not KINDS["keymap.toml"]:  # nobody needs one
        reason = "kan inte läsas: mappen eller filen finns inte."
        assert said(tmp_path / "borta.toml") == f"borta.toml {reason}"
    if os.geteuid():
        (tmp_path / "stängd.toml").touch(mode=0)
        assert said(tmp_path / "stängd.toml") == "stängd.toml kan inte läsas: du får inte läsa den."


def test_the_name_of_the_file_steers_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / f"\x1b[31m\u202e{'x' * 100}.toml"
    for text in ("a = 1", "a = "):
        path.write_text(text, "utf-8")
        with pytest.raises(BadFile) as refused:
            toml_files.read(path, FavouritesFile)
        assert str(refused.value).isprintable()
        assert str(refused.value).startswith("[31mxxx")
        assert len(str(refused.value)) < 200


def test_a_mark_at_the_start_is_no_fault(tmp_path: Path) -> None:
    """As Notepad begins a file."""
    (tmp_path / "keymap.toml").write_bytes(b'\xef\xbb\xbfsave = "f11"\r\n')
    assert load_keymap(tmp_path / "keymap.toml").keys("save") == ("f11",)


def test_of_many_faults_the_first_are_told(tmp_path: Path) -> None:
    text = "".join(f"[[favourite]]\ncode = {n}\n" for n in range(1000))
    told = problems(tmp_path / "f.toml", text, KINDS["favoriter.toml"])
    assert len(told) == 21
    assert told[0].startswith(
        "f.toml, rad 2, favourite[1].code: ska vara en text, inte ett heltal (0)"
    )
    assert told[-1] == "f.toml: 1980 fel till."


def test_a_word_that_is_not_one_of_those_there_are(tmp_path: Path) -> None:
    text = TEXTS["login.toml"].replace('kind = "password"', 'kind = "pasword"')
    (said,) = problems(tmp_path / "login.toml", text, DISPLAY)
    assert "format[1].field[2].kind: ”pasword” är inte något av" in said
    assert "”password”" in said
    text = TEXTS["rules.toml"].replace('level = "block"', 'level = "stop"', 1)
    (said,) = problems(tmp_path / "rules.toml", text, KINDS["rules.toml"])
    assert said.endswith("VA01.level: ”stop” är inte något av ”block”, ”warn”.")
    text = TEXTS["parameters.toml"].replace('"2023-01-01" = 200', '"2023-W01-1" = 200', 1)
    (said,) = problems(tmp_path / "parameters.toml", text, KINDS["parameters.toml"])
    assert "ska vara ett datum, ÅÅÅÅ-MM-DD" in said


# --- lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_place_of_a_file_has_its_line(name: str) -> None:
    rows, lines = TEXTS[name].splitlines(), lines_of(TEXTS[name])
    for place, value in places(tomllib.loads(TEXTS[name])):
        row = rows[lines[place] - 1]
        if isinstance(value, str):
            assert json.dumps(value, ensure_ascii=False)[1:-1] in row
        elif isinstance(place[-1], str):
            assert place[-1] in row


_texts = st.text("aå .#=[]{}\"'\\\n\u2028,", max_size=8)
_leaves = st.one_of(_texts, st.integers(-9, 9), st.booleans(), st.dates(), st.floats(0, 9))
_trees = st.dictionaries(
    _texts,
    st.recursive(
        _leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    ),
    max_size=4,
)


@given(_trees)
def test_the_lines_of_anything(tree: dict[str, Any]) -> None:
    text = document(tree)
    lines = lines_of(text)
    rows = text.split("\n")
    assert tomllib.loads(text) == tree
    for place, value in places(tree):
        row = rows[lines[place] - 1]
        if not isinstance(value, dict | list):
            assert written(value) in row
        elif isinstance(place[-1], str):
            assert json.dumps(place[-1], ensure_ascii=False) in row or json.dumps(place[-1]) in row


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ('a = """x\n# = [\n"""\nb.c = 1\n', ("b", "c"), 4),
        ("a = '''\n'\n[b]\n'''\n[b]\nc = 1\n", ("b", "c"), 6),
        ("a = [\n  1, # [\n  {b = 2},\n\n  3]\nc = 1\n", ("a", 1, "b"), 3),
        ("a = [\n  1, # [\n  {b = 2},\n\n  3]\nc = 1\n", ("a", 2), 5),
        ("a = [\n  1, # [\n  {b = 2},\n\n  3]\nc = 1\n", ("c",), 6),
        ('[["å b".c]]\nx = 1.5\n[["å b".c]]\nx = 07:30:00.5\n', ("å b", "c", 1, "x"), 4),
        ("[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 1\n", ("a", 1, "b", "x"), 6),
        ('a = """"x""""\nb = 1\r\nc = 2', ("c",), 3),
    ],
)  # fmt: skip
def test_the_line_of(text: str, place: Place, line: int) -> None:
    assert lines_of(text)[place] == line


def test_a_place_that_does_not_stand_there_has_the_line_of_its_table(tmp_path: Path) -> None:
    path = tmp_path / "fil.toml"
    path.write_text("a = 1\n\n[b]\n", "utf-8")
    assert TomlFile(path).problem(("b", "c"), "saknas") == "fil.toml, rad 3, b.c: saknas."
    assert TomlFile(path).problem(("c",), "saknas") == "fil.toml, c: saknas."
