"""The pages on who sees what cost the same for one carer as for forty."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5


@pytest.mark.parametrize("part", ["carers", "consents", "access-log"])
def test_a_page_of_the_patient_costs_the_same(
    app: Flask, session: Session, keys: KeyRing, part: str
) -> None:
    counts = []
    for people in (1, 40):
        patient = factories.make_patient(session)
        jeanne, _ = factories.make_user(session, keys)
        factories.make_link(session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
        for _ in range(people):
            carer, _ = factories.make_user(session, keys)
            factories.make_link(session, patient=patient, user=carer, grants=("agenda:see",))
            nurse = factories.make_practitioner(session)
            factories.make_member(session, patient=patient, practitioner_id=nurse.id)
        reader = PageClient(app)
        reader.enter(session, jeanne)
        with counted(app) as statements:
            assert reader.get(f"/p/{patient.id}/{part}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST


def test_what_a_carer_holds_costs_the_same(app: Flask, session: Session, keys: KeyRing) -> None:
    patient = factories.make_patient(session)
    paul, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=paul, grants=("agenda:see",))
    reader = PageClient(app)
    reader.enter(session, paul)
    with counted(app) as statements:
        assert reader.get(f"/p/{patient.id}/carers/mine").status_code == 200
    assert len(statements) <= MOST
