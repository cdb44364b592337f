"""Before a sensitive act a factor is asked again; the cookie before is dead."""

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import recovery_codes
from portal.models.account import User, UserSession
from portal.web.page import is_local_path
from tests import factories
from tests.auth.steps import asked_number, both, cookie, field_error, grow_stale, is_in
from tests.pages import PageClient, code_of

SENSITIVE = "/account/security/apps/new"
CONFIRM = "/sign-in/confirm"


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> tuple[User, str]:
    found = factories.make_user(session, keys)
    session.commit()
    return found


def _stale(reader: PageClient, session: Session, user: User) -> None:
    reader.enter(session, user)
    grow_stale(session)


def _confirm(reader: PageClient, text: str, **fields: str) -> object:
    return reader.post(CONFIRM, data={"code": text} | fields)


def test_who_just_signed_in_is_not_asked_again(
    reader: PageClient, enrolled: tuple[User, str]
) -> None:
    both(reader, enrolled[0], code_of(enrolled[1]))
    assert reader.get(SENSITIVE).status_code == 200


def test_a_sign_in_counts_for_five_minutes(reader: PageClient, enrolled: tuple[User, str]) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        both(reader, enrolled[0], code_of(enrolled[1]))
        clock.shift(299)
        assert reader.get(SENSITIVE).status_code == 200
        clock.shift(1)
        answer = reader.get(SENSITIVE)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{CONFIRM}?next=")


def test_after_the_code_they_are_where_they_were_going_for_five_minutes(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(now(), tick=False) as clock:
        _stale(reader, session, user)
        page = reader.get(reader.get(SENSITIVE).headers["Location"])
        assert f'name="next" value="{SENSITIVE}"' in page.text
        done = _confirm(reader, code_of(secret), next=SENSITIVE)
        assert (done.status_code, done.headers["Location"]) == (303, SENSITIVE)
        clock.shift(299)
        assert reader.get(SENSITIVE).status_code == 200
        clock.shift(1)
        assert reader.get(SENSITIVE).status_code == 303


def test_the_token_is_another_one_and_the_cookie_before_is_dead(
    app: Flask, reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    _stale(reader, session, user)
    before = reader.client.get_cookie("sid")
    assert before is not None
    thief = PageClient(app)
    thief.client.set_cookie("sid", before.value)
    assert is_in(thief)
    done = _confirm(reader, code_of(secret))
    assert cookie(done, "sid")
    assert before.value not in cookie(done, "sid")
    assert not is_in(thief), "a cookie copied before the step-up is dead"
    assert is_in(reader)
    session.rollback()
    assert len(session.exec(select(UserSession)).all()) == 1, "it is the same session"


def test_a_refused_code_changes_nothing_and_says_so(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    _stale(reader, session, enrolled[0])
    answer = _confirm(reader, "000000", next=SENSITIVE)
    assert answer.status_code == 422
    assert field_error(answer).startswith("Ce code n’est pas")
    assert f'name="next" value="{SENSITIVE}"' in answer.text, "the way back is kept"
    assert "000000" not in answer.text
    assert not cookie(answer, "sid")
    assert reader.get(SENSITIVE).status_code == 303


def test_the_code_that_signed_in_does_not_confirm(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(now(), tick=False):
        both(reader, user, code_of(secret))
        grow_stale(session)
        assert _confirm(reader, code_of(secret)).status_code == 422


def test_a_code_that_confirmed_does_not_sign_in(
    app: Flask, reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(now(), tick=False):
        _stale(reader, session, user)
        assert _confirm(reader, code_of(secret)).status_code == 303
        assert both(PageClient(app), user, code_of(secret)).status_code == 422


def test_a_code_of_the_sheet_confirms_and_is_used_up(
    reader: PageClient, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    codes = factories.make_sheet(session, keys, user)
    _stale(reader, session, user)
    assert asked_number(reader.get(f"{CONFIRM}?method=sheet")) == 1
    assert _confirm(reader, codes[0], method="sheet").status_code == 303
    grow_stale(session)
    assert _confirm(reader, codes[0], method="sheet").status_code == 422
    assert _confirm(reader, codes[1], method="sheet").status_code == 303


def test_a_recovery_code_does_not_confirm_and_stays_good(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    _stale(reader, session, user)
    page = reader.get(f"{CONFIRM}?method=recovery")
    assert 'value="recovery"' not in page.text
    assert _confirm(reader, codes[0], method="recovery").status_code == 422
    assert both(PageClient(app), user, codes[0]).status_code == 303


def test_the_code_of_somebody_else_does_not_confirm(
    reader: PageClient, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    _other, other_secret = factories.make_user(session, keys)
    _stale(reader, session, enrolled[0])
    assert _confirm(reader, code_of(other_secret)).status_code == 422


def test_wrong_codes_spend_the_budget_of_sign_in(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(now(), tick=False):
        _stale(reader, session, user)
        answers = [_confirm(reader, "000000").status_code for _ in range(6)]
        assert answers == [422] * 5 + [429]
        assert _confirm(reader, code_of(secret)).status_code == 429


def test_nobody_who_is_signed_out_sees_the_page(reader: PageClient, session: Session) -> None:
    assert reader.get(CONFIRM).headers["Location"].startswith("/sign-in?")
    assert _confirm(reader, "000000").status_code == 401


@pytest.mark.parametrize(
    "foreign",
    [
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nLocation: https://evil.example",
        "/\t/evil.example",
        f"/{'a' * 600}",
    ],
)
def test_the_way_on_stays_on_this_portal(
    reader: PageClient, session: Session, enrolled: tuple[User, str], foreign: str
) -> None:
    user, secret = enrolled
    _stale(reader, session, user)
    assert "evil" not in reader.get(CONFIRM, query_string={"next": foreign}).text
    done = _confirm(reader, code_of(secret), next=foreign)
    assert done.status_code == 303
    assert is_local_path(done.headers["Location"])


def test_without_a_way_on_the_page_says_that_it_is_done(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    _stale(reader, session, user)
    done = _confirm(reader, code_of(secret))
    assert done.headers["Location"] == CONFIRM
    assert "C’est confirmé" in reader.get(CONFIRM).text


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(
    reader: PageClient, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    from portal.models.credential import TotpDevice

    user, secret = enrolled
    app_id = session.exec(select(TotpDevice)).one().id
    _stale(reader, session, user)
    path = f"/account/security/apps/{app_id}/rename"
    answer = reader.post(path, data={"name": "Téléphone rouge"})
    assert answer.status_code == 403
    assert "Téléphone rouge" in answer.text
    assert f'action="{path}"' in answer.text
    assert f'href="{CONFIRM}"' in answer.text
    assert _confirm(reader, code_of(secret)).status_code == 303
    assert reader.post(path, data={"name": "Téléphone rouge"}).status_code == 303
    session.rollback()
    assert session.exec(select(TotpDevice)).one().name == "Téléphone rouge"


def test_a_session_ended_meanwhile_is_not_revived(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    _stale(reader, session, user)
    session.exec(select(UserSession)).one().ended_at = now()
    session.commit()
    assert _confirm(reader, code_of(secret)).status_code == 401
    assert not is_in(reader)
