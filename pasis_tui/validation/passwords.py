"""What a password must be: long, and nothing that is guessed first (NIST SP 800-63B, 5.1.1).

No rule asks for capitals, digits or signs, and none for a change now and then: both make people
choose what can be guessed.  A guesser begins with common words, rows of keys, years, and what is
known of the user; so what is left of a password without those must still be something.

The list is our own and short: at twelve characters the lists of leaked passwords hold little else
than such words put together, and they know no Swedish.  That is also why zxcvbn is not used here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

SHORTEST = 12
FEWEST_DIFFERENT = 5
LEFT = 5  # characters that must be left when all that is guessed first is taken away
_RUN = 4  # keys beside each other, or letters and digits in order, from so many on
_ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm", "1234567890")
_LOOKS = str.maketrans("0134578@$€!", "oieastbasei")
_WORDS = """
losenord lösenord password passord passwort passwd hemlig hemligt secret valkommen välkommen welcome
login logon inloggning admin administrator administratör root user användare anvandare test prova
standard default changeme byttill tillfällig tillfallig temporary sommar vinter höst host vår summer
winter autumn spring januari februari mars april maj juni juli augusti september oktober november
december måndag tisdag onsdag torsdag fredag lördag söndag monday friday sunday sverige sweden
stockholm göteborg goteborg malmö malmo lund skåne skane helsingborg kristianstad regionskåne region
hammarby aik djurgården mff fotboll hockey football baseball dragon monkey master shadow superman
batman princess sunshine starwars pokemon iloveyou jagälskardig jagalskardig älskling alskling
hejsan hejhej tjena mamma pappa abba volvo saab ikea letmein trustno qwerty asdf zxcv abc
vårdcentral vardcentral vården varden vård vard patient journal klinik mottagning psykoterapi
psykolog terapeut läkare lakare sjuksköterska sekreterare pasis ovning övning company computer
internet google apple samsung microsoft windows
"""
_GUESSED = sorted(set(_WORDS.split()), key=len, reverse=True)


def weakness(password: str, about: Iterable[str] = ()) -> str:
    """Return why *password* will not do, a Swedish sentence; "" when it will.

    *about* are the words that a guesser knows: signature, name, unit.
    """
    password = unicodedata.normalize("NFC", password)
    if len(password.strip()) < SHORTEST:
        return f"Lösenordet är för kort: minst {SHORTEST} tecken, blanka i ändarna oräknade."
    if not password.isprintable():
        return "Lösenordet har tecken som inte kan skrivas när man loggar in."
    low = password.casefold()
    if len(set(low)) < FEWEST_DIFFERENT:
        return f"Lösenordet är för lätt att gissa: minst {FEWEST_DIFFERENT} olika tecken."
    if re.fullmatch(r"(?:18|19|20)?\d{2}[01]\d[0-9]\d[-+ ]?\d{4}", low.strip()):
        return "Lösenordet är för lätt att gissa: det ser ut som ett personnummer."
    known = {part for text in about for part in re.split(r"\W+", text.casefold()) if len(part) > 2}
    for spelled in (low, low.translate(_LOOKS)):
        if len(_left_of(spelled, known)) < LEFT:
            return (
                "Lösenordet är för lätt att gissa: vanliga ord, namn, årtal och tangenter i rad"
                " räknas inte. Skriv gärna några ord som inte hör ihop."
            )
    return ""


def _left_of(text: str, known: set[str]) -> str:
    """Return what is left of *text* without repetition, words guessed first, years and runs."""
    text = _once(text.strip())
    for word in (*sorted(known, key=len, reverse=True), *_GUESSED):
        text = text.replace(word, "\0")
    text = re.sub(r"(?:19|20)\d\d", "\0", text)
    return re.sub(r"[\W_\0]+", "", "".join(_without_runs(text)))


def _once(text: str) -> str:
    """Return the part that *text* repeats, or *text*."""
    place = (text + text).find(text, 1)
    return text[:place]


def _without_runs(text: str) -> Iterable[str]:
    run = text[:1]
    for one, other in pairwise(text):
        if _follow(one, other):
            run += other
            continue
        if len(run) < _RUN:
            yield run
        run = other
    if len(run) < _RUN:
        yield run


def _follow(one: str, other: str) -> bool:
    if one == other or abs(ord(one) - ord(other)) == 1:
        return one.isalnum()
    return any(pair in row or pair in row[::-1] for row in _ROWS for pair in (one + other,))
