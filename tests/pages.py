"""A test client that sends what a browser sends, and checks every page it fetches."""

from typing import Any

import html5lib
import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.access.sessions import cookie_name, start_session
from portal.clock import now
from portal.identity import queries, totp
from portal.models.account import User
from tests.factories import PASSWORD

_SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr-FR,fr;q=0.9"}


class PageClient:
    """One browser. `get` and `post` return the answer; HTML ones were checked."""

    def __init__(self, app: Flask, *, device: bool = True) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, *, htmx: bool = False, **kwargs: Any) -> TestResponse:
        return self._checked(self.client.get(path, headers=self._headers(htmx, kwargs), **kwargs))

    def post(self, path: str, *, htmx: bool = False, **kwargs: Any) -> TestResponse:
        return self._checked(self.client.post(path, headers=self._headers(htmx, kwargs), **kwargs))

    def sign_in(self, user: User, secret: str) -> TestResponse:
        """Both steps; the answer is the redirect after the code."""
        self.post("/sign-in", data={"email": user.email, "password": PASSWORD})
        return self.post("/sign-in/code", data={"code": code_of(secret)})

    def enter(self, session: Session, user: User) -> None:
        """A session begun without the two steps, for tests of what comes after; it commits."""
        is_staff = queries.is_staff(session, user)
        _row, token = start_session(
            session, user_id=user.id, is_staff=is_staff, user_agent="test", at=now()
        )
        session.commit()
        self.client.set_cookie(cookie_name(self.app, "sid"), token)

    @staticmethod
    def _headers(htmx: bool, kwargs: dict[str, Any]) -> dict[str, str]:
        headers = _SAME_ORIGIN | kwargs.pop("headers", {})
        return headers | {"HX-Request": "true"} if htmx else headers

    @staticmethod
    def _checked(response: TestResponse) -> TestResponse:
        is_page = response.mimetype == "text/html" and response.data.startswith(b"<!doctype")
        if is_page:
            check_page(response.text)
        return response


def code_of(secret: str, *, steps_ahead: int = 0) -> str:
    """What an independent authenticator app shows now."""
    seconds = now().timestamp() + steps_ahead * totp.STEP_SECONDS
    return pyotp.TOTP(secret).at(int(seconds))


def check_page(html: str) -> None:
    """Valid HTML, a title, one h1, a label for each field, nothing inline."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document = parser.parse(html)
    assert (document.findtext(".//title") or "").strip(), "a page has a title"
    assert len(document.findall(".//h1")) == 1, "a page has one h1"
    labelled = {label.get("for") for label in document.iter("label")}
    wrapped = {field for label in document.iter("label") for field in label.iter("input")}
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "ids are unique"
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.get("style") is None, "no inline style"
        assert element.tag != "style", "no style element"
        assert not any(name.startswith("on") for name in element.attrib), "no inline handler"
        if element.tag == "script":
            assert element.get("src"), "no inline script"
        if element.tag in ("input", "textarea", "select") and element.get("type") != "hidden":
            is_named = element.get("id") in labelled or element in wrapped
            assert is_named or element.get("hidden") is not None, f"unlabelled {element.attrib}"
