"""TOTP codes: one step of drift, and never the same code twice."""

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.account import User
from tests import factories
from tests.auth.steps import both, field_error, is_in, password
from tests.pages import PageClient, code_of

USED = "Ce code a déjà servi"
WRONG = "Ce code n’est pas"
NOON = 1_800_000_000  # the first second of a time step


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> tuple[User, str]:
    found = factories.make_user(session, keys)
    session.commit()
    return found


def test_a_code_is_refused_the_second_time_with_the_right_sentence(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        assert both(PageClient(app), user, code_of(secret)).status_code == 303
        again = PageClient(app)
        answer = both(again, user, code_of(secret))
        assert answer.status_code == 422
        assert field_error(answer).startswith(USED)
        assert not is_in(again)


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_one_step_off_is_accepted(
    reader: PageClient, enrolled: tuple[User, str], drift: int
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        assert both(reader, user, code_of(secret, steps_ahead=drift)).status_code == 303


@pytest.mark.parametrize("drift", [-3, -2, 2, 3])
def test_a_clock_two_steps_off_is_not(
    reader: PageClient, enrolled: tuple[User, str], drift: int
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        answer = both(reader, user, code_of(secret, steps_ahead=drift))
        assert answer.status_code == 422
        assert field_error(answer).startswith(WRONG)


def test_the_code_before_is_accepted_once(app: Flask, enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        before = code_of(secret, steps_ahead=-1)
        assert both(PageClient(app), user, before).status_code == 303
        assert field_error(both(PageClient(app), user, before)).startswith(USED)
        assert both(PageClient(app), user, code_of(secret)).status_code == 303


def test_an_older_code_is_refused_after_a_newer_one(app: Flask, enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        first = code_of(secret)
        assert both(PageClient(app), user, first).status_code == 303
        clock.shift(30)
        assert both(PageClient(app), user, code_of(secret)).status_code == 303
        assert field_error(both(PageClient(app), user, first)).startswith(USED)


def test_a_code_of_the_future_makes_the_present_one_useless(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        assert both(PageClient(app), user, code_of(secret, steps_ahead=1)).status_code == 303
        assert field_error(both(PageClient(app), user, code_of(secret))).startswith(USED)


def test_blanks_within_the_code_do_not_matter(
    reader: PageClient, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        digits = code_of(secret)
        assert both(reader, user, f" {digits[:3]} {digits[3:]} ").status_code == 303


@pytest.mark.parametrize("text", ["", "12345", "1234567", "٣٤٥٦٧٨", "12 34 5a", "x" * 41])
def test_anything_else_is_refused(
    reader: PageClient, enrolled: tuple[User, str], text: str
) -> None:
    answer = both(reader, enrolled[0], text)
    assert answer.status_code == 422
    assert field_error(answer)
    assert not is_in(reader)


def test_the_code_of_somebody_else_is_refused(
    reader: PageClient, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    _other, other_secret = factories.make_user(session, keys)
    session.commit()
    assert both(reader, enrolled[0], code_of(other_secret)).status_code == 422


def test_a_device_that_was_never_confirmed_opens_nothing(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    from sqlmodel import select

    from portal.models.credential import TotpDevice

    user, secret = factories.make_user(session, keys)
    session.exec(select(TotpDevice)).one().confirmed_at = None
    session.commit()
    assert both(reader, user, code_of(secret)).status_code == 422


def test_each_app_of_an_account_opens_it(
    app: Flask, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    second = factories.make_app(session, keys, user, name="Tablette")
    session.commit()
    with time_machine.travel(NOON, tick=False):
        assert both(PageClient(app), user, code_of(secret)).status_code == 303
        assert both(PageClient(app), user, code_of(second)).status_code == 303


def test_a_code_is_replayed_on_no_app_of_the_account(
    app: Flask, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    """A, then B of the other app, then A again."""
    user, secret = enrolled
    second = factories.make_app(session, keys, user)
    session.commit()
    with time_machine.travel(NOON, tick=False):
        first = code_of(secret)
        assert both(PageClient(app), user, first).status_code == 303
        assert both(PageClient(app), user, code_of(second)).status_code == 303
        assert field_error(both(PageClient(app), user, first)).startswith(USED)
        assert field_error(both(PageClient(app), user, code_of(second))).startswith(USED)


def test_a_refused_code_is_not_sent_back(reader: PageClient, enrolled: tuple[User, str]) -> None:
    answer = both(reader, enrolled[0], "135790")
    assert answer.status_code == 422
    assert "135790" not in answer.text


def test_only_the_ways_that_the_account_has_are_offered(
    reader: PageClient, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    password(reader, enrolled[0])
    assert "method=sheet" not in reader.get("/sign-in/code").text
    factories.make_sheet(session, keys, enrolled[0])
    session.commit()
    page = reader.get("/sign-in/code").text
    assert "method=sheet" in page
    assert 'name="method" value="app"' in page, "the app is asked first"


@pytest.mark.parametrize("method", ["sheet", "recovery", "app", "nonsense", ""])
def test_the_shape_of_a_code_decides_whatever_the_page_asked(
    reader: PageClient, enrolled: tuple[User, str], method: str
) -> None:
    user, secret = enrolled
    password(reader, user)
    answer = reader.post("/sign-in/code", data={"code": code_of(secret), "method": method})
    assert answer.status_code == 303
