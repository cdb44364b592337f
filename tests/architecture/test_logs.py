"""Logs are JSON lines without a name, a content, a token or a query string."""

import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import DataError
from sqlmodel import Session

from portal.blueprints.home import routes as home
from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import invitations
from portal.identity.invitations import Place
from portal.models.account import InvitationKind
from portal.web.logs import JsonFormatter
from tests import factories
from tests.auth.steps import both, password
from tests.pages import PageClient, code_of

CANARY = "zzcanaryzz"


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def logs() -> Iterator[_Lines]:
    handler, before = _Lines(), logging.root.level
    logging.root.addHandler(handler)
    logging.root.setLevel("INFO")
    yield handler
    logging.root.removeHandler(handler)
    logging.root.setLevel(before)


def test_a_sign_in_leaves_lines_without_any_secret(
    logs: _Lines, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    email = f"{CANARY}@example.org"
    user, secret = factories.make_user(session, keys, email=email, family_name=CANARY)
    session.commit()
    reader.get(f"/sign-in?next=/account&x={CANARY}")
    password(reader, user, f"{CANARY} {CANARY}")
    code = code_of(secret)
    assert both(reader, user, code).status_code == 303
    sid = reader.client.get_cookie("sid")
    reader.get("/account")
    entries = [json.loads(line) for line in logs.lines]
    requests = [one for one in entries if one["message"] == "request"]
    assert [one["status"] for one in requests] == [200, 422, 303, 303, 200]
    assert all(one["request_id"].startswith("R-") for one in requests)
    assert sid is not None
    for word in (CANARY, secret, sid.value, factories.PASSWORD, "x=", "?"):
        assert word not in logs.text, word
    assert f'"{code}"' not in logs.text


def test_an_invitation_leaves_no_token_and_no_name(
    logs: _Lines, reader: PageClient, session: Session
) -> None:
    place = Place(InvitationKind.OPERATOR)
    token = invitations.invite(session, email=f"{CANARY}@example.org", place=place, at=now())
    session.commit()
    form = {"given_name": CANARY, "family_name": CANARY, "password": "tabouret citron fanfare"}
    assert reader.get(f"/invitation/{token}").status_code == 200
    assert reader.post(f"/invitation/{token}", data=form).status_code == 303
    reader.get("/enrolment")
    assert len(logs.lines) >= 3
    for word in (token, CANARY, "citron"):
        assert word not in logs.text


def test_the_id_of_a_patient_is_not_in_the_request_line(
    logs: _Lines, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user)
    reader.enter(session, user)
    assert reader.get(f"/p/{patient.id}/").status_code == 200
    assert str(patient.id) not in logs.text


def test_a_database_error_tells_its_kind_and_place_and_no_value(
    logs: _Lines,
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise DataError(f"SELECT '{CANARY}'", {"name": CANARY}, ValueError(CANARY))

    monkeypatch.setattr(home, "next_by_person", fail)
    answer = reader.get("/people")
    assert answer.status_code == 500
    assert CANARY not in answer.text + logs.text
    error = next(one for one in map(json.loads, logs.lines) if "exception" in one)
    assert error["exception"]["type"] == "sqlalchemy.exc.DataError"
    assert any("choose_person" in frame for frame in error["exception"]["trace"])
    reference = error["request_id"]
    assert reference in answer.text, "what the reader can tell is what the log holds"
    assert answer.headers["X-Request-Id"] == reference


def test_a_report_of_a_browser_leaves_the_directive_only(logs: _Lines, app: Flask) -> None:
    report = {
        "csp-report": {
            "document-uri": f"http://localhost/p/{CANARY}",
            "effective-directive": "script-src-elem",
            "blocked-uri": CANARY,
        }
    }
    answer = PageClient(app).post("/csp-report", data=json.dumps(report))
    assert answer.status_code == 204
    assert "script-src-elem" in logs.text
    assert CANARY not in logs.text


def test_one_record_is_one_line(logs: _Lines) -> None:
    logging.getLogger("portal").warning("first\nsecond")
    assert len(logs.text.splitlines()) == 1
    assert json.loads(logs.text)["message"] == "first\nsecond"
