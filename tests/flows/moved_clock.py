"""The program itself, with the clocks of a test: a file says how far each is from the real one.

Started as a script by tests.flows.clocks.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from pasis_tui import clock
from pasis_tui.cli.main import main

_FILE = Path(os.environ["TEST_CLOCKS"])


def _ahead() -> list[float]:
    return [float(part) for part in _FILE.read_text(encoding="ascii").split()]


setattr(clock, "wall", lambda: time.time() + _ahead()[0])  # noqa: B010 - the test's clocks
setattr(clock, "machine", lambda: time.monotonic() + _ahead()[1])  # noqa: B010
raise SystemExit(main())
