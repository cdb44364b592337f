"""The words of each letter, in the reader's language: no name, no health, one link to us."""

from collections.abc import Callable, Mapping

from portal.config import LOCALES, Config
from portal.outbox import Letter
from portal.outbox.mail import Words
from portal.web import (
    account_letters,
    agenda_letters,
    care_letters,
    message_letters,
    module_letters,
)
from portal.web.i18n import gettext, speaking
from portal.web.letter_content import Content, Facts
from portal.web.page import is_local_path
from portal.web.templating import environment


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
        return _LETTERS[Letter(letter)](Facts(values, time_zone or usual, usual))

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


_LETTERS: dict[Letter, Callable[[Facts], Content]] = {
    Letter.INVITATION: account_letters.invitation,
    Letter.INVITATION_ACCEPTED: account_letters.invitation_accepted,
    Letter.PASSWORD_RESET: account_letters.password_reset,
    Letter.EMAIL_CHANGE_CONFIRM: account_letters.email_change_confirm,
    Letter.EMAIL_CHANGE_ASKED: account_letters.email_change_asked,
    Letter.SECURITY_NOTICE: account_letters.security_notice,
    Letter.REPROOFING_CONFIRMED: account_letters.reproofing_confirmed,
    Letter.REPROOFING_READY: account_letters.reproofing_ready,
    Letter.EMERGENCY_OPENED: care_letters.emergency_opened,
    Letter.MANDATE_CHANGED: care_letters.mandate_changed,
    Letter.CONSENT_RECORDED: care_letters.consent_recorded,
    Letter.ACCESS_QUESTION: care_letters.access_question,
    Letter.ACCESS_ANSWER: care_letters.access_answer,
    Letter.CARER_RIGHTS_CHANGED: care_letters.carer_rights_changed,
    Letter.CARERS_CHANGED: care_letters.carers_changed,
    Letter.CIRCLE_CHANGED: care_letters.circle_changed,
    Letter.CONSENT_ASKED: care_letters.consent_asked,
    Letter.NEED_ENTRUSTED: care_letters.need_entrusted,
    Letter.CARERS_TO_REVIEW: care_letters.carers_to_review,
    Letter.APPOINTMENT_CHANGED: agenda_letters.appointment_changed,
    Letter.APPOINTMENT_ASKED: agenda_letters.appointment_asked,
    Letter.COMPANION_ASKED: agenda_letters.companion_asked,
    Letter.AGENDA_REMINDER: agenda_letters.agenda_reminder,
    Letter.MESSAGE_NEW: message_letters.message_new,
    Letter.MESSAGE_OVERDUE: message_letters.message_overdue,
    Letter.PROGRAMME_ASKED: care_letters.programme_asked,
    Letter.PROGRAMME_NEWS: care_letters.programme_news,
    Letter.MODULE_REVIEW_ASKED: module_letters.review_asked,
    Letter.MODULE_RESUBMITTED: module_letters.resubmitted,
    Letter.MODULE_CHANGES_ASKED: module_letters.changes_asked,
    Letter.MODULE_APPROVED: module_letters.approved,
    Letter.MODULE_ENDS_SOON: module_letters.ends_soon,
    Letter.MODULE_WITHDRAWN: module_letters.withdrawn,
    Letter.MODULE_RETRACTED: module_letters.retracted,
    Letter.MODULE_TAKEN_FROM_READER: module_letters.taken_from_reader,
    Letter.MODULE_CORRECTED: module_letters.corrected,
    Letter.MODULE_REVIEWER_NAMED: module_letters.reviewer_named,
}
