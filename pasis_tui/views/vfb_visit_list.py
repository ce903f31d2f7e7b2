"""FB Besök diagnos/KVÅ/op."""

from __future__ import annotations

from pasis_tui.services.reports import lists
from pasis_tui.views.list_ordering import OrderingView


class VisitListView(OrderingView):
    """The unit's visits of a period with diagnosis and KVÅ."""

    file = "fb_besok"
    files = "HL"
    order = staticmethod(lists.order_visit_list)

    async def start(self) -> None:
        """Propose the month so far."""
        today = self.pasis.today
        form = self.form("order")
        form.fill({"from_date": str(today.replace(day=1)), "to_date": str(today)})
        self._lock_reason(form)
        self.say("Tomma fält tar med alla. Beställ (Alt+B), hämta sedan i HL.")
