"""Acts for the faults: 283, 610, papers, AG, lists, statistics and imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pasis_tui.services.fees import cost_protection, fee_history
from pasis_tui.services.register import imports, pmo_transfer
from pasis_tui.services.reports import (
    downtime,
    lists,
    papers,
    statistics,
    statistics_export,
    worklist,
)
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.statistics import fixed_intervals
from tests.faults.acts import DAY, Do, act, treated, visited
from tests.services.clinic import ALL, Clinic, confirming
from tests.services.transfer_files import at, csv_file

# -- 283 and 610 ---------------------------------------------------------------------------------

FEE = {"date": "2026-03-06", "amount": "1400", "provider": "Vårdcentralen", "proof": "KV"}
CARD = {
    "number": "R-17",
    "issuer": "Region X",
    "valid_from": "2026-01-10",
    "valid_to": "2027-01-09",
}


@act("cost_protection.add_external")
def _add_fee(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: cost_protection.add_external(at(c), c.vera, FEE, confirming("HK05"))


def _with_fee(c: Clinic) -> None:
    visited(c)
    cost_protection.add_external(at(c), c.vera, FEE, confirming("HK05"))


@act("cost_protection.remove_external")
def _remove_fee(c: Clinic, folder: Path) -> Do:
    _with_fee(c)
    (fee,) = cost_protection.external_fees(at(c), c.vera)
    return lambda c, _: cost_protection.remove_external(at(c), fee.id, fee.version, "fel belopp")


@act("cost_protection.add_card")
def _add_card(c: Clinic, folder: Path) -> Do:
    c.commitment()
    return lambda c, _: cost_protection.add_card(at(c), c.vera, CARD, ALL)


@act("cost_protection.remove_card")
def _remove_card(c: Clinic, folder: Path) -> Do:
    c.commitment()
    cost_protection.add_card(at(c), c.vera, CARD, ALL)
    (card,) = cost_protection.free_cards(at(c), c.vera)
    return lambda c, _: cost_protection.remove_card(at(c), card.id, card.version, "fel nummer")


@act("cost_protection.issue")
def _issue(c: Clinic, folder: Path) -> Do:
    _with_fee(c)
    with SystemWork(c.database) as work:
        work.connection.exec_driver_sql("DELETE FROM free_card")
        work.commit()
    return lambda c, _: cost_protection.issue(at(c), c.vera)


def _reads_money(do: Do) -> Callable[[Clinic, Path], Do]:
    def prepare(c: Clinic, folder: Path) -> Do:
        _with_fee(c)
        return do

    return prepare


for _service, _do in {
    "cost_protection.overview": lambda c, _: cost_protection.overview(at(c), c.vera),
    "cost_protection.external_fees": lambda c, _: cost_protection.external_fees(at(c), c.vera),
    "cost_protection.free_cards": lambda c, _: cost_protection.free_cards(at(c), c.vera),
    "fee_history.protection_of": lambda c, _: fee_history.protection_of(at(c), c.vera, None),
    "papers.overview_paper": lambda c, _: papers.overview_paper(at(c), c.vera),
}.items():
    act(_service)(_reads_money(_do))


@act("papers.receipt")
def _receipt(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    return lambda c, _: papers.receipt(at(c), visit.id)


@act("papers.card_copy")
def _card_copy(c: Clinic, folder: Path) -> Do:
    c.commitment()
    cost_protection.add_card(at(c), c.vera, CARD, ALL)
    (card,) = cost_protection.free_cards(at(c), c.vera)
    return lambda c, _: papers.card_copy(at(c), card.id)


@act("papers.to_file")
def _paper_to_file(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    paper = papers.receipt(at(c), visit.id)
    return lambda c, folder: papers.to_file(at(c), paper, folder)


# -- AG, lists, statistics -----------------------------------------------------------------------


@act("worklist.tasks_page")
def _tasks(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: worklist.tasks_page(at(c))


@act("worklist.unpaid_page")
def _unpaid(c: Clinic, folder: Path) -> Do:
    visited(c)
    raw = {"from_date": "2026-03-01", "to_date": "2026-03-09"}
    return lambda c, _: worklist.unpaid_page(at(c), raw)


@act("worklist.next_task")
def _next_task(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: worklist.next_task(at(c))


CONTROL = {"kind": "P", "from_date": "2026-03-01", "to_date": "2026-03-09"}
VISITS = {"from_date": "2026-03-01", "to_date": "2026-03-09", "signature": "annlin"}


@act("lists.order_control_list")
def _order_control(c: Clinic, folder: Path) -> Do:
    return lambda c, _: lists.order_control_list(at(c), CONTROL)


@act("lists.order_visit_list")
def _order_visits(c: Clinic, folder: Path) -> Do:
    return lambda c, _: lists.order_visit_list(at(c), VISITS)


@act("lists.make", commits=2)
def _make(c: Clinic, folder: Path) -> Do:
    visited(c)
    order = lists.order_visit_list(at(c), VISITS)
    return lambda c, folder: lists.make(at(c), order, folder)


@act("lists.write", logs_first=True)
def _write(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, folder: lists.write(at(c), "P", CONTROL, folder / "lista.xlsx")


@act("downtime.write_day_list")
def _day_list(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, folder: downtime.write_day_list(at(c), DAY, DAY, folder / "dagslista.pdf")


def _with_list(do: Callable[[Clinic, Path, int], object]) -> Callable[[Clinic, Path], Do]:
    def prepare(c: Clinic, folder: Path) -> Do:
        visited(c)
        order = lists.order_control_list(at(c), CONTROL)
        lists.make(at(c), order, folder)
        return lambda c, folder: do(c, folder, order)

    return prepare


for _service, _done in {
    "lists.remove": lambda c, folder, order: lists.remove(at(c), order, folder),
    "lists.preview": lambda c, folder, order: lists.preview(at(c), order, folder),
    "lists.save_copy": lambda c, folder, order: lists.save_copy(
        at(c), order, folder, folder / "kopia.xlsx", confirming("LI02")
    ),
}.items():
    act(_service)(_with_list(_done))


@act("statistics.load", logs_first=True)
def _statistics(c: Clinic, folder: Path) -> Do:
    treated(c)
    return lambda c, _: statistics.load(at(c), fixed_intervals(DAY)[0])


@act("statistics.order_own")
def _order_own(c: Clinic, folder: Path) -> Do:
    raw = {"from_date": "20250101", "to_date": "20250228"}
    return lambda c, _: statistics.order_own(at(c), raw)


@act("statistics.remove_own")
def _remove_own(c: Clinic, folder: Path) -> Do:
    order = statistics.order_own(at(c), {"from_date": "20250101", "to_date": "20250228"})
    return lambda c, _: statistics.remove_own(at(c), order.id)


@act("statistics_export.save")
def _statistics_book(c: Clinic, folder: Path) -> Do:
    treated(c)
    report = statistics.load(at(c), fixed_intervals(DAY)[0])
    return lambda c, folder: statistics_export.save(at(c), report, [], folder / "051.xlsx")


# -- imports -------------------------------------------------------------------------------------


def _imports(do: Callable[[Clinic, Path], object], *lines: str) -> Callable[[Clinic, Path], Do]:
    def prepare(c: Clinic, folder: Path) -> Do:
        csv_file(folder, *lines)
        return lambda c, folder: do(c, folder / "fil.csv")

    return prepare


@act("imports.import_invoice_specification")
def _invoice(c: Clinic, folder: Path) -> Do:
    one, two = c.commitment(), c.commitment(patient=c.max)
    csv_file(folder, "ID;Fakturadatum", f"{one.id};2026-03-05", f"{two.id};2026-03-05")
    return lambda c, folder: imports.import_invoice_specification(at(c), folder / "fil.csv")


act("imports.import_invoice_specification", "of unknown")(
    _imports(
        lambda c, path: _gives_up(lambda: imports.import_invoice_specification(at(c), path)),
        "ID",
        "4711",
    )
)


def _gives_up(act: Callable[[], object]) -> None:
    with pytest.raises(imports.BadRows):
        act()


act("imports.import_codes")(
    _imports(
        lambda c, path: imports.import_codes(at(c), "ICD10", path),
        "Kod;Text",
        *[f"Z{n};Kod {n}" for n in range(700, 760)],
    )
)
act("imports.import_referring_units")(
    _imports(
        lambda c, path: imports.import_referring_units(at(c), path),
        "Kod;Namn;Ort;Remiss från",
        "VC0001;Vårdcentralen Ön;Limhamn;1",
        "VC0099;Nya;;7",
    )
)
act("imports.import_test_numbers")(
    _imports(
        lambda c, path: imports.import_test_numbers(at(c), path),
        "Testpersonnummer",
        "189001019802",
    )
)


@act("pmo_transfer.import_pmo", commits=6)
def _pmo(c: Clinic, folder: Path) -> Do:
    c.commitment()
    csv_file(
        folder,
        "Personnummer;Datum;Tid;Attribut KBT/IPT;Vårdgivare",
        "199307142381;2026-03-05;0900;N;ANNLIN",
        "199307142381;2026-03-06;0900;J;ANNLIN",
    )
    return lambda c, folder: pmo_transfer.import_pmo(at(c), folder / "fil.csv")
