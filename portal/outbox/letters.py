"""Which letters exist. Their words are in `web/mail.py`, in the reader's language."""

from enum import StrEnum


class Letter(StrEnum):
    INVITATION = "invitation"
    INVITATION_ACCEPTED = "invitation_accepted"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # the name of a letter
    EMAIL_CHANGE_CONFIRM = "email_change_confirm"
    """To the new address."""
    EMAIL_CHANGE_ASKED = "email_change_asked"
    """To the old address, with a link that stops it."""
    SECURITY_NOTICE = "security_notice"
    """Something happened to the account: `kind` says what."""
    REPROOFING_CONFIRMED = "reproofing_confirmed"
    """With a link that stops it."""
    REPROOFING_READY = "reproofing_ready"
    """With the link to the page where the sheet is typed; it opens nothing by itself."""
