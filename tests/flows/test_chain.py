"""A patient from referral to closing, typed at a terminal, and every typed thing found again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import DAY, VERA
from tests.terminal import BACKTAB, ENTER, F2, F3, F10, TAB, alt, ctrl

FULL = "199307142381"
LAST = "2026-11-10"
REFERRAL = "040_vardataganden"
CLOSING = ("closing_date", "closing_reason", "closing_caregiver")


@dataclass(frozen=True)
class Typed:
    """One visit: how the date is moved to it, what is typed, and what must then be known of it."""

    by: str
    today: str
    keys: str
    time: str
    quick: bool = True
    date: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    medical: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> str:
        return self.date or self.today


# From Tid on, Tab goes to Mottagning, Vårdgivare, Anledning, Typ, Kontakttyp, Distans, Tolk,
# Uteblivet, Utan avgift, Orsak.
TWELVE = [
    Typed("+7d", "2026-03-09", "9", "09:00", quick=False, known={"contact_type": "NY"}),
    Typed(
        "+7d",
        "2026-03-16",
        "1015" + TAB * 6 + "j" + TAB,
        "10:15",
        quick=False,
        medical={"distance": True, "kva": ["DU011", "ZV051"]},
    ),
    Typed(
        "+2v",
        "2026-03-30",
        "1430" + TAB * 7 + "j" + TAB,
        "14:30",
        medical={"interpreter": True, "kva": ["DU011", "ZV020"]},
    ),
    Typed(
        "+14d",
        "2026-04-13",
        "9" + TAB + "filial" + TAB,
        "09:00",
        known={"reception": "FILIAL"},
        medical={"reception": "FILIAL"},
    ),
    Typed("+14d", "2026-04-27", "8:05" + TAB + "huvud" + TAB, "08:05"),
    Typed(
        "2026-05-11",
        "2026-05-11",
        "11",
        "11:00",
        quick=False,
        medical={"other_diagnoses": ["F401", "F431"]},
    ),
    Typed(
        "+14d",
        "2026-05-25",
        "9" + TAB * 9 + "j" + TAB + "sm" + TAB,
        "09:00",
    ),
    Typed("+14d", "2026-06-08", "9" + TAB * 4 + "g" + TAB, "09:00", known={"kind": "G"}),
    Typed(
        "+14d",
        "2026-06-22",
        "9" + TAB * 2 + "boprov" + TAB,
        "09:00",
        known={"caregiver": "BOPROV"},
        medical={"caregiver": "BOPROV"},
    ),
    # From now on the last visit's caregiver is proposed; Annika is typed back once.
    Typed("+14d", "2026-07-06", "9" + TAB * 2 + "annlin" + TAB, "09:00"),
    Typed("+14d", "2026-07-20", BACKTAB + "-1" + TAB + "1700", "17:00", date="2026-07-19"),
    Typed("+2v", "2026-08-03", "1600", "16:00", quick=False),
]
# 200 kr each until 1,450 is reached: one of the first eight is free, so the ninth costs 50.
FEES = [200] * 6 + [0, 200, 50] + [0] * 4
FOLLOW_UP = Typed("+7d", LAST, "13", "13:00", known={"reason": "U"})


def test_the_whole_chain(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        enrol_at_first_visit(annika, TWELVE[0])
        for visit in TWELVE[1:]:
            annika.move(visit.by, visit.today)
            register(annika, visit)
        discharge(annika)
        annika.move("+3m", "2026-11-03").move(FOLLOW_UP.by, LAST)
        register(annika, FOLLOW_UP)
        follow_up(annika)
        close(annika)
        commitment = shown_as_typed(annika)
        visits = visits_as_typed(annika, commitment)
        medical_as_typed(annika, visits)
        logged_once_each(annika, commitment, visits)


# --- the chain ----------------------------------------------------------------------------------


def refer(annika: Clerk) -> None:
    annika.type(F2, f"40 {VERA}", ENTER).sees("19930714-2381", "Inga vårdåtaganden på PSMA01")
    annika.type(alt("n"), "kbt", TAB, "i", alt("l")).sees("Nyuppläggning", "[Spara]")
    assert "[Läs]" not in annika.terminal.text()
    annika.type("1", TAB, "vcbj01", TAB, "i", TAB, "annlin", TAB, "-4", F10)
    annika.says("Sparat: vårdåtagande", "Formulär (Alt+F)").sees("[Formulär]", "[Borttag]")


def enrol_at_first_visit(annika: Clerk, first: Typed) -> None:
    """085 on the day of the visit, then Inskrivning with its date, then 184 of the visit."""
    annika.move(first.by, first.today)
    visit_alone(annika, first)
    annika.go("48", "048 Översikt", "Sökt.").type(ENTER)
    annika.sees("[Inskrivning]", "(Utskrivning)", "(Uppföljning)", "[1 Översikt]")
    annika.type(alt("i")).sees("048 Inskrivning", f"*{first.day}", "*KBT")
    annika.type("f41.1", TAB, TAB, "25", TAB, "-20", F10).says("Inskrivningen är sparad (V)")
    annika.type("1").sees("[Inskrivning V]")
    assert annika.green("[Inskrivning V")
    codes_after(annika, first)


def register(annika: Clerk, visit: Typed) -> None:
    if not visit.quick:
        visit_alone(annika, visit)
        codes_after(annika, visit)
        return
    open_085(annika).type(visit.keys, alt("a"))
    annika.says(f"Sparat: besök {visit.day} {visit.time} med medicinsk registrering.")


def open_085(annika: Clerk) -> Clerk:
    return annika.go("85", "085 Besöksregistrering", "Tid är när besöket startar")


def visit_alone(annika: Clerk, visit: Typed) -> None:
    """The faithful lane's first half: the visit in 085."""
    open_085(annika).type(visit.keys, F10)
    annika.says(f"Sparat: besök {visit.day} {visit.time}. Medicinsk registrering återstår")


