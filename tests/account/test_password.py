"""A new password from the account: the present one is asked, the other browsers go."""

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.identity import password_resets, passwords
from portal.models.account import User
from portal.models.credential import PasswordReset, SecurityEvent, SignInChallenge
from tests import factories
from tests.auth.steps import field_error, is_in
from tests.auth.steps import password as sign_in_with
from tests.factories import PASSWORD
from tests.letters import waiting
from tests.pages import PageClient

NEW = "violon brouette cascade noisette"
FORM = {"current_password": PASSWORD, "password": NEW, "end_others": "on"}


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    return user


def _hash_of(session: Session, user: User) -> str:
    session.rollback()
    return session.get_one(User, user.id, populate_existing=True).password_hash


def test_the_new_password_counts_and_the_old_one_no_longer(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    answer = reader.post("/account/password", data=FORM)
    assert answer.headers["Location"] == "/account?done=password-everywhere"
    assert is_in(reader)
    assert sign_in_with(PageClient(app), user, NEW).headers["Location"] == "/sign-in/code"
    assert sign_in_with(PageClient(app), user, PASSWORD).status_code == 422


def test_the_change_is_noted_and_told_by_mail(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    reader.post("/account/password", data=FORM, headers={"User-Agent": "Firefox/140.0 Windows"})
    [notice] = waiting(session, keys)
    assert (notice.letter, notice.to) == ("security_notice", user.email)
    assert notice.values["kind"] == "password_changed"
    kinds = [one.kind for one in session.exec(select(SecurityEvent)).all()]
    assert kinds == ["password_changed"], "nobody else was signed in"


@pytest.mark.parametrize("end_others", [True, False])
def test_other_browsers_go_unless_they_may_stay(
    app: Flask, reader: PageClient, session: Session, user: User, end_others: bool
) -> None:
    other = PageClient(app)
    other.enter(session, user)
    form = FORM if end_others else {k: v for k, v in FORM.items() if k != "end_others"}
    assert reader.post("/account/password", data=form).status_code == 303
    assert is_in(reader)
    assert is_in(other) is not end_others


def test_the_box_is_ticked_at_first(reader: PageClient, user: User) -> None:
    text = reader.get("/account/password").text
    assert 'name="end_others" checked' in text
    assert 'autocomplete="current-password"' in text
    assert 'autocomplete="new-password"' in text


def test_a_wrong_present_password_changes_nothing_and_is_not_sent_back(
    reader: PageClient, session: Session, user: User
) -> None:
    before = _hash_of(session, user)
    answer = reader.post("/account/password", data=FORM | {"current_password": "wrong guess"})
    assert answer.status_code == 422
    assert field_error(answer)
    assert "wrong guess" not in answer.text
    assert NEW not in answer.text
    assert _hash_of(session, user) == before


def test_five_wrong_ones_are_judged_and_the_sixth_waits(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        reader.enter(session, user)
        wrong = FORM | {"current_password": "wrong guess"}
        answers = [reader.post("/account/password", data=wrong).status_code for _ in range(6)]
        assert answers == [422] * 5 + [429]
        assert reader.post("/account/password", data=FORM).status_code == 429
        assert sign_in_with(PageClient(app), user).status_code == 429, "one budget with the door"


def test_right_ones_cost_nothing(reader: PageClient, session: Session, user: User) -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        reader.enter(session, user)
        for number in range(7):
            before = PASSWORD if number == 0 else f"{NEW} {number - 1}"
            form = FORM | {"current_password": before, "password": f"{NEW} {number}"}
            assert reader.post("/account/password", data=form).status_code == 303


@pytest.mark.parametrize(
    "weak", ["", "short", "Soleil123456!", "x" * 129, "paulmorel2026", "motdepasse2026"]
)
def test_a_weak_password_is_refused_before_the_present_one_is_judged(
    reader: PageClient, session: Session, user: User, weak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "verify_password", None)
    answer = reader.post("/account/password", data=FORM | {"password": weak})
    assert answer.status_code == 422
    assert field_error(answer)


def test_a_long_phrase_with_accents_and_an_emoji_is_welcome(
    reader: PageClient, session: Session, user: User
) -> None:
    phrase = "J’ai planté trois rosiers 🌹 à Quimper"
    assert reader.post("/account/password", data=FORM | {"password": phrase}).status_code == 303
    assert passwords.verify_password(_hash_of(session, user), phrase)


def test_what_the_old_password_had_begun_ends_with_it(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    stranger = PageClient(app)
    assert sign_in_with(stranger, user).headers["Location"] == "/sign-in/code"
    stranger.post("/password-reset", data={"email": user.email})
    [letter] = waiting(session, keys, "password_reset")
    assert reader.post("/account/password", data=FORM).status_code == 303
    assert session.exec(select(SignInChallenge)).all() == []
    assert stranger.get("/sign-in/code").headers["Location"] == "/sign-in?too_late=1"
    assert stranger.get(letter.path).status_code == 404
    assert session.exec(select(PasswordReset)).one().used_at is not None


def test_a_password_that_was_replaced_meanwhile_is_not_replaced_again(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the check and the change another browser was faster."""
    from portal import clock

    right = passwords.verify_password
    faster = passwords.hash_password("une autre phrase entre temps")

    def verify(stored: str | None, text: str) -> bool:
        is_right = right(stored, text)
        row = session.get_one(User, user.id, populate_existing=True)
        password_resets.set_password(session, user=row, password_hash=faster, at=clock.now())
        session.commit()
        return is_right

    monkeypatch.setattr(passwords, "verify_password", verify)
    assert reader.post("/account/password", data=FORM).status_code == 422
    assert _hash_of(session, user) == faster


def test_the_page_is_about_oneself_only(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    other, secret = factories.make_user(session, keys)
    session.commit()
    before = _hash_of(session, other)
    reader.post("/account/password", data=FORM | {"user_id": str(other.id)})
    assert _hash_of(session, other) == before
    stranger = PageClient(app)
    stranger.sign_in(other, secret)
    assert is_in(stranger)
