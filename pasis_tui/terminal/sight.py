"""When a person at the terminal could first see something."""

from __future__ import annotations


class Sight:
    """The moment when something could first be seen: that of the next frame sent to the terminal.

    Until one is sent, and when there is nothing to send, it is the moment of ``ask``.
    """

    def __init__(self) -> None:
        self.at = 0.0
        self._wanted = False

    def ask(self, now: float) -> None:
        """Wait for the next frame from *now* on."""
        self.at = now
        self._wanted = True

    def sent(self, now: float) -> bool:
        """Note that a frame is being sent; return whether it is the one that ``ask`` waits for."""
        wanted, self._wanted = self._wanted, False
        if wanted:
            self.at = now
        return wanted
