"""The pages of answers and requests cost the same for one as for sixty."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agreement import (
    AppointmentAct,
    AppointmentChange,
    ChangeRequest,
    RequestState,
)
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
LIST = "/professional/requests"


def _reader(session: Session, keys: KeyRing, many: int) -> tuple[User, User, str, str]:
    """A nurse and a carer, for whom pages cost most; the last visit was asked to move."""
    nurse = factories.make_practitioner(session)
    nadia, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    paul, _ = factories.make_user(session, keys)
    door = reply = ""
    for number in range(many):
        patient = factories.make_patient(session)
        factories.make_member(session, patient=patient, practitioner_id=nurse.id)
        factories.make_link(session, patient=patient, user=paul, grants=("agenda:act",))
        visits = [
            factories.make_appointment(
                session,
                patient=patient,
                practitioner_id=nurse.id,
                status="proposed",
                starts_at=clock.now() + timedelta(days=2, minutes=part),
            )
            for part in range(1 + number % 5)
        ]
        states = [RequestState.WITHDRAWN] * number + [RequestState.OPEN]
        for state in states:
            asked = ChangeRequest(
                patient_id=patient.id,
                appointment_id=visits[0].id,
                kind="change",
                state=state,
                asked_by=paul.id,
                capacity="carer",
                asked_at=clock.now(),
                moments=["2030-01-01T10:00"],
            )
            session.add(asked)
            session.flush()
        session.add_all(
            AppointmentChange(
                patient_id=patient.id,
                appointment_id=visits[0].id,
                version=1,
                at=clock.now(),
                actor_id=paul.id,
                capacity="carer",
                act=AppointmentAct.CHANGE_ASKED,
            )
            for _ in states
        )
        door = f"/p/{patient.id}/agenda/{visits[0].id}"
        reply = f"{door}/requests/{asked.id}/reply"
    return nadia, paul, door, reply


@pytest.mark.parametrize("page", ["list", "reply", "answer", "appointment"])
def test_a_page_costs_the_same(app: Flask, session: Session, keys: KeyRing, page: str) -> None:
    counts = []
    for many in (1, 60):
        nadia, paul, door, reply = _reader(session, keys, many)
        path = {"list": LIST, "reply": reply, "answer": f"{door}/answer", "appointment": door}[page]
        reader = PageClient(app)
        reader.enter(session, paul if page in ("answer", "appointment") else nadia)
        with counted(app) as statements:
            assert reader.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST, counts