def codes_after(annika: Clerk, visit: Typed) -> None:
    """The faithful lane's second half: 083, N under the cursor, 184, KVÅ/operationer."""
    annika.go("83", "083 Vårdkontakter", f"› {visit.day} {visit.time}").type("n")
    annika.sees("184 Medicinsk registrering", f"{visit.day} {visit.time}", "Ingen medicinsk")
    annika.type("F41.1", TAB, "kbt", TAB)
    for code in visit.medical.get("other_diagnoses", []):
        annika.type(code, TAB)
    annika.type(alt("k")).sees("184 KVÅ/operationer", "*DU011")
    annika.type(F10).says(
        f"Sparat: medicinsk registrering {visit.day} {visit.time}", "Dia reg J"
    ).sees("184 Medicinsk registrering")


def discharge(annika: Clerk) -> None:
    annika.go("48", "048 Översikt", "Sökt.").type(ENTER).sees("[Inskrivning V]")
    annika.type(alt("u")).sees("048 Utskrivning", "*2026-08-03")
    annika.type("0", F10).says("Utskrivningen är sparad (V)")
    annika.type("1").sees("[Inskrivning V]", "[Utskrivning V]", "2026-11-03–2026-12-03")
    assert annika.green("[Utskrivning V")


def follow_up(annika: Clerk) -> None:
    annika.go("48", "048 Översikt", "Sökt.").type(ENTER).sees("[Utskrivning V]", "[Uppföljning]")
    annika.type(alt("p")).sees("048 Uppföljning", f"*{LAST}", "2026-11-03–2026-12-03")
    annika.type("j", F10).says("Uppföljningen är sparad (V)")
    annika.type("1").sees("[Uppföljning V]", "Alla formulär är registrerade")
    assert annika.green("[Uppföljning V")
    # The list has them too, beside the number of visits.
    assert all(annika.green("13 V  V  V", at) for at in (3, 6, 9))


def close(annika: Clerk) -> None:
    annika.go("40", "040 Vårdåtaganden", "[Formulär V]", "[Avsluta]").type(alt("a"))
    annika.sees("Föreslaget avslut")
    proposed = [annika.value(REFERRAL, name) for name in CLOSING]
    assert proposed == [LAST, "AV", "ANNLIN"]
    annika.type(F10).says("Vårdåtagande", f"är avslutat {LAST} AV.")
    annika.sees("Avslutad AV", "[Återöppna]")


# --- what was typed -----------------------------------------------------------------------------


