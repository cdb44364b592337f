"""Related persons in the circle of a patient who may have no CareTeam."""

from datetime import UTC, datetime

import time_machine
from sqlmodel import Session, select

from portal.models.care import CareTeam, CareTeamMember, Patient
from tests.fhir.conftest import Import
from tests.fhir.files import care_team, concept, member, patient, related_person

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _relative(session: Session) -> CareTeamMember:
    """The only member."""
    return session.exec(select(CareTeamMember)).one()


def test_an_active_relative_is_in_the_circle_without_any_team(
    take: Import, session: Session
) -> None:
    take(patient(), related_person())
    assert session.exec(select(CareTeam)).one().name == ""
    assert _relative(session).period_end is None


def test_a_relative_who_is_not_active_any_more_leaves(take: Import, session: Session) -> None:
    take(patient(), related_person())
    with time_machine.travel(NOW, tick=False):
        take(related_person(active=False))
    assert _relative(session).period_end == NOW
    take(related_person())
    assert _relative(session).period_end is None


def test_a_relative_who_was_taken_out_stays_out(take: Import, session: Session) -> None:
    take(patient(), related_person())
    _relative(session).period_end = NOW
    session.commit()
    take(related_person(gender="male"))
    assert _relative(session).period_end == NOW


def test_an_emergency_contact_is_told_in_the_circle(take: Import, session: Session) -> None:
    contact = concept("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "ECON")
    take(patient(), related_person(relationship=[contact]), care_team(member("RelatedPerson/paul")))
    assert _relative(session).functions == ["contact_urgence"]
    take(related_person(relationship=[]))
    assert _relative(session).functions == []


def test_a_patient_alone_has_an_empty_circle(take: Import, session: Session) -> None:
    take(patient())
    circle = session.exec(select(CareTeam)).one()
    assert circle.patient_id == session.exec(select(Patient)).one().id
