"""A circle that writes, with Paul's browser."""

import io
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.messaging import Attachment, Message
from tests.messaging.circle import Account, WritingCircle, family_writes, make_circle
from tests.pages import PageClient
from tests.uploads import files


@dataclass(frozen=True)
class Desk:
    """A conversation of Jeanne's with Nadia, and whoever reads it."""

    app: Flask
    session: Session
    keys: KeyRing
    circle: WritingCircle
    thread_id: UUID

    @property
    def door(self) -> str:
        return f"/p/{self.circle.patient.id}/messages"

    def browser(self, account: Account) -> PageClient:
        client = PageClient(self.app)
        client.enter(self.session, account.user)
        return client

    def join(
        self,
        client: PageClient,
        content: bytes,
        *,
        key: UUID,
        name: str = "pansement.jpg",
        thread: UUID | None = None,
        answer: bool = False,
        words: str = "Le pansement",
        kind: str = "",
    ) -> TestResponse:
        about = f"key={key}" + (f"&thread={thread}" if thread else "")
        about += f"&kind={kind}" if kind else ""
        return client.post(
            f"{self.door}/attachments{'/answer' if answer else ''}?{about}",
            data={"file": (io.BytesIO(content), name), "alternative_text": words},
        )

    def send(self, client: PageClient, key: UUID) -> TestResponse:
        body = {"key": str(key), "body": "Voici la photo."}
        return client.post(f"{self.door}/{self.thread_id}", data=body)

    def attachments(self) -> list[Attachment]:
        """As they stand now; no transaction stays open."""
        self.session.rollback()
        found = list(self.session.exec(select(Attachment)).all())
        self.session.expunge_all()
        self.session.rollback()
        return found


@pytest.fixture
def desk(app: Flask, session: Session, keys: KeyRing) -> Desk:
    circle = make_circle(session, keys)
    message: Message = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    return Desk(app, session, keys, circle, message.thread_id)


@pytest.fixture
def key() -> UUID:
    return uuid4()


@pytest.fixture(scope="session")
def photo() -> bytes:
    return files.photo()
