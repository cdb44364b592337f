"""What is taken away is gone on the next request."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import Coordination, UserSession
from portal.models.care import CareTeam, CareTeamMember
from portal.models.rights import CareLink, CareLinkStatus, Grant
from tests.access.cast import Record, carer, coordinator, make_record, professional
from tests.pages import PageClient


def _revoke_grant(session: Session, _record: Record) -> None:
    session.delete(session.exec(select(Grant)).one())


def _pause(session: Session, _record: Record) -> None:
    session.exec(select(CareLink)).one().status = CareLinkStatus.PAUSED


def _end_link(session: Session, _record: Record) -> None:
    session.exec(select(CareLink)).one().ends_at = clock.now()


def _end_membership(session: Session, record: Record) -> None:
    for member in session.exec(select(CareTeamMember)):
        if member.practitioner_id not in (None, record.practitioner.id):
            member.period_end = clock.now()


def _close_team(session: Session, record: Record) -> None:
    session.get_one(CareTeam, record.patient.id).status = "inactive"


def _end_coordination(session: Session, _record: Record) -> None:
    session.exec(select(Coordination)).one().ended_at = clock.now()


@pytest.mark.parametrize(
    ("role", "revoke", "status"),
    [
        (carer("agenda:see"), _revoke_grant, 403),
        (carer("agenda:see"), _pause, 403),
        (carer("agenda:see"), _end_link, 404),
        (professional(), _end_membership, 404),
        (professional(), _close_team, 404),
        (coordinator(), _end_coordination, 404),
    ],
    ids=["grant", "pause", "link", "membership", "team", "coordination"],
)
def test_revocation_bites_on_the_next_request(
    reader: PageClient, session: Session, keys: KeyRing, role, revoke, status: int
) -> None:
    record = make_record(session)
    reader.enter(session, role(session, keys, record))
    path = record.paths()["agenda"]
    assert reader.get(path).status_code == 200
    revoke(session, record)
    session.commit()
    assert reader.get(path).status_code == status
    assert reader.get(path, htmx=True).status_code == status


def test_a_grant_ends_by_itself_at_its_instant(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    user = carer("agenda:see")(session, keys, record)
    end = session.exec(select(Grant)).one().ends_at
    path = record.paths()["agenda"]
    with time_machine.travel(end - timedelta(seconds=1), tick=False) as clock:
        reader.enter(session, user)
        assert reader.get(path).status_code == 200
        clock.move_to(end)
        assert reader.get(path).status_code == 403


def test_what_was_revoked_is_revoked_for_every_session_of_the_reader(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    user = carer("agenda:see")(session, keys, record)
    phone, laptop = PageClient(app), PageClient(app)
    phone.enter(session, user)
    laptop.enter(session, user)
    _pause(session, record)
    session.commit()
    answers = [one.get(record.paths()["agenda"]).status_code for one in (phone, laptop)]
    assert answers == [403, 403]
    assert len(session.exec(select(UserSession)).all()) == 2
