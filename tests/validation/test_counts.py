"""One is said as one."""

from __future__ import annotations

from pasis_tui.validation.counts import counted, counted_rows


def test_one_has_its_own_word() -> None:
    assert [counted_rows(n) for n in (0, 1, 2)] == ["0 rader", "1 rad", "2 rader"]
    assert counted(1, "läsning införd", "läsningar införda") == "1 läsning införd"
