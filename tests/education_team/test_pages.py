"""Coordinators say on pages who writes and who reviews; nobody learns there who has an account."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.directory import Profession
from portal.models.education_writing import EducationMember, EducationRole
from portal.models.outbox import OutboxMessage
from portal.outbox import Letter
from tests import factories
from tests.education.modules import Desk, make_desk, make_education_member
from tests.invitations.offers import let_mail_leave, mailed, only_invitation
from tests.module_desk.people import People
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
TEAM = "/modules/team"
INVITE = "/professional/invitations/patient-expert"
EMAIL = "hugo.berger@example.org"
FORM = {"given_name": "Hugo", "family_name": "Berger", "way": "mail", "email": EMAIL}


@pytest.fixture
def doctor(session: Session, keys: KeyRing) -> User:
    entry = factories.make_practitioner(session, given_name="Inès", family_name="Kervella")
    user, _ = factories.make_user(
        session, keys, given_name="Inès", family_name="Kervella", practitioner_id=entry.id
    )
    return user


def _roles(session: Session, user: User) -> dict[EducationRole, bool]:
    """Each role that they hold or held, and whether they hold it now."""
    session.expunge_all()
    session.rollback()
    rows = session.exec(select(EducationMember).where(EducationMember.user_id == user.id)).all()
    return {row.role: row.ended_at is None for row in rows}


def _of(desk: Desk) -> str:
    return f"organization={desk.organization.id}"


def _end(people: People, user: User, *, role: str = "writer") -> str:
    path = f"{TEAM}/{role}/{user.id}/end"
    return people.sends("coordinator", path, organization=str(people.desk.organization.id))


def test_only_who_coordinates_keeps_the_list(people: People, doctor: User) -> None:
    writer = f"{TEAM}/writer/{people.desk.author.id}"
    chosen = {"user": str(doctor.id), "organization": str(people.desk.organization.id)}
    for who in ("author", "peer", "reviewer", "stranger"):
        for rest in (TEAM, f"{TEAM}/reviewer?{_of(people.desk)}", f"{writer}/end", INVITE):
            assert people.get(who, rest).status_code == 403, (who, rest)
        for rest in (f"{TEAM}/reviewer", f"{writer}/end", f"{writer}/restore"):
            assert people.post(who, rest, **chosen).status_code == 403, (who, rest)
    assert _roles(people.session, doctor) == {}
    assert _roles(people.session, people.desk.author) == {EducationRole.WRITER: True}


def test_who_coordinates_elsewhere_neither_sees_nor_changes_this_one(
    people: People, session: Session, keys: KeyRing, doctor: User
) -> None:
    other = make_desk(session, keys)
    session.commit()
    writer = f"{TEAM}/writer/{other.author.id}"
    chosen = {"user": str(doctor.id), "organization": str(other.organization.id)}
    assert other.organization.name not in people.text("coordinator", TEAM)
    for rest in (f"{TEAM}/reviewer", f"{writer}/end", f"{TEAM}/writer/{doctor.id}/texts"):
        assert people.get("coordinator", f"{rest}?{_of(other)}").status_code == 404, rest
    for rest in (f"{TEAM}/reviewer", f"{writer}/end", f"{writer}/restore"):
        assert people.post("coordinator", rest, **chosen).status_code == 404, rest
    assert _roles(session, other.author) == {EducationRole.WRITER: True}
    assert _roles(session, doctor) == {}


@pytest.mark.parametrize(
    "path",
    [
        f"{TEAM}/reviewer",
        f"{TEAM}/reviewer?organization=nonsense",
        f"{TEAM}/queen/00000000-0000-0000-0000-000000000000/end",
        f"{TEAM}/writer/00000000-0000-0000-0000-000000000000/end",
    ],
)
def test_made_up_addresses_lead_nowhere(people: People, path: str) -> None:
    assert people.get("coordinator", path).status_code == 404


def test_a_reviewer_is_found_by_name_and_told(people: People, doctor: User) -> None:
    people.session.commit()
    search = f"{TEAM}/reviewer?{_of(people.desk)}"
    assert "Kervella" not in people.text("coordinator", search)
    assert "Kervella" in people.text("coordinator", f"{search}&q=kerv")
    assert "Personne avec un compte" in people.text("coordinator", f"{search}&q=zzz")
    chosen = {"user": str(doctor.id), "organization": str(people.desk.organization.id)}
    done = people.sends("coordinator", f"{TEAM}/reviewer", **chosen)
    assert "relit désormais des modules" in people.text("coordinator", done)
    assert _roles(people.session, doctor) == {EducationRole.REVIEWER: True}
    again = people.sends("coordinator", f"{TEAM}/reviewer", **chosen)
    assert "relit déjà des modules" in people.text("coordinator", again)
    letters = people.session.exec(
        select(OutboxMessage).where(OutboxMessage.letter == Letter.MODULE_REVIEWER_NAMED)
    ).all()
    assert [one.user_id for one in letters] == [doctor.id]


def test_without_a_choice_the_search_stays(people: People, doctor: User) -> None:
    people.session.commit()
    organization = str(people.desk.organization.id)
    answer = people.post("coordinator", f"{TEAM}/reviewer", organization=organization, q="kervella")
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert 'value="kervella"' in answer.text
    assert "Kervella" in answer.text.partition("choice-list")[2]


def test_who_cares_for_nobody_does_not_review(
    people: People, session: Session, keys: KeyRing
) -> None:
    entry = factories.make_practitioner(
        session, family_name="Kervella", profession=Profession.PATIENT_EXPERT
    )
    user, _ = factories.make_user(session, keys, practitioner_id=entry.id)
    session.commit()
    search = f"{TEAM}/reviewer?{_of(people.desk)}&q=kervella"
    assert "Kervella" not in people.text("coordinator", search).partition("</form>")[2]
    chosen = {"user": str(user.id), "organization": str(people.desk.organization.id)}
    assert people.post("coordinator", f"{TEAM}/reviewer", **chosen).status_code == 404


def test_a_role_ends_and_is_given_back(people: People) -> None:
    people.draft()
    author = people.desk.author
    asked = people.text("coordinator", f"{TEAM}/writer/{author.id}/end?{_of(people.desk)}")
    assert "1 texte" in asked
    done = people.text("coordinator", _end(people, author))
    assert "Le rôle est terminé" in done
    assert "Textes sans auteur" in done
    assert _roles(people.session, author) == {EducationRole.WRITER: False}
    assert people.get("author", "/modules").status_code == 403
    organization = str(people.desk.organization.id)
    back = people.sends(
        "coordinator", f"{TEAM}/writer/{author.id}/restore", organization=organization
    )
    assert "retrouve son rôle" in people.text("coordinator", back)
    assert _roles(people.session, author) == {EducationRole.WRITER: True}
    assert people.get("author", "/modules").status_code == 200


def test_who_left_texts_is_named_with_them(people: People) -> None:
    people.draft()
    path = f"{TEAM}/writer/{people.desk.author.id}/texts?{_of(people.desk)}"
    people.text("coordinator", path, status=404)
    _end(people, people.desk.author)
    assert "Se peser chaque matin" in people.text("coordinator", path)


def test_an_ended_reviewer_reviews_no_more(people: People) -> None:
    version = people.sent()
    _end(people, people.desk.reviewer, role="reviewer")
    assert _roles(people.session, people.desk.reviewer) == {EducationRole.REVIEWER: False}
    assert people.get("reviewer", f"/modules/{version.id}/review").status_code == 404


@pytest.mark.parametrize("has_account", [True, False])
def test_the_answer_to_an_invitation_tells_nobody_who_has_an_account(
    people: People, session: Session, keys: KeyRing, *, has_account: bool
) -> None:
    if has_account:
        factories.make_user(session, keys, email=EMAIL)
    let_mail_leave(session)
    done = people.sends("coordinator", INVITE, **FORM)
    assert done == f"/professional/invitations?sent={only_invitation(session).id}"
    listed = people.text("coordinator", done)
    assert EMAIL in listed
    assert "Hugo Berger" in listed


def test_whoever_accepts_writes_from_then_on(
    app: Flask, people: People, session: Session, keys: KeyRing
) -> None:
    let_mail_leave(session)
    people.sends("coordinator", INVITE, **FORM)
    [(_to, values)] = mailed(session, keys, "invitation")
    user, _ = factories.make_user(session, keys, email=EMAIL)
    guest = PageClient(app)
    guest.enter(session, user)
    assert guest.get("/modules").status_code == 403
    assert guest.post(values["path"]).status_code == 303
    assert _roles(session, user) == {EducationRole.WRITER: True}
    assert guest.get("/modules/new").status_code == 200
    session.rollback()
    assert f"{TEAM}/writer/{user.id}/end" in people.text("coordinator", TEAM)


def test_what_was_typed_into_an_invitation_stays(people: People, session: Session) -> None:
    let_mail_leave(session)
    answer = people.post("coordinator", INVITE, **FORM | {"email": "nowhere"})
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert 'value="Berger"' in answer.text
    assert 'value="nowhere"' in answer.text


@pytest.mark.parametrize("members", [0, 12])
def test_pages_cost_few_statements_however_many_people_there_are(
    app: Flask, people: People, keys: KeyRing, members: int
) -> None:
    for _ in range(members):
        user, _ = factories.make_user(people.session, keys, is_patient_expert=True)
        make_education_member(people.session, people.desk, user, EducationRole.WRITER)
    people.draft()
    left = people.desk.author.id
    paths = [
        TEAM,
        f"{TEAM}/reviewer?{_of(people.desk)}&q=haddad",
        f"{TEAM}/writer/{left}/end?{_of(people.desk)}",
    ]
    for path in paths:
        _counted(app, people, path)
    _end(people, people.desk.author)
    _counted(app, people, f"{TEAM}/writer/{left}/texts?{_of(people.desk)}")


def _counted(app: Flask, people: People, path: str) -> None:
    people.session.expunge_all()
    people.session.rollback()
    with counted(app) as statements:
        assert people.browsers["coordinator"].get(path).status_code == 200, path
    assert len(statements) <= MOST, (path, statements)
