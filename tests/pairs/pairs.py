"""Every pair of services that could contradict each other, each made ready by a function.

``c`` is the clinic; a maker returns the patients it is about and the two acts.  An act is prepared
on the template and done on a copy whose ids are all *move* further on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import text

from pasis_tui.models import FreeCard, Patient
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.register import imports, pmo_transfer
from pasis_tui.services.users import favourites
from pasis_tui.services.visits import medical, visits
from pasis_tui.services.visits.visits import VisitCard
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import NOTHING, Confirmed
from tests.pairs.copies import STEP
from tests.pairs.stage import Act, Pair
from tests.services.clinic import ALL, Clinic, commitment_fields
from tests.services.transfer_files import at

DAY = date(2026, 3, 9)
LATER = date(2026, 3, 16)
FOLLOWED = date(2026, 6, 22)
Maker = Callable[[Clinic], Pair]
PAIRS: dict[str, Maker] = {}


def pair(name: str) -> Callable[[Maker], Maker]:
    """Add a pair under *name*."""

    def add(maker: Maker) -> Maker:
        assert name not in PAIRS
        PAIRS[name] = maker
        return maker

    return add


# -- what they are about -----------------------------------------------------------------------


def person(c: Clinic) -> int:
    """A new patient, to be copied."""
    with SystemWork(c.database) as work:
        key: int = work.insert(
            Patient,
            identity_number="MALL",
            kind="reservnummer",
            birth_date=date(1980, 1, 1),
            sex="K",
            family_name="Testsson",
            given_name="Mall",
        )
        work.update(Patient, key, None, identity_number=f"MALL{key:08}")
        work.commit()
    return key


def referred(c: Clinic) -> CommitmentCard:
    """A commitment without anything."""
    return c.commitment(patient=person(c))


def visited(c: Clinic) -> tuple[CommitmentCard, VisitCard]:
    """A commitment with a visit on DAY."""
    card = referred(c)
    visit = c.visit(card, DAY, main_diagnosis="F431")
    return care_commitments.get(at(c), card.id), visit


def enrolled(c: Clinic) -> tuple[CommitmentCard, VisitCard]:
    """The same, enrolled on DAY."""
    card, visit = visited(c)
    c.enrol(card, DAY, diagnosis="F431")
    return care_commitments.get(at(c), card.id), visit


def treated(c: Clinic) -> tuple[CommitmentCard, VisitCard]:
    """The same, discharged too."""
    card, visit = enrolled(c)
    c.discharge(card, DAY)
    return care_commitments.get(at(c), card.id), visit


# -- acts --------------------------------------------------------------------------------------


def visit(
    c: Clinic,
    card: CommitmentCard,
    day: date,
    time: str = "0900",
    *,
    today: date = DAY,
    confirmed: Confirmed = ALL,
    **raw: str,
) -> Act:
    """A visit and its registration saved."""
    fields = c.visit_fields(card, day, time, today=today, **raw)

    def act(c: Clinic, move: int) -> object:
        own = fields | {"commitment": str(card.id + move)}
        return visits.save_all(c.at(today), card.patient_id + move, own, confirmed)

    return act


def close(card: CommitmentCard, today: date = DAY, **raw: str) -> Act:
    """040 closed, as proposed."""
    fields = card.closing_proposal() | raw
    return lambda c, move: care_commitments.close(
        at(c, day=today), card.id + move, card.version, fields, ALL
    )


def change_commitment(card: CommitmentCard, **raw: str) -> Act:
    """040 saved."""
    fields = card.raw() | raw
    return lambda c, move: care_commitments.change(at(c), card.id + move, card.version, fields, ALL)


def remove(card: CommitmentCard) -> Act:
    """Borttag."""
    return lambda c, move: care_commitments.remove(at(c), card.id + move, card.version)


def reopen(card: CommitmentCard) -> Act:
    """040 opened again."""
    return lambda c, move: care_commitments.reopen(at(c), card.id + move, card.version, "fel")


def create(patient: int, which: Any = "a", **raw: str) -> Act:
    """Nyuppläggning."""
    caregiver = "ANNLIN" if which == "a" else "BEREK1"
    fields = commitment_fields(DAY, caregiver=caregiver) | raw
    return lambda c, move: care_commitments.create(at(c, which), patient + move, fields, ALL)


def enrol(
    card: CommitmentCard,
    day: date = DAY,
    version: int | None = None,
    *,
    today: date = DAY,
    **raw: str,
) -> Act:
    """Inskrivning."""
    fields = {
        "date": str(day),
        "treatment": card.problem,
        "diagnosis": "F431",
        "caregiver": card.caregiver,
        "sick_leave_percent": "0",
        "sick_leave_date": "",
        **raw,
    }
    return lambda c, move: forms.save_enrolment(
        at(c, day=today), card.id + move, version, fields, ALL
    )


def discharge(
    card: CommitmentCard,
    day: date = DAY,
    version: int | None = None,
    *,
    today: date = DAY,
    confirmed: Confirmed = ALL,
) -> Act:
    """Utskrivning."""
    fields = {"date": str(day), "caregiver": card.caregiver, "sick_leave_percent": "0"}
    return lambda c, move: forms.save_discharge(
        at(c, day=today), card.id + move, version, fields, confirmed
    )


def follow_up(card: CommitmentCard, day: date, version: int | None = None) -> Act:
    """Uppföljning."""
    fields = {"date": str(day), "approved": "J"}
    return lambda c, move: forms.save_follow_up(
        at(c, day=day), card.id + move, version, fields, ALL
    )


def cancel(visit: VisitCard, confirmed: Confirmed = ALL) -> Act:
    """Makulera."""
    return lambda c, move: visits.cancel(at(c), visit.id + move, visit.version, "sjuk", confirmed)


def change_visit(visit: VisitCard, **raw: str) -> Act:
    """085 saved of a visit that is there."""
    fields = visit.raw() | raw

    def act(c: Clinic, move: int) -> object:
        own = fields | {"commitment": str(visit.commitment_id + move)}
        return visits.change(at(c), visit.id + move, visit.version, own, ALL)

    return act


def register(c: Clinic, visit: VisitCard, **raw: str) -> Act:
    """184 saved."""
    card = medical.get(at(c), visit.id)
    fields = {**card.raw(), "main_diagnosis": "F431", **raw}
    return lambda c, move: medical.save(at(c), visit.id + move, card.version, fields, ALL)


def save_person(
    c: Clinic, patient: int, which: Any = "a", confirmed: Confirmed = NOTHING, **raw: str
) -> Act:
    """014 saved."""
    card = patients.get(at(c), patient)

    def act(c: Clinic, move: int) -> object:
        number = f"{patient + move:012}"
        return _save_person(c, which, card.raw() | raw, number, card.version, confirmed)

    return act


def _save_person(
    c: Clinic,
    which: Any,
    raw: Mapping[str, str],
    number: str,
    version: int,
    confirmed: Confirmed,
) -> object:
    """Save a person whose copied number is none that may be typed, under a number that is."""
    typed = _number_of(int(number) // STEP)
    with c.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE patient SET identity_number = :typed WHERE identity_number = :number"),
            {"typed": typed, "number": number},
        )
    return patients.save(at(c, which), {**raw, "identity_number": typed}, version, confirmed)


_LETTERS = "ABCDEFGHJKLMNPRSTUVWX"


def _number_of(place: int) -> str:
    """A reservnummer of its own for each *place*."""
    days, letter = divmod(place, len(_LETTERS))
    return f"{date(1940, 1, 1) + timedelta(days=days):%Y%m%d}D{_LETTERS[letter]}0C"


# -- 085 and 040 -------------------------------------------------------------------------------


@pair("visit | remove")
def _visit_remove(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (visit(c, card, DAY), remove(card)))


@pair("a booking | remove")
def _booking_remove(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (visit(c, card, LATER), remove(card)))


@pair("visit | close without a visit")
def _visit_close_empty(c: Clinic) -> Pair:
    card = referred(c)
    closing = close(card, closing_reason="AB", closing_date=str(DAY))
    return Pair((card.patient_id,), (visit(c, card, DAY), closing))


@pair("a booking | close AV")
def _booking_close(c: Clinic) -> Pair:
    card, _ = visited(c)
    return Pair((card.patient_id,), (visit(c, card, LATER), close(card)))


@pair("a later visit | close AV")
def _later_visit_close(c: Clinic) -> Pair:
    card, _ = visited(c)
    closing = close(card, LATER)
    return Pair((card.patient_id,), (visit(c, card, LATER, today=LATER), closing))


@pair("an earlier visit | close AV")
def _earlier_visit_close(c: Clinic) -> Pair:
    card, _ = visited(c)
    earlier = visit(c, card, date(2026, 3, 5), contact_type="NY")
    return Pair((card.patient_id,), (earlier, close(card)))


@pair("change of a visit | close")
def _change_close(c: Clinic) -> Pair:
    card, own = visited(c)
    return Pair((card.patient_id,), (change_visit(own, date="2026-03-06"), close(card)))


@pair("cancel | close")
def _cancel_close(c: Clinic) -> Pair:
    card, own = visited(c)
    return Pair((card.patient_id,), (cancel(own), close(card)))


@pair("cancel | remove")
def _cancel_remove(c: Clinic) -> Pair:
    card, own = visited(c)
    return Pair((card.patient_id,), (cancel(own), remove(card)))


@pair("visit | reopen")
def _visit_reopen(c: Clinic) -> Pair:
    card, _ = visited(c)
    booked = visit(c, card, DAY, "1100")
    care_commitments.close(at(c), card.id, card.version, card.closing_proposal(), ALL)
    card = care_commitments.get(at(c), card.id)
    return Pair((card.patient_id,), (booked, reopen(card)))


@pair("visit | change of the arrival")
def _visit_arrival(c: Clinic) -> Pair:
    card = referred(c)
    early = visit(c, card, date(2026, 3, 3))
    later = change_commitment(
        card, arrival_date=str(DAY), review_date=str(DAY), decision_date=str(DAY)
    )
    return Pair((card.patient_id,), (early, later))


@pair("visit | change that closes")
def _visit_change_closes(c: Clinic) -> Pair:
    card, _ = visited(c)
    closing = change_commitment(card, **card.closing_proposal())
    return Pair((card.patient_id,), (visit(c, card, LATER), closing))


@pair("visit | change of the problem")
def _visit_problem(c: Clinic) -> Pair:
    card, _ = visited(c)
    return Pair(
        (card.patient_id,), (visit(c, card, DAY, "1100"), change_commitment(card, problem="PDT"))
    )


# -- 085 twice ---------------------------------------------------------------------------------


@pair("visit | visit at the same time")
def _same_start(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (visit(c, card, DAY), visit(c, card, DAY)))


@pair("first visit | first visit")
def _both_new(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (visit(c, card, DAY), visit(c, card, DAY, "1300")))


@pair("cancel | cancel")
def _cancel_cancel(c: Clinic) -> Pair:
    card, own = visited(c)
    return Pair((card.patient_id,), (cancel(own), cancel(own)))


@pair("cancel the first | cancel the second")
def _cancel_two(c: Clinic) -> Pair:
    card, own = visited(c)
    other = c.visit(card, DAY, "1300", main_diagnosis="F431")
    return Pair((card.patient_id,), (cancel(own), cancel(other)))


@pair("cancel | the second half")
def _second_half(c: Clinic) -> Pair:
    card, own = visited(c)
    proposal = visits.propose_second(at(c), own.id)
    assert proposal.medical is not None
    fields = {**proposal.raw, **proposal.medical}

    def second(c: Clinic, move: int) -> object:
        mine = fields | {"commitment": str(card.id + move)}
        return visits.save_all(c.at(DAY), card.patient_id + move, mine, ALL)

    return Pair((card.patient_id,), (cancel(own), second))


@pair("the second half | the second half")
def _two_second_halves(c: Clinic) -> Pair:
    card, own = visited(c)
    proposal = visits.propose_second(at(c), own.id)
    assert proposal.medical is not None
    fields = {**proposal.raw, **proposal.medical}

    def second(time: str) -> Act:
        def act(c: Clinic, move: int) -> object:
            mine = fields | {"commitment": str(card.id + move), "time": time}
            return visits.save_all(c.at(DAY), card.patient_id + move, mine, ALL)

        return act

    return Pair((card.patient_id,), (second("0945"), second("1000")))


@pair("visit that reaches the ceiling | visit that reaches it")
def _ceiling(c: Clinic) -> Pair:
    card = referred(c)
    for number in range(6):
        c.visit(card, DAY + timedelta(days=number), main_diagnosis="F431")
    today = date(2026, 3, 20)
    both = [visit(c, card, today, time, today=today) for time in ("0900", "1300")]
    return Pair((card.patient_id,), (both[0], both[1]))


@pair("two patients, one caregiver, one time, not confirmed")
def _caregiver_taken(c: Clinic) -> Pair:
    one, other = referred(c), referred(c)
    acts: list[Act] = []
    for card in (one, other):
        c.visit(card, DAY, f"0{7 + len(acts)}00", main_diagnosis="F431")
        fields = c.visit_fields(card, LATER, today=DAY)
        acts.append(_at_own_time(card, fields))
    return Pair((one.patient_id, other.patient_id), (acts[0], acts[1]))


def _at_own_time(card: CommitmentCard, fields: Mapping[str, str]) -> Act:
    """A visit at a time that is this round's own, so that other rounds are no clash."""

    def act(c: Clinic, move: int) -> object:
        place = move // STEP
        day = DAY + timedelta(days=1 + place % 200)
        minutes = 8 * 60 + place // 200 % 600
        mine = {
            **fields,
            "commitment": str(card.id + move),
            "date": str(day),
            "time": f"{minutes // 60:02}{minutes % 60:02}",
        }
        return visits.save_all(c.at(DAY), card.patient_id + move, mine, NOTHING)

    return act


