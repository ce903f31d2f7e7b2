"""Password hashes (Argon2id with the library's recommended parameters)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pasis_tui.validation.typed import composed

if TYPE_CHECKING:
    from argon2 import PasswordHasher


# The beginning of what hash_known_password returns, and of no other hash.
KNOWN_PREFIX = "$argon2id$v=19$m=8,t=1,p=1$"


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # only who logs on pays for the import

    return PasswordHasher()


def hash_password(password: str) -> str:
    """Return a salted hash of *password*, its parameters included.

    ö in one part or in two is the same password: keyboards and environments differ.
    """
    return _hasher().hash(composed(password))


def hash_known_password(password: str) -> str:
    """Return a hash of a *password* that everyone knows, practice's, quick to make and to try."""
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return quick.hash(composed(password))


def verify_password(hashed: str, password: str) -> bool:
    """Say whether *password* is the one behind *hashed*; an unreadable hash fits nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(hashed, composed(password))
    except (VerificationError, InvalidHashError):
        return False
