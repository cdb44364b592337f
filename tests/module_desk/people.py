"""Everybody around a module, each in a browser of their own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.requests import ask_review
from portal.models.account import User
from portal.models.education import ModuleVersion
from tests import factories
from tests.education.modules import Desk, in_a_year, make_desk, make_draft, make_module
from tests.pages import PageClient


@dataclass
class People:
    """`browsers` by name: author, peer, reviewer, coordinator, stranger."""

    session: Session
    desk: Desk
    users: dict[str, User]
    browsers: dict[str, PageClient]

    def get(self, who: str, path: str) -> TestResponse:
        self._forget()
        return self.browsers[who].get(path)

    def text(self, who: str, path: str, *, status: int = 200) -> str:
        answer = self.get(who, path)
        assert answer.status_code == status, (who, path, answer.status_code)
        return answer.text

    def post(self, who: str, path: str, **data: str) -> TestResponse:
        self._forget()
        return self.browsers[who].post(path, data=data)

    def sends(self, who: str, path: str, **data: str) -> str:
        """Where it leads."""
        answer = self.post(who, path, **data)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def draft(self, **fields: Any) -> ModuleVersion:
        version = make_draft(
            self.session, self.desk, make_module(self.session, self.desk), **fields
        )
        self.session.commit()
        return version

    def sent(self, **fields: Any) -> ModuleVersion:
        """A version for which Dr Haddad is asked."""
        version = self.draft(**fields)
        review.submit(self.session, version, by=self.desk.author.id, at=now())
        ask_review(
            self.session,
            version,
            reviewer_id=self.desk.reviewer.id,
            due_on=in_a_year(),
            by=self.desk.author.id,
            at=now(),
        )
        self.session.commit()
        return version

    def approved(self, **fields: Any) -> ModuleVersion:
        version = self.sent(**fields)
        review.approve(
            self.session, version, by=self.desk.reviewer, review_due=in_a_year(), at=now()
        )
        self.session.commit()
        return version

    def fresh(self, version_id: UUID) -> ModuleVersion:
        """As it stands now, whatever this session knew of it."""
        self._forget()
        return self.session.get_one(ModuleVersion, version_id)

    def _forget(self) -> None:
        self.session.expunge_all()
        self.session.rollback()


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def people(app: Flask, session: Session, keys: KeyRing, desk: Desk) -> People:
    coordinator, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=coordinator, organization_id=desk.organization.id)
    stranger, _ = factories.make_user(session, keys, is_patient_expert=True)
    users = {
        "author": desk.author,
        "peer": desk.peer,
        "reviewer": desk.reviewer,
        "coordinator": coordinator,
        "stranger": stranger,
    }
    browsers = {name: PageClient(app) for name in users}
    for name, browser in browsers.items():
        browser.enter(session, users[name])
    return People(session, desk, users, browsers)
