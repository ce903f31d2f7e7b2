"""The chain done wrongly at every step: refused or warned by the rule's id, and the way out.

Each mistake: the id on the message line or in the warning, the cursor on the field at fault with
what was typed still there, then the legal way, which works.
"""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA
from tests.terminal import BACKTAB, ENTER, ESC, F2, F3, F10, TAB, alt

REFERRAL = "040_vardataganden"
VISIT = "085_besoksregistrering"
MEDICAL = "184_medicinsk_registrering"
ENROLMENT, DISCHARGE, FOLLOW_UP = "048_inskrivning", "048_utskrivning", "048_uppfoljning"
BACKSPACE = "\x7f"
BORN_1850 = "185007142408"  # rightly built, outside the test sets, nobody living


# --- the right way, in short ----------------------------------------------------------------------


def start_new(annika: Clerk) -> Clerk:
    annika.go(f"40 {VERA}", "19930714-2381", "Inga vårdåtaganden på PSMA01")
    return annika.type(alt("n")).sees("Nytt vårdåtagande: fyll i Problem")


def refer(annika: Clerk) -> None:
    start_new(annika).type("kbt", alt("l")).sees("Nyuppläggning")
    annika.type("1", TAB, "vcbj01", TAB, TAB, TAB, "-4", F10).says("Sparat: vårdåtagande")


def open_085(annika: Clerk) -> Clerk:
    return annika.go("85", "085 Besöksregistrering", "Tid är när besöket startar")


def visit(annika: Clerk, moment: str = "9") -> None:
    open_085(annika).type(moment, F10).says("Sparat: besök", "Medicinsk registrering återstår")


def open_forms(annika: Clerk) -> Clerk:
    return annika.go("48", "048 Översikt", "Sökt.").type(ENTER).sees("── Formulär för")


def enrol(annika: Clerk, diagnosis: str = "f411") -> None:
    open_forms(annika).type(alt("i")).sees("048 Inskrivning")
    annika.type(diagnosis, TAB, TAB, "0", F10).says("Inskrivningen är sparad (V)")


def discharge(annika: Clerk) -> None:
    open_forms(annika).type(alt("u")).sees("048 Utskrivning")
    annika.type("0", F10).says("Utskrivningen är sparad (V)")


def warned_and_back(annika: Clerk, rule: str, file: str, field: str, kept: str | None) -> None:
    """Esc in the warning: the id on the message line, the cursor on the field."""
    annika.warned(rule).type(ESC)
    annika.says(f"{rule} Varning:").at_fault(file, field, kept)


# --- the referral's day -----------------------------------------------------------------------------


