"""A coordinator at the door of the imports."""

import io
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.directory_keeping import DirectoryImport
from tests import factories
from tests.pages import PageClient

DOOR = "/directory/imports"


@dataclass(frozen=True)
class Desk:
    """The coordinator is signed in as `reader`."""

    reader: PageClient
    session: Session
    coordinator: User

    def send(self, content: bytes, name: str = "liste.csv") -> TestResponse:
        file = (io.BytesIO(content), name)
        return self.reader.post(f"{DOOR}/new", data={"file": file})

    def kept(self) -> list[DirectoryImport]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.exec(select(DirectoryImport)).all())

    def sent(self, content: bytes, name: str = "liste.csv") -> UUID:
        """The id of the import, from the address that the page led to."""
        response = self.send(content, name)
        assert response.status_code == 303, response.text
        return UUID(response.location.rpartition("/")[2].partition("?")[0])


@pytest.fixture
def desk(reader: PageClient, session: Session, keys: KeyRing) -> Desk:
    house = factories.make_organization(session, name="Maison de santé du Port")
    coordinator, _ = factories.make_user(session, keys, given_name="Claire", family_name="Morvan")
    factories.make_coordination(session, user=coordinator, organization_id=house.id)
    reader.enter(session, coordinator)
    return Desk(reader, session, coordinator)
