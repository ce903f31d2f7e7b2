"""Keyset paging: a page of a list costs the same at a million rows as at twenty.

A page begins after a key (or ends before one), not at a row number, so no rows are skipped over,
and a row added meanwhile never makes another show twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    UnaryExpression,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql import operators

from pasis_tui.store.query import Query
from pasis_tui.store.work import Work

Key = tuple[Any, ...]
_LIMIT = "page_limit"
COUNTED = 1000  # a longer list is not counted: that would cost more than the page


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list.  ``first`` and ``last`` are the keys of its ends, None of an empty page.

    ``before`` and ``after`` say whether there are more rows on that side; ``total`` is None
    unless it was asked for, and when there are more than ``COUNTED``.
    """

    rows: tuple[tuple[Any, ...], ...]
    first: Key | None
    last: Key | None
    before: bool
    after: bool
    total: int | None = None


class Pages:
    """A list prepared once: *statement* without order, and the columns that order it.

    ``keys`` are columns of the models, ``.desc()`` where that is meant; NOT NULL, and together
    unique.  The statement may hold ``bindparam`` as in a Query, but no GROUP BY or DISTINCT.
    """

    __slots__ = ("_columns", "_count", "_descending", "_queries", "_statement", "_width")

    def __init__(self, statement: Select[*tuple[Any, ...]], keys: Sequence[Any]) -> None:
        self._descending = tuple(_is_descending(key) for key in keys)
        self._columns: tuple[ColumnElement[Any], ...] = tuple(
            key.element if _is_descending(key) else key for key in keys
        )
        self._width = len(statement.selected_columns)
        self._statement = statement.order_by(None)
        self._queries: dict[tuple[bool, bool], Query[Any]] = {}
        self._count: Query[Any] | None = None

    def page(
        self,
        work: Work,
        *,
        after: Key | None = None,
        before: Key | None = None,
        last: bool = False,
        size: int,
        count: bool = False,
        **values: Any,
    ) -> Page:
        """Return at most *size* rows: after a key, before one, the last ones, or the first ones."""
        backward = last or before is not None
        bound = before if before is not None else after
        parameters = {**values, _LIMIT: size + 1}
        if bound is not None:
            parameters.update((f"key_{place}", value) for place, value in enumerate(bound))
        rows = work.all(self._query(backward, bound is not None), **parameters)
        more = len(rows) > size
        del rows[size:]
        if backward:
            rows.reverse()
        keys = [row[self._width :] for row in rows]
        return Page(
            rows=tuple([row[: self._width] for row in rows]),
            first=keys[0] if keys else None,
            last=keys[-1] if keys else None,
            before=more if backward else bound is not None,
            after=more if not backward else bound is not None,
            total=self._total(work, values) if count else None,
        )

    def _query(self, backward: bool, bounded: bool) -> Query[Any]:
        query = self._queries.get((backward, bounded))
        if query is None:
            statement = self._statement.add_columns(*self._columns)
            if bounded:
                statement = statement.where(self._beyond(backward))
            order = [
                column.desc() if descending != backward else column.asc()
                for column, descending in zip(self._columns, self._descending, strict=True)
            ]
            query = Query(statement.order_by(*order).limit(bindparam(_LIMIT, type_=None)))
            self._queries[backward, bounded] = query
        return query

    def _beyond(self, backward: bool) -> ColumnElement[bool]:
        binds = [
            bindparam(f"key_{place}", type_=column.type)
            for place, column in enumerate(self._columns)
        ]
        down = [descending != backward for descending in self._descending]
        if len(set(down)) == 1:
            # A row value is one range of the index; written as conditions it would be several.
            left, right = tuple_(*self._columns), tuple_(*binds)
            return left < right if down[0] else left > right
        steps: list[ColumnElement[bool]] = []
        for place, column in enumerate(self._columns):
            same = [self._columns[i] == binds[i] for i in range(place)]
            beyond = column < binds[place] if down[place] else column > binds[place]
            steps.append(and_(*same, beyond))
        return or_(*steps)

    def _total(self, work: Work, values: dict[str, Any]) -> int | None:
        if self._count is None:
            some = self._statement.with_only_columns(literal(1)).limit(COUNTED + 1)
            self._count = Query(select(func.count()).select_from(some.subquery()))
        counted = work.scalar(self._count, **values)
        return counted if counted is not None and counted <= COUNTED else None


def _is_descending(key: Any) -> bool:
    return isinstance(key, UnaryExpression) and key.modifier is operators.desc_op
