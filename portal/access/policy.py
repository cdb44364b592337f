"""THE table: permission → predicates of which one must hold. Absent means denied."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.access.permissions import Permission
from portal.access.predicates import (
    PatientPredicate,
    ReaderPredicate,
    coordinates_patient,
    is_carer,
    is_carer_granted,
    is_coordinator,
    is_in_active_circle,
    is_operator,
    is_professional,
    is_self,
    is_signed_in,
)
from portal.access.viewer import Standing, Viewer
from portal.models.care import GrantAction, GrantCategory

PATIENT_POLICY: Mapping[Permission, tuple[PatientPredicate, ...]] = {
    Permission.PATIENT_OPEN: (is_self, is_carer, is_in_active_circle, coordinates_patient),
    Permission.AGENDA_SEE: (
        is_self,
        is_carer_granted(GrantCategory.AGENDA, GrantAction.SEE),
        is_in_active_circle,
        coordinates_patient,
    ),
    Permission.CARE_TEAM_SEE: (
        is_self,
        is_carer_granted(GrantCategory.CARE_TEAM, GrantAction.SEE),
        is_in_active_circle,
        coordinates_patient,
    ),
    Permission.INVITATIONS_MAKE: (is_self, coordinates_patient),
}

READER_POLICY: Mapping[Permission, tuple[ReaderPredicate, ...]] = {
    Permission.ACCOUNT_OWN: (is_signed_in,),
    Permission.PATIENTS_LIST: (is_professional,),
    Permission.ACCOUNTS_LIST: (is_operator,),
    Permission.COLLEAGUES_INVITE: (is_coordinator,),
    Permission.REPROOFING_OPEN: (is_coordinator,),
    Permission.REPROOFING_CONFIRM: (is_coordinator, is_operator),
    Permission.MAIL_SEE: (is_operator,),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and the sentence that decided: a predicate's name, or why not."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def can(viewer: Viewer, permission: Permission, standing: Standing | None = None) -> Decision:
    """Decide on facts that were read with the data; nothing is looked up here."""
    if permission in PATIENT_POLICY:
        return _can_towards(standing, permission)
    for predicate in READER_POLICY.get(permission, ()):
        if predicate(viewer):
            return Decision(allowed=True, reason=predicate.__name__)
    return Decision(allowed=False, reason="no predicate holds")


def _can_towards(standing: Standing | None, permission: Permission) -> Decision:
    if standing is None:
        return Decision(allowed=False, reason="not linked to the patient")
    for predicate in PATIENT_POLICY[permission]:
        if predicate(standing):
            return Decision(allowed=True, reason=predicate.__name__)
    return Decision(allowed=False, reason="no predicate holds")
