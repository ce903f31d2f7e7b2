"""The engine of a PostgreSQL database: a server that comes and goes, and others in its place."""

from __future__ import annotations

import logging
import selectors
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from pasis_tui import __version__, clock
from pasis_tui.store import waiting
from pasis_tui.store.addresses import ServerAddress
from pasis_tui.store.trouble import only_copies

# A clerk's program does one thing at a time, and a list or a panel beside it; a class and the tests more.
_KEPT_OPEN, _AT_MOST = 2, 12
_LONG_UNUSED = 20.0  # seconds after which a firewall may have forgotten the connection
_LAST_USED = "pasis_last_used"
# Key in a connection's info: the server has warned of something since it was last taken away.
WARNED = "pasis_warned"
# It would write what the server says of a statement, a patient's data too, on the clerk's terminal.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)
_SESSION = (  # see docs/operations.md
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
)
# libpq's settings; each is overridden by the address.
_SETTINGS: Mapping[str, str] = {
    "application_name": f"pasis {__version__}",
    "connect_timeout": "4",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "4000",
}


def server_engine(address: ServerAddress, *, reading: bool = False) -> Engine:
    """Return the engine of the database at *address*, which need not be there yet.

    With *reading* every transaction is read-only, and a copy will do.
    """
    engine = create_engine(
        URL.create("postgresql+psycopg", database=address.settings.get("dbname")),
        hide_parameters=True,
        connect_args=_arguments(address, "any" if reading else "read-write"),
        pool_size=_KEPT_OPEN,
        max_overflow=_AT_MOST - _KEPT_OPEN,
    )
    failure = engine.dialect.loaded_dbapi.Error
    own_choice = reading or "target_session_attrs" in address.settings

    def connect(dialect: Any, record: Any, arguments: Any, settings: dict[str, Any]) -> Any:
        try:
            driver = dialect.connect(*arguments, **settings)
        except failure as error:
            if address.hosts > 1 and not own_choice and _a_copy_answers(dialect, settings):
                raise only_copies(address.name) from None
            if _repeats_password(error, address):
                raise failure("(svaret visas inte: det upprepar lösenordet)") from None
            raise
        if not own_choice and driver.info.parameter_status("in_hot_standby") == "on":
            driver.close()
            raise only_copies(address.name)
        if reading:
            driver.read_only = True

        def warned(notice: Any) -> None:
            if notice.severity_nonlocalized == "WARNING" and record is not None:
                record.info[WARNED] = True

        driver.add_notice_handler(warned)
        return driver

    def still_there(driver: Any, record: Any, _proxy: Any) -> None:
        """Ask a connection that something was heard on, or nothing for long, before it is used.

        What a server sends unasked is that it ends; asking each time would cost each save a
        round trip.
        """
        waiting.uses(driver)
        try:
            unused = clock.monotonic() - record.info.get(_LAST_USED, clock.monotonic())
            if unused > _LONG_UNUSED or _heard_from(driver.fileno()):
                engine.dialect.do_ping(driver)
        except failure as error:
            raise InvalidatePoolError from error

    def used(driver: Any, record: Any) -> None:
        waiting.leaves(driver)
        if record is not None:
            record.info[_LAST_USED] = clock.monotonic()

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", still_there)
    event.listen(engine, "checkin", used)
    return engine


def _arguments(address: ServerAddress, kind: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {**_SETTINGS, **address.settings}
    if address.hosts > 1:
        arguments.setdefault("target_session_attrs", kind)
    if address.pooled:
        # pgbouncer takes no options, and may give the next statement another session.
        arguments["prepare_threshold"] = None
    else:
        # Of an option given twice the server takes the last.
        arguments["options"] = f"{_SESSION} {address.settings.get('options', '')}".strip()
    return arguments


def _repeats_password(error: Exception, address: ServerAddress) -> bool:
    return address.gives_away(str(error))


def _a_copy_answers(dialect: Any, settings: dict[str, Any]) -> bool:
    """Tell whether the servers are there, but all are copies that can only be read."""
    asked = {**settings, "target_session_attrs": "standby", "connect_timeout": "2"}
    try:
        dialect.connect(**asked).close()
    except dialect.loaded_dbapi.Error:
        return False
    return True


def _heard_from(descriptor: int) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(0))
