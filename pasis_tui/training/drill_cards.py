"""Small cards to learn by heart, made from ``data/`` and ``screens/``: nothing is written twice.

Screen numbers, the two lists of diagnoses, KVÅ, the rules by their ids, and the keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import NamedTuple

from pasis_tui.commands import COMMANDS, NO_KEY, key_names, key_text
from pasis_tui.display.display_files import every
from pasis_tui.display.quick_select import codes_of
from pasis_tui.validation import codes
from pasis_tui.validation.rules import rules
from pasis_tui.validation.typed import plain

DECKS = {
    "screen": "Bildnummer",
    "form": "Inskrivningens koder",
    "medical": "184:s diagnoskoder",
    "kva": "KVÅ-koder",
    "rule": "Regler",
    "key": "Tangenter",
}
_SHOWN = 3  # codes of another list that a note names one by one
_ALIKE = ("form", "medical")  # whose codes are taken for each other's
_SNABBVAL, _KEY = "Vad skrivs i Snabbval för ", "Vilken tangent: "
_OPTIONS = 3  # sentences that a rule's card chooses among


class Card(NamedTuple):
    """A card: ``id`` is the deck and the name, as ``form:F419P``; any of ``answers`` is right.

    ``options`` are numbered under the question, and ``note`` is shown with the answer.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    options: tuple[str, ...] = ()
    note: str = ""

    @property
    def deck(self) -> str:
        """The deck's name, a key of DECKS."""
        return self.id.partition(":")[0]

    @property
    def name(self) -> str:
        """The code, rule or command that the card is about."""
        return self.id.partition(":")[2]

    @property
    def right(self) -> str:
        """The answer as it is shown afterwards."""
        if self.options:
            return self.options[int(self.answers[0]) - 1]
        return self.answers[0]

    def takes(self, text: str) -> bool:
        """Say whether *text* is a right answer, typed in whatever way."""
        return _bare(text) in {_bare(answer) for answer in self.answers}


def _bare(text: str) -> str:
    """Return an answer without what does not matter: case, dots, blanks."""
    return "".join(plain(text).casefold().replace(".", "").split())


def cards() -> dict[str, Card]:
    """Return every card by its id, as the data and the keymap in force have it, deck by deck."""
    made = (*_screens(), *_diagnoses(), *_procedures(), *_rules(), *_keys())
    return {card.id: card for card in made}


def meaning(made: Mapping[str, Card], card: Card, text: str) -> str:
    """Return what a wrong answer to *card* is right for, "" when it means nothing: the sentence
    chosen, a code of the other list, another screen's number, another command's key.
    """
    if card.options:
        return dict(zip("123", card.options, strict=False)).get(_bare(text), "")
    near = _ALIKE if card.deck in _ALIKE else (card.deck,)
    for each in made.values():
        if each.deck in near and each.id != card.id and each.takes(text):
            return each.question.removeprefix(_SNABBVAL).removeprefix(_KEY).rstrip("?.")
    return ""


def _screens() -> Iterator[Card]:
    for shown in every():
        own = shown.code.split()[0]
        name = shown.title.removeprefix(own).strip()
        answers = [answer for code in codes_of(shown) for answer in (code, code.lstrip("0"))]
        where = " › ".join(shown.menu)
        yield Card(
            f"screen:{shown.code}",
            f"{_SNABBVAL}{name}?",
            tuple(dict.fromkeys(answers)),
            note=where,
        )


def _diagnoses() -> Iterator[Card]:
    form, medical = codes.table("enrolment_diagnosis"), codes.table("main_diagnosis")
    for code, text in form.items():
        others = [other for other in medical if codes.agrees(code, other)]
        yield Card(
            f"form:{code}",
            f"Inskrivningen (048): {text}?",
            (code,),
            note=f"I 184: {_listed(others)}.",
        )
    for code, text in medical.items():
        if f"({code[:3]}" in text:  # the text says the code
            continue
        others = [other for other in form if codes.agrees(other, code)]
        yield Card(
            f"medical:{code}",
            f"Medicinsk registrering (184): {text}?",
            (code,),
            note=f"På inskrivningen: {_listed(others)}." if others else "",
        )


def _listed(found: list[str]) -> str:
    if len(found) <= _SHOWN:
        return ", ".join(found)
    return f"{found[0]}, {found[1]} … {found[-1]}"


def _procedures() -> Iterator[Card]:
    for code, text in codes.table("kva").items():
        yield Card(f"kva:{code}", f"KVÅ: {text}?", (code,))


def _rules() -> Iterator[Card]:
    """A rule is chosen among its neighbours: nobody types a sentence."""
    known = rules()
    for name, rule in known.items():
        others = [r.title for r in known.values() if r.title != rule.title]
        near = [r.title for r in known.values() if r.id[:2] == name[:2] and r.title in others]
        random = Random(name)  # noqa: S311 - the order of three sentences
        pool = list(dict.fromkeys(near))
        if len(pool) < _OPTIONS - 1:
            pool = list(dict.fromkeys(others))
        chosen = [*random.sample(pool, _OPTIONS - 1), rule.title]
        random.shuffle(chosen)
        chapter = "" if rule.chapter in {"", "–"} else f"Kapitlet ”{rule.chapter}”."
        yield Card(
            f"rule:{name}",
            f"Vad säger {name}?",
            (str(chosen.index(rule.title) + 1),),
            tuple(chosen),
            chapter,
        )


def _keys() -> Iterator[Card]:
    """Of commands that have a key; with a keymap of one's own only the key that it gives is sure."""
    for command in COMMANDS:
        first = key_names()[command.name]
        own = [key_text(key) for key in command.keys]
        if first == NO_KEY:
            continue
        answers = own if first == own[0] else [first]
        note = f"Eller {' eller '.join(answers[1:])}." if answers[1:] else ""
        question = f"{_KEY}{command.help}"
        yield Card(f"key:{command.name}", question, tuple(answers), note=note)
