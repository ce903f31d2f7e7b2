"""Every list, read by three readers: the rows and types that plain SQL gives, every column."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from pasis_tui.services.reports import list_rows, lists
from pasis_tui.store.database import Database
from tests.services.practice import clerk, practice

Cell = tuple[str, Any]  # "date" ISO text, "number" int, "text", or "empty"
NAMES = (
    ("=1+1", "=HYPERLINK(1)"),
    ("Å" * 200, "@SUM(A1)"),
    ("Ärlig 😀 Åsa-Öjvind", "+46 'dubbel' \"namn\"; <b>&amp;</b>"),
    (" mellan  slag ", "-1"),
    ("2026-03-02", "007"),
)
HEADS = {
    "K": "Personnummer Namn ID_vårdåtagande Problem Ankomstdatum Antal_besök Inskrivning"
    " Utskrivning Uppföljning Avslutsdatum Orsak Fakturerad_senast",
    "B": "Personnummer Namn Mottagning Besöksdatum Anledning Typ Vårdgivarsignatur Kontakttyp"
    " Diagnos KVÅ",
}
KINDS = {"K": "ttntdntttdtd", "B": "tttdtttttt"}
NUMBER = "substr(p.identity_number, 1, length(p.identity_number) - 4) || '-' || substr(p.identity_number, -4)"
CONTROL = f"""
select {NUMBER}, p.family_name || ', ' || p.given_name, c.id, c.problem, c.arrival_date,
       (select count(*) from visit v where v.commitment_id = c.id and v.cancelled_at is null
        and not v.no_show and v.date <= '2026-03-02'),
       case when exists (select 1 from enrolment_form f where f.commitment_id = c.id)
            then 'X' end,
       case when exists (select 1 from discharge_form f where f.commitment_id = c.id)
            then 'X' end,
       case when exists (select 1 from follow_up_form f where f.commitment_id = c.id)
            then 'X' end,
       c.closed_on, c.closing_reason, c.invoiced_on {{mark}}
from care_commitment c join patient p on p.id = c.patient_id
where c.unit_id = (select id from unit where code = 'PSMA01') and c.removed_at is null
      and {{shown}} and ({{where}})
order by c.arrival_date, c.id
"""
VISITS = f"""
select {NUMBER}, p.family_name || ', ' || p.given_name,
       (select code from reception r where r.id = v.reception_id), v.date, v.reason, v.kind,
       g.signature, v.contact_type,
       (select group_concat(code, ' ') from
        (select main_diagnosis as code, 1 as place from medical_registration m
         where m.visit_id = v.id union all
         select code, row from other_diagnosis o where o.visit_id = v.id order by place)),
       (select group_concat(code, ' ') from
        (select code from procedure_code k where k.visit_id = v.id order by position)) {{mark}}
from visit v join patient p on p.id = v.patient_id join caregiver g on g.id = v.caregiver_id
where v.unit_id = (select id from unit where code = 'PSMA01') and v.cancelled_at is null
      and {{shown}} and v.date between {{between}} and ({{where}})
