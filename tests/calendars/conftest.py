import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.calendars.scene import Scene


@pytest.fixture
def scene(app: Flask, session: Session, keys: KeyRing) -> Scene:
    return Scene(app, session, keys)
