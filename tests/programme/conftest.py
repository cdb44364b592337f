"""One family for each test: Jeanne, her son, a nurse, and a programme that is under way or not."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.account import User
from tests.education.programme.papers import Team, make_team
from tests.pages import PageClient

Enter = Callable[[User], PageClient]


@pytest.fixture
def team(session: Session, keys: KeyRing) -> Team:
    return make_team(session, keys)


@pytest.fixture
def waiting(session: Session, keys: KeyRing) -> Team:
    """The programme is proposed, and nobody answered."""
    return make_team(session, keys, accepts=False)


@pytest.fixture
def enter(app: Flask, session: Session) -> Enter:
    def entered(user: User) -> PageClient:
        browser = PageClient(app)
        browser.enter(session, user)
        session.expunge_all()
        session.rollback()
        return browser

    return entered
