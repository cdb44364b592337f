"""A coordinator invites a fellow coordinator of their own organization."""

from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import Coordination, Invitation
from tests import factories
from tests.invitations.offers import EMAIL, let_mail_leave, mailed, make_circle, only_invitation
from tests.pages import PageClient

PATH = "/professional/invitations"
FORM = {"given_name": "Thomas", "family_name": "Lefèvre", "email": EMAIL}


def test_a_colleague_is_invited_by_mail_and_coordinates(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    assert PATH in reader.get("/professional/patients").text
    assert reader.get(f"{PATH}/colleague").status_code == 200
    answer = reader.post(f"{PATH}/colleague", data=FORM)
    assert EMAIL in reader.get(answer.headers["Location"]).text
    row = only_invitation(session)
    assert (row.kind, row.organization_id) == ("coordinator", circle.organization.id)
    [(_to, values)] = mailed(session, keys, "invitation")
    user, _ = factories.make_user(session, keys, email=EMAIL)
    guest = PageClient(app)
    guest.enter(session, user)
    assert guest.post(values["path"]).status_code == 303
    session.rollback()
    rows = session.exec(select(Coordination).where(Coordination.user_id == user.id)).all()
    assert [one.organization_id for one in rows] == [circle.organization.id]
    assert guest.get(circle.path).status_code == 200


def test_only_coordinators_and_only_for_their_own_organization(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle, other = make_circle(session, keys), make_circle(session, keys)
    nurse = factories.make_practitioner(session)
    professional, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    operator, _ = factories.make_user(session, keys, is_operator=True)
    let_mail_leave(session)
    for user in (circle.jeanne, professional, operator):
        reader.enter(session, user)
        assert reader.get(PATH).status_code == 403
        assert reader.post(f"{PATH}/colleague", data=FORM).status_code == 403
    reader.enter(session, professional)
    assert PATH not in reader.get("/professional/patients").text
    reader.enter(session, circle.claire)
    forged = FORM | {"organization": str(other.organization.id)}
    assert reader.post(f"{PATH}/colleague", data=forged).status_code == 303
    assert only_invitation(session).organization_id == circle.organization.id
    session.rollback()
    reader.enter(session, other.claire)
    assert EMAIL not in reader.get(PATH).text
    path = f"{PATH}/{only_invitation(session).id}/withdraw"
    session.rollback()
    assert reader.post(path).status_code == 404


def test_of_two_organizations_one_is_chosen(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    second = factories.make_organization(session, name="Maison des Dunes")
    factories.make_coordination(session, user=circle.claire, organization_id=second.id)
    third = factories.make_organization(session, name="Ailleurs")
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    page = reader.get(f"{PATH}/colleague").text
    assert "Maison des Dunes" in page
    assert "Ailleurs" not in page
    for choice in ("", str(third.id)):
        answer = reader.post(f"{PATH}/colleague", data=FORM | {"organization": choice})
        assert answer.status_code == 422
    answer = reader.post(f"{PATH}/colleague", data=FORM | {"organization": str(second.id)})
    assert answer.status_code == 303
    assert only_invitation(session).organization_id == second.id


def test_without_mail_there_is_a_sentence_and_no_form(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    page = reader.get(PATH)
    assert "n’envoie pas d’e-mail" in page.text
    assert f"{PATH}/colleague" not in page.text
    assert reader.get(f"{PATH}/colleague").status_code == 404
    assert reader.post(f"{PATH}/colleague", data=FORM).status_code == 404
    assert session.exec(select(Invitation)).all() == []


def test_a_colleague_of_the_same_organization_may_withdraw(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    thomas, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=thomas, organization_id=circle.organization.id)
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    reader.post(f"{PATH}/colleague", data=FORM)
    row = only_invitation(session)
    session.rollback()
    reader.enter(session, thomas)
    answer = reader.post(f"{PATH}/{row.id}/withdraw")
    assert "L’invitation est retirée." in reader.get(answer.headers["Location"]).text
    assert only_invitation(session).withdrawn_at is not None
