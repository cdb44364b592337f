"""The pages to book, move and cancel cost the same beside one appointment as beside sixty."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentAct, AppointmentChange
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
OF_THE_TEAM = ("book", "{visit}/move", "{visit}/correct", "{visit}/cancel", "{visit}")
OF_THE_FAMILY = ("new", "{visit}/own", "{visit}/delete", "{gone}/deleted", "{visit}")


def _file(
    session: Session, keys: KeyRing, visits: int, *, is_carer: bool
) -> tuple[User, str, list[Appointment]]:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    reader, _ = factories.make_user(session, keys)
    if is_carer:
        factories.make_link(session, patient=patient, user=reader, grants=("agenda:act",))
    else:
        factories.make_coordination(session, user=reader, organization_id=house.id)
    for _number in range(min(visits, 20)):
        nurse = factories.make_practitioner(session)
        factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    rows = [
        factories.make_appointment(
            session,
            patient=patient,
            source="own",
            created_by=reader.id,
            starts_at=clock.now() + timedelta(hours=number),
            status="entered-in-error" if number == 0 else "booked",
        )
        for number in range(visits + 1)
    ]
    session.add_all(
        AppointmentChange(
            patient_id=patient.id,
            appointment_id=rows[1].id,
            version=1,
            at=clock.now(),
            actor_id=reader.id,
            act=AppointmentAct.CORRECTED,
        )
        for _number in range(visits)
    )
    return reader, f"/p/{patient.id}/agenda", rows


@pytest.mark.parametrize(
    ("is_carer", "page"),
    [
        (is_carer, page)
        for is_carer in (False, True)
        for page in (OF_THE_TEAM, OF_THE_FAMILY)[is_carer]
    ],
)
def test_a_page_costs_the_same(
    app: Flask, session: Session, keys: KeyRing, is_carer: bool, page: str
) -> None:
    counts = []
    for visits in (1, 60):
        user, door, rows = _file(session, keys, visits, is_carer=is_carer)
        reader = PageClient(app)
        reader.enter(session, user)
        path = page.format(visit=rows[1].id, gone=rows[0].id)
        with counted(app) as statements:
            answer = reader.get(f"{door}/{path}")
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST
