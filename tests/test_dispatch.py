"""Every command and every button is one method, found by its name; none is left over."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import pasis_tui
from pasis_tui.app import PasisApp
from pasis_tui.commands import BY_NAME
from pasis_tui.display.display_files import ButtonSpec, display
from pasis_tui.display.keymap import Keymap
from pasis_tui.shell.routing import KeyRouter
from pasis_tui.shell.view import View
from pasis_tui.views.login import LoginView
from pasis_tui.views.registry import CODES, view_class
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.inputs import KeyPress

VIEWS: list[type[View]] = [*map(view_class, sorted(CODES)), LoginView]


def methods(owner: type, prefix: str) -> set[str]:
    """What *owner*'s methods that begin with *prefix* are named after it."""
    return {
        name.removeprefix(prefix)
        for name, member in inspect.getmembers(owner)
        if name.startswith(prefix) and inspect.iscoroutinefunction(member)
    }


def every_dialog() -> Iterator[type[Dialog]]:
    for module in walk_packages(pasis_tui.__path__, "pasis_tui."):
        if module.name.startswith(("pasis_tui.widgets", "pasis_tui.shell", "pasis_tui.views")):
            import_module(module.name)
    kinds = [Dialog]
    for each in kinds:
        kinds += each.__subclasses__()
        yield each


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_a_screen_has_one_method_for_each_of_its_buttons(view: type[View]) -> None:
    buttons = [b.name for form in display(view.file).formats for b in form.buttons]
    assert len(buttons) == len(set(buttons)), "a name is pressed in one way on a screen"
    assert methods(view, "press_") == set(buttons)


def test_only_a_form_has_buttons() -> None:
    shown = [display(view.file) for view in VIEWS]
    assert not [f.name for each in shown for f in each.formats if f.list and f.buttons]


def test_each_command_has_one_method_in_all() -> None:
    of_the_view, of_the_program = methods(KeyRouter, "do_"), methods(PasisApp, "do_")
    assert not of_the_view & of_the_program
    assert of_the_view | of_the_program == BY_NAME.keys()


def test_snabbval_and_the_dialogues_have_methods_for_commands_only() -> None:
    assert methods(KeyRouter, "box_") <= BY_NAME.keys()
    dialogs = list(every_dialog())
    assert len(dialogs) > 8
    for dialog in dialogs:
        assert methods(dialog, "do_") <= BY_NAME.keys(), dialog.__name__


class Plain(View):
    """The fields of the login, and nothing behind them."""

    file = "login"


class Bare(PasisApp):
    """The program before it has opened a database."""

    async def on_mount(self) -> None:
        """Open the one screen."""
        await self.show(Plain())


async def test_an_unknown_button_or_command_is_a_fault_of_the_program(tmp_path: Path) -> None:
    app = Bare("", tmp_path, None, Keymap())
    async with app.run_test(size=(80, 24)):
        view = app.view
        assert view is not None
        view.form("login").buttons["sudo"] = ButtonSpec("sudo", "Sudo", "y")
        with pytest.raises(AttributeError, match="press_sudo"):
            await view.receive(KeyPress("alt+y", None))
        with pytest.raises(KeyError, match="sudo"):
            await view.router.command("sudo")


def test_workers_begin_in_one_place() -> None:
    """``workers.begin`` is given what to call, so that no coroutine is left unawaited at the end."""
    package = Path(pasis_tui.__file__).parent
    found = {p.name for p in package.rglob("*.py") if "run_worker" in p.read_text("utf-8")}
    assert found == {"workers.py"}
