"""Whoever was inside before, or reads the link too, keeps nothing of the account."""

from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing, token_hash
from portal.identity.passwords import verify_password
from portal.models.account import User
from portal.models.credential import (
    EmailChange,
    PasswordReset,
    SignInChallenge,
)
from tests.auth.steps import both, is_in
from tests.pages import PageClient, code_of
from tests.reproofing.steps import (
    DAY,
    NEW_PASSWORD,
    confirm_app,
    confirmed,
    enrol_anew,
    fresh,
    later,
    make_cast,
    secret_on,
    signed_in,
)


def test_the_seed_that_waits_opens_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        waiting = code_of(secret_on(reader))
        assert both(PageClient(app), cast.jeanne, waiting).status_code == 422


def test_whoever_opens_the_link_later_takes_it_over_from_the_start(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    """The seed and the password that another browser chose first are worth nothing."""
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    thief, path = PageClient(app), f"/renewal/{way.token}"
    with later(DAY):
        thief.post(path, data={"password": "le mot de passe du voleur"})
        stolen = secret_on(thief)
        reader.post(path, data={"password": NEW_PASSWORD})
        key = secret_on(reader)
        assert key != stolen
        assert thief.post("/enrolment", data={"code": code_of(stolen)}).status_code == 303
        assert not is_in(thief)
        assert confirm_app(reader).status_code == 303
    session.rollback()
    user = session.get_one(User, cast.jeanne.id, populate_existing=True)
    assert verify_password(user.password_hash, NEW_PASSWORD)


def test_a_closed_account_is_not_renewed(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        key = secret_on(reader)
        user = session.get_one(User, cast.jeanne.id)
        user.disabled_at = now()
        session.commit()
        assert reader.get(f"/renewal/{way.token}").status_code == 404
        assert reader.post("/enrolment", data={"code": code_of(key)}).status_code != 200
    assert fresh(session, row).completed_at is None
    assert not is_in(reader)


def test_what_somebody_else_had_begun_is_over(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        ends = now() + DAY
        session.add_all(
            (
                EmailChange(
                    user_id=cast.jeanne.id,
                    new_email="thief@example.org",
                    token_hash=b"1",
                    cancel_hash=b"2",
                    created_at=now(),
                    ends_at=ends,
                ),
                PasswordReset(
                    user_id=cast.jeanne.id, token_hash=b"1", created_at=now(), ends_at=ends
                ),
                SignInChallenge(
                    user_id=cast.jeanne.id,
                    token_hash=token_hash("old"),
                    created_at=now(),
                    ends_at=ends,
                ),
            )
        )
        session.commit()
        assert enrol_anew(reader, f"/renewal/{way.token}").status_code == 303
    session.rollback()
    assert session.exec(select(EmailChange)).one().cancelled_at is not None
    assert session.exec(select(PasswordReset)).one().used_at is not None
    assert session.exec(select(SignInChallenge)).all() == []


def test_who_is_still_signed_in_neither_sees_nor_replaces_what_is_enrolled(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        key = secret_on(reader)
        inside = signed_in(app, session, cast.jeanne)
        for kind in ("apps", "sheets"):
            for page in ("new", "pending"):
                path = f"/account/security/{kind}/{page}"
                answers = [inside.get(path), inside.post(path, data={"name": "x", "code": "1"})]
                assert [one.status_code for one in answers] == [409, 409], path
                assert not any(key[:4] in one.text for one in answers), path
        assert inside.get("/account/security").status_code == 200
        assert secret_on(reader) == key
        assert confirm_app(reader).status_code == 303
        assert reader.get("/account/security/apps/new").status_code == 200
