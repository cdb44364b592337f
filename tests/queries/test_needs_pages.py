"""The pages about needs cost the same for one need as for sixty."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.need import Need, NeedChange, NeedType
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
PAGES = ("", "/{need}", "/{need}/change", "/{need}/end", "/new")


def _reader(session: Session, keys: KeyRing, needs: int) -> tuple[User, str, Need]:
    """A carer, for whom a page costs most: with lines of the log, and people of their own."""
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    paul, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=paul, grants=("care_team:act",))
    nurse = factories.make_practitioner(session)
    member = factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    own = NeedType(organization_id=house.id, label=f"Courrier {patient.id}")
    session.add(own)
    session.flush()
    first = None
    for number in range(needs):
        need = Need(
            patient_id=patient.id,
            need_type_id=own.id,
            detail=f"Besoin {number}",
            owner_id=member.id if number % 3 else None,
            review_on=clock.now().date() + timedelta(days=number - 20),
            ended_at=clock.now() if number % 7 == 6 else None,
        )
        session.add(need)
        session.flush()
        session.add_all(
            NeedChange(
                patient_id=patient.id,
                need_id=need.id,
                version=version,
                at=clock.now(),
                actor_id=paul.id,
                capacity="carer",
                detail=need.detail,
            )
            for version in range(1, needs + 1)
        )
        first = first or need
    assert first is not None
    return paul, f"/p/{patient.id}/needs", first


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same(app: Flask, session: Session, keys: KeyRing, page: str) -> None:
    counts = []
    for needs in (1, 60):
        paul, door, need = _reader(session, keys, needs)
        reader = PageClient(app)
        reader.enter(session, paul)
        with counted(app) as statements:
            answer = reader.get(door + page.format(need=need.id))
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST


def test_the_catalogue_costs_the_same(app: Flask, session: Session, keys: KeyRing) -> None:
    counts = []
    for types in (1, 60):
        claire, _ = factories.make_user(session, keys)
        for number in range(2):
            house = factories.make_organization(session, name=f"Maison {number}")
            factories.make_coordination(session, user=claire, organization_id=house.id)
            session.add_all(
                NeedType(organization_id=house.id, label=f"Type {one}") for one in range(types)
            )
        reader = PageClient(app)
        reader.enter(session, claire)
        with counted(app) as statements:
            assert reader.get("/professional/need-types").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST
