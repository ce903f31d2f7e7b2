"""What the flows' tests take from the command line."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screens",
        action="store_true",
        help="write the golden screens in tests/flows/screens anew instead of comparing",
    )