order by v.date, v.id
"""
PERIOD = {"from_date": "2025-09-01", "to_date": "2025-12-31"}
BETWEEN = "'2025-09-01' and '2025-12-31'"
ALL_VISITS = "'2016-03-10' and '2026-03-09'"
STARTED_OR_CLOSED = f"c.arrival_date between {BETWEEN} or c.closed_on between {BETWEEN}"
OPEN = {"shown": "not p.protected", "mark": ""}
HIDDEN = {"shown": "true", "mark": ", case when p.protected then 'SKYDDAD' end"}
WITH_HIDDEN = {"protected": "J", "protected_reason": "=granskning av kön"}
# name: (what is ordered, the same in plain SQL)
LISTS: dict[str, tuple[dict[str, str], str]] = {
    "fakturerade": (
        {"kind": "F"},
        CONTROL.format(where="c.closed_on is null and c.invoiced_on is not null", **OPEN),
    ),
    "period": ({"kind": "P", **PERIOD}, CONTROL.format(where=STARTED_OR_CLOSED, **OPEN)),
    "period med skyddade": (
        {"kind": "P", **PERIOD, **WITH_HIDDEN},
        CONTROL.format(where=STARTED_OR_CLOSED, **HIDDEN),
    ),
    "besök": (
        {"from_date": "2016-03-10", "to_date": "2026-03-09"},
        VISITS.format(between=ALL_VISITS, where="true", **OPEN),
    ),
    "besök med skyddade": (
        {**PERIOD, **WITH_HIDDEN},
        VISITS.format(between=BETWEEN, where="true", **HIDDEN),
    ),
    "besök signatur": (
        {**PERIOD, "signature": "annlin"},
        VISITS.format(between=BETWEEN, where="g.signature = 'ANNLIN'", **OPEN),
    ),
    "besök kategori": (
        {**PERIOD, "category": "ps"},
        VISITS.format(between=BETWEEN, where="v.caregiver_category = 'PS'", **OPEN),
    ),
    "besök signatur och kategori": (
        {**PERIOD, "signature": "BOPROV", "category": "PS"},
        VISITS.format(
            between=BETWEEN,
            where="g.signature = 'BOPROV' and v.caregiver_category = 'PS'",
            **OPEN,
        ),
    ),
}


def write(database: Database, statement: str, **values: Any) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement), values)


def ask(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def spoil(database: Database) -> None:
    """Put into practice data what lists must bear, and what they must leave out."""
    chosen = ask(
        database,
        "select distinct p.id, p.kind from care_commitment c join patient p on p.id = c.patient_id"
        " join visit v on v.commitment_id = c.id where c.unit_id = 1 and not p.protected"
        " and c.closed_on is null and c.invoiced_on is not null and v.date > '2025-09-01'"
        " order by p.kind desc, p.id",
    )
    assert len(chosen) > 2 * len(NAMES)
    assert {kind for _, kind in chosen} == {"personnummer", "reservnummer"}
    # Half of the names on reservnummer, which come first, and half on personnummer.
    people = [key for key, _ in (*chosen[:3], *chosen[-len(NAMES) + 3 :])]
    for key, (family, given_name) in zip(people, NAMES, strict=True):
        write(
            database,
            "update patient set family_name = :f, given_name = :g where id = :id",
            f=family,
            g=given_name,
            id=key,
        )
    for key, _ in chosen[5:7]:
        write(database, "update patient set protected = true where id = :id", id=key)
    write(
        database,
        "update visit set cancelled_at = '2026-01-01', cancel_reason = 'dubbel' where id in"
        " (select id from visit where cancelled_at is null and date > '2025-10-01' limit 9)",
    )
    write(
        database,
        "update care_commitment set removed_at = '2026-01-01' where unit_id = 1"
        " and id not in (select commitment_id from visit) and arrival_date > '2025-09-01'",
    )
    # Diagnoses and KVÅ written in another order than their rows', with holes between.
    some = [
        key
        for (key,) in ask(
            database,
            "select m.visit_id from medical_registration m join visit v on v.id = m.visit_id"
            " where v.date between '2025-10-01' and '2025-11-30' and v.cancelled_at is null"
            " and v.id not in (select visit_id from other_diagnosis) limit 40",
        )
    ]
    for place, code in ((15, "Z999"), (3, "F432"), (2, "Z730A")):
        for key in some:
            write(
                database,
                "insert into other_diagnosis (unit_id, visit_id, row, code)"
                " select unit_id, :v, :r, :c from visit where id = :v",
                v=key,
                r=place,
                c=code,
            )
    for place, code in ((9, "ZV020"), (8, "AAÖ12"), (7, "ZV051")):
        for key in some:
            write(
                database,
                "insert into procedure_code (unit_id, visit_id, position, code)"
                " select unit_id, :v, :r, :c from visit where id = :v",
                v=key,
                r=place,
                c=code,
            )
    # The other unit gets somebody with the same signature.
    write(database, "update caregiver set signature = 'ANNLIN' where signature = 'ERIDAL'")
    write(database, "update caregiver set signature = 'BOPROV' where signature = 'IDASKI'")


class World:
    """All lists made once: a book each, and what plain SQL gives for it."""

    def __init__(self, database: Database, folder: Path) -> None:
        spoil(database)
        context = clerk(database, "KL")
        self.books: dict[str, Path] = {}
        self.wanted: dict[str, list[list[Cell]]] = {}
        for name, (raw, statement) in LISTS.items():
            order = lists.order_control_list if "kind" in raw else lists.order_visit_list
            row = lists.make(context, order(context, raw), folder)
            self.books[name] = lists.folder(context, folder) / row.file_name
            rows = ask(database, statement)
            assert row.message == f"{len(rows)} rader"
            self.wanted[name] = [
                [tag(value, kind) for value, kind in zip(cells, kinds(name), strict=True)]
                for cells in rows
            ]
        self.context = context
        self.everyones = ask(database, "select identity_number from patient")


def kinds(name: str) -> str:
    return KINDS["B" if name.startswith("besök") else "K"] + "t" * name.endswith("skyddade")


def tag(value: Any, kind: str) -> Cell:
    """What plain SQL gave, with the type that the column has."""
    if value is None:
        return ("empty", None)
    return {"d": ("date", value), "n": ("number", value), "t": ("text", value)}[kind]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with TemporaryDirectory() as folder, practice(Path(folder)) as database:
        yield World(database, Path(folder))


def by_openpyxl(path: Path) -> list[list[Cell]]:
    def seen(cell: Any) -> Cell:
        match cell.data_type, cell.value:
            case _, None:
                return ("empty", None)
            case "d", dt.datetime() as value:
                assert value.time() == dt.time(0)
                assert cell.number_format == "yyyy-mm-dd"
                return ("date", value.date().isoformat())
            case "n", int() as value:
                return ("number", value)
            case "s", str() as value:
                return ("text", value)
            case other:
                raise AssertionError(f"{cell.coordinate}: {other}")

    sheet = load_workbook(path).worksheets[0]
    return [[seen(cell) for cell in row] for row in sheet.iter_rows()]


def by_calamine(path: Path) -> list[list[Cell]]:
    def seen(value: Any) -> Cell:
        if value == "":
            return ("empty", None)
        if type(value) is dt.date:
            return ("date", value.isoformat())
        if type(value) is float and value.is_integer():  # it has no ints
            return ("number", int(value))
        assert type(value) in {int, str}, value
        return ("number" if type(value) is int else "text", value)

    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[seen(value) for value in row] for row in rows]


READERS = {"openpyxl": by_openpyxl, "calamine": by_calamine}


def same(table: list[list[Cell]], world: World, name: str) -> None:
    head = HEADS["B" if name.startswith("besök") else "K"].split()
    head += ["Skyddad"] * name.endswith("skyddade")
    assert table[0] == [("text", word.replace("_", " ")) for word in head]
    assert table[1:] == world.wanted[name]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("reader", READERS)
def test_every_row_and_type_of_every_list(world: World, reader: str, name: str) -> None:
    same(READERS[reader](world.books[name]), world, name)


def test_the_lists_hold_what_they_must_bear(world: World) -> None:
    """Or the comparison would be easy."""
    assert min(len(rows) for rows in world.wanted.values()) > 20
    assert len(world.wanted["besök"]) > 3_000
    for name, (family, given_name) in enumerate(NAMES):
        wanted = ("text", f"{family}, {given_name}")
        for listed in ("fakturerade", "besök"):
            assert any(wanted in row for row in world.wanted[listed]), (name, listed)
    for with_hidden in ("period med skyddade", "besök med skyddade"):
        assert ("text", "SKYDDAD") in [row[-1] for row in world.wanted[with_hidden]]
    texts = {value for row in world.wanted["besök"] for kind, value in row if kind == "text"}
    assert any(value.endswith(" Z730A F432 Z999") for value in texts)
    assert any(value.endswith(" ZV051 AAÖ12 ZV020") for value in texts)
    numbers = {row[0][1] for row in world.wanted["fakturerade"]}
    assert any(number[-4:-2].isalpha() for number in numbers)  # a reservnummer
    assert any(number[-4:].isdecimal() for number in numbers)


@pytest.mark.parametrize("name", LISTS)
def test_no_file_name_holds_a_number_and_nobody_else_may_read_it(world: World, name: str) -> None:
    path = world.books[name]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    for (number,) in world.everyones:
        assert number not in path.name
        assert number[2:] not in path.name


def test_pages_of_visits_join_without_a_seam(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A day's visits may end one page and begin the next."""
    monkeypatch.setattr(list_rows, "_PAGE", 7)
    path = tmp_path / "x.xlsx"
    lists.write(replace(world.context, screen="export"), "B", LISTS["besök signatur"][0], path)
    same(by_openpyxl(path), world, "besök signatur")


