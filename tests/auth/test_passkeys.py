"""Passkeys: alone, after the password, as the first factor, and to confirm an act."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.config import Config
from portal.crypto import KeyRing
from portal.identity import ceremonies, enrolment, history, invitations
from portal.identity.invitations import Place
from portal.models.account import InvitationKind, User, UserSession
from portal.models.credential import (
    CeremonyPurpose,
    IdentityDocument,
    Passkey,
    PasskeyCeremony,
    RecoveryCode,
    Reproofing,
    SecurityEventKind,
    SignInBudget,
    TotpDevice,
)
from portal.web.passkeys import rp_of_request
from tests import factories
from tests.auth.authenticator import (
    ENROLMENT,
    SECOND_FACTOR,
    SIGN_IN,
    STEP_UP,
    Phone,
    give_passkey,
    options,
    touch,
)
from tests.auth.steps import cookie, is_in, password
from tests.pages import PageClient

STRONG = "tabouret citron fanfare"


@pytest.fixture
def user(session: Session, keys: KeyRing) -> User:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    return user


@pytest.fixture
def phone(session: Session, user: User) -> Phone:
    """A phone that holds a passkey of the user."""
    phone = Phone()
    give_passkey(session, user, phone)
    session.commit()
    return phone


def _kinds(session: Session, user: User) -> list[SecurityEventKind]:
    return [line.kind for line in history.lines_of(session, user_id=user.id)]


def test_a_passkey_alone_opens_the_account(
    reader: PageClient, session: Session, user: User, phone: Phone
) -> None:
    answer = touch(reader, phone, SIGN_IN, next="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert is_in(reader)
    assert _kinds(session, user) == [SecurityEventKind.SIGNED_IN]
    assert session.exec(select(Passkey)).one().last_used_at is not None
    assert session.exec(select(SignInBudget)).all() == [], "nobody guesses a signature"


def test_it_goes_on_nowhere_else_than_here(reader: PageClient, phone: Phone) -> None:
    answer = touch(reader, phone, SIGN_IN, next="//evil.example")
    assert answer.headers["Location"] == "/"


def test_a_second_device_is_told_apart(
    app: Flask, session: Session, user: User, phone: Phone
) -> None:
    touch(PageClient(app), phone, SIGN_IN)
    touch(PageClient(app), phone, SIGN_IN)
    assert _kinds(session, user)[0] is SecurityEventKind.SIGNED_IN_NEW_DEVICE


def test_a_passkey_is_the_second_factor_after_the_password(
    reader: PageClient, user: User, phone: Phone
) -> None:
    password(reader, user)
    asked = options(reader, SECOND_FACTOR)
    assert len(asked["allowCredentials"]) == 1
    assert touch(reader, phone, SECOND_FACTOR).status_code == 303
    assert is_in(reader)
    assert reader.client.get_cookie("challenge") is None


def test_a_passkey_confirms_an_act_and_renews_the_token(
    reader: PageClient, app: Flask, session: Session, user: User, phone: Phone
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        reader.enter(session, user)
        before = reader.client.get_cookie("sid")
        clock.shift(timedelta(minutes=6))
        asked = reader.get("/account/security/passkeys")
        assert asked.headers["Location"].startswith("/sign-in/confirm?next=/account")
        answer = touch(reader, phone, STEP_UP, next="/account/security/passkeys")
        assert answer.headers["Location"] == "/account/security/passkeys"
        assert reader.get("/account/security/passkeys").status_code == 200
    copied = PageClient(app)
    assert before is not None
    copied.client.set_cookie("sid", before.value)
    assert not is_in(copied), "the cookie before is dead"
    assert len(session.exec(select(UserSession)).all()) == 1


@pytest.fixture
def newcomer(reader: PageClient, session: Session) -> PageClient:
    """Somebody who has just chosen a password and must choose a second factor."""
    patient = factories.make_patient(session)
    place = Place(InvitationKind.CARER, patient_id=patient.id, grants=("agenda:see",))
    token = invitations.invite(session, email="sylvie@example.org", place=place, at=now())
    session.commit()
    form = {"given_name": "Sylvie", "family_name": "Morel", "password": STRONG}
    answer = reader.post(f"/invitation/{token}", data=form)
    assert answer.headers["Location"] == "/enrolment"
    return reader


def _enrol(reader: PageClient, phone: Phone) -> int:
    credential = phone.create(options(reader, ENROLMENT))
    return reader.post(ENROLMENT, data={"credential": credential}).status_code


def test_a_passkey_is_the_first_factor_of_a_new_account(
    newcomer: PageClient, app: Flask, session: Session
) -> None:
    phone = Phone()
    assert _enrol(newcomer, phone) == 303
    assert is_in(newcomer)
    assert "<h1>" in newcomer.get("/recovery-codes").text
    assert len(session.exec(select(RecoveryCode)).all()) == 10
    assert session.exec(select(TotpDevice)).all() == [], "the app that was not chosen is gone"
    assert touch(PageClient(app), phone, SIGN_IN).status_code == 303


def test_a_withdrawn_invitation_leaves_no_passkey_behind(
    newcomer: PageClient, session: Session
) -> None:
    from portal.models.account import Invitation

    credential = Phone().create(options(newcomer, ENROLMENT))
    session.exec(select(Invitation)).one().withdrawn_at = now()
    session.commit()
    answer = newcomer.post(ENROLMENT, data={"credential": credential})
    assert answer.headers["Location"] == "/sign-in?too_late=1"
    assert not is_in(newcomer)
    assert session.exec(select(Passkey)).all() == []
    assert session.exec(select(User)).one().enrolled_at is None


def test_after_a_lost_phone_only_the_new_passkey_is_left(
    reader: PageClient, app: Flask, session: Session, keys: KeyRing, user: User, phone: Phone
) -> None:
    at = now()
    request = Reproofing(
        user_id=user.id,
        document=IdentityDocument.PASSPORT,
        opened_by=user.id,
        opened_at=at,
        ready_at=at,
        ends_at=at + timedelta(days=1),
    )
    session.add(request)
    session.flush()
    token = enrolment.begin(
        session,
        keys=keys,
        user=session.get_one(User, user.id),
        occasion=enrolment.Occasion(reproofing=request),
        is_same_browser=False,
        at=at,
    )
    session.commit()
    reader.client.set_cookie("challenge", token)
    fresh = Phone()
    assert _enrol(reader, fresh) == 303
    assert [one.credential_id for one in session.exec(select(Passkey))] == [fresh.credential_id]
    assert session.exec(select(TotpDevice)).all() == []
    session.rollback()
    assert touch(PageClient(app), phone, SIGN_IN).status_code == 422
    assert touch(PageClient(app), fresh, SIGN_IN).status_code == 303


def test_the_button_stands_where_the_account_has_a_passkey(
    app: Flask, session: Session, keys: KeyRing, user: User, phone: Phone
) -> None:
    other, _secret = factories.make_user(session, keys)
    session.commit()
    for one, expected in ((user, True), (other, False)):
        reader = PageClient(app)
        password(reader, one)
        assert (f'action="{SECOND_FACTOR}"' in reader.get("/sign-in/code").text) is expected


def test_who_only_gave_a_password_makes_no_passkey(reader: PageClient, user: User) -> None:
    password(reader, user)
    assert reader.post(f"{ENROLMENT}/options").status_code == 404
    answer = reader.post(ENROLMENT, data={"credential": "{}"})
    assert answer.headers["Location"] == "/sign-in?too_late=1"


def test_the_browser_is_asked_for_a_verified_reader(
    reader: PageClient, newcomer: PageClient, session: Session, user: User, phone: Phone
) -> None:
    made = options(newcomer, ENROLMENT)
    assert made["rp"] == {"id": "localhost", "name": "Relais"}
    assert made["attestation"] == "none"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert {one["alg"] for one in made["pubKeyCredParams"]} == {-7, -8, -257}
    owner = session.exec(select(User).where(User.email == "sylvie@example.org")).one()
    assert urlsafe_b64decode(made["user"]["id"] + "==") == owner.id.bytes
    session.rollback()
    used = options(reader, SIGN_IN)
    assert (used["rpId"], used["userVerification"]) == ("localhost", "required")
    assert used["allowCredentials"] == [], "nobody learns who has a passkey"


def test_a_known_passkey_is_not_offered_to_be_made_again(
    reader: PageClient, session: Session, user: User, phone: Phone
) -> None:
    reader.enter(session, user)
    asked = options(reader, "/account/security/passkeys")
    assert len(asked["excludeCredentials"]) == 1


def test_the_cookie_of_a_ceremony_is_short_and_closed(reader: PageClient) -> None:
    line = cookie(reader.post(f"{SIGN_IN}/options"), "passkey")
    for part in ("HttpOnly", "SameSite=Lax", "Max-Age=300", "Path=/"):
        assert part in line


def test_ceremonies_that_nobody_answered_go(reader: PageClient, session: Session) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _time in range(3):
            options(reader, SIGN_IN)
        clock.shift(ceremonies.LASTS)
        options(reader, SIGN_IN)
    assert len(session.exec(select(PasskeyCeremony)).all()) == 1


def test_parallel_tokens_hold_the_purpose(session: Session, user: User) -> None:
    at = now()
    _challenge, token = ceremonies.begin(
        session, purpose=CeremonyPurpose.STEP_UP, user_id=user.id, at=at
    )
    asked = {"token": token, "user_id": user.id, "at": at}
    assert ceremonies.take(session, purpose=CeremonyPurpose.SECOND_FACTOR, **asked) is None
    assert ceremonies.take(session, purpose=CeremonyPurpose.STEP_UP, **asked) is None, "spent"


@pytest.mark.parametrize(
    ("base_url", "here", "expected"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", None),
        ("http://127.0.0.1:8080", "http://localhost:8080", ("localhost", "http://localhost:8080")),
        ("http://localhost", "http://localhost", ("localhost", "http://localhost")),
        ("http://[::1]:8080", "http://[::1]:8080", None),
        ("https://192.0.2.7", "https://192.0.2.7", None),
        ("https://a.example", "https://a.example", ("a.example", "https://a.example")),
        ("https://a.example:443", "https://a.example", ("a.example", "https://a.example")),
        ("https://a.example:8443", "https://a.example", ("a.example", "https://a.example:8443")),
        ("https://a.example", "https://a.example:8443", ("a.example", "https://a.example")),
        ("https://a.example", "https://b.example", None),
        ("https://a.example", "http://localhost", None),
    ],
)
def test_a_passkey_is_bound_to_the_name_of_the_portal(
    config: Config, base_url: str, here: str, expected: tuple[str, str] | None
) -> None:
    app = Flask(__name__)
    app.extensions["config"] = replace(config, base_url=base_url)
    with app.test_request_context("/", base_url=here):
        found = rp_of_request()
    assert (found and (found.id, found.origin)) == expected


def test_at_an_address_without_a_name_there_are_no_passkeys(reader: PageClient) -> None:
    numbers = {"base_url": "http://127.0.0.1"}
    assert "data-passkey" in reader.get("/sign-in").text
    assert "data-passkey" not in reader.get("/sign-in", **numbers).text
    assert reader.post(f"{SIGN_IN}/options", **numbers).status_code == 404
    assert reader.post(SIGN_IN, data={"credential": "{}"}, **numbers).status_code == 404
