"""Two clerks at one record: the second is told who was first, and keeps mine, theirs or some of each.

Whatever a save meets, what was typed stands in the form, over what is saved now; the merged record
is saved as any other, by the same rules.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pasis_tui.commands import key_of
from pasis_tui.shell.meanings import show_meanings
from pasis_tui.shell.page import Page
from pasis_tui.shell.returned import Overtaken, Returned, Row, typed_in
from pasis_tui.validation.findings import ProtectedIdentity, refusal
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Confirm, TextPage
from pasis_tui.widgets.differences import MINE, Difference, Differences

if TYPE_CHECKING:
    from pasis_tui.store.conflict import Conflict

Act = Callable[[], Awaitable[None]]


def first_saver(conflict: Conflict) -> str:
    """Return who was first, and when, as a sentence begins."""
    moment = "" if conflict.when is None else f" {conflict.when.astimezone():%Y-%m-%d %H:%M}"
    return f"{conflict.who[0].upper()}{conflict.who[1:]} hann före{moment}"


def _apart(row: Row, here: str) -> str:
    return f"{row.label}: sparat {row.saved or 'tomt'}, {here} {row.mine or 'tomt'}"


def _moved(row: Row) -> str:
    return f"{row.label}: nu {row.saved or 'tomt'}"


async def told_at_return(view: Page, back: Returned) -> str:
    """Return what is said of a draft that another's save has overtaken; a save asks first."""
    from pasis_tui.services import overtaken

    entity, key, _ = view.draft_record() or ("", 0, None)
    who = first_saver(await view.ask(overtaken.latest, entity, key))
    parts = [_apart(row, "i utkastet") for row in back.apart]
    differences = "; ".join([*parts, *map(_moved, back.moved)])
    if not back.apart:
        return f"{who}. {differences}. Det du skrev står kvar."
    view.overtaken = Overtaken(who, tuple(back.rows))
    return f"{who}. {differences}. {key_of('save')} frågar; {key_of('read')} läser om."


async def after_asking(view: Page, save: Act) -> None:
    """Do *save*; ask first where it would put what stands here over what another has saved."""
    if view.overtaken is None:
        await save()
    else:
        await _choose(view, view.overtaken, save)


async def meet(view: Page, conflict: Conflict, save: Act) -> None:
    """Show what another has saved beside what stands in *view*; then *save* what was chosen."""
    who = first_saver(conflict)
    draft = view.pasis.drafting.snapshot(view)
    if not await _read_record(view, who, typed_in(draft)):
        return
    back = await view.pasis.drafting.put_back(view, draft)
    view.overtaken = Overtaken(who, tuple(back.rows)) if back.rows else None
    if back.homeless:
        await _show_homeless(view, who, back.homeless)
    elif not _unsaved(view) and not back.rows:
        view.pasis.drafting.drop(view)
        view.say(f"{who}, med samma uppgifter. Inget behöver sparas.", good=True)
        await view.go_on_when_saved()
    elif not back.apart and not back.moved:
        view.overtaken = None
        await save()  # what was saved meanwhile is nothing that stands in this form
    else:
        await _choose(view, view.overtaken or Overtaken(who, ()), save)


async def meet_act(view: Page, conflict: Conflict, name: str, act: Act) -> None:
    """Show what another has saved since the act *name* was begun, and ask whether to do it still."""
    who = first_saver(conflict)
    draft = view.pasis.drafting.snapshot(view)
    # Seen from an act all that stands in the form is as it was read, whatever is typed there.
    if not await _read_record(view, who, typed_in(draft)):
        return
    back = await view.pasis.drafting.put_back(view, draft)
    if back.apart:
        view.overtaken = Overtaken(who, tuple(back.rows))
    if back.homeless:
        await _show_homeless(view, who, back.homeless)
        return
    changed = [row for row in back.rows if row.before != row.saved]
    if conflict.action in {"remove", "cancel", "close", "reopen"}:
        # Whatever was to be done is done, or there is no longer anything to do it with.
        view.refuse(refusal("", f"{who}: {_DONE[conflict.action]}. Inget av ditt gjordes."))
        return

    async def go_on(_: bool) -> None:
        await act()

    async def stay() -> None:
        view.stay()
        view.say(f"{who}. Inget av ditt gjordes.")

    lines = [f"{who}.", *map(_moved, changed), f"{name} ändå?"]
    question = Confirm("Sparat av annan", lines, name, "Tillbaka", go_on, stay)
    question.unasked = True
    await view.pasis.open_dialog(question)


