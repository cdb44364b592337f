"""Reading comfort and language: saved, applied, and there before signing in."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.account import User
from portal.web.time_zones import TIME_ZONES
from tests import factories
from tests.pages import PageClient

ALL = {
    "text_size": "very-large",
    "theme": "dark",
    "high_contrast": "on",
    "legible_font": "on",
    "locale": "en",
}
PLAIN = {"text_size": "normal", "theme": "auto", "locale": "fr"}
APPLIED = ('data-theme="dark"', 'data-text="very-large"', 'data-contrast="more"', 'lang="en"')


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    return user


def _html(text: str) -> str:
    return text.partition("<html")[2].partition(">")[0]


def test_settings_are_saved_and_applied(reader: PageClient, session: Session, user: User) -> None:
    answer = reader.post("/account/comfort", data=ALL)
    assert answer.headers["Location"] == "/account/comfort?saved=1"
    page = reader.get("/account/comfort?saved=1").text
    assert "Your settings are saved." in page
    assert all(one in _html(page) for one in (*APPLIED, 'data-font="legible"'))
    assert page.count(" checked") == 5
    session.expire_all()
    assert session.get_one(User, user.id).high_contrast


def test_plain_settings_leave_no_attribute(reader: PageClient, user: User) -> None:
    assert "data-" not in _html(reader.get("/account/comfort").text)


@pytest.mark.parametrize("zone", ["", *TIME_ZONES])
def test_where_one_lives_is_kept(
    reader: PageClient, session: Session, user: User, zone: str
) -> None:
    assert reader.post("/account/comfort", data=ALL | {"time_zone": zone}).status_code == 303
    session.expire_all()
    assert session.get_one(User, user.id).time_zone == (zone or None)
    assert f'<option value="{zone}" selected>' in reader.get("/account/comfort").text or not zone


def test_an_appointment_keeps_the_hour_of_its_place(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    patient = factories.make_patient(session)
    factories.make_link(session, patient=patient, user=user, grants=("agenda:see",))
    visit = factories.make_appointment(session, patient=patient)
    reader.enter(session, user)
    path = f"/p/{patient.id}/agenda/{visit.id}"
    at_home = reader.get(path).text
    answer = reader.post("/account/comfort", data=PLAIN | {"time_zone": "Pacific/Noumea"})
    assert answer.status_code == 303
    assert reader.get(path).text == at_home


@pytest.mark.parametrize("zone", ["Europe/Berlin", "../../etc/passwd", "x" * 200])
def test_a_zone_of_elsewhere_saves_nothing(
    reader: PageClient, session: Session, user: User, zone: str
) -> None:
    answer = reader.post("/account/comfort", data=ALL | {"time_zone": zone})
    assert answer.status_code == 422
    assert 'href="#time_zone"' in answer.text
    session.expire_all()
    assert session.get_one(User, user.id).text_size == "normal"


@pytest.mark.parametrize("field", ["text_size", "theme", "locale"])
def test_a_wrong_answer_saves_nothing_and_keeps_the_others(
    reader: PageClient, session: Session, user: User, field: str
) -> None:
    answer = reader.post("/account/comfort", data=ALL | {field: "enormous"})
    assert answer.status_code == 422
    assert answer.text.count(" checked") == 4
    session.expire_all()
    assert session.get_one(User, user.id).text_size == "normal"


def test_the_pages_before_signing_in_look_the_same(reader: PageClient, user: User) -> None:
    reader.post("/account/comfort", data=ALL)
    reader.post("/sign-out")
    assert all(one in _html(reader.get("/sign-in").text) for one in APPLIED[:3])


@pytest.mark.parametrize("value", ["", "x", "large", "large.x", "..", "large.dark.contrast.font.x"])
def test_a_strange_cookie_is_harmless(app: Flask, value: str) -> None:
    reader = PageClient(app)
    reader.client.set_cookie("comfort", value)
    assert reader.get("/nowhere").status_code == 404


def test_language_goes_by_wish_then_cookie_then_browser(app: Flask, session: Session) -> None:
    reader = PageClient(app)
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    assert 'lang="fr"' in _html(reader.get("/sign-in").text)
    assert 'lang="en"' in _html(reader.get("/sign-in", headers=english).text)
    assert 'lang="fr"' in _html(reader.get("/sign-in", headers={"Accept-Language": "de"}).text)
    assert 'lang="en"' in _html(reader.get("/sign-in?lang=en").text)
    assert 'lang="en"' in _html(reader.get("/sign-in").text), "the cookie remembers"
    assert 'lang="en"' in _html(reader.get("/sign-in?lang=xx").text)


def test_the_language_of_the_account_comes_before_that_of_the_browser(
    reader: PageClient, session: Session, user: User
) -> None:
    answer = reader.get("/account", headers={"Accept-Language": "en"})
    assert 'lang="fr"' in _html(answer.text)
    assert answer.headers["Content-Language"] == "fr"


def test_what_was_typed_is_kept_when_the_session_ended(
    reader: PageClient, session: Session, user: User
) -> None:
    reader.client.delete_cookie("sid")
    typed = ALL | {"password": "secret-word", "code": "123456", "note": 'a "b" <c>\nd'}
    answer = reader.post("/account/comfort", data=typed)
    assert answer.status_code == 401
    assert '<form method="post" action="/account/comfort">' in answer.text
    assert "a &#34;b&#34; &lt;c&gt;\nd</textarea>" in answer.text
    assert 'name="theme" hidden>\ndark</textarea>' in answer.text
    assert "secret-word" not in answer.text
    assert "123456" not in answer.text
    reader.enter(session, user)
    assert reader.post("/account/comfort", data=ALL).status_code == 303
