"""What happened to an account, in one plain sentence: for its history and for the notices."""

from portal.models.credential import SecurityEventKind
from portal.web.i18n import gettext
from portal.web.labels import N_

Kind = SecurityEventKind

_SENTENCES = {
    Kind.ENROLLED: N_("Your account was opened"),
    Kind.SIGNED_IN: N_("Sign-in to your account"),
    Kind.SIGNED_IN_NEW_DEVICE: N_("Sign-in from a new device"),
    Kind.SIGN_IN_BLOCKED: N_("Too many wrong passwords or codes: sign-in was paused for a while"),
    Kind.RECOVERY_CODE_USED: N_("A recovery code was used"),
    Kind.RECOVERY_CODES_RENEWED: N_("New recovery codes were made, the old ones no longer work"),
    Kind.TOTP_ADDED: N_("A code app was added"),
    Kind.TOTP_REMOVED: N_("A code app was removed"),
    Kind.PASSKEY_ADDED: N_("A passkey was added"),
    Kind.PASSKEY_REMOVED: N_("A passkey was removed"),
    Kind.SHEET_ADDED: N_("A sheet of codes was added"),
    Kind.SHEET_REMOVED: N_("A sheet of codes was removed"),
    Kind.PASSWORD_CHANGED: N_("Your password was changed"),
    Kind.PASSWORD_RESET_ASKED: N_("A link to choose a new password was asked for"),
    Kind.PASSWORD_RESET: N_("A new password was chosen through a link sent by e-mail"),
    Kind.EMAIL_CHANGE_ASKED: N_("A change of your e-mail address was asked for"),
    Kind.EMAIL_CHANGE_CANCELLED: N_("The change of your e-mail address was stopped"),
    Kind.EMAIL_CHANGED: N_("The e-mail address of your account was changed"),
    Kind.NAME_CHANGED: N_("Your name was changed"),
    Kind.SESSION_ENDED: N_("A device was signed out"),
    Kind.SESSIONS_ENDED: N_("The other devices were signed out"),
    Kind.REPROOFING_OPENED: N_("The team asked for a new access to your account"),
    Kind.REPROOFING_CONFIRMED: N_("A second person of the team confirmed this new access"),
    Kind.REPROOFING_PRINTED: N_("A new sheet for your new way in was printed"),
    Kind.REPROOFING_CANCELLED: N_("The request for a new access was stopped"),
    Kind.REPROOFED: N_("Your account was protected anew, the old codes no longer work"),
    Kind.INVITATION_ACCEPTED: N_("An invitation of yours was accepted"),
    Kind.INVITATION_LOCKED: N_("An invitation of yours was withdrawn after 5 wrong dates of birth"),
    Kind.CARER_JOINED: N_("Somebody whom the team invited can now follow you in Relais"),
    Kind.CALENDAR_ADDED: N_("A link to your agenda was made for a calendar"),
    Kind.CALENDAR_REMOVED: N_("A link to your agenda was taken back"),
}


def security_sentence(kind: SecurityEventKind, detail: str = "") -> str:
    """`Une application de codes a été ajoutée : Téléphone`, without a full stop.

    `detail` is as the event keeps it: the name of a factor, or an address. Mails give none.
    """
    sentence = gettext(_SENTENCES[kind])
    if not detail:
        return sentence
    return gettext("%(what)s: %(detail)s", what=sentence, detail=detail)
