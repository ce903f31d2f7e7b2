"""Reads drafts on the disk as their owner would: with the keys that the databases beside them hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from pasis_tui.services.users.sealing import Unsealed, unseal

Keys = list[tuple[str, bytes]]  # owner and key


def keys_in(home: Path) -> Keys:
    """Return every owner, and their key, of every database below *home*."""
    found: Keys = []
    for path in home.rglob("*.db"):
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as database:
            instance = database.execute("SELECT value FROM database_fact WHERE name = 'instance'")
            named = instance.fetchone()[0]
            found += [
                (f"{named}|{signature}|{unit}|", bytes.fromhex(key))
                for signature, key, unit in database.execute(
                    "SELECT a.signature, a.draft_key, u.code FROM user_account a"
                    " JOIN user_unit p ON p.user_id = a.id JOIN unit u ON u.id = p.unit_id"
                    " WHERE a.draft_key <> ''"
                )
            ]
    return found


def texts_of(home: Path, keys: Keys | None = None) -> list[str]:
    """Return the content of each draft in *home* that one of the *keys* opens; its own otherwise."""
    texts = []
    for path in (home / "drafts").glob("*.draft"):
        for owner, key in keys_in(home) if keys is None else keys:
            with suppress(Unsealed, FileNotFoundError):
                texts.append(unseal(key, f"{owner}{path.name}", path.read_bytes()).decode())
    return texts
