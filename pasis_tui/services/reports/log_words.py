"""What the fields that the audit log names are called: as on their screen, else as here."""

from __future__ import annotations

from functools import cache

from pasis_tui.display.display_files import displays

# The screens where what the log tells of is typed.
_SCREENS = {
    "patient": ("014",),
    "care_commitment": ("040",),
    "enrolment_form": ("048 I",),
    "follow_up_form": ("048 P",),
    "discharge_form": ("048 U",),
    "visit": ("184", "085"),
    "medical_registration": ("184",),
    "external_fee": ("283 2",),
    "free_card": ("610",),
    "list": ("FB",),
    "list_order": ("FB",),
    "user_account": ("IN",),
}
# What is on no screen, or is called otherwise there.
_WORDS = {
    "active_from": "Första dag",
    "active_to": "Sista dag",
    "cancelled": "Makulerat",
    "care_commitment": "Vårdåtaganden",
    "category": "Vårdgivarkategori",
    "code": "Kod",
    "codes": "Antal koder",
    "commitment": "Vårdåtagande",
    "date": "Datum",
    "decision": "Bedömning",
    "disabled": "Avstängd",
    "double_of_visit_id": "Andra hälft av besök",
    "event": "Loggens rad",
    "fee": "Avgift",
    "from_date": "Fr.o.m.",
    "identity_number": "Personnummer",
    "invoiced_on": "Fakturerad",
    "is_branch": "Filial",
    "kind": "Slag",
    "kva": "KVÅ",
    "listed_unit_id": "Listad på",
    "name": "Namn",
    "numbers": "Antal testnummer",
    "patient": "Patienter",
    "place": "Ort",
    "population": "Händelser att dra av",
    "protected": "Skyddade",
    "protected_reason": "Orsak",
    "reception": "Mottagning",
    "refused": "Gick inte",
    "removed": "Borttaget",
    "roles": "Roller",
    "saved": "Införda",
    "seed": "Frö",
    "shown": "Visat",
    "signature": "Signatur",
    "size": "Dragna rader",
    "skipped": "Överhoppade",
    "source": "Källa",
    "state": "Läge",
    "system": "Kodsystem",
    "time": "Tid",
    "to_date": "T.o.m.",
    "unit": "Enhet",
    "visit": "Besök",
}


def field_word(entity: str, name: str) -> str:
    """Return what the field *name* of *entity* is called in Swedish; a name nobody knows as it is."""
    return _labels(entity).get(name) or _WORDS.get(name, name)


@cache
def _labels(entity: str) -> dict[str, str]:
    forms = [form for code in _SCREENS.get(entity, ()) for form in displays()[code].formats]
    return {field.name: field.label for form in forms if not form.list for field in form.fields}
