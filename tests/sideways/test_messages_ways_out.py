"""Messages that said no way out, or one that was refused in its turn (Borttag of a commitment with bookings
alone: "avsluta", which bookings forbid).  Every rule's way out is walked; one without a walk says why.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui.store.database import Database
from pasis_tui.validation.rules import rules
from tests.services.clinic import make_clinic
from tests.sideways import ways_out_care, ways_out_fees
from tests.sideways.ways_out import WALKS, WITHOUT

_EACH = [(rule, number) for rule, walks in WALKS.items() for number in range(len(walks))]


def test_every_rule_is_walked_or_says_why_not() -> None:
    assert all(part.__doc__ for part in (ways_out_care, ways_out_fees))  # their walks are in
    assert WALKS.keys() | WITHOUT.keys() == rules().keys()
    assert not WALKS.keys() & WITHOUT.keys()
    assert all(len(why) > 20 for why in WITHOUT.values())


@pytest.mark.parametrize(("rule", "number"), _EACH)
def test_the_way_out(rule: str, number: int, sqlite_database: Database, tmp_path: Path) -> None:
    WALKS[rule][number](make_clinic(sqlite_database), tmp_path)
