"""What every numbered screen does the same way.

A view composes the frame around its sections (forms and lists), routes keys to the section with
the cursor, and asks services in a thread.  Every key is done to its end before the next one
(see ``keys``), so an answer can never come late or for the wrong screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.containers import Vertical
from textual.geometry import Offset
from textual.screen import Screen

from pasis_tui.display import ButtonSpec, Display, FieldSpec, display
from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding, Level, Refused, Unconfirmed
from pasis_tui.widgets.dialogs import Confirm
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import Banner, Foot, Head
from pasis_tui.widgets.keys import Clicked, Input, KeyPress, Pasted
from pasis_tui.widgets.record_list import RecordList
from pasis_tui.widgets.value_list import ValueList, Values

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pasis_tui.app import PasisApp
    from pasis_tui.services.patients import PatientCard
    from pasis_tui.store.actor import Context
    from pasis_tui.widgets.session import Session

Section = Form | RecordList
T = TypeVar("T")


class View(Screen[None]):
    """A numbered screen.

    A subclass names its display file in ``file`` and its sections' order follows the formats in
    it.  It overrides the hooks at the end of this class.
    """

    DEFAULT_CSS = "View { layout: vertical; } View > Vertical { height: 1fr; }"
    AUTO_FOCUS = None
    file = ""

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments
        self.display_file: Display = display(self.file)
        self.sections: list[Section] = []
        self.active: Section | Head | None = None
        self._before_box: Section | None = None
        self._history_at = 0
        self.confirmed: frozenset[str] = frozenset()

    # --- making -----------------------------------------------------------------------------

    @property
    def pasis(self) -> PasisApp:
        """The application."""
        return cast("PasisApp", self.app)

    @property
    def session(self) -> Session:
        """Who is logged on, with which patient."""
        return self.pasis.session

    @property
    def context(self) -> Context:
        """What a service wants to know."""
        return self.session.context(self.display_file.code.split()[0])

    @property
    def head(self) -> Head:
        """The frame's upper part."""
        return self._head

    @property
    def foot(self) -> Foot:
        """The frame's lower part, with the message line."""
        return self._foot

    def compose(self) -> ComposeResult:
        """Lay out frame and sections."""
        palette = self.pasis.palette
        self._head = Head(self.display_file.title, palette)
        self._foot = Foot(self.pasis.keymap.legend(), palette)
        for spec in self.display_file.formats:
            self.sections.append(RecordList(spec, palette) if spec.list else Form(spec, palette))
        yield self._head
        with Vertical():
            yield from self.sections
        yield self._foot

    def form(self, name: str) -> Form:
        """Return the form of the format *name*."""
        for section in self.sections:
            if isinstance(section, Form) and section.spec.name == name:
                return section
        raise KeyError(name)

    def record_list(self, name: str) -> RecordList:
        """Return the list of the format *name*."""
        for section in self.sections:
            if isinstance(section, RecordList) and section.spec.name == name:
                return section
        raise KeyError(name)

    async def open(self) -> None:
        """Be ready for keys: called once, when the sections are mounted."""
        self.refresh_frame()
        shown = [s for s in self.sections if s.display]
        if shown:
            self.activate(shown[0])
        try:
            await self.start()
            if self.active is None:
                self.activate(self.head)
            await self.pasis.restore_draft(self)
        except Exception as error:
            if not self.explain(error):
                raise
        self.place_cursor()

    def refresh_frame(self) -> None:
        """Show who, where, when and which patient."""
        self.head.standing = self.pasis.standing()
        patient = self.session.patient if self.pasis.logged_on else None
        self.head.banner = patient_banner(patient) if patient else None
        self.head.refresh()

    def activate(self, section: Section | Head) -> None:
        """Give *section* the cursor."""
        if self.active is not None and self.active is not section:
            self.active.active = False
            self.active.refresh()
        self.active = section
        section.active = True
        section.refresh()

    def place_cursor(self) -> None:
        """Put the terminal's own cursor where typing goes."""
        if self.active is not None:
            self.app.cursor_position = self.active.region.offset + self.active.caret()

    def show_section(self, section: Section, shown: bool) -> None:
        """Show or hide *section*; a hidden one gives the cursor away."""
        section.display = shown
        if not shown and self.active is section:
            others = [s for s in self.sections if s.display]
            self.activate(others[0] if others else self.head)

    # --- messages ---------------------------------------------------------------------------

    def say(self, message: str, *, good: bool = False) -> None:
        """Show *message* on the message line."""
        self.foot.say(message, good=good)

    def refuse(self, finding: Finding, form: Form | None = None) -> None:
        """Show *finding*, with the cursor on the field at fault."""
        self.foot.show(finding)
        for candidate in [form] if form else self.forms():
            if finding.field in candidate.cells:
                candidate.finding = finding
                if candidate.go(finding.field):
                    self.activate(candidate)
                candidate.refresh()
                return

    def forms(self) -> list[Form]:
        """The forms that are shown."""
        return [s for s in self.sections if isinstance(s, Form) and s.display]

    @property
    def dirty(self) -> bool:
        """Whether something was typed here that is not saved."""
        return any(form.dirty for form in self.draft_forms())

    # --- services ---------------------------------------------------------------------------

    async def ask(self, service: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run *service* in a thread with this view's context first, and return its answer."""
        return await asyncio.to_thread(partial(service, self.context, *args, **kwargs))

    async def attempt(
        self,
        act: Callable[..., T],
        *args: Any,
        done: Callable[[T], Awaitable[None]],
        confirmed: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        """Run a service that may warn, and *done* with its answer.

        Warnings are asked about, and the service is called again with what was confirmed.
        Refusals go up to the application, which lets the open view explain them.
        """
        try:
            answer = await self.ask(act, *args, confirmed=confirmed, **kwargs)
        except Unconfirmed as warning:
            findings = warning.findings
            again = confirmed | {f.rule for f in findings}

            async def go_on(yes: bool | None) -> None:
                if yes:
                    await self.attempt(act, *args, done=done, confirmed=again, **kwargs)
                else:
                    self.refuse(findings[0])

            lines = [f"{f.rule} Varning: {f.message}" for f in findings]
            await self.pasis.open_dialog(Confirm("Varning", lines, "Spara ändå", "Tillbaka", go_on))
            return
        self.confirmed = confirmed
        await done(answer)

    def explain(self, error: Exception) -> bool:
        """Show what a service refused, with nothing lost; False for a fault of the program."""
        if isinstance(error, Refused):
            self.refuse(error.findings[0])
            return True
        if not self.pasis.logged_on:
            return False
        from pasis_tui.services.errors import NoRight, NotFound
        from pasis_tui.store.conflict import Conflict
        from pasis_tui.store.trouble import DatabaseTrouble

        if isinstance(error, NotFound | NoRight | Conflict | DatabaseTrouble):
            self.refuse(Finding("", Level.BLOCK, "", str(error)))
            return True
        return False

    async def take_patient(self, text: str, *, own: bool, century: str = "") -> PatientCard:
        """Read the patient whose number was typed, and carry it from now on.

        With *own*, a patient that only other units have is refused (SE01).
        """
        from pasis_tui.services import patients

        if own:
            card = await self.ask(patients.read, text, century)
        else:
            card = await self.ask(patients.find, text, century)
        self.session.carry(card)
        self.refresh_frame()
        return card

    # --- keys -------------------------------------------------------------------------------

    async def receive(self, given: Input) -> None:
        """Take one input and do all it leads to."""
        if isinstance(given, KeyPress):
            await self._press(given)
        elif isinstance(given, Pasted):
            self._paste(given.text)
        elif isinstance(given, Clicked):
            await self._click(given.x, given.y)
        if self.pasis.view is self:
            self.place_cursor()
            self.pasis.keep_draft(self)

    async def _press(self, given: KeyPress) -> None:
        command = self.pasis.keymap.command(given.key)
        if self.active is self.head:
            await self._press_box(given, command)
        elif command is not None:
            await self.command(command)
        elif given.key.startswith("alt+") and len(given.key) == 5:
            if not await self._press_letter(given.key[4]):
                self.say(f"Alt+{given.key[4].upper()} är ingen knapp här. F1 visar tangenterna.")
        elif isinstance(self.active, Form):
            await self._press_form(self.active, given)
        elif isinstance(self.active, RecordList):
            await self._press_list(self.active, given)

    async def _press_letter(self, letter: str) -> bool:
        for form in self.forms():
            for button in form.buttons.values():
                if button.letter.lower() == letter and form.pressable(button.name):
                    await self._press_button(form, button)
                    return True
        return False

    async def _press_button(self, form: Form, button: ButtonSpec) -> None:
        # A button acts on what stands in the fields, so the field with the cursor is left first.
        active = self.active
        if isinstance(active, Form) and active.field and not await self._leave(active):
            return
        self.foot.say("")
        await self.button(form, button.name)

    async def _press_form(self, form: Form, given: KeyPress) -> None:
        if given.key in {"tab", "shift+tab", "down", "up"}:
            await self.move(given.key)
        elif given.key == "enter":
            await self._enter(form)
        elif form.button is not None:
            for button in form.buttons.values():
                if (
                    given.character
                    and button.digit == given.character
                    and form.pressable(button.name)
                ):
                    await self._press_button(form, button)
                    return
            if given.key in {"left", "right"}:
                form.step(-1 if given.key == "left" else 1)
            elif given.key == "space":
                await self._press_button(form, form.buttons[form.button])
        elif given.key == "ctrl+c":
            self._copy(form)
        else:
            full = form.edit(given.key, given.character) is False
            if full and form.field:
                self.say(f"{form.field.label}: högst {form.editor.limit} tecken ryms i fältet.")
            elif self.foot.message:
                self.foot.say("")
            await self._skip(form)

    async def _skip(self, form: Form) -> None:
        spec = form.field
        if (
            self.session_setting("auto_skip")
            and spec is not None
            and len(form.editor.text) == spec.length
            and form.editor.cursor == spec.length
            and not form.check(spec.name, self.pasis.today)
        ):
            await self.move("tab")

    def session_setting(self, name: str) -> Any:
        """Return the user's own setting *name*, or None before anyone has logged on."""
        return getattr(self.session.settings, name) if self.pasis.logged_on else None

    def _copy(self, form: Form) -> None:
        if form.editor.selected:
            self.app.copy_to_clipboard(form.editor.selected)
            self.say("Kopierat.")

    async def _enter(self, form: Form) -> None:
        if form.button is not None:
            await self._press_button(form, form.buttons[form.button])
        elif form.field is not None and form.field.reads:
            if await self._leave(form):
                await self.read(form)
        else:
            await self.move("tab")

    async def move(self, key: str) -> None:
        """Go to the next stop as *key* says, if the field with the cursor lets go."""
        section = self.active
        forward = key in {"tab", "down"}
        if isinstance(section, Form):
            if section.field is not None and not await self._leave(section, back=not forward):
                return
            if key in {"tab", "shift+tab"}:
                if section.step(1 if forward else -1):
                    return
            elif section.vertical(1 if forward else -1):
                return
        self._next_section(section, 1 if forward else -1)

    def _next_section(self, section: Section | Head | None, by: int) -> None:
        order = [s for s in self.sections if s.display and self._takes_cursor(s)]
        if not order:
            return
        at = order.index(section) if section in order else -1
        following = order[(at + by) % len(order)]
        if isinstance(following, Form):
            stops = following.stops()
            following.go(stops[0] if by > 0 else stops[-1])
        self.activate(following)

    @staticmethod
    def _takes_cursor(section: Section) -> bool:
        return bool(section.stops()) if isinstance(section, Form) else bool(section.rows)

    async def _leave(self, form: Form, *, back: bool = False) -> bool:
        spec = form.field
        if spec is None:
            return True
        reason = form.check(spec.name, self.pasis.today)
        if not reason:
            reason = await self._dynamic_note(form, spec)
        if not reason:
            reason = await self.left(form, spec.name) or ""
        if reason and not back:
            self.refuse(Finding(spec.rule, Level.BLOCK, spec.name, reason), form)
            form.editor.cursor = len(form.editor.text)
            return False
        return True

    async def _dynamic_note(self, form: Form, spec: FieldSpec) -> str:
        """Look the code up in a table of the database; return why it is refused, or ""."""
        if not spec.table or spec.table in codes.TABLES or form.note(spec.name):
            return ""
        value = form.get(spec.name).strip()
        if not value:
            return ""
        if (own := self.own_list(form, spec.name)) is not None:
            text = dict(own).get(value)
            if text is None:
                return f"{spec.label}: ”{value}” finns inte i listan. F4 visar dem som går."
            form.set_note(spec.name, text)
            return ""
        from pasis_tui.services import code_lists

        filters = self.list_filters(form, spec.name)
        text = await self.ask(code_lists.meaning, spec.table, value, **filters)
        if text is None:
            return f"{spec.label}: ”{value}” finns inte i listan. F4 visar de koder som går."
        form.set_note(spec.name, text)
        return ""

    async def _press_list(self, section: RecordList, given: KeyPress) -> None:
        if given.key in {"tab", "shift+tab"}:
            self._next_section(section, 1 if given.key == "tab" else -1)
        elif given.key == "enter":
            if section.current is not None:
                self.foot.say("")
                await self.opened(section)
        elif await section.press(given.key):
            return
        elif given.key in {"down", "up"}:
            self._next_section(section, 1 if given.key == "down" else -1)
        elif given.character:
            taken = await self.list_key(section, given.character)
            if not taken and given.character.isdecimal():
                await section.choose(int(given.character))

    async def command(self, name: str) -> None:
        """Do a command of the Command table."""
        if name == "save":
            if (
                isinstance(self.active, Form)
                and self.active.field
                and not await self._leave(self.active)
            ):
                return
            self.foot.say("")
            await self.save()
        elif name == "read":
            if (
                isinstance(self.active, Form)
                and self.active.field
                and not await self._leave(self.active)
            ):
                return
            await self.read(self.active if isinstance(self.active, Form) else None)
        elif name == "back":
            if not await self.step_back():
                await self.pasis.go_back()
        elif name == "values":
            await self._values()
        elif name == "clear":
            await self.pasis.if_saved(self, self.clear)
        elif name == "dup":
            await self._dup()
        elif name == "help":
            await self.pasis.show_help(self)
        else:
            await self.pasis.command(name)

    async def _values(self) -> None:
        form = self.active
        if not isinstance(form, Form) or form.field is None or not form.field.table:
            self.say("Fältet har ingen lista. Fält med << har en.")
            return
        spec = form.field

        own = self.own_list(form, spec.name)

        async def look(text: str, offset: int, size: int) -> Values:
            from pasis_tui.services import code_lists

            if own is not None:
                hits = [row for row in own if text.casefold() in " ".join(row).casefold()]
                return Values(hits[offset : offset + size], len(hits))
            page = await self.ask(
                code_lists.search,
                spec.table,
                text,
                offset,
                size,
                **self.list_filters(form, spec.name),
            )
            return Values(page.rows, page.total)

        async def chosen(code: str | None) -> None:
            if code is not None:
                form.fill({spec.name: self.chosen_value(form, spec.name, code)}, saved=False)
                form.finding = None
                self.foot.say("")
                if await self._leave(form) and not form.step(1):
                    self._next_section(form, 1)

        dialog = ValueList(spec.label.strip(), look, chosen)
        await dialog.prepare()
        await self.pasis.open_dialog(dialog)

    async def _dup(self) -> None:
        form = self.active
        if not isinstance(form, Form) or form.field is None:
            return
        key = (self.display_file.code, form.field.name)
        value = self.session.last_saved.get(key)
        if value is None:
            self.say(f"Dup: {form.field.label} har inget sparat värde ännu.")
            return
        form.fill({form.field.name: value}, saved=False)
        await self.move("tab")

    def remember(self, form: Form) -> None:
        """Keep the saved values of *form* for Dup, and let its draft go."""
        for name, value in form.values.items():
            if value:
                self.session.last_saved[(self.display_file.code, name)] = value
        form.mark_saved()
        self.pasis.drop_draft(self)

    # --- Snabbval ---------------------------------------------------------------------------

    def enter_box(self) -> None:
        """Give the Snabbval box the cursor."""
        if self.active is not self.head:
            self._before_box = self.active if not isinstance(self.active, Head) else None
            self._history_at = len(self.pasis.quick_history)
            self.head.box.select_all()
            self.activate(self.head)

    def leave_box(self) -> None:
        """Give the cursor back to where it was."""
        back = self._before_box
        if back is None or not back.display:
            shown = [s for s in self.sections if s.display and self._takes_cursor(s)]
            back = shown[0] if shown else None
        if back is not None:
            self.activate(back)

    async def _press_box(self, given: KeyPress, command: str | None) -> None:
        box, history = self.head.box, self.pasis.quick_history
        if given.key == "enter":
            await self.pasis.quick_select(box.text)
        elif command == "back":
            box.load("")
            if self._before_box is None and not self.sections:
                await self.pasis.go_back()
            self.leave_box()
        elif command == "values":
            await self.pasis.quick_select("?")
        elif command == "quick":
            box.select_all()
        elif command is not None:
            self.leave_box()
            await self.command(command)
        elif given.key in {"tab", "shift+tab"}:
            self.leave_box()
        elif given.key in {"up", "down"}:
            step = -1 if given.key == "up" else 1
            self._history_at = max(0, min(len(history), self._history_at + step))
            box.load(history[self._history_at] if self._history_at < len(history) else "")
        else:
            box.press(given.key, given.character)
            if self.foot.message:
                self.foot.say("")
        self.head.refresh_box()

    def _paste(self, text: str) -> None:
        if self.active is self.head:
            self.head.box.insert(text.strip())
            self.head.refresh_box()
        elif isinstance(self.active, Form) and self.active.paste(text) is False:
            field = self.active.field
            label = field.label if field else ""
            self.say(
                f"{label}: det inklistrade är längre än fältets {self.active.editor.limit} tecken."
            )

    async def _click(self, x: int, y: int) -> None:
        for form in self.forms():
            offset = Offset(x, y) - form.region.offset
            if (stop := form.stop_at(offset)) is not None:
                if isinstance(self.active, Form) and not await self._leave(self.active, back=True):
                    return
                self.activate(form)
                form.go(stop)
                if stop.startswith("button:"):
                    await self._press_button(form, form.buttons[stop[7:]])

    # --- hooks ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Fill the sections; the frame and the first section's cursor are there."""

    async def read(self, form: Form | None) -> None:
        """Läs, or Enter on a key field."""
        self.say("Bilden har inget att läsa.")

    async def save(self) -> None:
        """Spara."""
        self.say("Bilden har inget att spara.")

    async def clear(self) -> None:
        """Rensa: empty the screen and let the patient go."""
        self.session.carry(None)
        self.session.trail[-1] = (self.display_file.code, {})
        await self.pasis.reopen()

    async def button(self, form: Form, name: str) -> None:
        """Press the button *name*."""

    async def left(self, form: Form, field: str) -> str | None:
        """Say why the field *field* may not be left, or react to what was typed in it."""
        return None

    async def opened(self, section: RecordList) -> None:
        """Open the row under the cursor of *section*."""

    async def list_key(self, section: RecordList, character: str) -> bool:
        """Take a character typed in a list; False when it means nothing."""
        return False

    async def step_back(self) -> bool:
        """Take one step back inside the view; False when the view itself is to be left."""
        return False

    def list_filters(self, form: Form, field: str) -> dict[str, Any]:
        """Return what narrows the value list of *field*, as ``code_lists.search`` takes it."""
        return {}

    def own_list(self, form: Form, field: str) -> Sequence[tuple[str, str]] | None:
        """Return the rows of a list that is the view's own, None to look the table up."""
        return None

    def chosen_value(self, form: Form, field: str, code: str) -> str:
        """Return what the field holds once *code* was chosen from its list."""
        return code

    def draft_state(self) -> str:
        """What else ``enter_draft_state`` needs to put the view as it was."""
        return ""

    async def enter_draft_state(self, state: str) -> bool:
        """Put the view as it was when the draft was kept; False when that has become impossible."""
        return True

    def draft_forms(self) -> Sequence[Form]:
        """The forms whose unsaved text is kept on disk."""
        return ()

    def draft_subject(self) -> str:
        """What the draft belongs to besides screen and user: the patient, a form's commitment."""
        return str(self.session.patient.id) if self.session.patient else ""


def patient_banner(patient: Any) -> Banner:
    """Return what the frame says of *patient* (a ``PatientCard``)."""
    return Banner(
        patient.identity_text,
        patient.name,
        f"{patient.age} år" if patient.age is not None else "",
        {"K": "Kvinna", "M": "Man"}.get(patient.sex, ""),
        patient.protected,
        patient.deceased_on is not None,
    )
