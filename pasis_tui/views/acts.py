"""Acts of the whole program: Snabbval, favourites, the practice date, help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from pasis_tui.commands import COMMANDS, key_of, key_text, keys_in_text
from pasis_tui.display.display_files import Display, FieldSpec, choosable, every
from pasis_tui.display.quick_select import (
    Back,
    Choose,
    FavouriteNumber,
    Go,
    MoveDate,
    Nothing,
    interpret,
)
from pasis_tui.services import rights
from pasis_tui.services.errors import NoRight
from pasis_tui.services.users import access, favourites
from pasis_tui.shell.desk import weekday
from pasis_tui.shell.lock import Lock
from pasis_tui.shell.page import Host, Page
from pasis_tui.shell.session import Session
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.validation import codes, fields
from pasis_tui.validation.collation import swedish_key
from pasis_tui.validation.dates import WAYS
from pasis_tui.validation.days import add_months
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.narrowing import narrowed
from pasis_tui.validation.rules import rule_help
from pasis_tui.views.login import failed_before
from pasis_tui.widgets.dialogs import Confirm, Prompt, TextPage
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.form_drawing import cut_texts
from pasis_tui.widgets.frame import Foot, headline
from pasis_tui.widgets.record_list import RecordList, values_line
from pasis_tui.widgets.value_list import ValueList, Values


def lock(app: Host, session: Session, tell: Callable[[str], None]) -> Lock:
    """Return the lock, which covers the screen until the password of *session*'s user is typed.

    *tell* is told of refused logins since the last.
    """
    actor = session.actor

    async def check(password: str) -> str:
        try:
            again = await app.calls.run(
                session.database,
                partial(
                    access.log_in,
                    session.database,
                    actor.signature,
                    password,
                    actor.unit_code,
                    session.today,
                ),
            )
        except ForPeople as refusal:
            return refusal.said_in_place()
        if said := failed_before(again.failed_before):
            tell(said)
        return ""

    return Lock(actor.name, check)


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
    elif isinstance(answer, Go) and not await may_open(app, view, answer.display):
        return
    if not isinstance(answer, Nothing | Choose) and text.strip():
        app.quick_history.append(text.strip())
    match answer:
        case Go(shown, _, commitment) if commitment:
            app.session.carry(None)  # it may be another patient's
            await app.open(shown.code, wanted=int(commitment))
        case Go(shown, patient):
            await _go(app, shown, patient)
        case Choose(displays, patient):
            await _choose(app, displays, patient, by_row=text.strip()[-1:].isdecimal())
        case Back(steps):
            await _previous(app, steps)
        case FavouriteNumber(number):
            await open_favourite(app, number)
        case MoveDate(moved):
            await move_date(app, moved)
        case Nothing(message):
            view.deny(message)


async def _previous(app: Host, steps: int) -> None:
    """Open the previous screen (1) or the one before it (2), as - and -- ask for."""
    step = app.session.trail.before(steps)
    if step is None:
        if app.view:
            app.view.deny("Snabbval: det finns ingen tidigare bild.")
        return
    app.drafting.coming_back()
    await app.open(step.code, **step.arguments)


async def may_open(app: Host, view: Page, shown: Display) -> bool:
    """Whether the user may see the screen *shown*; if not, *view* says so and the try is logged."""
    try:
        await view.ask(rights.check_screen, shown.code)
    except NoRight as refusal:
        view.deny(str(refusal))
        return False
    except DatabaseTrouble as trouble:
        # A screen shows nothing without its services, and they will say so.
        if trouble.ends_program or shown.right not in {"", *app.session.actor.rights}:
            raise
    return True


async def _go(app: Host, shown: Display, patient: str) -> None:
    if patient:
        await app.open(shown.code, identity=patient)
    else:
        await app.open(shown.code)


async def _choose(app: Host, displays: Sequence[Display], patient: str, *, by_row: bool) -> None:
    by_code = {d.code: d for d in displays}
    rows = sorted(((d.code, d.title) for d in displays), key=lambda row: swedish_key(row[0]))

    async def look(text: str, offset: int, size: int) -> Values:
        hits = narrowed(rows, text)
        return Values(hits[offset : offset + size], len(hits))

    async def chosen(code: str) -> None:
        app.quick_history.append(code)
        await _go(app, by_code[code], patient)

    dialog = ValueList("Bilder", look, chosen, by_row=by_row)
    await dialog.prepare()
    await app.open_dialog(dialog)


# --- the practice date --------------------------------------------------------------------------


async def _ask_date(app: Host) -> None:
    async def check(text: str) -> str:
        return _moved(app, text)[1]

    await app.open_dialog(
        Prompt(
            "Övningsdatum",
            [f"Arbetsdatum är {app.today}. Skriv ett datum, eller flytta det: +3m, -1d, +2v."],
            "Datum",
            partial(move_date, app),
            check=check,
        )
    )


_FAR = 120  # months: further away is more often a slip than intended


async def move_date(app: Host, text: str) -> None:
    """Move the working date of practice, by which rules, proposals and fees go."""
    view = app.view
    if view is None:
        return
    if not app.session.actor.practice:
        view.deny("Arbetsdatum kan bara flyttas i övning.")
        return
    moved, reason = _moved(app, text)
    if reason:
        view.deny(reason)
    elif add_months(min(moved, app.today), _FAR) >= max(moved, app.today):
        await _set_today(app, view, moved)
    else:

        async def go_on(_: bool) -> None:
            await _set_today(app, view, moved)

        lines = [
            f"Arbetsdatum flyttas mer än tio år: från {app.today} till {moved}.",
            "Taxor, koder och regler gäller den dagen. Stämmer det?",
        ]
        await app.open_dialog(Confirm("Övningsdatum", lines, "Flytta", "Stanna", go_on))


def _moved(app: Host, text: str) -> tuple[date, str]:
    """Return the date that *text* means, and why it is none."""
    try:
        return fields.read_date(text, app.today), ""
    except fields.InvalidValue as invalid:
        return app.today, f"Datum: {invalid.reason}"


async def _set_today(app: Host, view: Page, moved: date) -> None:
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


# --- favourites ---------------------------------------------------------------------------------


async def open_favourite(app: Host, number: int) -> None:
    """Open favourite *number*, counted from 1."""
    context = app.session.context("favoriter")
    rows = await app.calls.run(context.database, partial(favourites.listing, context))
    if 1 <= number <= len(rows):
        await app.open(rows[number - 1].code)
    elif app.view:
        app.view.deny(f"Favorit {number} finns inte. {key_of('mark')} i en bild lägger till den.")


async def mark(app: Host, view: Page) -> None:
    """Make *view* a favourite, or ask whether to remove it from them."""
    if not view.display_file.menu:
        view.deny("Den här bilden kan inte vara favorit.")
        return
    shown = view.display_file
    context = app.session.context("favoriter")
    rows = await app.calls.run(context.database, partial(favourites.listing, context))
    if any(f.code == shown.code for f in rows):

        async def remove(_: bool) -> None:
            removed = partial(favourites.remove, context, shown.code)
            await app.calls.run(context.database, removed)
            view.foot.say(f"{shown.title} är inte längre favorit.")

        lines = [f"{shown.title} är favorit. Ta bort den?"]
        await app.open_dialog(Confirm("Favorit", lines, "Ta bort", "Behåll", remove))
    else:
        added = partial(favourites.add, context, shown.code, shown.title)
        await app.calls.run(context.database, added)
        view.foot.say(f"{shown.title} är nu favorit {len(rows) + 1}.", good=True)


# --- help ---------------------------------------------------------------------------------------


async def show_help(app: Host, view: Page) -> None:
    """Show the page of the message's rule, the field and the screen."""
    lines = [*_message_help(view.foot, app.today), *_row_help(view), *_cut_help(view)]
    if isinstance(view.active, Form) and (spec := view.active.field) is not None:
        lines += _field_help(view, view.active, spec)
    shown = view.display_file
    lines += [shown.title.upper(), *keys_in_text(shown.help).split("\n")]
    if shown.chapter:
        lines.append(f"Kapitel i anvisningen: {shown.chapter}")
    buttons = [b for form in view.forms() for b in form.buttons.values() if form.pressable(b.name)]
    if buttons:
        lines += ["", "KNAPPAR"]
        for button in buttons:
            key = f"Alt+{button.letter.upper()}" if button.letter else button.digit
            lines.append(f"{key:<7}{button.label}. {keys_in_text(button.help)}")
    lines += ["", "TANGENTER"]
    for command in COMMANDS:
        keys = " / ".join(key_text(key) for key in app.keymap.keys(command.name))
        lines.append(f"{keys:<14} {command.help}")
    await app.open_dialog(TextPage("Hjälp", lines))


