"""Rewrites what terminals send for a key into the one form that Textual's parser takes at once.

Terminals send a key in many forms: ``ESC letter`` and ``ESC [ code ; 3 u`` are both Alt and a
letter.  A terminal also answers queries of this program or an earlier one, late, in pieces, in the
middle of what is typed.  ``KeyForms`` rewrites the keys, drops the answers, and keeps an unfinished
sequence until the rest comes, or a silence shows that there is none.
"""

from __future__ import annotations

import re

ESC = "\x1b"
_ALT = 3  # the number of Alt alone in the Kitty protocol
_ESCAPE = f"{ESC}[27;1u"
_PATIENCE = 10  # silences before the rest of a sequence is given up that nobody typed by hand
_LONGEST = 4096  # characters of an answer that never ends

_PASTE, _PASTED = f"{ESC}[200~", f"{ESC}[201~"
# An answer is recognised by its beginning: OSC with a number, a DCS report, graphics.
_ANSWER = re.compile(
    rf"{ESC}(?:\]\d+;|P(?:[01]?[$+]r|>\||!\|)|_G)[^\x07{ESC}]*(?:\x07|{ESC}\\)", re.DOTALL
)
_ANSWER_BEGINS = re.compile(
    rf"{ESC}(?:\]\d+;|P(?:[01]?[$+]r|>\||!\|)|_G)[^\x07{ESC}]*{ESC}?", re.DOTALL
)
_ANSWER_MAY_BEGIN = re.compile(rf"{ESC}(?:\]\d*|P[01]?[$+]?|P[>!]?|_)")
_CSI = re.compile(
    rf"{ESC}\[(?P<mark>[<=>?]?)(?P<numbers>[\d;:]*)(?P<end>\$y|\$(?=[^y])|[ -/]*[@-~])"
)
_CSI_BEGINS = re.compile(rf"{ESC}\[[<=>?]?[\d;:]*[ -/]*")
_CONSOLE = re.compile(rf"{ESC}\[\[[A-E]")
_MOUSE = re.compile(rf"{ESC}\[M.{{3}}", re.DOTALL)
_SS3 = re.compile(rf"{ESC}O(\d*)([A-DFHMP-SXa-dj-y])")
_SS3_BEGINS = re.compile(rf"{ESC}O\d*")
_ALT_KEY = re.compile(rf"{ESC}([!-~¡-ÿ])")

_NUMBERED = {*range(1, 9), *range(11, 16), *range(17, 22), *range(23, 27), 28, 29, 31, 32, 33, 34}
_LETTERED = frozenset("ABCDEFHPQRSZIO")
_OTHER_FORMS = re.compile(r"\d*[a-d]|\d+[$^@]")  # rxvt's, with Shift and Ctrl
# The keypad in its application mode, as PuTTY sends it; j to y.
_APPLICATION = dict(zip("jklmnopqrstuvwxyMX", "*+,-./0123456789\r=", strict=True))
_KEYPAD = "0123456789./*-+\r=,"
_KEYPAD_MOVES = {
    **dict(zip(range(57417, 57425), ("D", "C", "A", "B", "5~", "6~", "H", "F"), strict=True)),
    57425: "2~",
    57426: "3~",
}
# Locks, print screen, pause, menu; media keys, volume, modifiers: they type nothing.
_IDLE_KEYS = {*range(57358, 57364), *range(57428, 57455), *range(57376, 57399)}


