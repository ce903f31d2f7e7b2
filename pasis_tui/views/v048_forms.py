"""The three forms of 048: Inskrivning, Utskrivning, Uppföljning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pasis_tui.commands import key_of
from pasis_tui.services.forms import forms
from pasis_tui.services.forms.forms import FormsCard
from pasis_tui.services.patients import patients
from pasis_tui.shell.view import View
from pasis_tui.validation.rules import finding
from pasis_tui.views.typed_values import day_of
from pasis_tui.widgets.form import Form


class _FormView(View):
    """One form of one commitment; ``part`` is its name in display file and card."""

    part: ClassVar[str]
    word: ClassVar[str]
    propose: ClassVar[Callable[..., dict[str, str]]]
    write: ClassVar[Callable[..., FormsCard]]

    async def start(self) -> None:
        """Show what is saved, else what is proposed."""
        self._form = self.form(self.part)
        self._card: FormsCard | None = None
        wanted = self.arguments.get("commitment") or self.session.commitment_id
        if wanted is None:
            self._form.protect(*self._form.cells)
            self.deny("Välj vårdåtagandet i 048 först (Snabbval 48).")
            return
        self._commitment: int = wanted
        await self.read_record()

    async def read_record(self) -> None:
        """Show the form as saved now, else as proposed."""
        card = await self.ask(forms.get, self._commitment)
        self.session.carry(await self.ask(patients.get, card.patient_id))
        self.session.commitment_id = card.commitment_id
        self.refresh_frame()
        self._show(card)
        saved = self._saved(card)
        if card.closed_on is not None:
            self._form.protect(*self._form.cells)
            self._form.show_button("save", False)
            self._form.go("button:overview")
            self.say(
                f"Vårdåtagandet avslutades {card.closed_on}. Återöppna det i 040 (Alt+E)"
                " om formuläret ska ändras."
            )
        elif saved is None and (why := getattr(card, f"why_no_{self.part}", None)):
            self.refuse(why)
        elif saved is not None:
            self.say(
                f"{self.word} är registrerad. Ändra och tryck Spara ({key_of('save')}), eller 1 Översikt."
            )
        elif self.part == "follow_up" and card.follow_up_window:
            first, last = card.follow_up_window
            self.say(
                f"Uppföljning ska ske {first}–{last}. Fyll i och tryck Spara ({key_of('save')})."
            )
        else:
            self.say(f"Fyll i och tryck Spara ({key_of('save')}). Fält med * är obligatoriska.")

    def _saved(self, card: FormsCard) -> Any:
        return getattr(card, self.part)

    def _show(self, card: FormsCard) -> None:
        self._card = card
        form = self._form
        form.fill(type(self).propose(card, self.pasis.today))
        saved = self._saved(card)
        form.set_status("V" if saved is not None else "")
        if "caregiver" in form.cells:
            form.set_note("caregiver", saved.caregiver_name if saved else card.caregiver_name)
        form.set_heading(f"Vårdåtagande {card.commitment_id} ({card.problem})")
        form.go_first()

    async def read(self, form: Form | None) -> None:
        """Read the form again."""
        await self.pasis.if_saved(self, self.pasis.reopen)

    async def save(self) -> None:
        """Spara."""

        async def done(card: FormsCard) -> None:
            self.remember(self._form)
            self._show(card)
            self._form.go("button:overview")
            self.activate(self._form)
            after = (
                "Avsluta nu i 040 (Snabbval 40)."
                if self.part == "follow_up"
                else "1 Översikt går tillbaka."
            )
            self.say_saved(f"{self.word} är sparad (V). {after}")

        if self._card is None:
            self.deny("Välj vårdåtagandet i 048 först (Snabbval 48).")
            return
        if self._card.closed_on is not None:
            closed = self._card.closed_on
            self.refuse(finding("VA34", "", self.pasis.today, id=self._commitment, date=closed))
            return
        saved = self._saved(self._card)
        if saved is not None and self.nothing_new():
            return
        version = saved.version if saved is not None else None
        await self.attempt(
            type(self).write, self._commitment, version, self._form.values, done=done
        )

    press_save = save

    async def press_overview(self) -> None:
        """Go back to 048."""
        await self.pasis.if_saved(self, self._overview)

    async def _overview(self) -> None:
        if len(self.session.trail) > 1:
            self.session.trail.leave()  # back to the list: F3 there does not lead to the form
        await self.pasis.open("048", **({"commitment": self._commitment} if self._card else {}))

    def list_filters(self, form: Form, field: str) -> dict[str, Any]:
        """Caregivers who were active on the form's day (VA10)."""
        day = day_of(form.get("date")) if field == "caregiver" else None
        return {"on": day} if day else {}

    def draft_forms(self) -> Sequence[Form]:
        """The form."""
        return (self.form(self.part),) if self._card is not None else ()

    def draft_subject(self) -> str:
        """Its commitment."""
        return str(self._commitment) if self._card is not None else ""

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The form, which another may write first."""
        if self._card is None:
            return None
        saved = self._saved(self._card)
        return f"{self.part}_form", self._commitment, saved.version if saved else None

    def draft_arguments(self) -> dict[str, int]:
        """Its commitment, also when it was the one carried."""
        return {"commitment": self._commitment} if self._card is not None else {}


class EnrolmentView(_FormView):
    """048 Inskrivning."""

    file = "048_inskrivning"
    part = "enrolment"
    word = "Inskrivningen"
    propose = staticmethod(forms.propose_enrolment)
    write = staticmethod(forms.save_enrolment)


class DischargeView(_FormView):
    """048 Utskrivning."""

    file = "048_utskrivning"
    part = "discharge"
    word = "Utskrivningen"
    propose = staticmethod(forms.propose_discharge)
    write = staticmethod(forms.save_discharge)


class FollowUpView(_FormView):
    """048 Uppföljning."""

    file = "048_uppfoljning"
    part = "follow_up"
    word = "Uppföljningen"
    propose = staticmethod(forms.propose_follow_up)
    write = staticmethod(forms.save_follow_up)
