"""ÖV Resultat and ÖV Skugga: what differed from the solution, and the two ways side by side."""

from __future__ import annotations

import asyncio
from datetime import date
from itertools import groupby, zip_longest
from typing import NamedTuple

from pasis_tui.display.display_files import displays
from pasis_tui.shell.view import View
from pasis_tui.training import results
from pasis_tui.training.attempts import Attempts
from pasis_tui.training.exercises import Exercise, folders, shelf, told
from pasis_tui.training.expectations import expected
from pasis_tui.training.grading import Deviation
from pasis_tui.training.par_keys import notation
from pasis_tui.training.results import Best, Result
from pasis_tui.training.routes import Pressed, spoken_time
from pasis_tui.validation.rules import rule_help
from pasis_tui.views.ov_exercises import begin, show, stage_of
from pasis_tui.widgets.dialogs import TextPage
from pasis_tui.widgets.record_list import RecordList, Row
from pasis_tui.widgets.screen_page import ScreenPage


def _exercise(view: View) -> Exercise | None:
    name = str(view.arguments.get("exercise", ""))
    known = shelf(folders(view.pasis.home)).exercises
    return next((each for each in known if each.name == name), None)


class ResultView(View):
    """Marks, every finding with its rule and chapter, then the advice."""

    file = "ov_resultat"

    async def start(self) -> None:
        """Show the latest result of the exercise."""
        self._list = self.record_list("findings")
        name = str(self.arguments.get("exercise", ""))
        learner = stage_of(self).learner
        known = await asyncio.to_thread(results.best, self.pasis.home, learner, name)
        if known is None:
            self.say("Övningen är inte gjord än, så det finns inget resultat.")
            return
        result = known.last
        self.form("marks").fill(_head(result, known))
        await self._list.load_all(_rows(result))
        self.activate(self._list)
        count = len(result.deviations)
        if not count:
            self.say("Allt rätt. Raderna är råd om vägen dit.", good=True)
        else:
            plural = "avvikelse" if count == 1 else "avvikelser"
            self.say(f"{result.marks} poäng, {count} {plural} från facit. Enter förklarar raden.")

    async def opened(self, section: RecordList) -> None:
        """Explain the row."""
        if (row := section.current) is None:
            return
        about = row.subject
        if isinstance(about, Deviation):
            lines = _explained(about, self.pasis.today)
            await self.pasis.open_dialog(TextPage("Avvikelse", lines))
        else:
            await self.pasis.open_dialog(TextPage("Råd", [str(about)]))

    async def press_again(self) -> None:
        """Begin the same exercise anew."""
        exercise = await asyncio.to_thread(_exercise, self)
        if exercise is None:
            self.deny("Övningens fil finns inte längre.")
        else:
            await begin(stage_of(self), exercise, "practise")

    async def press_show(self) -> None:
        """Play the solution."""
        exercise = await asyncio.to_thread(_exercise, self)
        if exercise is None:
            self.deny("Övningens fil finns inte längre.")
        else:
            await show(stage_of(self), exercise)

    async def press_shadow(self) -> None:
        """Show the two ways side by side."""
        await self.pasis.open("ÖV S", exercise=str(self.arguments.get("exercise", "")))


def _head(result: Result, known: Best) -> dict[str, str]:
    best = f", bäst {known.marks}" if known.marks != result.marks else ""
    return {
        "title": result.title,
        "marks": f"{result.marks}{best}",
        "keys": f"{result.keys}, facit {result.par_keys}",
        "time": spoken_time(result.seconds),
    }


def _rows(result: Result) -> list[Row]:
    rows = [
        Row(
            at,
            each,
            {
                "record": each.record,
                "finding": _short(each),
                "rule": each.rule,
                "chapter": each.chapter,
            },
        )
        for at, each in enumerate(result.deviations)
    ]
    for advice in result.advice:
        cells = {"record": "Råd", "finding": advice, "rule": "", "chapter": ""}
        rows.append(Row(len(rows), advice, cells, dim=True))
    return rows


