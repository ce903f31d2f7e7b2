"""One Chromium for the tests of a process: each test has its own server and its own tabs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.browser import Browser, opened_browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened_browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened
