"""Who decides for a patient by law invites carers too; the other statuses do not."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.rights import CareLink, CareLinkKind, Grant, LegalStatus, Mandate
from tests import factories
from tests.invitations.offers import carer, make_circle, paper_code, write_code
from tests.pages import PageClient

SHEET = "/invitation/sheet"


def _represent(session: Session, link: CareLink, status: LegalStatus, scope: str = "") -> None:
    session.add(
        Mandate(
            patient_id=link.patient_id,
            care_link_id=link.id,
            status=status,
            scope=scope,
            proof_kind="judgment",
            issued_by="Tribunal",
            issued_on=clock.now().date(),
            starts_at=clock.now() - timedelta(days=1),
            verified_by=link.user_id,
            verified_at=clock.now(),
        )
    )
    session.commit()


@pytest.mark.parametrize(
    ("status", "scope", "may"),
    [
        (LegalStatus.TUTEUR_PERSONNE, "", True),
        (LegalStatus.HABILITATION_GENERALE, "", True),
        (LegalStatus.MANDAT_PROTECTION_FUTURE, "agenda:see consents:act", True),
        (LegalStatus.MANDAT_PROTECTION_FUTURE, "agenda:act", False),
        (LegalStatus.TUTEUR_BIENS, "", False),
        (LegalStatus.CURATEUR, "", False),
        (LegalStatus.AUTORITE_PARENTALE, "", False),  # of an adult
    ],
)
def test_who_decides_by_law_opens_the_file_to_a_carer(
    app: Flask,
    session: Session,
    keys: KeyRing,
    status: LegalStatus,
    scope: str,
    may: bool,
) -> None:
    circle = make_circle(session, keys, birth_date="1945-04-12")
    user, _ = factories.make_user(session, keys, given_name="Luc")
    link = factories.make_link(
        session, patient=circle.patient, user=user, kind=CareLinkKind.LEGAL_REPRESENTATIVE
    )
    _represent(session, link, status, scope)
    guardian = PageClient(app)
    guardian.enter(session, user)
    answer = guardian.get(f"{circle.path}/relative")
    assert (answer.status_code == 200) == may
    if not may:
        assert guardian.post(f"{circle.path}/relative", data=carer()).status_code in (403, 404)
        return
    assert "attend son accord" not in answer.text, "the guardian decides"
    sylvie, _ = factories.make_user(session, keys, given_name="Sylvie", family_name="Morel")
    guest = PageClient(app)
    guest.enter(session, sylvie)
    write_code(guest, paper_code(guardian, circle))
    assert guest.post(SHEET).status_code == 303
    session.rollback()
    assert len(session.exec(select(Grant)).all()) == 2
    assert guest.get(f"/p/{circle.patient.id}/agenda").status_code == 200
