"""What docs/trainer.md and docs/ovningar.md say of the program's own, made by ``make docs``.

Acts, fields, facts, chapters and keys come from the code; only what a trainer is told of them in
words stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pasis_tui.training import acts
from pasis_tui.training.exercises import Exercise, chapters, shelf, shipped, told
from pasis_tui.training.facts import KINDS, fact_names, words
from pasis_tui.training.par_keys import key_names
from pasis_tui.training.people import FREE_BIRTH_YEAR, practice_person
from pasis_tui.validation.identity import (
    InvalidIdentityNumber,
    format_identity_number,
    is_practice_number,
    parse_identity_number,
)
from pasis_tui.views.ov_exercises import LEVELS

_DOES = {
    "patient": "ändrar personuppgifter, till exempel skyddad, tolkspråk eller avliden",
    "referral": "lägger upp ett vårdåtagande (040)",
    "enrolment": "registrerar Inskrivning (048)",
    "visit": "registrerar ett besök (085); med en diagnos eller KVÅ också den medicinska registreringen",
    "medical": "registrerar ett besöks diagnoser och KVÅ (184)",
    "discharge": "registrerar Utskrivning (048)",
    "follow_up": "registrerar Uppföljning (048)",
    "close": "avslutar vårdåtagandet (040)",
    "manual_fee": "registrerar en avgift betald någon annanstans (283 2)",
    "free_card": "registrerar ett frikort från någon annan (610)",
    "spoil": "skriver in ett fel som reglerna annars stoppar, för *Vad är fel här?*",
}
# Of which kind of record an act's fields are, where it is not called as the act is.
_KIND = {"referral": "commitment", "close": "commitment"}
_CALLED = {
    "identity_number": "vem det gäller, ett testnummer; utelämnat: samma som i rutan före",
    "on": "arbetsdatum när det görs; utelämnat: det datum som handlar om saken",
    "sick_leave": "Sjukskrivningsgrad",
    "field": "slag.fält, till exempel `enrolment.diagnosis`; bara ett slag tar bort posten",
    "value": "det felaktiga värdet",
    "date": "Datum",
    "time": "Tid",
}
_WRITTEN = {
    "date": "`2026-03-09`",
    "time": '`"10:00"`',
    "yesno": "`true` eller `false`",
    "kva": '`"DU011 ZV051"`',
    "diagnosis": '`"F411"`',
    "digits": "`50`",
    "amount": "`200`",
    "identity": '`"9307142381"`',
    "text": '`"text"`',
}
_ROWS_OF_THE_DATABASE = {"caregiver": "BOPROV", "closing_caregiver": "BOPROV", "number": "A12345"}
_FEW = 6  # codes that are all named
_ROWS = "diagnosis_2"  # to diagnosis_15 it is the same
_PATIENTS = 12


def act_table() -> str:
    """Return the acts: what each does, what it needs and what else it takes."""
    rows = ["| act | gör | måste finnas | kan också finnas |", "|---|---|---|---|"]
    for name, act in acts.ACTS.items():
        more = [each for each in _fields(name) if each not in act.needed]
        rows.append(f"| `{name}` | {_DOES[name]} | {_coded(act.needed)} | {_coded(more)} |")
    return "\n".join(rows)


def field_table() -> str:
    """Return the acts' fields: what the screens call them and how a value is written."""
    rows = ["| fält | på bilden | skrivs |", "|---|---|---|"]
    called: dict[str, list[str]] = {}
    written: dict[str, str] = {}
    for act in acts.ACTS:
        for field in _fields(act):
            label = _label(act, field)
            if label not in called.setdefault(field, []):
                called[field].append(label)
            written.setdefault(field, _written(act, field))
    for field, labels in called.items():
        rows.append(f"| `{field}` | {', '.join(labels)} | {written[field]} |")
    return "\n".join(rows)


def _written(act: str, field: str) -> str:
    """Return how a value of the field is written: its codes when they are few, else an example."""
    known = acts.takes(act)[_named(act, field)]
    if field in _ROWS_OF_THE_DATABASE:
        return f'`"{_ROWS_OF_THE_DATABASE[field]}"`'
    if known.kind not in {"code", "digits"}:
        return _WRITTEN[known.kind]
    codes = sorted(acts.known_codes(known.table or field), key=lambda code: (len(code), code))
    quoted = [code if known.kind == "digits" else f'"{code}"' for code in codes]
    return ", ".join(f"`{each}`" for each in (quoted if len(quoted) <= _FEW else quoted[:1]))


