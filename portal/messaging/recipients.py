"""Whom one can write to about a patient, and by when each of them answers.

The professionals and the places of the circle, and the coordination. Only those who can read a
message there are written to: with an account, and a place that opens the file.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from portal.access.facts import active_circle_member, opens, shares_care
from portal.messaging.family import (
    FAMILY_COLUMNS,
    FamilyReader,
    family_readers,
    of_family,
)
from portal.messaging.promises import WorkingDays, due_at
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import (
    Absence,
    Gender,
    Organization,
    OrganizationKind,
    Practitioner,
    PractitionerRole,
)
from portal.models.rights import GrantCategory
from portal.models.union import ArmOf, Union

ABSENCES_AHEAD = timedelta(days=120)
MOST_RECIPIENTS = 400

_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_organization = columns(Organization)
_absence = columns(Absence)
_user = columns(User)
_coordination = columns(Coordination)
_of_patient = bindparam("patient_id", type_=Uuid)
_today = bindparam("today", type_=Date)


class RecipientRow(NamedTuple):
    """One who can be written to; `member_id` is none for the coordination."""

    member_id: UUID | None
    practitioner_id: UUID | None
    organization_id: UUID | None
    """The place of a professional, or the team itself where `practitioner_id` is none."""
    prefix: str | None
    given_name: str | None
    family_name: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None
    organization_name: str | None
    organization_kind: OrganizationKind | None
    functions: list[str] | None
    contact_for: str | None
    phone: str | None
    hours: list[dict[str, Any]] | None
    time_zone: str
    holiday_region: str | None
    answer_days: int
    opens: bool
    """Whether the patient lets them read messages."""
    has_reader: bool
    """Whether somebody with an account reads what is written to them."""

    @property
    def can_be_written_to(self) -> bool:
        return self.opens and self.has_reader


class CoordinationRow(NamedTuple):
    """The organization that keeps the circle, as somebody to write to."""

    organization_id: UUID
    organization_name: str
    organization_kind: OrganizationKind
    phone: str
    hours: list[dict[str, Any]]
    time_zone: str
    holiday_region: str
    answer_days: int
    opens: bool
    has_reader: bool

    def as_recipient(self) -> RecipientRow:
        nobody = dict.fromkeys(RecipientRow._fields)
        return RecipientRow(**{**nobody, **self._asdict()})


class AwayRow(NamedTuple):
    """When one of them is away, and who stands in."""

    practitioner_id: UUID
    starts_on: date
    ends_on: date
    note: str
    replacement_id: UUID | None
    replacement_prefix: str | None
    replacement_given_name: str | None
    replacement_family_name: str | None
    replacement_reads: bool
    """Whether who stands in has a place in the circle that opens messages, and an account."""


class Recipients(NamedTuple):
    """In the order of the circle, the coordination last."""

    rows: list[RecipientRow]
    away: list[AwayRow]
    family: list[FamilyReader]
    """Who of the family reads what is written."""

    def find(self, member_id: UUID | None) -> RecipientRow | None:
        """The coordination without a member; none when there is no such place any more."""
        return next((one for one in self.rows if one.member_id == member_id), None)

    def absence_of(self, row: RecipientRow, day: date) -> AwayRow | None:
        """That covers the day; only people are away."""
        if row.practitioner_id is None:
            return None
        return next(
            (
                one
                for one in self.away
                if one.practitioner_id == row.practitioner_id
                and one.starts_on <= day <= one.ends_on
            ),
            None,
        )

    def working_days(self, row: RecipientRow) -> WorkingDays:
        """Days on which who stands in reads for them count like their own."""
        away = [
            (one.starts_on, one.ends_on)
            for one in self.away
            if one.practitioner_id == row.practitioner_id and not one.replacement_reads
        ]
        return WorkingDays(
            answer_days=row.answer_days,
            time_zone=row.time_zone,
            holiday_region=row.holiday_region or "",
            is_away=lambda day: _is_within(away, day),
        )

    def due_at(self, row: RecipientRow, *, at: datetime) -> datetime:
        """By when a message that is sent now is answered, in UTC."""
        return due_at(at, self.working_days(row))


def _is_within(spans: Sequence[tuple[date, date]], day: date) -> bool:
    return any(start <= day <= end for start, end in spans)


def reads_as(practitioner_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a professional has an account that is open."""
    account = User.__table__.alias("reading_account").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    return exists().where(
        account.practitioner_id == practitioner_id,
        account.disabled_at.is_(None),
        account.enrolled_at.is_not(None),
    )


