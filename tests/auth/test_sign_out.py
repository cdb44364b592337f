"""Wherever one is while signed in, the way out is on the page."""

from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.account import User
from tests import factories
from tests.attacks.routes import addresses, public_addresses
from tests.pages import PageClient

WAY_OUT = 'action="/sign-out"'


def test_every_page_of_a_signed_in_reader_has_the_way_out(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    """Pages at the door are the same for everybody, and hold nothing of the reader."""
    pages = set(addresses(app, "GET")) - set(public_addresses(app, "GET"))
    seen = set()
    for user in _readers(session, keys):
        reader.enter(session, user)
        for path in sorted(pages):
            answer = reader.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                seen.add(path)
                assert WAY_OUT in answer.text, path
    assert len(seen) >= 20, "pages were opened"


def _readers(session: Session, keys: KeyRing) -> list[User]:
    """Together they open every page that is not about one patient."""
    coordinator, _ = factories.make_user(session, keys)
    organization = factories.make_organization(session)
    factories.make_coordination(session, user=coordinator, organization_id=organization.id)
    operator, _ = factories.make_user(session, keys, is_operator=True)
    session.commit()
    return [coordinator, operator]
