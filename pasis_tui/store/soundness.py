"""What a full check of the storage finds: damaged pages, broken references, unsound or missing indexes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, column, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from pasis_tui.models.base import ONLY
from pasis_tui.store.schema import table_names
from pasis_tui.store.trouble import trouble_from
from pasis_tui.validation.counts import counted_rows

DAMAGED = "filen är skadad"  # begins a fault after which nothing that is read can be believed
# The indexes of our tables that the server itself does not trust.
_UNSOUND = text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready) ORDER BY 1"
)
_UNVALIDATED = text(
    "SELECT conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace"
    " WHERE n.nspname = current_schema() AND NOT convalidated ORDER BY 1"
)
_AMCHECK = text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
_TREES = text(
    "SELECT c.oid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND a.amname = 'btree' AND i.indisvalid ORDER BY 2"
)
_TREE = text("SELECT bt_index_check(CAST(:oid AS oid)::regclass, true)")


def faults_of_storage(connection: Connection) -> list[str]:
    """Return the faults of the storage in Swedish, an empty list for none."""
    if connection.dialect.name == "sqlite":
        return _faults_of_file(connection)
    faults = [f"indexet {row[0]} är inte giltigt" for row in connection.execute(_UNSOUND)]
    faults += [f"villkoret {row[0]} är inte prövat" for row in connection.execute(_UNVALIDATED)]
    faults += _orphans(connection)
    if connection.execute(_AMCHECK).first() is not None:
        faults += _faults_of_trees(connection)
    return faults


def missing_tables(connection: Connection) -> list[str]:
    """Return which tables and columns are not there, in Swedish."""
    inspector = inspect(connection)
    there = table_names(connection)
    faults: list[str] = []
    for name, wanted in sorted(SQLModel.metadata.tables.items()):
        if name not in there:
            faults.append(f"tabellen {name} saknas")
            continue
        columns = {each["name"] for each in inspector.get_columns(name)}
        faults += [f"kolumnen {name}.{c.name} saknas" for c in wanted.c if c.name not in columns]
    return faults


def missing_guards(connection: Connection) -> list[str]:
    """Return which indexes and references of the tables are not there, in Swedish."""
    inspector, dialect = inspect(connection), connection.dialect.name
    faults: list[str] = []
    for name, wanted in sorted(SQLModel.metadata.tables.items()):
        indexes = {each["name"] for each in inspector.get_indexes(name)}
        faults += [
            f"indexet {index.name} saknas"
            for index in sorted(wanted.indexes, key=lambda index: str(index.name))
            if index.name not in indexes and index.info.get(ONLY, dialect) == dialect
        ]
        keys = {tuple(each["constrained_columns"]) for each in inspector.get_foreign_keys(name)}
        faults += [
            f"hänvisningen {name}.{'+'.join(key.column_keys)} saknas"
            for key in sorted(
                wanted.foreign_key_constraints, key=lambda key: tuple(key.column_keys)
            )
            if tuple(key.column_keys) not in keys
        ]
    return faults


def _faults_of_file(connection: Connection) -> list[str]:
    faults = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
    faults = [f"{DAMAGED}: {fault}" for fault in faults if fault != "ok"]
    return faults + [
        f"{row[0]}, rad {row[1]}, hänvisar till något i {row[2]} som inte finns"
        for row in connection.execute(text("PRAGMA foreign_key_check"))
    ]


def _orphans(connection: Connection) -> list[str]:
    inspector = inspect(connection)
    faults = []
    for name in sorted(table_names(connection)):
        for key in inspector.get_foreign_keys(name):
            count = connection.execute(_anti_join(name, key)).scalar_one()
            if count:
                faults.append(
                    f"{name}: {counted_rows(count)} hänvisar till något i {key['referred_table']} som inte"
                    f" finns ({key['name']})"
                )
    return faults


def _anti_join(name: str, key: Any) -> Any:
    own, others = key["constrained_columns"], key["referred_columns"]
    child = table(name, *map(column, own)).alias("child")
    parent = table(key["referred_table"], *map(column, others)).alias("parent")
    same = [child.c[mine] == parent.c[its] for mine, its in zip(own, others, strict=True)]
    found = select(text("1")).select_from(parent).where(*same).exists()
    return (
        select(func.count())
        .select_from(child)
        .where(*(child.c[mine].is_not(None) for mine in own), ~found)
    )


def _faults_of_trees(connection: Connection) -> list[str]:
    faults = []
    for oid, name in connection.execute(_TREES).all():
        try:
            with connection.begin_nested():
                connection.execute(_TREE, {"oid": oid})
        except DBAPIError as error:
            if trouble_from(error, "") is not None:
                raise  # the server is in trouble, not the index
            faults.append(f"indexet {name} är skadat")
    return faults
