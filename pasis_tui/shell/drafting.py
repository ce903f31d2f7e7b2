"""Drafts: what is typed survives leaving the screen, and the end of the program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from pasis_tui.commands import key_of
from pasis_tui.display.display_files import displays
from pasis_tui.files.whole import FileTrouble
from pasis_tui.services.users.draft_content import Draft, FormText
from pasis_tui.services.users.draft_keys import log_refused
from pasis_tui.services.users.drafts import DAYS_KEPT, DraftBox
from pasis_tui.shell.conflicts import told_at_return
from pasis_tui.shell.meanings import show_meanings
from pasis_tui.shell.page import Host, Page
from pasis_tui.shell.returned import Returned, formats_of, typed_in
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.findings import ProtectedIdentity, refusal
from pasis_tui.widgets.dialogs import Confirm, TextPage
from pasis_tui.widgets.inputs import Done

_ARGUMENTS = {"visit", "commitment", "patient"}


class Drafting:
    """Keeps the unsaved text of the open view.

    *write_later* is called when something is due for the disk; ``write`` puts it there, and says
    through *report*, between two keys, when it could not be written.
    """

    def __init__(
        self,
        host: Host,
        box: DraftBox,
        write_later: Callable[[], object],
        report: Callable[[Done], None],
    ) -> None:
        self._host = host
        self._box = box
        self._write_later = write_later
        self._report = report
        self._sitting = host.sitting
        self._reported = False
        self._returning = False
        self._homeless: set[str] = set()  # names of drafts that no form can take back

    def _name(self, view: Page) -> str:
        return f"{self._box.owner}{view.file}|{view.draft_subject()}"

    # --- keeping ----------------------------------------------------------------------------

    def keep(self, view: Page) -> None:
        """Keep the unsaved text of *view*; it is written to disk a moment later."""
        self._returning = False
        forms = view.draft_forms()
        if not forms:
            return
        name = self._name(view)
        draft = self.snapshot(view) if view.dirty else None
        # A view may be dirty with what no draft takes, such as a password.
        if draft is None or all(text.values == text.saved for text in draft.forms.values()):
            if name not in self._homeless:
                self._box.drop(name)
            return
        if not draft.cursor and (before := self._box.get(name)):
            draft = replace(draft, cursor=before.cursor)  # it returns to where it was typing
        if self._box.keep(name, draft):
            self._write_later()

    def snapshot(self, view: Page) -> Draft:
        """Return the text that stands in *view*; in Snabbval or a list it has no cursor."""
        forms = view.draft_forms()
        active = next((form for form in forms if form is view.active), None)
        cursor: tuple[str, str, int] | tuple[()] = ()
        if active is not None:
            cursor = (active.spec.name, active.stop, active.editor.cursor)
        patient = self._host.session.patient
        record = view.draft_record()
        return Draft(
            code=view.display_file.code,
            day=str(self._host.today),
            patient=patient.identity_number if patient else "",
            state=view.draft_state(),
            arguments=view.draft_arguments(),
            forms={
                form.spec.name: FormText(
                    {n: cell.value for n, cell in form.cells.items() if not cell.spec.protected},
                    {n: cell.saved for n, cell in form.cells.items() if not cell.spec.protected},
                )
                for form in forms
            }
            | dict(view.draft_elsewhere()),
            cursor=cursor,
            version=record[2] if record else None,
        )

    async def write(self) -> None:
        """Write changes to disk, or say why that failed; typing and saving go on all the same."""
        try:
            await asyncio.to_thread(self._box.write)
        except OSError as error:
            if not self._reported:
                text = f"Utkastet kan inte sparas på disken: {in_swedish(error)}."
                more = " Det finns kvar tills programmet avslutas."
                self._report(Done(self._sitting, error=FileTrouble(text + more)))
            self._reported = True
        else:
            self._reported = False

    def write_now(self) -> bool:
        """Write changes to disk before the session ends; False when that fails, which the caller tells."""
        try:
            self._box.write()
        except OSError:
            self._reported = True
            return False
        return True

    def is_kept(self, view: Page) -> bool:
        """Whether what is unsaved in *view* is on the disk."""
        return view.dirty and self._box.on_disk(self._name(view))

    def let_go(self) -> DraftBox | None:
        """Leave the drafts on the disk to whoever logs on next: this session has ended.

        Returns the box of those that are in memory alone, None when there are none.
        """
        return self._box if self._box.let_go() else None

    def drop(self, view: Page) -> None:
        """Forget the draft of *view*: it was saved, or thrown away on purpose."""
        self._forget(self._name(view))
        view.overtaken = None
        for form in view.draft_forms():
            form.mark_saved()
        view.draft_dropped()

    def drop_of(self, file: str, subject: str) -> None:
        """Forget the draft of another screen, whose text was saved with this one's."""
        self._forget(f"{self._box.owner}{file}|{subject}")

    def _forget(self, name: str) -> None:
        self._homeless.discard(name)
        self._box.drop(name)

    # --- putting back -----------------------------------------------------------------------

    def coming_back(self) -> None:
        """Note that the screen opened next was left before: its cursor comes back too."""
        self._returning = True

    async def restore_if_read(self, view: Page) -> None:
        """Restore the draft that belongs to what has just been read in *view*."""
        if (view.draft_forms() or view.may_have_draft) and not view.dirty:
            name = self._name(view)
            if name != view.draft_name:
                await self.restore(view)

    async def restore(self, view: Page) -> None:
        """Restore what was typed in *view* and never saved; when coming back, the cursor too."""
        if not view.draft_forms() and not view.may_have_draft:
            return
        returning, self._returning = self._returning, False
        name = view.draft_name = self._name(view)
        draft = self._box.get(name)
        if draft is None or not self._fits(draft):
            return
        try:
            entered = await view.enter_draft_state(draft.state)
        except ProtectedIdentity:
            raise  # nothing of the draft is shown before the clerk has said why
        except Exception as error:
            if not view.explain(error):
                raise
            entered = False
        if not entered:
            await self._show_homeless(view, name, typed_in(draft))
            return
        back = await self.put_back(view, draft, returning)
        if back.homeless:
            await self._show_homeless(view, name, back.homeless)
        if not view.dirty:
            return
        since = "" if draft.day == str(self._host.today) else f", från {draft.day}"
        if not back.apart and not back.moved:
            view.say(
                f"Utkastet är tillbaka{since}: det du skrev och inte hann spara. {key_of('clear')} kastar det."
            )
            return
        text = await told_at_return(view, back)
        view.refuse(refusal("", f"Utkastet är tillbaka{since}, men {text}"))

    async def put_back(self, view: Page, draft: Draft, cursor: bool = True) -> Returned:
        """Put the text of *draft* over what *view* shows as saved, and its *cursor* too."""
        record = view.draft_record()
        here = {form.spec.name for form in view.draft_forms()} | view.draft_elsewhere().keys()
        back = Returned(draft, record[2] if record else None, here)
        await view.take_elsewhere(back)
        for form in view.draft_forms():
            back.fill(form)
            typing = draft.cursor[1] if draft.cursor and draft.cursor[0] == form.spec.name else ""
            await show_meanings(view, form, typing if cursor else "")
        await view.draft_restored()
        if cursor:
            self._restore_cursor(view, draft)
        return back

    def _restore_cursor(self, view: Page, draft: Draft) -> None:
        for form in view.draft_forms():
            if draft.cursor and draft.cursor[0] == form.spec.name and form.go(draft.cursor[1]):
                form.place_caret(draft.cursor[2])
                view.activate(form)

    async def _show_homeless(self, view: Page, name: str, typed: list[str]) -> None:
        """Show what was typed in fields that no longer take it, before it is dropped."""
        self._homeless.add(name)
        why = view.foot.message

        async def read() -> None:
            self._homeless.discard(name)
            if view.draft_name != name or not view.dirty:
                self._box.drop(name)

        lines = ["Det här skrev du, men det kan inte läggas tillbaka:", "", *typed, "", why]
        await self._host.open_dialog(TextPage("Utkast", lines, read))

    # --- at login ---------------------------------------------------------------------------

    @staticmethod
    def _fits(draft: Draft) -> bool:
        """Tell whether the draft's screen exists and has its fields."""
        if draft.code not in displays() or draft.arguments.keys() - _ARGUMENTS:
            return False
        fields = {f.name: {c.name for c in f.fields} for f in formats_of(draft.code)}
        return all(
            name in fields and not form.values.keys() - fields[name]
            for name, form in draft.forms.items()
        )

    async def offer(self) -> None:
        """Offer to open what was unsaved when the program last ended."""
        sweep = await asyncio.to_thread(self._box.sweep, self._fits)
        removed = []
        if sweep.set_aside:
            removed.append(
                f"{sweep.set_aside} utkast lades i drafts/undanlagda: de är trasiga, ändrade,"
                " någon annans eller från en äldre version."
            )
            context = self._host.session.context("login")
            await self._host.calls.run(
                context.database, partial(log_refused, context, sweep.set_aside)
            )
        if sweep.expired:
            removed.append(f"{sweep.expired} utkast äldre än {DAYS_KEPT} dagar togs bort.")
        if removed and self._host.view is not None:
            self._host.view.say(" ".join([*removed, self._host.view.foot.message]))
        if not sweep.waiting:
            return
        name, draft = sweep.waiting[0]

        async def open_it(_: bool) -> None:
            patient = {"identity": draft.patient} if draft.patient else {}
            self.coming_back()
            await self._host.open(draft.code, **draft.arguments, **patient)
            view = self._host.view
            if view is None or view.draft_name == name:
                return
            if view.protected_asked is not None:
                return  # it comes back with the patient, once the clerk has said why
            if (unopened := self._box.get(name)) is None:
                view.say("Utkastet är redan öppnat i ett annat fönster.")
            else:
                await self._show_homeless(view, name, typed_in(unopened))

        when = draft.kept_at.replace("T", " ")
        more = len(sweep.waiting) - 1
        lines = [
            f"{displays()[draft.code].title}, {when}, blev inte sparad.",
            *([f"{more} utkast till väntar i sina bilder."] if more else []),
            "Vill du öppna den och fortsätta?",
        ]
        question = Confirm("Osparat utkast", lines, "Öppna", "Senare", open_it)
        question.unasked = True
        await self._host.open_dialog(question)
