"""KT Klasstavla: the class just now, for the trainer; read every two seconds behind the keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pasis_tui.files.whole import shown_path, typed_path
from pasis_tui.shell.calls import in_daemon
from pasis_tui.shell.view import View
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.terminal import workers
from pasis_tui.training.certificates import certificates, write_certificates
from pasis_tui.training.class_book import shown_time, write_results
from pasis_tui.training.class_tables import MISSING, store_of
from pasis_tui.training.classes import (
    LONGEST_TIP,
    Board,
    BoardRow,
    ClassStore,
    ClassTrouble,
    Done,
    SchoolClass,
    exercises_of,
)
from pasis_tui.training.exercises import folders, shelf
from pasis_tui.validation.findings import Confirmed
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.narrowing import narrowed
from pasis_tui.validation.rules import rules
from pasis_tui.views.kt_screen import LearnerScreen
from pasis_tui.views.save_as import save_as
from pasis_tui.widgets.cells import clip, pad
from pasis_tui.widgets.dialogs import Prompt, TextPage, Then
from pasis_tui.widgets.record_list import RecordList, Row
from pasis_tui.widgets.value_list import ValueList, Values

EVERY = 2.0  # seconds
_NO_CLASS = "Det finns ingen klass. pasis class create NAMN gör en; sedan visas den här."
_ALL = "*"
_HOUR = 3600
_RULES = 6  # named on the class's line
_NAME, _MARK = 20, 5  # cells of a name and of a mark on the results' page
_A_ROW = 9  # exercises beside each other there


class ClassBoardView(View):
    """A row for each learner; what is done with the one at ›, or with the class, are buttons."""

    file = "kt"

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._store: ClassStore | None = None
        self._group: SchoolClass | None = None
        self._board: Board | None = None
        self._reading = False
        self._trouble = ""

    async def start(self) -> None:
        """Show the newest class that has not ended, and go on reading it."""
        self._list = self.record_list("learners")
        await self._read_again()
        if not self._trouble and self._group is not None:
            self.say("Enter visar deltagarens skärm. Tips (Alt+T) skickar en rad.")
        self.set_interval(EVERY, self._look)

    def refresh_frame(self) -> None:
        """Show the class beside the title, and no patient."""
        super().refresh_frame()
        self.head.banner = None
        title = self.display_file.title
        if (group := self._group) is not None and self._board is not None:
            count = len(self._board.rows)
            right = f"{count} deltagare  {_since(self._board.at - group.made)}"
            room = self.app.size.width - len(right) - 2
            title = pad(clip(f"{title}   {group.name} ({group.word})", room), room) + f"  {right}"
        self.head.heading = title
        self.head.refresh()

    # --- reading ----------------------------------------------------------------------------

    def _look(self) -> None:
        if not self._reading:
            workers.begin(self, self._read_again, group="board")

    async def _read_again(self) -> None:
        """Read the class and show it; what cannot be read stays as it was, and is said once."""
        self._reading = True
        try:
            self._group, board = await in_daemon(self._read, self._group)
        except ForPeople as trouble:
            if str(trouble) != self._trouble:
                self._trouble = str(trouble)
                self._note(self._trouble)
            return
        finally:
            self._reading = False
        if self._trouble:
            self._trouble = ""
            self._note("Klassen kan läsas igen.")
        self._board = board
        self._list.replace_all([_row(each) for each in board.rows])
        self.form("class").fill({"rules": _rules_line(board.rules)})
        self.refresh_frame()
        if self.app.screen is self:
            self.place_cursor()

    def _note(self, text: str) -> None:
        """Say what has happened meanwhile; a refusal stands until it is read."""
        if self.foot.findings:
            self.foot.later = text
        else:
            self.foot.say(text)

    def _read(self, group: SchoolClass | None) -> tuple[SchoolClass, Board]:
        if group is None:
            group = self._newest()
        board = self._opened().board(group.id)
        if not board.rows:
            self._opened().find(group.word)  # it may have been removed
        return group, board

    def _newest(self) -> SchoolClass:
        try:
            known = self._opened().classes()
        except DatabaseTrouble as trouble:
            if trouble.kind != MISSING:
                raise
            known = ()
        if not known:
            raise ClassTrouble(_NO_CLASS)
        return next((each for each in known if each.ended is None), known[0])

    def _opened(self) -> ClassStore:
        if self._store is None:
            self._store = ClassStore.open(store_of(self.pasis.home, self.pasis.class_store))
        return self._store

    def on_unmount(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()

    async def read(self, form: object) -> None:
        """F5: read at once."""
        await self._read_again()

    # --- a learner --------------------------------------------------------------------------

    def _class(self) -> SchoolClass | None:
        if self._group is None:
            self.deny(self._trouble or _NO_CLASS)
        return self._group

    def _learner(self) -> BoardRow | None:
        if self._class() is None:
            return None
        if self._list.current is None:
            self.deny("Ingen har gått med ännu.")
            return None
        row: BoardRow = self._list.current.subject
        return row

    async def opened(self, section: RecordList) -> None:
        """Show the learner's screen."""
        await self.press_screen()

    async def press_screen(self) -> None:
        """Show the screen of the learner at ›."""
        if (row := self._learner()) is not None:
            look = partial(self._opened().look, row.learner)
            await self.pasis.open_dialog(LearnerScreen(row.name, look))

    async def press_tip(self) -> None:
        """Send a line to the learner at ›, or to the class."""
        if (row := self._learner()) is None or (group := self._class()) is None:
            return
        sent = ""

        async def send(text: str) -> str:
            nonlocal sent
            to_all = text.startswith(_ALL)
            whom = None if to_all else row.learner
            line = text.removeprefix(_ALL) if to_all else text
            try:
                sent = await in_daemon(self._opened().tip, group.id, line, whom)
            except ForPeople as trouble:
                return trouble.said_in_place()
            sent = f"Till {'hela klassen' if to_all else row.name}: {sent}"
            return ""

        async def say(_: str) -> None:
            self.say(sent, good=True)

        lines = [f"Raden visas hos {row.name}. Börja med {_ALL} för att skicka till hela klassen."]
        await self.pasis.open_dialog(
            Prompt("Tips", lines, "Tips", say, limit=LONGEST_TIP, check=send)
        )

    # --- the class --------------------------------------------------------------------------

    async def press_next(self) -> None:
        """Choose the exercise that the class is asked to open."""
        if (group := self._class()) is None:
            return
        known = (await in_daemon(shelf, folders(self.pasis.home))).exercises
        if not known:
            self.deny("Det finns inga övningar att välja bland.")
            return
        titles = {each.name: each.title for each in known}

        async def chosen(name: str) -> None:
            number = name.split("-")[0]
            title = f"{number} {titles[name]}" if number.isdecimal() else titles[name]
            await in_daemon(self._opened().wish, group.id, name, title)
            self.say(f"Klassen har fått veta: nästa övning är {title}.", good=True)

        await self._choose("Nästa övning", list(titles.items()), chosen)

    async def press_other(self) -> None:
        """Choose another class."""
        if self._class() is None:
            return
        known = await in_daemon(self._opened().classes)
        by_word = {each.word: each for each in known}

        async def chosen(word: str) -> None:
            self._group = by_word[word]
            await self._read_again()
            self.say(f"Klassen är nu {self._group.name}.")

        await self._choose("Klasser", [(each.word, _named(each)) for each in known], chosen)

    async def _choose(self, heading: str, rows: Sequence[tuple[str, str]], then: Then) -> None:
        async def look(text: str, offset: int, size: int) -> Values:
            hits = narrowed(rows, text)
            return Values(hits[offset : offset + size], len(hits))

        dialog = ValueList(heading, look, then)
        await dialog.prepare()
        await self.pasis.open_dialog(dialog)

    async def press_results(self) -> None:
        """Show what each has got in each exercise."""
        if (group := self._class()) is not None:
            done = await in_daemon(self._opened().results, group.id)
            lines = result_lines(done) or ["Ingen har fått en övning rättad ännu."]
            await self.pasis.open_dialog(TextPage(f"Resultat {group.name}", lines))

    async def press_excel(self) -> None:
        """Write the results to an Excel book."""
        if (group := self._class()) is None:
            return

        async def write(text: str, _: Confirmed) -> Path:
            path = typed_path(text)
            if path.suffix.lower() != ".xlsx":
                raise ClassTrouble("Resultaten är en Excelbok. Filens namn ska sluta på .xlsx.")
            await in_daemon(lambda: write_results(path, group, self._opened().results(group.id)))
            return path

        typed = shown_path(self.pasis.home / f"resultat-{group.word}.xlsx")
        line = "En rad för varje deltagare och övning. En fil som finns skrivs över."
        await save_as(self, "Excel", line, write, typed)

    async def press_certificates(self) -> None:
        """Write the certificates to a folder."""
        if (group := self._class()) is None:
            return
        day = self.pasis.today

        def written(folder: Path) -> None:
            pages = certificates(self._opened(), group, day)
            if not pages:
                raise ClassTrouble("Ingen har fått en övning rättad ännu.")
            write_certificates(pages, folder)

        async def write(text: str, _: Confirmed) -> Path:
            folder = typed_path(text)
            await in_daemon(written, folder)
            return folder

        typed = shown_path(self.pasis.home / f"intyg-{group.word}")
        await save_as(self, "Intyg", "Mappen som intygen skrivs i, ett PDF var.", write, typed)


