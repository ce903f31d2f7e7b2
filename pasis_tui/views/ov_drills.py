"""ÖV Kodträning: one card at a time; what was wrong stays until it is read."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from pasis_tui import clock
from pasis_tui.commands import key_of, key_text
from pasis_tui.shell.view import View
from pasis_tui.training.drill_cards import DECKS, Card, meaning
from pasis_tui.training.drills import Drills
from pasis_tui.views.ov_exercises import stage_of
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.inputs import Input, KeyPress

_OPTIONS = ("option_1", "option_2", "option_3")
_SOON = timedelta(hours=1)
_DAY = timedelta(days=1)
_SITTING = 600  # seconds after which it is enough for today
# Commands that do what they always do, also where the question is about a key.
_ALWAYS = frozenset({"back", "quick", "help", "menu", "quit"})


class DrillsView(View):
    """A question, the answer typed, Enter; after a wrong one Enter again goes on.

    Where a key is asked for, pressing it answers as well as its name does.
    """

    file = "ov_kodtraning"

    async def start(self) -> None:
        """Ask the first card."""
        self._form = self.form("card")
        self._drills = await asyncio.to_thread(Drills, self.pasis.home, stage_of(self).learner)
        self._card: Card | None = None
        self._shown = False  # the right answer is: Enter goes on
        self._answered = self._right = 0
        self._began = clock.monotonic()
        self._told = False  # that the ten minutes are over
        await self._next()

    async def receive(self, event: Input) -> None:
        """Take one input; where a key is asked for, a command's key is an answer."""
        card = self._card
        if isinstance(event, KeyPress) and card is not None and card.deck == "key":
            command = self.pasis.keymap.command(event.key)
            right = card.takes(key_text(event.key))
            asking = not self._shown and self.active is self._form
            if asking and command is not None and (right or command not in _ALWAYS):
                await self._answer(card, key_text(event.key))
                self.place_cursor()
                return
        await super().receive(event)

    async def read(self, form: Form | None) -> None:
        """Take the answer; after a wrong one, go on."""
        text = self._form.get("answer").strip()
        if self._card is None or self._shown:
            await self._next()
        elif not text:
            self.say("Skriv ett svar och tryck Enter; Vet inte (Alt+I) visar det.")
        elif self._card.options and not meaning({}, self._card, text):
            self.say("Skriv svarets siffra, 1 till 3.")
            self._form.place_caret(len(text))
        else:
            await self._answer(self._card, text)

    async def press_unknown(self) -> None:
        """Show the right answer: the card counts as wrong."""
        if self._card is not None:
            await self._answer(self._card, "")

    async def press_more(self) -> None:
        """Ask new cards although those of today are done."""
        await asyncio.to_thread(self._drills.more_today)
        await self._next()

    async def _answer(self, card: Card, text: str) -> None:
        answered = await asyncio.to_thread(self._drills.answer, card, text)
        self._answered += 1
        self._right += answered.right
        again = f"Kommer igen {_until(answered.again)}."
        if answered.right:
            more = f" {card.note}" if card.note and not card.options else ""
            await self._next(f"Rätt: {_short(card)}.{more} {again}")
            return
        self._shown = True
        meant = meaning(self._drills.cards, card, text)
        yours = f"{text} är {meant}." if meant else ""
        self._form.fill(
            {
                "verdict": f"Rätt svar: {_right(card)}",
                "note": card.note,
                "yours": yours if not card.options else "",
                "sitting": self._sitting(),
            }
        )
        self._form.show_button("unknown", False)
        self._form.go("answer")
        self.say(f"{'Inte rätt. ' if text else ''}{again} Enter går vidare.")

    async def _next(self, said: str = "") -> None:
        """Ask the next card; *said* tells what became of the one before."""
        due = await asyncio.to_thread(self._drills.due)
        standing = await asyncio.to_thread(self._drills.standing)
        card = due[0] if due else None
        self._card, self._shown = card, False
        lines = card.options if card else ()
        shown = {
            "deck": DECKS[card.deck] if card else "",
            "standing": f"Nu {standing.due}, nya {standing.new}, kan {standing.known} av {standing.all}",
            "question": card.question if card else await self._nothing_left(),
            **dict.fromkeys(_OPTIONS, ""),
            **{
                name: f"{n} {line}"
                for n, (name, line) in enumerate(zip(_OPTIONS, lines, strict=False), 1)
            },
            "answer": "",
            "verdict": "",
            "note": "",
            "yours": "",
            "sitting": self._sitting(),
        }
        self._form.fill(shown)
        self._form.protect("answer", locked=card is None)
        self._form.show_button("unknown", card is not None)
        self._form.show_button("more", card is None and standing.unseen > 0)
        self._form.go("answer")
        self.say(said or self._how(card), good=bool(said) or card is None)
        if card is not None and not self._told and self._seconds() >= _SITTING:
            self._told = True
            self.say(
                f"Tio minuter: nog för i dag. {key_of('back')} går tillbaka, Enter efter svaret fortsätter.",
                good=True,
            )

    def _how(self, card: Card | None) -> str:
        if card is None:
            more = "Fler nya (Alt+F) tar fram fler, " if self._form.pressable("more") else ""
            return f"Klart för i dag. {more}{key_of('back')} går tillbaka."
        if card.options:
            return "Svarets siffra och Enter."
        return "Tryck tangenten." if card.deck == "key" else "Svaret och Enter."

    async def _nothing_left(self) -> str:
        again = await asyncio.to_thread(self._drills.next_at)
        comes = f" Nästa kort kommer {_until(again)}." if again else ""
        return f"Inget mer att öva på just nu.{comes}"

    def _seconds(self) -> float:
        return clock.monotonic() - self._began

    def _sitting(self) -> str:
        if not self._answered:
            return ""
        minutes = int(self._seconds() // 60)
        time = f", {minutes} min" if minutes else ""
        return f"Den här gången: {self._right} rätt av {self._answered}{time}"


def _right(card: Card) -> str:
    return f"{card.answers[0]} {card.right}" if card.options else card.right


def _short(card: Card) -> str:
    return card.name if card.options else card.right


def _until(moment: datetime) -> str:
    """Return ``om 10 min``, ``om 3 tim`` or ``om 4 dagar``."""
    wait = moment - clock.now()
    if wait < _SOON:
        return f"om {max(1, round(wait.total_seconds() / 60))} min"
    if wait < _DAY:
        return f"om {round(wait.total_seconds() / 3600)} tim"
    days = round(wait / _DAY)
    return "i morgon" if days == 1 else f"om {days} dagar"
