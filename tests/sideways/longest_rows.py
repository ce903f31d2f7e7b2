"""For each list of each screen the rows with the longest values that can stand there.

Each is made by the view's own function, of the longest texts that fields, rules and codes allow.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from pasis_tui.display.display_files import displays, every
from pasis_tui.services.commitments.commitment_cards import CommitmentRow
from pasis_tui.services.fees.cost_protection import _KINDS, CardRow, ExternalRow, FeeRow
from pasis_tui.services.forms.overview import OverviewRow, due_text
from pasis_tui.services.reports import access_log, lists, worklist_debts
from pasis_tui.services.reports.lists import OrderRow
from pasis_tui.services.reports.worklist_debts import Task, _Who
from pasis_tui.services.reports.worklist_queries import Counted, Lacking, Open
from pasis_tui.services.users.favourites import LONGEST, FavouriteRow
from pasis_tui.services.visits.contacts import ContactRow
from pasis_tui.training.classes import LONGEST_NAME as LONGEST_LEARNER
from pasis_tui.training.classes import NO_RULE, BoardRow
from pasis_tui.training.exercises import shelf, shipped
from pasis_tui.training.grading import Deviation
from pasis_tui.training.results import Best, Result
from pasis_tui.training.routes import Pressed
from pasis_tui.validation import codes
from pasis_tui.validation.fees import HIGHEST_FEE, LONGEST_NAME, LONGEST_NUMBER
from pasis_tui.validation.rules import rules
from pasis_tui.views import (
    favourites,
    kt_board,
    list_ordering,
    menu,
    ov_exercises,
    ov_result,
    v040_care_commitments,
    v048_overview,
    v083_contacts,
    v283_cost_overview,
    v283_manual_visits,
    v610_free_cards,
    vag_worklist,
    vlg_access_log,
    vsu_support,
)
from pasis_tui.widgets.record_list import Row

_NAME = displays()["014"].formats[0].field("family_name").length
_ID = int("9" * displays()["048"].format("search").field("commitment_id").length)
_DAY = dt.date(2026, 12, 28)
_TIME = dt.time(23, 59)
_NUMBER = "19930714-2381"
_UNIT, _SIGNATURE = "PSMA01", "ÅÄÖÅÄÖ"
_NOTE = "under 20 år"

# Alphabets: a cell a letter, two cells a letter, letters with their marks beside them.
LETTERS = ("Wännström-", "李小龍王", "E\u0301a\u0300o\u0302")


def _text(letters: str, length: int) -> str:
    return (letters * length)[:length]


def _longest(table: str) -> str:
    return max(codes.table(table), key=len)


def _commitments(letters: str) -> Iterator[Row]:
    reason = _longest("closing_reason")
    row = CommitmentRow(
        _ID, _longest("problem"), _DAY, _DAY, reason, 99_999, _DAY, _DAY, _DAY, _UNIT
    )
    yield v040_care_commitments._row(999, row)
    yield v040_care_commitments._row(1, row._replace(id=1, visits=1, closed_on=None))


def _overview(letters: str) -> Iterator[Row]:
    name = f"{_text(letters, _NAME)}, {_text(letters, _NAME)}"
    dues = {
        due_text(1, _DAY, discharge, None, today)
        for discharge in (None, _DAY, _DAY + dt.timedelta(days=60))
        for today in (_DAY, _DAY + dt.timedelta(days=100), _DAY + dt.timedelta(days=300))
    } | {due_text(1, None, None, None, _DAY), due_text(1, _DAY, _DAY, _DAY, _DAY)}
    for protected, (due, short), ident in itertools.product((False, True), dues, (_ID, 1)):
        row = OverviewRow(
            ident, 1, _NUMBER, name, _longest("problem"), _DAY, 99_999, _DAY, "F4310", _DAY, _DAY,
            due, short, _DAY, _longest("closing_reason"), protected,
        )  # fmt: skip
        yield v048_overview._row(row)


def _contacts(letters: str) -> Iterator[Row]:
    for fee, cancelled, no_show in ((HIGHEST_FEE, False, True), (0, True, False)):
        yield v083_contacts._row(
            ContactRow(
                _ID, _DAY, _TIME, _UNIT, _longest("visit_reason"), _longest("visit_kind"),
                _SIGNATURE, _longest("contact_type"), True, True, no_show, True, "FK",
                visit_id=_ID, problem=_longest("problem"), reception_name=letters * 12,
                caregiver_name=letters * 12, fee=fee, dia_reg="N", cancelled=cancelled,
                diagnosis="F4310",
            )
        )  # fmt: skip


def _fees(letters: str) -> Iterator[Row]:
    provider = _text(letters, LONGEST_NAME)
    for at, (kind, most) in enumerate(itertools.product(_KINDS.values(), (HIGHEST_FEE, 0))):
        row = FeeRow(_DAY, "23:59", kind, provider, most, most, most, _NOTE, None, _DAY, most)
        yield v283_cost_overview._row(at, row)


def _external(letters: str) -> Iterator[Row]:
    provider, proof = _text(letters, LONGEST_NAME), _longest("fee_proof")
    for most in (HIGHEST_FEE, 1):
        row = ExternalRow(_ID, 1, _DAY, most, provider, proof, most, _NOTE)
        yield v283_manual_visits._row(row)


def _cards(letters: str) -> Iterator[Row]:
    for here in (True, False):
        number, issuer = "W" * LONGEST_NUMBER, _text(letters, LONGEST_NAME)
        card = CardRow(_ID, 1, number, issuer, _DAY, _DAY, here)
        for days in (-1, 0, 1):
            yield v610_free_cards._row(card, _DAY + dt.timedelta(days=days))
        year = replace(card, valid_to=_DAY + dt.timedelta(days=365))
        yield v610_free_cards._row(year, _DAY)


def _all_tasks(letters: str) -> Iterator[Task]:
    name = f"{_text(letters, _NAME)}, {_text(letters, _NAME)}"
    who = _Who(1, _NUMBER, name, _ID, 1)
    arrival = dt.date(2025, 11, 28)
    family_name = _text(letters, _NAME)
    person = (1, _NUMBER.replace("-", ""), family_name, family_name, _ID, 1)
    commitments = (
        Open(*person, arrival, True, None, None, None, 99, _DAY, _DAY, None),
        Open(*person, arrival, False, _DAY, _DAY, None, 1, _DAY, None, None),
        Open(*person, arrival, False, _DAY, _DAY, None, 0, _DAY, None, None),
        Open(*person, arrival, False, _DAY, _DAY, _DAY, 1, _DAY, None, _DAY),
        Open(*person, arrival, False, _DAY, None, None, 1, _DAY, _DAY, None),
    )
    for facts, days in itertools.product(commitments, (0, 80, 100, 120, 1500)):
        today = _DAY + dt.timedelta(days=days)
        yield from worklist_debts._referral(who, facts)
        yield from worklist_debts._enrolment(who, facts)
        yield from worklist_debts._follow_up(who, facts, today)
        yield from worklist_debts._closing(who, facts, today)
    visits = [
        Lacking(
            *person,
            *(None, 1, _DAY, main, _TIME, _DAY + dt.timedelta(days=late)),
            *(outside, False, True),
        )
        for late in (0, -1)
        for main, outside in ((None, False), ("F4310", True))
    ]
    yield from worklist_debts._lacking(visits, _DAY + dt.timedelta(days=9), each_referral=True)
    over = [Counted(*person, None, n, _DAY, "", arrival, "") for n in range(120)]
    yield from worklist_debts._over_limit(over, dt.date.min)


def _tasks(letters: str) -> Iterator[Row]:
    for task, by_date, mark in itertools.product(
        _all_tasks(letters), (False, True), ("", "SKYDDAD, ")
    ):
        yield vag_worklist._row(task, by_date=by_date, mark=mark)


def _files(letters: str) -> Iterator[Row]:
    for title, state in itertools.product(
        lists.TITLES.values(), (lists.ORDERED, lists.READY, lists.FAILED)
    ):
        for row_title in (title, f"SKYDDADE {title}"):
            period = f"{_DAY}–{_DAY}"
            row = OrderRow(
                _ID,
                row_title,
                period,
                _SIGNATURE,
                _DAY,
                state,
                f"{letters * 20}.xlsx",
                letters * 20,
            )
            yield list_ordering._row(row)


def _favourites(letters: str) -> Iterator[Row]:
    for position, shown in enumerate(every(), 1):
        yield favourites._row(FavouriteRow(position, shown.code, _text(letters, LONGEST)))
        yield favourites._row(FavouriteRow(position + 99, shown.code, shown.title))


def _menu(letters: str) -> Iterator[Row]:
    yield from menu._rows(frozenset(shown.right for shown in every()))


def _support(letters: str) -> Iterator[Row]:
    yield from vsu_support._rows()


def _learners(letters: str) -> Iterator[Row]:
    name, title = _text(letters, LONGEST_LEARNER), _text(letters, 200)
    for minutes, marks, times, idle in ((999_999, 100, 99_999, 1e9), (None, None, 1, 0.0)):
        for rule in (*rules(), NO_RULE):
            yield kt_board._row(BoardRow(1, name, title, minutes, marks, rule, times, True, idle))


def _exercises(letters: str) -> Iterator[Row]:
    title = _text(letters, 200)
    for at, exercise in enumerate(shelf([shipped()]).exercises):
        result = Result(exercise.name, title, str(_DAY), 100, (), (), (), 9999, 9999, 1.0, 1.0)
        best = Best(exercise.name, 100, 9999, 1.0, 1, result)
        for state in ("påbörj.", "klar", "nästa", ""):
            yield ov_exercises._row(at, replace(exercise, title=title), best, state)


def _findings(letters: str) -> Iterator[Row]:
    long = _text(letters, 200)
    found = Deviation("wrong", "visit.date", long, "", long, long, long, "BE05", long, long, 9)
    result = Result("07", long, str(_DAY), 100, (found,), (long,), (), 9999, 9999, 1.0, 1.0)
    yield from ov_result._rows(result)


def _steps(letters: str) -> Iterator[Row]:
    exercise = max(shelf([shipped()]).exercises, key=lambda each: len(each.par_strokes))
    pressed = [Pressed("x", letters[0], code, 5999.0, tuple(rules())) for code in displays()]
    mine, solution = ov_result._mine(pressed * 2, {}), ov_result._solution(exercise, {})
    yield from ov_result._steps(mine, solution)


def _events(letters: str) -> Iterator[Row]:
    long, at = _text(letters, 200), dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    for action in access_log.ACTIONS:
        for entity in access_log.ENTITIES:
            row = access_log.LogRow(
                10**9, at, "ANNLIN", "085", action, entity, 10**9, long, long, long
            )
            yield vlg_access_log._row(row)


# {(the screen's code, the list's name): its rows, of texts in the letters given}
LONGEST_ROWS: dict[tuple[str, str], Callable[[str], Iterator[Row]]] = {
    ("040", "commitments"): _commitments,
    ("048", "overview"): _overview,
    ("083", "contacts"): _contacts,
    ("283 1", "fees"): _fees,
    ("283 2", "fees"): _external,
    ("610", "cards"): _cards,
    ("AG", "tasks"): _tasks,
    ("HP", "files"): _files,
    ("HL", "files"): _files,
    ("favoriter", "favourites"): _favourites,
    ("meny", "menu"): _menu,
    ("SU", "rows"): _support,
    ("LG", "events"): _events,
    ("KT", "learners"): _learners,
    ("ÖV", "exercises"): _exercises,
    ("ÖV R", "findings"): _findings,
    ("ÖV S", "steps"): _steps,
}
