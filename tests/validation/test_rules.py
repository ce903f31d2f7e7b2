"""The rule table against what it is drawn from: the domain's list and the instruction's chapters."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from pasis_tui.validation.findings import Level
from pasis_tui.validation.rules import MARKS, finding, rule_help, rules

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
RULES = sorted(rules())
OURS = ("Region Skånes ", "egen regel", "övningsläge", "014 Personuppgifter")
# A chapter in the middle of a line of the text, or with words in brackets after it.
IN_RUNNING_TEXT = {"Huvuddiagnos", "Problem/Diagnos", "Attribut PMO"}
SENTENCE = re.compile(r"[.!?](?=\s|$)")


def source(relative: str) -> str:
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"{relative} is not on this machine")
    return path.read_text(encoding="utf-8")


def domain() -> dict[str, tuple[str, str, str]]:
    """{id: (level, chapter, mark)} of domain.md section 3."""
    row = re.compile(r"^\| ([A-Z]{2}\d\d) \| (\w+) \| .* \| (.+?) \| (\S+) \|$", re.MULTILINE)
    return {m[1]: (m[2], m[3], m[4]) for m in row.finditer(source("design/domain.md"))}


def test_every_rule_of_the_domain_is_there_with_its_level_chapter_and_mark() -> None:
    wanted = domain()
    assert len(wanted) == 45
    for rule_id, (level, chapter, mark) in wanted.items():
        rule = rules()[rule_id]
        assert (rule.level.value, rule.mark) == (level, mark), rule_id
        if chapter == "–":
            assert rule.chapter.startswith(OURS), rule_id
        else:
            assert rule.chapter.startswith(chapter), rule_id


def test_a_chapter_named_is_a_chapter_of_the_instruction_and_no_other_is_claimed() -> None:
    text = source("source/registreringsanvisningar-vardval-psykoterapi-pasis-2026.txt")
    lines = {line.strip() for line in text.splitlines()}
    for rule in rules().values():
        if rule.chapter.startswith(OURS):
            assert "A" not in rule.mark, f"{rule.id} claims the instruction without a chapter"
        elif rule.chapter in IN_RUNNING_TEXT:
            assert re.search(rf"^\s*{re.escape(rule.chapter)}[: (]", text, re.MULTILINE), rule.id
        else:
            assert rule.chapter in lines, rule.id


@pytest.mark.parametrize("rule_id", RULES)
def test_the_page_behind_f1_explains_in_a_few_sentences_and_says_where_it_comes_from(
    rule_id: str,
) -> None:
    rule = rules()[rule_id]
    sentences = SENTENCE.findall(rule.help.replace("t.ex.", "t ex"))
    assert 2 <= len(sentences) <= 4
    assert rule.help.endswith(".")
    page = rule_help(rule_id)
    assert page[0] == f"{rule_id}  {rule.title}"
    assert f"Kapitel: {rule.chapter}" in page
    for mark in rule.mark.split("+"):
        assert MARKS[mark] in page[-1]
    assert ("Stoppar" in " ".join(page)) == (rule.level is Level.BLOCK)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_message_is_a_whole_sentence_that_fits_the_foot_of_the_screen(rule_id: str) -> None:
    message = rules()[rule_id].message
    names = [name for _, name, _, _ in Formatter().parse(message) if name]
    shown = message.format(**dict.fromkeys(names, "2026-03-02"))
    assert "{" not in shown
    if set(names) not in ({"text"}, {"reason"}):
        assert shown.endswith(".")
        assert len(SENTENCE.findall(shown)) >= 2, "what was wrong, and the way out"
        assert len(shown) <= 160  # two rows; the whole of it is behind F1


def test_an_unknown_rule_is_a_fault_of_the_program_and_has_no_page() -> None:
    with pytest.raises(KeyError):
        finding("XX99", "")
    assert rule_help("XX99") == []


def test_a_finding_carries_the_values_and_a_sentence_of_its_own_when_given() -> None:
    told = finding("VA02", "problem", value="ABC")
    assert (told.rule, told.level, told.field) == ("VA02", Level.BLOCK, "problem")
    assert told.message == "Problem ”ABC” går inte. Ange KBT, IPT eller PDT (F4)."
    assert finding("VA02", "problem", text="Annat.").message == "Annat."


def test_no_pasis_number_is_invented() -> None:
    """The one SPS message the instruction quotes, and no other."""
    quoted = re.findall(r"SPS\d+", " ".join(r.message + r.help for r in rules().values()))
    assert set(quoted) == {"SPS0431"}
