"""Accepted once, by the right person, and the inviter hears of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import begin_writing
from portal.errors import InvitationError
from portal.identity import birth_dates, invitation_sheets, invitations
from portal.identity.invitations import Place
from portal.models.account import InvitationKind, User
from portal.models.credential import SecurityEvent
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, Grant, GrantRequest
from tests import factories
from tests.invitations.offers import (
    EMAIL,
    REFUSED,
    Circle,
    begin_account,
    carer,
    finish_enrolment,
    let_mail_leave,
    mailed,
    make_circle,
    only_invitation,
    paper_code,
    write_code,
)
from tests.pages import PageClient

HANDS = 8
SHEET = "/invitation/sheet"


def _mailed_link(reader: PageClient, session: Session, keys: KeyRing, circle: Circle) -> str:
    """The path in the mail to Sylvie, whom Jeanne invites."""
    let_mail_leave(session)
    reader.enter(session, circle.jeanne)
    reader.post(f"{circle.path}/relative", data=carer(way="mail", email=EMAIL))
    [(_to, values)] = mailed(session, keys, "invitation")
    session.rollback()
    return values["path"]


def _at_once(act: Callable[[int], TestResponse]) -> list[TestResponse]:
    start = Barrier(HANDS)

    def try_it(number: int) -> TestResponse:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(try_it, range(HANDS)))


def test_the_inviter_reads_it_and_gets_a_mail(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    path = _mailed_link(reader, session, keys, circle)
    user, _ = factories.make_user(session, keys, email=EMAIL)
    guest = PageClient(app)
    guest.enter(session, user)
    assert guest.post(path).status_code == 303
    assert mailed(session, keys, "invitation_accepted") == [(circle.jeanne.email, {})]
    line = session.exec(select(SecurityEvent)).one()
    assert (line.user_id, line.kind) == (circle.jeanne.id, "invitation_accepted")
    assert line.detail == "Sylvie Morel"
    session.rollback()
    assert "acceptée le" in reader.get(circle.path).text


def test_the_inviter_who_wants_no_mail_gets_none(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    path = _mailed_link(reader, session, keys, circle)
    circle.jeanne.notify_invitations = False
    session.add(circle.jeanne)
    user, _ = factories.make_user(session, keys, email=EMAIL)
    guest = PageClient(app)
    guest.enter(session, user)
    assert guest.post(path).status_code == 303
    assert mailed(session, keys, "invitation_accepted") == []
    assert len(session.exec(select(SecurityEvent)).all()) == 1


def test_an_inviter_without_address_is_told_in_the_history_only(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    circle.jeanne.email, circle.jeanne.username = None, "jeanne.morel"
    session.add(circle.jeanne)
    reader.enter(session, circle.jeanne)
    code = paper_code(reader, circle)
    user, _ = factories.make_user(session, keys, given_name="Sylvie")
    guest = PageClient(app)
    guest.enter(session, user)
    write_code(guest, code)
    assert guest.post(SHEET).status_code == 303
    assert len(session.exec(select(SecurityEvent)).all()) == 1
    assert session.exec(select(OutboxMessage)).all() == []


def test_a_mail_is_for_its_address_only_whatever_the_name(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    path = _mailed_link(reader, session, keys, circle)
    factories.make_user(session, keys, email=EMAIL, given_name="Sylvie")
    namesake, _ = factories.make_user(session, keys, given_name="Sylvie")
    nameless, _ = factories.make_user(
        session, keys, email=None, username="sylvie.morel", given_name="Sylvie"
    )
    for user in (namesake, nameless):
        guest = PageClient(app)
        guest.enter(session, user)
        page = guest.get(path)
        assert "pour un autre compte" in page.text
        assert EMAIL not in page.text
        assert guest.post(path).status_code == 404
    assert only_invitation(session).accepted_at is None


def test_after_a_withdrawal_the_link_reads_like_one_that_never_was(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    path = _mailed_link(reader, session, keys, circle)
    guest = PageClient(app)
    assert begin_account(guest, path, given_name="Sylvie").status_code == 303
    row = only_invitation(session)
    reader.post(f"{circle.path}/{row.id}/withdraw")
    faces = {PageClient(app).get(one).text for one in (path, "/invitation/never-made")}
    assert len(faces) == 1
    assert REFUSED in faces.pop().replace("\xa0", " ")
    assert begin_account(PageClient(app), path).status_code == 404
    finish_enrolment(guest, session, keys)
    assert guest.client.get("/session").status_code == 401, "nor for who began before"
    session.rollback()
    assert session.exec(select(CareLink).where(CareLink.kind == "carer")).all() == []
    begun = session.exec(select(User).where(User.email == EMAIL)).one()
    assert begun.enrolled_at is None
    assert [one.state for one in session.exec(select(OutboxMessage)).all()] == ["dropped"]


def test_an_accepted_invitation_cannot_be_withdrawn_nor_used_again(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    user, _ = factories.make_user(session, keys, given_name="Sylvie")
    guest = PageClient(app)
    guest.enter(session, user)
    write_code(guest, code)
    assert guest.post(SHEET).status_code == 303
    other = PageClient(app)
    assert write_code(other, code).status_code == 422
    other.client.set_cookie("sheet", code)
    assert other.post(SHEET).status_code == 404
    row = only_invitation(session)
    session.rollback()
    answer = reader.post(f"{circle.path}/{row.id}/withdraw")
    assert "Rien n’a été retiré." in reader.get(answer.headers["Location"]).text
    assert reader.post(f"{circle.path}/{row.id}/sheet").status_code == 404
    assert guest.get(f"/p/{circle.patient.id}/").status_code == 200


def test_a_closed_inviter_closes_what_they_offered(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    circle.claire.disabled_at = now()
    session.add(circle.claire)
    session.commit()
    assert write_code(PageClient(app), code).status_code == 422


def test_eight_accounts_at_once_one_takes_the_place(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    guests = []
    for _number in range(HANDS):
        user, _ = factories.make_user(session, keys, given_name="Sylvie")
        guest = PageClient(app)
        guest.enter(session, user)
        guest.client.set_cookie("sheet", code)
        guests.append(guest)
    answers = _at_once(lambda number: guests[number].post(SHEET))
    assert sorted(one.status_code for one in answers) == [303] + [404] * (HANDS - 1)
    session.rollback()
    assert len(session.exec(select(CareLink).where(CareLink.kind == "carer")).all()) == 1


def test_eight_new_accounts_at_once_one_takes_the_place(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    guests = [PageClient(app) for _number in range(HANDS)]
    for guest in guests:
        guest.client.set_cookie("sheet", code)
    begun = _at_once(lambda number: begin_account(guests[number], SHEET))
    assert {one.status_code for one in begun} == {303}
    session.rollback()
    assert len(session.exec(select(User).where(User.username != None)).all()) == 1  # noqa: E711


def test_a_withdrawal_and_an_acceptance_at_once_do_not_both_happen(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    row = only_invitation(session)
    user, _ = factories.make_user(session, keys, given_name="Sylvie")
    guest = PageClient(app)
    guest.enter(session, user)
    guest.client.set_cookie("sheet", code)

    path, sid = f"{circle.path}/{row.id}/withdraw", reader.client.get_cookie("sid")
    session.rollback()

    def act(number: int) -> TestResponse:
        if number % 2:
            return guest.post(SHEET) if number == 1 else PageClient(app).get(SHEET)
        claire = PageClient(app)
        claire.client.set_cookie("sid", sid.value if sid else "")
        return claire.post(path)

    _at_once(act)
    row = only_invitation(session)
    links = session.exec(select(CareLink).where(CareLink.kind == "carer")).all()
    assert (row.accepted_at is None) != (row.withdrawn_at is None)
    assert len(links) == (row.accepted_at is not None)


def test_eight_wrong_dates_at_once_use_up_five_tries(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session, birth_date="1945-03-17")
    session.commit()
    begin_writing(session)
    sheet = invitation_sheets.invite_on_paper(
        session,
        keys=keys,
        names=("Jeanne", "Morel"),
        place=Place(InvitationKind.PATIENT, patient_id=patient.id),
        invited_by=None,
        at=now(),
    )
    session.commit()
    answers = _at_once(
        lambda number: PageClient(app).post(sheet.path, data={"birth_date": f"1{number}/04/1945"})
    )
    assert sorted(one.status_code for one in answers) == [404] * 4 + [422] * 4
    row = only_invitation(session)
    assert row.failures == birth_dates.TRIES
    assert row.withdrawn_at is not None


@pytest.mark.parametrize("age", [True, False])
def test_the_service_itself_refuses_the_wrong_account(
    session: Session, keys: KeyRing, age: bool
) -> None:
    patient = factories.make_patient(session)
    place = Place(InvitationKind.CARER, patient_id=patient.id, grants=("agenda:see",))
    token = invitations.invite(session, email=EMAIL, place=place, at=now())
    row = invitations.open_invitation(session, token=token, at=now())
    user, _ = factories.make_user(session, keys, email=EMAIL if age else None, username="sylvie")
    if age:
        invitations.accept(session, keys=keys, invitation=row, user=user, at=now())
        with pytest.raises(InvitationError):
            invitations.accept(session, keys=keys, invitation=row, user=user, at=now())
    else:
        with pytest.raises(InvitationError):
            invitations.accept(session, keys=keys, invitation=row, user=user, at=now())


def test_what_a_coordinator_offers_a_carer_waits_for_the_patients_yes(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    user, _ = factories.make_user(session, keys, given_name="Sylvie", family_name="Morel")
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    guest = PageClient(app)
    guest.enter(session, user)
    write_code(guest, code)
    assert guest.post(SHEET).status_code == 303
    session.rollback()
    assert guest.get(f"/p/{circle.patient.id}/").status_code == 200
    assert guest.get(f"/p/{circle.patient.id}/agenda").status_code == 403
    assert session.exec(select(Grant)).all() == []
    asked = session.exec(select(GrantRequest)).all()
    assert sorted(f"{one.category}:{one.action}" for one in asked) == [
        "agenda:see",
        "care_team:see",
    ]


def test_a_paused_carer_who_accepts_again_stays_paused_and_does_not_learn_it(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    user, _ = factories.make_user(session, keys, given_name="Sylvie", family_name="Morel")
    factories.make_link(session, patient=circle.patient, user=user, status="paused")
    reader.enter(session, circle.jeanne)
    code = paper_code(reader, circle)
    guest = PageClient(app)
    guest.enter(session, user)
    write_code(guest, code)
    assert guest.post(SHEET).status_code == 303
    assert guest.get(f"/p/{circle.patient.id}/").status_code == 200
    assert guest.get(f"/p/{circle.patient.id}/agenda").status_code == 403
