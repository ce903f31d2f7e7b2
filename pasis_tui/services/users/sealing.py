"""Drafts sealed for one user: enciphered, and refused when one bit or the place is another.

Why not a library: ``cryptography`` costs a program that has typed one field 10 MB of memory (of
which one clerk's program has none to spare) and 0.16 s; a draft is at most 64 KB of short-lived
text in a folder of the user's own.  What is used is the standard library's: SHAKE-256 over key and
nonce gives the stream, HMAC-SHA-256 over all that is stored and over what it is bound to gives the
tag, which is tried first (encrypt-then-MAC).  Two sealings never share a nonce: it is 24 random bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

KEY_BYTES = 32
_MARK = b"pasis-draft-3\n"
_NONCE = 24
_TAG = 32
OVERHEAD = len(_MARK) + _NONCE + _TAG


class Unsealed(ValueError):
    """The bytes were not sealed with this key for this place, or were changed since."""


def seal(key: bytes, bound: str, data: bytes) -> bytes:
    """Return *data* sealed with *key* (``KEY_BYTES`` long) for the place that *bound* names."""
    nonce = secrets.token_bytes(_NONCE)
    body = _mixed(key, nonce, data)
    return _MARK + nonce + _tag(key, bound, nonce, body) + body


def unseal(key: bytes, bound: str, sealed: bytes) -> bytes:
    """Return what was sealed with *key* for *bound*.  Raises Unsealed."""
    if len(sealed) < OVERHEAD or not sealed.startswith(_MARK):
        raise Unsealed
    nonce = sealed[len(_MARK) : len(_MARK) + _NONCE]
    tag = sealed[len(_MARK) + _NONCE : OVERHEAD]
    body = sealed[OVERHEAD:]
    if not hmac.compare_digest(tag, _tag(key, bound, nonce, body)):
        raise Unsealed
    return _mixed(key, nonce, body)


def _own(key: bytes, use: bytes) -> bytes:
    """Return a key of its own for each *use*."""
    return hmac.digest(key, _MARK + use, "sha256")


def _mixed(key: bytes, nonce: bytes, data: bytes) -> bytes:
    stream = hashlib.shake_256(_own(key, b"stream") + nonce).digest(len(data))
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")


def _tag(key: bytes, bound: str, nonce: bytes, body: bytes) -> bytes:
    place = bound.encode("utf-8", "surrogatepass")
    said = _MARK + len(place).to_bytes(8, "big") + place + nonce + body
    return hmac.digest(_own(key, b"tag"), said, "sha256")
