"""No `next`, on any page, leads to another site."""

import html5lib
import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import User
from portal.web.page import is_local_path
from tests import factories
from tests.attacks.routes import addresses, public_addresses
from tests.pages import PageClient

FOREIGN = ["//evil.example/a", "https://evil.example/a", "/\\evil.example/a", "/\t/evil.example/a"]
LEADING = ("href", "action", "formaction", "src", "content", "data-next")
FIELDS = {"email": "nobody@example.org", "password": "x", "code": "000000", "time_zone": ""}


@pytest.fixture
def user(session: Session, keys: KeyRing) -> User:
    found, _secret = factories.make_user(session, keys, email="reader@example.org")
    session.commit()
    return found


def _assert_stays_here(answer: TestResponse, path: str, foreign: str) -> None:
    for name in ("Location", "HX-Redirect", "Refresh"):
        if (location := answer.headers.get(name)) is not None:
            assert is_local_path(location), f"{path}: {name} leads to {location!r}"
    if answer.mimetype != "text/html":
        return
    document = html5lib.parse(answer.text, namespaceHTMLElements=False)
    for element in document.iter():
        for name in LEADING:
            value = element.attrib.get(name, "").strip()
            is_written = value == foreign.strip() or value.startswith(("//evil", "https://evil"))
            assert not is_written, f"{path}: <{element.tag} {name}={value!r}>"


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_page_of_a_reader_takes_them_elsewhere(
    app: Flask, reader: PageClient, session: Session, user: User, foreign: str
) -> None:
    for path in addresses(app, "GET"):
        reader.enter(session, user)
        answer = reader.client.get(path, query_string={"next": foreign})
        _assert_stays_here(answer, path, foreign)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_form_of_a_reader_takes_them_elsewhere(
    app: Flask, reader: PageClient, session: Session, user: User, foreign: str
) -> None:
    for path in addresses(app, "POST"):
        reader.enter(session, user)
        for where in ({"data": FIELDS | {"next": foreign}}, {"query_string": {"next": foreign}}):
            _assert_stays_here(reader.post(path, **where), path, foreign)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_page_at_the_door_takes_anybody_elsewhere(
    app: Flask, session: Session, foreign: str
) -> None:
    for path in public_addresses(app, "GET"):
        answer = PageClient(app).client.get(path, query_string={"next": foreign})
        _assert_stays_here(answer, path, foreign)
    for path in public_addresses(app, "POST"):
        answer = PageClient(app).post(path, data=FIELDS | {"next": foreign})
        _assert_stays_here(answer, path, foreign)


def test_the_pages_that_take_next_are_among_those_that_were_tried(app: Flask) -> None:
    """Those that this file is about; a page that is renamed must not slip out of it."""
    assert {"/sign-in", "/sign-in/confirm"} <= set(addresses(app, "GET"))
    assert {"/sign-in", "/sign-in/confirm"} <= set(addresses(app, "POST"))
