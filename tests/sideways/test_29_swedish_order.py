"""F4 sorted by code point (Ärla, Åby, Zinkgruvan) and capitals first, and a reservnummer typed without
its century was not found: lists stand in Swedish order, and the number is found, or asked about.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from pasis_tui.display.display_files import displays
from pasis_tui.models import ImportedCode, Patient, ReferringUnit
from pasis_tui.services.forms import overview
from pasis_tui.services.patients import patients
from pasis_tui.services.register import code_lists
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation import codes
from pasis_tui.validation.collation import swedish_key
from pasis_tui.validation.findings import Refused
from tests.flows.clerk import clerk
from tests.flows.practice import ask
from tests.services.clinic import make_clinic
from tests.terminal import ENTER, ESC, F2, F4

NAMES = [
    "adelsö",
    "Ale",
    "Ängel",
    "öland",
    "Érik",
    "Zinkgruvan",
    "Åby",
    "Ärla",
    "zeta",
    "Vårdcentral_10",
    "Vårdcentral_2",
]
ORDER = [
    "adelsö",
    "Ale",
    "Érik",
    "Vårdcentral_2",
    "Vårdcentral_10",
    "zeta",
    "Zinkgruvan",
    "Åby",
    "Ängel",
    "Ärla",
    "öland",
]


def test_one_order_for_all() -> None:
    assert sorted(" ".join(NAMES).split(), key=lambda n: swedish_key(n.replace("_", " "))) == ORDER
    assert sorted(["100", "0", "25", "9"], key=swedish_key) == ["0", "9", "25", "100"]
    assert sorted(["F40", "F320", "F4"], key=swedish_key) == ["F320", "F4", "F40"]


def test_database_lists_stand_in_it_and_are_searched_case_blind(database: Database) -> None:
    context = make_clinic(database).at()
    with SystemWork(database) as work:
        for number, name in enumerate(NAMES):
            work.insert(
                ReferringUnit, code=f"VC9{number:03}", name=name.replace("_", " "), source="7"
            )
        for code, text in (("Z991", "ÅNGEST och sömn"), ("Z992", "STÖrd SÖmn"), ("Z993", "Idé")):
            work.insert(ImportedCode, system="ICD10", code=code, text=text)
        work.commit()
    shown = code_lists.search(context, "referring_unit", "", 0, 99, source="7").rows
    assert [text for code, text in shown if code.startswith("VC9")] == [
        name.replace("_", " ") for name in ORDER
    ]
    paged = [
        code_lists.search(context, "referring_unit", "", n, 3, source="7") for n in range(0, 12, 3)
    ]
    assert [row for page in paged for row in page.rows] == list(shown)
    for typed, expected in (
        ("ångest", "Z991"),
        ("Sömn", "Z991 Z992"),
        ("stör", "Z992"),
        ("IDÉ", "Z993"),
    ):
        rows = code_lists.search(context, "icd10", typed, 0, 9).rows
        assert " ".join(code for code, _ in rows if code.startswith("Z99")) == expected, typed


_LISTS = sorted(
    {
        spec.table
        for shown in displays().values()
        for form in shown.formats
        for spec in form.fields
        if spec.table
        and spec.table not in {"icd10", "kva", "commitment", "interval", "referring_unit"}
    }
)


@pytest.mark.parametrize("table", _LISTS)
def test_every_list_of_codes_stands_in_it(sqlite_database: Database, table: str) -> None:
    context = make_clinic(sqlite_database).at()
    rows = code_lists.search(context, table, "", 0, 99).rows
    assert rows or table not in codes.TABLES
    if table != "reception":  # branches stand last
        assert all(swedish_key(a) < swedish_key(b) for (a, _), (b, _) in pairwise(rows))


def test_a_reservnummer_without_its_century(database: Database) -> None:
    context = make_clinic(database).at()
    person = {"kind": "reservnummer", "family_name": "Öman", "given_name": "Å", "sex": "K"}
    with SystemWork(database) as work:
        work.insert(
            Patient, identity_number="20081017EN1Q", birth_date=date(2008, 10, 17), **person,
        )  # fmt: skip
        work.commit()
    for typed in ("081017EN1Q", "081017-en1q", "20081017-EN1Q"):
        assert patients.find(context, typed).identity_number == "20081017EN1Q"
    assert patients.find(context, "081017EN1Q", "20").identity_number == "20081017EN1Q"
    assert overview.overview_page(context, identity="081017EN1Q").rows == ()
    with SystemWork(database) as work:
        work.insert(
            Patient, identity_number="19081017EN1Q", birth_date=date(1908, 10, 17), **person
        )
        work.commit()
    with pytest.raises(Refused) as refusal:
        patients.find(context, "081017EN1Q")
    assert "passar två patienter" in refusal.value.findings[0].message
    assert patients.find(context, "081017EN1Q", "19").identity_number == "19081017EN1Q"


def test_it_is_found_wherever_a_number_is_typed(home: Path) -> None:
    ((number,),) = ask(
        home,
        "SELECT p.identity_number FROM patient p JOIN care_commitment c ON c.patient_id = p.id"
        " WHERE p.kind = 'reservnummer' AND length(p.identity_number) = 12 AND p.protected = 0"
        " AND c.unit_id = 1 AND c.closed_on IS NULL AND substr(p.identity_number, 1, 2) = '19' LIMIT 1",
    )
    whole = f"{number[:8]}-{number[8:]}"
    with clerk(home) as hands:
        for screen in ("14", "40", "48", "83", "85", "283 1", "610"):
            title = displays()[screen.zfill(3)].title
            hands.go(f"{screen} {number[2:]}", whole, title)
            hands.type(F2, "su", ENTER).sees("SU Support")
        hands.type(F2, F4).sees("Bilder", "014 Pers").type(ESC)
