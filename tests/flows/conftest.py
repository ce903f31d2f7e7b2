"""What the flows share: one practice database made a session, a copy of it a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.practice import copy_practice, make_practice


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screens",
        action="store_true",
        help="write the golden screens in tests/flows/screens anew instead of comparing",
    )


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice database's file, made by the program; copy it, never write in it."""
    return make_practice(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def home(practice: Path, tmp_path: Path) -> Path:
    """A data folder of this test, with a practice database of its own."""
    return copy_practice(practice, tmp_path / "home")
