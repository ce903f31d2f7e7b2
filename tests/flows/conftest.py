"""What the flows' tests take from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.practice import PASSWORD, run_pasis


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screens",
        action="store_true",
        help="write the golden screens in tests/flows/screens anew instead of comparing",
    )


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A clinic of its own, with one user NYNYNY."""
    made = run_pasis(
        "--database", str(tmp_path / "klinik.db"), "init",
        "--unit", "PSXX01", "--unit-name", "Ny klinik", "--signature", "NYNYNY", "--name", "Ny Nyman",
        home=tmp_path, typed=PASSWORD + "\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return tmp_path