# -- 184 ---------------------------------------------------------------------------------------


def _uncoded(c: Clinic) -> tuple[CommitmentCard, VisitCard]:
    card = referred(c)
    fields = c.visit_fields(card, DAY)
    return card, visits.save(at(c), card.patient_id, fields, ALL)


@pair("cancel | 184")
def _cancel_medical(c: Clinic) -> Pair:
    card, own = _uncoded(c)
    return Pair((card.patient_id,), (cancel(own), register(c, own)))


@pair("a no-show | 184")
def _no_show_medical(c: Clinic) -> Pair:
    card, own = _uncoded(c)
    return Pair((card.patient_id,), (change_visit(own, no_show="J"), register(c, own)))


@pair("distance | 184")
def _distance_medical(c: Clinic) -> Pair:
    card, own = _uncoded(c)
    return Pair((card.patient_id,), (change_visit(own, distance="J"), register(c, own)))


@pair("184 | 184, new")
def _medical_medical(c: Clinic) -> Pair:
    card, own = _uncoded(c)
    both = register(c, own), register(c, own, main_diagnosis="F411")
    return Pair((card.patient_id,), both)


@pair("184 | 184, changed")
def _medical_again(c: Clinic) -> Pair:
    card, own = visited(c)
    both = register(c, own, main_diagnosis="F411"), register(c, own, main_diagnosis="F412")
    return Pair((card.patient_id,), both)


