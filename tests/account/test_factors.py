"""What protects one's account: seen, added, named, removed; the last of it stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.errors import LastFactorError
from portal.identity import factors, history, recovery_codes
from portal.models.account import User, UserSession
from portal.models.credential import (
    PaperCode,
    PaperSheet,
    Passkey,
    RecoveryCode,
    SecurityEventKind,
    TotpDevice,
)
from tests import factories
from tests.auth.steps import both, codes_on, field_error, grow_stale, is_in, seed_on
from tests.pages import PageClient, code_of
from tests.statements import counted

LIST = "/account/security"
NEW_APP, APP = f"{LIST}/apps/new", f"{LIST}/apps/pending"
NEW_SHEET, SHEET = f"{LIST}/sheets/new", f"{LIST}/sheets/pending"


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    """Signed in, just now."""
    found, _secret = factories.make_user(session, keys)
    reader.enter(session, found)
    return found


def _app(session: Session, user: User) -> TotpDevice:
    """The oldest app of that account."""
    session.rollback()
    statement = select(TotpDevice).where(TotpDevice.user_id == user.id)
    return session.exec(statement.order_by(TotpDevice.created_at)).all()[0]


def _kinds(session: Session, user: User) -> list[str]:
    session.rollback()
    return [line.kind.value for line in history.lines_of(session, user_id=user.id)]


def _seed(reader: PageClient) -> str:
    """A new app, as far as its key."""
    assert reader.post(NEW_APP).headers["Location"] == APP
    return seed_on(reader, APP)


def _sheet(reader: PageClient) -> list[str]:
    assert reader.post(NEW_SHEET).headers["Location"] == SHEET
    return codes_on(reader.get(SHEET))


# The list


def test_the_list_names_all_that_protects_the_account(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    factories.make_app(session, keys, user, name="Tablette du salon")
    factories.make_sheet(session, keys, user, used=3)
    recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    page = reader.get(LIST).text.replace("\u00a0", " ")
    assert "Application de codes" in page, "an app without a name has one on the page"
    assert "Tablette du salon" in page
    assert "Il reste 37 codes" in page
    assert "Il reste 10 codes" in page


def test_the_list_shows_nothing_of_somebody_else(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    other, _secret = factories.make_user(session, keys)
    factories.make_app(session, keys, other, name="Téléphone d’un autre")
    factories.make_sheet(session, keys, other)
    session.commit()
    page = reader.get(LIST).text
    assert "Téléphone d’un autre" not in page
    assert f"{LIST}/sheets/" not in page.replace(f"{LIST}/sheets/new", "")


def test_what_is_half_begun_is_not_on_the_list(reader: PageClient, user: User) -> None:
    before = reader.get(LIST).text.count("/rename")
    _seed(reader)
    _sheet(reader)
    page = reader.get(LIST).text
    assert page.count("/rename") == before
    assert "Il reste 40" not in page


def test_the_list_costs_the_same_for_one_app_and_for_ten(
    reader: PageClient, session: Session, keys: KeyRing, user: User, app: Flask
) -> None:
    with counted(app) as few:
        reader.get(LIST)
    for _ in range(9):
        factories.make_app(session, keys, user)
    session.commit()
    with counted(app) as many:
        reader.get(LIST)
    assert len(few) == len(many)


def test_nothing_here_changes_without_a_factor_shown_just_now(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    factories.make_sheet(session, keys, user)
    session.commit()
    device_id = _app(session, user).id
    sheet_id = session.exec(select(PaperSheet)).one().id
    grow_stale(session)
    for path in (
        NEW_APP,
        NEW_SHEET,
        f"{LIST}/recovery-codes",
        f"{LIST}/apps/{device_id}/rename",
        f"{LIST}/apps/{device_id}/remove",
        f"{LIST}/sheets/{sheet_id}/remove",
    ):
        assert reader.get(path).headers["Location"].startswith("/sign-in/confirm?next="), path
        assert reader.post(path, data={"name": "x"}).status_code == 403, path
    for path in (APP, SHEET):
        assert reader.get(path).headers["Location"].startswith("/sign-in/confirm?next="), path
    assert _kinds(session, user) == []


# Code apps


def test_an_app_is_added_by_its_first_code_and_opens_the_account(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        seed = _seed(reader)
        assert both(PageClient(app), user, code_of(seed)).status_code == 422, "not before"
        done = reader.post(APP, data={"name": "Mon téléphone", "code": code_of(seed)})
        assert done.headers["Location"] == f"{LIST}?app_added=1"
        assert "Mon téléphone" in reader.get(done.headers["Location"]).text
        assert both(PageClient(app), user, code_of(seed)).status_code == 422, "it was used here"
        clock.shift(30)
        assert both(PageClient(app), user, code_of(seed)).status_code == 303
    assert SecurityEventKind.TOTP_ADDED in _kinds(session, user)


def test_a_wrong_first_code_adds_nothing_and_keeps_the_name(
    reader: PageClient, session: Session, user: User
) -> None:
    _seed(reader)
    answer = reader.post(APP, data={"name": "Téléphone neuf", "code": "000000"})
    assert answer.status_code == 422
    assert field_error(answer)
    assert 'value="Téléphone neuf"' in answer.text
    assert "000000" not in answer.text
    assert "/rename" in reader.get(LIST).text
    assert reader.get(LIST).text.count("/rename") == 1


def test_begun_again_the_key_before_is_worth_nothing(
    reader: PageClient, session: Session, user: User
) -> None:
    first, second = _seed(reader), _seed(reader)
    assert first != second
    assert reader.post(APP, data={"name": "A", "code": code_of(first)}).status_code == 422
    assert reader.post(APP, data={"name": "A", "code": code_of(second)}).status_code == 303
    assert len(session.exec(select(TotpDevice)).all()) == 2


def test_the_key_is_not_shown_without_a_step_up_yet_its_code_is_taken(
    reader: PageClient, session: Session, user: User
) -> None:
    seed = _seed(reader)
    grow_stale(session)
    wrong = reader.post(APP, data={"name": "Mon téléphone", "code": "000000"})
    assert wrong.status_code == 422
    assert seed not in wrong.text
    assert "otpauth" not in wrong.text
    done = reader.post(APP, data={"name": "Mon téléphone", "code": code_of(seed)})
    assert done.status_code == 303


def test_guessing_the_first_code_spends_the_budget(reader: PageClient, user: User) -> None:
    _seed(reader)
    form = {"name": "x", "code": "000000"}
    assert [reader.post(APP, data=form).status_code for _ in range(6)] == [422] * 5 + [429]


def test_an_app_is_renamed(reader: PageClient, session: Session, user: User) -> None:
    path = f"{LIST}/apps/{_app(session, user).id}/rename"
    assert reader.post(path, data={"name": "  "}).status_code == 422
    assert reader.post(path, data={"name": "x" * 101}).status_code == 422
    done = reader.post(path, data={"name": "<b>Téléphone</b>"})
    page = reader.get(done.headers["Location"]).text
    assert "&lt;b&gt;Téléphone&lt;/b&gt;" in page


def test_a_removed_app_opens_nothing_and_its_owner_is_told(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    second = factories.make_app(session, keys, user, name="Ancien téléphone")
    session.commit()
    statement = select(TotpDevice).where(TotpDevice.name == "Ancien téléphone")
    path = f"{LIST}/apps/{session.exec(statement).one().id}/remove"
    session.rollback()
    assert "Ancien téléphone" in reader.get(path).text
    assert reader.get(LIST).text.count("/rename") == 2, "reading the page removes nothing"
    assert reader.post(path).headers["Location"] == f"{LIST}?app_removed=1"
    assert both(PageClient(app), user, code_of(second)).status_code == 422
    line = next(iter(history.lines_of(session, user_id=user.id)))
    assert (line.kind, line.detail) == (SecurityEventKind.TOTP_REMOVED, "Ancien téléphone")
    assert reader.post(path).status_code == 404, "twice is not there"


def test_the_last_app_cannot_be_removed(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    path = f"{LIST}/apps/{_app(session, user).id}/remove"
    page = reader.get(path).text
    assert "dernière chose qui protège" in page
    assert f'action="{path}"' not in page, "no button that cannot work"
    assert reader.post(path).status_code == 422
    assert len(session.exec(select(TotpDevice)).all()) == 1


@pytest.mark.parametrize("other", ["passkey", "sheet"])
def test_an_app_can_go_when_something_else_stays(
    reader: PageClient, session: Session, keys: KeyRing, user: User, other: str
) -> None:
    if other == "sheet":
        factories.make_sheet(session, keys, user)
    else:
        session.add(_passkey(user))
    session.commit()
    path = f"{LIST}/apps/{_app(session, user).id}/remove"
    session.rollback()
    assert reader.post(path).status_code == 303
    assert session.exec(select(TotpDevice)).all() == []


@pytest.mark.parametrize("what", ["used up", "not confirmed"])
def test_a_sheet_that_opens_nothing_does_not_count(
    reader: PageClient, session: Session, keys: KeyRing, user: User, what: str
) -> None:
    if what == "used up":
        factories.make_sheet(session, keys, user, used=40)
        session.commit()
    else:
        _sheet(reader)
    assert reader.post(f"{LIST}/apps/{_app(session, user).id}/remove").status_code == 422


def test_nobody_touches_the_app_of_somebody_else(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    other, _secret = factories.make_user(session, keys)
    factories.make_app(session, keys, other)
    session.commit()
    device_id = _app(session, other).id
    for act in ("rename", "remove"):
        path = f"{LIST}/apps/{device_id}/{act}"
        assert reader.get(path).status_code == 404
        assert reader.post(path, data={"name": "Mine"}).status_code == 404
    session.rollback()
    assert _app(session, other).name != "Mine"
    assert len(session.exec(select(TotpDevice).where(TotpDevice.user_id == other.id)).all()) == 2


@pytest.mark.parametrize("time", range(3))
def test_of_two_parallel_removals_of_the_last_two_one_is_refused(
    app: Flask, session: Session, keys: KeyRing, time: int
) -> None:
    user, _secret = factories.make_user(session, keys)
    factories.make_app(session, keys, user)
    first = PageClient(app)
    first.enter(session, user)
    sid = first.client.get_cookie("sid")
    assert sid is not None
    ids = [row.id for row in session.exec(select(TotpDevice)).all()]
    session.rollback()
    start = Barrier(len(ids))

    def remove(device_id: object) -> int:
        reader = PageClient(app)
        reader.client.set_cookie("sid", sid.value)
        start.wait()
        return reader.post(f"{LIST}/apps/{device_id}/remove").status_code

    with ThreadPoolExecutor(len(ids)) as pool:
        assert sorted(pool.map(remove, ids)) == [303, 422]
    assert len(session.exec(select(TotpDevice)).all()) == 1


def test_the_rule_itself_refuses_the_last_one(session: Session, keys: KeyRing) -> None:
    user, _secret = factories.make_user(session, keys)
    device = session.exec(select(TotpDevice)).one()
    with pytest.raises(LastFactorError):
        factors.require_another(session, user_id=user.id, factor_id=device.id)
    factories.make_sheet(session, keys, user)
    assert factors.require_another(session, user_id=user.id, factor_id=device.id).id == user.id


# The sheet of codes


def test_a_sheet_is_made_and_confirmed_by_its_first_code(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    codes = _sheet(reader)
    assert len(codes) == 40
    assert codes_on(reader.get(SHEET)) == codes, "a reload shows the same sheet"
    wrong = reader.post(SHEET, data={"code": codes[1]})
    assert wrong.status_code == 422
    assert field_error(wrong).startswith("Ce n’est pas le code n°")
    done = reader.post(SHEET, data={"code": codes[0]})
    assert done.headers["Location"] == f"{LIST}?sheet_added=1"
    assert reader.get(SHEET).headers["Location"] == NEW_SHEET, "nobody can read it again"
    assert both(PageClient(app), user, codes[1]).status_code == 303
    assert SecurityEventKind.SHEET_ADDED in _kinds(session, user)


def test_the_sheet_on_paper_names_the_portal_and_nobody(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys, given_name="Yolande", family_name="Kervella")
    reader.enter(session, user)
    reader.post(NEW_SHEET)
    main = reader.get(SHEET).text.split("<main")[1].split("</main>")[0]
    assert "Feuille de codes pour Relais" in main
    assert "Yolande" not in main
    assert "Kervella" not in main
    assert str(user.email) not in main


def test_the_codes_are_not_shown_without_a_step_up_yet_one_is_taken(
    reader: PageClient, session: Session, user: User
) -> None:
    codes = _sheet(reader)
    grow_stale(session)
    wrong = reader.post(SHEET, data={"code": "00000000"})
    assert wrong.status_code == 422
    assert codes_on(wrong) == []
    assert reader.post(SHEET, data={"code": codes[0]}).status_code == 303


def test_the_code_of_somebody_elses_new_sheet_confirms_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    other, _secret = factories.make_user(session, keys)
    stranger = PageClient(app)
    stranger.enter(session, other)
    theirs = _sheet(stranger)
    _sheet(reader)
    assert reader.post(SHEET, data={"code": theirs[0]}).status_code == 422


def test_a_sheet_is_removed_unless_it_is_the_last(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    factories.make_sheet(session, keys, user)
    session.commit()
    path = f"{LIST}/sheets/{session.exec(select(PaperSheet)).one().id}/remove"
    session.rollback()
    assert "feuille de codes" in reader.get(path).text
    assert reader.post(path).headers["Location"] == f"{LIST}?sheet_removed=1"
    assert session.exec(select(PaperCode)).all() == []
    session.rollback()
    assert reader.post(path).status_code in (404, 422)
    assert _kinds(session, user)[0] == SecurityEventKind.SHEET_REMOVED


def test_nobody_removes_the_sheet_of_somebody_else(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    other, _secret = factories.make_user(session, keys)
    factories.make_sheet(session, keys, other)
    session.commit()
    path = f"{LIST}/sheets/{session.exec(select(PaperSheet)).one().id}/remove"
    session.rollback()
    assert reader.get(path).status_code == 404
    assert reader.post(path).status_code == 404
    assert session.exec(select(PaperSheet)).one().ended_at is None


@pytest.mark.parametrize(
    ("left", "shown", "can_wait"),
    [(9, False, False), (8, True, True), (4, True, True), (3, True, False), (0, True, False)],
)
def test_a_sheet_that_runs_out_is_said_in_time(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    user: User,
    left: int,
    shown: bool,
    can_wait: bool,
) -> None:
    factories.make_sheet(session, keys, user, used=40 - left)
    session.commit()
    answer = reader.get(f"{LIST}/sheets/running-out?next=/account")
    assert (answer.status_code == 200) is shown
    assert ("Plus tard" in answer.text) is can_wait


def test_the_reminder_can_be_put_off_until_three_are_left(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    factories.make_sheet(session, keys, user, used=32)
    session.commit()
    path = f"{LIST}/sheets/running-out"
    assert reader.post(path, data={"next": "/account"}).headers["Location"] == "/account"
    assert reader.get(f"{path}?next=/account").headers["Location"] == "/account"
    for row in session.exec(select(PaperCode).where(PaperCode.number <= 37)).all():
        row.used_at = factories.LONG_AGO
    session.commit()
    assert reader.get(f"{path}?next=/account").status_code == 200


def test_the_reminder_leads_nowhere_else(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    factories.make_sheet(session, keys, user, used=32)
    session.commit()
    for path in (f"{LIST}/sheets/running-out", f"{LIST}/after-recovery"):
        assert "evil" not in reader.get(f"{path}?next=//evil.example").text
    answer = reader.post(f"{LIST}/sheets/running-out", data={"next": "//evil.example"})
    assert answer.headers["Location"] == "/"


# Recovery codes


def test_new_recovery_codes_are_shown_once_and_the_old_ones_die_at_once(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    old = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    path = f"{LIST}/recovery-codes"
    assert "10" in reader.get(path).text
    answer = reader.post(path)
    assert answer.headers["Location"].startswith("/recovery-codes?next=")
    page = reader.get(answer.headers["Location"]).text
    assert page.count("<li><code>") == 10
    assert old[0] not in page
    assert both(PageClient(app), user, old[0]).status_code == 422
    noted = reader.post("/recovery-codes", data={"next": f"{LIST}?codes_renewed=1"})
    assert noted.headers["Location"] == f"{LIST}?codes_renewed=1"
    assert reader.get("/recovery-codes").status_code == 303, "nobody can read them again"
    assert SecurityEventKind.RECOVERY_CODES_RENEWED in _kinds(session, user)
    assert len(session.exec(select(RecoveryCode)).all()) == 10


def test_codes_that_another_browser_still_showed_are_forgotten(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    """They are dead: noting them would be worse than having none."""
    reader.post(f"{LIST}/recovery-codes")
    other = PageClient(app)
    other.enter(session, user)
    other.post(f"{LIST}/recovery-codes")
    assert reader.get("/recovery-codes").status_code == 303
    assert other.get("/recovery-codes").status_code == 200
    rows = session.exec(select(UserSession)).all()
    assert sum(row.recovery_codes_sealed is not None for row in rows) == 1


@pytest.mark.parametrize(("used", "warned"), [(6, False), (7, True), (10, True)])
def test_few_recovery_codes_are_said(
    reader: PageClient, session: Session, keys: KeyRing, user: User, used: int, warned: bool
) -> None:
    recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    for row in session.exec(select(RecoveryCode)).all()[:used]:
        row.used_at = factories.LONG_AGO
    session.commit()
    assert ("Faites-en de nouveaux" in reader.get(LIST).text) is warned


def test_signed_out_nothing_of_this_is_there(reader: PageClient, session: Session) -> None:
    assert not is_in(reader)
    for path in (LIST, NEW_APP, SHEET, f"{LIST}/recovery-codes", f"{LIST}/after-recovery"):
        assert reader.get(path).headers["Location"].startswith("/sign-in?next="), path


def _passkey(user: User) -> Passkey:
    return Passkey(
        user_id=user.id,
        name="Ordinateur",
        credential_id=b"id",
        public_key=b"key",
        sign_count=0,
        created_at=factories.LONG_AGO,
    )
