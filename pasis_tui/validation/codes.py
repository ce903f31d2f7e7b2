"""The code tables of ``data/codes.toml`` (domain.md section 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pasis_tui.resources import folder
from pasis_tui.validation import toml_files

# Named here so that a display file can be checked without reading the tables.
TABLES = frozenset(
    {
        "problem",
        "type_of_commitment",
        "referral_source",
        "closing_reason",
        "exemption",
        "fee_proof",
        "contact_type",
        "visit_kind",
        "visit_reason",
        "category",
        "sick_leave",
        "yesno",
        "state",
        "sex",
        "lane",
        "enrolment_diagnosis",
        "main_diagnosis",
        "kva",
        "control_list",
        "worklist_view",
    }
)
# Rows of the database.
DYNAMIC = frozenset({"referring_unit", "caregiver", "reception", "commitment", "interval", "icd10"})
# What may be imported as a whole: {table: (system of the official file, the table that ships)}.
OFFICIAL = {"icd10": ("ICD10", "main_diagnosis"), "kva": ("KVA", "kva")}


Tables = dict[Annotated[str, toml_files.EachOf((*sorted(TABLES),))], dict[str, str]]
"""What ``data/codes.toml`` holds: {table: {code: Swedish text}}."""


@cache
def tables() -> Tables:
    """Return every code table by its name.  Raises BadFile."""
    return toml_files.read(folder("data") / "codes.toml", Tables)


def table(name: str) -> Mapping[str, str]:
    """Return the code table *name* as {code: Swedish text}; KeyError when there is none."""
    return tables()[name]


TREATMENT_OF = {"KBT": "DU011", "IPT": "DU022", "PDT": "DU008"}  # problem → its KVÅ
TREATMENTS = frozenset(TREATMENT_OF.values())
KVA = re.compile(r"[A-ZÅÄÖ]{2}[0-9]{3}|[A-ZÅÄÖ]{3}[0-9]{2}")  # the shape of a code
TELEMEDICINE = "ZV051"
INTERPRETER = "ZV020"
DOUBLE_SESSION = ("F431", "F42")  # diagnoses that may have double sessions (BE05)


def agrees(enrolment_diagnosis: str, main_diagnosis: str) -> bool:
    """Whether a visit's diagnosis is one of those its enrolment form's code stands for (ME06)."""
    stem = enrolment_diagnosis.rstrip("-")[:4].rstrip("AP")
    return main_diagnosis.startswith(stem)
