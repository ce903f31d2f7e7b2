"""The text beside a code from the database, looked up when the field is left."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date

from pasis_tui.commands import key_of
from pasis_tui.display.display_files import FieldSpec
from pasis_tui.shell.page import Page
from pasis_tui.validation import codes
from pasis_tui.validation.narrowing import narrowed
from pasis_tui.validation.typed import InvalidValue
from pasis_tui.widgets.form import Form

Row = tuple[str, str]
UNKNOWN = "okänd kod"


def codes_offered(view: Page, form: Form, field: str) -> Sequence[str] | None:
    """Return the codes that F4 shows of a field's own table, None for all of it."""
    only: Sequence[str] | None = view.list_filters(form, field).get("only")
    return only


def fitting(rows: Sequence[Row], text: str, today: date) -> list[Row]:
    """Return the *rows* of a view's own list with *text* in them; a date is found as it is typed."""
    from pasis_tui.validation.dates import read_date  # only now: the login is painted without

    hits = narrowed(rows, text)
    with contextlib.suppress(InvalidValue):
        day = read_date(text, today).isoformat()
        hits += [row for row in rows if day in " ".join(row) and row not in hits]
    return hits


async def show_meaning(view: Page, form: Form, spec: FieldSpec) -> str:
    """Show what the code in a field means; return why it is refused, or "".

    A code that no official list here has is no fault: the clinic may not have imported it.
    """
    value = form.get(spec.name).strip()
    known = spec.table not in codes.OFFICIAL and spec.table in codes.TABLES
    if not spec.table or known or not value or form.note(spec.name):
        return ""
    if (own := view.own_list(form, spec.name)) is not None:
        text = dict(own).get(value)
        if text is None:
            hits = fitting(own, value, view.pasis.today)
            if len(hits) > 1:
                return f"{spec.label}: flera passar ”{value}”. {key_of('values')} visar dem."
            if not hits:
                return f"{spec.label}: ”{value}” finns inte i listan. {key_of('values')} visar dem som går."
            (only, text) = hits[0]
            form.fill({spec.name: only}, saved=False)
        form.set_note(spec.name, text)
        return ""
    from pasis_tui.services.register import code_lists

    if spec.table in codes.OFFICIAL:
        wanted = value.split()
        texts = await view.ask(code_lists.meanings, spec.table, wanted)
        note = ", ".join(texts.get(code, UNKNOWN) for code in wanted)
        form.set_note(spec.name, note, good=len(texts) == len(set(wanted)))
        return ""
    filters = view.list_filters(form, spec.name)
    text = await view.ask(code_lists.meaning, spec.table, value, **filters)
    if text is None:
        return f"{spec.label}: ”{value}” finns inte i listan. {key_of('values')} visar de koder som går."
    form.set_note(spec.name, text)
    return ""


async def show_meanings(view: Page, form: Form, typing: str = "") -> None:
    """Show what every code in *form* means, for one filled in and not typed.

    Of the field *typing*, which is not left yet, nothing bad is said.
    """
    for name, cell in form.cells.items():
        await show_meaning(view, form, cell.spec)
        if name == typing and not cell.note_good:
            form.set_note(name, "")
