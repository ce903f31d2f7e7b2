"""Where a database is: a file, or a PostgreSQL server by any address that PostgreSQL itself takes.

An address may hold passwords anywhere, and libpq's own messages may repeat it: only ``name`` of a
server is ever shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pasis_tui.store.trouble import DatabaseTrouble

POOLER = "pasis_pooler"  # our own setting in an address; every other is libpq's
_SECRETS = ("password", "sslpassword", "oauth_client_secret")
_SERVER = re.compile(r"(postgres(?:ql)?)(?:\+\w+)?://", re.IGNORECASE)
_LIKE_A_SERVER = re.compile(r"postgres\w*(\+\w+)?:(?!//)", re.IGNORECASE)
# One ``name = value`` of libpq's other form: https://www.postgresql.org/docs/current/libpq-connect.html
_SETTING = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)", re.DOTALL)
_FIRST_NAMES = re.compile(
    r"\s*(host|hostaddr|port|dbname|user|password|passfile|service|options|application_name|"
    r"connect_timeout|client_encoding|target_session_attrs|load_balance_hosts|keepalives\w*|"
    r"tcp_user_timeout|replication|gss\w+|krbsrvname|ssl\w+|require\w+|channel_binding|pasis_\w+)"
    r"\s*=(?!=)"
)
_MANY_HOSTS = 20


@dataclass(frozen=True, slots=True, repr=False)
class ServerAddress:
    """A PostgreSQL database: *settings* are libpq's, by its names, with passwords.

    ``name`` tells it from others and may be shown.  ``pooled``: between us and the server a
    pooler gives each transaction another of the server's sessions.
    """

    name: str
    settings: Mapping[str, str]
    pooled: bool

    @property
    def hosts(self) -> int:
        """How many hosts the address names."""
        named = self.settings.get("host") or self.settings.get("hostaddr") or ""
        return named.count(",") + 1

    def gives_away(self, words: str) -> bool:
        """Tell whether *words* hold a password of the address."""
        return any(
            self.settings.get(each, "") in words for each in _SECRETS if self.settings.get(each)
        )

    def __repr__(self) -> str:
        return f"ServerAddress({self.name!r})"


def address_of(target: str | Path) -> Path | ServerAddress:
    """Return the file or the server that *target* leads to.  Raises DatabaseTrouble."""
    text = str(target)
    if _LIKE_A_SERVER.match(text):
        raise _no_address()
    if _SERVER.match(text):
        return _server(*_apart(text), is_uri=True)
    if "://" not in text and _FIRST_NAMES.match(text):
        return _server(*_own_taken_out(text), is_uri=False)
    if "://" not in text:
        if not text.strip() or text == ":memory:":
            raise _in_memory()
        return Path(text).expanduser().absolute()
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # a port that is no number
        raise _no_address() from error
    backend = url.get_backend_name()
    if backend != "sqlite":
        raise DatabaseTrouble(
            f"Databaser av slaget {backend} stöds inte: ange en fil eller postgresql://…", "driver"
        )
    if not url.database or url.database == ":memory:" or url.query:
        raise _in_memory()
    return Path(url.database).expanduser().absolute()


def shown_target(target: str | Path) -> str:
    """Return *target* as it may be shown.  Raises DatabaseTrouble."""
    address = address_of(target)
    return str(address) if isinstance(address, Path) else address.name


def _server(text: str, own: Mapping[str, str], *, is_uri: bool) -> ServerAddress:
    try:
        from psycopg import Error
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise DatabaseTrouble(
            "Databasen ligger i PostgreSQL, men tillägget psycopg är inte installerat. "
            "Installera pasis-tui[postgres].",
            "driver",
        ) from error
    if own.keys() - {POOLER} or own.get(POOLER, "transaction") not in ("transaction", "session"):
        raise DatabaseTrouble(
            f"Adressens {POOLER} ska vara transaction eller session, och inget annat i den börjar "
            "med pasis_.",
        )
    try:
        settings = {key: str(each) for key, each in conninfo_to_dict(text).items() if each}
    except (Error, ValueError):  # what libpq says repeats the address
        raise _no_address() from None
    shown = _Shown(
        *(
            settings.get(each, "")
            for each in ("user", "host", "hostaddr", "port", "dbname", "service")
        )
    )
    ports = [each for each in shown.port.split(",") if each]
    if not all(re.fullmatch("[0-9]{1,5}", each) and 0 < int(each) < 65536 for each in ports):
        raise _no_address()
    if any(sign in shown.dbname for sign in ("://", "=")):
        raise _no_address()
    if is_uri and any("@" in each for each in (shown.host, shown.dbname)):
        raise _no_address()  # a @, / or : of a password that was not written %40, %2F or %3A
    if shown.host.count(",") >= _MANY_HOSTS:
        raise _no_address()
    return ServerAddress(shown.address(), settings, own.get(POOLER) == "transaction")


class _Shown(NamedTuple):
    """What may be shown of an address."""

    user: str
    host: str
    hostaddr: str
    port: str
    dbname: str
    service: str

    def address(self) -> str:
        """Return it in the form that one can also type."""
        hosts = (self.host or self.hostaddr).split(",")
        ports = self.port.split(",")
        if len(ports) < len(hosts):
            ports = ports[:1] * len(hosts)
        folders = all(host.startswith(("/", "@")) for host in hosts if host) and any(hosts)
        who = f"{self.user}@" if self.user else ""
        where = ""
        if not folders:
            pairs = zip(hosts, ports, strict=False)
            where = ",".join(_host(host) + (port and f":{port}") for host, port in pairs)
        query = [f"host={self.host}"] * folders
        query += [f"port={self.port}"] * bool(folders and self.port)
        query += [f"service={self.service}"] * bool(self.service)
        return f"postgresql://{who}{where}/{self.dbname}" + "?" * bool(query) + "&".join(query)


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _apart(text: str) -> tuple[str, dict[str, str]]:
    """Return the URI *text* as libpq takes it, and our own settings in it.

    ``?host=one:5432&host=two:5432``, which SQLAlchemy takes, becomes what libpq takes.
    """
    rest = _SERVER.sub("", text, count=1)
    at = rest.find("@")
    begin = rest.find("?", at if at > 0 and "/" not in rest[:at] else 0)
    if begin < 0:
        return f"postgresql://{rest}", {}
    own: dict[str, str] = {}
    kept: list[str] = []
    hosts: list[str] = []
    for pair in rest[begin + 1 :].split("&"):
        name, _, value = pair.partition("=")
        if name.startswith("pasis_"):
            own[name] = unquote(value)
        elif name == "host":
            hosts.append(unquote(value))
        elif pair:
            kept.append(pair)
    if len(hosts) > 1:
        split = [_host_and_port(host) for host in hosts]
        hosts = [",".join(host for host, _ in split)]
        if any(port for _, port in split):
            kept.append("port=" + ",".join(port for _, port in split))
    kept += [f"host={quote(host, safe='')}" for host in hosts]
    query = "?" * bool(kept) + "&".join(kept)
    return f"postgresql://{rest[:begin]}{query}", own


def _host_and_port(text: str) -> tuple[str, str]:
    parts = re.fullmatch(r"\[(.*)\](?::(\d+))?|([^:]*):(\d+)", text)
    if parts is None:
        return text, ""
    return (parts[1] or parts[3] or ""), (parts[2] or parts[4] or "")


def _own_taken_out(text: str) -> tuple[str, dict[str, str]]:
    """Return the ``name=value …`` *text* without our own settings, and these."""
    own: dict[str, str] = {}
    kept: list[str] = []
    at = 0
    while pair := _SETTING.match(text, at):
        at = pair.end()
        if pair[1].startswith("pasis_"):
            own[pair[1]] = pair[2].strip("'")
        else:
            kept.append(pair[0])
    return "".join(kept) + text[at:], own


def _no_address() -> DatabaseTrouble:
    # The address is not repeated: it may hold a password anywhere.
    return DatabaseTrouble(
        "Det är ingen databasadress. Ange en fil, eller "
        "postgresql://användare:lösenord@dator:5432/databas. I lösenordet skrivs @ som %40, "
        "/ som %2F, : som %3A och % som %25.",
    )


def _in_memory() -> DatabaseTrouble:
    return DatabaseTrouble(
        "En databas i minnet finns inte efter att programmet avslutats: ange en fil.", "memory"
    )
