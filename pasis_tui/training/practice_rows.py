"""Table rows of the practice data, made from its plans; every column is spelled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from pasis_tui.models import wall_clock
from pasis_tui.training.people import practice_person
from pasis_tui.training.population import Member
from pasis_tui.training.treatments import Clinic, Course, Session, workday
from pasis_tui.validation.visits import proposed_fee

Row = dict[str, Any]

TREATMENT_CODE = {"KBT": "DU011", "PDT": "DU008", "IPT": "DU022"}
# The enrolment form's diagnosis → the codes that 184 takes for it (domain.md section 4).
MEDICAL_DIAGNOSES = {
    "F32-": ("F320", "F321"),
    "F40-": ("F400", "F401", "F402", "F408", "F409"),
    "F410": ("F410",),
    "F411": ("F411",),
    "F419P": ("F419",),
    "F42-": ("F420", "F421", "F422", "F429"),
    "F431": ("F431",),
    "F438A": ("F438",),
    "F439P": ("F439",),
}
_SIDE_DIAGNOSES = ("Z733", "Z630", "G470")
_CANCEL_REASONS = ("Patienten har avbokat", "Behandlaren är sjuk", "Fel tid registrerad")
_PLACE = ("address", "postcode", "city", "phone")
_ZONE = wall_clock().tzinfo  # stamps have a zone if the store's own clock has one


def stamp(day: date) -> datetime:
    """Return the time at which the row of *day* was written: five in the afternoon."""
    return datetime.combine(day, time(17), _ZONE)


def versioned(day: date) -> Row:
    """Return the columns of a Versioned row written on *day*."""
    return {"version": 1, "changed_at": stamp(day)}


def add(rows: list[Row], **columns: Any) -> int:
    """Add a row with the next number and return that."""
    rows.append({"id": len(rows) + 1, **columns})
    return len(rows)


def patient_row(member: Member, listed: Mapping[str, int], unit_id: int, written: date) -> Row:
    """Return the patient as the practice population register has the person.

    With protected identity no address, postcode, city or phone is stored (PE02).
    """
    person = practice_person(member.number)
    hidden = member.protected
    return {
        **versioned(written),
        "id": member.id,
        "identity_number": member.number.digits,
        "kind": member.number.kind,
        "birth_date": member.birth,
        "sex": member.sex,
        "family_name": person["family_name"],
        "given_name": person["given_name"],
        **{name: "" if hidden else person[name] for name in _PLACE},
        "listed_unit_id": listed[person["listed_unit"]],
        "protected": hidden,
        "deceased_on": member.deceased_on,
        "interpreter_language": member.language,
        "registered_by_unit_id": unit_id,
    }


class RowWriter:
    """Makes the rows of courses and numbers them; commitments from ``first_commitment``."""

    def __init__(
        self, random: Random, referring: list[Row], today: date, first_commitment: int
    ) -> None:
        self._random = random
        self._referring = {row["id"]: row for row in referring}
        self._today = today
        self._commitments = count(first_commitment)
        self._visits = count(1)

    def course(self, clinic: Clinic, course: Course, patient: Row) -> Iterator[tuple[str, Row]]:
        """Yield (table name, row) of *course*, parents before children."""
        commitment = self._commitment(clinic, course, patient)
        yield "care_commitment", commitment
        owner = {"unit_id": clinic.unit_id, "commitment_id": commitment["id"]}
        yield from self._forms(clinic, course, owner)
        yield from self._visit_rows(clinic, course, patient, owner)

    def _commitment(self, clinic: Clinic, course: Course, patient: Row) -> Row:
        random, arrival = self._random, course.arrival
        review = min(workday(arrival + timedelta(days=random.randint(0, 4))), self._today)
        referring_id = patient["listed_unit_id"]
        if random.random() < 0.08:  # VA08 warns of these
            referring_id = random.choice(list(self._referring))
        closed = course.closed
        closing_caregiver = clinic.therapist(course.therapist, closed).id if closed else None
        return {
            **versioned(closed or review),
            "id": next(self._commitments),
            "unit_id": clinic.unit_id,
            "patient_id": patient["id"],
            "problem": course.problem,
            "arrival_date": arrival,
            "type_of_commitment": "R",
            "referral_source": self._referring[referring_id]["source"],
            "referring_unit_id": referring_id,
            "review_date": review,
            "caregiver_id": clinic.therapist(course.therapist, review).id,
            "decision_date": workday(arrival - timedelta(days=random.randint(1, 9)), -1),
            "closed_on": closed,
            "closing_reason": ("AV" if course.sessions else "ÖV") if closed else None,
            "closing_caregiver_id": closing_caregiver,
            "removed_at": None,
            "invoiced_on": self._invoiced(course),
        }

    def _invoiced(self, course: Course) -> date | None:
        """Return the tenth of the month after the first visit, unless it is still to come."""
        if course.enrolled is None or self._random.random() < 0.08:
            return None
        invoiced = workday((course.enrolled.replace(day=1) + timedelta(days=32)).replace(day=10))
        return invoiced if invoiced <= self._today else None

    def _forms(self, clinic: Clinic, course: Course, owner: Row) -> Iterator[tuple[str, Row]]:
        random = self._random
        enrolled, discharged, followed = course.enrolled, course.discharged, course.followed
        forgotten = discharged is None and course.closed is None and random.random() < 0.1
        if enrolled is None or forgotten:
            return
        sick_since = enrolled - timedelta(days=random.randint(5, 60))
        yield (
            "enrolment_form",
            {
                **versioned(enrolled),
                **owner,
                "date": enrolled,
                "treatment": course.problem,
                "diagnosis": course.diagnosis,
                "caregiver_id": clinic.therapist(course.therapist, enrolled).id,
                "sick_leave_percent": course.sick_start,
                "sick_leave_date": sick_since if course.sick_start else None,
            },
        )
        if discharged is None:
            return
        yield (
            "discharge_form",
            {
                **versioned(discharged),
                **owner,
                "date": discharged,
                "caregiver_id": clinic.therapist(course.therapist, discharged).id,
                "sick_leave_percent": course.sick_end,
            },
        )
        late = course.closed is None and random.random() < 0.15
        if followed is not None and not late:
            approved = random.random() < 0.95
            row = {**versioned(followed), **owner, "date": followed, "approved": approved}
            yield "follow_up_form", row

    def _visit_rows(
        self, clinic: Clinic, course: Course, patient: Row, owner: Row
    ) -> Iterator[tuple[str, Row]]:
        random = self._random
        first_kept = next((s for s in course.sessions if s.kept), None)
        diagnosis = random.choice(MEDICAL_DIAGNOSES[course.diagnosis])
        side = random.choice(_SIDE_DIAGNOSES) if random.random() < 0.08 else None
        previous: int | None = None
        for session in course.sessions:
            contact = "NY" if session is first_kept else "ÅB"
            visit = self._visit(clinic, course, session, patient, contact, previous)
            visit |= owner
            yield "visit", visit
            previous = visit["id"]
            happened = session.kept and session.day <= self._today
            odds = 0.3 if (self._today - session.day).days <= 7 else 0.01
            if happened and random.random() >= odds:
                yield from self._medical(clinic, course, visit, diagnosis, side)

    def _visit(
        self,
        clinic: Clinic,
        course: Course,
        session: Session,
        patient: Row,
        contact: str,
        previous: int | None,
    ) -> Row:
        random, day = self._random, session.day
        therapist = clinic.therapist(course.therapist, day)
        no_show = session.kind == "no-show"
        fee, exemption = proposed_fee(patient["birth_date"], day, no_show=no_show)
        if no_show:
            exemption = ""  # it lowers the no-show fee, which must still be paid
        if session.second:
            fee, exemption = 0, "SJ"  # BE05
        registered = day
        if day > self._today:
            registered = max(self._today - timedelta(days=random.randint(1, 7)), course.arrival)
        cancelled = session.kind == "cancelled"
        return {
            **versioned(registered),
            "id": next(self._visits),
            "patient_id": patient["id"],
            "date": day,
            "time": time(*divmod(session.minute, 60)),
            "reception_id": therapist.reception(day),
            "reason": "U" if session.follow_up else "B",
            "kind": "E",
            "caregiver_id": therapist.id,
            "caregiver_category": therapist.category,
            "contact_type": contact,
            "distance": session.distance,
            "interpreter": bool(patient["interpreter_language"]),
            "no_show": no_show,
            "fee": fee,
            "without_fee": bool(exemption),
            "exemption": exemption,
            "double_of_visit_id": previous if session.second else None,
            "cancelled_at": stamp(registered) if cancelled else None,
            "cancel_reason": random.choice(_CANCEL_REASONS) if cancelled else "",
            "registered_on": registered,
        }

    def _medical(
        self, clinic: Clinic, course: Course, visit: Row, diagnosis: str, side: str | None
    ) -> Iterator[tuple[str, Row]]:
        yield (
            "medical_registration",
            {
                **versioned(visit["date"]),
                "unit_id": clinic.unit_id,
                "visit_id": visit["id"],
                "main_diagnosis": diagnosis,
                "problem": course.problem,
            },
        )
        below = {"unit_id": clinic.unit_id, "visit_id": visit["id"]}
        if side is not None:
            yield "other_diagnosis", {**below, "row": 2, "code": side}
        codes = [TREATMENT_CODE[course.problem]]
        codes += ["ZV051"] if visit["distance"] else []  # BE04
        codes += ["ZV020"] if visit["interpreter"] else []  # BE06
        for position, code in enumerate(codes, start=1):
            yield "procedure_code", {**below, "position": position, "code": code}
