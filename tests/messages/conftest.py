"""The circle that writes, with a browser for each of its accounts."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.messaging.circle import Account, WritingCircle, make_circle
from tests.pages import PageClient

Browsing = Callable[[Account], PageClient]


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    made = make_circle(session, keys)
    session.commit()
    return made


@pytest.fixture
def as_(app: Flask, session: Session) -> Browsing:
    """A signed-in browser of that account."""

    def browse(account: Account) -> PageClient:
        client = PageClient(app)
        client.enter(session, account.user)
        return client

    return browse
