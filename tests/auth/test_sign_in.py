"""Password, then code: in with both, out with less."""

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import history, passwords
from portal.models.account import User
from portal.models.credential import SecurityEventKind, SignInChallenge
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.auth.steps import both, code, cookie, field_error, is_in, password
from tests.factories import PASSWORD
from tests.pages import PageClient, code_of


def test_password_and_code_sign_in(reader: PageClient, session: Session, keys: KeyRing) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    first = password(reader, user)
    assert (first.status_code, first.headers["Location"]) == (303, "/sign-in/code")
    assert not is_in(reader)
    second = code(reader, code_of(secret))
    assert (second.status_code, second.headers["Location"]) == (303, "/")
    assert is_in(reader)


def test_the_password_alone_opens_nothing(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    answer = password(reader, user)
    assert not cookie(answer, "sid")
    assert reader.get("/people").status_code == 303


def test_the_code_without_the_password_opens_nothing(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    _user, secret = factories.make_user(session, keys)
    session.commit()
    answer = code(reader, code_of(secret))
    assert answer.headers["Location"] == "/sign-in?too_late=1"
    assert not is_in(reader)


def test_capitals_and_blanks_in_the_address_do_not_matter(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys, email="jeanne@example.org")
    session.commit()
    assert password(reader, "  Jeanne@Example.ORG ").status_code == 303
    assert code(reader, code_of(secret)).status_code == 303
    assert is_in(reader)
    assert user.email == "jeanne@example.org"


def test_a_wrong_password_and_an_unknown_account_get_the_same_page(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    wrong = password(reader, user, "un autre mot de passe")
    unknown = password(reader, "nobody@example.org", "un autre mot de passe")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(user.email, "X") == unknown.text.replace("nobody@example.org", "X")
    assert field_error(wrong).startswith("L’adresse, le nom d’utilisateur ou le mot de passe")
    assert "un autre mot de passe" not in wrong.text, "a password is never sent back"


@pytest.mark.parametrize("enrolled", [True, False])
def test_one_hash_is_verified_whoever_asks(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
    enrolled: bool,
) -> None:
    user, _secret = factories.make_user(session, keys)
    if not enrolled:
        user.enrolled_at = None
    session.commit()
    verified: list[str] = []
    hasher = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", _Counting(hasher, verified))
    password(reader, user, "un autre mot de passe")
    password(reader, "nobody@example.org", "un autre mot de passe")
    assert len(verified) == 2
    settings = {text.rsplit("$", 2)[0] for text in verified}
    assert len(settings) == 1, "the same algorithm and the same cost"


class _Counting:
    def __init__(self, hasher: object, verified: list[str]) -> None:
        self._hasher, self._verified = hasher, verified

    def __getattr__(self, name: str) -> object:
        return getattr(self._hasher, name)

    def verify(self, password_hash: str, text: str) -> bool:
        self._verified.append(password_hash)
        return bool(self._hasher.verify(password_hash, text))


def test_the_dummy_password_opens_no_unknown_account(reader: PageClient, session: Session) -> None:
    session.commit()
    answer = password(reader, "nobody@example.org", "no account has this password")
    assert answer.status_code == 422
    assert session.exec(select(SignInChallenge)).all() == []


def test_an_account_that_never_finished_enrolment_cannot_sign_in(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys, enrolled_at=None)
    session.commit()
    answer = password(reader, user)
    assert answer.status_code == 422
    assert session.exec(select(SignInChallenge)).all() == []


def test_an_old_hash_is_renewed_by_a_right_password(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    user, _secret = factories.make_user(session, keys, password_hash=cheap)
    session.commit()
    assert password(reader, user).status_code == 303
    session.expire_all()
    renewed = session.get_one(User, user.id).password_hash
    assert "m=47104" in renewed
    assert passwords.verify_password(renewed, PASSWORD)


@pytest.mark.parametrize(
    "form",
    [
        {"email": "", "password": "x"},
        {"email": "jeanne@example.org", "password": ""},
        {"email": "jeanne morel", "password": "x"},
        {"email": f"{'a' * 250}@example.org", "password": "x"},
        {"email": "jeanne@example.org", "password": "x" * 2000},
        {},
    ],
)
def test_a_form_that_cannot_be_right_is_refused_before_any_hash(
    reader: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch, form: dict[str, str]
) -> None:
    session.commit()
    monkeypatch.setattr(passwords, "verify_password", None)
    answer = reader.post("/sign-in", data=form)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text
    assert "<title>Erreur" in answer.text


def test_the_step_after_the_password_ends_after_ten_minutes(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    with time_machine.travel(factories.LONG_AGO, tick=False) as clock:
        password(reader, user)
        clock.shift(599)
        assert reader.get("/sign-in/code").status_code == 200
        clock.shift(1)
        assert reader.get("/sign-in/code").headers["Location"] == "/sign-in?too_late=1"
        assert code(reader, code_of(secret)).headers["Location"] == "/sign-in?too_late=1"


def _kinds(session: Session, user: User) -> list[SecurityEventKind]:
    session.rollback()
    return [line.kind for line in history.lines_of(session, user_id=user.id)]


def test_the_first_browser_of_all_alarms_nobody(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    both(reader, user, code_of(secret))
    assert _kinds(session, user) == [SecurityEventKind.SIGNED_IN]
    assert session.exec(select(OutboxMessage)).all() == []


def test_a_browser_that_is_new_to_the_account_is_told_by_mail(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    phone, stranger = PageClient(app), PageClient(app)
    with time_machine.travel(now(), tick=False) as clock:
        for reader in (phone, phone, stranger, stranger):
            assert both(reader, user, code_of(secret)).status_code == 303
            reader.post("/sign-out")
            clock.shift(60)
    assert _kinds(session, user) == [
        SecurityEventKind.SIGNED_IN,
        SecurityEventKind.SIGNED_IN_NEW_DEVICE,
        SecurityEventKind.SIGNED_IN,
        SecurityEventKind.SIGNED_IN,
    ]
    assert session.exec(select(OutboxMessage)).one().recipient == user.email


def test_somebody_who_wants_no_such_mail_reads_it_in_the_history(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys, notify_sign_ins=False)
    other = factories.make_app(session, keys, user)
    session.commit()
    both(PageClient(app), user, code_of(secret))
    both(PageClient(app), user, code_of(other))
    assert _kinds(session, user)[0] is SecurityEventKind.SIGNED_IN_NEW_DEVICE
    assert session.exec(select(OutboxMessage)).all() == []


def test_the_lost_everything_text_is_on_the_code_page(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    password(reader, user)
    page = reader.get("/sign-in/code").text
    assert "pièce d’identité" in page
    assert "24 heures" in page or "24\u00a0heures" in page


def test_a_sheet_that_runs_out_is_said_after_signing_in(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    codes = factories.make_sheet(session, keys, user, used=30)
    session.commit()
    reader = PageClient(app)
    assert both(reader, user, codes[30]).headers["Location"] == "/"
    answer = both(reader, user, codes[31])
    assert answer.headers["Location"] == "/account/security/sheets/running-out"
    assert "bientôt finie" in reader.get(answer.headers["Location"]).text
