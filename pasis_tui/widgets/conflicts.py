"""Two clerks at one row, as the second one reads it: who was first, and both values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.store.conflict import Conflict


def conflict_text(conflict: Conflict, forms: Sequence[Form]) -> str:
    """Return what is said of *conflict* to whoever typed in *forms*, which stay as they are."""
    differing = [
        f"{cell.spec.label or name}: sparat {saved or 'tomt'}, här {cell.value or 'tomt'}"
        for form in forms
        for name, cell in form.cells.items()
        if name in conflict.now and (saved := _as_typed(conflict.now[name])) != cell.value
    ]
    if not differing:
        return str(conflict)
    moment = "" if conflict.when is None else f" {conflict.when.astimezone():%Y-%m-%d %H:%M}"
    who = conflict.who[0].upper() + conflict.who[1:]
    return (
        f"{who} hann före{moment}. {'; '.join(differing)}. Inget sparades: läs om (F5) och gör om."
    )


def _as_typed(value: Any) -> str:
    """Return a value of the log as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "J" if value else "N"
    text = str(value)
    return text[:5] if len(text) == 8 and text[2::3] == "::" else text
