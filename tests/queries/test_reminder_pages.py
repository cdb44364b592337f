"""The pages of reminders ask the database as often for twenty relatives as for one."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.calendar import ReminderChoice
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 3


@pytest.mark.parametrize("relatives", [1, 20])
def test_list_and_form(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, relatives: int
) -> None:
    user, _ = factories.make_user(session, keys)
    for _ in range(relatives):
        patient = factories.make_patient(session)
        factories.make_link(session, patient=patient, user=user, grants=("agenda:see",))
        session.add(
            ReminderChoice(
                patient_id=patient.id,
                user_id=user.id,
                minutes_before=60,
                updated_at=factories.LONG_AGO,
            )
        )
    session.commit()
    reader.enter(session, user)
    for path in ("/account/reminders", f"/account/reminders?of={patient.id}"):
        with counted(app) as statements:
            page = reader.get(path)
        assert page.status_code == 200
        assert len(statements) <= MOST, statements
