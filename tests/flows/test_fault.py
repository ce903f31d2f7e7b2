"""A fault of the program ends it in words, keeps what was typed, and shows nobody's data."""

from __future__ import annotations

from pathlib import Path

from tests.flows.practice import DAY, logged_in
from tests.terminal import ENTER, F2, TAB, terminal

FAULTY = Path(__file__).with_name("faulty.py")


def test_a_fault_is_told_and_the_draft_is_there_afterwards(home: Path) -> None:
    with terminal(["--date", DAY], home, script=FAULTY) as opened:
        opened.expect("Tryck Enter").type(ENTER)
        opened.expect("Skriv bildens nummer").type(F2, "14 9204012380", ENTER)
        opened.expect("Skisslund").type(TAB, TAB, "x", F2, "83", ENTER)
        assert opened.expect_end() == 70
        assert "Traceback" not in opened.text()
        # Wherever it is folded, and without what stood there before.
        said = "".join(opened.text().split()).split("Ettfeliprogrammet")[1]
    (kept,) = (home / "fel").iterdir()
    assert "Skisslund" not in said.split(kept.name)[0]
    text = kept.read_text(encoding="utf-8")
    assert "RuntimeError\n" in text
    assert "no such patient" not in text.replace('raise RuntimeError(f"no such patient', "")
    assert "9204012380" not in text
    with logged_in(home) as again:
        again.expect("utkast")
