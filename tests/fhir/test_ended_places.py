"""Who was taken out of a circle by a person, with a reason, is not brought back by a file."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.fhir import ImportReport
from portal.models.care import CareTeamMember, EndReason
from portal.models.directory import Practitioner
from tests.fhir.circles import exported, only, rich_circle
from tests.fhir.conftest import Import
from tests.fhir.files import (
    Json,
    care_team,
    member,
    name,
    organization,
    patient,
    practitioner,
    related_person,
)

Said = Callable[[ImportReport], list[str]]
ENDED = datetime(2026, 6, 1, 12, tzinfo=UTC)
BASE = (patient(), practitioner(), practitioner("roux", name=[name("Roux", "Luc")]), organization())
LEROY, ROUX = member("Practitioner/leroy"), member("Practitioner/roux")
CAME_BACK = (
    member("Practitioner/leroy", period={"end": "2025-01-01"}),
    member("Practitioner/leroy", period={"start": "2025-02-01"}),
)
WHY = "their place here was ended by somebody, with a reason"


def _places(session: Session, family_name: str = "Leroy") -> list[CareTeamMember]:
    who = select(Practitioner.id).where(Practitioner.family_name == family_name)
    return list(
        session.exec(select(CareTeamMember).where(CareTeamMember.practitioner_id.in_(who)))  # type: ignore[union-attr]
    )


def _end(session: Session, row: CareTeamMember) -> None:
    row.period_end, row.end_reason = ENDED, EndReason.PATIENT_WISH
    session.add(row)
    session.commit()


def _is_out(session: Session) -> None:
    assert [one.period_end for one in _places(session)] == [ENDED]


@pytest.mark.parametrize("between", [care_team(ROUX), care_team(LEROY, ROUX, status="inactive")])
def test_their_team_that_names_them_again_does_not_bring_them_back(
    take: Import, session: Session, said: Said, between: Json
) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    _end(session, _places(session)[0])
    take(between)
    take(care_team(LEROY, ROUX, name="Un autre nom"))
    _is_out(session)


def test_a_later_end_in_the_file_does_not_reopen_the_place(take: Import, session: Session) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    _end(session, _places(session)[0])
    take(care_team(member("Practitioner/leroy", period={"end": "2031-01-01"}), ROUX))
    _is_out(session)


def test_another_team_gives_them_no_new_place(take: Import, session: Session, said: Said) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    _end(session, _places(session)[0])
    report = take(care_team(LEROY, ROUX, id="autre"))
    assert any(WHY in line for line in said(report))
    _is_out(session)


def test_a_second_mention_gives_them_no_new_place(take: Import, session: Session) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    _end(session, _places(session)[0])
    take(care_team(*CAME_BACK, ROUX))
    assert {one.period_end for one in _places(session)} == {ENDED}


def test_who_was_ended_without_a_reason_may_come_back(take: Import, session: Session) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    take(care_team(ROUX))
    take(care_team(LEROY, ROUX))
    assert [one.period_end for one in _places(session)] == [None]


def test_a_relative_whose_record_is_active_again_stays_out(take: Import, session: Session) -> None:
    take(patient(), related_person())
    row = session.exec(select(CareTeamMember)).one()
    _end(session, row)
    take(related_person(active=False))
    take(related_person(active=True))
    ends = [one.period_end for one in session.exec(select(CareTeamMember))]
    assert ends == [ENDED]


def test_our_own_file_opens_no_second_place_for_them(
    take: Import, session: Session, said: Said
) -> None:
    circle_id = rich_circle(session).id
    session.commit()
    bundle = exported(session, circle_id, "hl7")
    own = select(CareTeamMember).where(
        CareTeamMember.patient_id == circle_id,
        CareTeamMember.practitioner_id.is_not(None),  # type: ignore[union-attr]
        CareTeamMember.period_end.is_(None),  # type: ignore[union-attr]
    )
    row = session.exec(own).first()
    assert row is not None
    who, place = row.practitioner_id, str(row.id)
    others = CareTeamMember.practitioner_id == who
    for one in session.exec(select(CareTeamMember).where(others)):
        _end(session, one)
    told = only(bundle, "CareTeam")
    ids = [
        said_of
        for participant in told["participant"]
        for said_of in participant["extension"]
        if said_of["url"] == "urn:relais:member" and place in said_of["valueUri"]
    ]
    assert len(ids) == 1
    ids[0]["valueUri"] = f"urn:uuid:{uuid4()}"
    report = take(bundle)
    assert any(WHY in line for line in said(report))
    held = session.exec(select(CareTeamMember).where(others)).all()
    assert {one.period_end for one in held} == {ENDED}


def test_a_second_mention_opens_no_more_than_the_place_that_somebody_narrowed(
    take: Import, session: Session
) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    row = _places(session)[0]
    row.sees, row.is_outside_care_team = "agenda", True
    session.add(row)
    session.commit()
    take(care_team(*CAME_BACK, ROUX))
    seen = [(one.sees, one.is_outside_care_team) for one in _places(session)]
    assert seen == [("agenda", True)] * 2
