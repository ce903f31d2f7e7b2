"""The way out of every other rule: fees, persons, files, lists and statistics (see ``ways_out``)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import overview
from pasis_tui.services.patients import numbers, patients
from pasis_tui.services.register import code_lists, imports, pmo_transfer
from pasis_tui.services.reports import lists, statistics
from pasis_tui.services.visits import visits
from pasis_tui.validation.findings import Confirmed
from tests.services.clinic import ALL, Clinic, commitment_fields, confirming, refused, warned
from tests.services.transfer_files import at, csv_file
from tests.sideways.ways_out import DAY, NONE, walk

WEEK = timedelta(days=7)
FAR = DAY + 20 * WEEK
FEE = {"date": "2026-03-20", "amount": "300", "provider": "Vårdcentralen Åker", "proof": "KV"}
CARD = {"number": "R-17", "issuer": "Region X", "valid_from": "2026-01-10",
        "valid_to": "2027-01-09"}  # fmt: skip


def _fee(c: Clinic, confirmed: Confirmed = NONE, /, **raw: str) -> None:
    cost_protection.add_external(c.at(FAR, screen="283 2"), c.vera, FEE | raw, confirmed)


def _card(c: Clinic, **raw: str) -> None:
    cost_protection.add_card(c.at(FAR, screen="610"), c.vera, CARD | raw)


# --- fees -------------------------------------------------------------------------------------


@walk("HK01")
def _without_fee(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("HK01", "without_fee", "kräver Utan avgift J", "ta bort orsaken"):
        c.visit(card, DAY, exemption="SJ")
    with refused("HK01", "exemption"):
        c.visit(card, DAY, without_fee="J")
    c.visit(card, DAY, without_fee="J", exemption="SJ")
    c.visit(card, DAY, "1300", without_fee="N", exemption="")


@walk("HK02")
def _not_the_patients_reason(c: Clinic, _: Path) -> None:
    card = c.commitment()
    for reason, way in (
        ("FK", "registrera frikortet i 610 först"),
        ("U2", "eller rätt orsak (F4)"),
    ):
        with refused("HK02", "exemption", "Ange Utan avgift N", way):
            c.visit(card, DAY, without_fee="J", exemption=reason)
    c.visit(card, DAY, without_fee="N", exemption="")
    context = c.at(DAY, screen="610")
    cost_protection.add_card(context, c.vera, CARD)
    c.visit(card, DAY, "1300", without_fee="J", exemption="FK")


@walk("HK03")
def _need_not_pay(c: Clinic, _: Path) -> None:
    card = c.commitment(patient=c.young)
    with refused("HK03", "without_fee", "ange Utan avgift J och Avgiftsfriorsak U2"):
        c.visit(card, DAY, without_fee="N", exemption="")
    c.visit(card, DAY, without_fee="J", exemption="U2")


@walk("HK04")
def _paid_elsewhere(c: Clinic, _: Path) -> None:
    c.commitment()
    for field, value, way in (
        ("date", "2030-01-01", "när den är betald"),
        ("amount", "0", "Skriv hela kronor"),
        ("proof", "QQ", "Giltiga koder"),
    ):
        with refused("HK04", field, way):
            _fee(c, **{field: value})
    _fee(c)


@walk("HK05")
def _twice_the_same(c: Clinic, _: Path) -> None:
    c.commitment()
    _fee(c)
    with warned("HK05", "date", "Spara bara om det var två besök"):
        _fee(c)
    _fee(c, confirming("HK05"))


@walk("HK06")
def _free_card(c: Clinic, _: Path) -> None:
    c.commitment()
    with refused("HK06", "valid_to", "Det senaste är 2027-01-09"):
        _card(c, valid_to="2027-01-10")
    with refused("HK06", "valid_to", "Rätta datumen"):
        _card(c, valid_to="2026-01-09")
    with refused("HK06", "valid_from", "från dagen taket nåddes"):
        _card(c, valid_from="2026-11-01", valid_to="2026-12-01")
    _card(c, valid_to="2027-01-09")


@walk("HK07")
def _two_cards(c: Clinic, _: Path) -> None:
    c.commitment()
    _card(c)
    with refused("HK07", "valid_from", "Rätta datumen, eller ta först bort"):
        _card(c, number="R-18", valid_from="2026-02-01", valid_to="2026-12-31")
    _card(c, number="R-16", valid_from="2025-01-05", valid_to="2026-01-04")
    context = c.at(FAR, screen="610")
    (wrong,) = [f for f in cost_protection.free_cards(context, c.vera) if f.number == "R-17"]
    cost_protection.remove_card(context, wrong.id, wrong.version, "fel")
    _card(c, number="R-18", valid_from="2026-02-01", valid_to="2026-12-31")


@walk("HK07")
def _over_one_issued_here(c: Clinic, _: Path) -> None:
    """The frikort follows the fees: those of others, registered in 283 2, move it."""
    card = c.commitment()
    for number in range(8):
        c.visit(card, DAY + number * WEEK)
    with refused("HK07", "valid_from", "registrera avgifterna hos andra i 283 2"):
        _card(c)
    before = [f.valid_from for f in cost_protection.free_cards(c.at(FAR), c.vera)]
    _fee(c)
    after = [f.valid_from for f in cost_protection.free_cards(c.at(FAR), c.vera)]
    assert after < before


# --- persons ----------------------------------------------------------------------------------

NEW = {"family_name": "Ny", "given_name": "Tage", "sex": "M"}


def _person(c: Clinic, confirmed: Confirmed = NONE, /, **raw: str) -> None:
    known = patients.get(c.at(DAY), c.vera)
    patients.save(c.at(DAY, screen="014"), known.raw() | raw, known.version, confirmed)


@walk("PE01")
def _name(c: Clinic, _: Path) -> None:
    c.commitment()
    with refused("PE01", "given_name"):
        _person(c, given_name="")
    _person(c, given_name="OID")


@walk("PE02")
def _address_of_a_protected(c: Clinic, _: Path) -> None:
    c.commitment()
    with refused("PE02", "address", "Töm fältet"):
        _person(c, protected="J", address="Storgatan 1")
    _person(c, protected="J", address="")


@walk("PE03")
def _form(c: Clinic, _: Path) -> None:
    c.commitment()
    with refused("PE03", "postcode"):
        _person(c, postcode="12")
    with refused("PE03", "listed_unit", "Sök med F4"):
        _person(c, listed_unit="FINNSE")
    code = code_lists.search(c.at(), "referring_unit", "", 0, 9).rows[0][0]
    _person(c, postcode="22222", listed_unit=code)
    number = numbers.new_reserve_number(c.at(DAY), "1980").number
    raw = NEW | {"identity_number": number}
    patients.save(c.at(DAY), raw, None)
    with refused("PE03", "identity_number", "Läs den först"):
        patients.save(c.at(DAY), raw, None)
    read = patients.read(c.at(DAY), number)
    patients.save(c.at(DAY), read.raw() | {"given_name": "Rut"}, read.version)


@walk("PE04")
def _reason_for_protected(c: Clinic, _: Path) -> None:
    with refused("PE04", "", "Skriv varför"):
        overview.overview_page(c.at(), protected_reason=" ")
    overview.overview_page(c.at(), protected_reason="för att ringa")


@walk("PE05")
def _death_before_a_visit(c: Clinic, _: Path) -> None:
    visit = c.visit(c.commitment(), DAY)
    died = {"deceased_on": str(DAY - timedelta(1))}
    with warned("PE05", "deceased_on", "Rätta datumet, eller makulera besöket i 085"):
        _person(c, **died)
    _person(c, deceased_on=str(DAY))
    visits.cancel(c.at(DAY), visit.id, visit.version, "fel patient", ALL)
    _person(c, **died)


@walk("PR01")
def _living(c: Clinic, _: Path) -> None:
    with refused("PR01", "identity_number", "testpersonnummer", "reservnummer"):
        patients.find(c.at(), "8507099805")
    assert patients.find(c.at(), "9307142381").id == c.vera
    number = numbers.new_reserve_number(c.at(), "1980").number
    patients.save(c.at(), NEW | {"identity_number": number}, None)


# --- files, lists, figures --------------------------------------------------------------------


@walk("PM01")
def _not_transferred(c: Clinic, folder: Path) -> None:
    card = c.commitment()
    path = csv_file(
        folder,
        "Personnummer;Datum;Tid;Attribut KBT/IPT;Vårdgivare",
        "199307142381;2026-03-06;0900;J;ANNLIN",
    )
    done, _ = pmo_transfer.import_pmo(at(c), path)
    assert "Registrera den för hand i 085" in done.remarks[0]
    c.visit(card, date(2026, 3, 6), "0900")


@walk("SE01")
def _anothers(c: Clinic, _: Path) -> None:
    """With a referral of its own the unit sees its own; the other's stays the other's."""
    theirs = c.commitment(which="b")
    with refused("SE01", "identity_number", "lägg upp den i 040"):
        patients.get(c.at(), c.vera)
    with refused("SE01", "", "sök patienten i 040"):
        care_commitments.get(c.at(), theirs.id)
    person = patients.find(c.at(screen="040"), "9307142381")
    care_commitments.create(c.at(screen="040"), person.id, commitment_fields(), ALL)
    patients.get(c.at(), c.vera)
    assert len(care_commitments.for_patient(c.at(), c.vera)) == 1


@walk("LI01")
def _period(c: Clinic, folder: Path) -> None:
    order = {"kind": "P", "from_date": "2026-03-31", "to_date": "2026-03-01"}
    with refused("LI01", "to_date", "Byt plats på datumen"):
        lists.order_control_list(at(c), order)
    swapped = {"from_date": order["to_date"], "to_date": order["from_date"]}
    lists.order_control_list(at(c), order | swapped)
    with refused("LI01", "signature", "Välj med F4"):
        lists.order_visit_list(at(c), {**swapped, "signature": "FINNSE"})
    sign = code_lists.search(c.at(), "caregiver", "", 0, 9).rows[0][0]
    lists.order_visit_list(at(c), {**swapped, "signature": sign})


@walk("LI02")
def _there_already(c: Clinic, folder: Path) -> None:
    c.commitment()
    order = lists.order_control_list(
        at(c), {"kind": "P", "from_date": "2026-03-01", "to_date": "2026-03-31"}
    )
    lists.make(at(c), order, folder)
    target = folder / "kopia.xlsx"
    target.write_text("annat")
    with warned("LI02", "", "Spara ändå skriver över den"):
        lists.save_copy(at(c), order, folder, target)
    lists.save_copy(at(c), order, folder, folder / "annan.xlsx")
    lists.save_copy(at(c), order, folder, target, confirming("LI02"))


@walk("ST01")
def _interval(c: Clinic, _: Path) -> None:
    with refused("ST01", "to_date", "Byt plats på datumen"):
        statistics.order_own(at(c), {"from_date": "2025-03-01", "to_date": "2025-01-01"})
    with refused("ST01", "from_date", "Välj ett senare fr.o.m."):
        statistics.order_own(at(c), {"from_date": "2010-01-01", "to_date": "2025-12-31"})
    statistics.order_own(at(c), {"from_date": "2025-01-01", "to_date": "2025-03-01"})


@walk("IM01")
def _rows(c: Clinic, folder: Path) -> None:
    card = c.commitment()
    with pytest.raises(imports.BadRows, match="rätta filen och läs in den igen"):
        imports.import_invoice_specification(at(c), csv_file(folder, "ID", "4711"))
    done = imports.import_invoice_specification(at(c), csv_file(folder, "ID", str(card.id)))
    assert "fakturerade: 1" in done.summary
