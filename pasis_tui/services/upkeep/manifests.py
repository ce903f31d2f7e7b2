"""The manifest of a backup: what is in it, so that a restored database can be held against it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pasis_tui.store.content import TableContent, digest_of
from pasis_tui.validation.for_people import ForPeople

FORM = 1  # of the manifest and of the file around it
_SEAL = "seal"


class BadBackup(ForPeople):
    """A file that is no backup, or no longer what it was."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``made_at`` is UTC in ISO form, ``size`` and ``sha256`` those of the database's file.

    ``log_head`` is the head of the audit log's chain, "" when there is none.
    """

    program: str
    dialect: str
    schema: str
    mode: str
    made_at: str
    size: int
    sha256: str
    tables: Mapping[str, TableContent]
    log_head: str = ""

    @property
    def content(self) -> str:
        """The hash of all tables."""
        return digest_of(self.tables)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(each.rows for each in self.tables.values())


def written(manifest: Manifest) -> bytes:
    """Return *manifest* as JSON for people and programs, with a seal over itself."""
    parts: dict[str, Any] = {"form": FORM, **asdict(manifest), "content": manifest.content}
    parts["tables"] = {
        name: {"rows": each.rows, "hash": each.hash} for name, each in manifest.tables.items()
    }
    parts[_SEAL] = _seal(parts)
    return json.dumps(parts, indent=1, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def read(text: bytes, name: str) -> Manifest:
    """Return the manifest that ``written`` made.  Raises BadBackup, which names the file *name*."""
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadBackup(f"{name} är skadad: innehållsförteckningen går inte att läsa.") from error
    if not isinstance(parts, dict) or "form" not in parts:
        raise BadBackup(f"{name} är ingen säkerhetskopia av pasis.")
    if parts["form"] != FORM:
        raise BadBackup(
            f"{name} är gjord av en nyare version av pasis_tui. Uppdatera programmet först."
        )
    if parts.pop(_SEAL, None) != _seal(parts):
        raise BadBackup(f"{name} är ändrad: innehållsförteckningen är inte den som skrevs.")
    try:
        tables = {
            str(key): TableContent(int(each["rows"]), str(each["hash"]))
            for key, each in parts["tables"].items()
        }
        rest = {key: parts[key] for key in Manifest.__dataclass_fields__ if key != "tables"}
        manifest = Manifest(tables=tables, **rest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadBackup(f"{name} är skadad: innehållsförteckningen är ofullständig.") from error
    if manifest.content != parts.get("content") or not isinstance(manifest.size, int):
        raise BadBackup(f"{name} är ändrad: innehållsförteckningen stämmer inte med sig själv.")
    return manifest


def _seal(parts: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in parts.items() if name != _SEAL}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()
