"""Coordinators say who writes and who reviews; what was written stays when somebody goes."""

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.handing_over import hand_over
from portal.education.members import add_member
from portal.education.standing import find_standing
from portal.education.team import end_role, find_reviewers, give_back_role, name_reviewer
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models.account import User
from portal.models.directory import Profession
from portal.models.education_writing import EducationRole
from tests import factories
from tests.education.modules import Desk, make_desk, make_draft, make_module


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def claire(session: Session, keys: KeyRing, desk: Desk) -> User:
    user, _ = factories.make_user(session, keys, email="claire@example.org")
    factories.make_coordination(session, user=user, organization_id=desk.organization.id)
    return user


def _end(session: Session, desk: Desk, user: User, by: User) -> bool:
    return end_role(
        session,
        user.id,
        role=EducationRole.WRITER,
        organization_id=desk.organization.id,
        by=by.id,
        at=now(),
    )


def test_the_last_role_of_a_writer_ends_what_they_are_and_can_be_given_back(
    session: Session, desk: Desk, claire: User
) -> None:
    assert _end(session, desk, desk.author, claire)
    assert not _end(session, desk, desk.author, claire)
    session.expire_all()
    assert not desk.author.is_patient_expert
    give_back_role(
        session,
        desk.author.id,
        role=EducationRole.WRITER,
        organization_id=desk.organization.id,
        by=claire.id,
        at=now(),
    )
    session.expire_all()
    assert desk.author.is_patient_expert


def test_who_writes_elsewhere_too_stays_a_patient_expert(
    session: Session, keys: KeyRing, desk: Desk, claire: User
) -> None:
    other = make_desk(session, keys)
    add_member(
        session,
        desk.author.id,
        organization_id=other.organization.id,
        role=EducationRole.WRITER,
        by=None,
        at=now(),
    )
    _end(session, desk, desk.author, claire)
    assert desk.author.is_patient_expert


def test_only_a_coordinator_of_the_organization_ends_a_role(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        _end(session, desk, desk.author, desk.peer)


def test_a_professional_with_an_account_is_found_by_name_and_named_once(
    session: Session, keys: KeyRing, desk: Desk, claire: User
) -> None:
    nurse = factories.make_practitioner(session, family_name="Lefèvre")
    expert = factories.make_practitioner(
        session, family_name="Lefèvre", profession=Profession.PATIENT_EXPERT
    )
    factories.make_practitioner(session, family_name="Lefèvre")
    users = [
        factories.make_user(session, keys, email=f"{n}@example.org", practitioner_id=one.id)[0]
        for n, one in enumerate((nurse, expert))
    ]
    place = desk.organization.id
    found = find_reviewers(session, "lefevre", organization_id=place)
    assert [one.id for one in found] == [users[0].id]
    for is_new in (True, False):
        named = name_reviewer(session, users[0].id, organization_id=place, by=claire.id, at=now())
        assert named is is_new
    assert find_reviewers(session, "lefevre", organization_id=place) == []
    with pytest.raises(NotFoundError):
        name_reviewer(session, users[1].id, organization_id=place, by=claire.id, at=now())


def test_a_text_goes_on_with_another_once_its_author_left(
    session: Session, desk: Desk, claire: User
) -> None:
    draft = make_draft(session, desk, make_module(session, desk))
    with pytest.raises(PublishingRefusedError):
        hand_over(session, draft, desk.peer.id, by=claire.id, at=now())
    _end(session, desk, desk.author, claire)
    with pytest.raises(NotFoundError):
        hand_over(session, draft, desk.reviewer.id, by=claire.id, at=now())
    hand_over(session, draft, desk.peer.id, by=claire.id, at=now())
    assert draft.author_id == desk.peer.id
    before = find_standing(session, draft.id, user_id=desk.author.id)
    assert before.wrote
    assert not before.writes
