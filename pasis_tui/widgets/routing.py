"""Where a key goes: to the Snabbval box, a command, a button, a field or a list.

The router belongs to one view and knows the order of its sections.  It awaits everything a key
leads to, so the next key finds the screen as this one left it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.geometry import Offset

from pasis_tui.display import ButtonSpec
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import Head
from pasis_tui.widgets.keys import Clicked, Input, KeyPress, Pasted
from pasis_tui.widgets.meanings import show_meaning
from pasis_tui.widgets.record_list import RecordList
from pasis_tui.widgets.sections import Section
from pasis_tui.widgets.value_list import ValueList, Values

if TYPE_CHECKING:
    from pasis_tui.widgets.view import View


class KeyRouter:
    """Routes the inputs of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._before_box: Section | None = None
        self._history_at = 0

    async def receive(self, given: Input) -> None:
        """Take one input and do all it leads to."""
        if isinstance(given, KeyPress):
            await self._press(given)
        elif isinstance(given, Pasted):
            self._paste(given.text)
        elif isinstance(given, Clicked):
            await self._click(given.x, given.y)
        if self.view.pasis.view is self.view:
            self.view.place_cursor()
            if self.view.pasis.logged_on:
                self.view.pasis.drafting.keep(self.view)

    async def _press(self, given: KeyPress) -> None:
        command = self.view.pasis.keymap.command(given.key)
        if self.view.active is self.view.head:
            await self._press_box(given, command)
        elif command is not None:
            await self.command(command)
        elif given.key.startswith("alt+") and len(given.key) == 5:
            if not await self._press_letter(given.key[4]):
                self.view.say(
                    f"Alt+{given.key[4].upper()} är ingen knapp här. F1 visar tangenterna."
                )
        elif isinstance(self.view.active, Form):
            await self._press_form(self.view.active, given)
        elif isinstance(self.view.active, RecordList):
            await self._press_list(self.view.active, given)

    async def _press_letter(self, letter: str) -> bool:
        for form in self.view.forms():
            for button in form.buttons.values():
                if button.letter.lower() == letter and form.pressable(button.name):
                    await self._press_button(form, button)
                    return True
        return False

    async def _press_button(self, form: Form, button: ButtonSpec) -> None:
        if await self._fields_hold():
            self.view.foot.say("")
            await self.view.button(form, button.name)

    async def _fields_hold(self) -> bool:
        """Leave the field with the cursor and read every other; False at the first fault.

        What acts on the fields asks this first, so a view's code meets values that can be read.
        """
        active = self.view.active
        if isinstance(active, Form) and active.field and not await self._leave(active):
            return False
        for form in self.view.forms():
            if fault := form.fault(self.view.pasis.today):
                self.view.refuse(fault, form)
                return False
        return True

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
        """Go to the next stop as *key* says, if the field with the cursor lets go."""
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
        following = order[(at + by) % len(order)]
        if isinstance(following, Form):
            stops = following.stops()
            following.go(stops[0] if by > 0 else stops[-1])
        self.view.activate(following)

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
            self.view.refuse(Finding(spec.rule, Level.BLOCK, spec.name, reason), form)
            return False
        return True

    async def _press_list(self, section: RecordList, given: KeyPress) -> None:
        if given.key in {"tab", "shift+tab"}:
            self._next_section(section, 1 if given.key == "tab" else -1)
        elif given.key == "enter":
            if section.current is not None:
                self.view.foot.say("")
                await self.view.opened(section)
        elif await section.press(given.key):
            self.view.moved(section)
        elif given.key in {"down", "up"}:
            self._next_section(section, 1 if given.key == "down" else -1)
        elif given.character:
            taken = await self.view.list_key(section, given.character)
            chosen = not taken and given.character.isdecimal()
            if chosen and await section.choose(int(given.character)):
                self.view.moved(section)

    async def command(self, name: str) -> None:
        """Do a command of the Command table."""
        if name == "save":
            if await self._fields_hold():
                self.view.foot.say("")
                await self.view.save()
        elif name == "read":
            if await self._fields_hold():
                active = self.view.active
                await self.view.read(active if isinstance(active, Form) else None)
        elif name == "back":
            if not await self.view.step_back():
                await self.view.pasis.go_back()
        elif name == "values":
            await self._values()
        elif name == "clear":
            await self.view.pasis.if_saved(self.view, self.view.clear)
        elif name == "dup":
            await self._dup()
        elif name == "help":
            await self.view.pasis.show_help(self.view)
        else:
            await self.view.pasis.command(name)

    async def _values(self) -> None:
        form = self.view.active
        if not isinstance(form, Form) or form.field is None or not form.field.table:
            self.view.say("Fältet har ingen lista. Fält med << har en.")
            return
        spec = form.field

        own = self.view.own_list(form, spec.name)

        async def look(text: str, offset: int, size: int) -> Values:
            from pasis_tui.services import code_lists

            if own is not None:
                hits = [row for row in own if text.casefold() in " ".join(row).casefold()]
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

        async def chosen(code: str | None) -> None:
            if code is not None:
                form.fill({spec.name: self.view.chosen_value(form, spec.name, code)}, saved=False)
                form.finding = None
                self.view.foot.say("")
                if await self._leave(form) and not form.step(1):
                    self._next_section(form, 1)

        dialog = ValueList(spec.label.strip(), look, chosen)
        await dialog.prepare()
        await self.view.pasis.open_dialog(dialog)

    async def _dup(self) -> None:
        form = self.view.active
        if not isinstance(form, Form) or form.field is None:
            self.view.say("Dup fyller i fältet med markören. Gå till ett fält först.")
            return
        key = (self.view.display_file.code, form.field.name)
        value = self.view.session.last_saved.get(key)
        if value is None:
            self.view.say(f"Dup: {form.field.label} har inget sparat värde ännu.")
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

    async def _press_box(self, given: KeyPress, command: str | None) -> None:
        box, history = self.view.head.box, self.view.pasis.quick_history
        if given.key == "enter":
            await self.view.pasis.quick_select(box.text)
        elif command == "back":
            box.load("")
            if self._before_box is None and not self.view.sections:
                await self.view.pasis.go_back()
            self.leave_box()
        elif command == "values":
            await self.view.pasis.quick_select("?")
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
            if self.view.foot.message:
                self.view.foot.say("")
        self.view.head.refresh_box()

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
