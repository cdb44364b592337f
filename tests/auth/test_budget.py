"""Five failures in a quarter of an hour over both steps, then a wait that doubles."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.errors import SignInBlockedError
from portal.identity import budget, history
from portal.models.account import User
from portal.models.credential import SecurityEventKind
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.auth.steps import both, code, is_in, password
from tests.pages import PageClient, code_of

NOON = 1_800_000_000
WRONG = "un autre mot de passe"


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> tuple[User, str]:
    found = factories.make_user(session, keys)
    session.commit()
    return found


def _fail(app: Flask, user: User | str, times: int = 5) -> list[int]:
    return [password(PageClient(app), user, WRONG).status_code for _ in range(times)]


def test_five_failures_are_judged_and_the_sixth_waits(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False):
        assert _fail(app, enrolled[0], 7) == [422] * 5 + [429] * 2
        answer = password(PageClient(app), enrolled[0])
        assert answer.status_code == 429, "even the right password waits"
        assert answer.headers["Retry-After"] == "900"
        assert "15\N{NO-BREAK SPACE}minutes" in answer.text or "15 minutes" in answer.text
        assert "<h1>Trop" in answer.text


def test_unknown_accounts_have_the_same_budget_and_the_same_answers(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False):
        known = [password(PageClient(app), enrolled[0], WRONG) for _ in range(7)]
        unknown = [password(PageClient(app), "nobody@example.org", WRONG) for _ in range(7)]
    assert [one.status_code for one in known] == [one.status_code for one in unknown]
    assert known[-1].headers["Retry-After"] == unknown[-1].headers["Retry-After"]


def test_the_two_steps_share_one_budget(app: Flask, enrolled: tuple[User, str]) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False):
        _fail(app, user, 3)
        reader = PageClient(app)
        password(reader, user)
        assert [code(reader, "000000").status_code for _ in range(3)] == [422, 422, 429]


def test_a_right_password_gives_no_failure_back(app: Flask, enrolled: tuple[User, str]) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False):
        _fail(app, user, 4)
        for _ in range(6):
            assert password(PageClient(app), user).status_code == 303
        assert _fail(app, user, 2) == [422, 429]


def test_a_right_code_gives_no_failure_back_either(app: Flask, enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        _fail(app, user, 4)
        assert both(PageClient(app), user, code_of(secret)).status_code == 303
        assert _fail(app, user, 2) == [422, 429]


def test_failures_are_forgotten_after_a_quarter_of_an_hour(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _fail(app, enrolled[0], 4)
        clock.shift(15 * 60)
        assert _fail(app, enrolled[0], 4) == [422] * 4


def test_the_wait_ends_and_doubles_each_time_up_to_two_hours(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        for minutes in (15, 30, 60, 120, 120):
            assert _fail(app, user) == [422] * 5
            blocked = password(PageClient(app), user)
            assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, str(minutes * 60))
            clock.shift(minutes * 60 - 1)
            assert password(PageClient(app), user).status_code == 429
            clock.shift(1)


def test_after_the_wait_the_owner_gets_in(app: Flask, enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        _fail(app, user)
        clock.shift(15 * 60)
        reader = PageClient(app)
        assert both(reader, user, code_of(secret)).status_code == 303
        assert is_in(reader)


def test_a_known_device_is_not_locked_out_by_a_stranger(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        phone = PageClient(app)
        both(phone, user, code_of(secret))
        phone.post("/sign-out")
        assert _fail(app, user, 6)[-1] == 429
        clock.shift(30)
        assert both(phone, user, code_of(secret)).status_code == 303
        assert is_in(phone)


def test_a_known_device_has_a_budget_of_its_own(app: Flask, enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        phone = PageClient(app)
        both(phone, user, code_of(secret))
        phone.post("/sign-out")
        answers = [password(phone, user, WRONG).status_code for _ in range(6)]
        assert answers == [422] * 5 + [429]
        assert password(PageClient(app), user).status_code == 303, "others are not locked by it"


def test_the_device_of_one_account_is_a_stranger_to_another(
    app: Flask, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    other, _ = factories.make_user(session, keys)
    session.commit()
    with time_machine.travel(NOON, tick=False):
        phone = PageClient(app)
        both(phone, user, code_of(secret))
        phone.post("/sign-out")
        _fail(app, other)
        assert password(phone, other).status_code == 429


def test_the_page_of_a_pause_says_which_ways_stay_open(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    """To strangers, known or not; somebody who fails on their own device just waits."""
    user, secret = enrolled
    ways = "une clé d’accès ou"
    with time_machine.travel(NOON, tick=False):
        phone = PageClient(app)
        both(phone, user, code_of(secret))
        phone.post("/sign-out")
        for name in (user, "nobody@example.org"):
            _fail(app, name)
            assert ways in password(PageClient(app), name).text
        own = [password(phone, user, WRONG) for _ in range(6)][-1]
        assert own.status_code == 429
        assert ways not in own.text


def test_a_made_up_device_is_a_stranger(app: Flask, enrolled: tuple[User, str]) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False):
        answers = []
        for number in range(6):
            reader = PageClient(app)
            reader.client.set_cookie("device", f"made up {number}")
            answers.append(password(reader, user, WRONG).status_code)
    assert answers == [422] * 5 + [429]


def test_the_address_and_the_user_name_of_one_account_share_its_budget(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys, username="jeanne-m")
    session.commit()
    with time_machine.travel(NOON, tick=False):
        names = [user.email, "jeanne-m", "Jeanne-M"] * 3
        statuses = [password(PageClient(app), name, WRONG).status_code for name in names]
    assert statuses == [422] * 5 + [429] * 4


def test_the_owner_is_told_once_that_sign_in_was_paused(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        _fail(app, user, 4)
        assert _told(session, user) == []
        _fail(app, user, 6)
        assert _told(session, user) == [("sign_in_blocked", user.email)]
        clock.shift(15 * 60)
        _fail(app, user, 6)
        assert len(_told(session, user)) == 2, "the next pause is another one"


def test_a_wrong_code_that_spends_the_budget_is_told_too(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False):
        reader = PageClient(app)
        password(reader, user)
        for _ in range(7):
            code(reader, "000000")
    assert len(_told(session, user)) == 1


def test_a_last_try_that_is_right_alarms_nobody(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        _fail(app, user, 4)
        assert both(PageClient(app), user, code_of(secret)).status_code == 303
    assert _told(session, user) == []


def test_ones_own_device_that_is_wrong_alarms_nobody(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        phone = PageClient(app)
        both(phone, user, code_of(secret))
        phone.post("/sign-out")
        assert [password(phone, user, WRONG).status_code for _ in range(6)][-1] == 429
    assert _told(session, user) == []


@pytest.mark.parametrize("closed", [{"enrolled_at": None}, {"disabled_at": factories.LONG_AGO}])
def test_nobody_is_told_about_an_account_that_cannot_sign_in(
    app: Flask, session: Session, keys: KeyRing, closed: dict[str, object]
) -> None:
    user, _secret = factories.make_user(session, keys, **closed)
    session.commit()
    with time_machine.travel(NOON, tick=False):
        _fail(app, user, 6)
        _fail(app, "nobody@example.org", 6)
    assert _told(session, user) == []
    assert session.exec(select(OutboxMessage)).all() == []


def test_mailed_links_have_a_budget_of_their_own(
    app: Flask, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    with time_machine.travel(NOON, tick=False):
        _fail(app, user, 6)
    at = datetime.fromtimestamp(NOON, UTC)
    for _ in range(5):
        bucket = budget.bucket_of_link(keys=keys, user_id=user.id)
        budget.charge(session, bucket=bucket, at=at)
    assert budget.is_just_spent(session), "who reads the mail of somebody else is noticed"
    with pytest.raises(SignInBlockedError):
        budget.charge(session, bucket=bucket, at=at)
    session.rollback()


def _told(session: Session, user: User) -> list[tuple[str, str]]:
    """The pauses in the history of an account, each with the address that its mail goes to."""
    session.rollback()
    lines = history.lines_of(session, user_id=user.id)
    pauses = [line.kind.value for line in lines if line.kind is SecurityEventKind.SIGN_IN_BLOCKED]
    mailed = [line for line in lines if history.is_mailed(user, line.kind)]
    letters = session.exec(select(OutboxMessage).where(OutboxMessage.user_id == user.id)).all()
    assert len(letters) == len(mailed), "a mail for each line that is mailed"
    return [(kind, letters[0].recipient) for kind in pauses]
