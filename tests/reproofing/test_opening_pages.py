"""The pages that lead to a way back: who finds them, what they ask, what they cost."""

from datetime import timedelta

from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import UserSession
from portal.models.credential import Reproofing
from tests import factories
from tests.pages import PageClient
from tests.reproofing.steps import (
    LIST,
    ask,
    make_cast,
    opened,
    signed_in,
)
from tests.statements import counted


def _rows(session: Session) -> list[Reproofing]:
    session.rollback()
    return list(session.exec(select(Reproofing)))


def test_what_was_typed_stays_and_each_answer_is_needed(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    reader = signed_in(app, session, cast.claire)
    for missing in ({"is_seen": ""}, {"document": ""}, {"document": "selfie"}, {"name": ""}):
        answer = ask(reader, **({"name": "jeanne@example.org"} | missing))
        assert answer.status_code == 422, missing
        assert bool(missing.get("name", "x")) == ('value="jeanne@example.org"' in answer.text)
    both = ask(reader, name="jeanne@example.org", patient=str(cast.jeanne.id))
    assert both.status_code == 422
    assert _rows(session) == []


def test_only_coordinators_open(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    for user in (cast.jeanne, cast.camille):
        reader = signed_in(app, session, user)
        assert reader.get(f"{LIST}/new").status_code == 403
        assert ask(reader, name="jeanne@example.org").status_code == 403
    assert _rows(session) == []


def test_nothing_is_opened_without_a_fresh_second_factor(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    reader = signed_in(app, session, cast.claire)
    _let_five_minutes_pass(session)
    answer = reader.get(f"{LIST}/new")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/sign-in/confirm?next={LIST}/new",
    )
    assert ask(reader, name="jeanne@example.org").status_code == 403
    assert _rows(session) == []


def _let_five_minutes_pass(session: Session) -> None:
    for row in session.exec(select(UserSession)):
        row.stepped_up_at = now() - timedelta(minutes=5)
        session.add(row)
    session.commit()


def test_the_list_is_reached_from_the_menu_and_from_the_accounts(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    link = f'href="{LIST}"'
    assert link in signed_in(app, session, cast.claire).get("/professional/patients").text
    assert link in signed_in(app, session, cast.camille).get("/ops/accounts").text
    nurse = factories.make_practitioner(session)
    professional, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    reader: PageClient = signed_in(app, session, professional)
    assert link not in reader.get("/professional/patients").text
    assert reader.get(LIST).status_code == 403


def test_the_list_asks_no_more_for_more_requests(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    reader = signed_in(app, session, cast.claire)
    opened(session, keys, cast)
    with counted(app) as for_one:
        reader.get(LIST)
    for _relative in range(5):
        user, _ = factories.make_user(session, keys)
        factories.make_link(session, patient=cast.patient, user=user)
        session.commit()
        ask(signed_in(app, session, cast.thomas), name=str(user.email))
    with counted(app) as for_six:
        assert reader.get(LIST).text.count("link-row-title") == 6
    assert len(for_six) == len(for_one)
