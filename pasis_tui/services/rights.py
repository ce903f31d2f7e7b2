"""Who may use a service: each declares the right it needs, once, and nothing is done without it.

A unit of work opens only for a context that came through such a declaration, so a service that
forgot its own cannot run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Concatenate, Literal, ParamSpec, TypeVar

from pasis_tui.commands import keys_in_text
from pasis_tui.display.display_files import displays
from pasis_tui.models import Right
from pasis_tui.services.errors import NoRight
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import UnitOfWork

Role = Literal["receptionist", "clerk", "trainer", "manager", "administrator"]
_CARE: tuple[Right, ...] = (
    "patient", "booking", "visit", "medical", "overview", "fees", "lists", "statistics",
)  # fmt: skip
# The one table of roles; docs/operations.md shows it, and tests compare the two.
ROLES: dict[Role, tuple[Right, ...]] = {
    "receptionist": ("patient", "booking", "visit"),
    "clerk": _CARE,
    "manager": (*_CARE, "log"),
    "administrator": ("users",),
    "trainer": (*_CARE, "log", "trainer"),
}

P = ParamSpec("P")
R = TypeVar("R")
Service = Callable[Concatenate[Context, P], R]

ASK = "Be systemansvarig."
_OF_PRACTICE = frozenset({"exercises", "trainer"})  # rights that nobody has in a register
ROLE_OF_PRACTICE: Role = "trainer"
_WITHOUT_SCREEN = {"users": "registrets skötsel"}
# Whoever works with patients on some screen may find and read one.
PATIENTS: tuple[Right, ...] = ("patient", "booking", "visit", "medical", "overview", "fees")


def needs(*rights: Right, way_out: str = ASK) -> Callable[[Service[P, R]], Service[P, R]]:
    """Declare that a service needs one of *rights*; with none, everyone logged on may use it.

    Declared twice, both must hold.  The service raises NoRight before it does anything else, and
    the try is logged as ``denied``.
    """
    any_of = frozenset(rights)

    def declare(service: Service[P, R]) -> Service[P, R]:
        name = f"{service.__module__.rsplit('.', 1)[-1]}.{service.__name__}"

        @wraps(service)
        def guarded(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if any_of and any_of.isdisjoint(context.actor.rights):
                called_with = signature(service).bind_partial(context, *args, **kwargs).arguments
                _refuse(context, rights[0], name, way_out, called_with.get("patient_id"))
            return service(_admitted(context), *args, **kwargs)

        guarded.__dict__["needs"] = (any_of, *declared(service))
        return guarded

    return declare


def declared(service: object) -> tuple[frozenset[Right], ...]:
    """Return what *service* declares: of each of the sets, one right is needed."""
    sets: tuple[frozenset[Right], ...] = getattr(service, "needs", ())
    return sets


def rights_of(roles: str, *, practice: bool) -> frozenset[Right]:
    """Return the rights of *roles*, names with spaces between them; an unknown name gives none."""
    known: set[Right] = {
        right for role, rights in ROLES.items() if role in roles.split() for right in rights
    }
    if practice:
        known.add("exercises")
    return frozenset(known if practice else known - _OF_PRACTICE)


def check_screen(context: Context, code: str) -> None:
    """Raise NoRight, logged, unless the actor may see the screen *code*.

    Raises SessionEnded when the actor's access was withdrawn: screens ask as services do.
    """
    with UnitOfWork(_admitted(context), reading=True):
        pass
    right = displays()[code].right
    if right and right not in context.actor.rights:
        shown = displays()[code]
        if right in _OF_PRACTICE and not context.actor.practice:
            raise NoRight(f"{shown.title} finns bara i övning, inte i ett register.")
        if right == "trainer":
            raise NoRight(f"{shown.title} är för den som lär ut. Logga in som det.")
        _refuse(context, right, f"bild {code}", ASK, None, shown.title)


def _admitted(context: Context) -> Context:
    return context if context.admitted else replace(context, admitted=True)


def _refuse(
    context: Context,
    right: Right | str,
    what: str,
    way_out: str,
    patient_id: object,
    title: str = "",
) -> None:
    known = patient_id if isinstance(patient_id, int) else None
    with UnitOfWork(_admitted(context)) as work:
        work.audit("denied", known, reason=f"{what}: behörighet {right} saknas")
        work.commit()
    shown = title or _first_screen(right)
    raise NoRight(f"Du saknar behörighet till {shown}. {keys_in_text(way_out)}")


def _first_screen(right: str) -> str:
    titles = [shown.title for shown in displays().values() if shown.right == right]
    return titles[0] if titles else _WITHOUT_SCREEN.get(right, right)