@pair("184 | close")
def _medical_close(c: Clinic) -> Pair:
    card, own = _uncoded(c)
    fresh = care_commitments.get(at(c), card.id)
    return Pair((card.patient_id,), (register(c, own), close(fresh)))


# -- 048 ---------------------------------------------------------------------------------------


@pair("close | enrolment")
def _close_enrol(c: Clinic) -> Pair:
    card, _ = visited(c)
    return Pair((card.patient_id,), (close(card), enrol(card)))


@pair("close | discharge")
def _close_discharge(c: Clinic) -> Pair:
    card, _ = enrolled(c)
    return Pair((card.patient_id,), (close(card), discharge(card)))


@pair("close | follow-up")
def _close_follow_up(c: Clinic) -> Pair:
    card, _ = treated(c)
    c.visit(card, FOLLOWED, main_diagnosis="F431")
    closing = close(care_commitments.get(at(c, day=FOLLOWED), card.id), FOLLOWED)
    return Pair((card.patient_id,), (closing, follow_up(card, FOLLOWED)))


@pair("remove | enrolment")
def _remove_enrol(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (remove(card), enrol(card)))


@pair("enrolment later | discharge")
def _enrol_discharge(c: Clinic) -> Pair:
    card, _ = enrolled(c)
    c.visit(card, LATER, main_diagnosis="F431")
    first = forms.get(at(c), card.id).enrolment
    assert first is not None
    moved = enrol(card, LATER, first.version, today=LATER)
    return Pair((card.patient_id,), (moved, discharge(card)))


