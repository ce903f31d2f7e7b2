"""Code drills: every card can be answered, comes again when it should, and no file stops them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.commands import BY_NAME, key_text, put_in_force
from pasis_tui.display.display_files import every
from pasis_tui.training.drill_cards import DECKS, Card, cards, meaning
from pasis_tui.training.drills import NEW_A_DAY, Drills, _kept, names_in
from pasis_tui.training.grading import Deviation
from pasis_tui.training.results import Result
from pasis_tui.training.routes import Mistake
from pasis_tui.validation import codes
from pasis_tui.validation.rules import rules

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_the_cards_cover_screens_codes_rules_and_keys() -> None:
    made = cards()
    names = {deck: {card.name for card in made.values() if card.deck == deck} for deck in DECKS}
    assert names["screen"] == {shown.code for shown in every()}
    assert names["form"] == set(codes.table("enrolment_diagnosis"))
    assert {"F419", "F320", "F40", "F42", "F438A"} <= names["medical"]
    assert names["kva"] == set(codes.table("kva"))
    assert names["rule"] == set(rules())
    assert names["key"] == set(BY_NAME)
    for card in made.values():
        assert all(card.takes(answer) for answer in card.answers)
        assert not card.takes("")
        assert card.right
        if card.deck in {"form", "medical", "kva", "screen"}:
            assert card.name not in card.question  # the question does not say the answer
        if card.options:
            assert len(set(card.options)) == 3


def test_the_two_lists_are_told_apart() -> None:
    made = cards()
    form, medical = made["form:F419P"], made["medical:F419"]
    assert form.takes("f41.9p")
    assert not form.takes("F419")
    assert medical.takes("f41.9")
    assert not medical.takes("F419P")
    assert (form.note, medical.note) == ("I 184: F419.", "På inskrivningen: F419P.")
    assert made["screen:048"].takes("48")
    assert made["key:save"].takes("f10")
    assert made["key:save"].takes("ALT+s")


def test_keys_are_those_of_the_keymap_in_force() -> None:
    try:
        put_in_force({"save": "F11", "menu": ""})
        made = cards()
        assert made["key:save"].answers == ("F11",)
        assert "key:menu" not in made
    finally:
        put_in_force({name: key_text(each.keys[0]) for name, each in BY_NAME.items()})


def sitting(drills: Drills, now: datetime, right: bool = True) -> list[str]:
    """Answer until nothing is due, a few seconds a card; return what was asked."""
    asked = []
    while due := drills.due(now):
        card = due[0]
        asked.append(card.id)
        drills.answer(card, card.answers[0] if right else "?", now)
        now += timedelta(seconds=20)
        assert len(asked) < 200
    return asked


def test_new_cards_come_a_few_a_day_of_every_deck_and_are_asked_again_until_known(
    tmp_path: Path,
) -> None:
    drills = Drills(tmp_path, "ANNLIN")
    asked = sitting(drills, NOW)
    first = list(dict.fromkeys(asked))
    assert len(first) == NEW_A_DAY
    assert {each.partition(":")[0] for each in first} == set(DECKS)
    assert len(asked) > len(first)  # what is new comes again in the sitting
    assert drills.standing(NOW + timedelta(hours=1)).known == NEW_A_DAY
    assert not sitting(drills, NOW + timedelta(hours=2))
    # another day brings new ones; another learner has none of this
    tomorrow = list(dict.fromkeys(sitting(drills, NOW + timedelta(days=1))))
    assert len(set(tomorrow) - set(first)) == NEW_A_DAY
    assert Drills(tmp_path, "BOPROV").standing(NOW).known == 0


def test_what_is_known_comes_ever_more_seldom_and_what_is_wrong_at_once(tmp_path: Path) -> None:
    drills = Drills(tmp_path, "ANNLIN")
    card = drills.cards["form:F419P"]
    now, pauses = NOW, []
    for _ in range(6):
        again = drills.answer(card, "F419P", now).again
        pauses.append(again - now)
        now = again
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(days=20)
    wrong = drills.answer(card, "F419", now)
    assert not wrong.right
    assert wrong.again - now < timedelta(minutes=30)
    assert card in drills.due(wrong.again)


def test_what_went_wrong_in_exercises_is_asked_first(tmp_path: Path) -> None:
    drills = Drills(tmp_path, "ANNLIN")
    sitting(drills, NOW)
    assert drills.remember({"BE05", "f419p", "XX99"}) == 2
    later = NOW + timedelta(hours=3)
    assert [card.id for card in drills.due(later)] == ["form:F419P", "rule:BE05"]
    assert drills.standing(later).due == 2
    drills.answer(drills.cards["rule:BE05"], "?", later)
    assert drills.due(later)[0].id == "form:F419P"


def test_the_rules_and_codes_of_a_result_are_what_is_remembered() -> None:
    wrong = Deviation(
        kind="wrong", fact="enrolment.diagnosis", record="", patient="", label="Diagnos", yours="F410",
        right="F419P", rule="FO02", chapter="", sentence="",
    )  # fmt: skip
    mistake = Mistake("BE05", "", "", 2)
    result = Result("1", "", "", 80, (wrong,), (), (mistake,), 1, 1, 1.0, 1.0)
    assert names_in(result) == {"BE05", "FO02", "F410", "F419P"}


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"\xff",
        b"[1, 2]",
        b"[" * 5000,
        b'{"cards": 1, "wanted": 5, "new": "x"}',
        b'{"cards": {"form:F419P": {"due": "x"}, "key:save": null}, "wanted": [1, "no:such"], "new": [1, 2]}',
    ],
)
def test_a_spoilt_file_begins_anew(tmp_path: Path, spoilt: bytes) -> None:
    drills = Drills(tmp_path, "ANNLIN")
    drills.answer(drills.cards["form:F419P"], "F419P", NOW)
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(spoilt)
    assert len(drills.due(NOW)) == NEW_A_DAY
    assert drills.answer(drills.cards["form:F419P"], "F419P", NOW).right
    assert drills.standing(NOW).new == NEW_A_DAY - 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=9), inside),
    max_leaves=6,
)


@given(st.data())
def test_a_card_changed_anywhere_is_taken_by_fsrs_or_is_new(data: st.DataObject) -> None:
    from fsrs import Card as Memory
    from fsrs import Rating, Scheduler

    memory, _ = Scheduler().review_card(Memory(card_id=1, due=NOW), Rating.Good, NOW)
    written = dict(memory.to_dict())
    name = data.draw(st.sampled_from(sorted(written)))
    written[name] = data.draw(JSON | st.sampled_from(["2026-03-02", "9999-12-31T00:00:00+00:00"]))
    kept = _kept(json.loads(json.dumps(written)))
    if kept is not None:
        again = Memory.from_dict(kept.memory)  # type: ignore[arg-type]
        Scheduler().review_card(again, Rating.Again, NOW)


def test_two_programs_of_one_learner_keep_each_others_answers(tmp_path: Path) -> None:
    one, other = Drills(tmp_path, "ANNLIN"), Drills(tmp_path, "ANNLIN")
    one.answer(one.cards["form:F419P"], "F419P", NOW)
    other.answer(other.cards["kva:ZV051"], "ZV051", NOW)
    kept = json.loads(next(tmp_path.rglob("*.json")).read_text("utf-8"))
    assert set(kept["cards"]) == {"form:F419P", "kva:ZV051"}


def test_the_library_is_imported_when_a_card_is_answered_and_not_before() -> None:
    asked = "import sys, pasis_tui.app, pasis_tui.training.drills; print('fsrs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_card_says_what_it_is() -> None:
    card = Card("rule:BE05", "Vad säger BE05?", ("2",), ("a", "b", "c"))
    assert (card.deck, card.name, card.right) == ("rule", "BE05", "b")


def test_a_wrong_answer_is_told_by_what_it_means() -> None:
    made = cards()
    medical, rule = made["medical:F419"], made["rule:FO02"]
    assert meaning(made, medical, "f419p").startswith("Inskrivningen (048): ")
    assert meaning(made, medical, "f41.9") == ""  # its own
    assert meaning(made, medical, "blaha") == ""
    assert meaning(made, made["screen:014"], "84") == "Medicinsk registrering"
    assert meaning(made, made["key:save"], "F9") == "Fältets senast sparade värde"
    assert [meaning(made, rule, each) for each in ("1", "3.", "4")] == [
        rule.options[0],
        rule.options[2],
        "",
    ]


def test_more_new_cards_than_today_s_can_be_asked(tmp_path: Path) -> None:
    drills = Drills(tmp_path, "ANNLIN")
    while due := drills.due():
        drills.answer(due[0], due[0].answers[0])
    left = drills.standing()
    assert (left.due, left.new, left.unseen) == (0, 0, len(drills.cards) - NEW_A_DAY)
    assert drills.next_at() is not None
    assert drills.more_today() == NEW_A_DAY
    assert len(drills.due()) == drills.standing().new == NEW_A_DAY
    assert Drills(tmp_path, "EVAEK").next_at() is None
