"""Which class shows which screen; a view's module is imported when it is first opened."""

from __future__ import annotations

import sys
from importlib import import_module

from pasis_tui.shell.view import View
from pasis_tui.terminal import heap

_VIEWS = {
    "meny": ("menu", "MenuView"),
    "favoriter": ("favourites", "FavouritesView"),
    "014": ("v014_person", "PersonView"),
    "040": ("v040_care_commitments", "CareCommitmentsView"),
    "048": ("v048_overview", "OverviewView"),
    "048 I": ("v048_forms", "EnrolmentView"),
    "048 U": ("v048_forms", "DischargeView"),
    "048 P": ("v048_forms", "FollowUpView"),
    "083": ("v083_contacts", "ContactsView"),
    "085": ("v085_visit_registration", "VisitRegistrationView"),
    "184": ("v184_medical_registration", "MedicalRegistrationView"),
    "283 1": ("v283_cost_overview", "CostOverviewView"),
    "283 2": ("v283_manual_visits", "ManualVisitsView"),
    "610": ("v610_free_cards", "FreeCardsView"),
    "051": ("v051_statistics", "StatisticsView"),
    "AG": ("vag_worklist", "WorklistView"),
    "KL": ("vkl_control_list", "ControlListView"),
    "FB": ("vfb_visit_list", "VisitListView"),
    "HP": ("vhp_files", "PsychotherapyFilesView"),
    "HL": ("vhp_files", "ListFilesView"),
    "LG": ("vlg_access_log", "AccessLogView"),
    "SU": ("vsu_support", "SupportView"),
    "IN": ("settings", "SettingsView"),
    "ÖV": ("ov_exercises", "ExercisesView"),
    "ÖV R": ("ov_result", "ResultView"),
    "ÖV S": ("ov_result", "ShadowView"),
    "KT": ("kt_board", "ClassBoardView"),
    "ÖV K": ("ov_drills", "DrillsView"),
    "184 K": ("v184_medical_registration", "ProcedureCodesView"),
}

CODES = frozenset(_VIEWS)


def view_class(code: str) -> type[View]:
    """Return the class of the screen *code*; KeyError when there is none."""
    module, name = f"pasis_tui.views.{_VIEWS[code][0]}", _VIEWS[code][1]
    is_new = module not in sys.modules
    chosen: type[View] = getattr(import_module(module), name)
    if is_new:
        heap.give_back()
    return chosen
