"""ÖV Kodträning: one card at a time; what was wrong stays until it is read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pasis_tui import clock
from pasis_tui.commands import key_of
from pasis_tui.shell.view import View
from pasis_tui.training.drill_cards import DECKS, Card
from pasis_tui.training.drills import Answered, Drills
from pasis_tui.widgets.form import Form

_OPTIONS = ("option_1", "option_2", "option_3")
_SOON = timedelta(hours=1)
_DAY = timedelta(days=1)


class DrillsView(View):
    """A question, the answer typed, Enter; after a wrong one Enter again goes on."""

    file = "ov_kodtraning"

    async def start(self) -> None:
        """Ask the first card."""
        self._form = self.form("card")
        self._drills = await asyncio.to_thread(
            Drills, self.pasis.home, self.session.actor.signature
        )
        self._card: Card | None = None
        self._shown = False  # the right answer is: Enter goes on
        await self._next()

    async def read(self, form: Form | None) -> None:
        """Take the answer; after a wrong one, go on."""
        text = self._form.get("answer").strip()
        if self._card is None or self._shown:
            await self._next()
        elif not text:
            self.say("Skriv ett svar och tryck Enter; Vet inte (Alt+I) visar det.")
        else:
            await self._answer(self._card, text)

    async def press_unknown(self) -> None:
        """Show the right answer: the card counts as wrong."""
        if self._card is not None and not self._shown:
            await self._answer(self._card, "")

    async def _answer(self, card: Card, text: str) -> None:
        answered = await asyncio.to_thread(self._drills.answer, card, text)
        again = f"Kommer igen {_again(answered)}."
        if answered.right:
            await self._next()
            self.say(f"Rätt: {_short(card)}. {again}", good=True)
            return
        self._shown = True
        self._form.fill({"verdict": f"Rätt svar: {_right(card)}", "note": card.note})
        self._form.show_button("unknown", False)
        self._form.go("answer")
        self.say(f"Inte rätt. {again} Enter går vidare.")

    async def _next(self) -> None:
        due = await asyncio.to_thread(self._drills.due)
        standing = await asyncio.to_thread(self._drills.standing)
        card = due[0] if due else None
        self._card, self._shown = card, False
        lines = card.options if card else ()
        shown = {
            "deck": DECKS[card.deck] if card else "",
            "standing": f"Nu {standing.due}, nya {standing.new}, kan {standing.known} av {standing.all}",
            "question": card.question if card else "Inget mer att öva på just nu.",
            **dict.fromkeys(_OPTIONS, ""),
            **{
                name: f"{n} {line}"
                for n, (name, line) in enumerate(zip(_OPTIONS, lines, strict=False), 1)
            },
            "answer": "",
            "verdict": "",
            "note": "",
        }
        self._form.fill(shown)
        self._form.protect("answer", locked=card is None)
        self._form.show_button("unknown", card is not None)
        if card is None:
            self.say(f"Klart för i dag. {key_of('back')} går tillbaka.", good=True)
            return
        self._form.go("answer")
        kind = "Svarets siffra" if card.options else "Svaret"
        self.say(f"{kind} och Enter.")


def _right(card: Card) -> str:
    return f"{card.answers[0]} {card.right}" if card.options else card.right


def _short(card: Card) -> str:
    return card.name if card.options else card.right


def _again(answered: Answered) -> str:
    """Return ``om 10 min``, ``om 3 tim`` or ``om 4 dagar``."""
    wait = answered.again - clock.now()
    if wait < _SOON:
        return f"om {max(1, round(wait.total_seconds() / 60))} min"
    if wait < _DAY:
        return f"om {round(wait.total_seconds() / 3600)} tim"
    days = round(wait / _DAY)
    return "i morgon" if days == 1 else f"om {days} dagar"
