"""The program itself, noting in its icon's name which keys are done and painted.

Started as a script by tests.flows.practice.
"""

from __future__ import annotations

from pasis_tui import app
from pasis_tui.cli import main
from pasis_tui.widgets.keys import Done, Idle, Input, KeyGate


class WatchedApp(app.PasisApp):
    """Names the icon by the number of each key."""

    def __init__(self, launch: app.Launch) -> None:
        super().__init__(launch)
        self._count = 0
        self.gate = KeyGate(self._deliver_and_note)

    async def _deliver_and_note(self, given: Input) -> None:
        await self._deliver(given)
        if not isinstance(given, Done | Idle):  # nobody pressed these
            self._count += 1
        self.call_after_refresh(self._note, self._count)

    def _note(self, number: int) -> None:
        # The name goes the way of what is painted, behind it.
        if self._driver is not None:
            self._driver.write(f"\x1b]1;{number}\x07")
            self._driver.flush()


setattr(app, "PasisApp", WatchedApp)  # noqa: B010 - a name the type checkers hold constant
raise SystemExit(main())
