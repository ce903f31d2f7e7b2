"""Every sentence of ``data/rules.toml`` is said by the program, and it says no other.

The code is read, not run: each call that makes a finding names its rule, its variant and its values
where it stands, or says one that rules share.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import pasis_tui
from pasis_tui.commands import BY_NAME
from pasis_tui.validation.findings import Level
from pasis_tui.validation.rules import finding, rules, shared_messages

TOP = Path(str(pasis_tui.__file__)).parent
DAY = date(2026, 3, 2)
ANY = "any"  # a rule that is told elsewhere: the sentence is one that rules share
# Sentences that are named by a value: the entity of ``reach.denied``, what ``medical`` registers.
BY_VALUE = {("SE01", v) for v in ("care_commitment", "visit", "external_fee", "free_card")}


class Said(NamedTuple):
    where: str
    rule: str  # an id, or ANY
    variant: str
    values: frozenset[str] | None  # None: told elsewhere


# Functions that hand on the rule or the variant; their calls are read in their place.
HAND_ON = {"read_reason", "check_age"}
CONSTANTS = {"RULE": "IM01"}  # of ``validation/transfers.py``


def _words(node: ast.expr | None, around: ast.AST) -> list[str]:
    """The texts that *node* can be: itself, either of two, or what a name is set to nearby."""
    if node is None:
        return [""]
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*_words(node.body, around), *_words(node.orelse, around)]
    if isinstance(node, ast.Name):
        for found in ast.walk(around):
            if isinstance(found, ast.Assign) and ast.dump(found.targets[0]) == ast.dump(
                ast.Name(node.id, ast.Store())
            ):
                return _words(found.value, around)
        return [CONSTANTS.get(node.id, ANY)]
    return [ANY]


def _keys(call: ast.Call, around: ast.AST) -> frozenset[str] | None:
    """The names of the values of *call*; None where they are handed on."""
    names = {k.arg for k in call.keywords if k.arg is not None}
    for spread in [k.value for k in call.keywords if k.arg is None]:
        if not isinstance(spread, ast.Name):
            return None
        known = [
            a.value
            for a in ast.walk(around)
            if isinstance(a, ast.Assign)
            and isinstance(a.value, ast.Dict)
            and isinstance(a.targets[0], ast.Name)
            and a.targets[0].id == spread.id
        ]
        if not known:
            return None
        names |= {str(k.value) for k in known[0].keys if isinstance(k, ast.Constant)}
    return frozenset(names)


def _reader_rule(around: ast.AST) -> str:
    """The rule of the ``Reader`` that the function *around* makes."""
    for found in ast.walk(around):
        if isinstance(found, ast.Call) and getattr(found.func, "id", "") == "Reader":
            return _words(found.args[2], around)[0]
    return ANY


# What ``_of_call`` knows.
_SAYING = {"finding", "sentence", "_no_birth", "InvalidIdentityNumber", "check_age", "fault", "add", "entry",
           "code", "read_reason"}  # fmt: skip


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _of_call(where: str, call: ast.Call, around: ast.AST) -> Iterator[Said]:
    args = call.args
    name = _name(call)
    keyword = {k.arg: k.value for k in call.keywords}
    rule: list[str] = []
    variant: list[str] = [""]
    values = _keys(call, around)
    if name == "finding" and isinstance(call.func, ast.Name):
        rule, variant = _words(args[0], around), _words(args[3] if args[3:] else None, around)
    elif name == "sentence":
        rule, variant = _words(args[0], around), _words(args[2] if args[2:] else None, around)
    elif name == "_no_birth":
        rule, variant = ["PE03"], _words(args[1], around)
    elif name == "InvalidIdentityNumber" and len(args) > 1:
        rule, variant = ["VA01"], _words(args[1], around)
    elif name == "check_age":
        rule = ["VA01"]
        variant = _words(args[2], around) if args[2:] else ["too_old"]
        values = frozenset({"born", "years"})
    elif name == "fault" and getattr(getattr(call.func, "value", None), "id", "") == "reader":
        variant = _words(args[1] if args[1:] else None, around)
        rule = _words(args[2], around) if args[2:] else [_reader_rule(around)]
    elif name == "add" and getattr(getattr(call.func, "value", None), "id", "") == "findings":
        rule, variant = _words(args[0], around), _words(args[2] if args[2:] else None, around)
    elif name == "entry" and "unknown" in keyword:
        rule = _words(keyword["rule"], around) if "rule" in keyword else [ANY]
        variant, values = _words(keyword["unknown"], around), frozenset({"value"})
    elif name == "code" and "unknown" in keyword:
        rule = _words(keyword["rule"], around) if "rule" in keyword else [_reader_rule(around)]
        variant, values = _words(keyword["unknown"], around), frozenset({"value"})
    elif name == "read_reason":
        rule, variant, values = _words(args[2], around), ["reason_missing"], frozenset()
    for one in rule:
        for kind in variant:
            yield Said(where, one, kind, values)


def _said() -> Iterator[Said]:
    for path in sorted(TOP.rglob("*.py")):
        if path.relative_to(TOP).as_posix() in {
            f"validation/{name}.py" for name in ("rules", "reading", "records")
        }:
            continue  # hand on what they are given
        source = path.read_text("utf-8")
        if not any(f"{name}(" in source for name in _SAYING):
            continue  # all modules are read by every worker
        tree = ast.parse(source)
        functions = [
            n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node) in _SAYING:
                around = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
                if around and around[-1].name in HAND_ON:
                    continue
                where = f"{path.relative_to(TOP)}:{node.lineno}"
                yield from _of_call(where, node, around[-1] if around else tree)


def _placeholders(template: str) -> frozenset[str]:
    """The values in *template*; the keys of commands are filled in besides."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name) - BY_NAME.keys()


