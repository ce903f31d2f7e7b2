"""The program with a fault in it: Läs in 083 fails with a patient at hand.

Started as a script by tests.flows.test_fault.
"""

from __future__ import annotations

from typing import Any

from pasis_tui.cli.main import main
from pasis_tui.views import v083_contacts


async def _fail(self: Any, form: Any) -> None:
    number = form.get("identity_number")
    raise RuntimeError(f"no such patient: {number}")


setattr(v083_contacts.ContactsView, "read", _fail)  # noqa: B010 - a method of a class under test
raise SystemExit(main())