@pair("discharge later | follow-up")
def _discharge_follow_up(c: Clinic) -> Pair:
    card, _ = treated(c)
    c.visit(card, FOLLOWED, main_diagnosis="F431")
    c.visit(card, date(2026, 6, 23), main_diagnosis="F431")
    first = forms.get(at(c), card.id).discharge
    assert first is not None
    day = date(2026, 6, 23)
    moved = discharge(card, day, first.version, today=day)
    return Pair((card.patient_id,), (moved, follow_up(card, FOLLOWED)))


@pair("enrolment | enrolment")
def _enrol_enrol(c: Clinic) -> Pair:
    card, _ = visited(c)
    return Pair((card.patient_id,), (enrol(card), enrol(card, sick_leave_percent="25")))


@pair("enrolment | change of the arrival")
def _enrol_arrival(c: Clinic) -> Pair:
    card = referred(c)
    later = change_commitment(
        card, arrival_date=str(DAY), review_date=str(DAY), decision_date=str(DAY)
    )
    return Pair((card.patient_id,), (enrol(card, date(2026, 3, 3)), later))


@pair("cancel | discharge, not confirmed")
def _cancel_discharge(c: Clinic) -> Pair:
    card, own = enrolled(c)
    return Pair((card.patient_id,), (cancel(own), discharge(card, confirmed=NOTHING)))


