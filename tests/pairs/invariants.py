"""The rules of the domain as conditions on stored rows; none of them takes more than reading."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from pasis_tui.store.database import Database

_KEPT = "v.cancelled_at IS NULL"
# Each selects the patients of the rows that break it.
RULES = {
    "VA20 a removed vårdåtagande has visits": f"""
        SELECT v.patient_id FROM visit v JOIN care_commitment c ON c.id = v.commitment_id
        WHERE c.removed_at IS NOT NULL AND {_KEPT}""",
    "VA20 a removed vårdåtagande has a form": """
        SELECT c.patient_id FROM care_commitment c WHERE c.removed_at IS NOT NULL AND (
            EXISTS (SELECT 1 FROM enrolment_form f WHERE f.commitment_id = c.id)
            OR EXISTS (SELECT 1 FROM discharge_form f WHERE f.commitment_id = c.id)
            OR EXISTS (SELECT 1 FROM follow_up_form f WHERE f.commitment_id = c.id))""",
    "VA30 AV without a visit": f"""
        SELECT c.patient_id FROM care_commitment c
        WHERE c.closed_on IS NOT NULL AND c.closing_reason = 'AV' AND NOT EXISTS
            (SELECT 1 FROM visit v WHERE v.commitment_id = c.id AND {_KEPT})""",
    "VA30 another reason than AV with a visit": f"""
        SELECT c.patient_id FROM care_commitment c JOIN visit v ON v.commitment_id = c.id
        WHERE c.closed_on IS NOT NULL AND c.closing_reason <> 'AV' AND {_KEPT}""",
    "VA32 a visit after the closing": f"""
        SELECT c.patient_id FROM care_commitment c JOIN visit v ON v.commitment_id = c.id
        WHERE c.closed_on IS NOT NULL AND {_KEPT} AND v.date > c.closed_on""",
    "VA31 closed on another day than the follow-up's or the last visit's": f"""
        SELECT c.patient_id FROM care_commitment c
        LEFT JOIN follow_up_form f ON f.commitment_id = c.id
        WHERE c.closed_on IS NOT NULL AND c.removed_at IS NULL AND c.closed_on <> coalesce(f.date,
            (SELECT max(v.date) FROM visit v WHERE v.commitment_id = c.id AND {_KEPT}),
            c.closed_on)""",
    "VA12 two open vårdåtaganden for one problem": """
        SELECT patient_id FROM care_commitment
        WHERE closed_on IS NULL AND removed_at IS NULL
        GROUP BY patient_id, unit_id, problem HAVING count(*) > 1""",
    "FO03 discharged without being enrolled, or before": """
        SELECT c.patient_id FROM discharge_form d JOIN care_commitment c ON c.id = d.commitment_id
        LEFT JOIN enrolment_form e ON e.commitment_id = d.commitment_id
        WHERE e.date IS NULL OR e.date > d.date""",
    "FO04 followed up without being discharged, or before": """
        SELECT c.patient_id FROM follow_up_form f JOIN care_commitment c ON c.id = f.commitment_id
        LEFT JOIN discharge_form d ON d.commitment_id = f.commitment_id
        WHERE d.date IS NULL OR d.date > f.date""",
    "FO07 a form before the arrival": """
        SELECT c.patient_id FROM enrolment_form e JOIN care_commitment c ON c.id = e.commitment_id
        WHERE e.date < c.arrival_date""",
    "VA06 a visit before the arrival": f"""
        SELECT c.patient_id FROM visit v JOIN care_commitment c ON c.id = v.commitment_id
        WHERE v.date < c.arrival_date AND {_KEPT}""",
    "BE03 not exactly the first kept visit is NY": f"""
        SELECT v.patient_id FROM visit v WHERE {_KEPT} AND NOT v.no_show
        AND (v.contact_type = 'NY') = EXISTS (
            SELECT 1 FROM visit w WHERE w.commitment_id = v.commitment_id
            AND w.cancelled_at IS NULL AND NOT w.no_show
            AND (w.date < v.date OR (w.date = v.date AND w.time < v.time)))""",
    "BE08 two visits of a patient at one time with one caregiver": f"""
        SELECT v.patient_id FROM visit v WHERE {_KEPT}
        GROUP BY v.patient_id, v.caregiver_id, v.date, v.time HAVING count(*) > 1""",
    "BE05 a second half without its first": f"""
        SELECT v.patient_id FROM visit v JOIN visit w ON w.id = v.double_of_visit_id
        WHERE {_KEPT} AND (w.cancelled_at IS NOT NULL OR w.no_show)""",
    "HK07 two frikort that overlap": """
        SELECT a.patient_id FROM free_card a JOIN free_card b ON b.patient_id = a.patient_id
        AND b.id > a.id AND b.valid_from <= a.valid_to AND a.valid_from <= b.valid_to
        WHERE a.removed_at IS NULL AND b.removed_at IS NULL""",
    "ME01 a registration made of a visit that was cancelled or not kept already": """
        SELECT v.patient_id FROM visit v JOIN audit_event m
        ON m.entity = 'medical_registration' AND m.entity_id = v.id AND m.action = 'create'
        JOIN audit_event c ON c.entity = 'visit' AND c.entity_id = v.id AND c.id < m.id
        WHERE c.action = 'cancel'""",
}


def broken_rules(database: Database, patients: Iterable[int]) -> dict[int, str]:
    """Return {patient: the rules that what is stored of them breaks}."""
    wanted = set(patients)
    broken: dict[int, str] = {}
    with database.reading_engine.connect() as connection:
        for rule, statement in RULES.items():
            for (patient,) in connection.execute(text(statement)):
                if patient in wanted:
                    broken[patient] = f"{broken[patient]}; {rule}" if patient in broken else rule
    return broken
