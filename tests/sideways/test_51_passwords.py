"""`pasis init` took ten spaces as a password, and printed a password that stands in an address.

Right: spaces at the ends do not count, one character again and again is no password, and no
password of an address is printed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.practice import run_pasis

_CLINIC = ("--unit", "PSXX01", "--unit-name", "Ny klinik", "--signature", "NYNYNY", "--name", "Ny")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (" " * 10, "för kort"),
        ("   ynka    ", "för kort"),
        ("aaaaaaaaaaaa", "olika tecken"),
        ("aBaBaBaBaBaB", "olika tecken"),
    ],
)
def test_a_password_that_is_none_is_refused(tmp_path: Path, password: str, words: str) -> None:
    target = str(tmp_path / "klinik.db")
    done = run_pasis(
        "--database", target, "init", *_CLINIC,
        home=tmp_path, typed=password + "\n",
    )  # fmt: skip
    assert done.returncode == 2
    assert words in done.stderr
    assert not password.strip() or password.strip() not in done.stderr
    assert not (tmp_path / "klinik.db").exists()


def test_the_address_is_printed_without_its_password(tmp_path: Path, empty_postgres: str) -> None:
    address = empty_postgres.replace("postgres:@", "postgres:hemligt-ord@")
    done = run_pasis(
        "--database", address, "init", *_CLINIC,
        home=tmp_path, typed="ett gott lösenord\n",
    )  # fmt: skip
    assert "hemligt-ord" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
