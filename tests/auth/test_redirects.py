"""After signing in one goes where one wanted, never to another site."""

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.web.page import is_local_path
from tests import factories
from tests.pages import PageClient, code_of

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "https:/evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    "/" + "a" * 600,
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_foreign_next_goes_home(
    reader: PageClient, session: Session, keys: KeyRing, path: str
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    form = {"email": user.email, "password": factories.PASSWORD, "next": path}
    reader.post("/sign-in", data=form)
    answer = reader.post("/sign-in/code", data={"code": code_of(secret)})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", ELSEWHERE)
def test_the_sign_in_page_forgets_a_foreign_next(
    reader: PageClient, session: Session, path: str
) -> None:
    session.commit()
    page = reader.get("/sign-in", query_string={"next": path})
    assert 'name="next"' not in page.text


def test_the_page_that_was_wanted_is_reached(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    wanted = reader.get("/account/comfort").headers["Location"]
    assert wanted == "/sign-in?next=/account/comfort"
    page = reader.get(wanted)
    assert 'name="next" value="/account/comfort"' in page.text
    form = {"email": user.email, "password": factories.PASSWORD, "next": "/account/comfort"}
    reader.post("/sign-in", data=form)
    answer = reader.post("/sign-in/code", data={"code": code_of(secret)})
    assert answer.headers["Location"] == "/account/comfort"


def test_the_wanted_page_is_kept_after_a_typing_error(reader: PageClient, session: Session) -> None:
    session.commit()
    form = {"email": "jeanne", "password": "x", "next": "/account"}
    assert 'name="next" value="/account"' in reader.post("/sign-in", data=form).text


@pytest.mark.parametrize("path", ["/", "/p/1/agenda?week=2026-W48", "/a//b"])
def test_our_own_paths_are_local(path: str) -> None:
    assert is_local_path(path)