SAID = list(_said())
SHARED = shared_messages()
WRITTEN = [(rule.id, variant) for rule in rules().values() for variant in rule.sentences]


def test_the_calls_are_found() -> None:
    assert len(SAID) > 150
    assert len({(s.rule, s.variant) for s in SAID} & set(WRITTEN)) > 150


@pytest.mark.parametrize("said", SAID, ids=lambda s: f"{s.where}-{s.rule}-{s.variant}")
def test_what_the_code_says_is_written_with_just_its_values(said: Said) -> None:
    if said.variant == ANY:
        assert said.rule in {rule for rule, _ in BY_VALUE} or said.values is None
        return
    own = {} if said.rule == ANY else rules()[said.rule].sentences
    template = own.get(said.variant) or SHARED[said.variant]
    if said.values is not None:
        assert _placeholders(template) == said.values


@pytest.mark.parametrize(("rule", "variant"), WRITTEN)
def test_what_is_written_is_said(rule: str, variant: str) -> None:
    said = {(s.rule, s.variant) for s in SAID} | BY_VALUE
    assert (rule, variant) in said or rule in {"ME08", "PR01"}


@pytest.mark.parametrize("variant", SHARED)
def test_what_rules_share_is_said(variant: str) -> None:
    reading = (TOP / "validation" / "reading.py").read_text("utf-8")
    assert f'"{variant}"' in reading or any(s.variant == variant for s in SAID)


@pytest.mark.parametrize(("rule", "variant"), WRITTEN)
def test_a_sentence_is_more_than_what_is_filled_in(rule: str, variant: str) -> None:
    template = rules()[rule].sentences[variant]
    assert re.sub(r"\{\w+\}", "", template).strip(" .") or (rule, variant) == (
        "BE03",
        "others_follow",
    )


def test_every_rule_says_something_and_levels_are_of_its_variants() -> None:
    for rule in rules().values():
        assert rule.sentences or rule.id in {"VA10", "VA13", "BE10", "PE01"}, (
            rule.id
        )  # say what is shared
        assert rule.levels.keys() <= rule.sentences.keys()
    assert finding("BE03", "contact_type", DAY, "first_is_new").level is Level.BLOCK
    warned = finding("BE03", "contact_type", DAY, "new_visit_moves", date=DAY, time="09:00")
    assert warned.level is Level.WARN


@pytest.mark.parametrize("typed", ["{0}", "{value}", "{", "}}", "{value!r:>500}"])
def test_braces_that_are_typed_stand_as_typed(typed: str) -> None:
    shown = finding("VA02", "problem", DAY, value=typed).message
    assert shown == f"Problem ”{typed}” går inte. Ange KBT, IPT eller PDT (F4)."
