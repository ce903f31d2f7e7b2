"""A class, and programs that are in it: each in a terminal and a data folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pasis_tui.training.classes import ClassStore
from tests.flows.clerk import Clerk
from tests.flows.practice import DAY, LOGIN, MENU, copy_practice
from tests.terminal import ENTER, TAB, ctrl, terminal

TRAINER = "LENLEK"  # of the practice data


def make_class(store: Path, name: str = "Måndag fm") -> str:
    """Make a class in a new store and return its word."""
    opened = ClassStore.open(str(store), create=True)
    try:
        return opened.create(name).word
    finally:
        opened.close()


@contextmanager
def learner(made: Path, folder: Path, store: Path, word: str, name: str) -> Iterator[Clerk]:
    """A learner's program, logged in; *folder* is made for it unless it is there."""
    home = folder if folder.exists() else copy_practice(made, folder)
    arguments = ["--date", DAY, "--class", word, "--learner", name, "--store", str(store)]
    with terminal(arguments, home) as opened:
        opened.expect(LOGIN).type(ENTER)
        opened.expect(MENU, f"du är med som {name}")
        yield Clerk(opened, home)


@contextmanager
def trainer(made: Path, folder: Path, store: Path, **options: int) -> Iterator[Clerk]:
    """The trainer's program, logged in."""
    home = folder if folder.exists() else copy_practice(made, folder)
    with terminal(["--date", DAY, "--store", str(store)], home, **options) as opened:
        opened.expect(LOGIN).type(ctrl("u"), TRAINER, TAB, ctrl("u"), "ovning", ENTER)
        opened.expect(MENU)
        yield Clerk(opened, home)
