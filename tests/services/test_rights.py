"""Every public service, found here, with every role and with no right at all: as it declares."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

import pasis_tui.services
from pasis_tui.display.display_files import displays
from pasis_tui.models import Right
from pasis_tui.services.errors import NoRight
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.reports import lists
from pasis_tui.services.rights import ROLES as TABLE
from pasis_tui.services.rights import declared
from pasis_tui.services.users import favourites
from pasis_tui.services.visits import medical, visits
from pasis_tui.store.actor import Context, SessionEnded
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
    "draft_keys.draft_key",
    "draft_keys.log_refused",
    "settings.read",
    "settings.change",
    "show.rows",  # asks for the right of the screen it shows
    "accounts.change_own_password",
}
# They answer from the program's own files, or read nothing without an argument.
STATIC = {"care_commitments.start_proposal"}


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
    **{role: frozenset(held) for role, held in TABLE.items()},
    "everything": frozenset(get_args(Right)),
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
    assert asked - {"users", "log", "exercises"} == screens - {
        "exercises",
        "trainer",
        "log",
    }  # screens of practice, which ask no service
    assert screens | {"log", "users", "trainer", "exercises"} == set(get_args(Right))
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
    held = {right for rights in TABLE.values() for right in rights}
    assert held == set(get_args(Right)) - {"exercises"}


# --- the documented tables -------------------------------------------------------------------


def _table(first: str) -> dict[str, str]:
    """The two columns of the table of docs/operations.md whose heading is *first*."""
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    rows = page[page.index(f"| {first} |") :].split("\n\n")[0].splitlines()[2:]
    pairs = [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]
    return dict(pairs)


def test_the_roles_are_those_of_the_documented_table() -> None:
    told = {role: tuple(rights.split(", ")) for role, rights in _table("role").items()}
    assert told == TABLE


def test_the_screens_are_those_of_the_documented_table() -> None:
    screens: dict[str, list[str]] = {right: [] for right in get_args(Right)}
    for code, shown in displays().items():
        if shown.right:
            screens[shown.right].append(code)
    told = _table("right")
    assert told == {right: ", ".join(sorted(codes)) for right, codes in screens.items()}


@pytest.mark.parametrize("role", TABLE)
def test_role_and_service_at_another_unit(role: str, clinic: Clinic) -> None:
    """A role is held at its unit: with it, nothing is done at a unit where one has none."""
    context = _as(clinic, ROLES[role])
    elsewhere = clinic.seed.b
    there = replace(context.actor, unit_id=elsewhere.id, unit_code=elsewhere.code)
    done = []
    for name, service in SERVICES.items():
        if name in HELPERS or not all(not one or one & ROLES[role] for one in declared(service)):
            continue
        before = clinic.events()
        try:
            service(replace(context, actor=there), **_arguments(service))
        except SessionEnded:
            continue
        except Exception:  # it stopped at arguments that are none, before it opened its work
            if clinic.events() != before:
                done.append(name)
        else:
            done.append(name)
    assert set(done) <= STATIC, done
