"""A request that changes something comes from our own pages, or is refused."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from tests import factories
from tests.pages import PageClient

FORM = {"text_size": "large", "theme": "dark", "locale": "fr"}


@pytest.fixture
def signed_in(reader: PageClient, session: Session, keys: KeyRing) -> PageClient:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    return reader


def _size(session: Session) -> str:
    session.expire_all()
    size = session.exec(select(User)).one().text_size
    session.rollback()
    return str(size)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "SAME-ORIGIN, cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example/http://localhost"},
        {"Referer": "http://localhost/account/comfort"},
    ],
)
@pytest.mark.parametrize("path", ["/account/comfort", "/sign-in", "/sign-out", "/nowhere"])
def test_a_foreign_request_changes_nothing(
    signed_in: PageClient, session: Session, headers: dict[str, str], path: str
) -> None:
    answer = signed_in.client.post(path, data=FORM, headers=headers)
    assert answer.status_code == 403
    assert _size(session) == "normal"
    assert signed_in.client.get("/session").status_code == 204


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}]
)
def test_our_own_request_is_accepted(
    signed_in: PageClient, session: Session, headers: dict[str, str]
) -> None:
    answer = signed_in.client.post("/account/comfort", data=FORM, headers=headers)
    assert answer.status_code == 303
    assert _size(session) == "large"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.2", "x y"])
def test_another_host_name_is_not_answered(app: Flask, session: Session, host: str) -> None:
    client = app.test_client()
    for path in ("/sign-in", "/", "/healthz", "/nowhere"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text
    posted = client.post("/sign-in", headers={"Host": host, "Sec-Fetch-Site": "same-origin"})
    assert posted.status_code == 400


def test_a_huge_body_is_refused(reader: PageClient, session: Session) -> None:
    form = {"email": "jeanne@example.org", "password": "x" * 300_000}
    assert reader.post("/sign-in", data=form).status_code == 413


def test_a_thousand_fields_are_refused(reader: PageClient, session: Session) -> None:
    answer = reader.post(
        "/sign-in",
        data={f"field{number}": "x" for number in range(1_000)},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413


def test_a_forwarded_host_is_not_believed_without_a_proxy(app: Flask, session: Session) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = app.test_client().get("/", headers=headers)
    assert answer.headers["Location"] == "/sign-in"
