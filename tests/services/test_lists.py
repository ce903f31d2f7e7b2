"""Lists as Excel files: the rows and types an independent query gives, read by two readers."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from pasis_tui.cli import main
from pasis_tui.exports.books import Column, write_book
from pasis_tui.services import lists
from pasis_tui.services.errors import NotFound
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Refused
from tests.services.practice import clerk, practice


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Context]:
    with practice(tmp_path) as database:
        yield clerk(database, "KL")


def sql(database: Database, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def made(context: Context, home: Path, raw: dict[str, str], *, visits: bool = False) -> Path:
    order = lists.order_visit_list if visits else lists.order_control_list
    row = lists.make(context, order(context, raw), home)
    assert row.state == "klar"
    path = lists.folder(context, home) / row.file_name
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    sheet = load_workbook(path).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


CONTROL = """
select substr(p.identity_number, 1, length(p.identity_number) - 4) || '-'
       || substr(p.identity_number, -4),
       p.family_name || ', ' || p.given_name, c.id, c.problem, c.arrival_date,
       (select count(*) from visit v where v.commitment_id = c.id and v.cancelled_at is null
        and v.no_show = 0),
       (select 'X' from enrolment_form f where f.commitment_id = c.id),
       (select 'X' from discharge_form f where f.commitment_id = c.id),
       (select 'X' from follow_up_form f where f.commitment_id = c.id),
       c.closed_on, c.closing_reason, c.invoiced_on
