"""What is loaded when, seen in a fresh interpreter; who may import whom is import-linter's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ["textual", "rich", "sqlmodel", "sqlalchemy", "pydantic", "alembic", "openpyxl", "numpy"]
_PROBE = """\
import contextlib, io, json, sys
out = io.StringIO()
code = 0
with contextlib.redirect_stdout(out):
    try:
        {act}
    except SystemExit as end:
        code = end.code or 0
heavy = sorted({{name.partition(".")[0] for name in sys.modules}} & set({heavy}))
print(json.dumps([code, out.getvalue(), heavy]))
"""


def loaded(act: str, home: Path) -> tuple[int, str, list[str]]:
    """The exit code, the output and the heavy packages of a new interpreter that did *act*."""
    environment = {**os.environ, "PASIS_DATA_DIR": str(home), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", _PROBE.format(act=act, heavy=HEAVY)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        check=True,
        timeout=120,
    )
    code, out, heavy = json.loads(done.stdout)
    return code, out, heavy


def main(*arguments: str) -> str:
    return f"from pasis_tui.__main__ import main; sys.argv = ['pasis', *{arguments}]; code = main()"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("show", "--help"),
        ("practice", "--help"),
        ("db", "--help"),
    ],
    ids=" ".join,
)
def test_a_question_to_the_door_loads_nothing_heavy(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    code, out, heavy = loaded(main(*arguments), tmp_path)
    assert code == 0
    assert "pasis" in out
    assert heavy == []
    assert not list(tmp_path.iterdir()), "and writes nothing"


def test_the_version_is_the_packages_own(tmp_path: Path) -> None:
    from pasis_tui import __version__

    assert loaded(main("--version"), tmp_path)[1] == f"pasis {__version__}\n"


def test_show_never_loads_the_screen(tmp_path: Path) -> None:
    code, out, heavy = loaded(main("show", "048", "--json"), tmp_path)
    assert code == 0
    assert json.loads(out)
    assert "textual" not in heavy
    assert "openpyxl" not in heavy


def test_the_login_is_painted_before_the_store_is_loaded(tmp_path: Path) -> None:
    _, _, heavy = loaded("import pasis_tui.app, pasis_tui.views.login", tmp_path)
    assert "textual" in heavy
    assert not {"sqlmodel", "sqlalchemy", "pydantic", "alembic", "openpyxl"} & set(heavy)


@pytest.mark.parametrize(
    "module",
    [
        "validation.visits",
        "validation.medical",
        "display.display_files",
        "display.keymap",
        "display.quick_select",
    ],
)
def test_the_rules_and_display_files_need_the_standard_library_only(
    module: str, tmp_path: Path
) -> None:
    assert loaded(f"import pasis_tui.{module}", tmp_path)[2] == []


def test_the_services_work_without_a_screen(tmp_path: Path) -> None:
    _, _, heavy = loaded(
        "import pasis_tui.services.visits.visits, pasis_tui.services.reports.show", tmp_path
    )
    assert not {"textual", "rich", "openpyxl", "numpy"} & set(heavy)
