"""The program itself, noting in its icon's name which keys are done and painted.

The window's title notes how many keys led to what ends type-ahead: a refusal, or a question that
was not asked for.

Started as a script by tests.flows.practice.
"""

from __future__ import annotations

import os
from typing import Any

from textual import screen

from pasis_tui import app
from pasis_tui.cli.main import main
from pasis_tui.shell.jobs import Jobs
from pasis_tui.shell.key_gate import KeyGate
from pasis_tui.widgets.inputs import Done, Idle, Input


class WatchedApp(app.PasisApp):
    """Names the icon by the number of each key, done or dropped."""

    def __init__(self, *launch: Any) -> None:
        super().__init__(*launch)
        self._count = 0
        self._ended = 0
        self.gate = KeyGate(
            self._deliver_and_note, self._painted, self._show_and_note, self.listeners.inputs
        )
        self.jobs = Jobs(self, self.gate)

    async def _deliver_and_note(self, event: Input) -> None:
        await self._deliver(event)
        if not isinstance(event, Done | Idle):  # nobody pressed these
            self._count += 1
        self.call_after_refresh(self._note, self._count)

    def drop_typed_ahead(self) -> None:
        super().drop_typed_ahead()
        self._ended = self._count + 1

    def _show_and_note(self, count: int) -> None:
        self._show_dropped(count)
        self._count += 1
        self.call_after_refresh(self._note, self._count)

    def _note(self, number: int) -> None:
        # The name goes the way of what is painted, behind it.
        if self._driver is not None:
            self._driver.write(f"\x1b]2;{self._ended}\x07\x1b]1;{number}\x07")
            self._driver.flush()


setattr(screen, "UPDATE_PERIOD", 1 / int(os.environ["TEST_PAINTS"]))  # noqa: B010
setattr(app, "PasisApp", WatchedApp)  # noqa: B010 - a name the type checkers hold constant
raise SystemExit(main())
