"""The words of the letters about messages: that there is one, and nothing else of anybody."""

from portal.web.i18n import gettext
from portal.web.letter_content import Content, Facts


def message_new(facts: Facts) -> Content:
    return Content(
        gettext("You have a new message"),
        (gettext("You have a new message on Relais. Sign in to read it."), _how_to_change()),
        gettext("Read my messages"),
        facts.values["path"],
    )


def message_overdue(facts: Facts) -> Content:
    return Content(
        gettext("A message is waiting for an answer"),
        (
            gettext("A message on Relais has been waiting for an answer for too long."),
            gettext("You hear of it because whoever was to answer is late."),
            _how_to_change(),
        ),
        gettext("Read the message"),
        facts.values["path"],
    )


def _how_to_change() -> str:
    return gettext(
        "To receive these mails once a day, or no more, open “My account” on Relais, then"
        " “Messages by e-mail”."
    )
