"""The order in which a Swede looks for words: a to z, then å, ä, ö; capitals and accents count for
nothing (é is e), and a word that is a number counts by its value (a code such as F320 is none).

The standard library's own collation goes by the locales that a machine happens to have.
"""

from __future__ import annotations

import unicodedata

# After z in ASCII, in the order of the alphabet; ü is sorted as y, æ as ä, ø as ö.
_LETTERS = str.maketrans(
    {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y", "ð": "d", "þ": "th", "œ": "oe"}
)

Part = tuple[int, int, str]


def swedish_key(text: str) -> tuple[tuple[Part, ...], str]:
    """Return the Swedish sort key of *text*; texts that differ only in case sort together."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    parts = [(0, int(word), word) if word.isdecimal() else (1, 0, word) for word in bare.split()]
    return tuple(parts), text
