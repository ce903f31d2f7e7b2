"""Every service that writes, as a clerk's act that can be done again on a copy of the database.

An act is prepared once: it writes what it needs and returns what is to be done, which takes the
same clinic and folder opened from any copy.  The acts themselves are in ``acts_of_*.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.visits.visits import VisitCard
from tests.services.clinic import Clinic
from tests.services.transfer_files import at

DAY = date(2026, 3, 9)
Do = Callable[[Clinic, Path], object]


class Act(NamedTuple):
    """``service`` is module.function, ``commits`` how many transactions it keeps when all is well.

    ``logs_first``: what it reads is logged before it is read, so a fault may leave the event.
    ``empty``: it is done on a database without a unit.
    """

    service: str
    prepare: Callable[[Clinic, Path], Do]
    commits: int = 1
    logs_first: bool = False
    empty: bool = False


ACTS: dict[str, Act] = {}


def act(
    service: str,
    variant: str = "",
    *,
    commits: int = 1,
    logs_first: bool = False,
    empty: bool = False,
) -> Callable[[Callable[[Clinic, Path], Do]], Callable[[Clinic, Path], Do]]:
    def add(prepare: Callable[[Clinic, Path], Do]) -> Callable[[Clinic, Path], Do]:
        name = f"{service} {variant}".strip()
        assert name not in ACTS
        ACTS[name] = Act(service, prepare, commits, logs_first, empty)
        return prepare

    return add


# -- what several need -------------------------------------------------------------------------

Prepared = tuple[CommitmentCard, VisitCard]


def visited(c: Clinic) -> Prepared:
    """Vera's commitment with its first visit on DAY."""
    card = c.commitment()
    visit = c.visit(card, DAY, main_diagnosis="F431")
    return care_commitments.get(at(c), card.id), visit


def treated(c: Clinic) -> Prepared:
    card, visit = visited(c)
    c.enrol(card, DAY, diagnosis="F431")
    c.discharge(card, DAY)
    return care_commitments.get(at(c), card.id), visit


# -- none forgotten ------------------------------------------------------------------------------


def writing_services(folder: Path) -> set[str]:
    """Return module.function of every public function in *folder* that leads to a ``commit``."""
    trees = {path.stem: ast.parse(path.read_text("utf-8")) for path in folder.rglob("*.py")}
    bodies: dict[str, ast.AST] = {}
    names: dict[str, dict[str, str]] = {}  # what a name means in a module
    for module, tree in trees.items():
        known = names.setdefault(module, {})
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "pasis_tui.services"
            ):
                source = (node.module or "").rsplit(".", 1)[-1]
                for alias in node.names:
                    whole = alias.name if alias.name in trees else f"{source}.{alias.name}"
                    known[alias.asname or alias.name] = whole
        for part in tree.body:
            if isinstance(part, ast.FunctionDef):
                bodies[f"{module}.{part.name}"] = part
                known[part.name] = f"{module}.{part.name}"
    calls = {name: set(_called(body, names[name.split(".")[0]])) for name, body in bodies.items()}
    writing = {name for name, called in calls.items() if "commit" in called}
    while more := {name for name, called in calls.items() if called & writing} - writing:
        writing |= more
    # Parts of a transaction take the work of their caller, who commits or is listed itself.
    return {name for name in writing if not _is_part(name, bodies[name]) and name[:7] != "rights."}


def _called(body: Any, known: dict[str, str]) -> Iterator[str]:
    # Not its decorators: they refuse, and log it, before the service begins.
    for node in (node for statement in body.body for node in ast.walk(statement)):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield "commit"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{known.get(node.value.id, node.value.id)}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield known.get(node.id, node.id)


def _is_part(name: str, body: Any) -> bool:
    first = body.args.args[0].arg if body.args.args else ""
    return name.split(".")[1].startswith("_") or first == "work"
