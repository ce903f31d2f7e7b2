"""A list that became ready in the background wiped the refusal that stood: the field was marked, and
nobody knew why.  What a job says waits until the refusal is answered.
"""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import clerk
from tests.terminal import ESC, F1, F10, TAB


def test_a_ready_list_waits_for_the_refusal_that_stands(home: Path) -> None:
    ready = "SELECT count(*) FROM list_order WHERE state = 'klar'"
    with clerk(home) as hands:
        hands.go("fb", "FB Besök").type(F10, TAB, "qq", TAB).says("LI01 Fel:", "QQ")
        hands.until(lambda: hands.rows(ready) == [(1,)], "the list is made")
        hands.type(F1).sees("MEDDELANDET", "LI01 Fel:").type(ESC)
        hands.terminal.expect_gone("MEDDELANDET")
        hands.says("LI01 Fel:", "QQ").instead("p").says("Listan är klar: Besök diagnos KVÅ")
