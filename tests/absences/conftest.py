import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from tests import factories
from tests.absences.away import Away
from tests.pages import PageClient


@pytest.fixture
def away(session: Session, keys: KeyRing, reader: PageClient) -> Away:
    nadia = factories.make_practitioner(session)
    julie = factories.make_practitioner(session, given_name="Julie", family_name="Le Bihan")
    user, _ = factories.make_user(session, keys, practitioner_id=nadia.id)
    return Away(session, keys, reader, nadia, julie, user)
