"""What can be asked for: `category:action`."""

from enum import StrEnum


class Permission(StrEnum):
    """The first group needs a patient in the URL, the second only a signed-in reader."""

    PATIENT_OPEN = "patient:open"
    AGENDA_SEE = "agenda:see"
    CARE_TEAM_SEE = "care_team:see"
    CARE_TEAM_ACT = "care_team:act"
    INVITATIONS_MAKE = "invitations:make"
    CIRCLE_INVITE = "circle:invite"
    CIRCLE_MANAGE = "circle:manage"
    CIRCLE_LEAVE = "circle:leave"
    AGENDA_HIDE = "agenda:hide"
    CARERS_MANAGE = "carers:manage"
    CARER_LINK_OWN = "carer_link:own"
    CONSENTS_SEE = "consents:see"
    CONSENTS_ACT = "consents:act"
    CONSENTS_RECORD = "consents:record"
    ACCESS_LOG_SEE = "access_log:see"
    MANDATES_VERIFY = "mandates:verify"

    ACCOUNT_OWN = "account:own"
    PATIENTS_LIST = "patients:list"
    DIRECTORY_SEE = "directory:see"
    DIRECTORY_MANAGE = "directory:manage"
    ABSENCES_OWN = "absences:own"
    INDICATORS_SEE = "indicators:see"
    ACCOUNTS_LIST = "accounts:list"
    COLLEAGUES_INVITE = "colleagues:invite"
    REPROOFING_OPEN = "reproofing:open"
    REPROOFING_CONFIRM = "reproofing:confirm"
    MAIL_SEE = "mail:see"
    EMERGENCY_OPEN = "emergency:open"
    ACCESS_QUESTIONS_ANSWER = "access_questions:answer"