# -- 040 twice ---------------------------------------------------------------------------------


@pair("new | new")
def _create_create(c: Clinic) -> Pair:
    patient = person(c)
    return Pair((patient,), (create(patient), create(patient)))


@pair("close | close")
def _close_close(c: Clinic) -> Pair:
    card, _ = visited(c)
    return Pair((card.patient_id,), (close(card), close(card)))


@pair("close | change")
def _close_change(c: Clinic) -> Pair:
    card, _ = visited(c)
    return Pair((card.patient_id,), (close(card), change_commitment(card, caregiver="BOPROV")))


@pair("remove | change")
def _remove_change(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (remove(card), change_commitment(card, caregiver="BOPROV")))


@pair("change to a problem | new of it")
def _change_create(c: Clinic) -> Pair:
    card = referred(c)
    return Pair(
        (card.patient_id,),
        (change_commitment(card, problem="PDT"), create(card.patient_id, problem="PDT")),
    )


def _closed(c: Clinic) -> CommitmentCard:
    card, _ = visited(c)
    care_commitments.close(at(c), card.id, card.version, card.closing_proposal(), ALL)
    return care_commitments.get(at(c), card.id)


@pair("reopen | new")
def _reopen_create(c: Clinic) -> Pair:
    card = _closed(c)
    return Pair((card.patient_id,), (reopen(card), create(card.patient_id)))


