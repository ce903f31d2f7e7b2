"""A learner's program in a class: what happens is told to the link, what the trainer says is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pasis_tui.shell.desk import Desk
from pasis_tui.shell.page import Listeners, Page
from pasis_tui.validation.findings import Finding

if TYPE_CHECKING:
    from pasis_tui.training.class_link import ClassLink


class Member(Protocol):
    """The application, as far as its class is concerned."""

    listeners: Listeners
    desk: Desk
    class_link: ClassLink | None


def follow(app: Member, link: ClassLink, *, practice: bool) -> None:
    """Begin to tell *link* what happens, once somebody is logged on; a register belongs to no class."""
    if not practice:
        app.class_link = None
        link.close()
        app.desk.tell("En klass finns bara i övning. Du är inte med i den här.")
        return
    app.class_link = link
    app.listeners.refusals.append(lambda page, findings: _refused(link, page, findings))
    app.listeners.saves.append(lambda page, message: link.saved())
    link.start()
    there = (
        "" if link.reached else " Klassen nås inte just nu; det du gör sparas och skickas sedan."
    )
    app.desk.tell(f"Klassen {link.joined.class_name}: du är med som {link.joined.name}.{there}")


def _refused(link: ClassLink, page: Page, findings: Sequence[Finding]) -> None:
    for rule in dict.fromkeys(finding.rule for finding in findings):
        link.refusal(rule)
