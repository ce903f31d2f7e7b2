"""A formula without a stored value, or a merged cell, was read as blank: a contact marked KBT/IPT
became a visit against PM01, an invoice got the working date.  The row is at fault instead.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from pasis_tui.services.register import imports, pmo_transfer
from pasis_tui.services.register.imports import BadRows
from pasis_tui.store.database import Database
from tests.services.clinic import Clinic, make_clinic
from tests.services.transfer_files import at, book, invoiced, sql
from tests.sideways.books import ELAPSED, cell, row, sheet
from tests.sideways.books import book as xml_book

HEAD = ["Personnummer", "Datum", "Tid", "Attribut KBT/IPT", "Vårdgivare"]


@pytest.fixture
def clinic(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def test_a_contact_is_never_a_visit_by_a_formula_or_a_merged_mark(
    clinic: Clinic, tmp_path: Path
) -> None:
    clinic.commitment()
    made = Workbook()
    page = made.active
    assert page is not None
    page.append(HEAD)
    page.append(["199307142381", date(2026, 3, 4), "0900", '=IF(1=1,"J","N")', "ANNLIN"])
    for clock in ("0900", "1000", "1100"):
        page.append(["199307142381", date(2026, 3, 5), clock, "J", "ANNLIN"])
    page.merge_cells("D3:D5")
    page.append(["199307142381", date(2026, 3, 6), "0900", "N", "ANNLIN"])
    made.save(tmp_path / "pmo.xlsx")
    done, refused = pmo_transfer.import_pmo(at(clinic), tmp_path / "pmo.xlsx")
    assert done.summary.startswith("Införda som besök: 1, överhoppade med attributet KBT/IPT: 0,")
    assert done.notes == ("Läst från bladet ”Sheet”.",)
    assert refused[0].startswith("rad 2: Attribut KBT/IPT: cellen har en formel utan sparat värde")
    assert [line.split(":")[0] for line in refused] == ["rad 2", "rad 3", "rad 4", "rad 5"]
    assert all("sammanslagen" in line for line in refused[1:])
    assert sql(clinic.database, "select date from visit") == [("2026-03-06",)]
    assert sql(clinic.database, "select * from skipped_transfer") == []


def test_an_invoices_date_is_never_the_working_date_by_a_formula(
    clinic: Clinic, tmp_path: Path
) -> None:
    card = clinic.commitment()
    path = book(tmp_path, ["ID vårdåtagande", "Fakturadatum"], [card.id, "=DATE(2026,3,5)"])
    with pytest.raises(BadRows) as caught:
        imports.import_invoice_specification(at(clinic), path)
    assert caught.value.lines[0].startswith("rad 2: Fakturadatum: cellen har en formel utan")
    assert caught.value.lines[1] == "Läst från bladet ”Sheet”."
    assert invoiced(clinic, card.id) is None


def test_what_is_not_read_may_be_spoilt(clinic: Clinic, tmp_path: Path) -> None:
    card = clinic.commitment()
    path = book(
        tmp_path,
        ["ID vårdåtagande", "Belopp", "Fakturadatum"],
        [card.id, "=SUM(1,2)", date(2026, 3, 5)],
    )
    imports.import_invoice_specification(at(clinic), path)
    assert invoiced(clinic, card.id) == "2026-03-05"


def test_a_moment_of_another_day_is_refused(clinic: Clinic, tmp_path: Path) -> None:
    clinic.commitment()
    contacts = [
        row(*("199307142381", "2026-03-04", clock, "N", "ANNLIN"))
        for clock in ("2026-03-05 09:00:00", "2026-03-04T10:00:00")
    ]
    long = row("199307142381", "2026-03-04", cell("0.5", kind="n", style=ELAPSED), "N", "ANNLIN")
    path = xml_book(tmp_path / "pmo.xlsx", sheet(row(*HEAD), *contacts, long))
    _, refused = pmo_transfer.import_pmo(at(clinic), path)
    assert refused == ("rad 2: Tid hör till 2026-03-05 men Datum är 2026-03-04.",)
    assert sql(clinic.database, "select time from visit order by time") == [
        ("10:00:00.000000",),
        ("12:00:00.000000",),
    ]
