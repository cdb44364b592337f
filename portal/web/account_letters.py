"""The words of the letters about an account: invitations, addresses, ways back."""

from portal.models.credential import SecurityEventKind
from portal.web.devices import device_words
from portal.web.history_words import security_sentence
from portal.web.i18n import gettext, ngettext
from portal.web.letter_content import Content, Facts


def invitation(facts: Facts) -> Content:
    return Content(
        gettext("You are invited to join Relais"),
        (
            gettext("Somebody invites you to join them on Relais, a private online space."),
            ngettext(
                "The link below is for you alone. It serves once, within %(num)d day.",
                "The link below is for you alone. It serves once, within %(num)d days.",
                int(facts.values["days"]),
            ),
            gettext("You know nothing of it? Do nothing: no account is opened without you."),
        ),
        gettext("See the invitation"),
        facts.values["path"],
    )


def invitation_accepted(_facts: Facts) -> Content:
    return Content(
        gettext("Your invitation was accepted"),
        (
            gettext("Somebody whom you invited has joined Relais. Sign in to see who."),
            gettext("You can stop these notices in your account, under “Notices by e-mail”."),
        ),
        gettext("Open Relais"),
        "/",
    )


def password_reset(facts: Facts) -> Content:
    return Content(
        gettext("Choose a new password"),
        (
            gettext("Somebody asked for a new password for your account."),
            ngettext(
                "Was it you? The link below serves once, within %(num)d minute.",
                "Was it you? The link below serves once, within %(num)d minutes.",
                int(facts.values["minutes"]),
            ),
            gettext("Keep your phone or your sheet of codes at hand: a code will be asked too."),
            gettext("It was not you? Do nothing: your password stays as it is."),
        ),
        gettext("Choose a new password"),
        facts.values["path"],
    )


def email_change_confirm(facts: Facts) -> Content:
    return Content(
        gettext("Confirm your new e-mail address"),
        (
            gettext("This address was given as the new e-mail address of an account on Relais."),
            ngettext(
                "Was it you? Confirm it within %(num)d hour; you will be asked to sign in.",
                "Was it you? Confirm it within %(num)d hours; you will be asked to sign in.",
                int(facts.values["hours"]),
            ),
            gettext("It was not you? Do nothing: nothing will change."),
        ),
        gettext("Confirm this address"),
        facts.values["path"],
    )


def email_change_asked(facts: Facts) -> Content:
    return Content(
        gettext("Your e-mail address is about to change"),
        (
            gettext("Another e-mail address was given for your account. It must be confirmed yet."),
            gettext("Was it you? There is nothing to do."),
            gettext("It was not you? Stop the change, then change your password."),
        ),
        gettext("Stop the change"),
        facts.values["path"],
    )


def security_notice(facts: Facts) -> Content:
    kind = SecurityEventKind(facts.values["kind"])
    sentence = security_sentence(kind)
    what = gettext("%(what)s. It was on %(moment)s.", what=sentence, moment=facts.moment("at"))
    user_agent = facts.values.get("user_agent", "")
    device = (
        (gettext("Device: %(device)s.", device=device_words(user_agent)),) if user_agent else ()
    )
    known = gettext("Was it you, or did you know? There is nothing to do.")
    advice, label, path = _what_to_do(kind)
    return Content(sentence, (what, *device, known, advice), label, path)


def _what_to_do(kind: SecurityEventKind) -> tuple[str, str, str]:
    """If it was not the owner: a sentence, and the page that helps."""
    if kind in (SecurityEventKind.REPROOFING_OPENED, SecurityEventKind.REPROOFING_PRINTED):
        advice = gettext(
            "You did not ask for it? Open Relais, stop this request at the top of the page, then"
            " call your coordinator."
        )
        return advice, gettext("Open Relais"), "/account"
    advice = gettext(
        "It was not you? Sign out the devices that you do not know, change your password,"
        " then call your coordinator."
    )
    return advice, gettext("See the devices that are signed in"), "/account/sessions"


def reproofing_confirmed(facts: Facts) -> Content:
    return Content(
        gettext("Your new access will open"),
        (
            gettext(
                "Two people of the team confirmed that you lost what you sign in with. You will be"
                " able to choose a new password and a new protection from %(moment)s.",
                moment=facts.moment("ready_at"),
            ),
            gettext("Did you ask for it? There is nothing to do before then."),
            gettext(
                "You did not ask for it? Stop it now with the link below, and call your"
                " coordinator."
            ),
        ),
        gettext("Stop this request"),
        facts.values["path"],
    )


def reproofing_ready(facts: Facts) -> Content:
    return Content(
        gettext("You can open your account again"),
        (
            gettext(
                "Your new access is open. Take the sheet that the team handed to you: the page"
                " below asks for its code. Then you choose a new password and a new protection."
            ),
            gettext("You did not ask for it, or the sheet is lost? Call your coordinator at once."),
        ),
        gettext("Type the code of my sheet"),
        facts.values["path"],
    )
