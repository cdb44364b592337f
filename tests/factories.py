"""Rows for tests: each function writes one thing with sensible defaults and flushes it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pyotp
from sqlmodel import Session

from portal import clock
from portal.crypto import Cell, KeyRing
from portal.identity import paper_sheets
from portal.identity.passwords import hash_password
from portal.models.account import Coordination, User
from portal.models.agenda import Appointment, AppointmentKind
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.credential import PaperCode, TotpDevice
from portal.models.directory import Organization, Practitioner
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    Grant,
    GrantAction,
    GrantCategory,
    PersonColor,
)

PASSWORD = "quatre mots sans rapport"
_PASSWORD_HASH = hash_password(PASSWORD)
_numbers = count(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def make_user(session: Session, keys: KeyRing, **fields: Any) -> tuple[User, str]:
    """An enrolled account and the seed of its authenticator app."""
    values = {
        "email": f"reader{next(_numbers)}@example.org",
        "given_name": "Paul",
        "family_name": "Morel",
        "password_hash": _PASSWORD_HASH,
        "enrolled_at": LONG_AGO,
        "locale": "fr",
    }
    user = _added(session, User(**(values | fields)))
    secret = pyotp.random_base32()
    device = TotpDevice(
        user_id=user.id, secret_sealed=b"", confirmed_at=LONG_AGO, created_at=LONG_AGO
    )
    cell = Cell("totp_device", "secret_sealed", device.id)
    device.secret_sealed = keys.seal(secret.encode(), cell)
    _added(session, device)
    return user, secret


def make_app(session: Session, keys: KeyRing, user: User, *, name: str = "") -> str:
    """Another authenticator app of that account; its seed."""
    secret = pyotp.random_base32()
    device = TotpDevice(
        user_id=user.id,
        name=name,
        secret_sealed=b"",
        confirmed_at=LONG_AGO,
        created_at=clock.now(),
    )
    cell = Cell("totp_device", "secret_sealed", device.id)
    device.secret_sealed = keys.seal(secret.encode(), cell)
    _added(session, device)
    return secret


def make_sheet(session: Session, keys: KeyRing, user: User, *, used: int = 0) -> list[str]:
    """A sheet of codes in use, of which the first ones are crossed out; all its codes."""
    sheet = paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=LONG_AGO)
    codes = paper_sheets.codes_of(sheet, keys=keys)
    sheet.confirmed_at, sheet.codes_sealed = LONG_AGO, None
    for number in range(1, used + 1):
        session.get_one(PaperCode, (sheet.id, number)).used_at = LONG_AGO
    session.flush()
    return codes


def make_patient(session: Session, **fields: Any) -> Patient:
    values = {"given_name": "Jeanne", "family_name": "Morel", "gender": "female"}
    patient: Patient = _added(session, Patient(**(values | fields)))
    _added(session, CareTeam(patient_id=patient.id))
    return patient


def make_link(
    session: Session,
    *,
    patient: Patient,
    user: User,
    kind: CareLinkKind = CareLinkKind.CARER,
    grants: tuple[str, ...] = (),
    **fields: Any,
) -> CareLink:
    """A link with its grants, written `agenda:see`."""
    values = {"starts_at": LONG_AGO, "color": PersonColor.PRUNE} | fields
    link: CareLink = _added(
        session, CareLink(patient_id=patient.id, user_id=user.id, kind=kind, **values)
    )
    for right in grants:
        category, _, action = right.partition(":")
        make_grant(session, link=link, category=category, action=action)
    return link


def make_grant(
    session: Session, *, link: CareLink, category: str, action: str = "see", **fields: Any
) -> Grant:
    now = clock.now()
    values = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=100)}
    grant: Grant = _added(
        session,
        Grant(
            patient_id=link.patient_id,
            care_link_id=link.id,
            category=GrantCategory(category),
            action=GrantAction(action),
            **(values | fields),
        ),
    )
    return grant


def make_practitioner(session: Session, **fields: Any) -> Practitioner:
    values = {"given_name": "Nadia", "family_name": "Belkacem", "gender": "female"}
    values |= {"profession": "infirmier", "phone": "06 39 98 12 07"}
    practitioner: Practitioner = _added(session, Practitioner(**(values | fields)))
    return practitioner


def make_organization(session: Session, **fields: Any) -> Organization:
    values = {"name": "Maison de santé des Tilleuls", "kind": "msp"}
    organization: Organization = _added(session, Organization(**(values | fields)))
    return organization


def make_member(session: Session, *, patient: Patient, **fields: Any) -> CareTeamMember:
    member: CareTeamMember = _added(session, CareTeamMember(patient_id=patient.id, **fields))
    return member


def make_relative(session: Session, *, patient: Patient, **fields: Any) -> RelatedPerson:
    values = {"given_name": "Sylvie", "family_name": "Morel", "relationship": "DAU"}
    relative: RelatedPerson = _added(
        session, RelatedPerson(patient_id=patient.id, **(values | fields))
    )
    return relative


def make_coordination(session: Session, *, user: User, organization_id: UUID) -> Coordination:
    coordination: Coordination = _added(
        session, Coordination(user_id=user.id, organization_id=organization_id, created_at=LONG_AGO)
    )
    return coordination


def make_appointment(session: Session, *, patient: Patient, **fields: Any) -> Appointment:
    values = {
        "title": "Pansement",
        "kind": AppointmentKind.HOME_NURSING,
        "starts_at": clock.now() + timedelta(hours=3),
    }
    appointment: Appointment = _added(
        session, Appointment(patient_id=patient.id, **(values | fields))
    )
    return appointment
