"""A class store on both databases, and clocks that a test moves."""

from __future__ import annotations

import pytest

from pasis_tui import clock
from pasis_tui.training.classes import ClassStore, SchoolClass


class Clocks:
    """The wall clock of the program, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 1_790_000_000.0
        monkeypatch.setattr(clock, "wall", lambda: self.at)

    def after(self, seconds: float) -> None:
        self.at += seconds


class Learner:
    """A learner who tells the store everything at once."""

    def __init__(self, store: ClassStore, group: SchoolClass, name: str, clocks: Clocks) -> None:
        self.store = store
        self.token = store.join(group.word, name).token
        self.clocks = clocks
        self.sent = 0

    def tell(self, kind: str, **more: object) -> None:
        item = {"kind": kind, "at": self.clocks.at, **more}
        self.sent = self.store.deliver(self.token, self.token, self.sent + 1, [item])

    def begin(self, exercise: str = "07-dubbel", title: str = "Dubbelsession") -> None:
        self.tell("begin", exercise=exercise, title=title, mode="practise")

    def refuse(self, *rules: str) -> None:
        for rule in rules:
            self.tell("refusal", rule=rule)

    def end(self, marks: int, keys: int = 50) -> None:
        self.tell("end", marks=marks, keys=keys, par_keys=40)
