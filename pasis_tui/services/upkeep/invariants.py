"""What is always so in a register, as queries that give the ids of the rows where it is not.

They are the rules of domain.md section 3 that hold whatever the day is, and what the store itself
promises.  ``pasis db check`` and the tests of clerks at once ask the same ones.  The SQL is of both
databases: plain, over all units.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, text

from pasis_tui.models import Versioned
from pasis_tui.store.scope import table_of
from pasis_tui.store.writes import row_type

_KEPT = "{0}.cancelled_at IS NULL AND NOT {0}.no_show"
_TREATMENTS = "('DU008', 'DU011', 'DU022')"
_SHOWN = 5  # ids of a fault


class Invariant(NamedTuple):
    """``sql`` gives the ids of the rows where it does not hold; ``broken`` says what they are.

    ``of`` is the table whose ids they are: of a form its commitment's, of a registration its visit's.
    """

    name: str
    broken: str
    sql: str
    of: str


class Broken(NamedTuple):
    """An invariant that does not hold for *ids*."""

    invariant: Invariant
    ids: tuple[int, ...]

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.ids[:_SHOWN])) + (" …" if len(self.ids) > _SHOWN else "")
        return f"{self.invariant.broken}: {len(self.ids)} (ID {shown})"


_CARE = "visit v JOIN care_commitment c ON c.id = v.commitment_id"
_FORMS = ("enrolment_form", "discharge_form", "follow_up_form")
_ANY_FORM = " OR ".join(
    f"EXISTS (SELECT 1 FROM {name} f WHERE f.commitment_id = c.id)" for name in _FORMS
)
_ANY_VISIT = (
    "EXISTS (SELECT 1 FROM visit v WHERE v.commitment_id = c.id AND v.cancelled_at IS NULL)"
)
_EARLIER = (
    "EXISTS (SELECT 1 FROM visit e WHERE e.commitment_id = v.commitment_id AND "
    + _KEPT.format("e")
    + " AND (e.date < v.date OR (e.date = v.date AND (e.time < v.time"
    " OR (e.time = v.time AND e.id < v.id)))))"
)

OF_THE_DOMAIN: tuple[Invariant, ...] = (
    Invariant(
        "visit of its commitment's patient and unit",
        "besök med annan patient eller enhet än sitt vårdåtagande",
        f"SELECT v.id FROM {_CARE} WHERE v.patient_id <> c.patient_id OR v.unit_id <> c.unit_id",
        "visit",
    ),
    Invariant(
        "BE01 no visit before arrival",
        "besök före vårdåtagandets ankomstdatum",
        f"SELECT v.id FROM {_CARE} WHERE v.cancelled_at IS NULL AND v.date < c.arrival_date",
        "visit",
    ),
    Invariant(
        "VA32 no visit after closing",
        "besök efter att vårdåtagandet avslutats",
        f"SELECT v.id FROM {_CARE} WHERE v.cancelled_at IS NULL AND v.date > c.closed_on",
        "visit",
    ),
    Invariant(
        "a closing is whole",
        "avslut utan orsak eller signatur, eller orsak utan avslut",
        "SELECT c.id FROM care_commitment c WHERE (c.closed_on IS NULL) <> (c.closing_reason IS NULL)"
        " OR (c.closed_on IS NULL) <> (c.closing_caregiver_id IS NULL)",
        "care_commitment",
    ),
    Invariant(
        "VA30 AV exactly with visits",
        "avslut med en orsak som inte stämmer med besöken (VA30)",
        "SELECT c.id FROM care_commitment c WHERE c.closed_on IS NOT NULL"
        f" AND (c.closing_reason = 'AV') <> ({_ANY_VISIT})",
        "care_commitment",
    ),
    Invariant(
        "VA31 the closing date",
        "avslut med annat datum än uppföljningens eller sista besökets (VA31)",
        "SELECT c.id FROM care_commitment c WHERE c.closed_on <> COALESCE("
        "(SELECT f.date FROM follow_up_form f WHERE f.commitment_id = c.id),"
        " (SELECT max(v.date) FROM visit v WHERE v.commitment_id = c.id"
        " AND v.cancelled_at IS NULL), c.closed_on)",
        "care_commitment",
    ),
    Invariant(
        "VA20 what is removed has nothing",
        "borttagna vårdåtaganden med besök eller formulär (VA20)",
        "SELECT c.id FROM care_commitment c WHERE c.removed_at IS NOT NULL"
        f" AND ({_ANY_VISIT} OR {_ANY_FORM})",
        "care_commitment",
    ),
    Invariant(
        "VA12 one open commitment",
        "patienter med två öppna vårdåtaganden för samma problem (VA12)",
        "SELECT min(c.id) FROM care_commitment c WHERE c.closed_on IS NULL AND c.removed_at IS NULL"
        " GROUP BY c.patient_id, c.unit_id, c.problem HAVING count(*) > 1",
        "care_commitment",
    ),
    Invariant(
        "FO07 enrolment after arrival",
        "inskrivning före vårdåtagandets ankomstdatum (FO07)",
        "SELECT c.id FROM enrolment_form f JOIN care_commitment c ON c.id = f.commitment_id"
        " WHERE f.date < c.arrival_date",
        "care_commitment",
    ),
    Invariant(
        "FO03 FO07 discharge after enrolment",
        "utskrivning utan inskrivning eller före den (FO03, FO07)",
        "SELECT d.commitment_id FROM discharge_form d LEFT JOIN enrolment_form e"
        " ON e.commitment_id = d.commitment_id WHERE e.date IS NULL OR d.date < e.date",
        "care_commitment",
    ),
    Invariant(
        "FO04 FO07 follow-up after discharge",
        "uppföljning utan utskrivning eller före den (FO04, FO07)",
        "SELECT f.commitment_id FROM follow_up_form f LEFT JOIN discharge_form d"
        " ON d.commitment_id = f.commitment_id WHERE d.date IS NULL OR f.date < d.date",
        "care_commitment",
    ),
    *(
        Invariant(
            f"{name} of its commitment's unit",
            f"formulär ({name}) på en annan enhet än vårdåtagandet",
            f"SELECT f.commitment_id FROM {name} f JOIN care_commitment c"
            " ON c.id = f.commitment_id WHERE f.unit_id <> c.unit_id",
            "care_commitment",
        )
        for name in _FORMS
    ),
    Invariant(
        "registration of its visit's unit",
        "medicinska registreringar på en annan enhet än besöket",
        "SELECT m.visit_id FROM medical_registration m JOIN visit v ON v.id = m.visit_id"
        " WHERE m.unit_id <> v.unit_id",
        "visit",
    ),
    Invariant(
        "ME01 no codes of a no-show",
        "medicinska registreringar av uteblivna besök (ME01)",
        "SELECT v.id FROM visit v JOIN medical_registration m ON m.visit_id = v.id"
        " WHERE v.no_show AND v.cancelled_at IS NULL",
        "visit",
    ),
    Invariant(
        "ME04 a treatment code",
        "medicinska registreringar utan behandlingens KVÅ-kod (ME04)",
        "SELECT m.visit_id FROM medical_registration m WHERE NOT EXISTS (SELECT 1 FROM procedure_code p"
        f" WHERE p.visit_id = m.visit_id AND p.code IN {_TREATMENTS})",
        "visit",
    ),
    Invariant(
        "BE03 the first kept visit is NY",
        "besök med fel kontakttyp: det första är NY, och inget annat (BE03)",
        f"SELECT v.id FROM visit v WHERE {_KEPT.format('v')}"
        f" AND (v.contact_type = 'NY') = ({_EARLIER})",
        "visit",
    ),
    Invariant(
        "BE05 the second half is free",
        "dubbelsessionens andra besök med avgift eller i ett annat vårdåtagande (BE05)",
        "SELECT v.id FROM visit v JOIN visit d ON d.id = v.double_of_visit_id"
        f" WHERE {_KEPT.format('v')} AND (NOT v.without_fee OR v.commitment_id <> d.commitment_id)",
        "visit",
    ),
    Invariant(
        "BE05 the second half has its first",
        "dubbelsessionens andra besök utan sitt första (BE05)",
        "SELECT v.id FROM visit v JOIN visit d ON d.id = v.double_of_visit_id"
        f" WHERE {_KEPT.format('v')} AND NOT ({_KEPT.format('d')})",
        "visit",
    ),
    Invariant(
        "BE05 a double session is two",
        "dubbelsessioner med fler än två besök (BE05)",
        "SELECT min(v.double_of_visit_id) FROM visit v JOIN visit d ON d.id = v.double_of_visit_id"
        f" WHERE {_KEPT.format('v')} GROUP BY v.double_of_visit_id"
        " HAVING count(*) > 1 OR max(d.double_of_visit_id) IS NOT NULL",
        "visit",
    ),
    Invariant(
        "BE08 a start once",
        "besök som startar två gånger (BE08)",
        "SELECT min(v.id) FROM visit v WHERE v.cancelled_at IS NULL"
        " GROUP BY v.patient_id, v.caregiver_id, v.date, v.time HAVING count(*) > 1",
        "visit",
    ),
    Invariant(
        "places and people of the own unit",
        "besök med en annan enhets mottagning eller vårdgivare (SE01)",
        "SELECT v.id FROM visit v JOIN reception r ON r.id = v.reception_id"
        " JOIN caregiver g ON g.id = v.caregiver_id"
        " WHERE r.unit_id <> v.unit_id OR g.unit_id <> v.unit_id",
        "visit",
    ),
    Invariant(
        "fees",
        "besök med negativ avgift, eller utan avgift och utan orsak",
        "SELECT v.id FROM visit v WHERE v.fee < 0 OR (v.without_fee AND v.exemption = '')",
        "visit",
    ),
    Invariant(
        "no address of a protected person",
        "patienter med skyddade personuppgifter och sparad adress eller telefon",
        "SELECT p.id FROM patient p WHERE p.protected"
        " AND (p.address <> '' OR p.postcode <> '' OR p.city <> '' OR p.phone <> '')",
        "patient",
    ),
    Invariant(
        "HK07 one frikort at a time",
        "frikort som gäller samtidigt för en patient (HK07)",
        "SELECT k.id FROM free_card k JOIN free_card o ON o.patient_id = k.patient_id"
        " AND o.unit_id = k.unit_id AND o.id > k.id"
        " AND o.valid_from <= k.valid_to AND k.valid_from <= o.valid_to"
        " WHERE k.removed_at IS NULL AND o.removed_at IS NULL",
        "free_card",
    ),
    Invariant(
        "a frikort's days",
        "frikort som slutar innan de börjar",
        "SELECT k.id FROM free_card k WHERE k.valid_to < k.valid_from",
        "free_card",
    ),
    Invariant(
        "a caregiver's days",
        "vårdgivare som slutar innan de börjar",
        "SELECT g.id FROM caregiver g WHERE g.active_to < g.active_from",
        "caregiver",
    ),
)


def _of_the_store() -> Iterator[Invariant]:
    for model in sorted(Versioned.__subclasses__(), key=lambda model: model.__name__):
        table = table_of(model)
        key, name = row_type(model).keys[0], table.name
        sql = f'SELECT {key} FROM "{name}" WHERE version < 1'
        yield Invariant(f"version of {name}", f"rader i {name} med en version under 1", sql, name)


OF_THE_STORE: tuple[Invariant, ...] = tuple(_of_the_store())
# Whose creation the log tells (a registration may be saved with its visit, in one event): the table, its key, the id below which practice data made it.
_LOGGED = (
    ("care_commitment", "id", "care_commitment"),
    ("visit", "id", "visit"),
    ("enrolment_form", "commitment_id", "care_commitment"),
    ("discharge_form", "commitment_id", "care_commitment"),
    ("follow_up_form", "commitment_id", "care_commitment"),
)


def _logged_since(connection: Connection) -> Iterator[Invariant]:
    made = _made_by_practice(connection)
    for name, key, counted in _LOGGED:
        sql = (
            f"SELECT r.{key} FROM {name} r WHERE r.{key} > {made[counted]} AND NOT EXISTS"
            f" (SELECT 1 FROM audit_event a WHERE a.entity = '{name}' AND a.entity_id = r.{key}"
            " AND a.action = 'create')"
        )
        broken = f"rader i {name} som loggen inte har sett skapas"
        yield Invariant(f"{name} logged", broken, sql, counted)


def _made_by_practice(connection: Connection) -> dict[str, int]:
    """Return the last ids that practice data made: its rows have no events, for nobody typed them."""
    event = connection.execute(
        text("SELECT changes FROM audit_event WHERE entity = 'practice' AND action = 'create'")
    ).first()
    if event is None:
        return {"care_commitment": 0, "visit": 0}
    counts = json.loads(event[0])
    first = connection.execute(text("SELECT min(id) FROM care_commitment")).scalar() or 0
    return {
        "care_commitment": first + counts["care_commitment"][1] - 1,
        "visit": counts["visit"][1],
    }


def broken(connection: Connection) -> list[Broken]:
    """Return every invariant that does not hold, in the order they are written."""
    found = []
    for invariant in (*OF_THE_DOMAIN, *OF_THE_STORE, *_logged_since(connection)):
        if ids := tuple(row[0] for row in connection.execute(text(invariant.sql))):
            found.append(Broken(invariant, ids))
    return found