def test_numbers_that_are_wrong(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("40", "10 siffror i följd").type("9307142382", ENTER)
        annika.says("VA01 Fel:", "ontrollsiffra")
        annika.at_fault(REFERRAL, "identity_number", "9307142382")
        annika.instead(BORN_1850).type(ENTER).says("PR01 Fel:", "levande person")
        annika.at_fault(REFERRAL, "identity_number", BORN_1850)
        annika.instead("9307142382").type(BACKSPACE, "1", ENTER)
        annika.sees("Inga vårdåtaganden på PSMA01", "Testsson, Vera")


def test_before_las(home: Path) -> None:
    with clerk(home) as annika:
        start_new(annika).type(F10).says("VA05 Fel:", "Läs (F5)")
        annika.at_fault(REFERRAL, "problem", "").type("xyz", TAB).says("VA02 Fel:", "KBT, IPT, PDT")
        annika.at_fault(REFERRAL, "problem", "XYZ")
        annika.instead("kbt").type(TAB, "+1", alt("l")).says("VA03 Fel:", "2026-03-03", "idag")
        annika.at_fault(REFERRAL, "arrival_date", "2026-03-03")
        # With both filled in the cursor goes to the button that VA05 names: Enter presses it.
        annika.instead("-3").type(F10).says("VA05 Fel:", "Läs (F5)").type(ENTER)
        warned_and_back(annika, "VA04", REFERRAL, "arrival_date", "2026-02-27")
        annika.asks_why("VA04", "Checklista för PASiS-registrering")
        annika.instead("i").type(alt("l")).sees("Nyuppläggning", "[Spara]")


def test_the_referral_itself(home: Path) -> None:
    with clerk(home) as annika:
        start_new(annika).type("kbt", alt("l")).sees("Nyuppläggning")
        annika.type("1", TAB, "vcxx99", TAB).says("VA07 Fel:", "VCXX99", "F4")
        annika.at_fault(REFERRAL, "referring_unit", "VCXX99")
        annika.instead("vcbj01").type(TAB * 3, "-4", BACKTAB * 4, "7", F10)
        annika.says("VA07 Fel:", "Björkhaga").at_fault(REFERRAL, "referral_source", "7")
        annika.instead("1").type(TAB * 3, "gorlat", TAB).says("VA10 Fel:", "GORLAT")
        annika.at_fault(REFERRAL, "caregiver", "GORLAT")
        annika.instead("annlin").type(TAB, "+1", F10).says("VA09 Fel:", "Remissbeslut 2026-03-03")
        annika.at_fault(REFERRAL, "decision_date", "2026-03-03")
        annika.instead("-4").type(BACKTAB, BACKTAB, "-1", F10).says("VA09 Fel:", "Granskning")
        annika.at_fault(REFERRAL, "review_date", "2026-03-01")
        annika.instead("i").type(BACKTAB, "vcal01", F10)
        warned_and_back(annika, "VA08", REFERRAL, "referring_unit", "VCAL01")
        annika.instead("vcbj01").type(F10).says("Sparat: vårdåtagande")
        (commitment,) = annika.show("040", VERA)
        assert (commitment["referring_unit"], commitment["review_date"]) == ("VCBJ01", "2026-03-02")


def test_a_second_open_one_and_borttag(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        annika.type(alt("n")).sees("Nytt vårdåtagande: fyll i Problem").type("kbt", alt("l"))
        annika.says("VA12 Fel:", "redan ett öppet vårdåtagande för KBT")
        annika.at_fault(REFERRAL, "problem", "KBT")
        annika.instead("ipt").type(alt("l")).sees("Nyuppläggning")
        annika.type("1", TAB, "vcbj01", TAB, TAB, TAB, "-4", F10).says("Sparat: vårdåtagande")
        # The second one has neither form nor visit: Borttag asks OK, and takes it away.
        annika.type(alt("b")).sees("Borttag", "[OK]", "[Avbryt]").type(ESC)
        annika.terminal.expect_gone("[OK]")
        annika.type(alt("b")).sees("[OK]").type(ENTER).says("Vårdåtagande", "är borttaget.")
        assert [c["problem"] for c in annika.show("040", VERA)] == ["KBT"]
        annika.type(ENTER).sees("[Borttag]")
        visit(annika)
        annika.go("40", "[Borttag]").type(alt("b"))
        annika.says("VA20 Får ej tas bort SPS0431 267 O", "AV")
        annika.asks_why("VA20", "Borttag av registrerat vårdåtagande")
        annika.type(alt("a")).sees("Orsak  AV", "Avslut Datum  2026-03-02").type(F10)
        annika.says("Vårdåtagande", "är avslutat 2026-03-02 AV.")


# --- the forms ----------------------------------------------------------------------------------


def test_inskrivning(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        open_forms(annika).type(alt("p")).says("FO04 Fel:", "kräver ett registrerat besök")
        annika.type(alt("i")).sees("048 Inskrivning").type("f320", TAB)
        annika.says("FO02 Fel:", "F320").at_fault(ENROLMENT, "diagnosis", "F320")
        annika.asks_why("FO02", "Inskrivningsformulär")
        annika.instead("f32-").type(F10).says("FO01 Fel:", "Sjukskrivningsgrad saknas")
        annika.at_fault(ENROLMENT, "sick_leave_percent", "")
        annika.type("30", TAB).says("FO01 Fel:", "30")
        annika.at_fault(ENROLMENT, "sick_leave_percent", "30")
        annika.instead("50").type(F10)
        warned_and_back(annika, "FO06", ENROLMENT, "date", "2026-03-02")
        annika.instead("+2").type(F10).says("FO07 Fel:", "2026-03-04", "efter idag")
        annika.at_fault(ENROLMENT, "date", "2026-03-04")
        annika.instead("i").type(F10).warned("FO06").type(ENTER)
        annika.says("Inskrivningen är sparad (V)")
        saved = annika.rows(
            "SELECT date, diagnosis, sick_leave_percent FROM enrolment_form"
            " ORDER BY commitment_id DESC LIMIT 1"
        )
        assert saved == [("2026-03-02", "F32-", 50)]


def test_utskrivning_and_uppfoljning(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        annika.move("+7d", "2026-03-09")
        visit(annika)
        open_forms(annika).sees("(Utskrivning)").type(alt("u"))
        annika.says("FO03 Fel:", "kräver en inskrivning").sees("048 Översikt")
        enrol(annika)
        open_forms(annika).type(alt("u")).sees("048 Utskrivning").type(F10)
        annika.says("FO03 Fel:", "saknas").at_fault(DISCHARGE, "sick_leave_percent", "")
        annika.type("0", BACKTAB, BACKTAB, "-1", F10).says("FO03 Fel:", "före inskrivning")
        annika.at_fault(DISCHARGE, "date", "2026-03-08")
        annika.instead("i").type(F10).says("Utskrivningen är sparad (V)")
        annika.move("+2m", "2026-05-09")
        visit(annika)
        open_forms(annika).type(alt("p")).sees("048 Uppföljning", "2026-06-09–2026-07-09")
        annika.type(F10).says("FO04 Fel:", "Godkänd saknas").at_fault(FOLLOW_UP, "approved", "")
        annika.type("j", F10)
        warned_and_back(annika, "FO05", FOLLOW_UP, "date", "2026-05-09")
        annika.instead("20260301").type(F10).says("FO07 Fel:")
        annika.at_fault(FOLLOW_UP, "date", "2026-03-01")
        annika.type(F3).sees("Osparade").type("k").sees("048 Översikt")
        annika.move("+1m", "2026-06-09")
        visit(annika)
        open_forms(annika).type(alt("p")).sees("048 Uppföljning", "*2026-06-09")
        annika.type("j", F10).says("Uppföljningen är sparad (V)")


# --- the visits -----------------------------------------------------------------------------------


def test_a_visit(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        open_085(annika).type(F10).says("BE01 Fel:", "Tid saknas").at_fault(VISIT, "time", "")
        annika.type("2561", TAB).says("BE01 Fel:").at_fault(VISIT, "time", "2561")
        annika.asks_why("BE01", "Besöksregistrering i PASiS")
        annika.instead("9").type(TAB, "annan", TAB).says("BE02 Fel:", "ANNAN")
        annika.at_fault(VISIT, "reception", "ANNAN")
        annika.instead("filial").type(TAB * 4, "åb", F10).says("BE03 Fel:", "ska vara NY")
        annika.at_fault(VISIT, "contact_type", "ÅB")
        annika.instead("ny").type(F10).says("Sparat: besök 2026-03-02 09:00")
        open_085(annika).type("9", F10).says("BE08 Fel:", "09:00", "ANNLIN")
        annika.at_fault(VISIT, "time", "09:00")
        annika.instead("13").type(BACKTAB, "+3", F10)
        warned_and_back(annika, "BE09", VISIT, "date", "2026-03-05")
        annika.instead("i").type(F10).says("Sparat: besök 2026-03-02 13:00")
        assert [
            (v["time"], v["contact_type"], v["reception"]) for v in annika.show("083", VERA)
        ] == [
            ("13:00", "ÅB", "FILIAL"),
            ("09:00", "NY", "FILIAL"),
        ]


def test_a_double_session(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        visit(annika)
        enrol(annika)
        open_085(annika).type("945", F10).says("BE05 Fel:", "F431", "F42")
        annika.at_fault(VISIT, "time", "09:45")
        annika.instead("13").type(F10).says("Sparat: besök 2026-03-02 13:00")


# --- the medical registration ------------------------------------------------------------------------


def test_codes(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        visit(annika)
        enrol(annika, "f32-")
        annika.go("83", "› 2026-03-02 09:00").type("n").sees("184 Medicinsk registrering")
        annika.type("F32-", TAB).says("ME01 Fel:", "F32-")
        annika.at_fault(MEDICAL, "main_diagnosis", "F32-")
        annika.instead("f320").type(TAB, "xyz", TAB).says("ME03 Fel:", "XYZ")
        annika.at_fault(MEDICAL, "problem", "XYZ")
        annika.instead("kbt").type(TAB, "f32.0", F10).says("ME02 Fel:", "F320 står redan")
        annika.at_fault(MEDICAL, "diagnosis_2", "F320")
        annika.instead("f431").type(TAB, alt("k")).sees("184 KVÅ/operationer", "*DU011")
        annika.type("zv051", F10).says("ME04 Fel:", "DU008", "DU011", "DU022")
        annika.at_fault("184_kva", "kva_1", "ZV051")
        annika.asks_why("ME04", "KVÅ-koder")
        annika.instead("du011").type(F10).says("Sparat: medicinsk registrering 2026-03-02 09:00")
        shown = annika.show("184", VERA)
        assert (shown["main_diagnosis"], shown["other_diagnoses"]) == ("F320", ["F431"])
        assert (shown["kva"], shown["problem"]) == (["DU011"], "KBT")


# --- the closing ----------------------------------------------------------------------------------


def test_closing_without_visits(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        annika.type(alt("a")).sees("Avslut Datum")
        annika.instead("i").type(TAB, "av", TAB, "annlin", F10).says("VA30 Fel:", "AV")
        annika.at_fault(REFERRAL, "closing_reason", "AV")
        annika.instead("öv").type(F10).says("Vårdåtagande", "är avslutat 2026-03-02 ÖV.")


def test_closing_with_visits(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        visit(annika)
        enrol(annika)
        open_085(annika).type("11", BACKTAB, "+7", F10).warned("BE09").type(ENTER)
        annika.says("Sparat: besök 2026-03-09 11:00")
        annika.move("+1d", "2026-03-03")
        annika.go("40", "[Avsluta]").type(alt("a")).says("")
        annika.type(F10).says("VA32 Fel:", "2026-03-09 11:00", "Makulera")
        annika.at_fault(REFERRAL, "closing_date", "2026-03-02")
        annika.type(F3).sees("Osparade").type("k")
        # The way out the message names: cancel the booking in 085.
        annika.go("83", "› 2026-03-09 11:00").type(alt("n")).sees("085 Bes", "[Makulera]")
        annika.type(alt("k")).sees("Orsak").type("återbud", ENTER).says(
            "Makulerat: besök 2026-03-09"
        )
        annika.go("40", "[Avsluta]").type(alt("a")).sees("Avslut Datum  2026-03-02")
        annika.type("i", F10).says("VA31 Fel:", "2026-03-02", "sista besökets datum")
        annika.at_fault(REFERRAL, "closing_date", "2026-03-03")
        annika.instead("-1").type(TAB, "öv", F10).says("VA30 Fel:", "AV")
        annika.at_fault(REFERRAL, "closing_reason", "ÖV")
        annika.instead("av").type(F10).says("Vårdåtagande", "är avslutat 2026-03-02 AV.")
        # Closed: no form and no visit more, until it is opened again with a reason.
        open_closed_form(annika)
        annika.go("85", "085 Besöksregistrering")
        annika.says("VA34 Fel:", "avslutades 2026-03-02", "Alt+E")
        annika.go("40", "[Återöppna]").type(alt("e")).sees("Orsak").type("fel patient", ENTER)
        annika.says("Vårdåtagande", "är öppet igen.")
        visit(annika, "15")


def open_closed_form(annika: Clerk) -> None:
    open_forms(annika).type(alt("u")).sees("048 Utskrivning", "Återöppna det i 040 (Alt+E)")
    annika.type(TAB, TAB, "0", F10).says("VA34 Fel:", "avslutades 2026-03-02")
    annika.type(F3).sees("048 Översikt")


# --- another unit's patient -------------------------------------------------------------------------


def test_a_patient_of_the_other_clinic(home: Path) -> None:
    with clerk(home) as annika:
        ((number, name, patient),) = annika.rows(
            "SELECT p.identity_number, p.family_name, p.id FROM patient p WHERE length(p.identity_number) = 12"
            " AND p.kind = 'personnummer' AND NOT p.protected AND EXISTS (SELECT 1 FROM care_commitment c"
            " JOIN unit u ON u.id = c.unit_id WHERE c.patient_id = p.id AND u.code = 'PSLU02')"
            " AND NOT EXISTS (SELECT 1 FROM care_commitment c JOIN unit u ON u.id = c.unit_id"
            " WHERE c.patient_id = p.id AND u.code = 'PSMA01') ORDER BY p.id LIMIT 1"
        )
        for screen, file in (
            ("14", "014_personuppgifter"),
            ("83", "083_vardkontakter"),
            ("85", VISIT),
        ):
            annika.go(screen).sees("10 siffror").type(number, ENTER)
            annika.says("SE01 Fel:", "PSMA01").at_fault(file, "identity_number", number)
            assert name not in annika.terminal.text()
            annika.asks_why("SE01", "Översikt vårdåtagande")
        denied = "SELECT count(*) FROM audit_event WHERE action = 'denied' AND patient_id = ?"
        assert annika.rows(denied, patient) == [(3,)]
        # The way out: 040, where nothing of the other unit shows.
        annika.type(F2, "40", ENTER).sees("040 Vårdåtaganden").type(number, ENTER)
        annika.says("Inga vårdåtaganden på PSMA01", "Ny (Alt+N)")
