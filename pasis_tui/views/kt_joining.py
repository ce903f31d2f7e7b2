"""Joining a class from the program itself: its word, a name, and a question when the name is there."""

from __future__ import annotations

from typing import cast

from pasis_tui.shell.calls import in_daemon
from pasis_tui.shell.class_member import Member, follow
from pasis_tui.shell.view import View
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Confirm, Prompt


async def join_class(view: View) -> None:
    """Ask for the word and the name, and join; a learner who is in a class stays in it."""
    if (link := view.pasis.class_link) is not None:
        joined = link.joined
        view.say(f"Du är med i klassen {joined.class_name} som {joined.name}.")
        return

    async def name_for(word: str) -> None:
        await _ask_name(view, word)

    lines = ["Läraren har klassens ord, tre ord med streck emellan."]
    await view.pasis.open_dialog(Prompt("Min klass", lines, "Ord", name_for, limit=60))


async def _ask_name(view: View, word: str) -> None:
    async def named(name: str) -> None:
        await _join(view, word, name)

    lines = ["Läraren ser namnet på klasstavlan. Samma namn nästa gång fortsätter där du var."]
    await view.pasis.open_dialog(Prompt("Min klass", lines, "Namn", named, limit=40))


async def _join(view: View, word: str, name: str, *, same: bool = False) -> None:
    from pasis_tui.training import class_link
    from pasis_tui.training.class_tables import store_of
    from pasis_tui.training.classes import NameTaken

    home = view.pasis.home
    store = store_of(home, view.pasis.class_store)
    try:
        link = await in_daemon(lambda: class_link.join(store, home, word, name, same=same))
    except NameTaken as taken:

        async def same_one(_: bool) -> None:
            await _join(view, word, name, same=True)

        lines = [f"{taken} Är det du?"]
        await view.pasis.open_dialog(Confirm("Min klass", lines, "Det är jag", "Nej", same_one))
    except ForPeople as trouble:
        view.deny(trouble.said_in_place())
    else:
        follow(cast("Member", view.app), link, practice=view.session.actor.practice)