_DONE = {
    "remove": "borttaget",
    "cancel": "makulerat",
    "close": "avslutat",
    "reopen": "öppnat igen",
}


async def _read_record(view: Page, who: str, typed: list[str]) -> bool:
    """Show the record as it is saved now; when that is impossible tell why, with what was *typed*."""
    try:
        await view.read_record()
    except ProtectedIdentity:
        raise  # why is asked, and the save begins anew
    except ForPeople as error:
        if not view.explain(error):
            raise
        await _show_homeless(view, who, typed, gone=True)
        return False
    return True


async def _show_homeless(view: Page, who: str, typed: list[str], *, gone: bool = False) -> None:
    """Show what was typed and has no place any longer, before it is let go."""
    view.pasis.drop_typed_ahead()
    view.stay()
    why = view.foot.message

    async def read() -> None:
        if gone:
            view.pasis.drafting.drop(view)
            await view.record_gone()
        elif not view.dirty:
            view.pasis.drafting.drop(view)
        view.refuse(refusal("", f"{who}. {why}"))

    kept = ["Det här skrev du, men det kan inte sparas:", "", *typed, ""] if typed else []
    page = TextPage("Sparat av annan", [f"{who}.", "", *kept, why], read)
    await view.pasis.open_dialog(page)


async def _choose(view: Page, overtaken: Overtaken, save: Act) -> None:
    """Have every field chosen, and *save* the record that this gives; Esc leaves all as it stands."""
    places = _places(view)
    rows = [now for row in overtaken.rows if (now := _as_it_stands(row, places)) is not None]
    codes = view.draft_elsewhere()

    async def chosen(answer: list[str]) -> None:
        view.overtaken = None
        put: dict[str, dict[str, str]] = {}
        for row, which in zip(rows, answer, strict=True):
            put.setdefault(row.form, {})[row.name] = row.mine if which == MINE else row.saved
        for form in view.draft_forms():
            form.fill(put.pop(form.spec.name, {}), saved=False)
            await show_meanings(view, form)
        for name, values in put.items():
            if name in codes:
                view.put_elsewhere(name, values)
        await view.draft_restored()
        if _unsaved(view):
            await save()
        else:
            view.pasis.drafting.drop(view)
            view.say(f"{overtaken.who}. Det sparade gäller: inget av ditt är sparat.")
        await view.go_on_when_saved()

    async def stay() -> None:
        view.stay()
        view.say(f"{overtaken.who}. Det du skrev står kvar. {key_of('save')} frågar igen.")

    if not rows:
        await chosen([])
        return
    shown = [Difference(r.label, r.before, r.mine, r.saved, r.collides) for r in rows]
    await view.pasis.open_dialog(Differences(overtaken.who, shown, chosen, stay))


def _unsaved(view: Page) -> bool:
    """Whether something is unsaved here, or in what was carried here from another screen."""
    return view.dirty or any(t.values != t.saved for t in view.draft_elsewhere().values())


def _places(view: Page) -> dict[tuple[str, str], str]:
    """Return what stands in every field now, those carried from a screen below among them."""
    return {
        (form.spec.name, name): cell.value
        for form in view.draft_forms()
        for name, cell in form.cells.items()
    } | {
        (form, name): value
        for form, text in view.draft_elsewhere().items()
        for name, value in text.values.items()
    }


def _as_it_stands(row: Row, places: dict[tuple[str, str], str]) -> Row | None:
    """Return *row* with what stands in its field now; None when nothing is left to choose in it.

    A field that the other alone moved shows what is saved: what stood there before may be chosen.
    """
    now = places.get((row.form, row.name), row.mine)
    if now == row.saved:
        return row if row.mine == row.before else None
    # What was there before stands there again only because it was typed since the question.
    return row._replace(mine=now, collides=row.collides or now == row.before)
