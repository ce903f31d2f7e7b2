"""Every rule by its id, from ``data/rules.toml`` (domain.md section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Annotated, Any

from pasis_tui.commands import key_names, keys_in_text
from pasis_tui.resources import folder
from pasis_tui.validation import toml_files
from pasis_tui.validation.findings import Finding, Level

MARKS = {
    "A": "Står i registreringsanvisningen.",
    "P": "Följer av annat offentligt material från Region Skåne eller av lag.",
    "V": "Programmets egen regel; anvisningen säger inget om den.",
}
PARTLY = "En del av prövningen är programmets egen."  # V beside another mark
ABOUT_FIELD = "Programmets egen regel; kapitlet beskriver fältet men inte kravet."
OURS = ("Region Skånes ", "egen regel", "övningsläge", "014 Personuppgifter")  # no chapters of it


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise in a rule from a date on; what is empty stays as it was."""

    level: Annotated[str, toml_files.OneOf(tuple(Level))] = ""
    title: str = ""
    message: str = ""
    chapter: str = ""
    mark: str = ""
    help: str = ""
    messages: dict[str, str] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    ``message`` is a Swedish ``str.format`` template that names what was wrong and the way out;
    keys it names by command, ``{save}``.
    ``messages`` are its other sentences by variant, ``levels`` the variants whose level is not the
    rule's.  ``help`` is the longer text behind F1, ``mark`` A, P or V (or two of them) as in
    domain.md, ``changes`` what is otherwise by the first day it is in force.
    """

    id: Annotated[str, toml_files.TableName]
    level: Level
    title: str
    chapter: str
    mark: str
    help: str
    message: str = ""
    messages: dict[str, str] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    changes: Annotated[dict[date, Change], toml_files.Key("from")] = field(default_factory=dict)

    @property
    def sentences(self) -> Mapping[str, str]:
        """All the rule's own sentences by variant, "" its ``message``."""
        return ({"": self.message} if self.message else {}) | self.messages

    def on(self, day: date) -> Rule:
        """Return the rule as it is in force on *day*."""
        rule = self
        for first, change in sorted(self.changes.items(), key=lambda each: each[0]):
            if first > day:
                break
            texts: dict[str, Any] = {
                name: text
                for name in ("title", "message", "chapter", "mark", "help")
                if (text := getattr(change, name))
            }
            rule = replace(
                rule,
                level=Level(change.level or rule.level),
                messages=rule.messages | change.messages,
                levels=rule.levels | change.levels,
                **texts,
            )
        return rule

    def finding(self, field: str, variant: str, values: Mapping[str, object]) -> Finding:
        """Return what the rule says by *variant* of *field*, filled with *values*."""
        template = self.sentences.get(variant) or shared_messages()[variant]
        filled = {name: str(value) for name, value in values.items()}
        return Finding(
            self.id,
            self.levels.get(variant, self.level),
            field,
            template.format_map({**key_names(), **filled}),
            variant,
            tuple(sorted(filled.items())),
        )


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, with its changes by date.  Raises BadFile."""
    return toml_files.read(folder("data") / "rules.toml", dict[str, Rule])


@cache
def shared_messages() -> Mapping[str, str]:
    """Return what more than one rule says, by variant.  Raises BadFile."""
    return toml_files.read(folder("data") / "messages.toml", dict[str, str])


def rule(rule_id: str, on: date) -> Rule:
    """Return the rule in force on the working date *on*; KeyError for no such rule."""
    return rules()[rule_id].on(on)


def finding(rule_id: str, field: str, on: date, /, variant: str = "", **values: object) -> Finding:
    """Return the finding of the rule in force on *on*, at *field*.

    *variant* names the sentence where it is not the rule's own: one of the rule's, else one that
    rules share.  *values* fill its placeholders.  KeyError for no such rule, sentence or value.
    """
    return rule(rule_id, on).finding(field, variant, values)


class Findings(list[Finding]):
    """What one check finds, by the rules in force on the working date *today*."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    def add(self, rule_id: str, field: str, variant: str = "", /, **values: object) -> None:
        """Add a finding of a rule at *field*, as ``finding`` makes it."""
        self.append(finding(rule_id, field, self.today, variant, **values))


def sentence(rule_id: str, on: date, /, variant: str = "", **values: object) -> str:
    """Return what ``finding`` returns, for no field in particular."""
    return finding(rule_id, "", on, variant, **values).message


def origin_of(rule: Rule) -> str:
    """Return where *rule* comes from, in sentences that do not contradict each other."""
    marks = rule.mark.split("+")
    if marks == ["V"]:
        return MARKS["V"] if rule.chapter.startswith(OURS) else ABOUT_FIELD
    return " ".join(PARTLY if mark == "V" else MARKS[mark] for mark in marks)


def rule_help(rule_id: str, on: date, level: Level | None = None) -> list[str]:
    """Return the F1 page of a rule: title, explanation, chapter, where it comes from.

    *level* is that of the finding it explains, where it may differ from the rule's.
    """
    if rule_id not in rules():
        return []
    shown = rule(rule_id, on)
    blocks = (level or shown.level) is Level.BLOCK
    hard = "Stoppar: måste rättas." if blocks else "Varning: kan godtas."
    origin = origin_of(shown)
    return [
        f"{shown.id}  {shown.title}", "", keys_in_text(shown.help), "", hard, f"Kapitel: {shown.chapter}", origin
    ]  # fmt: skip