_colleague = CareTeamMember.__table__.alias("colleague").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_place = PractitionerRole.__table__.alias("place_of_colleague").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
# A team is read by those of the circle who work there.
somebody_there_reads = exists().where(
    _colleague.patient_id == _member.patient_id,
    _colleague.practitioner_id == _place.practitioner_id,
    or_(_colleague.period_end.is_(None), _colleague.period_end > bindparam("now")),
    _place.organization_id == _member.organization_id,
    reads_as(_place.practitioner_id),
)
_first = PractitionerRole.__table__.alias("first_role").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_first_role = (
    select(_first.id)
    .where(
        _first.practitioner_id == _member.practitioner_id,
        or_(_first.period_end.is_(None), _first.period_end >= _today),
    )
    .order_by(_first.id)
    .limit(1)
    .correlate(CareTeamMember.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_MEMBER_COLUMNS: dict[str, ColumnElement[Any]] = {
    "member_id": _member.id,
    "practitioner_id": _member.practitioner_id,
    "organization_id": _organization.id,
    "prefix": _practitioner.prefix,
    "given_name": _practitioner.given_name,
    "family_name": _practitioner.family_name,
    "gender": _practitioner.gender,
    "profession": _practitioner.profession,
    "profession_text": _practitioner.profession_text,
    "organization_name": _organization.name,
    "organization_kind": _organization.kind,
    "functions": _member.functions,
    "contact_for": _member.contact_for,
    "phone": func.coalesce(
        func.nullif(_member.phone, ""),
        func.nullif(_role.phone, ""),
        func.nullif(_practitioner.phone, ""),
        _organization.phone,
    ),
    "hours": _role.hours,
    "time_zone": func.coalesce(_role.time_zone, _organization.time_zone, _patient.time_zone),
    "holiday_region": _organization.holiday_region,
    "answer_days": func.coalesce(_practitioner.answer_days, _organization.answer_days),
    "opens": opens(GrantCategory.MESSAGES),
    "has_reader": or_(
        and_(_member.practitioner_id.is_not(None), reads_as(_member.practitioner_id)),
        and_(_member.practitioner_id.is_(None), somebody_there_reads),
    ),
}
coordinator_reads = exists().where(
    _coordination.organization_id == _organization.id,
    _coordination.ended_at.is_(None),
    _coordination.user_id == _user.id,
    _user.disabled_at.is_(None),
    _user.enrolled_at.is_not(None),
)
_KEEPER_COLUMNS: dict[str, ColumnElement[Any]] = {
    "organization_id": _organization.id,
    "organization_name": _organization.name,
    "organization_kind": _organization.kind,
    "phone": _organization.phone,
    "hours": _organization.hours,
    "time_zone": _organization.time_zone,
    "holiday_region": _organization.holiday_region,
    "answer_days": _organization.answer_days,
    "opens": shares_care(),
    "has_reader": coordinator_reads,
}
_AWAY_COLUMNS: dict[str, ColumnElement[Any]] = {
    "practitioner_id": _absence.practitioner_id,
    "starts_on": _absence.starts_on,
    "ends_on": _absence.ends_on,
    "note": _absence.note,
    "replacement_id": _practitioner.id,
    "replacement_prefix": _practitioner.prefix,
    "replacement_given_name": _practitioner.given_name,
    "replacement_family_name": _practitioner.family_name,
    "replacement_reads": and_(
        exists()
        .where(
            _member.patient_id == _of_patient,
            _team.patient_id == _member.patient_id,
            _patient.id == _member.patient_id,
            _member.practitioner_id == _absence.replacement_id,
            opens(GrantCategory.MESSAGES),
        )
        .correlate(Absence.__table__),  # type: ignore[attr-defined]  # set by SQLModel's metaclass
        reads_as(_absence.replacement_id),
    ),
}
_UNION = Union(
    {
        "member": ArmOf(_MEMBER_COLUMNS, RecipientRow),
        "keeper": ArmOf(_KEEPER_COLUMNS, CoordinationRow),
        "away": ArmOf(_AWAY_COLUMNS, AwayRow),
        "family": ArmOf(FAMILY_COLUMNS, dict),
    }
)
_MEMBERS = (
    _UNION.arm("member", _member.position)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(
        PractitionerRole, _role.id == func.coalesce(_member.practitioner_role_id, _first_role)
    )
    .outerjoin(
        Organization,
        _organization.id == func.coalesce(_member.organization_id, _role.organization_id),
    )
    .where(
        _member.patient_id == _of_patient,
        _member.related_person_id.is_(None),
        active_circle_member(),
    )
)
_KEEPER = (
    _UNION.arm("keeper")
    .join_from(Patient, Organization, _organization.id == _patient.organization_id)
    .where(_patient.id == _of_patient)
)
_away_member = CareTeamMember.__table__.alias("away_member").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_AWAY = (
    _UNION.arm("away")
    .select_from(Absence)
    .outerjoin(Practitioner, _practitioner.id == _absence.replacement_id)
    .where(
        _absence.practitioner_id.in_(
            select(_away_member.practitioner_id).where(
                _away_member.patient_id == _of_patient, _away_member.practitioner_id.is_not(None)
            )
        ),
        _absence.ends_on >= bindparam("yesterday", type_=Date),
        _absence.starts_on <= bindparam("horizon", type_=Date),
    )
)
_FAMILY = of_family(_UNION.arm("family"))
_ARMS = union_all(_MEMBERS, _KEEPER, _AWAY, _FAMILY)
_ALL = _ARMS.order_by(_ARMS.selected_columns["arm"], _ARMS.selected_columns["position"])


def read_recipients(
    session: Session, *, patient_id: UUID, at: datetime, thread_id: UUID | None = None
) -> Recipients:
    """All of them by one statement, also those who cannot be written to yet.

    The family is that of one conversation when it is named: some may be kept from it.
    """
    today = at.date()
    values = {
        "patient_id": patient_id,
        "of_thread": thread_id,
        "now": at,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "horizon": today + ABSENCES_AHEAD,
    }
    found = _UNION.read(session.execute(_ALL, values).mappings())
    rows: list[RecipientRow] = found["member"][:MOST_RECIPIENTS]
    rows += [one.as_recipient() for one in found["keeper"]]
    return Recipients(
        rows,
        sorted(found["away"], key=lambda one: one.starts_on),
        family_readers(found["family"], at=at),
    )