def _row(row: BoardRow) -> Row:
    wrong = f"{row.rule[:4]} ×{min(row.times, 999)}" if row.rule else ""
    cells = {
        "name": row.name,
        "title": row.title,
        "minutes": "" if row.minutes is None else str(min(row.minutes, 9999)),
        "marks": ("" if not row.title else "–") if row.marks is None else str(row.marks),
        "wrong": wrong,
        "stuck": "fast" if row.stuck else "",
        "idle": _ago(row.idle),
    }
    return Row(row.learner, row, cells)


def _ago(seconds: float) -> str:
    """Return ``0:10``, or hours from the first on."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02}" if whole < _HOUR else f"{min(whole // _HOUR, 999)} tim"


def _since(seconds: float) -> str:
    minutes = int(max(0.0, seconds) // 60)
    hours = minutes // 60
    return f"{hours:02}:{minutes % 60:02}" if hours < 100 else f"{hours // 24} dagar"


def _rules_line(counted: Sequence[tuple[str, int]]) -> str:
    """Return the commonest refusals, and what the first of them is about."""
    if not counted:
        return "inget har stoppat någon ännu."
    line = "  ".join(f"{rule} ×{times}" for rule, times in counted[:_RULES])
    first = rules().get(counted[0][0])
    return f"{line}  ({counted[0][0]}: {first.title})" if first else line


def _named(group: SchoolClass) -> str:
    ended = ", avslutad" if group.ended is not None else ""
    return f"{group.name}, {shown_time(group.made)}, {group.learners} deltagare{ended}"


def result_lines(done: Sequence[Done]) -> list[str]:
    """Return learner × exercise as lines of 70 cells: marks, and – where nothing is graded."""
    lines: list[str] = []
    names = exercises_of(done)
    marks = {(each.name, each.exercise): str(each.marks) for each in done}
    titles = {each.exercise: each.title for each in done}
    people = dict.fromkeys(each.name for each in done)
    for at in range(0, len(names), _A_ROW):
        some = names[at : at + _A_ROW]
        heads = "".join(pad(each.split("-")[0], _MARK, right=True) for each in some)
        lines += [f"{'DELTAGARE':<{_NAME}}{heads}"]
        for name in people:
            cells = (pad(marks.get((name, each), "–"), _MARK, right=True) for each in some)
            lines.append(pad(clip(name, _NAME - 1), _NAME) + "".join(cells))
        lines.append("")
    lines += [f"{each.split('-')[0]:<4} {titles[each]}" for each in names]
    return lines