@pair("reopen | reopen")
def _reopen_reopen(c: Clinic) -> Pair:
    card = _closed(c)
    return Pair((card.patient_id,), (reopen(card), reopen(card)))


@pair("invoice | remove")
def _invoice_remove(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (_invoiced(c, card), remove(card)))


@pair("invoice | change of the arrival")
def _invoice_arrival(c: Clinic) -> Pair:
    card = referred(c)
    later = change_commitment(
        card, arrival_date=str(DAY), review_date=str(DAY), decision_date=str(DAY)
    )
    return Pair((card.patient_id,), (_invoiced(c, card, date(2026, 3, 3)), later))


@pair("invoice | invoice")
def _invoice_invoice(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (_invoiced(c, card), _invoiced(c, card)))


def _invoiced(c: Clinic, card: CommitmentCard, day: date = DAY) -> Act:
    def act(c: Clinic, move: int) -> object:
        path = _file(f"id;fakturadatum\n{card.id + move};{day}\n")
        return imports.import_invoice_specification(at(c), path)

    return act


_files = threading.local()


def _file(content: str) -> Path:
    """A file of this clerk's."""
    if not hasattr(_files, "path"):
        _files.path = Path(mkdtemp(prefix="pasis")) / "fil.csv"
    path: Path = _files.path
    path.write_text(content, "utf-8")
    return path


# -- 014 ---------------------------------------------------------------------------------------


@pair("a death | a visit after it, not confirmed")
def _death_visit(c: Clinic) -> Pair:
    card, _ = visited(c)
    died = save_person(c, card.patient_id, deceased_on="2026-03-09")
    later = visit(c, card, LATER, confirmed=NOTHING)
    return Pair((card.patient_id,), (died, later))


@pair("014 | another unit's first commitment")
def _person_foreign(c: Clinic) -> Pair:
    patient = person(c)
    with SystemWork(c.database) as work:
        work.update(Patient, patient, None, registered_by_unit_id=c.seed.a.id)
        work.commit()
    return Pair((patient,), (save_person(c, patient, phone="040-1"), create(patient, "b")))


@pair("014 | 014")
def _person_person(c: Clinic) -> Pair:
    patient = person(c)
    return Pair(
        (patient,), (save_person(c, patient, phone="040-1"), save_person(c, patient, phone="040-2"))
    )


