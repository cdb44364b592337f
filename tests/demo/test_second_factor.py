"""The sign-in page shows codes of the seed's own people, and of nobody else."""

from flask import Flask
from sqlmodel import Session, select

from portal import demo
from portal.clock import now
from portal.identity import queries
from portal.models.account import User
from tests import factories
from tests.factories import PASSWORD
from tests.pages import PageClient


def test_somebody_invited_into_the_demo_keeps_their_second_factor(
    app: Flask, reader: PageClient, session: Session
) -> None:
    keys = app.extensions["keys"]
    demo.seed(session, keys=keys, now=now(), password_hash=factories._PASSWORD_HASH)
    guest, _secret = factories.make_user(session, keys, email="guest@example.org")
    session.commit()
    page = reader.get("/sign-in").text
    assert "jeanne@example.org" in page
    assert "guest@example.org" not in page
    reader.post("/sign-in", data={"email": guest.email, "password": PASSWORD})
    assert "demo-code" not in reader.get("/sign-in/code").text
    jeanne = session.exec(select(User).where(User.email == "jeanne@example.org")).one()
    assert queries.demo_device(session, jeanne.id) is not None
    session.rollback()
    other = PageClient(reader.app)
    other.post("/sign-in", data={"email": jeanne.email, "password": PASSWORD})
    assert "demo-code" in other.get("/sign-in/code").text
