"""Two who join a file at the same moment: what fits once is kept once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from uuid import uuid4

import pytest
from sqlmodel import select

from portal import clock
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.messaging.files import keeping
from portal.messaging.files.keeping import Named, Place
from portal.models.messaging import Attachment
from portal.uploads.checking import Decoded
from portal.uploads.limits import FileRefusedError, Refusal
from tests.attachments.conftest import Desk
from tests.messaging.circle import Account

_FILE = Decoded("image/jpeg", b"\xff" * 400, None, 10, 10, None)


def test_two_files_share_the_room_that_is_left(
    desk: Desk, database: Database, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_OF_PATIENT", 500)
    patient_id, is_held = desk.circle.patient.id, Event()
    desk.session.rollback()

    def join(account: Account, *, is_first: bool) -> Refusal | None:
        place = Place(patient_id=patient_id, author_id=account.id, key=uuid4())
        named = Named(name="a.jpg", alternative_text="", source=str(account.id).encode())
        if not is_first:
            is_held.wait()
        with database.session() as session:
            begin_writing(session)
            try:
                keeping.keep(session, _FILE, named, place, keys=keys, at=clock.now())
            except FileRefusedError as refused:
                return refused.reason
            if is_first:
                is_held.set()
                sleep(0.3)  # long enough for the other to count what is there
            session.commit()
        return None

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(join, desk.circle.paul, is_first=True)
        second = pool.submit(join, desk.circle.jeanne, is_first=False)
        assert (first.result(), second.result()) == (None, Refusal.NO_ROOM)
    assert [one.size for one in desk.session.exec(select(Attachment))] == [400]