@pair("014 new | 014 new")
def _new_person(c: Clinic) -> Pair:
    def new(name: str) -> Act:
        def act(c: Clinic, move: int) -> object:
            raw = {
                "identity_number": _number_of(move // STEP),
                "family_name": name,
                "given_name": "X",
                "sex": "K",
            }
            return patients.save(at(c), raw, None)

        return act

    def stored(database: Database, move: int) -> Any:
        number = _number_of(move // STEP)
        return _rows(
            database,
            "SELECT family_name, version FROM patient WHERE identity_number = :number",
            number=number,
        )

    return Pair((), (new("Ek"), new("Lind")), stored)


def _rows(database: Database, statement: str, **values: Any) -> tuple[Any, ...]:
    with database.reading_engine.connect() as connection:
        return tuple(sorted(tuple(row) for row in connection.execute(text(statement), values)))


# -- 283 and 610 -------------------------------------------------------------------------------

CARD = {
    "number": "R-17",
    "issuer": "Region X",
    "valid_from": "2026-01-10",
    "valid_to": "2027-01-09",
}
FEE = {"date": "2026-03-06", "amount": "1400", "provider": "Vårdcentralen", "proof": "KV"}


def add_card(patient: int, **raw: str) -> Act:
    """610 saved."""
    return lambda c, move: cost_protection.add_card(at(c), patient + move, CARD | raw, ALL)


def add_fee(patient: int, confirmed: Confirmed = ALL, **raw: str) -> Act:
    """283 saved."""
    return lambda c, move: cost_protection.add_external(at(c), patient + move, FEE | raw, confirmed)


@pair("610 | 610")
def _card_card(c: Clinic) -> Pair:
    card = referred(c)
    both = (
        add_card(card.patient_id),
        add_card(card.patient_id, number="R-18", valid_from="2026-02-01"),
    )
    return Pair((card.patient_id,), both)


@pair("283 | 283, the same fee, not confirmed")
def _fee_fee(c: Clinic) -> Pair:
    card = referred(c)
    small = {"amount": "200"}
    both = [add_fee(card.patient_id, NOTHING, **small) for _ in range(2)]
    return Pair((card.patient_id,), (both[0], both[1]))


@pair("283 | 610")
def _fee_card(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (add_fee(card.patient_id), add_card(card.patient_id)))


@pair("283 | visit")
def _fee_visit(c: Clinic) -> Pair:
    card = referred(c)
    return Pair((card.patient_id,), (add_fee(card.patient_id), visit(c, card, DAY)))


@pair("610 | visit that reaches the ceiling")
def _card_visit(c: Clinic) -> Pair:
    card = referred(c)
    cost_protection.add_external(at(c), card.patient_id, FEE | {"amount": "1350"}, ALL)
    return Pair((card.patient_id,), (add_card(card.patient_id), visit(c, card, DAY)))


def _with_card(c: Clinic) -> tuple[int, Act]:
    card = referred(c)
    cost_protection.add_card(at(c), card.patient_id, CARD, ALL)
    (own,) = cost_protection.free_cards(at(c), card.patient_id)
    return card.patient_id, lambda c, move: cost_protection.remove_card(
        at(c), own.id + move, own.version, "fel"
    )


@pair("610 taken back | 610 taken back")
def _uncard_uncard(c: Clinic) -> Pair:
    patient, gone = _with_card(c)
    return Pair((patient,), (gone, gone))


@pair("610 taken back | 610")
def _uncard_card(c: Clinic) -> Pair:
    patient, gone = _with_card(c)
    return Pair((patient,), (gone, add_card(patient, number="R-18")))


def _with_fee(c: Clinic) -> tuple[CommitmentCard, Act]:
    card = referred(c)
    cost_protection.add_external(at(c), card.patient_id, FEE, ALL)
    (own,) = cost_protection.external_fees(at(c), card.patient_id)
    return card, lambda c, move: cost_protection.remove_external(
        at(c), own.id + move, own.version, "fel"
    )


@pair("283 taken back | 283 taken back")
def _unfee_unfee(c: Clinic) -> Pair:
    card, gone = _with_fee(c)
    return Pair((card.patient_id,), (gone, gone))


@pair("283 taken back | visit")
def _unfee_visit(c: Clinic) -> Pair:
    card, gone = _with_fee(c)
    return Pair((card.patient_id,), (gone, visit(c, card, DAY)))


def _unissued(c: Clinic) -> tuple[CommitmentCard, Act]:
    card, _ = _with_fee(c)
    with SystemWork(c.database) as work:
        work.delete(FreeCard, patient_id=card.patient_id)
        work.commit()
    return card, lambda c, move: cost_protection.issue(at(c), card.patient_id + move)


@pair("issue | issue")
def _issue_issue(c: Clinic) -> Pair:
    card, issue = _unissued(c)
    return Pair((card.patient_id,), (issue, issue))


@pair("issue | visit")
def _issue_visit(c: Clinic) -> Pair:
    card, issue = _unissued(c)
    return Pair((card.patient_id,), (issue, visit(c, card, DAY)))


@pair("issue | 610")
def _issue_card(c: Clinic) -> Pair:
    card, issue = _unissued(c)
    return Pair((card.patient_id,), (issue, add_card(card.patient_id)))


# -- the transfer and other files --------------------------------------------------------------


@pair("a skipped contact | the same")
def _skip_skip(c: Clinic) -> Pair:
    card = referred(c)

    def skip(c: Clinic, move: int) -> object:
        patient = card.patient_id + move
        number = _number_of(move // STEP)
        with c.database.engine.begin() as connection:
            connection.execute(
                text("UPDATE patient SET identity_number = :number WHERE id = :id"),
                {"number": number, "id": patient},
            )
        path = _file(
            "personnummer;besöksdatum;tid;attribut kbt/ipt;vårdgivare\n"
            f"{number};2026-03-06;09:00;ja;ANNLIN\n",
        )
        return pmo_transfer.import_pmo(at(c), path)

    return Pair((card.patient_id,), (skip, skip))


def _imported(kind: str) -> Pair:
    def act(c: Clinic, move: int) -> object:
        place = move // STEP
        if kind == "units":
            path = _file(f"kod;namn;källa\nN{place:05};Ny {place};1\n")
            return imports.import_referring_units(at(c), path)
        if kind == "codes":
            path = _file(f"kod;titel\nF{place % 90 + 10};Kod {place}\n")
            return imports.import_codes(at(c), "ICD10", path)
        return imports.import_test_numbers(at(c), _file(f"testpersonnummer\n{PUBLISHED}\n"))

    def stored(database: Database, move: int) -> Any:
        count, where = (
            "SELECT count(*) FROM referring_unit WHERE code = :code",
            f"N{move // STEP:05}",
        )
        return _rows(database, count, code=where) if kind == "units" else None

    return Pair((), (act, act), stored)


PUBLISHED = "199307142381"  # an official test number, as in ``tests/seeding.py``


@pair("referring units | referring units")
def _units_units(c: Clinic) -> Pair:
    return _imported("units")


@pair("test numbers | test numbers")
def _numbers_numbers(c: Clinic) -> Pair:
    return _imported("numbers")


@pair("codes | codes")
def _codes_codes(c: Clinic) -> Pair:
    return _imported("codes")


# -- favourites --------------------------------------------------------------------------------


def _favourites(*acts: Act) -> Pair:
    def stored(database: Database, move: int) -> Any:
        rows = _rows(
            database, "SELECT user_id, code, count(*) FROM favourite GROUP BY user_id, code"
        )
        return all(times == 1 for *_, times in rows)

    first, second = acts
    return Pair((), (first, second), stored)


@pair("F7 | F7")
def _mark_mark(c: Clinic) -> Pair:
    def mark(c: Clinic, move: int) -> object:
        return favourites.add(at(c), f"X{move // STEP}", "Egen")

    return _favourites(mark, mark)


@pair("favourites loaded | loaded")
def _load_load(c: Clinic) -> Pair:
    def load(c: Clinic, move: int) -> object:
        place = move // STEP
        return favourites.load(at(c), [(f"A{place}", "Ett"), ("B", "Två"), ("C", "Tre")])

    return _favourites(load, load)


@pair("favourites loaded | F7")
def _load_mark(c: Clinic) -> Pair:
    def load(c: Clinic, move: int) -> object:
        return favourites.load(at(c), [("B", "Två"), (f"D{move // STEP}", "Tre")])

    def mark(c: Clinic, move: int) -> object:
        return favourites.add(at(c), f"D{move // STEP}", "Egen")

    return _favourites(load, mark)


@pair("favourite moved | moved")
def _move_move(c: Clinic) -> Pair:
    favourites.load(at(c), [("B", "Två"), ("C", "Tre"), ("E", "Fyra"), ("G", "Fem")])

    def move_up(code: str) -> Act:
        return lambda c, move: favourites.move(at(c), code, -1 if move // STEP % 2 else 1)

    def stored(database: Database, move: int) -> Any:
        rows = _rows(database, "SELECT user_id, position FROM favourite")
        return len(rows) == len(set(rows))

    return Pair((), (move_up("C"), move_up("E")), stored)
