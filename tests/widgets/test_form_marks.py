"""What a form shows without colour, and what it says of a field that is left."""

from __future__ import annotations

from datetime import date

import pytest

from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.palette import PALETTES
from tests.widgets.harness import lines
from tests.widgets.some_form import form_shown, row_of, typed

TODAY = date(2026, 11, 24)


# --- marks without colour -------------------------------------------------------------------


async def test_mandatory_fields_have_a_star() -> None:
    async with form_shown() as form:
        assert "*" in row_of(form, "name")
        assert "*" not in row_of(form, "secret")
        form.protect("name")
        assert "*" not in row_of(form, "name"), "nothing can be typed there"


async def test_a_changed_field_has_a_mark_until_it_is_saved() -> None:
    async with form_shown() as form:
        form.fill({"name": "Vera"})
        form.go("name")
        typed(form, "Bo")
        form.go("code")
        assert "~" in row_of(form, "name")
        assert form.is_changed("name")
        assert form.dirty
        form.mark_saved()
        assert "~" not in row_of(form, "name")
        assert not form.dirty


async def test_what_was_emptied_has_the_mark_too() -> None:
    async with form_shown() as form:
        form.fill({"name": "Vera"})
        form.go("name")
        form.edit("delete", None)
        form.go("code")
        assert "~" in row_of(form, "name")


@pytest.mark.parametrize("level", list(Level))
async def test_a_field_at_fault_has_an_exclamation_mark_until_it_is_edited(level: Level) -> None:
    async with form_shown() as form:
        form.mark(Finding("PE01", level, "name", "fel"))
        assert "!Namn" in row_of(form, "name")
        assert "!" not in row_of(form, "code")
        form.go("name")
        typed(form, "x")
        assert "!" not in row_of(form, "name")


async def test_a_field_with_a_list_has_the_double_arrow() -> None:
    async with form_shown() as form:
        assert "<<" in row_of(form, "code")
        assert "<<" not in row_of(form, "name")


async def test_a_registered_form_has_its_v_on_the_button() -> None:
    async with form_shown() as form:
        form.marked_buttons = {"forms"}
        assert "[Formulär V]" in lines(form)[-1]


@pytest.mark.parametrize("palette", sorted(PALETTES))
async def test_the_cursor_is_seen_without_colour_too(palette: str) -> None:
    async with form_shown(palette=palette) as form:
        form.fill({"name": "Vera"})
        form.go("name")
        form.edit("home", None)
        under = [s for s in form.render_line(1) if s.text == "V"]
        others = [s for s in form.render_line(1) if "e" in s.text]
        assert under[0].style != others[0].style
        entry = form.palette.entry
        assert entry.underline, "an entry field is seen without colour"


async def test_an_inactive_form_shows_no_cursor() -> None:
    async with form_shown() as form:
        form.fill({"name": "Vera"})
        form.active = False
        assert not any(s.style == form.palette.cursor for s in form.render_line(1))


# --- passwords ------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["hemligt", "å漢👩", "e\u0301x"])
@pytest.mark.parametrize("stop", ["secret", "name"])
async def test_a_password_is_never_seen(password: str, stop: str) -> None:
    async with form_shown() as form:
        form.fill({"secret": password})
        form.go(stop)
        for key in ("end", "home", "right"):
            form.edit(key, None)
            row = row_of(form, "secret")
            assert not set(password) & set(row) - set("Lösenord ")
            assert "•" in row


async def test_the_cursor_in_a_password_counts_characters_and_not_their_width() -> None:
    async with form_shown() as form:
        form.go("secret")
        typed(form, "漢漢")
        assert form.caret().x == form.spec.field("secret").entry + 2


# --- checking and meanings ------------------------------------------------------------------


async def test_leaving_a_field_writes_it_as_its_kind_is_written() -> None:
    async with form_shown() as form:
        form.go("day")
        typed(form, "i")
        assert form.check("day", TODAY) == ""
        assert form.get("day") == "2026-11-24"
        assert form.editor.text == "2026-11-24"


async def test_a_fault_is_said_and_what_was_typed_stays() -> None:
    async with form_shown() as form:
        form.go("day")
        typed(form, "20260230")
        assert "2026-02-30 finns inte" in form.check("day", TODAY)
        assert form.get("day") == "20260230"