def _short(each: Deviation) -> str:
    sentence = each.sentence.removeprefix(f"{each.record}: ")
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _explained(each: Deviation, today: date) -> list[str]:
    lines = [each.record, "", each.sentence]
    if each.refusal:
        lines.append(f"Kunde inte sparas: {each.refusal}")
    if each.consequences:
        lines += ["", "Som följd av det:", *each.consequences]
    lines += ["", f"Kostar {each.cost} poäng." if each.cost else "Kostar inga poäng."]
    page = rule_help(each.rule, today) if each.rule else []
    if page:
        lines += ["", *page]
    elif each.chapter:
        lines += ["", f"Kapitel i anvisningen: {each.chapter}"]
    return lines


class ShadowView(View):
    """The learner's keys beside the solution's, what was done in a screen a row."""

    file = "ov_skugga"

    async def start(self) -> None:
        """List the steps of the latest attempt."""
        self._list = self.record_list("steps")
        exercise = await asyncio.to_thread(_exercise, self)
        if exercise is None:
            self.say("Övningens fil finns inte längre.")
            return
        home = self.pasis.home
        attempts = Attempts(home)
        pressed = await asyncio.to_thread(attempts.latest_keys, exercise.name)
        screens = await asyncio.to_thread(attempts.latest_screens, exercise.name)
        solution = await asyncio.to_thread(expected, exercise, home)
        rows = _steps(_mine(pressed, screens), _solution(exercise, dict(solution.screens)))
        await self._list.load_all(rows)
        self.activate(self._list)
        self.say("Enter visar din bild efter radens tangenter, Alt+F facits.")

    async def opened(self, section: RecordList) -> None:
        """Show the learner's screen of the row."""
        await self._show(0, "Din bild", "Du har inget steg på den här raden.")

    async def press_par(self) -> None:
        """Show the solution's screen of the row."""
        await self._show(1, "Facits bild", "Facit har inget steg på den här raden.")

    async def _show(self, side: int, heading: str, missing: str) -> None:
        row = self._list.current
        if row is None or not row.subject[side]:
            self.deny(missing)
            return
        await self.pasis.open_dialog(ScreenPage(heading, row.subject[side]))


class _Step(NamedTuple):
    """What was done in one screen, or on one line of the solution, and the screen after it."""

    keys: str
    shown: str
    at: str = ""
    screen: str = ""
    comment: str = ""


def _mine(pressed: list[Pressed], screens: dict[int, str]) -> list[_Step]:
    steps = []
    count = 0
    for screen, group in groupby(pressed, lambda each: each.screen):
        keys = list(group)
        count += len(keys)
        words = notation([(each.key, each.character) for each in keys])
        rules = " ".join(dict.fromkeys(rule for each in keys for rule in each.refused))
        shown = next((screens[n] for n in range(count, count - len(keys), -1) if n in screens), "")
        code = displays()[screen].code if screen in displays() else screen
        steps.append(_Step(f"{words}  {rules}".rstrip(), shown, _clock(keys[-1].at), code))
    return steps


def _solution(exercise: Exercise, screens: dict[int, str]) -> list[_Step]:
    steps = []
    for line, group in groupby(exercise.par_strokes, lambda each: each.line):
        strokes = list(group)
        words = notation([(each.key, each.character) for each in strokes])
        steps.append(_Step(words, screens.get(line, ""), comment=told(strokes[0].comment)))
    return steps


def _steps(mine: list[_Step], par: list[_Step]) -> list[Row]:
    nothing = _Step("", "")
    return [
        Row(
            at,
            (yours.shown, right.shown),
            {
                "at": yours.at,
                "screen": yours.screen,
                "yours": yours.keys,
                "par": right.keys,
                "comment": right.comment,
            },
        )
        for at, (yours, right) in enumerate(zip_longest(mine, par, fillvalue=nothing))
    ]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
