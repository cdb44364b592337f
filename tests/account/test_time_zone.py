"""Days and hours of one's own pages are those of where the reader lives."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.rights import CareLinkKind
from tests import factories
from tests.invitations.offers import let_mail_leave
from tests.pages import PageClient

EVENING = datetime(2027, 3, 10, 20, 0, tzinfo=UTC)
"""The 10th in Paris, already the 11th in Nouméa."""


@pytest.mark.parametrize(("zone", "day"), [(None, "10"), ("Pacific/Noumea", "11")])
def test_the_end_of_a_right(
    reader: PageClient, session: Session, keys: KeyRing, zone: str | None, day: str
) -> None:
    user, _ = factories.make_user(session, keys, time_zone=zone)
    patient = factories.make_patient(session)
    link = factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.CARER)
    factories.make_grant(session, link=link, category="agenda", ends_at=EVENING)
    with time_machine.travel("2027-03-01T09:00:00Z", tick=False):
        reader.enter(session, user)
        assert f"{day} mars 2027" in reader.get("/account").text.replace("\u00a0", " ")


@pytest.mark.parametrize(("zone", "day"), [(None, "10"), ("Pacific/Noumea", "11")])
def test_the_end_of_an_invitation_of_a_colleague(
    reader: PageClient, session: Session, keys: KeyRing, zone: str | None, day: str
) -> None:
    organization = factories.make_organization(session)
    user, _ = factories.make_user(session, keys, time_zone=zone)
    factories.make_coordination(session, user=user, organization_id=organization.id)
    let_mail_leave(session)
    form = {"given_name": "Thomas", "family_name": "Lefèvre", "email": "thomas@example.org"}
    with time_machine.travel("2027-02-24T20:00:00Z", tick=False):
        reader.enter(session, user)
        answer = reader.post("/professional/invitations/colleague", data=form)
        assert answer.status_code == 303
        text = reader.get("/professional/invitations").text
    assert f"{day} mars 2027" in text.replace("\u00a0", " ")
