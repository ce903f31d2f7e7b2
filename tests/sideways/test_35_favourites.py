"""A favourites file that cannot be read closed its dialogue and lost the path; more than nine favourites
did not say how they are reached; F7 on a favourite removed it at once.
"""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import clerk
from tests.terminal import DOWN, END, ENTER, ESC, F6, F7, F10, alt

_CODES = (
    "014",
    "040",
    "048",
    "051",
    "083",
    "085",
    "184",
    "283 1",
    "283 2",
    "610",
    "KL",
    "FB",
    "SU",
)


def _file(folder: Path) -> Path:
    path = folder / "egna.toml"
    rows = [f'[[favourite]]\ncode = "{code}"\nlabel = "Egen {code}"\n' for code in _CODES]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_file_that_cannot_be_read_keeps_the_path(home: Path, tmp_path: Path) -> None:
    good = _file(tmp_path)
    wrong = tmp_path / "fel.toml"
    wrong.write_bytes(b"\xff\x00 inget")
    with clerk(home) as hands:
        hands.type(F6).sees("Inga favoriter ännu").type(alt("å")).sees("Favoriter från fil")
        hands.instead(str(tmp_path / "finns_inte.toml")).type(ENTER)
        hands.sees("Favoriter från fil", "kan inte läsas", "finns_inte.toml")
        hands.instead(str(wrong)).type(F10).sees("inga favoriter", "fel.toml")
        hands.instead(str(tmp_path)).type(ENTER).sees("en mapp.")
        hands.instead(str(good)).type(ENTER).says(f"{len(_CODES)} favoriter hämtade")
        hands.type(alt("i")).sees("Favoriter till fil")
        hands.instead(str(tmp_path / "ingen" / "fil.toml")).type(ENTER)
        hands.sees("Favoriter till fil", "kan inte skrivas")
        hands.instead(str(tmp_path / "ut.toml")).type(ENTER)
        hands.says(f"{len(_CODES)} favoriter sparade")


def test_more_than_nine_say_how_they_are_reached_and_are(home: Path, tmp_path: Path) -> None:
    with clerk(home) as hands:
        hands.type(F6).sees("Inga favoriter").type(alt("å")).sees("Favoriter från fil")
        hands.instead(str(_file(tmp_path))).type(ENTER).says("13 favoriter")
        hands.type(ESC, F6).says(
            "1–9 eller Enter öppnar. De andra: pil och Enter, eller Snabbval f10"
        )
        hands.sees("f10", "f13").type(DOWN * 10, ENTER).sees("KL Kontrollista")
        hands.go("f12", "FB Besök diagnos").go("F13", "SU Support").go("f10", "610 Frikort")
        hands.go("f14").says("Favorit 14 finns inte").type(ESC, F6).sees("f10").type(END, ENTER)
        hands.sees("SU Support")


def test_f7_asks_before_it_removes(home: Path) -> None:
    def kept() -> list[tuple[str]]:
        return hands.rows("SELECT code FROM favourite")

    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(F7).says("KL Kontrollista", "är nu favorit 1")
        for no in (ESC, "n"):
            hands.type(F7).sees("Ta bort den?").type(no)
            hands.terminal.expect_gone("Ta bort den?")
            assert kept() == [("KL",)]
        hands.type(F7, "j").says(
            "KL Kontrollista", "är inte längre favorit"
        )  # asked for: typed ahead
        assert kept() == []
        hands.type(F7).says("KL Kontrollista", "är nu favorit 1").type(F7, ENTER).says(
            "KL Kontrollista", "är inte längre"
        )


def test_ta_bort_asks_too_and_a_second_press_is_no_answer(home: Path) -> None:
    def kept() -> list[tuple[str]]:
        return hands.rows("SELECT code FROM favourite ORDER BY code")

    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(F7).says("KL Kontrollista", "är nu favorit 1")
        hands.go("su", "SU Support").type(F7).says("SU Support", "är nu favorit 2")
        hands.type(F6).sees("Favoriter", "Ta bort")
        for no in (ESC, "n", alt("t") + ESC):
            hands.type(alt("t")).sees("MMS är favorit. Ta bort den?").type(no)
            hands.terminal.expect_gone("Ta bort den?")
            assert kept() == [("KL",), ("SU",)]
        hands.type(alt("t")).sees("Ta bort den?").type(ENTER).says("Kontrollista", "är inte längre")
        assert kept() == [("SU",)]
