"""What an inviter may not do: reach other circles, flood anybody, or outlive their own right."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity.addresses import fold
from portal.models.account import Coordination, Invitation, User
from portal.models.credential import SecurityEvent
from portal.models.directory import Practitioner
from portal.models.rights import CareLink, CareLinkStatus
from tests import factories
from tests.invitations.offers import (
    EMAIL,
    Circle,
    carer,
    let_mail_leave,
    mailed,
    make_circle,
    only_invitation,
    paper_code,
    write_code,
)
from tests.pages import PageClient

SHEET = "/invitation/sheet"


def _nurse(session: Session, circle: Circle, **fields: str) -> Practitioner:
    nurse = factories.make_practitioner(session, **fields)
    factories.make_member(session, patient=circle.patient, practitioner_id=nurse.id)
    return nurse


def _sylvie(app: Flask, session: Session, keys: KeyRing, code: str) -> PageClient:
    user, _ = factories.make_user(session, keys, given_name="Sylvie", family_name="Morel")
    guest = PageClient(app)
    guest.enter(session, user)
    guest.client.set_cookie("sheet", code)
    return guest


@pytest.mark.parametrize("way", ["mail", "paper"])
def test_a_professional_is_written_to_at_the_address_of_the_directory(
    reader: PageClient, session: Session, keys: KeyRing, way: str
) -> None:
    circle = make_circle(session, keys)
    nurse = _nurse(session, circle, email="Nadia@example.org")
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    page = reader.get(f"{circle.path}/professional").text
    assert "Nadia@example.org" in page
    assert 'name="email"' not in page
    form = {"practitioner": str(nurse.id), "way": way, "email": "claire.too@example.org"}
    assert reader.post(f"{circle.path}/professional", data=form).status_code == 303
    row = only_invitation(session)
    assert (row.email, row.code_digest) == ("nadia@example.org", None)


def test_a_professional_of_other_circles_too_is_for_the_operator(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle, other = make_circle(session, keys), make_circle(session, keys)
    nurse = _nurse(session, circle)
    factories.make_member(session, patient=other.patient, practitioner_id=nurse.id)
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    for fields in ({"way": "paper"}, {"way": "mail", "email": EMAIL}):
        form = {"practitioner": str(nurse.id)} | fields
        answer = reader.post(f"{circle.path}/professional", data=form)
        assert answer.status_code == 422
        assert "python -m portal invite" in answer.text
    assert session.exec(select(Invitation)).all() == []


def test_without_mail_an_address_of_the_directory_makes_no_sheet(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    nurse = _nurse(session, circle, email="nadia@example.org")
    reader.enter(session, circle.claire)
    form = {"practitioner": str(nurse.id), "way": "paper"}
    answer = reader.post(f"{circle.path}/professional", data=form)
    assert answer.status_code == 422
    assert "python -m portal invite" in answer.text


def test_a_coordinator_of_another_house_sees_no_invitation_of_a_shared_professional(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle, other = make_circle(session, keys), make_circle(session, keys)
    nurse = _nurse(session, circle)
    reader.enter(session, circle.claire)
    form = {"practitioner": str(nurse.id), "way": "paper"}
    assert reader.post(f"{circle.path}/professional", data=form).status_code == 200
    row_id = only_invitation(session).id
    factories.make_member(session, patient=other.patient, practitioner_id=nurse.id)
    reader.enter(session, other.claire)
    assert str(row_id) not in reader.get(other.path).text
    for act in ("withdraw", "sheet"):
        assert reader.post(f"{other.path}/{row_id}/{act}").status_code == 404
    assert only_invitation(session).withdrawn_at is None


def test_the_twenty_first_invitation_of_a_day_is_refused(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    names = [f"Odile{letter}" for letter in "abcdefghijklmnopqrst"]
    for name in names:
        paper_code(reader, circle, given_name=name)
    answer = reader.post(f"{circle.path}/relative", data=carer(given_name="Yann"))
    assert answer.status_code == 422
    assert "20 invitations en un jour" in answer.text.replace("\xa0", " ")
    assert 'value="Yann"' in answer.text
    listed = reader.get(circle.path).text
    assert all(name in listed for name in names)


def test_the_fourth_invitation_to_an_address_within_a_day_is_refused(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle, other = make_circle(session, keys), make_circle(session, keys)
    let_mail_leave(session)
    form = carer(way="mail", email=EMAIL)
    answers = []
    for one in (circle, circle, other, other):
        reader.enter(session, one.jeanne)
        answers.append(reader.post(f"{one.path}/relative", data=form))
        session.rollback()
    assert [one.status_code for one in answers] == [303, 303, 303, 422]
    assert "réessayez demain" in answers[-1].text


def test_what_waits_is_found_behind_many_that_are_over(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    paper_code(reader, circle)
    row = only_invitation(session)
    for number in range(70):
        values = row.model_dump(exclude={"id"}) | {
            "token_hash": b"%d" % number,
            "code_digest": None,
            "created_at": now(),
            "withdrawn_at": now(),
        }
        session.add(Invitation(**values))
    session.commit()
    assert f"{row.id}/withdraw" in reader.get(circle.path).text
    assert reader.post(f"{circle.path}/{row.id}/sheet").status_code == 200
    assert reader.post(f"{circle.path}/{row.id}/withdraw").status_code == 303
    session.expire_all()
    assert session.get_one(Invitation, row.id).withdrawn_at is not None


@pytest.mark.parametrize("who", ["claire", "jeanne"])
def test_an_offer_ends_with_the_right_to_make_it(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, who: str
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, getattr(circle, who))
    code = paper_code(reader, circle)
    guest = _sylvie(app, session, keys, code)
    assert guest.get(SHEET).status_code == 200
    session.rollback()
    if who == "claire":
        session.execute(update(Coordination).values(ended_at=now()))
    else:
        session.execute(update(CareLink).values(status=CareLinkStatus.ENDED))
    session.commit()
    assert guest.post(SHEET).status_code == 404
    assert write_code(PageClient(app), code).status_code == 422
    assert only_invitation(session).accepted_at is None


@pytest.mark.parametrize(("who", "status"), [("claire", 404), ("jeanne", 303)])
def test_a_link_that_the_patient_ended_is_taken_up_again_by_the_patient_only(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, who: str, status: int
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, getattr(circle, who))
    guest = _sylvie(app, session, keys, paper_code(reader, circle))
    sylvie = session.exec(select(User).where(User.given_name == "Sylvie")).one()
    factories.make_link(session, patient=circle.patient, user=sylvie, status=CareLinkStatus.ENDED)
    session.commit()
    assert guest.post(SHEET).status_code == status


@pytest.mark.parametrize(("who", "told"), [("claire", 1), ("jeanne", 0)])
def test_the_patient_hears_of_a_carer_whom_the_team_invited(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, who: str, told: int
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, getattr(circle, who))
    guest = _sylvie(app, session, keys, paper_code(reader, circle))
    assert guest.post(SHEET).status_code == 303
    notices = mailed(session, keys, "security_notice")
    assert [to for to, _values in notices] == [circle.jeanne.email] * told
    assert "Sylvie" not in str(notices)
    lines = session.exec(select(SecurityEvent).where(SecurityEvent.kind == "carer_joined")).all()
    assert [(one.user_id, one.detail) for one in lines] == [
        (circle.jeanne.id, "Sylvie Morel")
    ] * told


@pytest.mark.parametrize(
    "spelled", ["victim@\uff45xample.com", "VICTIM@EXAMPLE.COM", " victim@example.com "]
)
def test_one_host_has_one_spelling(spelled: str) -> None:
    assert fold(spelled) == "victim@example.com"
    assert fold("a@xn--socit-esab.fr") == fold("a@SOCIÉTÉ.fr")
