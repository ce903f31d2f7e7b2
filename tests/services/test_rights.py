"""Every public service, found here, with every role and with no right at all: as it declares."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest

import pasis_tui.services
from pasis_tui.display.display_files import displays
from pasis_tui.models import Right
from pasis_tui.resources import folder
from pasis_tui.services.errors import NoRight
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.register import clinic as register
from pasis_tui.services.reports import lists
from pasis_tui.services.rights import declared
from pasis_tui.services.users import favourites
from pasis_tui.services.visits import medical, visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Undeclared, UnitOfWork
from tests.services.clinic import ARRIVAL, Clinic, make_clinic

# Other services' helpers: they work in the context that their caller was admitted with.
HELPERS = {
    "commitment_cards.card_of",
    "reach.check_relation",
    "rights.check_screen",
}
# Services that everyone who is logged on may use.
FOR_ALL = {
    *(f"code_lists.{name}" for name in ("search", "meaning", "meanings")),
    *(f"favourites.{name}" for name in ("listing", "add", "remove", "rename", "move", "load")),
    *(f"favourites.{name}" for name in ("export_file", "import_file")),
    "settings.read",
    "settings.change",
    "show.rows",  # asks for the right of the screen it shows
}


def _services() -> Iterator[tuple[str, Callable[..., Any]]]:
    top = pasis_tui.services
    for found in pkgutil.walk_packages(top.__path__, f"{top.__name__}."):
        module = importlib.import_module(found.name)
        for name, member in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(member):
                continue
            if member.__module__ != module.__name__:
                continue
            first = next(iter(inspect.signature(member).parameters.values()), None)
            if first is not None and first.annotation in {"Context", Context}:
                yield f"{found.name.rsplit('.', 1)[-1]}.{name}", member


SERVICES = dict(_services())
ROLES: dict[str, frozenset[str]] = {
    **{
        role: frozenset(rights)
        for role, rights in tomllib.loads((folder("data") / "practice.toml").read_text())[
            "rights"
        ].items()
    },
    "manager": frozenset(get_args(Right)),
    "nobody": frozenset(),
}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def _as(clinic: Clinic, rights: frozenset[str]) -> Context:
    context = clinic.at()
    return replace(context, actor=replace(context.actor, rights=rights))


def _arguments(service: Callable[..., Any]) -> dict[str, Any]:
    """Something for every argument that must be there: rights are asked for before it is read."""
    parameters = list(inspect.signature(service).parameters.values())[1:]
    kinds = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
    return {p.name: None for p in parameters if p.default is p.empty and p.kind not in kinds}


def _refused(service: Callable[..., Any], context: Context) -> bool:
    try:
        service(context, **_arguments(service))
    except NoRight:
        return True
    except Undeclared:
        raise
    except Exception:
        return False  # it went past the door with arguments that are none
    return False


def test_there_are_services_to_ask() -> None:
    assert len(SERVICES) > 70
    assert {"visits.cancel", "medical.get", "lists.write", "show.rows"} < SERVICES.keys()


def test_every_service_declares_its_right_once() -> None:
    undeclared = {name for name, service in SERVICES.items() if not declared(service)}
    assert undeclared == HELPERS
    for_all = {n for n, service in SERVICES.items() if declared(service) == (frozenset(),)}
    assert for_all == FOR_ALL


def test_the_rights_are_those_of_the_display_files() -> None:
    screens = {shown.right for shown in displays().values() if shown.right}
    asked = {r for service in SERVICES.values() for one in declared(service) for r in one}
    assert asked == screens - {"exercises", "trainer"}  # screens of practice, which ask no service
    assert screens | {"log", "trainer", "exercises"} == set(get_args(Right))
    assert {right for rights in ROLES.values() for right in rights} <= set(get_args(Right))


@pytest.mark.parametrize("role", ROLES)
def test_role_and_service(role: str, clinic: Clinic) -> None:
    rights = ROLES[role]
    context = _as(clinic, rights)
    wrong = []
    for name, service in SERVICES.items():
        if name in HELPERS:
            continue
        allowed = all(not one or one & rights for one in declared(service))
        if _refused(service, context) is allowed:
            wrong.append((name, "refused" if allowed else "allowed"))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - FOR_ALL - HELPERS))
def test_a_refusal_is_logged_and_nothing_else_is_done(name: str, clinic: Clinic) -> None:
    before = clinic.events()
    context = _as(clinic, frozenset())
    with pytest.raises(NoRight, match=r"Du saknar behörighet till .+\."):
        SERVICES[name](context, **_arguments(SERVICES[name]))
    (event,) = clinic.events()[len(before) :]
    assert (event.action, event.patient_id) == ("denied", None)
    assert event.reason.startswith(f"{name}: behörighet ")


def test_the_patient_of_a_refusal_is_in_the_log(clinic: Clinic) -> None:
    with pytest.raises(NoRight):
        cost_protection.add_card(_as(clinic, frozenset({"visit"})), clinic.vera, {})
    assert clinic.events()[-1].patient_id == clinic.vera


def test_without_a_right_nothing_is_changed_or_read(clinic: Clinic) -> None:
    card = clinic.commitment()
    visit = clinic.visit(card, ARRIVAL, main_diagnosis="F431")
    nobody = _as(clinic, frozenset())
    for attempt in (
        lambda: visits.cancel(nobody, visit.id, visit.version, "fel"),
        lambda: medical.get(nobody, visit.id),
        lambda: lists.order_control_list(nobody, {"kind": "F", "protected": "N"}),
        lambda: cost_protection.add_external(nobody, clinic.vera, {"amount": "100"}),
    ):
        with pytest.raises(NoRight):
            attempt()
    assert visits.get(clinic.at(), visit.id) == visit


def test_spara_allt_says_how_to_save_the_visit_alone(clinic: Clinic) -> None:
    with pytest.raises(NoRight, match=r"184 Medicinsk registrering\. Spara besöket ensamt"):
        visits.save_all(_as(clinic, frozenset({"visit"})), clinic.vera, {})
    with pytest.raises(NoRight, match="083 Vårdkontakter"):
        visits.save_all(_as(clinic, frozenset({"medical"})), clinic.vera, {})


def test_a_service_that_declares_nothing_cannot_work(clinic: Clinic) -> None:
    with pytest.raises(Undeclared):
        UnitOfWork(clinic.at())


def test_titles_and_rights_come_from_the_display_files() -> None:
    assert favourites.suggested()[0] == ("014", displays()["014"].title)
    assert len(favourites.suggested()) == 9
    assert set(register._every_right()) == set(get_args(Right)) - {"trainer", "exercises"}
