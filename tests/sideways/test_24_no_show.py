"""083: Enter, J or N on a no-show or a cancelled visit opened an empty 184, since a cell was read by
its place; it says that no medical registration is needed, and where the visit is changed.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pasis_tui.views
from tests.flows.clerk import clerk
from tests.flows.practice import ask
from tests.terminal import DOWN, ENTER, F4, alt

_LATEST = """
SELECT p.identity_number, v.id FROM visit v JOIN patient p ON p.id = v.patient_id
WHERE {state} AND p.protected = 0 AND v.unit_id = 1 AND v.cancelled_at IS NULL
ORDER BY v.date DESC LIMIT 1
"""


def _row_of(number: str, visit: int, home: Path) -> int:
    """The visit's place in 083, counted from 0."""
    rows = ask(
        home,
        "SELECT v.id FROM visit v JOIN patient p ON p.id = v.patient_id WHERE p.identity_number = ?"
        " AND v.unit_id = 1 ORDER BY v.date DESC, v.time DESC, v.id DESC",
        number,
    )
    return [row[0] for row in rows].index(visit)


def test_a_no_show_needs_no_medical_registration(home: Path) -> None:
    ((number, visit),) = ask(home, _LATEST.format(state="v.no_show = 1"))
    with clerk(home) as hands:
        hands.go(f"83 {number}", "083 Vårdkontakter", "uteblev")
        hands.type(DOWN * _row_of(number, visit, home))
        for key in (ENTER, "j", "N"):
            hands.type(key).says("Besöket är uteblivet: ingen medicinsk registrering behövs.")
            hands.sees("083 Vårdkontakter").type(F4).says("Fältet har ingen lista")


def test_a_cancelled_visit_needs_none_either(home: Path) -> None:
    ((number, visit),) = ask(home, _LATEST.format(state="v.no_show = 0"))
    with clerk(home) as hands:
        hands.go(f"83 {number}", "083 Vårdkontakter").type(DOWN * _row_of(number, visit, home))
        hands.type(alt("n")).sees("085 Besöksregistrering").type(alt("k")).sees("Makulera")
        hands.type("fel", ENTER).says("Makulerat")
        hands.go("83", "083 Vårdkontakter", "makulerad").type(DOWN * _row_of(number, visit, home))
        hands.type(ENTER).says("Besöket är makulerat: ingen medicinsk registrering behövs.")
        hands.type(alt("n")).sees("085 Besöksregistrering").says("Besöket är makulerat")


_VIEWS = sorted(Path(pasis_tui.views.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", _VIEWS, ids=lambda path: path.stem)
def test_no_view_reads_a_cell_by_its_place(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            assert node.value.attr != "cells", f"{path.name}:{node.lineno}"
