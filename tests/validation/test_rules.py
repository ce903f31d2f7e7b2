"""The rule table against what it is drawn from: the domain's list and the instruction's chapters."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from pasis_tui.validation import toml_files
from pasis_tui.validation.findings import Level
from pasis_tui.validation.rules import MARKS, Rule, finding, rule_help, rules

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
RULES = sorted(rules())
DAY = date(2026, 3, 2)
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
    page = rule_help(rule_id, DAY)
    assert page[0] == f"{rule_id}  {rule.title}"
    assert f"Kapitel: {rule.chapter}" in page
    for mark in set(rule.mark.split("+")) - {"V"}:
        assert MARKS[mark] in page[-1]
    assert ("Stoppar" in " ".join(page)) == (rule.level is Level.BLOCK)


SENTENCES = [(rule.id, variant) for rule in rules().values() for variant in rule.sentences]
PARTS = {("BE03", "becomes_new"), ("BE03", "becomes_return"), ("IM01", "no_number")}


@pytest.mark.parametrize(("rule_id", "variant"), SENTENCES)
def test_a_message_is_a_whole_sentence_that_fits_the_foot_of_the_screen(
    rule_id: str, variant: str
) -> None:
    message = rules()[rule_id].sentences[variant]
    names = [name for _, name, _, _ in Formatter().parse(message) if name]
    shown = message.format(**dict.fromkeys(names, "2026-03-02"))
    assert "{" not in shown
    assert shown.endswith(".") or (rule_id, variant) in PARTS
    if not variant:
        assert len(SENTENCE.findall(shown)) >= 2, "what was wrong, and the way out"
    assert len(shown) <= 180  # two rows; the whole of it is behind F1


def test_an_unknown_rule_is_a_fault_of_the_program_and_has_no_page() -> None:
    with pytest.raises(KeyError):
        finding("XX99", "", DAY)
    with pytest.raises(KeyError):
        finding("VA02", "problem", DAY, "no_such_sentence")
    with pytest.raises(KeyError):
        finding("VA02", "problem", DAY)  # without its value
    assert rule_help("XX99", DAY) == []


def test_a_finding_carries_its_sentence_and_the_values() -> None:
    told = finding("VA02", "problem", DAY, value="ABC")
    assert (told.rule, told.level, told.field) == ("VA02", Level.BLOCK, "problem")
    assert told.message == "Problem ”ABC” går inte. Ange KBT, IPT eller PDT (F4)."
    assert told.values == (("value", "ABC"),)
    other = finding("VA02", "problem", DAY, "missing", label="Problem")
    assert (other.variant, other.level) == ("missing", Level.BLOCK)
    assert other.message == "Problem saknas. Fyll i fältet; det är obligatoriskt."


OWN = """
[XX01]
level = "warn"
title = "Före"
message = "Före {value}."
chapter = "egen regel"
mark = "V"
help = "Gäller före."

[XX01.messages]
kept = "Som förut."
changed = "Ändras."

[XX01.levels]
changed = "block"

[XX01.from."2027-01-01".levels]
changed = "warn"

[XX01.from."2026-07-01"]
level = "block"
title = "Efter"
message = "Efter {value}."

[XX01.from."2026-07-01".messages]
missing = "{label} saknas, från juli."
changed = "Är ändrad."
"""


def test_a_rule_has_versions_by_the_day_they_are_in_force(tmp_path: Path) -> None:
    """Rules of the test's own: an edition changes text, level and title from a date on."""
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    own = toml_files.read(tmp_path / "own.toml", dict[str, Rule])["XX01"]

    def said(on: date, variant: str = "", **values: str) -> tuple[str, str]:
        shown = own.on(on).finding("field", variant, values)
        return shown.level.value, shown.message

    before, after, later = date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1)
    assert said(before, value="A") == ("warn", "Före A.")
    assert said(after, value="A") == ("block", "Efter A.")
    assert said(later, value="A") == ("block", "Efter A.")
    assert said(before, "kept") == ("warn", "Som förut.")
    assert said(after, "kept") == ("block", "Som förut.")
    assert said(before, "changed") == ("block", "Ändras.")
    assert said(after, "changed") == ("block", "Är ändrad.")
    assert said(later, "changed") == ("warn", "Är ändrad.")
    assert said(before, "missing", label="Tid")[1].startswith("Tid saknas. Fyll i fältet")
    assert said(after, "missing", label="Tid") == ("block", "Tid saknas, från juli.")
    assert own.on(before).title == "Före"
    assert (own.on(later).title, own.on(later).help) == ("Efter", "Gäller före.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[XX01.from."juli"]\nlevel = "warn"', "ska vara ett datum"),
        ('[XX01.from."2026-07-01"]\nlevel = "hard"', "”hard”"),
        ("[XX01.levels]\nkept = 1", "en text"),
        ('[XX01.variants]\nkept = "Nej."', "känns inte igen"),
    ],
)
def test_a_rule_that_is_written_wrong_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    own = OWN.split("[XX01.levels]", maxsplit=1)[0] + wrong
    (tmp_path / "own.toml").write_text(own, "utf-8")
    with pytest.raises(toml_files.BadFile, match=said):
        toml_files.read(tmp_path / "own.toml", dict[str, Rule])


def test_no_pasis_number_is_invented() -> None:
    """The one SPS message the instruction quotes, and no other."""
    texts = [text for r in rules().values() for text in (*r.sentences.values(), r.help)]
    quoted = re.findall(r"SPS\d+", " ".join(texts))
    assert set(quoted) == {"SPS0431"}
