"""What can be asked for: `category:action`."""

from enum import StrEnum


class Permission(StrEnum):
    """The first group needs a patient in the URL, the second only a signed-in reader."""

    PATIENT_OPEN = "patient:open"
    AGENDA_SEE = "agenda:see"
    CARE_TEAM_SEE = "care_team:see"
    INVITATIONS_MAKE = "invitations:make"

    ACCOUNT_OWN = "account:own"
    PATIENTS_LIST = "patients:list"
    ACCOUNTS_LIST = "accounts:list"
    COLLEAGUES_INVITE = "colleagues:invite"
    REPROOFING_OPEN = "reproofing:open"
    REPROOFING_CONFIRM = "reproofing:confirm"
    MAIL_SEE = "mail:see"
