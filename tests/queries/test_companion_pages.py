"""The pages around one appointment cost the same whatever was said about it."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agreement import (
    AppointmentAct,
    AppointmentNote,
    NoteAudience,
    PreparationTick,
)
from portal.models.base import new_id
from portal.scheduling.acts import line_of
from portal.scheduling.notes import cell_of
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
PAGES = ("", "/companion", "/companion/answer", "/notes/new")


def _reader(session: Session, keys: KeyRing, many: int) -> tuple[User, str]:
    """A carer who was asked to come along, with so many relatives, notes, lines and ticks."""
    patient = factories.make_patient(session)
    paul, _ = factories.make_user(session, keys)
    own = factories.make_relative(session, patient=patient, given_name="Paul")
    rights = ("agenda:act", "care_team:see")
    factories.make_link(
        session, patient=patient, user=paul, grants=rights, related_person_id=own.id
    )
    for number in range(many):
        factories.make_relative(session, patient=patient, given_name=f"Cousin {number}")
    lines = [f"Point {number}" for number in range(many)]
    visit = factories.make_appointment(
        session,
        patient=patient,
        companion_id=own.id,
        companion_confirmed=False,
        preparation="\n".join(lines),
    )
    at = clock.now()
    for line in lines:
        said = {"patient_id": patient.id, "appointment_id": visit.id}
        session.add(PreparationTick(line=line, done_by=paul.id, done_at=at, **said))
        note_id = new_id()
        session.add(
            AppointmentNote(
                id=note_id,
                author_id=paul.id,
                capacity="carer",
                audience=NoteAudience.FAMILY,
                text_sealed=keys.seal(line.encode(), cell_of(note_id)),
                at=at,
                **said,
            )
        )
        line_of(session, visit, act=AppointmentAct.KEPT, by=Author(paul.id, "carer"), at=at)
    return paul, f"/p/{patient.id}/agenda/{visit.id}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same(app: Flask, session: Session, keys: KeyRing, page: str) -> None:
    counts = []
    for many in (1, 30):
        paul, door = _reader(session, keys, many)
        reader = PageClient(app)
        reader.enter(session, paul)
        with counted(app) as statements:
            answer = reader.get(door + page)
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST


def test_a_tick_by_htmx_costs_little(app: Flask, session: Session, keys: KeyRing) -> None:
    counts = []
    for many in (1, 30):
        paul, door = _reader(session, keys, many)
        reader = PageClient(app)
        reader.enter(session, paul)
        with counted(app) as statements:
            answer = reader.post(f"{door}/preparation", htmx=True)
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
