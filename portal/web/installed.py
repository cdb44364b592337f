"""What this installation is made of, for the request at hand."""

from flask import current_app, g

from portal.config import Config
from portal.crypto import KeyRing
from portal.db import current_session
from portal.identity import queries


def current_config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def current_keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def portal_address() -> str:
    """As people write it: without the scheme."""
    return current_config().base_url.partition("://")[2]


def is_demo() -> bool:
    """Whether the demo made this database; asked once in a request."""
    if "is_demo" not in g:
        g.is_demo = queries.is_demo(current_session())
    answer: bool = g.is_demo
    return answer


def mail_leaves() -> bool:
    """Whether what is written to the outbox is ever read by somebody; the demo shows it itself."""
    return current_config().smtp is not None or is_demo()


def mail_is_shown() -> bool:
    """Whether mails stay here for the operator to read: in the demo, without a mail server."""
    return current_config().smtp is None and is_demo()


def static_url(name: str) -> str:
    """The address of a static file, with the digest of what it holds."""
    url: str = current_app.extensions["assets"].url(name)
    return url