class KeyForms:
    """Takes what was read and returns what to feed the parser; ``held`` waits for its rest."""

    def __init__(self) -> None:
        self.held = ""
        self._pasting = False
        self._silences = 0

    def feed(self, text: str) -> str:
        """Return the keys in *text*, preceded by what was held."""
        text = self.held + text
        self.held = ""
        self._silences = 0
        out: list[str] = []
        at = 0
        while at < len(text):
            if self._pasting:
                at = self._paste(text, at, out)
                continue
            escape = text.find(ESC, at)
            if escape < 0:
                out.append(text[at:])
                break
            out.append(text[at:escape])
            end = self._sequence(text, escape, out)
            if not end:
                self.held = text[escape:]
                break
            at = end
        return "".join(out)

    def silence(self) -> str:
        """Return the keys that were held, now that no rest has come."""
        held, self.held = self.held, ""
        self._silences += 1
        begun = held.startswith(f"{ESC}[") or _ANSWER_BEGINS.fullmatch(held)
        if begun or (self._pasting and held):
            # On a slow line the end is still on its way, or lost.
            self.held = held if self._silences < _PATIENCE and len(held) < _LONGEST else ""
            return ""
        if held == ESC:
            return _ESCAPE
        if len(held) > 1:
            silences, key = self._silences, _alt(held[1]) + self.feed(held[2:])
            self._silences = silences
            return key
        return ""

    def _paste(self, text: str, at: int, out: list[str]) -> int:
        end = text.find(_PASTED, at)
        if end >= 0:
            self._pasting = False
            out += _as_text(text[at:end]), _PASTED
            return end + len(_PASTED)
        cut = next((n for n in range(5, 0, -1) if text.endswith(_PASTED[:n])), 0)
        keep = max(at, len(text) - cut)
        out.append(_as_text(text[at:keep]))
        self.held = text[keep:]
        return len(text)

    def _sequence(self, text: str, at: int, out: list[str]) -> int:
        """Rewrite the sequence at *at* and return its end, or 0 when it is unfinished."""
        rest = text[at:]
        if match := _ANSWER.match(rest):
            return at + match.end()
        if _ANSWER_BEGINS.fullmatch(rest) or _ANSWER_MAY_BEGIN.fullmatch(rest) or rest == ESC:
            return 0
        if broken := _ANSWER_BEGINS.match(rest):
            return at + len(broken[0].removesuffix(ESC))
        if match := _CONSOLE.match(rest) or _MOUSE.match(rest):
            out.append(match[0])
            return at + match.end()
        if match := _SS3.match(rest):
            out.append(_ss3(match[1], match[2]))
            return at + match.end()
        if _SS3_BEGINS.fullmatch(rest) or _CSI_BEGINS.fullmatch(rest):
            return 0
        if rest == f"{ESC}[[" or (rest.startswith(f"{ESC}[M") and len(rest) < 6):
            return 0
        if match := _CSI.match(rest):
            self._csi(match, out)
            return at + match.end()
        if rest.startswith(f"{ESC}\\"):  # the end of an answer whose beginning was lost
            return at + 2
        if match := _ALT_KEY.match(rest):
            out.append(_alt(match[1]))
            return at + match.end()
        out.append(_ESCAPE if rest[1] == ESC else ESC)  # Esc, and then what follows it
        return at + 1

    def _csi(self, match: re.Match[str], out: list[str]) -> None:
        mark, numbers, end = match["mark"], match["numbers"], match["end"]
        if match[0] == _PASTE:
            self._pasting = True
            out.append(match[0])
        elif (mark == "<" and end in {"M", "m"}) or (mark == "?" and end == "$y"):
            out.append(match[0])
        elif not mark:
            out.append(_key(numbers, end, match[0]))


def _as_text(pasted: str) -> str:
    return pasted.replace(ESC, "\x1a")  # otherwise Textual would read a key there


def _alt(letter: str) -> str:
    if letter in "[]\\":
        return ""
    return f"{ESC}[{ord(letter.lower())};{_ALT}u"


def _ss3(modifiers: str, letter: str) -> str:
    if letter in _APPLICATION:
        return _APPLICATION[letter]
    return f"{ESC}[1;{modifiers}{letter}" if modifiers else f"{ESC}O{letter}"


def _key(numbers: str, end: str, sequence: str) -> str:
    """Return the key of a CSI sequence in Textual's form, or nothing for an answer."""
    fields = [part.split(":") for part in numbers.split(";")]
    if any(len(number) > 6 for part in fields for number in part):
        return ""
    values = [int(part[0] or "0") for part in fields]
    if end == "u":
        return _unicode(fields, values)
    if end == "~" and values[0] == 27 and len(values) == 3:
        return _unicode([[str(values[2])], fields[1]], [values[2], values[1]])
    released = len(fields) > 1 and len(fields[1]) > 1 and fields[1][1] == "3"
    if released:
        return ""
    plain = ";".join(str(number) if numbers else "" for number in values)
    if end == "~" and values[0] in _NUMBERED and len(values) <= 2:
        return f"{ESC}[{plain}~"
    if end in _LETTERED and len(values) <= 2:
        return f"{ESC}[{plain}{end}" if values[0] or not numbers else f"{ESC}[1;{values[-1]}{end}"
    if end == "t" and values[0] == 48:
        return sequence  # the terminal's new size
    if end == "M" and len(values) == 3:
        return sequence  # rxvt's mouse
    return sequence if _OTHER_FORMS.fullmatch(numbers + end) else ""


def _unicode(fields: list[list[str]], values: list[int]) -> str:
    code = values[0]
    held = max(0, (values[1] if len(values) > 1 else 1) - 1)
    released = len(fields) > 1 and len(fields[1]) > 1 and fields[1][1] == "3"
    if released or code in _IDLE_KEYS or not 0 < code < 0x110000:
        return ""
    text = "".join(
        chr(number) if 31 < (number := int(n or "0")) < 0x110000 else ""
        for n in (fields[2] if len(fields) > 2 else [])
    )
    if code in _KEYPAD_MOVES:
        return f"{ESC}[{_KEYPAD_MOVES[code]}"
    if 57399 <= code <= 57416:
        return _KEYPAD[code - 57399]
    shift, others = held & 1, held & 0b111110
    if text and not held & 0b111100:  # Alt that writes something is AltGr
        return text if text.isprintable() else ""
    if code in {9, 13, 27, 127, 8} and not others:
        return {9: f"{ESC}[Z" if shift else "\t", 13: "\r", 27: f"{ESC}[27;1u"}.get(code, "\x7f")
    character = chr(code)
    if not others and character.isprintable():
        upper = bool(shift) != bool(held & 64) and character.islower()
        return character.upper() if upper else character
    if held & 4 and character in "ijmIJM" and not held & 0b111010:  # as other terminals do
        return "\t" if character in "iI" else "\r"
    if character.isalpha():
        code, held = ord(character.lower()), held & ~1
    return f"{ESC}[{code};{(held & 0b111111) + 1}u"