def _message_help(foot: Foot, today: date) -> list[str]:
    """The message whole; of a refusal every finding, each rule explained once."""
    if not foot.message:
        return []
    if not foot.findings:
        return ["MEDDELANDET", foot.message, ""]
    rules = dict.fromkeys((each.rule, each.level) for each in foot.findings)
    pages = [rule_help(rule, today, level) for rule, level in rules]
    return [
        "MEDDELANDET",
        *(headline(each) for each in foot.findings),
        *(line for page in pages if page for line in ("", *page)),
        "",
    ]


def _row_help(view: Page) -> list[str]:
    """The whole row under the cursor of a list; without the cursor, only one that is cut."""
    for section in view.sections:
        if isinstance(section, RecordList) and section.display:
            values = section.row_values()
            if values and (section.active or section.row_values(cut=True)):
                return ["RADEN VID ›", *(values_line([each]) for each in values), ""]
    return []


def _cut_help(view: Page) -> list[str]:
    """Return in full what frame and forms have no room for."""
    cut = [("Patient", view.head.cut_name)] if view.head.cut_name else []
    for form in view.forms():
        cut += cut_texts(form)
    return ["AVKORTAT I BILDEN", *(values_line([each]) for each in cut), ""] if cut else []


def _field_help(view: Page, form: Form, spec: FieldSpec) -> list[str]:
    label = spec.label or "Remisskod"
    lines = [f"FÄLTET {label}".upper(), keys_in_text(spec.help)]
    if spec.kind == "date":
        lines.append(f"Ett datum skrivs {WAYS}. Utan år gäller arbetsdatumets år.")
    lines += view.more_help(form, spec.name)
    if spec.mandatory:
        lines.append("Obligatoriskt (*).")
    if spec.table in codes.TABLES:
        lines.append("Koder: " + ", ".join(f"{c} {t}" for c, t in codes.table(spec.table).items()))
    elif spec.table:
        lines.append(f"{key_of('values')} visar listan och söker i den.")
    chapter = spec.chapter or view.display_file.chapter
    page = rule_help(spec.rule, view.pasis.today) if spec.rule else []
    if page:
        lines += ["", *page]
    elif chapter:
        lines.append(f"Kapitel: {chapter}")
    return [*lines, ""]
