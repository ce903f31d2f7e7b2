"""Type-ahead: a script sent in one write leads where the same script typed slowly leads.

Up to the first refusal, or question that was not asked for: from there the rest is dropped and its
number told.  Slow typing is the oracle of both.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pasis_tui.widgets.inputs import dropped_text
from tests.flows.practice import VERA, Watched, ask, copy_practice, rows, until, watched
from tests.flows.typed_scripts import Typist
from tests.terminal import END, ENTER, F2, F3, PGDN, alt

SCRIPTS = 10  # a test; the program goes on from where the script before left it
_PATIENTS = """
    SELECT substr(p.identity_number, 3), min(c.id) FROM care_commitment c
    JOIN patient p ON p.id = c.patient_id JOIN unit u ON u.id = c.unit_id
    WHERE u.code = 'PSMA01' AND p.kind = 'personnummer' AND c.closed_on IS {} NULL
    GROUP BY 1 ORDER BY 2 DESC LIMIT {}"""


@pytest.mark.parametrize("number", range(6))
def test_a_burst_gives_what_slow_typing_gives(practice: Path, tmp_path: Path, number: int) -> None:
    _compare(practice, tmp_path, number)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(6, 106))
def test_a_thousand_bursts_give_what_slow_typing_gives(
    practice: Path, tmp_path: Path, number: int
) -> None:
    _compare(practice, tmp_path, number)


@pytest.mark.parametrize(
    "keys",
    [
        # The form buttons take two rows of the list: its last row is still to be seen.
        [*"48", ENTER, END, ENTER],
        # They are taken away again: PgDn goes by the rows that are seen then.
        [*"48", ENTER, ENTER, F2, *"48", ENTER, alt("r"), PGDN, PGDN, ENTER],
        [*"40 9204012380", ENTER, "1", ENTER, F3, "2", ENTER, F2, *"83", ENTER, PGDN, "j"],
    ],
    ids=["the last row", "a page", "from list to list"],
)
def test_a_list_whose_room_changes_under_a_burst(
    practice: Path, tmp_path: Path, keys: list[str]
) -> None:
    homes = copy_practice(practice, tmp_path / "burst"), copy_practice(practice, tmp_path / "slow")
    with watched(homes[0]) as burst, watched(homes[1], paints=500) as slow:
        for program in (burst, slow):
            program.terminal.expect("Lösenord")
        burst.burst([ENTER, F2, *keys])
        slow.slowly([ENTER, F2, *keys])
        burst.settle()
        _same_screen(burst, slow, str(keys))
        assert rows(homes[0]) == rows(homes[1])


def _compare(practice: Path, folder: Path, number: int) -> None:
    homes = copy_practice(practice, folder / "burst"), copy_practice(practice, folder / "slow")
    patients = [
        digits
        for state, count in (("", 8), ("NOT", 2))
        for digits, _ in ask(homes[0], _PATIENTS.format(state, count))
    ]
    # Slow typing waits for every paint; many a second make the test quicker, not the result.
    with watched(homes[0]) as burst, watched(homes[1], paints=500) as slow:
        for program in (burst, slow):
            # The login is there, its database perhaps not yet: Enter is typed ahead too.
            program.terminal.expect("Lösenord")
        for turn in range(SCRIPTS):
            keys = Typist(number * SCRIPTS + turn, [*patients, VERA]).script()
            if turn == 0:
                keys = [ENTER, *keys]
            while keys:
                keys = keys[_to_the_end_of_type_ahead(burst, slow, keys, turn) :]
            different = {
                table: (kept, expected)
                for (table, kept), expected in zip(
                    rows(homes[0]).items(), rows(homes[1]).values(), strict=True
                )
                if kept != expected
            }
            assert not different, (turn, keys, _only_new(different))


def _to_the_end_of_type_ahead(burst: Watched, slow: Watched, keys: list[str], turn: int) -> int:
    """Type *keys* both ways until type-ahead ends, and return how many that were."""
    done = 0
    for key in keys:
        slow.slowly([key])
        done += 1
        if slow.ended_type_ahead:
            break
    burst.burst(keys)
    burst.settle()
    dropped = len(keys) - done
    if dropped:
        burst.terminal.expect(dropped_text(dropped))
    _same_screen(burst, slow, f"turn {turn}, {done} of {keys}")
    return done


def _same_screen(burst: Watched, slow: Watched, script: str) -> None:
    def same() -> bool:
        slow.terminal.pump(0.003)
        return _seen(burst) == _seen(slow)

    try:
        until(burst.terminal, same, "the burst's screen the same as the slow one's")
    except AssertionError as error:
        places = f"cursor {_seen(burst)[-1]} in the burst, {_seen(slow)[-1]} slowly"
        raise AssertionError(
            f"{script}\n{error}\nslow:\n{slow.terminal.text()}\n{places}"
        ) from None


_DROPPED = re.compile(r"\(?\d+ tangent(er)? i förväg kastade?[).]")
_CUT = 60  # cells of a message that stand whatever is told beside it


def _seen(program: Watched) -> tuple[str, str, tuple[int, int]]:
    """The screen above the message, the message's beginning, the cursor; without the word on keys
    that were dropped, which only a burst leads to."""
    screen = program.terminal.screen
    text = _DROPPED.sub(lambda match: " " * len(match[0]), program.terminal.text())
    *rows, first, second, _legend = [line.rstrip() for line in text.split("\n")]
    message = second if first.startswith("──") else f"{first} {second}"
    return "\n".join(rows), " ".join(message.split())[:_CUT], (screen.cursor.x, screen.cursor.y)


def _only_new(
    different: dict[str, tuple[list[tuple[object, ...]], list[tuple[object, ...]]]],
) -> dict[str, object]:
    return {
        table: {"burst": sorted(set(a) - set(b), key=str), "slow": sorted(set(b) - set(a), key=str)}
        for table, (a, b) in different.items()
    }
