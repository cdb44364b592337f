"""The pages about a calendar file cost the same for one appointment as for many."""

import re
from datetime import timedelta
from io import BytesIO

from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from tests import factories
from tests.calendar_import.files import calendar, event
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
_SEALED = re.compile(r'name="sealed" value="([^"]+)"')


def _file(events: int) -> str:
    soon = clock.now() + timedelta(days=3)
    return calendar(
        *(
            event(f"DTSTART:{soon + timedelta(days=number):%Y%m%dT%H%M%SZ}", uid=f"e{number}")
            for number in range(events)
        )
    )


def test_pages_cost_the_same(app: Flask, session: Session, keys: KeyRing) -> None:
    counts: list[list[int]] = []
    for events in (1, 50):
        patient = factories.make_patient(session)
        paul, _ = factories.make_user(session, keys)
        factories.make_link(session, patient=patient, user=paul, grants=("agenda:act",))
        for number in range(events):
            starts_at = clock.now() + timedelta(days=number + 3)
            factories.make_appointment(session, patient=patient, starts_at=starts_at)
        reader = PageClient(app)
        reader.enter(session, paul)
        door = f"/p/{patient.id}/agenda/import"
        found = []
        with counted(app) as statements:
            assert reader.get(door).status_code == 200
        found.append(len(statements))
        with counted(app) as statements:
            sent = reader.post(door, data={"file": (BytesIO(_file(events).encode()), "a.ics")})
        assert sent.text.count('name="chosen"') == events
        found.append(len(statements))
        sealed = _SEALED.search(sent.text)
        assert sealed
        chosen = [str(number) for number in range(events)]
        kept = reader.post(f"{door}/keep", data={"sealed": sealed[1], "chosen": chosen})
        with counted(app) as statements:
            assert reader.get(kept.location).text.count("link-row-title") == events
        found.append(len(statements))
        counts.append(found)
    few, many = counts
    assert few == many
    # The preview gives its lock up while the file is read: its line of the log is written twice.
    assert few[0] <= MOST and few[2] <= MOST and few[1] <= 2 * MOST  # noqa: PT018  # three pages