def shown_as_typed(annika: Clerk) -> int:
    """014, 040 and 048; return the commitment's ID."""
    person = annika.show("014", VERA, day=LAST)
    assert (person["identity_number"], person["birth_date"]) == (FULL, "1993-07-14")
    assert (person["sex"], person["age"], person["listed_unit"]) == ("K", 33, "VCBJ01")
    (commitment,) = annika.show("040", VERA, day=LAST)
    number: int = commitment["commitment_id"]
    expected = {
        "identity_number": FULL,
        "name": person["name"],
        "commitment_id": number,
        "unit": "PSMA01",
        "problem": "KBT",
        "arrival_date": DAY,
        "status": "Avslutad AV",
        "visits": 13,
        "type_of_commitment": "R",
        "referral_source": "1",
        "referring_unit": "VCBJ01",
        "referring_unit_name": person["listed_unit_name"],
        "review_date": DAY,
        "caregiver": "ANNLIN",
        "decision_date": "2026-02-26",
        "enrolment": True,
        "discharge": True,
        "follow_up": True,
        "closing_date": LAST,
        "closing_reason": "AV",
        "closing_caregiver": "ANNLIN",
    }
    assert {name: commitment[name] for name in expected} == expected
    (row,) = annika.show("048", VERA, day=LAST)
    assert (row["commitment_id"], row["visits"], row["status"]) == (number, 13, "Avslutad")
    assert (row["enrolment"], row["discharge"], row["follow_up"]) == (True, True, True)
    enrolment = "SELECT date, treatment, diagnosis, sick_leave_percent, sick_leave_date"
    assert annika.rows(f"{enrolment} FROM enrolment_form WHERE commitment_id = ?", number) == [
        ("2026-03-09", "KBT", "F411", 25, "2026-02-17")
    ]
    left = "SELECT date, sick_leave_percent FROM discharge_form WHERE commitment_id = ?"
    assert annika.rows(left, number) == [("2026-08-03", 0)]
    followed = "SELECT date, approved FROM follow_up_form WHERE commitment_id = ?"
    assert annika.rows(followed, number) == [(LAST, 1)]
    return number


def visits_as_typed(annika: Clerk, commitment: int) -> list[int]:
    """083, newest first; return the visits' IDs in the order they were typed."""
    shown = annika.show("083", VERA, day=LAST)
    ids = [row["visit_id"] for row in reversed(shown)]
    for visit, fee, row in zip([*TWELVE, FOLLOW_UP], FEES, reversed(shown), strict=True):
        expected = {
            "identity_number": FULL,
            "name": row["name"],
            "visit_id": row["visit_id"],
            "commitment_id": commitment,
            "date": visit.day,
            "time": visit.time,
            "reception": "HUVUD",
            "reason": "B",
            "kind": "E",
            "caregiver": "ANNLIN",
            "contact_type": "ÅB",
            "fee": fee,
            "no_show": False,
            "cancelled": False,
            "dia_reg": "J",
        } | visit.known
        assert {name: row[name] for name in expected} == expected
    return ids


def medical_as_typed(annika: Clerk, visits: list[int]) -> None:
    """184 of every visit."""
    for visit, number in zip([*TWELVE, FOLLOW_UP], visits, strict=True):
        shown = annika.show("184", "--visit", str(number), day=LAST)
        expected = {
            "visit_id": number,
            "date": visit.day,
            "time": visit.time,
            "main_diagnosis": "F411",
            "other_diagnoses": [],
            "problem": "KBT",
            "kva": ["DU011"],
            "distance": False,
            "interpreter": False,
            "dia_reg": "J",
        } | visit.medical
        assert {name: shown[name] for name in expected} == expected


