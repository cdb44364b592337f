"""The words of each letter, in the reader's language: no name, no health, one link to us."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.config import LOCALES, Config
from portal.models.credential import SecurityEventKind
from portal.outbox import Letter
from portal.outbox.mail import Words
from portal.web import dates
from portal.web.devices import device_words
from portal.web.history_words import security_sentence
from portal.web.i18n import gettext, ngettext, speaking
from portal.web.page import is_local_path
from portal.web.templating import environment


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a letter between its greeting and its closing line."""

    subject: str
    paragraphs: tuple[str, ...]
    label: str
    """Of the one link."""
    path: str


@dataclass(frozen=True, slots=True)
class _Facts:
    values: Mapping[str, str]
    time_zone: str
    """Of the reader."""
    usual_time_zone: str
    """Of the installation."""

    def moment(self, name: str) -> str:
        """`22 novembre 2026 à 14 h 30`; with the name of the clock when it is not the usual one."""
        instant = datetime.fromisoformat(self.values[name])
        local = dates.local(instant, self.time_zone)
        note = dates.zone_note(self.time_zone, usual=self.usual_time_zone, instant=instant)
        time = f"{dates.clock(local)} ({note})" if note else dates.clock(local)
        return gettext("%(day)s at %(time)s", day=dates.full_day(local.date()), time=time)


class Writer:
    """Writes letters for one installation; the worker and the operator's page of mails use it."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(
        self, letter: str, values: Mapping[str, str], *, locale: str, time_zone: str | None
    ) -> Words:
        """Raises `ValueError` or `KeyError` for a letter or values that are none of ours."""
        spoken = self.language(locale)
        with speaking(spoken):
            content = self._content(letter, values, time_zone)
            context = {
                "content": content,
                "url": self._url(content.path),
                "greeting": gettext("Hello,"),
                "copy_it": gettext("The link does not open? Copy this address:"),
                "closing": closing(),
            }
            env = environment(spoken)
            text = env.get_template("email/letter.txt").render(context)
            html = env.get_template("email/letter.html").render(context)
        return Words(content.subject, text, html)

    def content(
        self, letter: str, values: Mapping[str, str], *, locale: str, time_zone: str | None = None
    ) -> Content:
        """The same words in pieces, for a page."""
        with speaking(self.language(locale)):
            return self._content(letter, values, time_zone)

    def _content(self, letter: str, values: Mapping[str, str], time_zone: str | None) -> Content:
        usual = self._config.time_zone
        return _LETTERS[Letter(letter)](_Facts(values, time_zone or usual, usual))

    def _url(self, path: str) -> str:
        if not is_local_path(path):
            raise ValueError("a link of a letter stays on this portal")
        return f"{self._config.base_url}{path}"

    def language(self, wished: str) -> str:
        """The one that a letter is written in; without a known wish, that of the installation."""
        return wished if wished in LOCALES else self._config.default_locale


def closing() -> str:
    return gettext(
        "Relais will never ask you for your password or a code by e-mail or by telephone."
    )


def _invitation(facts: _Facts) -> Content:
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


def _invitation_accepted(_facts: _Facts) -> Content:
    return Content(
        gettext("Your invitation was accepted"),
        (
            gettext("Somebody whom you invited has joined Relais. Sign in to see who."),
            gettext("You can stop these notices in your account, under “Notices by e-mail”."),
        ),
        gettext("Open Relais"),
        "/",
    )


def _password_reset(facts: _Facts) -> Content:
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


def _email_change_confirm(facts: _Facts) -> Content:
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


def _email_change_asked(facts: _Facts) -> Content:
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


def _security_notice(facts: _Facts) -> Content:
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


def _reproofing_confirmed(facts: _Facts) -> Content:
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


def _reproofing_ready(facts: _Facts) -> Content:
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


def _access_question(facts: _Facts) -> Content:
    return Content(
        gettext("Somebody asks a question on Relais"),
        (
            gettext("A question about who reads what waits for you on Relais."),
            gettext("Answer it within 5 working days."),
        ),
        gettext("Read the question"),
        facts.values["path"],
    )


def _access_answer(facts: _Facts) -> Content:
    return Content(
        gettext("Your question has its answer"),
        (gettext("You asked a question on Relais. Sign in to read the answer."),),
        gettext("Read the answer"),
        facts.values["path"],
    )


def _consent_recorded(_facts: _Facts) -> Content:
    return Content(
        gettext("An answer signed on paper was written down"),
        (
            gettext("An answer that you signed on paper was copied into Relais."),
            gettext("Open Relais, then “Who can see my file”: it stands under your past choices."),
            gettext("It was not you? Take it back there: it takes effect at once."),
        ),
        gettext("Open Relais"),
        "/",
    )


def _emergency_opened(_facts: _Facts) -> Content:
    return Content(
        gettext("Somebody opened a file in Relais"),
        (
            gettext(
                "A professional outside the circle opened a file that is yours, or that you"
                " look after. It was open to them for one hour."
            ),
            gettext("Sign in to read who it was, when and why."),
        ),
        gettext("Open Relais"),
        "/",
    )


def _mandate_changed(_facts: _Facts) -> Content:
    return Content(
        gettext("A legal status changed in Relais"),
        (
            gettext(
                "A coordinator recorded or ended a legal status in a file that is yours, or that"
                " you look after. Who may see it and act in it changed."
            ),
            gettext("You did not expect it? Call your coordinator."),
        ),
        gettext("Open Relais"),
        "/",
    )


def _carer_rights_changed(_facts: _Facts) -> Content:
    return Content(
        gettext("Something changed in what you see on Relais"),
        (
            gettext("Somebody whom you follow changed what is open to you."),
            gettext("Sign in to see what you may do now."),
        ),
        gettext("Open Relais"),
        "/",
    )


def _carers_changed(_facts: _Facts) -> Content:
    return Content(
        gettext("News from those who follow you on Relais"),
        (
            gettext("Somebody who follows you asks for something, or follows you no more."),
            gettext("Sign in, then open “Who can see my file”."),
        ),
        gettext("Open Relais"),
        "/",
    )


def _carers_to_review(_facts: _Facts) -> Content:
    return Content(
        gettext("Look again at who may see what"),
        (
            gettext("Some of what you allowed ends soon, or was not looked at for a while."),
            gettext("Sign in, then open “Who can see my file”. Nothing changes without you."),
        ),
        gettext("Open Relais"),
        "/",
    )


_LETTERS: dict[Letter, Callable[[_Facts], Content]] = {
    Letter.INVITATION: _invitation,
    Letter.INVITATION_ACCEPTED: _invitation_accepted,
    Letter.PASSWORD_RESET: _password_reset,
    Letter.EMAIL_CHANGE_CONFIRM: _email_change_confirm,
    Letter.EMAIL_CHANGE_ASKED: _email_change_asked,
    Letter.SECURITY_NOTICE: _security_notice,
    Letter.REPROOFING_CONFIRMED: _reproofing_confirmed,
    Letter.REPROOFING_READY: _reproofing_ready,
    Letter.EMERGENCY_OPENED: _emergency_opened,
    Letter.MANDATE_CHANGED: _mandate_changed,
    Letter.CONSENT_RECORDED: _consent_recorded,
    Letter.ACCESS_QUESTION: _access_question,
    Letter.ACCESS_ANSWER: _access_answer,
    Letter.CARER_RIGHTS_CHANGED: _carer_rights_changed,
    Letter.CARERS_CHANGED: _carers_changed,
    Letter.CARERS_TO_REVIEW: _carers_to_review,
}
