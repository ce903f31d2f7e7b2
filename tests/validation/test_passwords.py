"""What people choose first is refused; words of one's own are taken, whatever characters they have."""

from __future__ import annotations

import pytest

from pasis_tui.validation.passwords import SHORTEST, weakness

ABOUT = ("ANNLIN", "Annika Lindgren", "PSMA01", "Psykoterapi Sundet")


@pytest.mark.parametrize(
    "password",
    [
        "ett långt lösenord", "korrekt häst batteri", "lång-nog-och-hemlig-7", "839201745628",
        "ETTLÅNGTORDUTANSIFFROR", "grönvattenflaska", "x7#Qm!2vR9pL", "mamma äter blå grus",
        "ett-langt-losenord", "ett annat lösenord", "ett gott lösenord",
    ],
)  # fmt: skip
def test_these_will_do(password: str) -> None:
    assert weakness(password, ABOUT) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort", "för kort"),
        ("   elva tecken   ", "för kort"),
        (" " * 30, "för kort"),
        ("aaaaaaaaaaaaaaaa", "olika tecken"),
        ("abababababab", "olika tecken"),
        ("password1234", "för lätt"),
        ("Password2026!", "för lätt"),
        ("P@ssw0rd1234", "för lätt"),
        ("Lösenord12345678", "för lätt"),
        ("losenordlosenord", "för lätt"),
        ("qwertyuiop123456", "för lätt"),
        ("asdfghjkl-zxcvbnm", "för lätt"),
        ("123456789012", "för lätt"),
        ("abcdefghijklmnop", "för lätt"),
        ("sommarsommar2026!!", "för lätt"),
        ("Sommar2025Vinter2026", "för lätt"),
        ("pasis-psma01-2026", "för lätt"),
        ("AnnikaLindgren1", "för lätt"),
        ("annlinannlinannlin", "för lätt"),
        ("Sundet2026Sundet2026", "för lätt"),
        ("hej1hej1hej1hej1", "för lätt"),
        ("19930714-2381", "personnummer"),
        ("199307142381", "personnummer"),
        ("ett långt\x07lösenord", "inte kan skrivas"),
    ],
)
def test_these_are_guessed_first(password: str, why: str) -> None:
    assert why in weakness(password, ABOUT)


def test_its_own_words_are_not_repeated() -> None:
    """What is said is shown on a screen: nothing of the password is in it."""
    assert "qwerty" not in weakness("qwertyuiop123456")
    assert SHORTEST == 12
