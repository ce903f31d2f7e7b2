"""PostgreSQL's own programs pg_dump and pg_restore, run without a password in any argument."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pasis_tui.store.addresses import ServerAddress
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.validation.unseen import marked

_SAID = 200  # characters of what a program says
_QUOTED = re.compile(r"password\s*=\s*\S+|//[^/@\s]*@", re.IGNORECASE)


def dump(address: ServerAddress, snapshot: str, target: Path) -> None:
    """Write the database as of *snapshot* to *target* in pg_dump's custom format.

    Owners and privileges are left out: another server has roles of its own.  Raises
    DatabaseTrouble.
    """
    own = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    _run("pg_dump", address, [*own, f"--file={target}"])


def restore(address: ServerAddress, source: Path, left_out: str, listing: Path) -> None:
    """Read *source* into the empty database in one transaction, but not the rows of *left_out*.

    *listing* is a file to write in.  Raises DatabaseTrouble; then nothing was restored.
    """
    tool = _tool("pg_restore")
    listed = _call([tool, "--list", str(source)], {}, "pg_restore")
    skipped = re.compile(rf"TABLE DATA \S+ {re.escape(left_out)} ")
    lines = [line for line in listed.splitlines() if not skipped.search(line)]
    listing.write_text("\n".join(lines) + "\n", "utf-8")
    own = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", address, [*own, f"--use-list={listing}", str(source)])


def _run(name: str, address: ServerAddress, arguments: Sequence[str]) -> None:
    tool = _tool(name)
    open_part, secrets = _apart(address)
    _call([tool, "--no-password", f"--dbname={open_part}", *arguments], secrets, name)


def _tool(name: str) -> str:
    tool = shutil.which(name)
    if tool is None:
        raise DatabaseTrouble(
            f"Programmet {name} finns inte på den här datorn. Det hör till PostgreSQL: installera "
            "postgresql-client av serverns version, eller lägg dess mapp i PATH.",
            "driver",
        )
    return tool


def _apart(address: ServerAddress) -> tuple[str, dict[str, str]]:
    """Return the server's address without secrets, and the secrets as the environment has them."""
    from psycopg.conninfo import make_conninfo

    parts = dict(address.settings)
    if address.hosts > 1:
        parts.setdefault("target_session_attrs", "read-write")
    password = parts.pop("password", None)
    if parts.pop("sslpassword", None) is not None:
        raise DatabaseTrouble(
            "Adressen har sslpassword, som pg_dump bara kan få i klartext. Använd en nyckelfil utan "
            "lösenord för säkerhetskopiorna.",
            "driver",
        )
    return make_conninfo(**parts), {} if password is None else {"PGPASSWORD": str(password)}


def _call(command: Sequence[str], secrets: dict[str, str], name: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **secrets}
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            check=False,
        )
    except OSError as error:
        raise DatabaseTrouble(f"Programmet {name} kunde inte startas.", "driver") from error
    if done.returncode:
        said = (done.stderr.decode("utf-8", "replace").strip().splitlines() or [""])[0]
        raise DatabaseTrouble(
            f"{name} kunde inte göra det (slutkod {done.returncode}). Det svarade: "
            f"{marked(_QUOTED.sub('***', said))[:_SAID]}",
            "other",
        )
    return done.stdout.decode("utf-8", "replace")
