"""Where columns stand: what must be whole is whole, texts give way, nothing overlaps."""

from __future__ import annotations

import random

import pytest

from pasis_tui.display.display_files import FieldSpec
from pasis_tui.widgets.cells import break_at, clip, pad, wrap
from pasis_tui.widgets.columns import Placed, place

FIELDS = (
    FieldSpec("day", "Datum", 10, column=2),
    FieldSpec("who", "Patient", 32, column=13, cut=True),
    FieldSpec("visits", "Besök", 5, column=46, kind="number"),
    FieldSpec("where", "Hos", 22, column=52, cut=True),
    FieldSpec("id", "ID", 5, column=75, kind="link"),
)
SAID = [Placed(2, 10), Placed(13, 32), Placed(46, 5), Placed(52, 22), Placed(75, 5)]


def test_what_fits_stands_as_the_display_file_says() -> None:
    assert place(FIELDS, [10, 32, 5, 22, 5], 80) == SAID
    assert place(FIELDS, [0, 0, 0, 0, 0], 80) == SAID
    assert place(FIELDS, [10, 99, 5, 99, 5], 80) == SAID


def test_a_code_is_whole_and_a_text_that_has_room_to_spare_gives_it() -> None:
    placed = place(FIELDS, [10, 32, 5, 19, 8], 80)
    assert placed == [*SAID[:3], Placed(52, 19), Placed(72, 8)]


def test_the_widest_text_gives_room_when_none_has_any_to_spare() -> None:
    placed = place(FIELDS, [10, 99, 5, 99, 8], 80)
    assert [p.width for p in placed] == [10, 29, 5, 22, 8]
    assert placed[-1].end == 80


def test_a_wider_screen_shows_texts_whole_the_first_first() -> None:
    assert [p.width for p in place(FIELDS, [10, 40, 5, 30, 5], 90)] == [10, 40, 5, 24, 5]
    assert [p.width for p in place(FIELDS, [10, 40, 5, 30, 5], 200)] == [10, 40, 5, 30, 5]


@pytest.mark.parametrize("seed", range(200))
def test_no_column_overlaps_and_none_is_cut_that_may_not_be(seed: int) -> None:
    rng = random.Random(seed)
    room = rng.randint(80, 200)
    whole = {at: rng.randint(0, spec.width + 4) for at, spec in enumerate(FIELDS) if not spec.cut}
    longest = [whole.get(at, rng.randint(0, 130)) for at in range(len(FIELDS))]
    placed = place(FIELDS, longest, room)
    for spec, at, before in zip(FIELDS[1:], placed[1:], placed, strict=False):
        assert at.column > before.end - 1, spec.name
    assert placed[-1].end <= room
    for spec, at, want in zip(FIELDS, placed, longest, strict=True):
        assert at.width >= (len(spec.label) if spec.cut else want), spec.name


def test_a_cut_falls_between_characters_and_says_so() -> None:
    assert clip("Testsson", 8) == "Testsson"
    assert clip("Testsson", 7) == "Testss…"
    assert clip("Testsson", 1) == "…"
    assert clip("Testsson", 0) == ""
    assert clip("李小龍", 6) == "李小龍"
    assert clip("李小龍", 5) == "李小…"
    assert clip("李小龍", 4) == "李…"
    assert pad("李小龍", 4) == "李… "
    assert clip("Ande\u0301n Bo", 5) == "Ande\u0301…"  # the accent is its letter's
    assert clip("Ande\u0301n", 5) == "Ande\u0301n"
    assert clip("senast 2026-12-28 och", 14) == "senast…"  # half a date is another date
    assert clip("senast 2026-12-28 och", 18) == "senast 2026-12-28…"
    assert clip("senast 2026-12-28 och", 20) == "senast 2026-12-28 o…"
    assert clip("2026-12-28", 6) == "2026-…"
    assert pad("12", 5, right=True) == "   12"


def test_lines_are_broken_by_cells() -> None:
    assert wrap("ett två tre", 7) == ["ett två", "tre"]
    assert wrap("李小龍 李小龍", 8) == ["李小龍", "李小龍"]
    assert wrap("李小龍李小龍", 8) == ["李小龍李", "小龍"]
    assert wrap("", 8) == [""]
    text = "Örn李 " * 40
    assert "".join(wrap(text, 30)).replace(" ", "") == text.replace(" ", "")
    assert break_at("/en/lång/mapp/utan/blanka", 10) == 10
