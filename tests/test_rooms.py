"""The house as it is built: no circles, counted with local and TYPE_CHECKING imports, and the map of it true."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
PROGRAM = TOP / "pasis_tui"
PYPROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]


def _modules() -> dict[str, Path]:
    files = [f for f in PROGRAM.rglob("*.py") if "versions" not in f.parts]  # Alembic runs these
    return {
        ".".join(file.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def arrows() -> dict[str, set[str]]:
    """Who imports whom, wherever in the file the import stands."""
    modules = _modules()
    house: dict[str, set[str]] = {name: set() for name in modules}
    for name, file in modules.items():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    house[name].add(inner if inner in modules else node.module)
            elif isinstance(node, ast.Import):
                house[name] |= {alias.name for alias in node.names}
        house[name] &= modules.keys() - {name}
    return house


def circle(house: dict[str, set[str]]) -> list[str]:
    """One circle, module by module, or nothing."""
    left: set[str] = set()  # known to lead into no circle

    def walk(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module not in left:
            for other in sorted(house[module]):
                if closed := walk(other, [*way, module]):
                    return closed
            left.add(module)
        return []

    for module in house:
        if closed := walk(module, []):
            return closed
    return []


def test_a_circle_is_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_there_are_no_circles() -> None:
    house = arrows()
    assert len(house) > 150
    assert "pasis_tui.shell.page" in house["pasis_tui.shell.routing"]  # a TYPE_CHECKING import
    assert "pasis_tui.services.rights" in house["pasis_tui.views.acts"]  # a local one
    assert " -> ".join(circle(house)) == ""


def _floors(container: str) -> list[set[str]]:
    (contract,) = [c for c in CONTRACTS if c.get("containers") == [container]]
    assert contract["exhaustive"]
    return [set(re.split(r"\s*[|:]\s*", floor)) for floor in contract["layers"]]


def _room(module: str, container: str) -> str:
    return module.removeprefix(f"{container}.").split(".")[0]


@pytest.mark.parametrize("container", ["pasis_tui", "pasis_tui.services"])
def test_the_floors_are_the_house(container: str) -> None:
    """No arrow leads up, and each room stands on a floor."""
    floors = _floors(container)
    level = {room: number for number, floor in enumerate(floors) for room in floor}
    inside = {m for m in arrows() if m.startswith(f"{container}.")}
    assert level.keys() == {_room(module, container) for module in inside}
    up = {
        f"{module} -> {other}"
        for module, others in arrows().items()
        for other in others
        if module in inside and other in inside
        if level[_room(module, container)] > level[_room(other, container)]
    }
    assert up == set()


def test_the_map_in_the_developers_guide_is_the_house() -> None:
    guide = (TOP / "docs" / "developer.md").read_text("utf-8")
    drawn = guide.split("## The rooms and the arrows", 1)[1].split("```")[1]
    rooms = [re.split(r"\s{2,}", line.strip())[0] for line in drawn.strip().splitlines()]
    assert [set(re.split(r"\s*\|\s*", floor)) for floor in rooms] == _floors("pasis_tui")
    (services,) = [line for line in drawn.splitlines() if line.startswith("services")]
    subjects = services.split("by subject: ")[1].split(" > ")
    assert [set(floor.split(" | ")) for floor in subjects] == _floors("pasis_tui.services")
