"""THE table: permission → predicates of which one must hold. Absent means denied."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.access.permissions import Permission
from portal.access.predicates import (
    PatientPredicate,
    ReaderPredicate,
    coordinates_patient,
    coordinates_shared_care,
    has_emergency_access,
    is_carer,
    is_coordinator,
    is_entitled,
    is_granted,
    is_in_active_circle,
    is_operator,
    is_patient_expert,
    is_practitioner,
    is_privacy_contact,
    is_professional,
    is_self,
    is_signed_in,
    represents_patient,
    shares,
)
from portal.access.viewer import Standing, Viewer
from portal.models.rights import GrantAction, GrantCategory

PATIENT_POLICY: Mapping[Permission, tuple[PatientPredicate, ...]] = {
    Permission.PATIENT_OPEN: (
        is_self,
        is_carer,
        represents_patient,
        is_in_active_circle,
        coordinates_patient,
        has_emergency_access,
    ),
    Permission.AGENDA_SEE: (
        is_self,
        is_granted(GrantCategory.AGENDA, GrantAction.SEE),
        shares(GrantCategory.AGENDA),
        coordinates_shared_care,
        has_emergency_access,
    ),
    # Answer, ask for another time, say who accompanies, write down one's own.
    Permission.AGENDA_ACT: (is_self, is_granted(GrantCategory.AGENDA, GrantAction.ACT)),
    # Book, move, cancel and answer requests: professionals for themselves, coordinators for all.
    Permission.AGENDA_BOOK: (shares(GrantCategory.AGENDA), coordinates_shared_care),
    Permission.AGENDA_HIDE: (is_self, is_entitled(GrantCategory.AGENDA, GrantAction.ACT)),
    Permission.CARE_TEAM_SEE: (
        is_self,
        is_granted(GrantCategory.CARE_TEAM, GrantAction.SEE),
        shares(GrantCategory.CARE_TEAM),
        coordinates_patient,
        has_emergency_access,
    ),
    # Who keeps it current: what is needed, and who answers for it.
    Permission.CARE_TEAM_ACT: (
        is_self,
        is_granted(GrantCategory.CARE_TEAM, GrantAction.ACT),
        shares(GrantCategory.CARE_TEAM),
        coordinates_patient,
    ),
    # Who manages the consents by law manages the carers; no carer manages carers.
    Permission.INVITATIONS_MAKE: (
        is_self,
        is_entitled(GrantCategory.CONSENTS, GrantAction.ACT),
        coordinates_patient,
    ),
    Permission.CIRCLE_INVITE: (coordinates_patient,),
    Permission.CIRCLE_MANAGE: (coordinates_patient,),
    Permission.CIRCLE_LEAVE: (is_in_active_circle,),
    Permission.CARERS_MANAGE: (is_self, is_entitled(GrantCategory.CONSENTS, GrantAction.ACT)),
    Permission.CARER_LINK_OWN: (is_carer,),
    Permission.CONSENTS_SEE: (
        is_self,
        is_granted(GrantCategory.CONSENTS, GrantAction.SEE),
        coordinates_patient,
    ),
    Permission.CONSENTS_ACT: (is_self, is_entitled(GrantCategory.CONSENTS, GrantAction.ACT)),
    Permission.CONSENTS_RECORD: (coordinates_patient,),
    # Which conversations a professional reads is asked of each: `portal/messaging/visibility.py`.
    Permission.MESSAGES_SEE: (
        is_self,
        is_granted(GrantCategory.MESSAGES, GrantAction.SEE),
        shares(GrantCategory.MESSAGES),
        coordinates_shared_care,
    ),
    # Write as the patient or as a relative of theirs.
    Permission.MESSAGES_ACT: (is_self, is_granted(GrantCategory.MESSAGES, GrantAction.ACT)),
    # Answer, take in charge, hand over, close: those who work for the patient.
    Permission.MESSAGES_ANSWER: (shares(GrantCategory.MESSAGES), coordinates_shared_care),
    Permission.MESSAGES_HIDE: (is_self, is_entitled(GrantCategory.MESSAGES, GrantAction.ACT)),
    # Modules and one's own progress in them; how far the patient is stays theirs.
    Permission.EDUCATION_SEE: (is_self, is_granted(GrantCategory.EDUCATION, GrantAction.SEE)),
    # Answer what the team proposes, say goals, share or keep one's progress.
    Permission.EDUCATION_ACT: (is_self, is_granted(GrantCategory.EDUCATION, GrantAction.ACT)),
    # Propose a programme and follow it, as far as the patient shares it.
    Permission.EDUCATION_FOLLOW: (shares(GrantCategory.EDUCATION), coordinates_shared_care),
    Permission.ACCESS_LOG_SEE: (is_self, is_entitled(GrantCategory.ACCESS_LOG, GrantAction.SEE)),
    Permission.MANDATES_VERIFY: (coordinates_patient,),
}

READER_POLICY: Mapping[Permission, tuple[ReaderPredicate, ...]] = {
    Permission.ACCOUNT_OWN: (is_signed_in,),
    Permission.PATIENTS_LIST: (is_professional,),
    Permission.INBOX_SEE: (is_professional,),
    Permission.DIRECTORY_SEE: (is_professional,),
    Permission.DIRECTORY_MANAGE: (is_coordinator,),
    Permission.WORKDAYS_SEE: (is_professional,),
    Permission.WORKSHOPS_MANAGE: (is_professional,),
    # Which modules is asked of each, by the organization: `portal/education/members.py`.
    Permission.MODULES_SEE: (is_patient_expert, is_practitioner, is_coordinator),
    Permission.MODULES_WRITE: (is_patient_expert,),
    Permission.MODULES_REVIEW: (is_practitioner,),
    Permission.MODULES_MANAGE: (is_coordinator,),
    Permission.ABSENCES_OWN: (is_practitioner,),
    Permission.INDICATORS_SEE: (is_coordinator,),
    Permission.ACCOUNTS_LIST: (is_operator,),
    Permission.COLLEAGUES_INVITE: (is_coordinator,),
    Permission.REPROOFING_OPEN: (is_coordinator,),
    Permission.REPROOFING_CONFIRM: (is_coordinator, is_operator),
    Permission.MAIL_SEE: (is_operator,),
    Permission.EMERGENCY_OPEN: (is_practitioner,),
    Permission.ACCESS_QUESTIONS_ANSWER: (is_privacy_contact,),
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
        return can_towards(standing, permission)
    for predicate in READER_POLICY.get(permission, ()):
        if predicate(viewer):
            return Decision(allowed=True, reason=predicate.__name__)
    return Decision(allowed=False, reason="no predicate holds")


def can_towards(standing: Standing | None, permission: Permission) -> Decision:
    """The same of somebody who is not there: what is asked about is towards a patient."""
    if standing is None:
        return Decision(allowed=False, reason="not linked to the patient")
    for predicate in PATIENT_POLICY[permission]:
        if predicate(standing):
            return Decision(allowed=True, reason=predicate.__name__)
    return Decision(allowed=False, reason="no predicate holds")
