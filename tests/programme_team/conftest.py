"""A patient whose programme is under way, and browsers of those around her."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import User
from tests.education.programme.papers import Team, make_team
from tests.pages import PageClient


@dataclass
class Desk:
    """`desk.get("nadia", "/team")` in the education of the patient."""

    app: Flask
    session: Session
    keys: KeyRing
    team: Team
    browsers: dict[str, PageClient] = field(default_factory=dict)

    def browser(self, name: str) -> PageClient:
        self.session.expunge_all()
        self.session.rollback()
        if name not in self.browsers:
            user: User = getattr(self.team, name)
            self.browsers[name] = PageClient(self.app)
            self.browsers[name].enter(self.session, user)
        return self.browsers[name]

    def path(self, rest: str) -> str:
        return f"/p/{self.team.patient.id}/education{rest}"

    def get(self, name: str, rest: str) -> TestResponse:
        return self.browser(name).get(self.path(rest))

    def text(self, name: str, rest: str, *, status: int = 200) -> str:
        answer = self.get(name, rest)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, name: str, rest: str, **data: Any) -> TestResponse:
        return self.browser(name).post(self.path(rest), data=data)

    def sends(self, name: str, rest: str, **data: Any) -> str:
        """Where it leads."""
        answer = self.post(name, rest, **data)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"]).removeprefix(self.path(""))

    @property
    def of_programme(self) -> dict[str, str]:
        return {"programme": str(self.team.programme.id)}


@pytest.fixture
def desk(app: Flask, session: Session, keys: KeyRing) -> Desk:
    return Desk(app, session, keys, make_team(session, keys))


@pytest.fixture
def waiting(app: Flask, session: Session, keys: KeyRing) -> Desk:
    """The programme waits for the patient's answer."""
    return Desk(app, session, keys, make_team(session, keys, accepts=False))
