"""One circle for each test."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.consent.circle import Circle, entered, make_circle
from tests.pages import PageClient


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> Circle:
    return make_circle(session, keys)


@pytest.fixture
def jeanne(app: Flask, session: Session, circle: Circle) -> PageClient:
    return entered(app, session, circle.jeanne)


@pytest.fixture
def claire(app: Flask, session: Session, circle: Circle) -> PageClient:
    return entered(app, session, circle.claire)


@pytest.fixture
def nadia(app: Flask, session: Session, circle: Circle) -> PageClient:
    return entered(app, session, circle.nadia.user)


@pytest.fixture
def lucie(app: Flask, session: Session, circle: Circle) -> PageClient:
    return entered(app, session, circle.lucie.user)
