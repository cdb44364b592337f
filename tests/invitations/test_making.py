"""Who may invite whom, by mail or on paper, and what the pages say."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import Invitation, InvitationKind, UserSession
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.access.cast import ROLES, make_record
from tests.invitations.offers import (
    EMAIL,
    begin_account,
    carer,
    let_mail_leave,
    mailed,
    make_circle,
    only_invitation,
    paper_code,
)
from tests.pages import PageClient
from tests.statements import counted

MAY_INVITE = {"the patient", "coordinator"}


@pytest.mark.parametrize("name", ROLES)
def test_patients_and_their_coordinators_invite_and_nobody_else(
    reader: PageClient, session: Session, keys: KeyRing, name: str
) -> None:
    role, expected = ROLES[name]
    record = make_record(session)
    reader.enter(session, role(session, keys, record))
    path = f"/p/{record.patient.id}/invitations"
    refused = 404 if expected["home"] == 404 else 403
    for one in (path, f"{path}/relative"):
        assert reader.get(one).status_code == (200 if name in MAY_INVITE else refused), one
    answer = reader.post(f"{path}/relative", data=carer())
    assert answer.status_code == (200 if name in MAY_INVITE else refused)
    assert len(session.exec(select(Invitation)).all()) == (name in MAY_INVITE)


@pytest.mark.parametrize("name", ROLES)
def test_a_link_to_the_invitations_stands_where_it_leads_somewhere(
    reader: PageClient, session: Session, keys: KeyRing, name: str
) -> None:
    role, _expected = ROLES[name]
    record = make_record(session)
    reader.enter(session, role(session, keys, record))
    team = reader.get(record.paths()["team"])
    assert (f"/p/{record.patient.id}/invitations" in team.text) == (name in MAY_INVITE)


def test_a_patient_invites_relatives_only(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=circle.patient, practitioner_id=nurse.id)
    reader.enter(session, circle.jeanne)
    for kind in ("patient", "professional"):
        assert reader.get(f"{circle.path}/{kind}").status_code == 403
        form = {"way": "paper", "practitioner": str(nurse.id)}
        assert reader.post(f"{circle.path}/{kind}", data=form).status_code == 403
        assert f"{circle.path}/{kind}" not in reader.get(circle.path).text
    assert session.exec(select(Invitation)).all() == []


def test_a_relative_is_invited_by_mail(reader: PageClient, session: Session, keys: KeyRing) -> None:
    circle = make_circle(session, keys)
    let_mail_leave(session)
    reader.enter(session, circle.jeanne)
    form = carer(way="mail", email=" Sylvie.Morel@Example.org ", rights=["agenda:act"])
    answer = reader.post(f"{circle.path}/relative", data=form)
    row = only_invitation(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{circle.path}?sent={row.id}"
    said = reader.get(answer.headers["Location"])
    assert f"Un e-mail part à l’adresse {EMAIL}." in said.text
    assert "14" in said.text
    assert (row.kind, row.email, row.invited_by) == ("carer", EMAIL, circle.jeanne.id)
    assert (row.given_name, row.family_name, row.relationship) == ("Sylvie", "Morel", "DAU")
    assert (row.grants, row.code_digest) == (["agenda:act"], None)
    [(recipient, values)] = mailed(session, keys, "invitation")
    assert (recipient, values["days"]) == (EMAIL, "14")
    assert begin_account(PageClient(reader.app), values["path"], given_name="S").status_code == 303
    letter = session.exec(select(OutboxMessage)).one()
    assert (letter.subject_id, letter.expires_at) == (row.id, row.ends_at)


def test_act_implies_see(reader: PageClient, session: Session, keys: KeyRing) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.jeanne)
    paper_code(reader, circle, rights=["agenda:see", "agenda:act"])
    assert only_invitation(session).grants == ["agenda:act"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"given_name": " "}, "Écrivez le prénom"),
        ({"family_name": ""}, "Écrivez le nom"),
        ({"family_name": "x" * 101}, "trop long"),
        ({"relationship": ""}, "Dites qui est cette personne"),
        ({"relationship": "OWNER"}, "Dites qui est cette personne"),
        ({"relationship": "other", "relationship_text": ""}, "marraine"),
        ({"rights": []}, "Choisissez ce que cette personne peut voir"),
        ({"rights": ["messages:act"]}, "Choisissez parmi les réponses"),
        ({"rights": ["agenda:own"]}, "Choisissez parmi les réponses"),
        ({"way": "pigeon"}, "Choisissez une des réponses"),
        ({"way": "mail", "email": ""}, "Écrivez l’adresse e-mail de cette personne"),
        ({"way": "mail", "email": "sylvie"}, "Écrivez l’adresse complète"),
        ({"way": "mail", "email": "a@b.fr\r\nBcc: c@d.fr"}, "Écrivez l’adresse complète"),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_typed_is_lost(
    reader: PageClient, session: Session, keys: KeyRing, fields: dict, said: str
) -> None:
    circle = make_circle(session, keys)
    let_mail_leave(session)
    reader.enter(session, circle.jeanne)
    typed = carer(given_name="Sylviane") | fields
    answer = reader.post(f"{circle.path}/relative", data=typed)
    assert answer.status_code == 422
    assert said in answer.text.replace("\xa0", " ")
    if "given_name" not in fields:
        assert 'value="Sylviane"' in answer.text
    assert session.exec(select(Invitation)).all() == []


def test_nobody_invites_themself(reader: PageClient, session: Session, keys: KeyRing) -> None:
    circle = make_circle(session, keys)
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    form = carer(way="mail", email=circle.claire.email)
    answer = reader.post(f"{circle.path}/relative", data=form)
    assert answer.status_code == 422
    assert "votre propre adresse" in answer.text


def test_without_a_mail_server_only_paper_is_offered(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    page = reader.get(f"{circle.path}/relative")
    assert 'name="email"' not in page.text
    assert "n’envoie pas d’e-mail" in page.text
    answer = reader.post(f"{circle.path}/relative", data=carer(way="mail", email=EMAIL))
    assert answer.status_code == 200, "a forged choice of mail makes a sheet"
    assert only_invitation(session).email is None
    assert session.exec(select(OutboxMessage)).all() == []


def test_making_needs_a_fresh_second_factor(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.jeanne)
    code = paper_code(reader, circle)
    row = session.exec(select(UserSession)).one()
    row.stepped_up_at -= timedelta(minutes=6)
    session.add(row)
    session.commit()
    invitation_id = only_invitation(session).id
    assert "/sign-in/confirm" in reader.get(f"{circle.path}/relative").headers["Location"]
    stale = [
        reader.post(f"{circle.path}/relative", data=carer()),
        reader.post(f"{circle.path}/{invitation_id}/withdraw"),
        reader.post(f"{circle.path}/{invitation_id}/sheet"),
    ]
    assert [one.status_code for one in stale] == [403, 403, 403]
    assert "Sylvie" in stale[0].text, "what was typed waits on the page"
    assert reader.get(circle.path).status_code == 200, "reading the list needs none"
    assert only_invitation(session).withdrawn_at is None
    assert code.replace("-", "") not in str(only_invitation(session).model_dump())


def test_a_coordinator_invites_the_patient_only_while_nobody_signs_in_as_them(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    assert f"{circle.path}/patient" not in reader.get(circle.path).text
    form = {"way": "paper"}
    assert reader.post(f"{circle.path}/patient", data=form).status_code == 404
    other = factories.make_patient(
        session, given_name="Yvonne", organization_id=circle.organization.id, email="y@example.org"
    )
    session.commit()
    assert f"/p/{other.id}/invitations/patient" in reader.get(f"/p/{other.id}/invitations").text
    assert reader.get(f"/p/{other.id}/invitations/patient").status_code == 200
    assert reader.post(f"/p/{other.id}/invitations/patient", data=form).status_code == 200
    row = only_invitation(session)
    assert (row.kind, row.patient_id) == (InvitationKind.PATIENT, other.id)
    assert (row.given_name, row.family_name) == ("Yvonne", "Morel")


def test_a_coordinator_invites_professionals_of_the_circle_without_an_account(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    nurse = factories.make_practitioner(session)
    doctor = factories.make_practitioner(session, family_name="Le Goff")
    stranger = factories.make_practitioner(session, family_name="Roux")
    for one in (nurse, doctor):
        factories.make_member(session, patient=circle.patient, practitioner_id=one.id)
    factories.make_user(session, keys, practitioner_id=doctor.id)
    reader.enter(session, circle.claire)
    page = reader.get(f"{circle.path}/professional")
    assert "Belkacem" in page.text
    assert "Le Goff" not in page.text
    for other in (stranger, doctor):
        form = {"practitioner": str(other.id), "way": "paper"}
        assert reader.post(f"{circle.path}/professional", data=form).status_code == 422
    form = {"practitioner": str(nurse.id), "way": "paper"}
    assert reader.post(f"{circle.path}/professional", data=form).status_code == 200
    row = only_invitation(session)
    assert (row.practitioner_id, row.patient_id) == (nurse.id, None)
    assert (row.given_name, row.family_name) == ("Nadia", "Belkacem")
    assert "Nadia Belkacem" in reader.get(circle.path).text


def test_a_patient_sees_no_invitation_of_professionals(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=circle.patient, practitioner_id=nurse.id)
    reader.enter(session, circle.claire)
    form = {"practitioner": str(nurse.id), "way": "paper"}
    reader.post(f"{circle.path}/professional", data=form)
    paper_code(reader, circle)
    reader.enter(session, circle.jeanne)
    listed = reader.get(circle.path).text
    assert "Belkacem" not in listed
    assert "Sylvie Morel" in listed
    assert "Invitation faite par Claire Morvan" in listed


def test_a_second_invitation_of_the_same_person_ends_the_first(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    let_mail_leave(session)
    reader.enter(session, circle.jeanne)
    form = carer(way="mail", email=EMAIL)
    reader.post(f"{circle.path}/relative", data=form)
    first = only_invitation(session)
    reader.post(f"{circle.path}/relative", data=form | {"given_name": "Sylviane"})
    paper_code(reader, circle, given_name="SYLVIANE")
    paper_code(reader, circle, given_name="Odile", family_name="Kerbrat")
    session.rollback()
    rows = session.exec(select(Invitation).order_by(Invitation.created_at)).all()  # type: ignore[arg-type]
    assert rows[0].id == first.id
    assert [one.withdrawn_at is None for one in rows] == [False, False, True, True]
    letters = session.exec(select(OutboxMessage)).all()
    assert [one.state for one in letters] == ["dropped", "dropped"]


def test_the_list_says_what_became_of_each(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        reader.enter(session, circle.jeanne)
        for name in ("Odile", "Yann"):
            paper_code(reader, circle, given_name=name, family_name="Kerbrat")
        odile = session.exec(select(Invitation).where(Invitation.given_name == "Odile")).one()
        session.rollback()
        answer = reader.post(f"{circle.path}/{odile.id}/withdraw")
        assert "L’invitation est retirée." in reader.get(answer.headers["Location"]).text
        again = reader.post(f"{circle.path}/{odile.id}/withdraw")
        assert "Rien n’a été retiré." in reader.get(again.headers["Location"]).text
        clock.shift(timedelta(days=15))
        session.rollback()
        reader.enter(session, circle.jeanne)
        listed = reader.get(circle.path).text
        assert "retirée le 15 janvier 2027" in listed.replace("\xa0", " ")
        assert "trop ancienne depuis le 29 janvier 2027" in listed.replace("\xa0", " ")
        assert "Aucune invitation n’est en attente." in listed
        clock.shift(timedelta(days=60))
        session.rollback()
        reader.enter(session, circle.jeanne)
        assert "Kerbrat" not in reader.get(circle.path).text


def test_an_invitation_of_another_circle_cannot_be_touched(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.jeanne)
    paper_code(reader, circle)
    invitation_id = only_invitation(session).id
    other = make_circle(session, keys)
    reader.enter(session, other.claire)
    for act in ("withdraw", "sheet"):
        for path in (circle.path, other.path, "/professional/invitations"):
            assert reader.post(f"{path}/{invitation_id}/{act}").status_code == 404
    assert only_invitation(session).withdrawn_at is None


def test_the_list_costs_the_same_however_long_it_is(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    costs = []
    for number in range(3):
        paper_code(reader, circle, given_name=f"Odile{number}")
        with counted(app) as seen:
            reader.get(circle.path)
        costs.append(len(seen))
    assert len(set(costs)) == 1
    assert costs[0] <= 5
