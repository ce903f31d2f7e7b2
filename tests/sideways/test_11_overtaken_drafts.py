"""A draft that was taken back overwrote in silence what another had saved since it was begun.  It
keeps the version it began from: the conflict is told at once with both values, what was typed
stands, and a save asks before it puts it over the other's."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.practice import ask, at_login, logged_in, until
from tests.flows.test_drafts import BACK, MANY, OFFER, drafts, written
from tests.terminal import BACKTAB, ENTER, ESC, F2, F5, F10, TAB, Terminal, alt, ctrl

FIRST = "Annika Lindgren hann före"
CLEAR = ctrl("u")


@dataclass(frozen=True)
class Form:
    """A form that shows a record: the way there, the field both change, and what is said."""

    way: Sequence[Sequence[str]]  # what is waited for, then what is typed
    title: str
    field: tuple[str, ...]
    mine: str
    other: str
    label: str
    saved: str  # a query whose single value is what is saved
    as_saved: tuple[str, str] = ("", "")  # mine and the other's in the database
    done: str = "parat"
    asks: bool = False  # a warning comes before it is saved


VISIT = (
    ("Skriv bildens", F2, f"83 {MANY}", ENTER),
    ("Dia reg", "3", alt("n")),
    ("Sparat besök.",),
)
FORMS = {
    "014": Form(
        (("Skriv bildens", F2, f"14 {MANY}", ENTER), ("Läst.",)),
        "014 Personuppgifter",
        (TAB, CLEAR),
        "Ada",
        "Eva",
        "Förnamn",
        "SELECT given_name FROM patient WHERE identity_number LIKE '%9204012380'",
    ),
    "085": Form(
        VISIT,
        "085 Besöksregistrering",
        (TAB, CLEAR),
        "13:30",
        "12:15",
        "Tid",
        "SELECT count(*) FROM visit WHERE time LIKE '13:30%'",
        ("1", "0"),
        "ndrat",
    ),
    "184": Form(
        (
            ("Skriv bildens", F2, f"83 {MANY}", ENTER),
            ("Dia reg", "3", ENTER),
            ("184 Medicinsk",),
        ),
        "184 Medicinsk registrering",
        (CLEAR,),
        "F411",
        "F438",
        "Huvuddiagnos",
        "SELECT count(*) FROM medical_registration WHERE main_diagnosis = 'F411' AND version > 1",
        ("1", "0"),
    ),
    "048 Inskrivning, new": Form(
        (
            ("Skriv bildens", F2, f"48 {MANY}", ENTER),
            ("Enter visar", ENTER),
            ("Formulär för", alt("i")),
            ("048 Inskrivning",),
        ),
        "048 Inskrivning",
        (CLEAR,),
        "50",
        "25",
        "Sjukskrivningsgrad",
        "SELECT sick_leave_percent FROM enrolment_form WHERE commitment_id ="
        " (SELECT max(id) FROM care_commitment WHERE patient_id = (SELECT id FROM patient WHERE"
        " identity_number LIKE '%9204012380'))",
        done="sparad",
    ),
    "048 Utskrivning, new": Form(
        (
            ("Skriv bildens", F2, "48 9708022380", ENTER),
            ("Enter visar", ENTER),
            ("[Utskrivning]", alt("u")),
            ("048 Utskrivning",),
        ),
        "048 Utskrivning",
        (CLEAR,),
        "50",
        "25",
        "Sjukskrivningsgrad",
        "SELECT sick_leave_percent FROM discharge_form WHERE commitment_id = 100269",
        done="sparad",
    ),
    "048 Uppföljning, new": Form(
        (
            ("Skriv bildens", F2, "48 0410202386", ENTER),
            ("Enter visar", ENTER),
            ("[Uppföljning]", alt("p")),
            ("048 Uppföljning",),
        ),
        "048 Uppföljning",
        (CLEAR,),
        "J",
        "N",
        "Godkänd",
        "SELECT count(*) FROM follow_up_form WHERE commitment_id = 100229 AND approved",
        ("1", "0"),
        "sparad",
        asks=True,
    ),
    "040": Form(
        (
            ("Skriv bildens", F2, f"40 {MANY}", ENTER),
            ("Enter öppnar raden", ENTER),
            ("[Avsluta]", *[BACKTAB] * 5),
        ),
        "040 Vårdåtaganden",
        (CLEAR,),
        "2025-12-06",
        "2025-12-04",
        "Remissbeslut",
        "SELECT decision_date FROM care_commitment WHERE id = 100348",
    ),
}


def _go(clerk: Terminal, form: Form) -> None:
    for seen, *typed in form.way:
        clerk.expect(seen)
        if typed:
            clerk.type(*typed)
    clerk.expect(form.title)


def _draft(home: Path, form: Form) -> None:
    with logged_in(home) as clerk:
        _go(clerk, form)
        clerk.type(*form.field, form.mine)
        until(clerk, lambda: written(home, form.mine), "a draft")
        clerk.kill()


def _save(home: Path, form: Form) -> None:
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ESC)
        clerk.expect_gone(OFFER)
        # The other clerk's hand, in a folder of drafts of her own.
    kept = home / "drafts"
    kept.rename(home / "undan")
    with logged_in(home) as clerk:
        _go(clerk, form)
        clerk.type(*form.field, form.other)
        if form.done != "Makulerat":
            clerk.type(F10)
        if form.asks:
            clerk.expect("[Spara ändå]").type(ENTER)
        clerk.expect(form.done)
    if kept.exists():
        kept.rmdir()
    (home / "undan").rename(kept)


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_a_conflict_is_told_at_the_restore_and_nothing_is_lost(home: Path, form: Form) -> None:
    _draft(home, form)
    _save(home, form)
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ENTER)
        clerk.expect(form.title, BACK, FIRST, form.mine)
        said = f"{form.label}: sparat {form.other}, i utkastet {form.mine}"
        until(clerk, lambda: said in " ".join(clerk.message.split()), said)
        before = ask(home, form.saved)
        clerk.type(F10, F10)
        clerk.expect("Sparat av annan", form.other, form.mine).type(ESC)
        clerk.expect_gone("Sparat av annan")
        assert ask(home, form.saved) == before
        clerk.type(F10)
        clerk.expect("Sparat av annan").type("m")
        if form.asks:
            clerk.expect("[Spara ändå]").type(ENTER)
        mine = form.as_saved[0] or form.mine
        until(clerk, lambda: str(ask(home, form.saved)[0][0]) == mine, "mine is saved")
        until(clerk, lambda: drafts(home) == [], "no draft left")


def test_the_saved_is_read_instead(home: Path) -> None:
    form = FORMS["014"]
    _draft(home, form)
    _save(home, form)
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ENTER)
        clerk.expect(BACK, FIRST).type(F5)
        clerk.expect("Osparade uppgifter").type("k")
        clerk.expect("Läst.", "*Eva").type(CLEAR, "Test", F10)
        clerk.expect("Sparat").expect_gone("Sparat av annan")


def test_what_the_draft_did_not_touch_is_the_others(home: Path) -> None:
    mine = FORMS["014"]
    _draft(home, mine)
    other = Form(mine.way, mine.title, (TAB, TAB, CLEAR), "", "Nygatan 1", "", "")
    _save(home, other)
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ENTER)
        clerk.expect(BACK, FIRST, "nu Nygatan 1", "Ada").type(F10)
        clerk.expect("Sparat:")
    assert ask(home, "SELECT given_name FROM patient WHERE address = 'Nygatan 1'") == [("Ada",)]


def test_a_visit_cancelled_meanwhile_shows_what_was_typed(home: Path) -> None:
    form = FORMS["085"]
    _draft(home, form)
    cancel = Form(form.way, form.title, (alt("k"), "fel dag"), "", ENTER, "", "", done="Makulerat")
    _save(home, cancel)
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ENTER)
        clerk.expect("kan inte läggas tillbaka", "Tid: 13:30", "makulerat").type(ENTER)
        clerk.expect_gone("läggas tillbaka")
        until(clerk, lambda: drafts(home) == [], "the draft is let go")


# --- closed or removed by another meanwhile -----------------------------------------------------

OPEN, UNSEEN = "750127EY0E", "9207242380"  # visited, and without visits and forms; one row each


def _row(number: str) -> tuple[tuple[str, ...], ...]:
    return ("Skriv bildens", F2, f"40 {number}", ENTER), ("Enter öppnar raden", ENTER)


def _changed(number: str) -> tuple[tuple[str, ...], ...]:
    return (*_row(number), ("[Avsluta]", *[BACKTAB] * 5, CLEAR, "2025-10-01"))


CLOSING = (*_row(OPEN), ("[Avsluta]", alt("a")))
CLOSED = (*CLOSING, ("Föreslaget avslut", F10), ("är avslutat",))
REMOVED = (*_row(UNSEEN), ("[Borttag]", alt("b")), ("tas bort", ENTER), ("borttaget",))
DISCHARGE = (
    ("Skriv bildens", F2, f"48 {OPEN}", ENTER),
    ("Enter visar", ENTER),
    ("[Utskrivning]", alt("u")),
    ("048 Utskrivning", CLEAR, "75"),
)
# What is typed and killed, what another does, what is typed there, and why it has no place.
OVERTAKEN: dict[str, tuple[Sequence[Sequence[str]], Sequence[Sequence[str]], str, str]] = {
    "040 changed, closed": (_changed(OPEN), CLOSED, "2025-10-01", "Vårdåtagandet är avslutat."),
    "040 being closed, closed": (
        (*CLOSING, ("Föreslaget avslut", TAB, TAB, CLEAR, "xqz")),
        CLOSED,
        "XQZ",
        "Vårdåtagandet är avslutat.",
    ),
    "048 Utskrivning, closed": (DISCHARGE, CLOSED, "75", "Återöppna det i 040 (Alt+E)"),
    "040 changed, removed": (_changed(UNSEEN), REMOVED, "2025-10-01", "SE01"),
}
VISITS: dict[str, tuple[str, Sequence[Sequence[str]], str]] = {
    "closed": (OPEN, CLOSED, "VA34"),
    "removed": (UNSEEN, REMOVED, "SE01"),
}


def _walk(clerk: Terminal, way: Sequence[Sequence[str]]) -> None:
    for seen, *typed in way:
        clerk.expect(seen)
        if typed:
            clerk.type(*typed)


def _overtaken(
    home: Path, mine: Sequence[Sequence[str]], others: Sequence[Sequence[str]], typed: str
) -> None:
    with logged_in(home) as clerk:
        _walk(clerk, mine)
        until(clerk, lambda: written(home, typed), "a draft")
        clerk.kill()
    kept = home / "drafts"
    kept.rename(home / "undan")
    with logged_in(home) as clerk:
        _walk(clerk, others)
    shutil.rmtree(kept, ignore_errors=True)
    (home / "undan").rename(kept)


@pytest.mark.parametrize("case", OVERTAKEN)
def test_what_is_closed_or_removed_meanwhile_shows_what_was_typed(home: Path, case: str) -> None:
    mine, others, typed, why = OVERTAKEN[case]
    _overtaken(home, mine, others, typed)
    before = ask(home, "SELECT id, version, closed_on, removed_at FROM care_commitment")
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ENTER)
        clerk.expect("kan inte läggas tillbaka", f": {typed}", why).type(ENTER)
        clerk.expect_gone("läggas tillbaka")
        until(clerk, lambda: drafts(home) == [], "the draft is let go")
    assert ask(home, "SELECT id, version, closed_on, removed_at FROM care_commitment") == before


@pytest.mark.parametrize("case", VISITS)
def test_a_new_visit_of_what_is_closed_or_removed_is_refused_and_stays(
    home: Path, case: str
) -> None:
    number, others, rule = VISITS[case]
    new = (("Skriv bildens", F2, f"85 {number}", ENTER), ("Tid är när", CLEAR, "1015", TAB))
    _overtaken(home, new, others, "10:15")
    before = ask(home, "SELECT count(*) FROM visit")
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER).type(ENTER)
        clerk.expect("085 Besöksregistrering", BACK, "10:15", "!Vårdåtag.").type(F10)
        until(clerk, lambda: clerk.message.startswith(rule), f"{rule} at Vårdåtag.")
        clerk.expect("*10:15")
    assert ask(home, "SELECT count(*) FROM visit") == before
    assert drafts(home)
