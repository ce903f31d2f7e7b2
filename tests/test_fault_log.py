"""A fault of the program is kept for those who mend it, without anything of a patient's."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pasis_tui import fault_log

PERSONAL = ["Testsson, Vera", "199307142381", "19930714-2381"]


def fall(name: str, number: str) -> None:
    raise KeyError(f"{name!r} {number}")


def fall_again(name: str, number: str, dashed: str) -> None:
    try:
        fall(name, number)
    except KeyError as error:
        raise ValueError(f"{dashed} och {name!r}") from error


def test_where_it_was_is_kept_and_nobody_s_number(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="och") as fallen:
        fall_again(*PERSONAL)
    fault_log.keep(fallen.value, tmp_path)
    path = fault_log.keep(fallen.value, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list((tmp_path / "fel").iterdir())) == 2
    text = path.read_text(encoding="utf-8")
    assert "\nValueError\n" in text
    assert "test_fault_log.py:16 fall\n" in text
    assert "KeyError" in text
    for personal in PERSONAL:
        assert personal not in text
