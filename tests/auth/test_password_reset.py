"""A forgotten password: the mail alone opens nothing, and nobody learns who has an account."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete
from sqlmodel import Session, select

from portal import clock as time
from portal.crypto import KeyRing
from portal.identity import paper_sheets, passwords, recovery_codes
from portal.models.account import User, UserSession
from portal.models.credential import (
    Passkey,
    PasswordReset,
    RecoveryCode,
    SecurityEvent,
    TotpDevice,
)
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.auth.steps import cookie, field_error, is_in
from tests.auth.steps import password as sign_in_with
from tests.factories import PASSWORD
from tests.letters import sending_mail, waiting
from tests.pages import PageClient, code_of
from tests.statements import counted

NEW = "violon brouette cascade noisette"
NOON = 1_800_000_000
Enrolled = tuple[User, str]


@pytest.fixture(autouse=True)
def mail_leaves(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "config", sending_mail(app))


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> Enrolled:
    found = factories.make_user(session, keys, email="jeanne@example.org")
    session.commit()
    return found


def _link(app: Flask, session: Session, keys: KeyRing, name: str = "jeanne@example.org") -> str:
    """The path of the newest link that waits for that account."""
    PageClient(app).post("/password-reset", data={"email": name})
    return waiting(session, keys, "password_reset")[-1].path


def _password_is(session: Session, user: User, text: str) -> bool:
    session.rollback()
    stored = session.get_one(User, user.id, populate_existing=True).password_hash
    session.rollback()
    return passwords.verify_password(stored, text)


# Asking


def test_the_letter_goes_to_the_account_and_holds_the_link(
    reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    answer = reader.post("/password-reset", data={"email": " Jeanne@Example.org "})
    assert answer.headers["Location"] == "/password-reset/sent"
    [letter] = waiting(session, keys)
    assert (letter.letter, letter.to) == ("password_reset", "jeanne@example.org")
    assert letter.values["minutes"] == "30"
    token = letter.path.removeprefix("/password-reset/")
    assert len(token) >= 43
    assert session.exec(select(SecurityEvent)).one().kind == "password_reset_asked"


def test_the_user_name_serves_too(session: Session, keys: KeyRing, reader: PageClient) -> None:
    factories.make_user(session, keys, email="a@example.org", username="jeanne.morel")
    session.commit()
    reader.post("/password-reset", data={"email": "Jeanne.Morel"})
    assert [one.to for one in waiting(session, keys)] == ["a@example.org"]


def _make(session: Session, keys: KeyRing, kind: str) -> str:
    fields: dict[str, object] = {
        "known": {},
        "without e-mail": {"email": None, "username": "jeanne.morel"},
        "never enrolled": {"enrolled_at": None},
        "closed": {"disabled_at": factories.LONG_AGO},
    }.get(kind, {})  # type: ignore[assignment]  # literals of several types
    if kind == "unknown":
        return "nobody@example.org"
    user, _ = factories.make_user(session, keys, **fields)
    session.commit()
    return user.sign_in_name


@pytest.mark.parametrize("kind", ["unknown", "without e-mail", "never enrolled", "closed"])
def test_who_gets_no_letter_gets_the_same_answer_after_the_same_work(
    app: Flask, session: Session, keys: KeyRing, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "verify_password", lambda *_a: hashed.append("verified"))
    monkeypatch.setattr(passwords, "hash_password", lambda *_a: hashed.append("hashed"))
    PageClient(app).post("/password-reset", data={"email": "warm@example.org"})
    answers, statements = [], []
    for name in (_make(session, keys, "known"), _make(session, keys, kind)):
        reader = PageClient(app)
        with counted(app) as seen:
            answer = reader.post("/password-reset", data={"email": name})
        shown = reader.get(answer.headers["Location"]).text
        answers.append((answer.status_code, answer.headers["Location"], answer.text, shown))
        statements.append(len(seen))
    assert answers[0] == answers[1]
    assert statements[0] == statements[1]
    assert hashed == []
    assert len(waiting(session, keys)) == 1, "only the known account is written to"
    assert len(session.exec(select(OutboxMessage)).all()) == 1, "nothing is left of the pretence"
    assert len(session.exec(select(PasswordReset)).all()) == 1


def test_three_an_hour_then_silently_none(
    app: Flask, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        answers = [
            PageClient(app).post("/password-reset", data={"email": "jeanne@example.org"})
            for _ in range(5)
        ]
        assert {one.headers["Location"] for one in answers} == {"/password-reset/sent"}
        assert len(session.exec(select(PasswordReset)).all()) == 3
        last = waiting(session, keys)[-1].path
        assert PageClient(app).get(last).status_code == 200, "the third one still opens"
        clock.shift(3601)
        PageClient(app).post("/password-reset", data={"email": "jeanne@example.org"})
        session.rollback()
        assert len(session.exec(select(PasswordReset)).all()) == 4


def test_ten_at_once_leave_three_links_of_which_one_opens(
    app: Flask, session: Session, enrolled: Enrolled
) -> None:
    hands = Barrier(10)

    def ask(_number: int) -> int:
        reader = PageClient(app)
        hands.wait()
        return reader.post("/password-reset", data={"email": "jeanne@example.org"}).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(ask, range(10))) == {303}
    links = session.exec(select(PasswordReset)).all()
    assert len(links) == 3
    assert sum(link.used_at is None for link in links) == 1


def test_an_empty_field_is_told_and_nothing_is_looked_up(
    reader: PageClient, session: Session
) -> None:
    for text in ("", "   ", "x" * 255):
        answer = reader.post("/password-reset", data={"email": text})
        assert answer.status_code == 422
        assert field_error(answer)


def test_where_no_mail_leaves_the_page_says_whom_to_call(
    app: Flask,
    reader: PageClient,
    session: Session,
    config: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.extensions, "config", config)
    text = reader.get("/password-reset").text
    assert "Appelez votre coordination" in text
    assert 'name="email"' not in text


def test_the_sign_in_page_leads_there(reader: PageClient, session: Session) -> None:
    assert 'href="/password-reset"' in reader.get("/sign-in").text


# The link


def test_link_password_and_code_together_change_it_and_sign_in(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, secret = enrolled
    other = PageClient(app)
    other.enter(session, user)
    link = _link(app, session, keys)
    assert reader.get(link).status_code == 200
    answer = reader.post(link, data={"password": NEW, "code": code_of(secret)})
    assert answer.headers["Location"] == "/account?done=password-everywhere"
    assert cookie(answer, "sid")
    assert is_in(reader)
    assert not is_in(other), "every browser from before is out"
    assert _password_is(session, user, NEW)
    assert sign_in_with(PageClient(app), user).status_code == 422
    kinds = [one.kind.value for one in session.exec(select(SecurityEvent)).all()]
    assert {"password_reset_asked", "password_reset"} < set(kinds)
    assert "password_reset" in [one.values.get("kind") for one in waiting(session, keys)]


@pytest.mark.parametrize("code", ["", "000000", "00000000", "AAAA-BBBB-CCCC-DDDD", "someone's"])
def test_the_mail_alone_opens_nothing(
    app: Flask,
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    enrolled: Enrolled,
    code: str,
) -> None:
    user, _secret = enrolled
    _other, other_secret = factories.make_user(session, keys)
    session.commit()
    link = _link(app, session, keys)
    text = code_of(other_secret) if code == "someone's" else code
    answer = reader.post(link, data={"password": NEW, "code": text})
    assert answer.status_code == 422
    assert field_error(answer)
    assert NEW not in answer.text
    assert not cookie(answer, "sid")
    assert _password_is(session, user, PASSWORD)
    assert session.exec(select(UserSession)).all() == []
    assert reader.get(link).status_code == 200, "a slip does not use the link up"


def test_a_form_without_any_code_field_opens_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    link = _link(app, session, keys)
    assert reader.post(link, data={"password": NEW}).status_code == 422
    assert _password_is(session, enrolled[0], PASSWORD)


def test_being_signed_in_as_somebody_else_does_not_stand_for_the_code(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    other, _ = factories.make_user(session, keys)
    reader.enter(session, other)
    link = _link(app, session, keys)
    assert reader.post(link, data={"password": NEW}).status_code == 422
    assert _password_is(session, enrolled[0], PASSWORD)


def test_a_code_is_not_used_up_by_a_weak_password(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    _user, secret = enrolled
    link, code = _link(app, session, keys), code_of(secret)
    for weak in ("Soleil123456!", "short", "jeanne@example.org"):
        answer = reader.post(link, data={"password": weak, "code": code})
        assert answer.status_code == 422
        assert field_error(answer)
    assert reader.post(link, data={"password": NEW, "code": code}).status_code == 303


def test_a_code_that_was_used_at_the_door_is_not_accepted_again(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        link, code = _link(app, session, keys), code_of(secret)
        PageClient(app).sign_in(user, secret)
        answer = reader.post(link, data={"password": NEW, "code": code})
        assert answer.status_code == 422
    assert _password_is(session, user, PASSWORD)


def test_a_recovery_code_and_the_sheet_serve_as_well(
    app: Flask, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, _secret = enrolled
    at = factories.LONG_AGO
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=at)
    sheet = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=at)
    printed = paper_sheets.codes_of(sheet, keys=keys)
    paper_sheets.confirm_sheet(session, keys=keys, sheet=sheet, code=printed[0], at=at)
    session.commit()
    for number, code in enumerate((codes[0], printed[1])):
        reader, link = PageClient(app), _link(app, session, keys)
        text = f"{NEW} {number}"
        answer = reader.post(link, data={"password": text, "code": code})
        assert answer.status_code == 303
        assert is_in(reader)
        assert _password_is(session, user, text)
    link = _link(app, session, keys)
    used = PageClient(app).post(link, data={"password": NEW, "code": codes[0]})
    assert used.status_code == 422
    assert _password_is(session, user, f"{NEW} 1")


def test_the_page_asks_for_the_way_that_was_chosen(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, _secret = enrolled
    recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    link = _link(app, session, keys)
    assert "one-time-code" in reader.get(link).text
    chosen = reader.get(f"{link}?method=recovery").text
    assert "16 lettres et chiffres" in chosen
    assert 'name="method" value="recovery"' in chosen


def test_five_wrong_codes_are_judged_and_the_sixth_waits(
    app: Flask, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        link = _link(app, session, keys)
        form = {"password": NEW, "code": "000000"}
        answers = [PageClient(app).post(link, data=form).status_code for _ in range(6)]
        assert answers == [422] * 5 + [429]
        right = PageClient(app).post(link, data=form | {"code": code_of(secret)})
        assert right.status_code == 429
        at_the_door = sign_in_with(PageClient(app), user)
        assert at_the_door.status_code == 303, "the link has a budget of its own"
    assert _password_is(session, user, PASSWORD)


def test_a_link_serves_once(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        link = _link(app, session, keys)
        form = {"password": NEW, "code": code_of(secret)}
        assert reader.post(link, data=form).status_code == 303
        clock.shift(30)
        again = {"password": f"{NEW} again", "code": code_of(secret)}
        assert PageClient(app).get(link).status_code == 404
        assert PageClient(app).post(link, data=again).status_code == 404
    assert _password_is(session, user, NEW)


def test_a_link_lasts_half_an_hour(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        link = _link(app, session, keys)
        clock.shift(30 * 60 - 1)
        assert reader.get(link).status_code == 200
        clock.shift(1)
        assert reader.get(link).status_code == 404
        form = {"password": NEW, "code": code_of(secret)}
        assert reader.post(link, data=form).status_code == 404
    assert _password_is(session, user, PASSWORD)


def test_a_newer_link_ends_the_earlier_one(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    first = _link(app, session, keys)
    second = _link(app, session, keys)
    assert first != second
    assert reader.get(first).status_code == 404
    assert reader.get(second).status_code == 200


def test_the_link_of_a_closed_account_opens_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, secret = enrolled
    link = _link(app, session, keys)
    session.get_one(User, user.id).disabled_at = time.now()
    session.commit()
    assert reader.get(link).status_code == 404
    form = {"password": NEW, "code": code_of(secret)}
    assert reader.post(link, data=form).status_code == 404
    assert _password_is(session, user, PASSWORD)


def test_the_code_of_one_account_does_not_serve_the_link_of_another(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    attacker, attacker_secret = factories.make_user(session, keys)
    session.commit()
    link = _link(app, session, keys)
    reader.enter(session, attacker)
    form = {"password": NEW, "code": code_of(attacker_secret), "user_id": str(attacker.id)}
    assert reader.post(link, data=form).status_code == 422
    assert _password_is(session, enrolled[0], PASSWORD)
    assert _password_is(session, attacker, PASSWORD)


@pytest.mark.parametrize("path", ["/password-reset/unknown", "/password-reset/" + "x" * 3000])
def test_a_guess_gets_the_same_page_as_an_old_link(
    reader: PageClient, session: Session, path: str
) -> None:
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "ne peut plus servir" in answer.text


def test_reading_the_link_uses_nothing_up_and_does_not_name_the_account_in_its_title(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    link = _link(app, session, keys)
    for _ in range(3):
        answer = reader.get(link)
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"]
    assert session.exec(select(PasswordReset)).one().used_at is None


def test_next_leads_nowhere_else(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    _user, secret = enrolled
    link = _link(app, session, keys)
    form = {"password": NEW, "code": code_of(secret), "next": "https://evil.example"}
    answer = reader.post(f"{link}?next=//evil.example", data=form)
    assert answer.headers["Location"] == "/account?done=password-everywhere"


def test_of_several_hands_one_chooses_the_password(
    app: Flask, session: Session, keys: KeyRing, enrolled: Enrolled
) -> None:
    user, _secret = enrolled
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    link, hands = _link(app, session, keys), 5
    start = Barrier(hands)

    def post(number: int) -> bool:
        reader = PageClient(app)
        start.wait()
        form = {"password": f"{NEW} {number}", "code": codes[number]}
        return bool(cookie(reader.post(link, data=form), "sid"))

    with ThreadPoolExecutor(hands) as pool:
        entered = list(pool.map(post, range(hands)))
    assert sum(entered) == 1
    assert _password_is(session, user, f"{NEW} {entered.index(True)}")
    left = session.exec(select(RecoveryCode).where(RecoveryCode.used_at == None)).all()  # noqa: E711
    assert len(left) == recovery_codes.HOW_MANY - 1, "the losers keep their codes"
    assert len(session.exec(select(UserSession)).all()) == 1


# A passkey and nothing to type


@pytest.fixture
def with_a_passkey_alone(session: Session, enrolled: Enrolled) -> User:
    user, _secret = enrolled
    session.execute(delete(TotpDevice))
    passkey = Passkey(
        user_id=user.id,
        credential_id=b"credential",
        public_key=b"key",
        sign_count=0,
        name="Téléphone",
        created_at=factories.LONG_AGO,
    )
    session.add(passkey)
    session.commit()
    return user


def test_somebody_with_a_passkey_alone_is_told_to_sign_in_with_it(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, with_a_passkey_alone: User
) -> None:
    link = _link(app, session, keys)
    page = reader.get(link).text
    assert "clé d’accès" in page
    assert f"/sign-in?next={link}" in page
    assert 'name="password"' not in page
    assert reader.post(link, data={"password": NEW}).status_code == 422
    assert _password_is(session, with_a_passkey_alone, PASSWORD)


def test_a_factor_shown_in_this_session_stands_for_the_code_for_five_minutes(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, with_a_passkey_alone: User
) -> None:
    user = with_a_passkey_alone
    with time_machine.travel(NOON, tick=False) as clock:
        link = _link(app, session, keys)
        reader.enter(session, user)
        clock.shift(5 * 60)
        page = reader.get(link).text
        assert f"/sign-in/confirm?next={link}" in page
        assert reader.post(link, data={"password": NEW}).status_code == 422
        assert _password_is(session, user, PASSWORD)
        reader.enter(session, user)
        assert "aucun code n’est demandé" in reader.get(link).text
        assert reader.post(link, data={"password": NEW}).status_code == 303
    assert _password_is(session, user, NEW)
