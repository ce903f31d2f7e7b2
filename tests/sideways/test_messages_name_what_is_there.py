"""Messages that named a key, a button, a field or a number of another screen.

Every text of the program, of the rules and of the display files: what it names is there, on the screen
where it can stand or the one it names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import pasis_tui
from pasis_tui.commands import BY_NAME, COMMANDS, RESERVED_LETTERS
from pasis_tui.display.display_files import ButtonSpec, Display, display, displays, every
from pasis_tui.display.quick_select import Go, codes_of, interpret
from pasis_tui.resources import folder
from pasis_tui.validation.rules import rules, shared_messages

# Where a rule's sentences can stand, by the beginning of its id.
_OF_RULES = {
    "VA0": "040", "VA1": "040", "VA01": "014 040 048 083 085 184 283 610", "VA20": "040",
    "VA3": "040", "VA34": "040 048 085", "FO": "048 051 085 AG", "BE": "085 083 184",
    "ME": "184 085 083", "HK01": "085", "HK02": "085", "HK03": "085", "HK04": "283", "HK05": "283",
    "HK06": "610", "HK07": "610", "PM": "085", "SE": "040 014 048 083 085", "PR": "014 040 048 083",
    "PE": "014", "PE04": "048 AG KL FB", "LI": "KL FB HL HP AG", "ST": "051", "IM": "KL",
}  # fmt: skip
# Where the sentences of a module below the views can stand; of others, anywhere.
_OF_MODULES = {
    "validation/closing": "040", "validation/care_commitments": "040", "validation/visits": "085",
    "validation/forms": "048", "validation/medical": "184 085", "validation/fees": "283 610",
    "validation/caregivers": "040 048 085", "services/visit_proposals": "085",
    "services/care_commitments": "040", "services/forms": "048", "services/medical": "184",
    "services/worklist_debts": "AG", "services/cost_protection": "283 610", "services/lists": "KL FB HL HP",
    "services/patients": "014 040", "views/protected": "048 AG",
    "views/list_ordering": "KL FB HL HP", "views/papers": "283 610", "views/v048_forms": "048",
}  # fmt: skip
_ALT = re.compile(r"Alt\+([A-ZÅÄÖ])")
_LABEL = re.compile(r"([\w/-]+) \($")  # what stands before "(Alt+X)"
_NAMED = re.compile(r"\b(?:i|från) (0\d\d|184|283|610|AG|KL|FB|HL|HP)\b")
# The keys of commands; their Alt letters that no button has: the others are buttons' own.
_KEY = re.compile(
    r"\b(?:F(?:1[0-2]|[1-9])|Ctrl\+Q|Alt\+(?:["
    + "".join(
        RESERVED_LETTERS
        - {b.letter for d in displays().values() for f in d.formats for b in f.buttons}
    ).upper()
    + r"]))\b(?!\d|-)"
)
_SCREEN = re.compile(r"(?<![\d.–\\-])\b(0[1-9]\d|184|283 [12]|283|610)\b(?![\d-]| kr| 000)")
_ORDER = re.compile(r"\b(?:i|se|Se|från) (AG|KL|FB|HL|HP|IN|SU)\b")
_SNABBVAL = re.compile(r"Snabbval (\d+|f\d+)")


class Text(NamedTuple):
    where: str
    text: str
    at: tuple[Display, ...]  # () anywhere


def _screens(codes: str) -> tuple[Display, ...]:
    """The displays of the *codes*, forms and sub-screens included."""
    wanted = codes.split()
    return tuple(
        d for d in displays().values() if {d.code.split()[0], d.parent.split(" ")[0]} & set(wanted)
    )  # fmt: skip


def _rules() -> Iterator[Text]:
    for rule in rules().values():
        key = max((k for k in _OF_RULES if rule.id.startswith(k)), key=len)
        for text in (*rule.sentences.values(), rule.help):
            yield Text(rule.id, text, _screens(_OF_RULES[key]))
    for variant, text in shared_messages().items():
        yield Text(f"messages.toml: {variant}", text, ())


def _display_files() -> Iterator[Text]:
    for path in sorted(folder("screens").glob("*.toml")):
        shown = display(path.stem)
        texts = [shown.help]
        for form in shown.formats:
            texts += [form.empty, *(f.help for f in form.fields), *(b.help for b in form.buttons)]
        yield from (Text(path.name, text, (shown,)) for text in texts if text)


def _program() -> Iterator[Text]:
    top = Path(str(pasis_tui.__file__)).parent
    for path in sorted(top.rglob("*.py")):
        name = str(path.relative_to(top).with_suffix(""))
        tree = ast.parse(path.read_text("utf-8"))
        files = re.findall(r'file = "(\w+)"', path.read_text("utf-8"))
        at = _screens(_OF_MODULES[name]) if name in _OF_MODULES else tuple(map(display, files))
        for line, text in _strings(tree):
            yield Text(f"{name}.py:{line}", text, at)


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The texts of a module, ``{}`` for what is filled in, without docstrings."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            yield (
                node.lineno,
                "".join(
                    str(part.value) if isinstance(part, ast.Constant) else _filled(part)
                    for part in node.values
                ),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _filled(part: ast.expr) -> str:
    """``{save}`` for what ``key_of("save")`` fills in, ``{}`` for anything else."""
    call = part.value if isinstance(part, ast.FormattedValue) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "key_of":
        (name,) = call.args
        assert isinstance(name, ast.Constant)
        assert name.value in BY_NAME
        return f"{{{name.value}}}"
    return "{}"


TEXTS = [*_rules(), *_display_files(), *_program()]


def _buttons(at: tuple[Display, ...], letter: str) -> list[ButtonSpec]:
    return [
        b
        for shown in (at or tuple(displays().values()))
        for form in shown.formats
        for b in form.buttons
        if b.letter == letter.lower()
    ]


def _wrong_alt(text: Text) -> Iterator[str]:
    for match in _ALT.finditer(text.text):
        before, letter = text.text[: match.start()], match[1]
        sentence = before.rsplit(". ", 1)[-1]
        named = _NAMED.findall(sentence)
        at = _screens(named[-1]) if named else text.at
        command = next((c for c in COMMANDS if f"alt+{letter.lower()}" in c.keys), None)
        buttons = _buttons(at, letter)
        if not buttons and command is None:
            yield f"Alt+{letter} is no key of {[d.code for d in at]}"
        labels = [b.label for b in buttons] + ([command.legend] if command else [])
        said = _LABEL.search(before)
        if said and said[1][0].isupper() and not any(said[1] in label.split() for label in labels):
            yield f"{said[1]} (Alt+{letter}) is {labels}"


def _wrong(text: Text) -> Iterator[str]:
    yield from _wrong_alt(text)
    for key in _KEY.findall(text.text):
        yield f"{key} is a command's key, and a keymap may give it another"
    if "({save})" in text.text and not re.search(
        r"(Spara|[Ss]para\w*)[^.()]* \({save}\)|^ \({save}\)", text.text
    ):
        yield "{save} is Spara"
    known = {part for d in displays().values() for c in codes_of(d) for part in (c, c.split()[0])}
    for code in (*_SCREEN.findall(text.text), *_ORDER.findall(text.text)):
        if code not in known:
            yield f"{code} is no screen"
    for number in _SNABBVAL.findall(text.text):
        if number.isdecimal() and not isinstance(interpret(number, every()), Go):
            yield f"Snabbval {number} opens nothing"


def test_the_texts_are_found() -> None:
    places = {text.where for text in TEXTS}
    assert {"VA20", "ag_att_gora.toml"} <= places
    assert sum("Alt+" in text.text for text in TEXTS) > 50
    assert len({w for w in places if w.startswith("views/v")}) > 100
    assert sum("{save}" in text.text for text in TEXTS) > 10


@pytest.mark.parametrize("text", [t for t in TEXTS if _ALT.search(t.text) or _KEY.search(t.text)
                                  or _SCREEN.search(t.text) or "Snabbval " in t.text])  # fmt: skip
def test_what_a_text_names_is_there(text: Text) -> None:
    assert list(_wrong(text)) == [], f"{text.where}: {text.text}"


# Esc does Tillbaka where the keymap says so; a dialogue, and a wait, answer to it whatever the keymap says.
_OF_DIALOGUES = ("widgets/dialogs", "widgets/value_list", "shell/unsaved", "shell/demonstration", "shell/pace",
                "views/kt_screen", "widgets/choices", "widgets/differences", "shell/calls")  # fmt: skip


def test_esc_is_named_in_dialogues_only() -> None:
    named = {t.where.partition(".py")[0] for t in TEXTS if re.search(r"\bEsc\b", t.text)}
    assert named == {*_OF_DIALOGUES, "commands"}  # the table that spells keys


# Columns of files that are read in, not fields of a screen.
_OF_FILES = ("validation/transfers",)
_READS = {"text", "code", "day", "moment", "yes"}


def _named_fields() -> Iterator[tuple[str, str, str]]:
    """Where, which field and what it is called in refusals: what each ``Reader`` is told."""
    top = Path(str(pasis_tui.__file__)).parent
    for path in sorted((top / "validation").rglob("*.py")):
        name = str(path.relative_to(top).with_suffix(""))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                named = [
                    a.value
                    for a in node.args[:2]
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                if node.func.attr in _READS and len(named) == 2 and name not in _OF_FILES:
                    yield f"{name}.py:{node.lineno}", named[0], named[1]


@pytest.mark.parametrize(("where", "field", "called"), list(_named_fields()))
def test_a_refusal_calls_a_field_what_the_screen_or_its_help_does(
    where: str, field: str, called: str
) -> None:
    """A label that is cut for want of room stands whole at the beginning of the field's help."""
    specs = [
        f for d in displays().values() for form in d.formats if not form.list
        for f in form.fields if f.name == field
    ]  # fmt: skip
    assert specs, f"{where}: no screen has {field}"
    assert any(called == f.label or called.casefold() in f.help.casefold() for f in specs), (
        f"{where}: {called} is {[(f.label, f.help) for f in specs]}"
    )


# What texts call a field where its label is shorter: the words of its help.
_WHOLE_NAMES = {"Avgiftsfriorsak"}
_AFTER = re.compile(
    r"(?:[Ää]ndra|[Aa]nge|[Rr]ätta|[Tt]öm|eller|och|sätt|kräver) ([A-ZÅÄÖ][\wåäö/]*)(?= (?:till|J|N|U|G|SJ)\b)"
)


@pytest.mark.parametrize("text", [t for t in TEXTS if _AFTER.search(t.text)])
def test_a_field_that_is_to_be_changed_is_there(text: Text) -> None:
    named = " ".join(_NAMED.findall(text.text))
    labels = {
        f.label
        for d in (text.at + _screens(named) if text.at else tuple(displays().values()))
        for form in d.formats
        for f in form.fields
    } | _WHOLE_NAMES
    for field in _AFTER.findall(text.text):
        assert any(label.startswith(field) for label in labels), f"{text.where}: {field}"
