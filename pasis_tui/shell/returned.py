"""Text put over what another has saved since, field by field."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from pasis_tui.display.display_files import FieldSpec, Format, displays
from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.services.users.draft_content import Draft


def formats_of(code: str) -> list[Format]:
    """Return the forms a draft of the screen *code* may hold: its own and those around it."""
    own = displays()[code]
    shown = [own, *(d for d in displays().values() if code == d.parent or own.parent == d.code)]
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


class Row(NamedTuple):
    """A field as it was before, as it stands here (*mine*) and as it is saved now.

    ``collides`` when both have changed it, each to something else.
    """

    form: str
    name: str
    label: str
    before: str
    mine: str
    saved: str
    collides: bool


class Overtaken(NamedTuple):
    """Who saved first and when, in words, and the fields as they were when that was found."""

    who: str
    rows: tuple[Row, ...]


class Returned:
    """What was typed, put over what is saved now: what was typed stays, the rest is as saved.

    ``rows`` are the fields in which what stood here and what is saved now differ, ``homeless`` what
    has no field to stand in.  *version* is the record's as it is now, *here* are the forms shown.
    """

    def __init__(self, draft: Draft, version: int | None, here: Collection[str]) -> None:
        self._draft = draft
        self._now = version
        self.rows: list[Row] = []
        self.homeless = typed_in(draft, here)

    @property
    def apart(self) -> list[Row]:
        """The fields that both have changed."""
        return [row for row in self.rows if row.collides]

    @property
    def moved(self) -> list[Row]:
        """The fields that only another has changed."""
        return [row for row in self.rows if row.mine == row.before != row.saved]

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
                settled = self._settled(form.spec.name, cell.spec, typed, before, cell.saved)
                saved[name], values[name] = settled
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
                saved[name], values[name] = self._settled(form, field, typed, before, saved[name])
            elif typed != before:
                self._leave(field, typed)

    def _leave(self, field: FieldSpec, typed: str) -> None:
        self.homeless.append(f"{_label(field)}: {typed or 'tomt'}")

    def _settled(
        self, form: str, field: FieldSpec, typed: str, before: str, now: str
    ) -> tuple[str, str]:
        """Return what counts as saved, and what is to stand, in a field where *now* is saved."""
        if self._now == self._draft.version:
            return before, typed
        new = self._draft.version is None  # then *before* was proposed, and nobody's
        collides = typed not in {now, before} and (now != before or new)
        if typed != now and (typed != before or self._now is not None):
            self.rows.append(Row(form, field.name, _label(field), before, typed, now, collides))
        return (now, now) if typed == before else (now, typed)
