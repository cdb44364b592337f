"""Invitations: one address, one place, once."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import invitations
from portal.identity.invitations import Place
from portal.models.account import Coordination, Invitation, InvitationKind, User
from portal.models.care import CareTeamMember, RelatedPerson
from portal.models.rights import CareLink, CareLinkKind, Grant
from tests import factories
from tests.auth.steps import password
from tests.pages import PageClient

EMAIL = "sylvie.morel@example.org"
REFUSED = "Cette invitation"


def _invite(session: Session, place: Place, email: str = EMAIL) -> str:
    token = invitations.invite(session, email=email, place=place, at=now())
    session.commit()
    return f"/invitation/{token}"


def _accept(session: Session, reader: PageClient, keys: KeyRing, place: Place) -> User:
    """Somebody who has an account already, and takes the place by one button."""
    user, _ = factories.make_user(session, keys, email=EMAIL)
    reader.enter(session, user)
    path = _invite(session, place)
    assert "Accepter l’invitation" in reader.get(path).text
    answer = reader.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    session.expire_all()
    return session.get_one(User, user.id)


def test_a_patient_gets_their_own_space(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    user = _accept(session, reader, keys, Place(InvitationKind.PATIENT, patient_id=patient.id))
    link = session.exec(select(CareLink)).one()
    assert (link.kind, link.user_id, link.patient_id) == (CareLinkKind.SELF, user.id, patient.id)
    assert reader.get(f"/p/{patient.id}/care-team").status_code == 200


def test_a_carer_gets_exactly_the_grants_and_a_place_in_the_circle(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    rights = ("agenda:act", "messages:see")
    place = Place(InvitationKind.CARER, patient_id=patient.id, relationship="DAU", grants=rights)
    _accept(session, reader, keys, place)
    grants = session.exec(select(Grant)).all()
    assert sorted(f"{one.category}:{one.action}" for one in grants) == sorted(rights)
    assert all(one.ends_at - one.starts_at == timedelta(days=365) for one in grants)
    relative = session.exec(select(RelatedPerson)).one()
    assert (relative.patient_id, relative.relationship) == (patient.id, "DAU")
    assert session.exec(select(CareTeamMember)).one().related_person_id == relative.id
    link = session.exec(select(CareLink)).one()
    assert link.related_person_id == relative.id
    assert reader.get(f"/p/{patient.id}/agenda").status_code == 200
    assert reader.get(f"/p/{patient.id}/care-team").status_code == 403


def test_a_relative_who_is_listed_already_is_not_listed_twice(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    listed = factories.make_relative(session, patient=patient, email=EMAIL.upper())
    _accept(session, reader, keys, Place(InvitationKind.CARER, patient_id=patient.id))
    assert session.exec(select(RelatedPerson)).one().id == listed.id
    assert session.exec(select(CareLink)).one().related_person_id == listed.id


def test_a_relation_in_words_is_kept_in_words(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    place = Place(InvitationKind.CARER, patient_id=patient.id, relationship="marraine")
    _accept(session, reader, keys, place)
    link = session.exec(select(CareLink)).one()
    assert (link.relationship, link.relationship_text) == ("", "marraine")


def test_a_long_relation_in_words_is_kept_or_refused_but_never_an_error(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    place = Place(
        InvitationKind.CARER, patient_id=patient.id, relationship="UNE VIEILLE AMIE FIDÈLE"
    )
    _accept(session, reader, keys, place)


def test_a_professional_becomes_the_practitioner(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    nurse = factories.make_practitioner(session)
    place = Place(InvitationKind.PROFESSIONAL, practitioner_id=nurse.id)
    assert _accept(session, reader, keys, place).practitioner_id == nurse.id
    assert reader.get("/professional/patients").status_code == 200


def test_a_coordinator_coordinates_the_organization(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    house = factories.make_organization(session)
    place = Place(InvitationKind.COORDINATOR, organization_id=house.id)
    user = _accept(session, reader, keys, place)
    row = session.exec(select(Coordination)).one()
    assert (row.user_id, row.organization_id, row.ended_at) == (user.id, house.id, None)


def test_a_coordinator_who_left_can_come_back(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    house = factories.make_organization(session)
    user, _ = factories.make_user(session, keys, email=EMAIL)
    row = factories.make_coordination(session, user=user, organization_id=house.id)
    row.ended_at = factories.LONG_AGO
    reader.enter(session, user)
    path = _invite(session, Place(InvitationKind.COORDINATOR, organization_id=house.id))
    assert reader.post(path).status_code == 303
    assert reader.get("/professional/patients").status_code == 200


def test_an_operator_gets_accounts_and_no_patient(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    assert _accept(session, reader, keys, Place(InvitationKind.OPERATOR)).is_operator
    assert reader.get("/ops/accounts").status_code == 200
    assert reader.get("/professional/patients").status_code == 403


def test_an_invitation_is_good_once(reader: PageClient, session: Session, keys: KeyRing) -> None:
    user, _ = factories.make_user(session, keys, email=EMAIL)
    reader.enter(session, user)
    path = _invite(session, Place(InvitationKind.OPERATOR))
    assert reader.post(path).status_code == 303
    for again in (reader.get(path), reader.post(path)):
        assert again.status_code == 404
        assert REFUSED in again.text


def test_unknown_expired_withdrawn_and_used_have_one_face(
    reader: PageClient, session: Session
) -> None:
    pages = [reader.get("/invitation/unknown").text]
    for spoiled in ("ends_at", "withdrawn_at", "accepted_at"):
        path = _invite(session, Place(InvitationKind.OPERATOR))
        found = session.exec(select(Invitation)).all()[-1]
        setattr(found, spoiled, now() - timedelta(seconds=1))
        session.add(found)
        session.commit()
        answers = [reader.get(path), reader.post(path)]
        assert [one.status_code for one in answers] == [404, 404]
        pages += [one.text for one in answers]
    assert len(set(pages)) == 1


def test_an_invitation_lasts_a_fortnight(reader: PageClient, session: Session) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        path = _invite(session, Place(InvitationKind.OPERATOR))
        clock.shift(timedelta(days=14, seconds=-1))
        assert reader.get(path).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert reader.get(path).status_code == 404


def test_somebody_with_an_account_is_asked_to_sign_in_and_comes_back(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, email=EMAIL)
    path = _invite(session, Place(InvitationKind.OPERATOR))
    page = reader.get(path)
    assert "/sign-in?next=/invitation" in page.text
    assert path not in page.text, "the token is in no address that a proxy would log"
    assert reader.get("/invitation").headers["Location"] == path
    assert 'name="password"' not in page.text, "an existing account gets no new password"
    form = {"password": "tabouret citron fanfare", "given_name": "X", "family_name": "Y"}
    assert reader.post(path, data=form).status_code == 404
    session.expire_all()
    assert not session.get_one(User, user.id).is_operator
    assert password(reader, user).status_code == 303, "and the old one still works"


def test_another_account_cannot_take_the_place(app: Flask, session: Session, keys: KeyRing) -> None:
    factories.make_user(session, keys, email=EMAIL)
    other, _ = factories.make_user(session, keys)
    reader = PageClient(app)
    reader.enter(session, other)
    path = _invite(session, Place(InvitationKind.OPERATOR))
    assert "pour un autre compte" in reader.get(path).text
    assert reader.post(path).status_code == 404
    session.expire_all()
    assert not session.get_one(User, other.id).is_operator
    assert session.exec(select(Invitation)).one().accepted_at is None


def test_the_token_is_stored_as_its_hash_only(session: Session) -> None:
    path = _invite(session, Place(InvitationKind.OPERATOR))
    token = path.rpartition("/")[2]
    row = session.exec(select(Invitation)).one()
    assert token not in str(row.model_dump())
    assert len(row.token_hash) == 32


def test_a_professional_has_one_account(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    nurse = factories.make_practitioner(session)
    first, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    second, _ = factories.make_user(session, keys, email=EMAIL)
    reader.enter(session, second)
    path = _invite(session, Place(InvitationKind.PROFESSIONAL, practitioner_id=nurse.id))
    assert reader.post(path).status_code == 404
    session.expire_all()
    assert session.get_one(User, second.id).practitioner_id is None
    assert session.get_one(User, first.id).practitioner_id == nurse.id


def test_one_account_speaks_for_the_patient(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    first, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=first, kind=CareLinkKind.SELF)
    second, _ = factories.make_user(session, keys, email=EMAIL)
    reader.enter(session, second)
    path = _invite(session, Place(InvitationKind.PATIENT, patient_id=patient.id))
    assert reader.post(path).status_code == 404
    assert reader.get(f"/p/{patient.id}/").status_code == 404


def test_a_carer_invited_again_has_what_the_new_invitation_says(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys, email=EMAIL)
    factories.make_link(session, patient=patient, user=user, grants=("agenda:act",))
    reader.enter(session, user)
    place = Place(InvitationKind.CARER, patient_id=patient.id, grants=("care_team:see",))
    assert reader.post(_invite(session, place)).status_code == 303
    assert reader.get(f"/p/{patient.id}/care-team").status_code == 200
    assert reader.get(f"/p/{patient.id}/agenda").status_code == 403
    assert session.exec(select(CareLink)).one().user_id == user.id
