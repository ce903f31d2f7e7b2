"""Where a key goes: to the Snabbval box, a command, a button, a field or a list.

The router belongs to one view and knows the order of its sections.  It awaits everything that a
key leads to, so the next key meets the screen as this one left it.
"""

from __future__ import annotations

from typing import Any

from textual.geometry import Offset

from pasis_tui.commands import BY_NAME, key_of
from pasis_tui.display.display_files import ButtonSpec
from pasis_tui.shell.meanings import fitting, show_meaning
from pasis_tui.shell.page import Page
from pasis_tui.validation.findings import refusal
from pasis_tui.validation.for_people import ReadOnly
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import Head
from pasis_tui.widgets.inputs import Clicked, Input, KeyPress, Pasted
from pasis_tui.widgets.record_list import RecordList
from pasis_tui.widgets.sections import Section

_DIGITS = frozenset("0123456789")


class KeyRouter:
    """Routes the inputs of one view."""

    def __init__(self, view: Page) -> None:
        self.view = view
        self._before_box: Section | None = None
        self._history_at = 0

    async def receive(self, event: Input) -> None:
        """Take one input and do all it leads to."""
        stood = self._dead_button()
        if isinstance(event, KeyPress):
            await self._press(event)
        elif isinstance(event, Pasted):
            self._paste(event.text)
        elif isinstance(event, Clicked):
            await self._click(event.x, event.y)
        if self.view.pasis.view is self.view:
            if (why := self._dead_button()) and why != stood:  # on a button that cannot be pressed
                self.view.say(why)
            self.view.place_cursor()
            if self.view.pasis.logged_on:
                await self.view.pasis.drafting.restore_if_read(self.view)
                self.view.pasis.drafting.keep(self.view)

    def _dead_button(self) -> str:
        """Return why the button with the cursor cannot be pressed, "" for any other place."""
        active = self.view.active
        if isinstance(active, Form) and active.button:
            return active.dead_buttons.get(active.button, "")
        return ""

    async def _press(self, pressed: KeyPress) -> None:
        command = self.view.pasis.keymap.command(pressed.key)
        if self.view.active is self.view.head:
            await self._press_box(pressed, command)
        elif command is not None:
            await self.command(command)
        elif pressed.key.startswith("alt+") and len(pressed.key) == 5:
            if not await self._press_letter(pressed.key[4]):
                self.view.deny(
                    f"Alt+{pressed.key[4].upper()} är ingen knapp här. {key_of('help')} visar tangenterna."
                )
        elif isinstance(self.view.active, Form):
            await self._press_form(self.view.active, pressed)
        elif isinstance(self.view.active, RecordList):
            await self._press_list(self.view.active, pressed)

    async def _press_letter(self, letter: str) -> bool:
        # The form with the cursor first: where keys are moved, two forms may have a Läs.
        for form in sorted(self.view.forms(), key=lambda form: form is not self.view.active):
            for button in form.buttons.values():
                if button.letter.lower() == letter and form.pressable(button.name):
                    await self._press_button(form, button)
                    return True
        return False

    async def _press_button(self, form: Form, button: ButtonSpec) -> None:
        if await self.fields_hold():
            self.view.foot.say("")
            await getattr(self.view, f"press_{button.name}")()  # none is a fault of the program

    async def fields_hold(self) -> bool:
        """Leave the field with the cursor and read every other; False when one is at fault.

        What acts on the fields asks this first, so a view's code meets values that can be read.
        """
        active = self.view.active
        if isinstance(active, Form) and active.field and not await self._leave(active):
            return False
        for form in self.view.forms():
            if faults := form.faults(self.view.pasis.today):
                self.view.refuse(*faults, form=form)
                return False
        return True

    async def _press_form(self, form: Form, pressed: KeyPress) -> None:
        if pressed.key in {"tab", "shift+tab", "down", "up"}:
            await self.move(pressed.key)
        elif pressed.key == "enter":
            await self._enter(form)
        elif form.button is not None:
            for button in form.buttons.values():
                if button.digit == pressed.character and form.pressable(button.name):
                    await self._press_button(form, button)
                    return
            if pressed.key in {"left", "right"}:
                form.step(-1 if pressed.key == "left" else 1)
            elif pressed.key == "space":
                await self._press_button(form, form.buttons[form.button])
        elif pressed.key == "ctrl+c":
            self._copy(form)
        else:
            done = form.edit(pressed.key, pressed.character)
            if done is None:
                return  # a key with no effect leaves the message and the mark
            if not done and form.field:
                self.view.say(
                    f"{form.field.label}: högst {form.editor.limit} tecken ryms i fältet."
                )
            elif self.view.foot.message:
                self.view.foot.say("")
            await self._skip(form)

    async def _skip(self, form: Form) -> None:
        spec = form.field
        if (
            self.session_setting("auto_skip")
            and spec is not None
            and len(form.editor.text) == spec.length
            and form.editor.cursor == spec.length
            and not form.check(spec.name, self.view.pasis.today)
        ):
            await self.move("tab")

    def session_setting(self, name: str) -> Any:
        """Return the user's own setting *name*, or None before anyone has logged on."""
        return getattr(self.view.session.settings, name) if self.view.pasis.logged_on else None

    def _copy(self, form: Form) -> None:
        if form.editor.selected:
            self.view.app.copy_to_clipboard(form.editor.selected)
            self.view.say("Kopierat.")

    async def _enter(self, form: Form) -> None:
        if form.button is not None:
            await self._press_button(form, form.buttons[form.button])
        elif form.field is not None and form.field.reads:
            if await self._leave(form):
                await self.view.read(form)
        else:
            await self.move("tab")

    async def move(self, key: str) -> None:
        """Go to the next stop as *key* says, unless the field with the cursor is refused."""
        section = self.view.active
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
        order = [s for s in self.view.sections if s.display and self._takes_cursor(s)]
        if not order:
            return
        at = order.index(section) if section in order else -1
        next_one = order[(at + by) % len(order)]
        if isinstance(next_one, Form):
            stops = next_one.stops()
            next_one.go(stops[0] if by > 0 else stops[-1])
        self.view.activate(next_one)

    @staticmethod
    def _takes_cursor(section: Section) -> bool:
        return bool(section.stops()) if isinstance(section, Form) else bool(section.rows)

    async def _leave(self, form: Form, *, back: bool = False) -> bool:
        spec = form.field
        if spec is None:
            return True
        reason = form.check(spec.name, self.view.pasis.today)
        if not reason:
            reason = await show_meaning(self.view, form, spec)
        if not reason:
            reason = await self.view.left(form, spec.name) or ""
        if reason and not back:
            self.view.refuse(refusal(spec.name, reason, spec.rule), form=form)
            return False
        return True

    async def _press_list(self, section: RecordList, pressed: KeyPress) -> None:
        if pressed.character not in _DIGITS:
            section.number = ""
        if pressed.key in {"tab", "shift+tab"}:
            self._next_section(section, 1 if pressed.key == "tab" else -1)
        elif pressed.key == "enter":
            if section.current is not None:
                self.view.foot.say("")
                await self.view.opened(section)
        elif await section.press(pressed.key):
            self._moved(section)
        elif pressed.key in {"down", "up"}:
            self._next_section(section, 1 if pressed.key == "down" else -1)
        elif pressed.character:
            taken = await self.view.list_key(section, pressed.character)
            digit = not taken and pressed.character in _DIGITS
            if digit and await section.digit(pressed.character):
                self._moved(section)
            elif digit:
                self.view.deny(f"Rad {pressed.character} finns inte här. Enter öppnar raden vid ›.")

    def _moved(self, section: RecordList) -> None:
        if section.row_values(cut=True):
            self.view.foot.give_way()
        self.view.moved(section)

    async def command(self, name: str) -> None:
        """Do a command of the Command table: its ``do_`` method here, else the application's."""
        if not self.view.pasis.logged_on and not BY_NAME[name].before_login:
            self.view.deny("Logga in först. Fyll i fälten och tryck Enter.")
            return
        act = f"do_{name}"
        await getattr(self if hasattr(self, act) else self.view.pasis, act)()

    async def do_save(self) -> None:
        """Spara, once every field can be read."""
        if self.view.pasis.logged_on and self.view.session.database.read_only:
            self.view.deny(str(ReadOnly()))
        elif await self.fields_hold():
            self.view.foot.say("")
            await self.view.save()

    async def do_read(self) -> None:
        """Läs, once every field can be read."""
        if await self.fields_hold():
            active = self.view.active
            await self.view.read(active if isinstance(active, Form) else None)

    async def do_back(self) -> None:
        """Take a step back inside the view, or leave it."""
        if not await self.view.step_back():
            await self.view.pasis.go_back()

    async def do_clear(self) -> None:
        """Rensa, asking first when something is unsaved."""
        await self.view.pasis.if_saved(self.view, self.view.clear)

    async def do_values(self) -> None:
        """Show the list of the field with the cursor."""
        form = self.view.active
        if not isinstance(form, Form) or form.field is None or not form.field.table:
            self.view.deny("Fältet har ingen lista. Fält med << har en.")
            return
        from pasis_tui.widgets.value_list import ValueList, Values

        spec = form.field
        own = self.view.own_list(form, spec.name)

        async def look(text: str, offset: int, size: int) -> Values:
            from pasis_tui.services.register import code_lists

            if own is not None:
                hits = fitting(own, text, self.view.pasis.today)
                return Values(hits[offset : offset + size], len(hits))
            page = await self.view.ask(
                code_lists.search,
                spec.table,
                text,
                offset,
                size,
                **self.view.list_filters(form, spec.name),
            )
            return Values(page.rows, page.total, page.hint)

        async def chosen(code: str) -> None:
            form.fill({spec.name: self.view.chosen_value(form, spec.name, code)}, saved=False)
            form.findings.pop(spec.name, None)
            self.view.foot.say("")
            if await self._leave(form) and not form.step(1):
                self._next_section(form, 1)

        dialog = ValueList(spec.label.strip(), look, chosen)
        await dialog.prepare()
        await self.view.pasis.open_dialog(dialog)

    async def do_dup(self) -> None:
        """Fill the field with what was last saved in it."""
        form = self.view.active
        if not isinstance(form, Form) or form.field is None:
            self.view.deny("Dup fyller i fältet med markören. Gå till ett fält först.")
            return
        key = (self.view.display_file.code, form.field.name)
        value = self.view.session.last_saved.get(key)
        if value is None:
            self.view.deny(f"Dup: {form.field.label} har inget sparat värde ännu.")
            return
        form.fill({form.field.name: value}, saved=False)
        await self.move("tab")

    # --- Snabbval ---------------------------------------------------------------------------

    def enter_box(self) -> None:
        """Give the Snabbval box the cursor."""
        if self.view.active is not self.view.head:
            self._before_box = self.view.active if not isinstance(self.view.active, Head) else None
            self._history_at = len(self.view.pasis.quick_history)
            self.view.head.box.select_all()
            self.view.activate(self.view.head)

    def leave_box(self) -> None:
        """Give the cursor back to where it was."""
        back = self._before_box
        if back is None or not back.display:
            shown = [s for s in self.view.sections if s.display and self._takes_cursor(s)]
            back = shown[0] if shown else None
        if back is not None:
            self.view.activate(back)

    async def _press_box(self, pressed: KeyPress, command: str | None) -> None:
        box, history = self.view.head.box, self.view.pasis.quick_history
        if pressed.key == "enter":
            await self.view.pasis.quick_select(box.text)
        elif command is not None and hasattr(self, f"box_{command}"):
            await getattr(self, f"box_{command}")()
        elif command is not None:
            self.leave_box()
            await self.command(command)
        elif pressed.key in {"tab", "shift+tab"}:
            self.leave_box()
        elif pressed.key in {"up", "down"}:
            step = -1 if pressed.key == "up" else 1
            self._history_at = max(0, min(len(history), self._history_at + step))
            box.load(history[self._history_at] if self._history_at < len(history) else "")
        else:
            done = box.press(pressed.key, pressed.character)
            if done is not None and self.view.foot.message:
                self.view.foot.say("")
        self.view.head.refresh_box()

    async def box_back(self) -> None:
        """Give the cursor back, with nothing in the box."""
        self.view.head.box.load("")
        if self._before_box is None and not self.view.sections:
            await self.view.pasis.go_back()
        self.leave_box()

    async def box_values(self) -> None:
        """List the screens."""
        await self.view.pasis.quick_select("?")

    async def box_quick(self) -> None:
        """Select the text in the box, so that typing replaces it."""
        self.view.head.box.select_all()

    def _paste(self, text: str) -> None:
        if self.view.active is self.view.head:
            self.view.head.box.insert(text.strip())
            self.view.head.refresh_box()
        elif isinstance(self.view.active, Form):
            form = self.view.active
            if form.paste(text) is not False:
                self.view.foot.say("")
            elif form.field:
                limit = form.editor.limit
                self.view.say(
                    f"{form.field.label}: det inklistrade är längre än fältets {limit} tecken."
                )

    async def _click(self, x: int, y: int) -> None:
        for form in self.view.forms():
            offset = Offset(x, y) - form.region.offset
            if (stop := form.stop_at(offset)) is not None:
                if isinstance(self.view.active, Form) and not await self._leave(
                    self.view.active, back=True
                ):
                    return
                self.view.activate(form)
                form.go(stop)
                if stop.startswith("button:"):
                    await self._press_button(form, form.buttons[stop[7:]])
