"""The hooks by which others, such as an exercise, watch a clerk's work; the program knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pasis_tui.display.display_files import Display
from pasis_tui.validation.findings import Finding
from pasis_tui.widgets.inputs import Input


class Followed(Protocol):
    """The screen that was refused or saved."""

    display_file: Display


class Listeners:
    """Functions called in the order they were added, between two keys; none may wait for anything.

    ``inputs`` get each input once everything it led to is done, the time it was typed (seconds, by
    the gate's clock) and whether it was dropped instead; ``refusals`` the screen and its findings,
    the first of which is on the message line; ``saves`` the screen and the message of the save.
    """

    def __init__(self) -> None:
        self.inputs: list[Callable[[Input, float, bool], None]] = []
        self.refusals: list[Callable[[Followed, Sequence[Finding]], None]] = []
        self.saves: list[Callable[[Followed, str], None]] = []
