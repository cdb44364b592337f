"""Somebody who sends a message, and sends it again."""

from uuid import UUID, uuid4

from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from tests.messaging.circle import WritingCircle, family_writes, make_circle
from tests.pages import PageClient

TEXT = "Le pansement se décolle </textarea><b>encore</b>.\n\nQue faire ?"


class Writer:
    """Paul at his conversation with Nadia, in a browser without JavaScript."""

    def __init__(self, app: Flask, session: Session, keys: KeyRing) -> None:
        self.circle: WritingCircle = make_circle(session, keys)
        first = family_writes(session, keys, self.circle, to=self.circle.nadias_place)
        self.thread_id: UUID = first.thread_id
        self.browser = PageClient(app)
        self.browser.enter(session, self.circle.paul.user)
        self.key = uuid4()

    @property
    def path(self) -> str:
        return f"/p/{self.circle.patient.id}/messages/{self.thread_id}"

    def send(self, body: str = TEXT) -> TestResponse:
        return self.browser.post(self.path, data={"key": str(self.key), "body": body})
