"""The way a clerk has come, from the menu to the screen that is open."""

from __future__ import annotations

from typing import Any, NamedTuple

_LONGEST = 50  # steps; the menu stays, so steps back end there


class Step(NamedTuple):
    """A screen by its code, and what it was opened with."""

    code: str
    arguments: dict[str, Any]


class Trail:
    """Steps back lead along it; the last step is the screen that is open."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def current(self) -> Step:
        """The screen that is open.  Raises IndexError before the first one is."""
        return self._steps[-1]

    def go(self, code: str, arguments: dict[str, Any]) -> None:
        """Add a step; a jump to the same screen is none, so Tillbaka leads on from it."""
        self._leave_if(code)
        self._steps.append(Step(code, arguments))
        del self._steps[1 : 1 - _LONGEST]

    def stand(self, code: str, **arguments: Any) -> None:
        """Let who comes back to the open screen come to *code*, opened with *arguments*."""
        self._steps[-1] = Step(code, arguments)

    def note(self, **arguments: Any) -> None:
        """Add to what the open screen will be opened with when someone comes back to it."""
        step = self._steps[-1]
        self._steps[-1] = Step(step.code, {**step.arguments, **arguments})

    def leave(self, parent: str = "") -> Step:
        """Take the open screen off and return it; *parent* too, when that is what it came from."""
        step = self._steps.pop()
        self._leave_if(parent)
        return step

    def back(self) -> Step | None:
        """Take the open screen and the one before it off, and return that; None at the first."""
        if len(self._steps) <= 1:
            return None
        self._steps.pop()
        return self._steps.pop()

    def before(self, steps: int) -> Step | None:
        """Return the screen that was open *steps* different screens ago; None when there is none."""
        latest: dict[str, Step] = {}
        for step in reversed(self._steps):
            latest.setdefault(step.code, step)
        return ([*latest.values()][1:] + [None] * steps)[steps - 1]

    def _leave_if(self, code: str) -> None:
        if self._steps and self._steps[-1].code == code:
            self._steps.pop()
