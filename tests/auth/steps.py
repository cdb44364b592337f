"""What sign-in tests repeat: one try of each step, and what the page said."""

import re
from datetime import timedelta

from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.models.account import User, UserSession
from tests.factories import PASSWORD
from tests.pages import PageClient

_ERROR = re.compile(r'class="field-error"[^>]*>.*?</span>\s*([^<]+)</span>', re.DOTALL)


def password(reader: PageClient, user: User | str, text: str = PASSWORD) -> TestResponse:
    email = user if isinstance(user, str) else user.email
    return reader.post("/sign-in", data={"email": email, "password": text})


def code(reader: PageClient, text: str) -> TestResponse:
    return reader.post("/sign-in/code", data={"code": text})


def both(
    reader: PageClient, user: User, text: str, *, password_text: str = PASSWORD
) -> TestResponse:
    """A right password, then that code."""
    assert password(reader, user, password_text).headers.get("Location") == "/sign-in/code"
    return code(reader, text)


def field_error(response: TestResponse) -> str:
    """The sentence beside the field; empty when there is none."""
    found = _ERROR.search(response.text)
    return found[1].strip() if found else ""


def is_in(reader: PageClient) -> bool:
    return reader.client.get("/session").status_code == 204


def cookie(response: TestResponse, name: str) -> str:
    """The whole Set-Cookie line of that cookie with a value; empty when it was not set."""
    lines = [line for line in response.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    set_now = [line for line in lines if not line.startswith(f"{name}=;")]
    return set_now[-1] if set_now else ""


def seed_on(reader: PageClient, path: str = "/enrolment?method=app") -> str:
    """The seed that a page for a new app shows."""
    found = re.search(r'data-copy="([A-Z2-7]{32})"', reader.get(path).text)
    assert found is not None, "the page shows a seed"
    return found[1]


def codes_on(response: TestResponse) -> list[str]:
    """The numbered codes of a sheet, in their order."""
    return re.findall(r"<code>(\d{4} \d{4})</code>", response.text)


def asked_number(response: TestResponse) -> int | None:
    """Which code of the sheet the page asks for."""
    found = re.search(r"<label for=\"code\">Code n°\s(\d+)</label>", response.text)
    return int(found[1]) if found else None


def grow_stale(session: Session) -> None:
    """Every session as if the last factor had been shown six minutes ago."""
    session.rollback()
    for row in session.exec(select(UserSession)).all():
        row.stepped_up_at -= timedelta(minutes=6)
        session.add(row)
    session.commit()
