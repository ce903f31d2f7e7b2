"""What a transaction sends: to a server, what can wait goes along with what cannot.

A round trip to a server may cost more than what it does there (20 ms between two towns).  So a
statement whose answer nobody needs yet, a lock or an inserted row, is kept, and goes in one piece
with the next that is waited for; BEGIN goes with the first, COMMIT with the last.  The server does
them one after another, each on what was committed before it began.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

_MOST = 64  # statements that are kept, and rows of one


class _Statement(NamedTuple):
    cursor: Any
    sql: str
    parameters: Any
    many: bool


class Outbox:
    """The statements of one transaction on the driver's connection *driver*.

    A *server*'s is in the driver's autocommit mode: BEGIN and COMMIT are sent here, and what need
    not be sent at once is kept.  A file has begun already and does each at once.  The driver's
    errors, *failure*, are raised as what *wrapped* makes of them and of the statement that caused
    it, which may be one that was kept.
    """

    def __init__(
        self,
        driver: Any,
        failure: type[Exception],
        wrapped: Callable[[Exception, str], Exception],
        *,
        server: bool,
    ) -> None:
        self.driver = driver
        self._failure = failure
        self._wrapped = wrapped
        self._keeps = server
        self._kept: list[_Statement] = []
        if server:
            # As the driver would: it knows whether only to read.
            self._keep("BEGIN READ ONLY" if driver.read_only else "BEGIN", None, many=False)

    def send(self, sql: str, parameters: Any, *, many: bool = False) -> Any:
        """Execute *sql*, after all that was kept, and return its cursor."""
        if self._kept:
            cursor = self._keep(sql, parameters, many=many)
            self.flush()
            return cursor
        try:
            if not many:
                return self.driver.execute(sql, parameters)
            cursor = self.driver.cursor()
            cursor.executemany(sql, parameters)
            return cursor
        except self._failure as error:
            raise self._wrapped(error, sql) from error

    def later(self, sql: str, parameters: Any, *, many: bool = False) -> Any:
        """Execute *sql* with the next that is sent; its cursor has no answer before that."""
        if not self._keeps or (many and len(parameters) > _MOST):
            return self.send(sql, parameters, many=many)
        cursor = self._keep(sql, parameters, many=many)
        if len(self._kept) >= _MOST:
            self.flush()
        return cursor

    def _keep(self, sql: str, parameters: Any, *, many: bool) -> Any:
        cursor = self.driver.cursor()
        self._kept.append(_Statement(cursor, sql, parameters, many))
        return cursor

    def flush(self) -> None:
        """Execute what was kept, in one round trip."""
        if not self._kept:
            return
        kept, self._kept = self._kept, []
        try:
            # The pipeline ends with a Sync: the server must know when it waits for us.
            with self.driver.pipeline():
                for cursor, sql, parameters, many in kept:
                    (cursor.executemany if many else cursor.execute)(sql, parameters)
        except self._failure as error:
            broken = next((each.sql for each in kept if each.cursor.pgresult is None), "")
            cause = self._first(error)
            if self.driver.pgconn.pipeline_status or _ends_session(cause):
                self.driver.close()  # it may say so only when it is used next
            raise self._wrapped(cause, broken) from error

    def _first(self, error: BaseException) -> Exception:
        """Return the error that came before *error*, which may only be of the pipeline's end."""
        while isinstance(error.__context__, self._failure):
            error = error.__context__
        return cast("Exception", error)

    def at_once(self) -> None:
        """Execute what was kept, and from now on everything at once."""
        self.flush()
        self._keeps = False

    def commit(self) -> None:
        """Send what was kept, and COMMIT with it where it can be; elsewhere the driver has to.

        Not to a pooler in transaction mode (nothing is prepared for it): the driver ends a pipeline
        with a Flush that would come after COMMIT, and take a session of the server for it alone.
        """
        if self._keeps and self.driver.prepare_threshold is not None:
            self.send("COMMIT", None)
        self.flush()


def _ends_session(error: Any) -> bool:
    """Whether the server ended the session with *error*: after COMMIT, too, so it is no answer."""
    return error.diag.severity_nonlocalized in ("FATAL", "PANIC")