async def test_a_code_shows_its_meaning_and_loses_it_when_it_is_changed() -> None:
    async with form_shown() as form:
        form.go("code")
        typed(form, "KBT")
        assert form.check("code", TODAY) == ""
        assert "Kognitiv beteendeterapi" in row_of(form, "code")
        form.edit("backspace", None)
        assert "Kognitiv" not in row_of(form, "code")


async def test_an_unknown_code_is_refused_with_some_that_go() -> None:
    async with form_shown() as form:
        form.go("code")
        typed(form, "XXX")
        reason = form.check("code", TODAY)
        assert "”XXX”" in reason
        assert "KBT" in reason
        assert "F4" in reason


async def test_an_empty_field_is_no_fault_before_saving() -> None:
    async with form_shown() as form:
        assert all(form.check(name, TODAY) == "" for name in form.cells)


async def test_several_kva_codes_each_show_their_meaning() -> None:
    async with form_shown() as form:
        form.go("kva")
        typed(form, "du011, zv051")
        assert form.check("kva", TODAY) == ""
        assert form.get("kva") == "DU011 ZV051"
        assert "Kognitiv" in row_of(form, "kva")
        assert "Telemedicin" in form.note("kva")


async def test_a_well_formed_kva_code_of_the_official_list_is_taken() -> None:
    async with form_shown() as form:
        form.fill({"kva": "DU011 AV034"})
        assert form.check("kva", TODAY) == ""
        assert form.note("kva") == ""  # until the router has looked in the imported list
        form.fill({"kva": "DU011 hej"})
        assert "”HEJ”" in form.check("kva", TODAY)


async def test_another_value_does_not_keep_the_former_ones_meaning() -> None:
    async with form_shown() as form:
        form.fill({"sign": "ANNLIN"})
        form.set_note("sign", "Annika Lindgren, PT")
        form.fill({"sign": "ANNLIN"})
        assert form.note("sign") == "Annika Lindgren, PT"
        form.fill({"sign": "BOPROV"}, saved=False)
        assert form.note("sign") == ""


async def test_normalising_leaves_no_selection_behind() -> None:
    async with form_shown() as form:
        form.go("day")
        typed(form, " 2026-11-24")
        form.edit("shift+home", None)
        form.check("day", TODAY)
        assert form.editor.selected == ""


async def test_every_field_at_fault_is_named_wherever_the_cursor_stands() -> None:
    async with form_shown() as form:
        form.fill({"day": "20260230", "yes": "x"}, saved=False)
        form.go("name")
        faults = form.faults(TODAY)
        assert [(f.field, f.level) for f in faults] == [
            ("day", Level.BLOCK),
            ("yes", Level.BLOCK),
        ]
        assert "2026-02-30 finns inte" in faults[0].message
        form.fill({"day": "i", "yes": "j"})
        assert form.faults(TODAY) == []
        assert form.get("day") == "2026-11-24", "and every value stands as it is written"


async def test_each_mark_goes_when_its_own_field_is_changed_and_all_when_it_is_saved() -> None:
    async with form_shown() as form:
        for field in ("name", "code"):
            form.mark(Finding("PE01", Level.BLOCK, field, "fel"))
        assert "!Namn" in row_of(form, "name")
        assert "!Problem" in row_of(form, "code")
        form.go("name")
        typed(form, "x")
        assert "!" not in row_of(form, "name")
        assert "!Problem" in row_of(form, "code")
        form.mark_saved()
        assert "!" not in row_of(form, "code")


async def test_clear_brings_back_the_defaults() -> None:
    async with form_shown() as form:
        form.fill({"name": "Vera", "yes": "J"}, saved=False)
        form.mark(Finding("PE01", Level.BLOCK, "name", "fel"))
        form.clear()
        assert form.get("name") == ""
        assert form.get("yes") == "N"
        assert form.findings == {}
        assert not form.dirty


async def test_what_has_no_room_says_so_and_the_last_meaning_of_a_row_has_all_there_is() -> None:
    async with form_shown() as form:
        form.fill({"shown": "Psykoterapi"})
        assert "Enhet         Psykot…" in row_of(form, "shown")
        form.set_note("sign", "Karin Exempelgren-Övningsson, PS")
        assert row_of(form, "sign").rstrip().endswith("Karin Exempelgren-Övningsson, PS")
        form.set_note("code", "x" * 60)
        assert "x" * 23 + "…" in row_of(form, "code")
