"""Every rule by its id, from ``data/rules.toml`` (domain.md section 3)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pasis_tui.resources import folder
from pasis_tui.validation.findings import Finding, Level

MARKS = {
    "A": "Står i registreringsanvisningen.",
    "P": "Följer av annat offentligt material från Region Skåne eller av lag.",
    "V": "Programmets egen regel; anvisningen säger inget om den.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    ``message`` is a Swedish ``str.format`` template that names what was wrong and the way out,
    ``help`` the longer text behind F1, ``mark`` A, P or V (or two of them) as in domain.md.
    """

    id: str
    level: Level
    title: str
    message: str
    chapter: str
    mark: str
    help: str


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id."""
    with (folder("data") / "rules.toml").open("rb") as file:
        raw = tomllib.load(file)
    return {
        rule_id: Rule(
            rule_id,
            Level(values["level"]),
            values["title"],
            values["message"],
            values["chapter"],
            values["mark"],
            values["help"],
        )
        for rule_id, values in raw.items()
    }


def finding(rule_id: str, field: str, text: str = "", **values: object) -> Finding:
    """Return the finding of the rule *rule_id* at *field*.

    *text* stands in place of the rule's own message where the situation asks for another
    sentence; *values* fill the message's placeholders.
    """
    rule = rules()[rule_id]
    return Finding(rule_id, rule.level, field, text or rule.message.format(**values))


def rule_help(rule_id: str) -> list[str]:
    """Return the F1 page of a rule: title, explanation, chapter, where it comes from."""
    rule = rules().get(rule_id)
    if rule is None:
        return []
    origin = " ".join(MARKS[mark] for mark in rule.mark.split("+"))
    hard = "Stoppar: måste rättas." if rule.level is Level.BLOCK else "Varning: kan godtas."
    return [f"{rule.id}  {rule.title}", "", rule.help, "", hard, f"Kapitel: {rule.chapter}", origin]
