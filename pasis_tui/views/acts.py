"""Acts of the whole program: Snabbval, favourites, the practice date, help."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from pasis_tui.commands import COMMANDS, key_text
from pasis_tui.display import Display, choosable, every
from pasis_tui.quick_select import (
    Back,
    Choose,
    FavouriteNumber,
    Go,
    MoveDate,
    Nothing,
    interpret,
)
from pasis_tui.validation import codes, fields
from pasis_tui.validation.rules import rule_help
from pasis_tui.widgets.dialogs import Prompt, TextPage
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.lock import Lock
from pasis_tui.widgets.value_list import ValueList, Values

if TYPE_CHECKING:
    from pasis_tui.widgets.host import Host
    from pasis_tui.widgets.view import View


async def do(app: Host, name: str) -> None:
    """Do the command *name*."""
    if name == "menu":
        await app.open("meny")
    elif name == "favourites":
        await app.open("favoriter")
    elif name == "mark":
        await _mark(app)
    elif name == "next" and app.view:
        from pasis_tui.views.vag_worklist import go_to_next

        await app.if_saved(app.view, partial(go_to_next, app))


async def lock(app: Host) -> None:
    """Lock the screen until the one who is logged on shows who they are."""
    from pasis_tui.services import access
    from pasis_tui.services.errors import LoginRefused
    from pasis_tui.store.trouble import DatabaseTrouble

    session = app.session
    actor = session.actor

    async def check(password: str) -> str:
        try:
            await asyncio.to_thread(
                access.log_in,
                session.database,
                actor.signature,
                password,
                actor.unit_code,
                app.today,
            )
        except (LoginRefused, DatabaseTrouble) as refusal:
            return str(refusal)
        return ""

    await app.open_dialog(Lock(actor.name, check))


# --- Snabbval -----------------------------------------------------------------------------------


async def quick_select(app: Host, text: str) -> None:
    """Do what *text* in the Snabbval box means; a text that means nothing is kept."""
    view = app.view
    if view is None:
        return
    if text.strip().casefold() == "datum":
        await _ask_date(app)
        return
    offered = choosable(app.session.actor.rights)
    answer = interpret(text, every())
    if isinstance(answer, Choose):
        answer = interpret(text, offered)
    elif isinstance(answer, Go) and answer.display not in offered:
        view.say(no_right(answer.display))
        return
    if not isinstance(answer, Nothing | Choose) and text.strip():
        app.quick_history.append(text.strip())
    match answer:
        case Go(shown, patient):
            await _go(app, shown, patient)
        case Choose(displays, patient):
            await _choose(app, displays, patient)
        case Back(steps):
            await _previous(app, steps)
        case FavouriteNumber(number):
            await open_favourite(app, number)
        case MoveDate(moved):
            await move_date(app, moved)
        case Nothing(message):
            view.say(message)


async def _previous(app: Host, steps: int) -> None:
    """Open the previous screen (1) or the one before it (2), as - and -- ask for."""
    trail = app.session.trail
    seen = [entry for entry in trail[:-1] if entry[0] != trail[-1][0]]
    if len(seen) < steps:
        if app.view:
            app.view.say("Snabbval: det finns ingen tidigare bild.")
        return
    code, arguments = seen[-steps]
    await app.open(code, **arguments)


def no_right(shown: Display) -> str:
    """Return what is said to someone who may not open *shown*."""
    return f"Du saknar behörighet till {shown.title}. Be systemansvarig."


async def _go(app: Host, shown: Display, patient: str) -> None:
    if patient:
        await app.open(shown.code, identity=patient)
    else:
        await app.open(shown.code)


async def _choose(app: Host, displays: Sequence[Display], patient: str) -> None:
    by_code = {d.code: d for d in displays}
    rows = [(d.code, d.title) for d in displays]

    async def look(text: str, offset: int, size: int) -> Values:
        folded = text.casefold()
        hits = [r for r in rows if folded in r[1].casefold() or folded in r[0].casefold()]
        return Values(hits[offset : offset + size], len(hits))

    async def chosen(code: str | None) -> None:
        if code is not None:
            app.quick_history.append(code)
            await _go(app, by_code[code], patient)

    dialog = ValueList("Bilder", look, chosen)
    await dialog.prepare()
    await app.open_dialog(dialog)


# --- the practice date --------------------------------------------------------------------------


async def _ask_date(app: Host) -> None:
    async def given(text: str | None) -> None:
        if text:
            await move_date(app, text)

    await app.open_dialog(
        Prompt(
            "Övningsdatum",
            [f"Arbetsdatum är {app.today}. Skriv ett datum, eller flytta det: +3m, -1d, +2v."],
            "Datum",
            given,
        )
    )


async def move_date(app: Host, text: str) -> None:
    """Move the working date of practice; rules, proposals and fees follow it."""
    view = app.view
    if view is None:
        return
    if not app.session.actor.practice:
        view.say("Arbetsdatum kan bara flyttas i övning.")
        return
    try:
        moved = fields.read_date(text, app.today)
    except fields.InvalidValue as invalid:
        view.say(f"Datum: {invalid.reason}")
        return
    app.set_today(moved)
    view.head.box.load("")
    was_dirty = view.dirty
    if was_dirty:
        view.leave_box()
        view.refresh_frame()
    else:
        await app.reopen()
    if app.view:
        app.view.say(f"Övningsdatum är nu {moved} ({weekday(moved)}).", good=True)


WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def weekday(day: date) -> str:
    """Return the Swedish weekday of *day*."""
    return WEEKDAYS[day.weekday()]


# --- favourites ---------------------------------------------------------------------------------


async def open_favourite(app: Host, number: int) -> None:
    """Open favourite *number*, counted from 1."""
    from pasis_tui.services import favourites

    found = await asyncio.to_thread(favourites.listing, app.session.context("F6"))
    if 1 <= number <= len(found):
        await app.open(found[number - 1].code)
    elif app.view:
        app.view.say(f"Favorit {number} finns inte. F7 i en bild lägger till den.")


async def _mark(app: Host) -> None:
    from pasis_tui.services import favourites

    view = app.view
    if view is None or not view.display_file.menu:
        if view:
            view.say("Den här bilden kan inte vara favorit.")
        return
    shown = view.display_file
    context = app.session.context("F7")
    found = await asyncio.to_thread(favourites.listing, context)
    if any(f.code == shown.code for f in found):
        await asyncio.to_thread(favourites.remove, context, shown.code)
        view.say(f"{shown.title} är inte längre favorit.")
    else:
        await asyncio.to_thread(partial(favourites.add, context, shown.code, shown.title))
        view.say(f"{shown.title} är nu favorit {len(found) + 1}.", good=True)


# --- help ---------------------------------------------------------------------------------------


async def show_help(app: Host, view: View) -> None:
    """Show the page of the message's rule, the field and the screen."""
    lines: list[str] = []
    foot = view.foot
    if foot.message:
        lines += ["MEDDELANDET", foot.message, ""]
        if foot.finding is not None and (page := rule_help(foot.finding.rule)):
            lines += [*page, ""]
    if isinstance(view.active, Form) and (spec := view.active.field) is not None:
        lines += _field_help(view, spec.name)
    shown = view.display_file
    lines += [shown.title.upper(), *shown.help.split("\n")]
    if shown.chapter:
        lines.append(f"Kapitel i anvisningen: {shown.chapter}")
    buttons = [b for form in view.forms() for b in form.buttons.values() if form.pressable(b.name)]
    if buttons:
        lines += ["", "KNAPPAR"]
        for button in buttons:
            key = f"Alt+{button.letter.upper()}" if button.letter else button.digit
            lines.append(f"{key:<7}{button.label}. {button.help}")
    lines += ["", "TANGENTER"]
    for command in COMMANDS:
        keys = " / ".join(key_text(key) for key in app.keymap.keys(command.name))
        lines.append(f"{keys:<15}{command.help}")
    await app.open_dialog(TextPage("Hjälp", lines))


def _field_help(view: View, name: str) -> list[str]:
    form = view.active
    if not isinstance(form, Form):
        return []
    spec = form.spec.field(name)
    label = spec.label or "Remisskod"
    lines = [f"FÄLTET {label}".upper(), spec.help]
    if spec.mandatory:
        lines.append("Obligatoriskt (*).")
    if spec.table in codes.TABLES:
        lines.append("Koder: " + ", ".join(f"{c} {t}" for c, t in codes.table(spec.table).items()))
    elif spec.table:
        lines.append("F4 visar listan och söker i den.")
    chapter = spec.chapter or view.display_file.chapter
    page = rule_help(spec.rule) if spec.rule else []
    if page:
        lines += ["", *page]
    elif chapter:
        lines.append(f"Kapitel: {chapter}")
    return [*lines, ""]
