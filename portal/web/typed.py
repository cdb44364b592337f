"""What somebody had typed, shown again by the page that says why it was not taken."""

from typing import NamedTuple

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from portal.access.sessions import cookie_name
from portal.web.i18n import gettext
from portal.web.origin import is_own_post

_SECRET_FIELDS = frozenset({"password", "password_again", "current_password", "code", "credential"})
_SENT_AGAIN = (429, 500, 503)
"""Where the same request may succeed later; the key in the form makes that it does so once."""


class Text(NamedTuple):
    name: str
    label: str
    value: str


class Typed(NamedTuple):
    texts: list[Text]
    """To read and to copy."""
    fields: list[tuple[str, str]]
    """The whole form, to send it again; empty where that would be refused again."""
    action: str


def sent_fields() -> list[tuple[str, str]]:
    """Every field of this request but secrets; none of a form that is too large to be read."""
    try:
        sent = list(request.form.lists())
    except HTTPException:
        return []  # a file, which has to be chosen again in any case
    return [
        (name, value) for name, values in sent if name not in _SECRET_FIELDS for value in values
    ]


def typed_in_vain(status: int) -> Typed | None:
    """Of a form that one of our own pages sent from a browser that signed in.

    The session itself is not asked for: the database may be what is away.
    """
    if not is_own_post() or cookie_name(current_app, "sid") not in request.cookies:
        return None
    fields, labels = sent_fields(), _labels()
    texts = [
        Text(name, labels[name], value)
        for name, value in fields
        if name in labels and value.strip()
    ]
    if not texts:
        return None
    may_succeed = status in _SENT_AGAIN and "key" in dict(fields)
    return Typed(texts, fields if may_succeed else [], request.full_path.rstrip("?"))


def _labels() -> dict[str, str]:
    """The fields in which people write at length."""
    return {
        "subject": gettext("What is it about?"),
        "body": gettext("Your message"),
        "note": gettext("Your note"),
        "daily": gettext("What I live with day by day"),
        "knows": gettext("What I know, and what I wonder about"),
        "hard": gettext("What is hard"),
        "helps": gettext("What helps me, and on whom I rely"),
        "wishes": gettext("What I would like to be able to do"),
        "changed": gettext("What changed?"),
        "what_next": gettext("What comes next?"),
        "situation": gettext("Where the person stands"),
        "sessions": gettext("What was followed"),
    }
