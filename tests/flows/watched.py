"""The program itself, noting in the file PASIS_NOTES which keys are done and painted.

Started as a script by tests.flows.practice.
"""

from __future__ import annotations

import os
from pathlib import Path

from pasis_tui import app
from pasis_tui.cli import main
from pasis_tui.widgets.keys import Input, KeyGate


class WatchedApp(app.PasisApp):
    """Writes the number of each key, a line each."""

    def __init__(self, launch: app.Launch) -> None:
        super().__init__(launch)
        self._notes = Path(os.environ["PASIS_NOTES"]).open("a")  # noqa: SIM115 - until the end
        self._count = 0
        self.gate = KeyGate(self._deliver_and_note)

    async def _deliver_and_note(self, given: Input) -> None:
        await self._deliver(given)
        self._count += 1
        self.call_after_refresh(self._note, self._count)

    def _note(self, number: int) -> None:
        self._notes.write(f"{number}\n")
        self._notes.flush()


setattr(app, "PasisApp", WatchedApp)  # noqa: B010 - a name the type checkers hold constant
raise SystemExit(main())
