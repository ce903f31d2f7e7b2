"""After kill -9 every form comes back as it stood: all values, and the cursor where typing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.practice import at_login, logged_in, until
from tests.flows.test_drafts import BACK, MANY, OFFER, cursor, drafts, written
from tests.terminal import BACKTAB, ENTER, F2, F10, TAB, Terminal, alt, ctrl

CLEAR = ctrl("u")
DISCHARGED = "0410202386"  # the follow-up can be made
FORMS = (("Skriv bildens", F2, f"48 {MANY}", ENTER), ("Enter visar", ENTER))
# What is waited for and then typed; the last is typed in the form, and ends with the word given.
WAYS: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "048 Inskrivning": (
        (*FORMS, ("Formulär för", alt("i")), ("048 Inskrivning", CLEAR, "75")),
        "75",
    ),
    "048 Utskrivning": (
        (
            *FORMS,
            ("Formulär för", alt("i")),
            ("048 Inskrivning", "0", F10),
            ("Inskrivningen är sparad", "1"),
            ("[Inskrivning V]", alt("u")),
            ("048 Utskrivning", BACKTAB, BACKTAB, CLEAR, "-3", TAB, TAB, "50"),
        ),
        "50",
    ),
    "048 Uppföljning": (
        (
            ("Skriv bildens", F2, f"48 {DISCHARGED}", ENTER),
            ("Enter visar", ENTER),
            ("[Uppföljning]", alt("p")),
            ("048 Uppföljning", "n", BACKTAB, CLEAR, "0224"),
        ),
        "0224",
    ),
    "184 Medicinsk registrering": (
        (
            ("Skriv bildens", F2, f"184 {MANY}", ENTER),
            ("Huvuddiagnos", CLEAR, "f431", TAB, TAB, "f411", TAB, "z73"),
        ),
        "Z73",
    ),
    "040 Vårdåtaganden": (
        (
            ("Skriv bildens", F2, f"40 {MANY}", ENTER),
            ("Enter öppnar raden", ENTER),
            ("[Avsluta]", alt("a")),
            ("Orsak  AV", CLEAR, "-1", TAB, CLEAR, "av", TAB, CLEAR, "xq"),
        ),
        "XQ",
    ),
    "283 Manuellt registrerade besök": (
        (
            ("Skriv bildens", F2, f"283 2 {MANY}", ENTER),
            ("Skisslund", CLEAR, "-3", TAB, "100", TAB, "Folktandvården"),
        ),
        "Folktandvården",
    ),
    "610 Frikortsregistrering": (
        (
            ("Skriv bildens", F2, f"61 {MANY}", ENTER),
            ("Skisslund", CLEAR, "a77", TAB, CLEAR, "-9", TAB, CLEAR, "Annan klinik"),
        ),
        "Annan klinik",
    ),
}


def _body(hands: Terminal) -> list[str]:
    """What stands between the head and the message, without the meanings beside."""
    return [line.split("<<")[0].rstrip() for line in hands.screen.display[3:-3]]


@pytest.mark.parametrize("title", WAYS)
def test_all_values_and_the_cursor(home: Path, title: str) -> None:
    way, last = WAYS[title]
    with logged_in(home) as hands:
        for seen, *typed in way:
            hands.expect(seen)
            if typed:
                hands.type(*typed)
        hands.expect(title, last)
        until(hands, lambda: written(home, last), f"a draft with {last}")
        stood, at = _body(hands), cursor(hands)
        assert last in "\n".join(stood)
        hands.kill()
        assert hands.code == -9
    with at_login(home) as hands:
        hands.type(ENTER)
        hands.expect(OFFER, title).type(ENTER)
        hands.expect(title, BACK, last)
        until(hands, lambda: _body(hands) == stood, "\n".join(stood))
        until(hands, lambda: cursor(hands) == at, f"the cursor at {at}")
    assert drafts(home)
