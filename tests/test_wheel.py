"""The wheel, installed in an empty environment elsewhere, runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _run(*command: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_runs_in_an_empty_environment_elsewhere(tmp_path: Path) -> None:
    wheels, empty = tmp_path / "wheels", tmp_path / "empty"
    _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, ROOT, cwd=tmp_path)
    (wheel,) = wheels.glob("pasis_tui-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "pasis_tui/_screens/085_besoksregistrering.toml" in names
    assert "pasis_tui/_data/rules.toml" in names

    _run(sys.executable, "-m", "venv", "--without-pip", empty, cwd=tmp_path)
    lock = ROOT / "requirements.lock"
    into = (sys.executable, "-m", "pip", "--python", empty / "bin/python", "install", "-q")
    _run(*into, "--no-compile", "-c", lock, wheel, cwd=tmp_path)
    pasis = empty / "bin/pasis"
    home = str(tmp_path / "home")
    assert _run(pasis, "--version", cwd=tmp_path).startswith("pasis ")
    shown = json.loads(_run(pasis, "show", "048", "--json", cwd=tmp_path, PASIS_DATA_DIR=home))
    assert len(shown) > 50
    assert {"identity_number", "commitment_id", "arrival_date"} <= shown[0].keys()
