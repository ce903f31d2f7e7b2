"""The meaning beside a code that the database knows: looked up when the field is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pasis_tui.display import FieldSpec
from pasis_tui.validation import codes
from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.widgets.view import View

UNKNOWN = "okänd kod"


async def show_meaning(view: View, form: Form, spec: FieldSpec) -> str:
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
            return f"{spec.label}: ”{value}” finns inte i listan. F4 visar dem som går."
        form.set_note(spec.name, text)
        return ""
    from pasis_tui.services import code_lists

    if spec.table in codes.OFFICIAL:
        wanted = value.split()
        texts = await view.ask(code_lists.meanings, spec.table, wanted)
        note = ", ".join(texts.get(code, UNKNOWN) for code in wanted)
        form.set_note(spec.name, note, good=len(texts) == len(set(wanted)))
        return ""
    filters = view.list_filters(form, spec.name)
    text = await view.ask(code_lists.meaning, spec.table, value, **filters)
    if text is None:
        return f"{spec.label}: ”{value}” finns inte i listan. F4 visar de koder som går."
    form.set_note(spec.name, text)
    return ""


async def show_meanings(view: View, form: Form, typing: str = "") -> None:
    """Show what every code in *form* means, for one filled in and not typed.

    Of the field *typing*, which is not left yet, nothing bad is said.
    """
    for name, cell in form.cells.items():
        await show_meaning(view, form, cell.spec)
        if name == typing and not cell.note_good:
            form.set_note(name, "")
