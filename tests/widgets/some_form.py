"""A form with a field of every sort, and texts that break cell arithmetic."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pasis_tui.display.display_files import ButtonSpec, FieldSpec, Format
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.palette import palette as palette_of
from tests.widgets.harness import lines, on_screen

NASTY = [
    "漢字漢字漢字漢字漢字漢字",
    "a漢b漢c漢d漢e漢f漢g漢h",
    "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
    "\u0301\u0302x",
    "👨\u200d👩\u200d👧👍🏽🇸🇪❤\ufe0f☃",
    "\u200d0\u200da",
    "אבגד הוזח",
    "\u202eabc\u202c",
    "क\u094dष\u093f",
    "각한글",
    "\x1b[31mröd\x07\x00",
    "A\u00a0B\u3000C\u00adD",
    "x" * 200,
]

SPEC = Format(
    name="test",
    heading="Rubrik",
    height=8,
    button_row=7,
    button_column=2,
    fields=(
        FieldSpec("name", "Namn", 10, row=0, column=2, entry=16, length=20, mandatory=True),
        FieldSpec("code", "Problem", 3, row=1, column=2, entry=16, length=3, kind="code",
                  table="problem", note=24, mandatory=True),
        FieldSpec("day", "Datum", 10, row=1, column=48, entry=60, length=12, kind="date"),
        FieldSpec("secret", "Lösenord", 8, row=2, column=2, entry=16, length=40, kind="password"),
        FieldSpec("shown", "Enhet", 7, row=3, column=2, entry=16, length=7, kind="output"),
        FieldSpec("kva", "KVÅ", 12, row=4, column=2, entry=16, length=60, kind="kva",
                  table="kva", note=40),
        FieldSpec("sign", "Sign", 6, row=5, column=2, entry=16, length=6, kind="code",
                  table="caregiver", note=20),
        FieldSpec("yes", "Tolk", 1, row=6, column=2, entry=16, length=1, kind="yesno",
                  default="N"),
    ),
    buttons=(
        ButtonSpec("save", "Spara", letter="s"),
        ButtonSpec("forms", "Formulär", letter="f"),
    ),
)  # fmt: skip


@asynccontextmanager
async def form_shown(spec: Format = SPEC, palette: str = "pasis") -> AsyncIterator[Form]:
    form = Form(spec, palette_of(palette))
    form.active = True
    async with on_screen(form):
        yield form


def typed(form: Form, text: str) -> list[bool | None]:
    return [form.edit(c, c) for c in text]


def row_of(form: Form, name: str) -> str:
    return lines(form)[form.spec.field(name).row + form.top]
