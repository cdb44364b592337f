"""The relatives who have an account, and the legal statuses that were recorded of them."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.facts import active_link
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.rights import CareLink, CareLinkKind, LegalStatus, Mandate

MOST_RELATIVES = 60
MOST_MANDATES = 200

_link = columns(CareLink)
_user = columns(User)
_mandate = columns(Mandate)
_verifier = User.__table__.alias("verifier").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_of_patient = bindparam("of_patient", type_=Uuid)
_RELATIVES = (
    select(
        _link.id,
        _link.user_id,
        _link.kind,
        _link.relationship,
        _link.relationship_text,
        _user.given_name,
        _user.family_name,
    )
    .join_from(CareLink, User, _user.id == _link.user_id)
    .where(
        _link.patient_id == _of_patient,
        _link.kind != CareLinkKind.SELF,
        # Nobody verifies their own papers.
        _link.user_id != bindparam("reader", type_=Uuid),
        active_link(),
    )
    .order_by(_user.given_name, _user.family_name, _link.id)
    .limit(MOST_RELATIVES)
)
_MANDATES = (
    select(
        _mandate.id,
        _mandate.care_link_id,
        _mandate.status,
        _mandate.scope,
        _mandate.proof_kind,
        _mandate.proof_reference_sealed,
        _mandate.issued_by,
        _mandate.issued_on,
        _mandate.starts_at,
        _mandate.ends_at,
        _mandate.verified_at,
        _verifier.given_name.label("verifier_given_name"),
        _verifier.family_name.label("verifier_family_name"),
    )
    .join_from(Mandate, _verifier.id.table, _verifier.id == _mandate.verified_by)
    .where(_mandate.patient_id == _of_patient)
    .order_by(_mandate.starts_at.desc(), _mandate.id.desc())
    .limit(MOST_MANDATES)
)
_ONE_RELATIVE = _RELATIVES.where(_link.id == bindparam("of_link", type_=Uuid))
_ONE_MANDATE = _MANDATES.where(_mandate.id == bindparam("of_mandate", type_=Uuid))


class RelativeRow(NamedTuple):
    """A relative with an account, other than the reader."""

    link_id: UUID
    user_id: UUID
    kind: CareLinkKind
    relationship: str
    relationship_text: str
    given_name: str
    family_name: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class MandateRow(NamedTuple):
    """One legal status, and who saw its proof."""

    id: UUID
    care_link_id: UUID
    status: LegalStatus
    scope: str
    proof_kind: str
    proof_reference_sealed: bytes | None
    issued_by: str
    issued_on: date
    starts_at: datetime
    ends_at: datetime | None
    verified_at: datetime
    verifier_given_name: str
    verifier_family_name: str

    @property
    def verifier(self) -> str:
        return f"{self.verifier_given_name} {self.verifier_family_name}".strip()

    @property
    def last_moment(self) -> datetime | None:
        """An end at midnight leaves the day before it whole."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at is not None else None

    def is_over(self, at: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= at


def relatives(
    session: Session, *, patient_id: UUID, reader_id: UUID, at: datetime
) -> list[RelativeRow]:
    """By first name."""
    values = {"of_patient": patient_id, "reader": reader_id, "now": at}
    return [RelativeRow._make(row) for row in session.execute(_RELATIVES, values)]


def relative(
    session: Session, *, patient_id: UUID, reader_id: UUID, link_id: UUID, at: datetime
) -> RelativeRow:
    """Raises `NotFoundError` for any other."""
    values = {"of_patient": patient_id, "reader": reader_id, "of_link": link_id, "now": at}
    row = session.execute(_ONE_RELATIVE, values).one_or_none()
    if row is None:
        raise NotFoundError("relative")
    return RelativeRow._make(row)


def mandates(session: Session, *, patient_id: UUID) -> list[MandateRow]:
    """The newest first, those that are over too."""
    rows = session.execute(_MANDATES, {"of_patient": patient_id})
    return [MandateRow._make(row) for row in rows]


def mandate(session: Session, *, patient_id: UUID, mandate_id: UUID) -> MandateRow:
    """Raises `NotFoundError` for that of another patient."""
    values = {"of_patient": patient_id, "of_mandate": mandate_id}
    row = session.execute(_ONE_MANDATE, values).one_or_none()
    if row is None:
        raise NotFoundError("mandate")
    return MandateRow._make(row)
