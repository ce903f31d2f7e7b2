"""Text restored over what another has saved since, and both values in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from pasis_tui.commands import key_of
from pasis_tui.display.display_files import FieldSpec, Format, displays
from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.services.users.draft_content import Draft
    from pasis_tui.store.conflict import Conflict


def conflict_text(conflict: Conflict, forms: Sequence[Form]) -> str:
    """Return the message about *conflict* for the clerk whose text in *forms* stays as it is."""
    differs = [
        f"{cell.spec.label or name}: sparat {saved or 'tomt'}, här {cell.value or 'tomt'}"
        for form in forms
        for name, cell in form.cells.items()
        if name in conflict.now and (saved := _as_typed(conflict.now[name])) != cell.value
    ]
    if not differs:
        return str(conflict)
    return f"{first_saver(conflict)}. {'; '.join(differs)}. Inget sparades: läs om ({key_of('read')}) och gör om."


def first_saver(conflict: Conflict) -> str:
    """Return who was first, and when, as a sentence begins."""
    moment = "" if conflict.when is None else f" {conflict.when.astimezone():%Y-%m-%d %H:%M}"
    return f"{conflict.who[0].upper()}{conflict.who[1:]} hann före{moment}"


def _as_typed(value: Any) -> str:
    """Return a value of the log as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "J" if value else "N"
    text = str(value)
    return text[:5] if len(text) == 8 and text[2::3] == "::" else text


def formats_of(code: str) -> list[Format]:
    """Return the forms a draft of the screen *code* may hold: its own and its own screens'."""
    shown = [displays()[code], *(d for d in displays().values() if d.parent == code)]
    return [spec for each in shown for spec in each.formats if not spec.list]


def typed_in(draft: Draft, without: Collection[str] = ()) -> list[str]:
    """Return what was typed in *draft*, line by line, except in the forms *without*."""
    return [
        f"{_label(spec)}: {text.values[spec.name] or 'tomt'}"
        for form in formats_of(draft.code)
        if form.name not in without and (text := draft.forms.get(form.name))
        for spec in form.fields
        if text.values.get(spec.name) != text.saved.get(spec.name)
    ]


def _label(field: FieldSpec) -> str:
    return field.label.strip() or field.name


class Returned:
    """A draft restored over what is saved now: what was typed stays, the rest is as saved.

    ``apart`` are the fields where another's saved value and the draft's differ, ``moved`` those
    that another has changed and the draft has not, ``homeless`` what has no field to stand in.
    *version* is the record's as it is now, *here* are the forms that are shown.
    """

    def __init__(self, draft: Draft, version: int | None, here: Collection[str]) -> None:
        self._draft = draft
        self._now = version
        self.apart: list[str] = []
        self.moved: list[str] = []
        self.homeless = typed_in(draft, here)

    @property
    def overtaken(self) -> bool:
        """Whether another clerk has since saved something that this form shows."""
        return bool(self.apart or self.moved)

    def fill(self, form: Form) -> None:
        """Put the draft's text in *form*, which shows what is saved or proposed now."""
        kept = self._draft.forms.get(form.spec.name)
        if kept is None:
            return
        saved: dict[str, str] = {}
        values: dict[str, str] = {}
        for name, cell in form.cells.items():
            if cell.spec.protected or name not in kept.values:
                continue
            typed, before = kept.values[name], kept.saved[name]
            if not cell.locked:
                saved[name], values[name] = self._settled(cell.spec, typed, before, cell.saved)
            elif typed not in {before, cell.value}:
                self._leave(cell.spec, typed)
        form.fill(saved)
        form.fill(values, saved=False)

    def fill_codes(
        self, form: str, values: dict[str, str], saved: dict[str, str], *, locked: bool
    ) -> None:
        """Put the draft's text of *form*, shown in another screen, in *values* and *saved*."""
        kept = self._draft.forms.get(form)
        specs = [s for s in formats_of(self._draft.code) if s.name == form]
        for field in [f for spec in specs for f in spec.fields if kept and f.name in values]:
            name = field.name
            if kept is None or name not in kept.values:
                continue
            typed, before = kept.values[name], kept.saved[name]
            if not locked:
                saved[name], values[name] = self._settled(field, typed, before, saved[name])
            elif typed != before:
                self._leave(field, typed)

    def _leave(self, field: FieldSpec, typed: str) -> None:
        self.homeless.append(f"{_label(field)}: {typed or 'tomt'}")

    def _settled(self, field: FieldSpec, typed: str, before: str, now: str) -> tuple[str, str]:
        """Return what counts as saved, and what is to stand, in a field where *now* is saved."""
        label = _label(field)
        if self._now == self._draft.version:
            return before, typed
        if typed == before:
            if now != before and self._now is not None:
                self.moved.append(f"{label}: nu {now or 'tomt'}")
            return now, now
        if now != typed and (now != before or self._draft.version is None):
            self.apart.append(f"{label}: sparat {now or 'tomt'}, i utkastet {typed or 'tomt'}")
        return now, typed
