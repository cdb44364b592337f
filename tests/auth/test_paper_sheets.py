"""The sheet of codes: one number is asked for, each code is good once, for its owner alone."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.errors import CredentialsRefusedError
from portal.identity import paper_sheets
from portal.models.account import User, UserSession
from portal.models.credential import PaperCode, PaperSheet
from tests import factories
from tests.auth.steps import asked_number, both, code, cookie, field_error, is_in, password
from tests.pages import PageClient

HANDS = 32


@pytest.fixture
def holder(session: Session, keys: KeyRing) -> tuple[User, list[str]]:
    """Somebody with an app and a sheet of which six codes are used."""
    user, _secret = factories.make_user(session, keys)
    codes = factories.make_sheet(session, keys, user, used=6)
    session.commit()
    return user, codes


def _page(reader: PageClient, user: User) -> object:
    password(reader, user)
    return reader.get("/sign-in/code?method=sheet")


def test_a_sheet_has_forty_codes_of_eight_digits_and_none_is_stored_plain(
    session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    sheet = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    codes = [paper_sheets.plain(one) for one in paper_sheets.codes_of(sheet, keys=keys)]
    assert len(codes) == 40
    assert all(len(one) == 8 and one.isdigit() for one in codes)
    assert len(set(codes)) > 35, "they are random"
    rows = session.exec(select(PaperCode).order_by(PaperCode.number)).all()
    assert [row.number for row in rows] == list(range(1, 41))
    for row, plain in zip(rows, codes, strict=True):
        assert len(row.code_digest) == 32
        assert plain.encode() not in row.code_digest
    assert sheet.codes_sealed is not None
    assert codes[0].encode() not in sheet.codes_sealed


def test_the_page_asks_for_the_first_code_that_is_not_used(
    reader: PageClient, holder: tuple[User, list[str]]
) -> None:
    user, codes = holder
    assert asked_number(_page(reader, user)) == 7
    assert code(reader, codes[6]).status_code == 303
    assert is_in(reader)


def test_somebody_with_only_a_sheet_is_asked_for_it_at_once(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    from sqlalchemy import delete

    from portal.models.credential import TotpDevice

    user, _secret = factories.make_user(session, keys)
    codes = factories.make_sheet(session, keys, user)
    session.connection().execute(delete(TotpDevice))
    session.commit()
    password(reader, user)
    page = reader.get("/sign-in/code")
    assert asked_number(page) == 1
    assert "method=app" not in page.text, "a way that the account does not have is absent"
    assert code(reader, codes[0]).status_code == 303


def test_each_sign_in_asks_for_the_next_number(app: Flask, holder: tuple[User, list[str]]) -> None:
    user, codes = holder
    for number in (7, 8, 9):
        reader = PageClient(app)
        assert asked_number(_page(reader, user)) == number
        assert code(reader, codes[number - 1]).status_code == 303


def test_a_used_code_is_refused(app: Flask, holder: tuple[User, list[str]]) -> None:
    user, codes = holder
    assert both(PageClient(app), user, codes[6]).status_code == 303
    again = PageClient(app)
    assert both(again, user, codes[6]).status_code == 422
    assert both(again, user, codes[0]).status_code == 422
    assert not is_in(again)


def test_a_wrong_code_does_not_move_on(
    reader: PageClient, session: Session, holder: tuple[User, list[str]]
) -> None:
    user, codes = holder
    password(reader, user)
    wrong = reader.post("/sign-in/code", data={"code": codes[7], "method": "sheet"})
    assert wrong.status_code == 422
    assert field_error(wrong).startswith("Ce n’est pas le code demandé")
    assert asked_number(wrong) == 7, "the same question again"
    assert code(reader, codes[6]).status_code == 303
    used = session.exec(select(PaperCode).where(PaperCode.used_at.is_not(None))).all()
    assert sorted(row.number for row in used) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("shape", ["{0}{1}", "{0} {1}", " {0}-{1} ", "{0}.{1}", "{0}\u2013{1}"])
def test_a_code_is_read_as_people_write_it(
    reader: PageClient, holder: tuple[User, list[str]], shape: str
) -> None:
    user, codes = holder
    assert both(reader, user, shape.format(codes[6][:4], codes[6][5:])).status_code == 303


def test_the_same_number_of_somebody_else_opens_nothing(
    reader: PageClient, session: Session, keys: KeyRing, holder: tuple[User, list[str]]
) -> None:
    other, _secret = factories.make_user(session, keys)
    codes_of_other = factories.make_sheet(session, keys, other, used=6)
    session.commit()
    assert both(reader, holder[0], codes_of_other[6]).status_code == 422
    assert not is_in(reader)


def test_a_sheet_that_nobody_confirmed_opens_nothing(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    sheet = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    codes = paper_sheets.codes_of(sheet, keys=keys)
    session.commit()
    assert both(reader, user, codes[0]).status_code == 422
    assert not is_in(reader)


def test_the_first_code_of_a_new_sheet_ends_the_old_one(
    app: Flask, session: Session, keys: KeyRing, holder: tuple[User, list[str]]
) -> None:
    user, old = holder
    sheet = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    new = paper_sheets.codes_of(sheet, keys=keys)
    session.commit()
    assert both(PageClient(app), user, old[6]).status_code == 303, "good until then"
    paper_sheets.confirm_sheet(session, keys=keys, sheet=sheet, code=new[0], at=factories.LONG_AGO)
    session.commit()
    assert paper_sheets.codes_of(sheet, keys=keys) == [], "nobody can read them any more"
    assert both(PageClient(app), user, old[7]).status_code == 422
    assert both(PageClient(app), user, new[0]).status_code == 422, "it confirmed the sheet"
    assert both(PageClient(app), user, new[1]).status_code == 303


def test_a_removed_sheet_opens_nothing(
    reader: PageClient, session: Session, holder: tuple[User, list[str]]
) -> None:
    user, codes = holder
    sheet = session.exec(select(PaperSheet)).one()
    paper_sheets.remove_sheet(session, sheet_id=sheet.id, at=factories.LONG_AGO)
    session.commit()
    assert both(reader, user, codes[6]).status_code == 422
    assert session.exec(select(PaperCode)).all() == []


@pytest.mark.parametrize("typed", ["00000000", "1234567", "123456789", ""])
def test_only_code_one_confirms_a_new_sheet(session: Session, keys: KeyRing, typed: str) -> None:
    user, _secret = factories.make_user(session, keys)
    sheet = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    second = paper_sheets.codes_of(sheet, keys=keys)[1]
    for wrong in (typed, second):
        with pytest.raises(CredentialsRefusedError):
            paper_sheets.confirm_sheet(
                session, keys=keys, sheet=sheet, code=wrong, at=factories.LONG_AGO
            )
    assert sheet.confirmed_at is None


def test_a_sheet_begun_again_takes_the_place_of_the_one_before(
    session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    for _time in range(3):
        paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    assert len(session.exec(select(PaperSheet)).all()) == 1
    assert len(session.exec(select(PaperCode)).all()) == 40


def test_the_codes_of_a_sheet_open_in_no_other_row(session: Session, keys: KeyRing) -> None:
    user, _secret = factories.make_user(session, keys)
    other, _secret = factories.make_user(session, keys)
    mine = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    theirs = paper_sheets.new_sheet(session, keys=keys, user_id=other.id, at=factories.LONG_AGO)
    mine.codes_sealed = theirs.codes_sealed
    with pytest.raises(ValueError, match="does not open here"):
        paper_sheets.codes_of(mine, keys=keys)


def test_one_code_lets_one_of_thirty_two_in(
    app: Flask, session: Session, holder: tuple[User, list[str]]
) -> None:
    user, codes = holder
    first = PageClient(app)
    password(first, user)
    challenge = first.client.get_cookie("challenge")
    assert challenge is not None
    start = Barrier(HANDS)

    def try_it(_hand: int) -> tuple[int, bool]:
        reader = PageClient(app)
        reader.client.set_cookie("challenge", challenge.value)
        start.wait()
        answer = reader.post("/sign-in/code", data={"code": codes[6]})
        return answer.status_code, bool(cookie(answer, "sid"))

    with ThreadPoolExecutor(HANDS) as pool:
        answers = list(pool.map(try_it, range(HANDS)))
    assert {status for status, _entered in answers} <= {303, 422, 429}
    assert sum(entered for _status, entered in answers) == 1
    session.rollback()
    assert len(session.exec(select(UserSession)).all()) == 1