from care_commitment c join patient p on p.id = c.patient_id join unit u on u.id = c.unit_id
where u.code = 'PSMA01' and c.removed_at is null and p.protected = 0 and {where}
order by c.arrival_date, c.id
"""


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ({"kind": "F"}, "c.closed_on is null and c.invoiced_on is not null"),
        (
            {"kind": "P", "from_date": "20250901", "to_date": "20251231"},
            "(c.arrival_date between '2025-09-01' and '2025-12-31'"
            " or c.closed_on between '2025-09-01' and '2025-12-31')",
        ),
    ],
)
def test_a_control_list_holds_what_a_plain_query_gives(
    world: Context, tmp_path: Path, raw: dict[str, str], where: str
) -> None:
    path = made(world, tmp_path, raw)
    wanted = sql(world.database, CONTROL.format(where=where))
    assert len(wanted) > 20
    found = [
        tuple(v.date().isoformat() if hasattr(v, "date") else v for v in row)
        for row in rows_of(path)
    ]
    assert found == wanted
    assert not any(c.isdecimal() and len(c) > 6 for c in path.stem.split("-")[:2])


def test_the_visit_list_holds_what_a_plain_query_gives(world: Context, tmp_path: Path) -> None:
    raw = {"from_date": "2025-10-01", "to_date": "2025-12-31", "signature": "annlin"}
    path = made(world, tmp_path, raw, visits=True)
    wanted = sql(
        world.database,
        "select v.date, g.signature, v.contact_type, m.main_diagnosis,"
        " (select group_concat(code, ' ') from (select code from procedure_code k"
        " where k.visit_id = v.id order by position)) from visit v"
        " join caregiver g on g.id = v.caregiver_id join patient p on p.id = v.patient_id"
        " join unit u on u.id = v.unit_id"
        " left join medical_registration m on m.visit_id = v.id where u.code = 'PSMA01'"
        " and v.cancelled_at is null and p.protected = 0 and g.signature = 'ANNLIN'"
        " and v.date between '2025-10-01' and '2025-12-31' order by v.date, v.id",
    )
    assert len(wanted) > 20
    found = [(str(r[3].date()), r[6], r[7], r[8], r[9]) for r in rows_of(path)]
    assert found == wanted


def test_another_reader_sees_the_same(world: Context, tmp_path: Path) -> None:
    path = made(world, tmp_path, {"kind": "F"})
    first, second = CalamineWorkbook.from_path(str(path)).sheet_names
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(first).to_python()
    assert sheet[0][:3] == ["Personnummer", "Namn", "ID vårdåtagande"]
    assert isinstance(sheet[1][0], str)
    assert isinstance(sheet[1][4], date)
    assert second == "Beställning"
    book = load_workbook(path)
    assert list(book.worksheets[0].tables) == ["Lista"]
    assert book.worksheets[0].freeze_panes == "A2"
    assert book.worksheets[1]["B1"].value == "Fakturerade vårdåtagande"


def test_text_stays_text_and_control_characters_never_reach_the_book(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    hostile = ["=1+1", "+46", "@SUM(A1)", "a\x00b\x1b[31m", "199307142381", "\u202eevil"]
    write_book(path, "T", [Column("A", 10)], [[value] for value in hostile], [])
    cells = [row[0] for row in load_workbook(path).worksheets[0].iter_rows(min_row=2)]
    assert [c.data_type for c in cells] == ["s"] * len(hostile)
    assert [c.value for c in cells][:5] == ["=1+1", "+46", "@SUM(A1)", "ab[31m", "199307142381"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_book(path, "T", [Column("A", 10)], [["gammal"]], [])

    def broken() -> Iterator[list[str]]:
        yield ["ny"]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_book(path, "T", [Column("A", 10)], broken(), [])
    assert rows_of(path) == [("gammal",)]
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"kind": "X"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"kind": "P", "from_date": "", "to_date": ""}, "from_date"),
        ({"kind": "P", "from_date": "2026-02-01", "to_date": "2026-01-01"}, "to_date"),
        ({"kind": "P", "from_date": "1926-02-01", "to_date": "2026-01-01"}, "from_date"),
    ],
)
def test_bad_orders_are_refused_at_the_field(
    world: Context, raw: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as error:
        lists.order_control_list(world, raw)
    assert (error.value.findings[0].rule, error.value.findings[0].field) == ("LI01", field)


def test_a_foreign_signature_is_refused(world: Context) -> None:
    raw = {"from_date": "i", "to_date": "i", "signature": "ERIDAL"}
    with pytest.raises(Refused) as error:
        lists.order_visit_list(world, raw)
    assert error.value.findings[0].field == "signature"


def test_an_empty_period_gives_a_book_with_a_head_only(world: Context, tmp_path: Path) -> None:
    raw = {"kind": "P", "from_date": "2018-01-01", "to_date": "2018-01-02"}
    assert rows_of(made(world, tmp_path, raw)) == []


def test_files_are_looked_at_saved_removed_and_logged(world: Context, tmp_path: Path) -> None:
    path = made(world, tmp_path, {"kind": "F"})
    (row,) = lists.orders(world, "HP")
    assert lists.orders(world, "HL") == ()
    assert lists.preview(world, row.id, tmp_path)[0][0] == "Personnummer"
    copy = lists.save_copy(world, row.id, tmp_path, tmp_path / "kopia.xlsx")
    assert copy.read_bytes() == path.read_bytes()
    lists.remove(world, row.id, tmp_path)
    assert not path.exists()
    assert lists.orders(world, "HP") == ()
    with pytest.raises(NotFound):
        lists.preview(world, row.id, tmp_path)
    logged = sql(
        world.database, "select action from audit_event where entity = 'list_order' order by id"
    )
    assert [a for (a,) in logged] == ["create", "change", "read", "read", "remove"]


def test_another_unit_sees_no_files(world: Context, tmp_path: Path) -> None:
    made(world, tmp_path, {"kind": "F"})
    (row,) = lists.orders(world, "HP")
    (unit_id,) = sql(world.database, "select id from unit where code = 'PSLU02'")[0]
    other = replace(world, actor=replace(world.actor, unit_id=unit_id, unit_code="PSLU02"))
    assert lists.orders(other, "HP") == ()
    for act in (lists.preview, lists.remove):
        with pytest.raises(NotFound):
            act(other, row.id, tmp_path)


def test_export_from_the_command_line(
    world: Context,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    target = tmp_path / "ut.xlsx"
    assert main(["export", "kontrollista", "--list", "fakturerade", str(target)]) == 0
    assert "rader" in capsys.readouterr().out
    assert len(rows_of(target)) > 20
    period = ["--from", "2026-02-01", "--to", "2026-01-01"]
    assert main(["export", "besok", *period, str(target)]) == 1
    assert "LI01" in capsys.readouterr().err
    assert main(["export", "kontrollista", str(tmp_path / "saknas" / "ut.xlsx")]) == 2
    assert "kan inte skrivas" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same(world: Context, tmp_path: Path) -> None:
    path = made(world, tmp_path, {"kind": "F"})
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", tmp_path, path],
        check=True, capture_output=True,
    )  # fmt: skip
    with (tmp_path / f"{path.stem}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    wanted = [
        [str(v.date()) if hasattr(v, "date") else "" if v is None else str(v) for v in row]
        for row in rows_of(path)
    ]
    assert rows[0][0] == "Personnummer"
    assert rows[1:] == wanted