# --- LibreOffice ------------------------------------------------------------------------------

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def by_libreoffice(path: Path) -> list[list[Cell]]:
    """Read the first sheet of what LibreOffice made of a book (.fods)."""

    def text_of(element: ElementTree.Element) -> str:
        said = element.text or ""
        for child in element:
            if child.tag == f"{_TEXT}s":
                said += " " * int(child.get(f"{_TEXT}c", "1"))
            else:
                said += text_of(child)
            said += child.tail or ""
        return said

    def seen(cell: ElementTree.Element) -> Cell:
        assert cell.get(f"{_TABLE}formula") is None
        match cell.get(f"{_OFFICE}value-type"):
            case None:
                return ("empty", None)
            case "date":
                return ("date", cell.get(f"{_OFFICE}date-value"))
            case "float":
                value = float(cell.get(f"{_OFFICE}value", "nan"))
                assert value.is_integer()
                return ("number", int(value))
            case "string":
                paragraphs = [text_of(p) for p in cell.iter(f"{_TEXT}p")]
                return ("text", "\n".join(paragraphs))
            case other:
                raise AssertionError(other)

    sheet = next(ElementTree.parse(path).getroot().iter(f"{_TABLE}table"))
    cells_read: list[list[Cell]] = []
    width = 0
    for row in sheet.iter(f"{_TABLE}table-row"):
        cells: list[Cell] = []
        for cell in row.iter(f"{_TABLE}table-cell"):
            times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            cells.extend(repeat(seen(cell), min(times, 50)))
        width = width or len([cell for cell in cells if cell[0] != "empty"])
        if all(kind == "empty" for kind, _ in cells):
            break
        assert row.get(f"{_TABLE}number-rows-repeated") is None
        assert all(kind == "empty" for kind, _ in cells[width:])
        cells_read.append(cells[:width])
    return cells_read


@pytest.fixture(scope="module")
def converted(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all books as LibreOffice reads them: one start for all."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
         "--convert-to", "fods", "--outdir", folder, *world.books.values()],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return folder


@pytest.mark.parametrize("name", LISTS)
def test_libreoffice_reads_the_same(world: World, converted: Path, name: str) -> None:
    same(by_libreoffice(converted / f"{world.books[name].stem}.fods"), world, name)
