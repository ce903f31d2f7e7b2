"""A form: what is typed, where, and that no text moves what stands beside it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Offset

from pasis_tui.display.display_files import FieldSpec, Format, display
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.palette import palette
from tests.widgets.harness import lines, on_screen, row_text
from tests.widgets.some_form import NASTY, SPEC, form_shown, row_of, typed

# --- typing ---------------------------------------------------------------------------------


async def test_typing_goes_into_the_field_with_the_cursor_alone() -> None:
    async with form_shown() as form:
        typed(form, "Vera")
        assert form.values == {
            **dict.fromkeys(form.cells, ""),
            "name": "Vera",
            "yes": "N",
        }
        assert "Vera" in row_of(form, "name")


async def test_entering_a_field_selects_it_so_that_typing_replaces() -> None:
    async with form_shown() as form:
        form.fill({"name": "Vera"})
        form.go("name")
        typed(form, "Bo")
        assert form.get("name") == "Bo"


async def test_a_full_field_refuses_and_keeps_what_it_has() -> None:
    async with form_shown() as form:
        form.go("code")
        assert typed(form, "kbtx") == [True, True, True, False]
        assert form.get("code") == "KBT"


async def test_a_paste_longer_than_the_field_is_refused_whole() -> None:
    async with form_shown() as form:
        form.go("code")
        assert form.paste("KBTIPT") is False
        assert form.get("code") == ""
        assert form.paste("ipt\r\n") is True
        assert form.get("code") == "IPT"


async def test_a_paste_of_ten_thousand_characters_changes_nothing() -> None:
    async with form_shown() as form:
        typed(form, "Vera")
        assert form.paste("x" * 10_000) is False
        assert form.get("name") == "Vera"


async def test_monocase_fields_raise_letters_and_others_do_not() -> None:
    async with form_shown() as form:
        typed(form, "åsa")
        form.go("code")
        typed(form, "kbt")
        assert (form.get("name"), form.get("code")) == ("åsa", "KBT")


async def test_a_protected_field_takes_nothing() -> None:
    async with form_shown() as form:
        assert not form.go("shown")
        form.protect("name")
        assert not form.go("name")
        assert form.field is not None
        assert form.field.name == "code"


async def test_a_form_of_protected_fields_alone_takes_nothing() -> None:
    async with form_shown(Format("f", fields=(FieldSpec("a", "A", 3, kind="output"),))) as form:
        assert form.stops() == []
        assert form.edit("x", "x") is None
        assert form.paste("x") is None
        assert form.get("a") == ""


# --- moving ---------------------------------------------------------------------------------


async def test_stops_are_fields_in_order_then_buttons() -> None:
    async with form_shown() as form:
        order = []
        while True:
            order.append(form.stop)
            if not form.step(1):
                break
        assert order == [
            *("name", "code", "day", "secret", "kva", "sign", "yes"),
            *("button:save", "button:forms"),
        ]
        assert not form.step(1)
        assert form.stop == "button:forms"


async def test_up_and_down_go_to_the_nearest_stop() -> None:
    async with form_shown() as form:
        form.go("day")
        assert form.vertical(1)
        assert form.stop == "secret"
        assert form.vertical(-1)
        assert form.stop == "code"
        form.go("name")
        assert not form.vertical(-1)


async def test_a_hidden_button_is_no_stop_and_is_not_seen() -> None:
    async with form_shown() as form:
        form.show_button("forms", False)
        assert "button:forms" not in form.stops()
        assert "Formulär" not in "".join(lines(form))


async def test_a_click_finds_the_field_or_button_under_it() -> None:
    async with form_shown() as form:
        for stop in form.stops():
            form.go(stop)
            form.edit("home", None)
            assert form.stop_at(form.caret()) == stop
        assert form.stop_at(form.caret() + Offset(0, 5)) is None


# --- the cursor -----------------------------------------------------------------------------


async def test_the_real_cursor_stands_where_the_next_letter_goes() -> None:
    async with form_shown() as form:
        spec = form.spec.field("name")
        assert form.caret() == (spec.entry, 1)
        typed(form, "åb")
        assert form.caret() == (spec.entry + 2, 1)
        form.edit("home", None)
        typed(form, "漢")
        assert form.caret() == (spec.entry + 2, 1)


async def test_a_full_field_keeps_its_text_in_sight_with_the_cursor_after_it() -> None:
    async with form_shown() as form:
        typed(form, "0123456789")
        assert form.caret().x == form.spec.field("name").entry + 10
        assert "0123456789" in row_of(form, "name")


async def test_a_long_text_scrolls_with_the_cursor() -> None:
    async with form_shown() as form:
        entry = form.spec.field("name").entry
        typed(form, "0123456789abcdef")
        assert row_of(form, "name")[entry : entry + 10] == "…89abcdef "
        assert form.caret().x == entry + 9
        form.edit("home", None)
        assert row_of(form, "name")[entry : entry + 10] == "012345678…"
        assert form.caret().x == entry


@pytest.mark.parametrize("text", NASTY)
async def test_the_cursor_is_inside_the_field_wherever_it_goes(text: str) -> None:
    async with form_shown() as form:
        form.fill({"name": text})
        form.go("name")
        spec = form.spec.field("name")
        form.edit("home", None)
        for _ in range(len(text) + 2):
            lines(form)
            assert spec.entry <= form.caret().x <= spec.entry + spec.width
            form.edit("right", None)
        for _ in range(len(text) + 2):
            lines(form)
            assert spec.entry <= form.caret().x <= spec.entry + spec.width
            form.edit("left", None)


async def test_the_cell_under_the_cursor_is_the_character_it_stands_on() -> None:
    async with form_shown() as form:
        form.fill({"name": "a漢b漢c漢d漢e漢f漢g"})
        form.go("name")
        form.edit("home", None)
        for _ in range(13):
            strip = form.render_line(1)
            here = strip.crop(form.caret().x, form.caret().x + 2).text
            at = form.editor.cursor
            assert here.startswith(form.editor.text[at : at + 1].strip() or " ")
            form.edit("right", None)


# --- arithmetic -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", NASTY)
async def test_no_text_moves_what_stands_beside_it(text: str) -> None:
    async with form_shown() as form:
        form.set_status(text[:5])
        form.set_heading(text)
        form.protect("secret")
        form.fill(dict.fromkeys(form.cells, text))
        for name in form.cells:
            form.set_note(name, text)
        form.mark(Finding("VA02", Level.BLOCK, "code", text))
        form.marked_buttons = {"forms"}
        for stop in ["name", "code", "day", "kva", "button:save"]:
            form.go(stop)
            rows = lines(form)
            code, day = form.spec.field("code"), form.spec.field("day")
            assert cells_of(rows[2], code.column - 1, "!Problem") == "!Problem"
            assert cells_of(rows[2], day.column, "Datum") == "Datum"
            assert cells_of(rows[2], code.entry + code.width + 1, "<<") == "<<"


def cells_of(row: str, start: int, wanted: str) -> str:
    """The text that begins at cell *start* of *row*, as long as *wanted*."""
    at = 0
    while cell_len(row[:at]) < start:
        at += 1
    while at < len(row) and cell_len(row[at]) == 0:
        at += 1
    return row[at : at + len(wanted)]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.one_of(st.text(max_size=30), st.sampled_from(NASTY)), min_size=3, max_size=3),
    st.lists(st.sampled_from(["left", "right", "home", "end", "backspace", "shift+left"]),
             max_size=12),
)  # fmt: skip
async def test_every_row_is_exactly_as_wide_as_the_screen(
    texts: list[str], keys: list[str]
) -> None:
    async with form_shown() as form:
        form.fill({"name": texts[0], "shown": texts[1], "secret": texts[2]})
        form.set_note("sign", texts[1])
        for stop in ("name", "secret"):
            form.go(stop)
            for key in keys:
                form.edit(key, None)
                lines(form)


# --- the program's own forms ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("014_personuppgifter", "person"),
        ("040_vardataganden", "commitment"),
        ("085_besoksregistrering", "visit"),
        ("184_medicinsk_registrering", "medical"),
        ("184_kva", "kva"),
        ("048_inskrivning", "enrolment"),
    ],
)
async def test_every_label_of_a_screen_is_whole_at_80_columns(file: str, name: str) -> None:
    spec = display(file).format(name)
    async with form_shown(spec) as form:
        form.fill({f.name: "X" * f.length for f in spec.fields})
        for field in spec.fields:
            form.set_note(field.name, "y" * 80)
        rows = lines(form)
        for field in spec.fields:
            row = rows[field.row + form.top]
            assert row[field.column :].startswith(field.label)
            if not field.protected:
                assert row[field.entry - 1] == ("*" if field.mandatory else " ")
        for button in spec.buttons:
            assert f"[{button.label}]" in rows[spec.button_row + form.top]


async def test_a_narrow_screen_still_has_whole_rows() -> None:
    form = Form(SPEC, palette("pasis"))
    async with on_screen(form, columns=40):
        form.fill({"name": "漢" * 20, "day": "2026-11-24"})
        for y in range(form.size.height):
            row_text(form.render_line(y), 40)
