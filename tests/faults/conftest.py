"""Paul at his conversation, and a worker that sends his letters."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.faults.writer import Writer
from tests.outbox.conftest import mailbox, make_worker

__all__ = ["mailbox", "make_worker"]


@pytest.fixture
def paul(app: Flask, session: Session, keys: KeyRing) -> Writer:
    return Writer(app, session, keys)
