"""KL Kontrollista Psykoterapi/MMS."""

from __future__ import annotations

from pasis_tui.services.reports import lists
from pasis_tui.views.list_ordering import OrderingView
from pasis_tui.widgets.form import Form


class ControlListView(OrderingView):
    """Fakturerade vårdåtagande, or Vårdåtagande under perioden."""

    file = "kl_kontrollista"
    files = "HP"
    order = staticmethod(lists.order_control_list)

    async def start(self) -> None:
        """Propose the month so far."""
        today = self.pasis.today
        self.form("order").fill(
            {"kind": "F", "from_date": str(today.replace(day=1)), "to_date": str(today)}
        )
        self._lock_unused()
        self.say("F fakturerade, P under perioden. Beställ (Alt+B), hämta sedan i HP.")

    def _lock_unused(self) -> None:
        form = self.form("order")
        form.protect("from_date", "to_date", locked=form.get("kind") != "P")
        self._lock_reason(form)

    async def left(self, form: Form, field: str) -> str | None:
        """The period belongs to P alone."""
        if field == "kind":
            self._lock_unused()
        return await super().left(form, field)
