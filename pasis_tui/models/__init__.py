"""The tables, a module per subject.

``table=True`` classes validate nothing: the validation module is the only door to a row.
"""

from pasis_tui.models.base import Id, UnitOwned, Versioned, wall_clock
from pasis_tui.models.care_commitments import (
    CareCommitment,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
)
from pasis_tui.models.cost_protection import ExternalFee, FreeCard
from pasis_tui.models.lists import ListOrder, SkippedTransfer, StatisticsOrder
from pasis_tui.models.organisation import Caregiver, Reception, ReferringUnit, Unit
from pasis_tui.models.patients import Patient
from pasis_tui.models.system import (
    Action,
    AuditEvent,
    AuditEventPatient,
    DatabaseFact,
    Entity,
    ImportedCode,
    ImportedTestNumber,
    SpotCheck,
    SpotCheckEvent,
)
from pasis_tui.models.users import Favourite, Presence, Right, User, UserUnit
from pasis_tui.models.visits import MedicalRegistration, OtherDiagnosis, ProcedureCode, Visit

__all__ = [
    "Action",
    "AuditEvent",
    "AuditEventPatient",
    "CareCommitment",
    "Caregiver",
    "DatabaseFact",
    "DischargeForm",
    "EnrolmentForm",
    "Entity",
    "ExternalFee",
    "Favourite",
    "FollowUpForm",
    "FreeCard",
    "Id",
    "ImportedCode",
    "ImportedTestNumber",
    "ListOrder",
    "MedicalRegistration",
    "OtherDiagnosis",
    "Patient",
    "Presence",
    "ProcedureCode",
    "Reception",
    "ReferringUnit",
    "Right",
    "SkippedTransfer",
    "SpotCheck",
    "SpotCheckEvent",
    "StatisticsOrder",
    "Unit",
    "UnitOwned",
    "User",
    "UserUnit",
    "Versioned",
    "Visit",
    "wall_clock",
]
