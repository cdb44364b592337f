"""Using a way back: not a second early, all at once, and nothing older survives."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing, new_token
from portal.errors import ReproofingError
from portal.identity import recovery_codes, reproofing
from portal.identity.passwords import verify_password
from portal.models.account import User, UserSession
from portal.models.credential import (
    KnownDevice,
    PaperCode,
    PaperSheet,
    Passkey,
    RecoveryCode,
    SignInChallenge,
    TotpDevice,
)
from tests import factories
from tests.auth.steps import both, field_error, is_in, password
from tests.pages import PageClient, code_of
from tests.reproofing.steps import (
    DAY,
    NEW_PASSWORD,
    confirm_app,
    confirmed,
    enrol_anew,
    fresh,
    history_of,
    later,
    letters,
    make_cast,
    opened,
    secret_on,
    signed_in,
    values,
)

SECOND = timedelta(seconds=1)


def test_not_a_second_before_the_delay_is_over(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    ready_at, path = fresh(session, row).ready_at, f"/renewal/{way.token}"
    assert ready_at is not None
    with time_machine.travel(ready_at - SECOND, tick=False):
        assert "Pas encore" in reader.get(path).text
        answer = reader.post(path, data={"password": NEW_PASSWORD})
        assert "Pas encore" in answer.text
        assert answer.headers.get("Set-Cookie") is None
        session.rollback()
        with pytest.raises(ReproofingError):
            reproofing.choose_password(session, request=row, password_hash="x", at=now())
        session.rollback()
    with time_machine.travel(ready_at, tick=False):
        assert "Choisissez un mot de passe" in reader.get(path).text
        assert enrol_anew(reader, path).status_code == 303
    assert fresh(session, row).completed_at == ready_at


def test_not_a_second_after_its_end(reader: PageClient, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    ends_at, path = fresh(session, row).ends_at, f"/renewal/{way.token}"
    with time_machine.travel(ends_at - SECOND, tick=False):
        assert reader.post(path, data={"password": NEW_PASSWORD}).status_code == 303
        key = secret_on(reader)
    with time_machine.travel(ends_at, tick=False):
        assert reader.get(path).status_code == 404
        assert reader.post("/enrolment", data={"code": code_of(key)}).status_code == 404
    assert fresh(session, row).completed_at is None
    assert not is_in(reader)


def test_before_it_is_confirmed_there_is_no_way(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    opened(session, keys, cast)
    with later(timedelta(days=2)):
        assert reader.get(f"/renewal/{new_token()}").status_code == 404


def test_afterwards_every_older_factor_session_and_password_is_dead(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    old = _old_ways_in(session, keys, cast.jeanne)
    before = [signed_in(app, session, cast.jeanne) for _browser in range(2)]
    with later(DAY):
        for one in session.exec(select(UserSession)):
            one.ends_at, one.idle_ends_at = now() + DAY, now() + DAY
        session.commit()
        assert all(is_in(one) for one in before)
        answer = enrol_anew(reader, f"/renewal/{way.token}")
        assert answer.headers["Location"] == "/recovery-codes"
        assert is_in(reader)
        assert not any(is_in(one) for one in before)
    session.rollback()
    assert len(session.exec(select(TotpDevice)).all()) == 3 + 1, "of the three staff and the new"
    for table in (Passkey, PaperSheet, PaperCode):
        assert session.exec(select(table)).all() == [], table.__name__
    assert len(session.exec(select(KnownDevice)).all()) == 1, "this browser"
    assert len(session.exec(select(RecoveryCode)).all()) == 10
    with later(DAY + 2 * SECOND):
        assert password(PageClient(app), cast.jeanne).status_code == 422, "the old password"
        for text in (code_of(cast.secret), old[0]):
            tried = both(PageClient(app), cast.jeanne, text, password_text=NEW_PASSWORD)
            assert tried.status_code == 422
    assert history_of(session, cast.jeanne)[-1] == "reproofed"
    assert values(letters(session, "security_notice")[-1], keys)["kind"] == "reproofed"


def _old_ways_in(session: Session, keys: KeyRing, user: User) -> list[str]:
    """A passkey, a sheet, a known browser, and recovery codes, which are the answer."""
    at = factories.LONG_AGO
    sheet = PaperSheet(user_id=user.id, confirmed_at=at, created_at=at)
    session.add(sheet)
    session.flush()
    session.add_all(
        (
            PaperCode(sheet_id=sheet.id, number=1, code_digest=b"1"),
            Passkey(
                user_id=user.id,
                name="Ancienne",
                credential_id=b"1",
                public_key=b"1",
                sign_count=0,
                created_at=at,
            ),
            KnownDevice(user_id=user.id, token_hash=b"1", created_at=at),
        )
    )
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=at)
    session.commit()
    return codes


def test_the_new_password_and_the_new_app_open_the_account(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        key = secret_on(reader)
        assert confirm_app(reader).status_code == 303
    with later(DAY + timedelta(minutes=1)):
        again = PageClient(app)
        code = code_of(key)
        assert both(again, cast.jeanne, code, password_text=NEW_PASSWORD).status_code == 303
        assert is_in(again)


def test_a_renewal_that_was_left_changes_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        assert reader.get("/enrolment").status_code == 200
        ordinary = PageClient(app)
        assert password(ordinary, cast.jeanne, NEW_PASSWORD).status_code == 422
        assert both(ordinary, cast.jeanne, code_of(cast.secret)).status_code == 303
        assert is_in(ordinary)
    assert fresh(session, row).completed_at is None


def test_it_is_used_once(app: Flask, reader: PageClient, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    with later(DAY):
        assert enrol_anew(reader, f"/renewal/{way.token}").status_code == 303
        again = PageClient(app)
        assert again.get(f"/renewal/{way.token}").status_code == 404
        answer = again.post(f"/renewal/{way.token}", data={"password": "y" + NEW_PASSWORD})
        assert answer.status_code == 404
        data = {"name": "jeanne@example.org", "code": way.code}
        assert again.post("/renewal/code", data=data).status_code == 422
    row = fresh(session, row)
    user = session.get_one(User, cast.jeanne.id, populate_existing=True)
    assert verify_password(user.password_hash, NEW_PASSWORD)
    assert row.password_hash is None


def test_in_the_same_browser_the_seed_stays_when_the_password_is_chosen_again(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": "le premier des deux choix"})
        key = secret_on(reader)
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        assert secret_on(reader) == key
        assert confirm_app(reader).status_code == 303
    session.rollback()
    user = session.get_one(User, cast.jeanne.id, populate_existing=True)
    assert verify_password(user.password_hash, NEW_PASSWORD)


def test_a_weak_password_is_refused_and_not_repeated(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        for weak in ("court", "jeanne morel 1945", "x" * 129):
            answer = reader.post(f"/renewal/{way.token}", data={"password": weak})
            assert answer.status_code == 422
            assert field_error(answer)
            assert weak not in answer.text
    assert session.exec(select(SignInChallenge)).all() == []


def test_somebody_without_a_phone_comes_back_with_a_sheet_of_codes(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys, email=None, username="jeanne.morel")
    _old_ways_in(session, keys, cast.jeanne)
    _row, way = confirmed(session, keys, cast)
    with later(DAY):
        reader.post(f"/renewal/{way.token}", data={"password": NEW_PASSWORD})
        reader.post("/enrolment/sheet")
        first = re.findall(r"\d{4}\s\d{4}", reader.get("/enrolment?method=sheet").text)[0]
        answer = reader.post("/enrolment", data={"code": first, "method": "sheet"})
        assert answer.headers["Location"].startswith("/recovery-codes")
        assert is_in(reader)
    session.rollback()
    sheet = session.exec(select(PaperSheet)).one()
    assert (sheet.user_id, sheet.ended_at) == (cast.jeanne.id, None)
    devices = session.exec(select(TotpDevice)).all()
    assert cast.jeanne.id not in {one.user_id for one in devices}
    assert session.exec(select(Passkey)).all() == []
