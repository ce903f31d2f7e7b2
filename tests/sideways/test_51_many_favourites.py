"""10,000 favourites: one could not be removed in 60 seconds.

Right: each act takes a moment however many there are, and the cursor stays where one works, on
the favourite that was moved or renamed, or on the next after the one that was removed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pasis_tui.files.whole import FileTrouble
from pasis_tui.services.users import favourites
from pasis_tui.store.database import Database
from tests.flows.clerk import clerk
from tests.flows.practice import NAME
from tests.services.clinic import make_clinic
from tests.terminal import END, ENTER, F6, UP, alt

MANY = 10_000
_MOMENT = 6.0  # seconds of work; each takes less than half of one
_CODES = [f"k{n}" for n in range(1, MANY + 1)]


def test_each_act_takes_a_moment(database: Database, tmp_path: Path) -> None:
    context = make_clinic(database).at()
    path = tmp_path / "alla.toml"

    def moment(act: Callable[[], object]) -> None:
        began = time.process_time()
        act()
        assert time.process_time() - began < _MOMENT

    moment(lambda: favourites.load(context, [(code, f"Bild {code}") for code in _CODES]))
    moment(lambda: favourites.remove(context, "k5000"))
    moment(lambda: favourites.rename(context, "k6000", "Min egen"))
    moment(lambda: favourites.move(context, "k9999", -1))
    moment(lambda: favourites.move(context, "k2", 1))
    moment(lambda: favourites.move(context, "k10000", -MANY))
    moment(lambda: favourites.add(context, "k5000", "Åter"))
    moment(lambda: favourites.export_file(context, path))
    listing = favourites.listing(context)
    assert [own.position for own in listing] == list(range(1, MANY + 1))
    codes = [own.code for own in listing]
    assert codes[:4] == ["k10000", "k1", "k3", "k2"]
    assert codes[-3:] == ["k9999", "k9998", "k5000"]
    assert listing[codes.index("k6000")].label == "Min egen"
    moment(lambda: favourites.import_file(context, path, _CODES))
    assert favourites.listing(context) == listing


def test_one_added_after_some_were_removed_stands_last(database: Database) -> None:
    context = make_clinic(database).at()
    favourites.load(context, favourites.suggested())
    for code, _ in favourites.suggested()[:5]:
        favourites.remove(context, code)
    favourites.add(context, "KL", "Kontrollista")
    favourites.move(context, "KL", -1)
    codes = [own.code for own in favourites.listing(context)]
    assert codes == ["040", "083", "085", "KL", "184"]


def test_the_cursor_stays_where_one_works(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.executemany(
            "INSERT INTO favourite (user_id, position, code, label) SELECT id, ?, ?, ?"
            " FROM user_account WHERE signature ="
            " (SELECT value FROM database_fact WHERE name = 'practice_user')",
            [(n, code, f"Bild {code}") for n, code in enumerate(_CODES, 1)],
        )
    with clerk(home) as hands:
        hands.type(F6).sees("f10").type(END).sees("k10000")
        hands.type(UP, UP, UP, alt("t"), ENTER).says("Bild k9997 är inte längre favorit")
        hands.sees("av 9999").type(alt("t"), ENTER).says("Bild k9998 är inte längre favorit")
        hands.type(alt("t"), ENTER).says("Bild k9999 är inte längre favorit")
        hands.type(alt("t"), ENTER).says("Bild k10000 är inte längre favorit")
        hands.type(alt("t"), ENTER).says("Bild k9996 är inte längre favorit")
        hands.type(alt("u"), alt("b")).sees("Nytt namn för Bild k9995.")
        codes = [code for (code,) in hands.rows("SELECT code FROM favourite ORDER BY position")]
        assert codes == [*_CODES[:9993], "k9995", "k9994"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("a = " + "[" * 100_000, "inga favoriter"), ("# " + "x" * 6_000_000, "större än 5 MB")],
)
def test_a_file_that_is_no_favourites_is_refused(
    sqlite_database: Database, tmp_path: Path, content: str, words: str
) -> None:
    context = make_clinic(sqlite_database).at()
    path = tmp_path / "set.toml"
    path.write_text(content)
    with pytest.raises(FileTrouble, match=words):
        favourites.import_file(context, path, _CODES)
    os.mkfifo(tmp_path / "rör.toml")
    with pytest.raises(FileTrouble, match="ingen vanlig fil"):
        favourites.import_file(context, tmp_path / "rör.toml", _CODES)
