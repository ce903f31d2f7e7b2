"""The program followed through its hooks, as an exercise will follow it.

Snabbval takes five words more: ``remsa`` shows the coach strip, ``annan`` opens the database in
PASIS_OTHER, ``egen`` goes back, ``borta`` lets an hour go by, ``arbete`` begins a job that goes on
until there is a file ``klart`` beside PASIS_HEARD.  What the listeners are told goes to PASIS_HEARD, a line each.

Started as a script by tests.shell.test_hooks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pasis_tui import app, clock
from pasis_tui.cli.main import main
from pasis_tui.services.users import access
from pasis_tui.shell.page import Page
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Finding
from pasis_tui.widgets.inputs import Done, Input, KeyPress


class FollowedApp(app.PasisApp):
    def __init__(self, *launch: Any) -> None:
        super().__init__(*launch)
        self.listeners.inputs.append(self._heard_input)
        self.listeners.refusals.append(self._heard_refusal)
        self.listeners.saves.append(self._heard_save)

    async def quick_select(self, text: str) -> None:
        if text == "remsa":
            self.show_coach("Övning 3: registrera besöket  12:30")
        elif text == "annan":
            other = Database.open(os.environ["PASIS_OTHER"])
            await self.open_database(other, access.practice_actor(other))
        elif text == "egen":
            await self.leave_database()
        elif text == "arbete":
            self.in_background(self._work)
        elif text == "borta":
            setattr(clock, "wall", lambda: time.time() + 3600)  # noqa: B010 - the test's clocks
            setattr(clock, "machine", lambda: time.monotonic() + 3600)  # noqa: B010
        else:
            await super().quick_select(text)

    def _work(self, report: Callable[[str], None]) -> str:
        report("Arbetet pågår.")
        while not Path(os.environ["PASIS_HEARD"]).with_name("klart").exists():
            time.sleep(0.01)
        report("Arbetet är nästan klart.")
        return "Arbetet är klart."

    def _heard(self, *words: str) -> None:
        with Path(os.environ["PASIS_HEARD"]).open("a", encoding="utf-8") as file:
            file.write(" ".join(words) + "\n")

    def _heard_input(self, event: Input, typed_at: float, dropped: bool) -> None:
        if isinstance(event, KeyPress):
            self._heard("key", event.key, "dropped" if dropped else "done")
        elif isinstance(event, Done):
            self._heard("job", "ended")

    def _heard_refusal(self, page: Page, findings: Sequence[Finding]) -> None:
        self._heard("refused", page.display_file.code, *(f.rule for f in findings))

    def _heard_save(self, page: Page, message: str) -> None:
        self._heard("saved", page.display_file.code, message)


setattr(app, "PasisApp", FollowedApp)  # noqa: B010 - a name the type checkers hold constant
raise SystemExit(main())
