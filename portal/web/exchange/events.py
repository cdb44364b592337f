"""Acts on a conversation, each as one line between the messages."""

from portal.messaging.conversations import EventRow
from portal.models.messaging import ThreadAct
from portal.web.i18n import gettext
from portal.web.labels import N_

_DONE = {
    ThreadAct.TAKEN: N_("%(name)s takes care of it"),
    ThreadAct.RELEASED: N_("%(name)s no longer takes care of it"),
    ThreadAct.HANDED_OVER: N_("%(name)s passed it on to %(to)s"),
    ThreadAct.CLOSED: N_("%(name)s closed the conversation"),
    ThreadAct.REOPENED: N_("%(name)s opened the conversation again"),
    ThreadAct.ESCALATED: N_("No answer in time: %(to)s was told"),
    ThreadAct.SUCCEEDED: N_("From now on, %(to)s answers"),
}
_DONE_BY_READER = {
    ThreadAct.TAKEN: N_("You take care of it"),
    ThreadAct.RELEASED: N_("You no longer take care of it"),
    ThreadAct.HANDED_OVER: N_("You passed it on to %(to)s"),
    ThreadAct.CLOSED: N_("You closed the conversation"),
    ThreadAct.REOPENED: N_("You opened the conversation again"),
}


def event_words(row: EventRow, *, is_mine: bool) -> str:
    """`Nadia Belkacem prend en charge`; without a full stop."""
    name = f"{row.given_name or ''} {row.family_name or ''}".strip()
    to = row.to_name or gettext("the coordination")
    words = _DONE_BY_READER if is_mine and row.act in _DONE_BY_READER else _DONE
    return gettext(words[row.act], name=name, to=to)