def logged_once_each(annika: Clerk, commitment: int, visits: list[int]) -> None:
    """The audit log: one event for each save, by Annika, with what was typed."""
    events = annika.rows(
        "SELECT a.action, a.entity, a.entity_id, a.working_date, a.signature, u.code, a.screen,"
        " a.changes FROM audit_event a JOIN patient p ON p.id = a.patient_id"
        " JOIN unit u ON u.id = a.unit_id WHERE p.identity_number = ? AND a.action != 'read'"
        " ORDER BY a.id",
        FULL,
    )
    assert {(e[4], e[5]) for e in events} == {("ANNLIN", "PSMA01")}
    logged = [
        (action, entity, key, day, screen) for action, entity, key, day, _, _, screen, _ in events
    ]
    # The ninth visit reaches the ceiling: the program issues the free card, and logs that too.
    cards = [event for event in logged if event[1] == "free_card"]
    assert [(action, day) for action, _, _, day, _ in cards] == [("create", TWELVE[8].today)]
    logged = [event for event in logged if event not in cards]
    expected: list[tuple[str, str, int, str, str]] = []
    for visit, key in zip([*TWELVE, FOLLOW_UP], visits, strict=True):
        if visit is FOLLOW_UP:
            expected.append(("create", "discharge_form", commitment, "2026-08-03", "048"))
        expected.append(("create", "visit", key, visit.today, "085"))
        if visit is TWELVE[0]:
            expected.append(("create", "enrolment_form", commitment, visit.today, "048"))
        if not visit.quick:
            expected.append(("create", "medical_registration", key, visit.today, "184"))
    expected.append(("create", "follow_up_form", commitment, LAST, "048"))
    expected.append(("close", "care_commitment", commitment, LAST, "040"))
    assert logged[0][:2] == ("create", "patient")
    assert logged[1] == ("create", "care_commitment", commitment, DAY, "040")
    assert logged[2:] == expected
    for action, entity, key, _, _, _, _, changes in events:
        if (action, entity) == ("create", "visit"):
            visit = [*TWELVE, FOLLOW_UP][visits.index(key)]
            new = {name: pair[1] for name, pair in json.loads(changes).items()}
            assert (new["date"], new["time"][:5]) == (visit.day, visit.time)
            assert ("main_diagnosis" in new) is visit.quick


def test_the_closed_patient_is_found_but_takes_no_more(home: Path) -> None:
    """The end of a treatment that broke off: AV on the last visit's date, then VA34."""
    with clerk(home) as annika:
        refer(annika)
        enrol_at_first_visit(annika, TWELVE[0])
        annika.move("+14d", "2026-03-23")
        annika.go("40", "[Avsluta]").type(alt("a")).sees("Avslut Datum  2026-03-09")
        annika.type(F10).says("Vårdåtagande", "är avslutat 2026-03-09 AV.")
        annika.type(F10).says(
            "Vårdåtagande", "är avslutat 2026-03-09 AV."
        )  # pressed again: closed once
        annika.go("85", "085 Besöksregistrering").sees("VA34")
        annika.type(F3).sees("040 Vårdåtaganden")
        # A search by number finds the closed one too; its forms can be read.
        annika.go("48", "048 Översikt", "› 19930714-2381").type(ENTER)
        annika.says("Vårdåtagandet avslutades 2026-03-09 AV.").sees("[Inskrivning V]")


# --- keys, every one counted ----------------------------------------------------------------------


def test_a_follow_up_visit_with_diagnosis_and_kva_in_eight_keys(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        enrol_at_first_visit(annika, TWELVE[0])
        annika.move("+7d", "2026-03-16")
        annika.keys = 0
        annika.type(F2, "85", ENTER, "9", alt("a"))
        annika.says("Sparat: besök 2026-03-16 09:00 med medicinsk registrering.")
        assert annika.keys <= 8


def test_a_new_patient_by_number_in_twenty_and_a_first_visit_in_full_in_42(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, f"14 {VERA}", ENTER, F10).says("Sparat: 19930714-2381")
        assert annika.keys <= 20
        refer(annika)
        typed = ["i", "9", "huvud", "annlin", "b", "e", "ny", "n", "n", "n", "n"]
        annika.keys = 0
        annika.type(F2, "85", ENTER, BACKTAB, TAB.join(typed), F10)
        annika.says("Sparat: besök 2026-03-02 09:00.")
        assert annika.keys <= 42


def test_any_screen_from_any_other_in_four_keys_and_back_in_one(home: Path) -> None:
    titles = {
        "14": "014 Personuppgifter",
        "40": "040 Vårdåtaganden",
        "48": "048 Översikt",
        "83": "083 Vårdkontakter",
        "85": "085 Besöksregistrering",
        "84": "184 Medicinsk registrering",
    }
    with clerk(home) as annika:
        for start in titles:
            for goal in titles:
                if start == goal:
                    continue
                annika.go(start, f"\n{titles[start]}")
                annika.keys = 0
                annika.go(goal, f"\n{titles[goal]}")
                assert annika.keys <= 4
                annika.keys = 0
                annika.type(F3).sees(f"\n{titles[start]}")
                assert annika.keys == 1
        annika.type(ctrl("q"))
        assert annika.terminal.expect_end() == 0