def _fields(act: str) -> Iterator[str]:
    """Yield an act's fields by the names that a file writes, of the diagnoses' rows the first."""
    short = {field: name for name, field in acts.ALIASES.get(act, {}).items()}
    for field in {**acts.ACTS[act].fields, **acts.COMMON}:
        if not field.startswith("diagnosis_") or field == _ROWS:
            yield short.get(field, field)


def _named(act: str, field: str) -> str:
    return acts.ALIASES.get(act, {}).get(field, field)


def _label(act: str, field: str) -> str:
    if field in _CALLED:
        return _CALLED[field]
    if field == _ROWS:
        return "Rad 2; likadant till och med `diagnosis_15`"
    kind = _KIND.get(act, act)
    if act == "visit" and f"visit.{field}" not in fact_names():
        kind = "medical"
    try:
        return words(f"{kind}.{field}").label
    except KeyError:
        return words(f"commitment.{field}").label  # which vårdåtagande it is about


def fact_table() -> str:
    """Return what free, accept, hint and spoil may name: kinds of record and their fields."""
    rows = ["| slag | på skärmen | fält |", "|---|---|---|"]
    for kind, known in KINDS.items():
        names = sorted(
            each.partition(".")[2] for each in fact_names() if each.startswith(f"{kind}.")
        )
        said = ", ".join(f"`{name}` {words(f'{kind}.{name}').label}" for name in names)
        rows.append(f"| `{kind}` | {known.noun} | {said} |")
    return "\n".join(rows)


def chapter_list() -> str:
    """Return the chapters that ``chapters`` may name."""
    return "\n".join(f"- {each}" for each in sorted(chapters()))


def key_list() -> str:
    """Return the names of keys."""
    return _coded(key_names())


def patient_table() -> str:
    """Return some persons of the practice population who stand in no exercise that ships."""
    told_of = "".join(f"{each.story}{each.par}" for each in shelf((shipped(),)).exercises)
    rows = ["| personnummer | namn | listad på |", "|---|---|---|"]
    for number in _test_numbers():
        shown = format_identity_number(number)[2:]
        if shown in told_of:
            continue
        person = practice_person(parse_identity_number(number, date(2026, 1, 1)))
        named = f"{person['given_name']} {person['family_name']}"
        rows.append(f"| {shown} | {named} | {person['listed_unit']} |")
        if len(rows) == _PATIENTS + 2:
            break
    return "\n".join(rows)


def _test_numbers() -> Iterator[str]:
    """Yield test numbers of the year that no practice patient is born in, one a few weeks."""
    for month in range(1, 13):
        for day in (5, 23):
            for last in range(2380, 2400):
                number = f"{FREE_BIRTH_YEAR}{month:02}{day:02}{last}"
                try:
                    known = parse_identity_number(number, date(2026, 1, 1))
                except InvalidIdentityNumber:
                    continue
                if is_practice_number(known):
                    yield number
                    break


def _coded(names: object) -> str:
    return ", ".join(f"`{each}`" for each in names) if isinstance(names, list | tuple) else ""


def exercise_page() -> str:
    """Return docs/ovningar.md: the exercises that ship, to print."""
    known = shelf((shipped(),)).exercises
    minutes = sum(each.minutes for each in known)
    rows = "\n".join(
        f"| ☐ | {_number(each)} | {_plain(each.title)} | {LEVELS[each.level]} | {each.minutes} | |"
        for each in known
    )
    pages = "\n".join(_page(each) for each in known)
    return f"""\
# Övningarna

Att skriva ut och bocka av. {len(known)} övningar, ungefär {minutes} minuter tillsammans. Öppna dem i programmet:
`F2` **öv** `Enter`. Sidan görs av `make docs` ur övningarnas filer; hur de används i en klass står i
[Lära ut](trainer.md).

Namn: ______________________________________

| klar | nr | övning | nivå | min | poäng |
|---|---|---|---|---|---|
{rows}

{pages}"""


def _page(exercise: Exercise) -> str:
    story = "\n".join(f"> {_plain(line)}" for line in told(exercise.story).split("\n"))
    named = "; ".join(exercise.chapters)
    return f"""\
## ☐ {_number(exercise)} {_plain(exercise.title)}

Nivå: {LEVELS[exercise.level]}. Ungefär {exercise.minutes} minuter. Arbetsdatum {exercise.date}. Poäng: ______

{story}

Kapitel i anvisningen: {named}.
"""


def _number(exercise: Exercise) -> str:
    return exercise.name.split("-")[0]


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
