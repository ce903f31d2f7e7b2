"""The way out of every rule of 048, 085 and 184 (see ``ways_out``)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms
from pasis_tui.services.visits import visits
from tests.services.clinic import (
    ALL,
    ARRIVAL,
    Clinic,
    confirming,
    refused,
    save_medical,
    warned,
)
from tests.sideways.ways_out import DAY, but, chosen_by_f4, close, died, treated, walk

# --- 048 --------------------------------------------------------------------------------------


@walk("FO01")
def _enrolment(c: Clinic, _: Path) -> None:
    card = c.commitment()
    for field in ("date", "caregiver", "treatment", "diagnosis", "sick_leave_percent"):
        with refused("FO01", field):
            c.enrol(card, ARRIVAL, **{field: ""})
    c.enrol(card, ARRIVAL)


@walk("FO02")
def _form_diagnosis(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("FO02", "diagnosis", "Välj med F4", "F32-"):
        c.enrol(card, ARRIVAL, diagnosis="F320")
    c.enrol(card, ARRIVAL, diagnosis=chosen_by_f4(c, "enrolment_diagnosis", wanted="F32"))


@walk("FO03")
def _discharge(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("FO03", "", "Registrera Inskrivning först"):
        c.discharge(card, DAY)
    c.enrol(card, DAY)
    with refused("FO03", "date", str(DAY)):
        c.discharge(card, DAY, date="2026-03-05")
    c.discharge(card, DAY)


@walk("FO04")
def _follow_up(c: Clinic, _: Path) -> None:
    card = c.commitment()
    day = date(2026, 6, 12)
    fields = {"date": str(day), "approved": "J"}
    with refused("FO04", "", "Registrera besöket i 085 först"):
        forms.save_follow_up(c.at(day), card.id, None, fields, ALL)
    c.visit(card, DAY)
    with refused("FO04", "", "utskrivning"):
        forms.save_follow_up(c.at(day), card.id, None, fields, ALL)
    c.enrol(card, DAY)
    c.discharge(card, DAY)
    with refused("FO04", "approved"):
        forms.save_follow_up(c.at(day), card.id, None, fields | {"approved": ""}, ALL)
    forms.save_follow_up(c.at(day), card.id, None, fields, ALL)


@walk("FO05")
def _window(c: Clinic, _: Path) -> None:
    card = treated(c)
    early, good = date(2026, 6, 8), date(2026, 6, 9)
    for day in (early, good):
        c.visit(card, day)
    fields = {"date": str(early), "approved": "J"}
    with warned("FO05", "date", "Rätta datumet, eller spara ändå"):
        forms.save_follow_up(c.at(good), card.id, None, fields)
    forms.save_follow_up(c.at(good), card.id, None, fields | {"date": str(good)})


@walk("FO06")
def _visit_of_the_form(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with warned("FO06", "date", str(DAY)):
        _enrol(c, card)
    c.visit(card, DAY)
    _enrol(c, card)


def _enrol(c: Clinic, card: CommitmentCard) -> None:
    fields = {"date": str(DAY), "treatment": "KBT", "diagnosis": "F411", "caregiver": "ANNLIN",
              "sick_leave_percent": "0", "sick_leave_date": ""}  # fmt: skip
    forms.save_enrolment(c.at(DAY), card.id, None, fields)


@walk("FO07")
def _order_of_forms(c: Clinic, _: Path) -> None:
    card = c.commitment()
    for day in ("2026-03-10", "2026-03-01"):
        with refused("FO07", "date"):
            c.enrol(card, DAY, date=day)
    c.enrol(card, DAY)


@walk("FO08")
def _visit_after_discharge(c: Clinic, _: Path) -> None:
    card = treated(c)
    day = DAY + timedelta(14)
    fields = c.visit_fields(card, day) | {"reason": "B"}
    with warned("FO08", "reason", "Ange Anledning U"):
        visits.save_all(c.at(day), c.vera, fields, but("FO08"))
    visits.save_all(c.at(day), c.vera, fields | {"reason": "U"})


# --- 085 --------------------------------------------------------------------------------------


@walk("BE01")
def _mandatory(c: Clinic, _: Path) -> None:
    card = c.commitment()
    for field in ("date", "time", "reception", "reason", "kind", "caregiver", "contact_type"):
        with refused("BE01", field):
            visits.save_all(c.at(DAY), c.vera, c.visit_fields(card, DAY) | {field: ""}, ALL)
    with refused("BE01", "caregiver", "Välj en behandlare med F4"):
        c.visit(card, DAY, caregiver="FINNSE")
    with refused("BE01", "time", "1430 = 14:30"):
        c.visit(card, DAY, "nio")
    ahead = DAY + timedelta(8)
    with refused("BE01", "no_show", "Uteblivet till N"):
        c.visit(card, ahead, today=DAY, no_show="J")
    c.visit(card, ahead, "1430", today=DAY, no_show="N")


@walk("BE02")
def _reception(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("BE02", "reception", "(F4)"):
        c.visit(card, DAY, reception="ANNAN")
    c.visit(card, DAY, reception=chosen_by_f4(c, "reception", DAY, "Filial"))


@walk("BE03")
def _first_is_new(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("BE03", "contact_type", "ska vara NY"):
        c.visit(card, DAY, contact_type="ÅB")
    c.visit(card, DAY, contact_type="NY")
    day = DAY + timedelta(1)
    with refused("BE03", "contact_type", "ska vara ÅB"):
        c.visit(card, day, contact_type="NY")
    c.visit(card, day, contact_type="ÅB")


@walk("BE04")
def _distance(c: Clinic, _: Path) -> None:
    card = c.commitment()
    fields = c.visit_fields(card, DAY, distance="J", kva="DU011")
    with warned("BE04", "kva", "Lägg till ZV051, eller ändra Distans till N"):
        visits.save_all(c.at(DAY), c.vera, fields, but("BE04"))
    first = visits.save_all(c.at(DAY), c.vera, fields | {"kva": "DU011 ZV051"})
    visits.cancel(c.at(DAY), first.id, first.version, "fel")
    visits.save_all(c.at(DAY), c.vera, fields | {"distance": "N"})


@walk("BE05")
def _double(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.visit(card, DAY, "0900", main_diagnosis="F431")
    with refused("BE05", "without_fee", "Utan avgift J och Avgiftsfriorsak SJ"):
        c.visit(card, DAY, "0945", main_diagnosis="F431")
    c.visit(card, DAY, "0945", main_diagnosis="F431", without_fee="J", exemption="SJ")
    other = c.commitment(patient=c.max)
    c.visit(other, DAY, "1100")
    with refused("BE05", "time", "Ändra tiden till när besöket verkligen startade"):
        c.visit(other, DAY, "1145", without_fee="J", exemption="SJ")
    c.visit(other, DAY, "1300")


@walk("BE05")
def _double_recoded(c: Clinic, _: Path) -> None:
    card = c.commitment()
    first = c.visit(card, DAY, "0900", main_diagnosis="F431")
    second = c.visit(card, DAY, "0945", main_diagnosis="F431", without_fee="J", exemption="SJ")
    with refused("BE05", "main_diagnosis", "Makulera andra halvan först (083)"):
        save_medical(c, first, {"main_diagnosis": "F411"})
    visits.cancel(c.at(DAY), second.id, second.version, "fel")
    save_medical(c, first, {"main_diagnosis": "F411"})


@walk("BE05")
def _three_in_a_row(c: Clinic, _: Path) -> None:
    card = c.commitment()
    free: Any = {"main_diagnosis": "F431", "without_fee": "J", "exemption": "SJ"}
    c.visit(card, DAY, "0900", main_diagnosis="F431")
    second = c.visit(card, DAY, "0945", **free)
    with refused("BE05", "time", "09:45", "rätta det andra först (083)"):
        c.visit(card, DAY, "1000", **free)
    visits.cancel(c.at(DAY), second.id, second.version, "fel tid")
    c.visit(card, DAY, "1000", **free)


@walk("ME01")
def _coded_not_kept(c: Clinic, _: Path) -> None:
    card = c.commitment()
    own = c.visit(card, DAY)
    with refused("ME01", "no_show", "Makulera (Alt+K)", "registrera ett uteblivet besök"):
        visits.change(c.at(DAY), own.id, own.version, own.raw() | {"no_show": "J"})
    visits.cancel(c.at(DAY), own.id, own.version, "uteblev")
    c.visit(card, DAY, no_show="J")


@walk("BE06")
def _interpreter(c: Clinic, _: Path) -> None:
    fields = c.visit_fields(c.commitment(), DAY, interpreter="J", kva="DU011")
    with warned("BE06", "kva", "Lägg till ZV020, eller ändra Tolk till N"):
        visits.save_all(c.at(DAY), c.vera, fields, but("BE06"))
    first = visits.save_all(c.at(DAY), c.vera, fields | {"kva": "DU011 ZV020"})
    visits.cancel(c.at(DAY), first.id, first.version, "fel")
    visits.save_all(c.at(DAY), c.vera, fields | {"interpreter": "N"})


@walk("BE07")
def _too_many(c: Clinic, _: Path) -> None:
    card = c.commitment()
    for number in range(20):
        c.visit(card, DAY + timedelta(number))
    day = DAY + timedelta(30)
    fields = c.visit_fields(card, day)
    with warned("BE07", "", "Kontrollera antalet i 083, eller spara ändå"):
        visits.save_all(c.at(day), c.vera, fields, but("BE07"))
    visits.save_all(c.at(day), c.vera, fields, confirming("BE07"))


@walk("BE08")
def _same_start(c: Clinic, _: Path) -> None:
    card = c.commitment()
    first = c.visit(card, DAY)
    with refused("BE08", "time", "Ändra tiden, eller öppna det besöket från 083"):
        c.visit(card, DAY, contact_type="ÅB")
    assert visits.get(c.at(DAY), first.id).id == first.id
    c.visit(card, DAY, "1100", contact_type="ÅB")


@walk("BE09")
def _ahead(c: Clinic, _: Path) -> None:
    card = c.commitment()
    day = DAY + timedelta(7)
    fields = c.visit_fields(card, day, today=DAY)
    with warned("BE09", "date", "tills det ägt rum eller makulerats"):
        visits.save_all(c.at(DAY), c.vera, fields, but("BE09"))
    visits.save_all(c.at(DAY), c.vera, fields, confirming("BE09"))
    close(c, card, day)  # it has taken place


@walk("BE10")
def _visit_after_death(c: Clinic, _: Path) -> None:
    card = c.commitment()
    fields = c.visit_fields(card, DAY)
    died(c, DAY - timedelta(1))
    with warned("BE10", "date", "Rätta datumet, eller Avliden i 014"):
        visits.save_all(c.at(DAY), c.vera, fields)
    visits.save_all(c.at(DAY), c.vera, fields | {"date": str(DAY - timedelta(1))})
    died(c, None)
    visits.save_all(c.at(DAY), c.vera, fields | {"contact_type": "ÅB"})


@walk("BE11")
def _two_at_once(c: Clinic, _: Path) -> None:
    first = c.visit(c.commitment(), DAY, "0900")
    fields = c.visit_fields(c.commitment(patient=c.max), DAY, "0900")
    with warned("BE11", "time", "Ändra Tid eller Vårdgivare, eller ange Typ G om båda"):
        visits.save_all(c.at(DAY), c.max, fields)
    for changed in ({"time": "1000"}, {"caregiver": "BOPROV"}):
        done = visits.save_all(c.at(DAY), c.max, fields | changed)
        visits.cancel(c.at(DAY), done.id, done.version, "fel")
    visits.change(c.at(DAY), first.id, first.version, first.raw() | {"kind": "G"}, ALL)
    visits.save_all(c.at(DAY), c.max, fields | {"kind": "G"})


# --- 184 --------------------------------------------------------------------------------------


@walk("ME01")
def _main(c: Clinic, _: Path) -> None:
    visit = c.visit(c.commitment(), DAY)
    for wrong in ("F999", "F32-"):
        with refused("ME01", "main_diagnosis", "F4"):
            save_medical(c, visit, {"main_diagnosis": wrong})
    save_medical(c, visit, {"main_diagnosis": chosen_by_f4(c, "main_diagnosis", DAY)})


@walk("ME02")
def _others(c: Clinic, _: Path) -> None:
    visit = c.visit(c.commitment(), DAY)
    with refused("ME02", "diagnosis_2", "t.ex. F410, Z730"):
        save_medical(c, visit, {"diagnosis_2": "41F"})
    with refused("ME02", "diagnosis_3", "Varje kod skrivs en gång"):
        save_medical(c, visit, {"diagnosis_2": "F410", "diagnosis_3": "F410"})
    save_medical(c, visit, {"diagnosis_2": "F410", "diagnosis_3": "Z730"})


@walk("ME02W")
def _unknown(c: Clinic, _: Path) -> None:
    visit = c.visit(c.commitment(), DAY)
    with warned("ME02W", "diagnosis_3", "Kontrollera koden"):
        save_medical(c, visit, {"diagnosis_3": "Z730"}, but("ME02W"))
    save_medical(c, visit, {"diagnosis_3": "Z730"}, confirming("ME02W"))


@walk("ME03")
def _treatment(c: Clinic, _: Path) -> None:
    visit = c.visit(c.commitment(), DAY)
    with refused("ME03", "problem", "KBT, IPT eller PDT (F4)"):
        save_medical(c, visit, {"problem": "ABC"})
    save_medical(c, visit, {"problem": chosen_by_f4(c, "problem", DAY, "KBT")})


@walk("ME04")
def _kva(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("ME04", "kva", "Minst en av DU008 (PDT), DU011 (KBT) och DU022 (IPT)"):
        c.visit(card, DAY, kva="ZV051")
    with refused("ME04", "kva", "t.ex. DU011, ZV051"):
        c.visit(card, DAY, kva="DU011 D11")
    with refused("ME04", "kva", "Varje kod skrivs en gång"):
        c.visit(card, DAY, kva="DU011 DU011")
    c.visit(card, DAY, kva="DU011 ZV051")


@walk("ME05")
def _kva_of_the_problem(c: Clinic, _: Path) -> None:
    fields = c.visit_fields(c.commitment(), DAY, kva="DU022")
    with warned("ME05", "problem", "Kontrollera vilken som är rätt"):
        visits.save_all(c.at(DAY), c.vera, fields, but("ME05"))
    visits.save_all(c.at(DAY), c.vera, fields | {"kva": "DU011"})


@walk("ME06")
def _diagnosis_of_the_enrolment(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.enrol(card, DAY, diagnosis="F32-")
    fields = c.visit_fields(card, DAY, main_diagnosis="F411")
    with warned("ME06", "main_diagnosis", "Kontrollera vilken som är rätt"):
        visits.save_all(c.at(DAY), c.vera, fields, but("ME06"))
    visits.save_all(c.at(DAY), c.vera, fields | {"main_diagnosis": "F321"})


@walk("ME07")
def _method(c: Clinic, _: Path) -> None:
    fields = c.visit_fields(c.commitment(problem="PDT"), DAY, main_diagnosis="F410")
    with warned("ME07", "problem", "Kontrollera behandlingsformen"):
        visits.save_all(c.at(DAY), c.vera, fields, but("ME07"))
    visits.save_all(c.at(DAY), c.vera, fields, confirming("ME07"))
