"""One family of what is said to people: every exception is of it, or known to be a fault."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import pasis_tui
from pasis_tui.cli import main
from pasis_tui.services.errors import ClinicRefused, LoginRefused, NoRight, NotFound
from pasis_tui.services.register.imports import BadRows
from pasis_tui.store.conflict import Conflict
from pasis_tui.store.trouble import REPLACED, DatabaseTrouble
from pasis_tui.validation.findings import Finding, Level, Refused
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.toml_files import BadFile
from pasis_tui.validation.transfers import RowList

ROOT = Path(pasis_tui.__file__).parent
# Caught by whoever calls, and told by a finding, a row of a list or not at all; else a fault.
WITHIN = {
    "BadKeys", "Broken", "ForeignUnit", "Held", "InvalidIdentityNumber", "InvalidValue", "Left", "NoDraft",
    "Spoilt", "Unconfirmed", "Undeclared", "Unfit", "Unlocked", "Unscoped", "Unsealed", "_BadQuote", "_Enough", "_Wrong",
}  # fmt: skip
DRAWN_IN = ("app.py", "cli", "shell", "views", "widgets")


def _exceptions() -> Iterator[type[BaseException]]:
    for module in pkgutil.walk_packages(pasis_tui.__path__, "pasis_tui."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for _, each in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(each, BaseException) and each.__module__ == module.name:
                yield each


def test_every_exception_is_for_people_or_known_to_be_none() -> None:
    others = {each.__name__ for each in _exceptions() if not issubclass(each, ForPeople)}
    assert others <= WITHIN
    assert len([each for each in _exceptions() if issubclass(each, ForPeople)]) > 10


def _family() -> set[str]:
    return {each.__name__ for each in _exceptions() if issubclass(each, ForPeople)}


def _listed(source: str, family: set[str]) -> Iterator[int]:
    """Yield the lines where two or more of the family stand in one ``except`` or ``isinstance``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            kinds: ast.expr = node.type
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            kinds = node.args[1]
        else:
            continue
        if len({n.id for n in ast.walk(kinds) if isinstance(n, ast.Name)} & family) > 1:
            yield node.lineno


def test_no_screen_and_no_command_lists_them() -> None:
    """A new one is drawn like the others, wherever it may come from."""
    family = _family()
    files = [f for part in DRAWN_IN for f in (ROOT / part).rglob("*.py")] + [ROOT / "app.py"]
    listed = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in files
        for line in _listed(file.read_text(encoding="utf-8"), family)
    ]
    assert listed == []
    assert [*_listed("try: pass\nexcept (NotFound, NoRight): pass", family)] == [2]
    assert [*_listed("isinstance(e, NotFound | Conflict)", family)] == [1]


@pytest.mark.parametrize(
    ("error", "code", "field"),
    [
        (NotFound("Finns inte."), 1, ""),
        (NoRight("Du saknar behörighet."), 1, ""),
        (LoginRefused("Fel."), 1, "password"),
        (ClinicRefused("För kort."), 2, ""),
        (Conflict("Annika", None), 1, ""),
        (DatabaseTrouble("Upptagen.", "busy"), 2, ""),
        (BadRows("fil.csv", RowList()), 1, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_command_ends_by_its_code(error: ForPeople, code: int, field: str) -> None:
    assert error.exit_code == code
    assert error.field == field
    assert error.sentences[0] == str(error)
    assert error.said_in_place() == str(error)


def test_each_finding_of_a_refusal_is_said() -> None:
    refused = Refused(
        [
            Finding("BE01", Level.BLOCK, "date", "Datum saknas."),
            Finding("", Level.BLOCK, "time", "Tid saknas."),
        ]
    )
    assert refused.sentences == ("BE01 Datum saknas.", "Tid saknas.")


def test_what_ends_the_program_is_not_said_in_a_dialogue() -> None:
    for error in (DatabaseTrouble("Utbytt.", REPLACED), BadFile(["a.toml: fel."])):
        assert error.ends_program
        with pytest.raises(type(error)):
            error.said_in_place()


def test_the_door_says_all_the_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["init", "--database", "/finns/inte.db", "--unit", "PSXX01"]) == 2
    assert "--unit-name" in capsys.readouterr().err
