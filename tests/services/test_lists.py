"""Lists ordered, made, fetched and refused; what stands in them is test_list_readers.py's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from pasis_tui.cli.main import main
from pasis_tui.files.books import Column, write_book
from pasis_tui.models import UserUnit
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports import lists
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
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


def test_a_book_has_a_table_a_frozen_head_widths_and_the_order(
    world: Context, tmp_path: Path
) -> None:
    raw = {"from_date": "20250901", "to_date": "20251231", "signature": "annlin"}
    path = made(world, tmp_path, raw, visits=True)
    rows, facts = load_workbook(path).worksheets
    assert [table.ref for table in rows.tables.values()] == [f"A1:J{rows.max_row}"]
    assert rows.freeze_panes == "A2"
    assert rows.column_dimensions["B"].width == 28
    assert facts.title == "Beställning"
    assert [tuple(row) for row in facts.iter_rows(values_only=True)] == [
        ("Lista", "Besök diagnos KVÅ"),
        ("Enhet", "PSMA01 " + world.actor.unit_name),
        ("Beställd av", f"{world.actor.signature} {world.actor.name}"),
        ("Arbetsdatum", "2026-03-02"),
        ("Fr.o.m.", "2025-09-01"),
        ("T.o.m.", "2025-12-31"),
        ("Vårdgivarsignatur", "ANNLIN"),
        ("Skyddade personuppgifter", "ingår inte i listan"),
        ("Övning", "påhittade patienter"),
    ]


def test_text_stays_text_and_control_characters_never_reach_the_book(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    hostile = ["=1+1", "+46", "@SUM(A1)", "a\x00b\x1b[31m", "199307142381", "\u202eevil"]
    write_book(path, "T", [Column("A", 10)], [[value] for value in hostile], [])
    cells = [row[0] for row in load_workbook(path).worksheets[0].iter_rows(min_row=2)]
    assert [c.data_type for c in cells] == ["s"] * len(hostile)
    assert [c.value for c in cells][:5] == ["=1+1", "+46", "@SUM(A1)", "ab[31m", "199307142381"]


def test_a_list_that_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_book(path, "T", [Column("A", 10)], [["gammal"]], [])

    def broken() -> Iterator[list[str]]:
        yield ["ny"]
        raise KeyError("a fault while the rows are read")

    with pytest.raises(KeyError):
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
        ({"kind": "P", "from_date": "i går", "to_date": "2026-01-01"}, "from_date"),
    ],
)
def test_bad_orders_are_refused_at_the_field(
    world: Context, raw: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as error:
        lists.order_control_list(world, raw)
    assert (error.value.findings[0].rule, error.value.findings[0].field) == ("LI01", field)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"from_date": "", "to_date": ""}, "from_date"),
        ({"from_date": "2026-02-01", "to_date": "2026-01-01"}, "to_date"),
        ({"from_date": "1926-02-01", "to_date": "2026-01-01"}, "from_date"),
        ({"signature": "ERIDAL"}, "signature"),  # another unit's
        ({"signature": "FINNSEJ"}, "signature"),
        ({"category": "XX"}, "category"),
    ],
)
def test_bad_orders_of_visits_are_refused_ordered_or_written(
    world: Context, tmp_path: Path, raw: dict[str, str], field: str
) -> None:
    chosen = {"from_date": "2026-01-01", "to_date": "2026-02-01", **raw}
    target = tmp_path / "x.xlsx"
    acts: tuple[Callable[[], int], ...] = (
        lambda: lists.order_visit_list(world, chosen),
        lambda: lists.write(world, "B", chosen, target),
    )
    for act in acts:
        with pytest.raises(Refused) as error:
            act()
        assert (error.value.findings[0].rule, error.value.findings[0].field) == ("LI01", field)
    assert not target.exists()
    assert sql(world.database, "select * from audit_event where entity like 'list%'") == []


def test_an_empty_period_gives_a_book_with_a_head_only(world: Context, tmp_path: Path) -> None:
    raw = {"kind": "P", "from_date": "2018-01-01", "to_date": "2018-01-02"}
    assert rows_of(made(world, tmp_path, raw)) == []
    del raw["kind"]
    assert rows_of(made(world, tmp_path, raw, visits=True)) == []


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
    with SystemWork(world.database) as work:
        own = work.record(UserUnit, (world.actor.user_id, world.actor.unit_id))
        assert own is not None
        work.insert(UserUnit, user_id=own.user_id, unit_id=unit_id, roles=own.roles)
        work.commit()
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


def test_export_writes_no_book_under_another_kind_of_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASIS_DATA_DIR", str(tmp_path))
    assert main(["export", "kontrollista", str(tmp_path / "ut.csv")]) == 2
    assert "ut.csv: listan är en Excelbok" in capsys.readouterr().err
    assert not (tmp_path / "ut.csv").exists()
