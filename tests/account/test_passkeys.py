"""One's own passkeys: add, name, remove."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.identity import factors, history
from portal.models.account import User
from portal.models.credential import Passkey, SecurityEventKind, TotpDevice
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.auth.authenticator import ACCOUNT, SIGN_IN, Phone, give_passkey, options, touch
from tests.auth.steps import field_error, is_in
from tests.pages import PageClient
from tests.statements import counted

AGENT = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36"}


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    """Signed in just now, with a code app."""
    user, _secret = factories.make_user(session, keys)
    reader.enter(session, user)
    return user


def _add(reader: PageClient, phone: Phone, name: str = "Mon téléphone") -> int:
    credential = phone.create(options(reader, ACCOUNT))
    answer = reader.post(ACCOUNT, data={"name": name, "credential": credential})
    return answer.status_code


def _kinds(session: Session, user: User) -> list[SecurityEventKind]:
    return [line.kind for line in history.lines_of(session, user_id=user.id)]


def test_a_passkey_is_added_and_opens_the_account(
    reader: PageClient, app: Flask, session: Session, user: User
) -> None:
    assert 'value="Chrome sur Android"' in reader.get(ACCOUNT, headers=AGENT).text
    phone = Phone()
    assert _add(reader, phone) == 303
    page = reader.get(f"{ACCOUNT}?added=1").text
    assert "Mon téléphone</h2>" in page
    assert "Votre clé d’accès est prête" in page
    made = session.exec(select(Passkey)).one()
    assert (made.user_id, made.transports) == (user.id, ["internal", "hybrid"])
    assert _kinds(session, user) == [SecurityEventKind.PASSKEY_ADDED]
    assert len(session.exec(select(OutboxMessage)).all()) == 1, "the owner is told by mail"
    session.rollback()
    assert touch(PageClient(app), phone, SIGN_IN).status_code == 303


def test_one_passkey_may_count_and_another_not(
    reader: PageClient, app: Flask, session: Session, user: User
) -> None:
    for number, count in enumerate((0, 40)):
        phone = Phone(count=count)
        assert _add(reader, phone, f"Clé {number}") == 303
        for _time in range(2):
            assert touch(PageClient(app), phone, SIGN_IN).status_code == 303


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_is_asked_before_the_device_makes_a_key(
    reader: PageClient, user: User, name: str
) -> None:
    answer = reader.post(ACCOUNT, data={"name": name, "credential": ""})
    assert answer.status_code == 422
    assert answer.text.count('class="field-error"') == 1


def test_without_an_answer_of_the_device_the_name_stays(reader: PageClient, user: User) -> None:
    answer = reader.post(ACCOUNT, data={"name": "Ma tablette", "credential": ""})
    assert answer.status_code == 422
    assert field_error(answer).startswith("Votre appareil n’a rien envoyé")
    assert 'value="Ma tablette"' in answer.text
    assert 'href="#credential"' in answer.text


def test_a_passkey_gets_another_name(reader: PageClient, session: Session, user: User) -> None:
    passkey = give_passkey(session, user, Phone())
    session.commit()
    path = f"{ACCOUNT}/{passkey.id}/rename"
    assert 'value="Téléphone"' in reader.get(path).text
    for wrong in ("", "x" * 101):
        assert reader.post(path, data={"name": wrong}).status_code == 422
    done = reader.post(path, data={"name": "<b>Tablette</b>"})
    assert done.headers["Location"] == f"{ACCOUNT}?renamed=1"
    page = reader.get(done.headers["Location"]).text
    assert "&lt;b&gt;Tablette&lt;/b&gt;" in page
    assert "Le nouveau nom est enregistré" in page


def test_a_removed_passkey_opens_nothing(
    reader: PageClient, app: Flask, session: Session, user: User
) -> None:
    phone = Phone()
    passkey = give_passkey(session, user, phone)
    session.commit()
    path = f"{ACCOUNT}/{passkey.id}/remove"
    assert "Retirer cette clé d’accès ?" in reader.get(path).text.replace("\u00a0", " ")
    done = reader.post(path)
    assert done.headers["Location"] == f"{ACCOUNT}?removed=1"
    assert "La clé d’accès est retirée" in reader.get(done.headers["Location"]).text
    assert _kinds(session, user) == [SecurityEventKind.PASSKEY_REMOVED]
    session.rollback()
    stranger = PageClient(app)
    assert touch(stranger, phone, SIGN_IN).status_code == 422
    assert not is_in(stranger)


def test_the_last_factor_stays(reader: PageClient, session: Session, user: User) -> None:
    passkey = give_passkey(session, user, Phone())
    for app_of_codes in session.exec(select(TotpDevice)).all():
        session.delete(app_of_codes)
    session.commit()
    path = f"{ACCOUNT}/{passkey.id}/remove"
    for answer in (reader.get(path), reader.post(path)):
        assert "Cette clé d’accès ne peut pas être retirée" in answer.text
        assert f'action="{path}"' not in answer.text
    assert answer.status_code == 422
    assert session.exec(select(Passkey)).one()
    assert _kinds(session, user) == []


def test_of_two_hands_that_remove_the_last_two_factors_one_is_stopped(
    app: Flask, session: Session, user: User
) -> None:
    for app_of_codes in session.exec(select(TotpDevice)).all():
        session.delete(app_of_codes)
    keys_of_user = [give_passkey(session, user, Phone()).id for _number in range(2)]
    readers = [PageClient(app), PageClient(app)]
    for one in readers:
        one.enter(session, user)
    start = Barrier(2)

    def remove(number: int) -> int:
        start.wait()
        return readers[number].post(f"{ACCOUNT}/{keys_of_user[number]}/remove").status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, range(2))) == [303, 422]
    assert len(session.exec(select(Passkey)).all()) == 1


def test_a_passkey_is_removed_once(
    reader: PageClient, app: Flask, session: Session, user: User
) -> None:
    passkey_id = give_passkey(session, user, Phone()).id
    session.commit()
    answers = [reader.post(f"{ACCOUNT}/{passkey_id}/remove").status_code for _time in range(2)]
    assert answers == [303, 404]
    assert _kinds(session, user) == [SecurityEventKind.PASSKEY_REMOVED]


@pytest.mark.parametrize("act", ["rename", "remove"])
def test_the_passkey_of_somebody_else_is_out_of_reach(
    reader: PageClient, session: Session, keys: KeyRing, user: User, act: str
) -> None:
    other, _secret = factories.make_user(session, keys)
    passkey = give_passkey(session, other, Phone(), name="À elle")
    session.commit()
    path = f"{ACCOUNT}/{passkey.id}/{act}"
    for answer in (reader.get(path), reader.post(path, data={"name": "À moi"})):
        assert answer.status_code == 404
    session.expire_all()
    assert session.exec(select(Passkey)).one().name == "À elle"


def test_there_is_an_end_to_passkeys(reader: PageClient, session: Session, user: User) -> None:
    for number in range(factors.MOST):
        give_passkey(session, user, Phone(), name=f"Clé {number}")
    session.commit()
    assert "data-passkey" not in reader.get(ACCOUNT).text
    assert reader.post(f"{ACCOUNT}/options").status_code == 404


def test_of_two_devices_that_come_for_the_last_place_one_is_kept(
    reader: PageClient, session: Session, user: User
) -> None:
    for number in range(factors.MOST - 1):
        give_passkey(session, user, Phone(), name=f"Clé {number}")
    session.commit()
    phone = Phone()
    credential = phone.create(options(reader, ACCOUNT))
    give_passkey(session, user, Phone(), name="La vingtième")
    session.commit()
    form = {"name": "La vingt et unième", "credential": credential}
    assert reader.post(ACCOUNT, data=form).status_code == 404
    session.rollback()
    assert len(session.exec(select(Passkey)).all()) == factors.MOST


def test_the_list_costs_the_same_for_one_and_for_twenty(
    reader: PageClient, app: Flask, session: Session, user: User
) -> None:
    counts = []
    for rows in (1, 12):
        for _number in range(rows):
            give_passkey(session, user, Phone())
        session.commit()
        with counted(app) as statements:
            assert reader.get(ACCOUNT).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


def test_no_passkey_is_made_where_browsers_refuse_them(reader: PageClient, user: User) -> None:
    cookie = reader.client.get_cookie("sid")
    assert cookie is not None
    reader.client.set_cookie("sid", cookie.value, domain="127.0.0.1")
    page = reader.get(ACCOUNT, base_url="http://127.0.0.1")
    assert page.status_code == 200
    assert "data-passkey" not in page.text
    assert "À cette adresse, les navigateurs ne peuvent pas" in page.text
