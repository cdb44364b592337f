"""Started on another day, the demo lies around that day."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from portal import demo
from portal.crypto import KeyRing
from portal.demo.renewal import renew
from portal.models.account import User
from portal.models.agenda import Appointment

FIRST_DAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def _seeded(session):
    demo.seed(session, keys=KeyRing.generate(), now=FIRST_DAY, password_hash="x")
    session.commit()


def _starts(session):
    found = session.exec(select(Appointment).order_by(Appointment.title, Appointment.starts_at))
    return [(one.patient_id, one.title, one.starts_at) for one in found]


def test_on_the_same_day_nothing_is_written(session):
    _seeded(session)
    before = _starts(session)
    assert renew(session, keys=KeyRing.generate(), now=FIRST_DAY + timedelta(hours=2)) is False
    assert _starts(session) == before


def test_two_weeks_later_the_visits_lie_around_the_new_day_for_the_same_people(session):
    _seeded(session)
    before, later = _starts(session), FIRST_DAY + timedelta(days=14)
    assert renew(session, keys=KeyRing.generate(), now=later) is True
    session.commit()
    after = _starts(session)
    assert {patient for patient, _, _ in after} == {patient for patient, _, _ in before}
    assert sorted(title for _, title, _ in after) == sorted(title for _, title, _ in before)
    assert any(later < start < later + timedelta(days=1) for _, _, start in after if start)


def test_accounts_and_what_was_added_since_stay(session):
    _seeded(session)
    jeanne = session.exec(select(User).where(User.email == "jeanne@example.org")).one()
    patient_id = session.exec(select(Appointment.patient_id)).first()
    session.add(Appointment(patient_id=patient_id, title="Ajouté", starts_at=FIRST_DAY))
    session.commit()
    renew(session, keys=KeyRing.generate(), now=FIRST_DAY + timedelta(days=3))
    session.commit()
    assert session.get(User, jeanne.id) is not None
    assert session.exec(select(Appointment).where(Appointment.title == "Ajouté")).one()
