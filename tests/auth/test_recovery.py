"""Recovery codes: good once, forgiving of handwriting, one's own only."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.identity import history, recovery_codes
from portal.models.account import User
from portal.models.credential import RecoveryCode, SecurityEventKind
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.auth.steps import both, is_in, password
from tests.factories import PASSWORD
from tests.pages import PageClient


def _with_codes(session: Session, keys: KeyRing) -> tuple[User, list[str]]:
    user, _secret = factories.make_user(session, keys)
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    return user, codes


def test_there_are_ten_of_eighty_bits_and_none_is_stored_plain(
    session: Session, keys: KeyRing
) -> None:
    _user, codes = _with_codes(session, keys)
    assert len(set(codes)) == 10
    assert {len(recovery_codes.plain(code)) * 5 for code in codes} == {80}
    for row in session.exec(select(RecoveryCode)):
        assert not any(recovery_codes.plain(code).encode() in row.code_digest for code in codes)
        assert len(row.code_digest) == 32


def test_a_code_opens_once(app: Flask, session: Session, keys: KeyRing) -> None:
    user, codes = _with_codes(session, keys)
    reader, again = PageClient(app), PageClient(app)
    assert both(reader, user, codes[0]).status_code == 303
    assert is_in(reader)
    assert both(again, user, codes[0]).status_code == 422
    assert not is_in(again)
    assert both(PageClient(app), user, codes[1]).status_code == 303


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code} ",
        lambda code: code.replace("O", "0").replace("I", "1").replace("B", "8"),
        lambda code: code.lower().replace("o", "0").replace("i", "1"),
    ],
    ids=["lower case", "no dashes", "spaces", "blanks around", "look-alikes", "lower look-alikes"],
)
def test_a_code_is_read_as_people_write_it(
    reader: PageClient, session: Session, keys: KeyRing, written
) -> None:
    user, codes = _with_codes(session, keys)
    code = next((one for one in codes if set("OIB") & set(one)), codes[0])
    assert both(reader, user, written(code)).status_code == 303


def test_the_code_of_somebody_else_opens_nothing(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _codes = _with_codes(session, keys)
    _other, codes_of_other = _with_codes(session, keys)
    assert both(reader, user, codes_of_other[0]).status_code == 422
    assert not is_in(reader)
    assert all(row.used_at is None for row in session.exec(select(RecoveryCode)))


def test_new_codes_make_the_old_ones_worthless(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, old = _with_codes(session, keys)
    recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    assert both(reader, user, old[0]).status_code == 422


def test_the_page_of_what_protects_the_account_counts_what_is_left(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, codes = _with_codes(session, keys)
    both(reader, user, codes[3])
    assert "Il reste 9 codes" in reader.get("/account/security").text.replace("\u00a0", " ")


def test_the_page_for_recovery_codes_asks_for_letters(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _codes = _with_codes(session, keys)
    password(reader, user)
    page = reader.get("/sign-in/code?method=recovery")
    assert page.status_code == 200
    assert 'maxlength="40"' in page.text
    wrong = reader.post("/sign-in/code", data={"code": "AAAA", "method": "recovery"})
    assert wrong.status_code == 422
    assert 'name="method" value="recovery"' in wrong.text, "the way is kept after an error"


def test_after_a_recovery_code_the_page_says_how_many_are_left_and_what_to_do(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, codes = _with_codes(session, keys)
    reader.post("/sign-in", data={"email": user.email, "password": PASSWORD, "next": "/account"})
    answer = reader.post("/sign-in/code", data={"code": codes[0], "method": "recovery"})
    assert answer.headers["Location"] == "/account/security/after-recovery?next=/account"
    page = reader.get(answer.headers["Location"]).text
    assert "Il vous reste 9\u00a0codes" in page or "Il vous reste 9 codes" in page
    assert 'href="/account/security"' in page
    assert 'href="/account"' in page


def test_using_a_recovery_code_is_written_down_and_mailed(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, codes = _with_codes(session, keys)
    both(reader, user, codes[0])
    kinds = [line.kind for line in history.lines_of(session, user_id=user.id)]
    assert SecurityEventKind.RECOVERY_CODE_USED in kinds
    assert session.exec(select(OutboxMessage)).one().recipient == user.email


def test_a_refused_recovery_code_is_written_nowhere(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _codes = _with_codes(session, keys)
    answer = both(reader, user, "AAAA-BBBB-CCCC-DDDD")
    assert "AAAA" not in answer.text, "a code is not sent back"
    assert history.lines_of(session, user_id=user.id) == []


def test_somebody_without_codes_is_not_sent_to_an_empty_page(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    password(reader, user)
    assert "method=recovery" not in reader.get("/sign-in/code").text
    asked = reader.get("/sign-in/code?method=recovery").text
    assert "aucun code de secours" in asked
    assert 'id="code"' not in asked, "nothing to write when no code is left"
    assert "Appelez" in asked
