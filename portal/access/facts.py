"""What holds at the bound instant `now`, as SQL: periods, places, links, rights, consents."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)

from portal.consents.versions import COUNTS_FROM
from portal.models import columns
from portal.models.audit import AccessEvent
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, CareTeamStatus, Patient
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.programme import EducationProgramme, ProgrammeState
from portal.models.rights import (
    Block,
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    EmergencyAccess,
    Grant,
    GrantCategory,
    HiddenItem,
    Mandate,
)

_patient = columns(Patient)
_link = columns(CareLink)
_grant = columns(Grant)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_mandate = columns(Mandate)
_block = columns(Block)
_emergency = columns(EmergencyAccess)
_decision = columns(ConsentDecision)
_event = columns(AccessEvent)
_hidden = columns(HiddenItem)
_programme = columns(EducationProgramme)
_reader_links = CareLink.__table__.alias("reader_link")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_reader_link = _reader_links.c
_now = bindparam("now", type_=UtcDateTime)
_BY_RECIPIENT = (ConsentPurpose.OUTSIDE_CARE_TEAM, ConsentPurpose.SOCIAL_SERVICES)
SHARING_REFUSED = (ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN)
# Of two answers of one instant a withdrawal or a refusal counts.
NEWEST_DECISION = (
    _decision.decided_at.desc(),
    _decision.status == ConsentStatus.GIVEN,
    _decision.id.desc(),
)


def in_force(start: ColumnElement[datetime], end: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Begun and not ended at the bound instant `now`; an empty side is open."""
    return and_(or_(start.is_(None), start <= _now), or_(end.is_(None), end > _now))


def active_circle_member() -> ColumnElement[bool]:
    """Whether a row of `care_team_member` joined to its `care_team` counts at `now`."""
    return and_(
        _team.status == CareTeamStatus.ACTIVE,
        or_(_team.period_start.is_(None), _team.period_start <= func.date(_now)),
        or_(_team.period_end.is_(None), _team.period_end >= func.date(_now)),
        in_force(_member.period_start, _member.period_end),
    )


def opens_file() -> ColumnElement[bool]:
    """Whether that place also opens the file: not blocked, and with the consent that it needs."""
    return and_(
        active_circle_member(),
        not_(_is_blocked()),
        or_(
            _member.is_outside_care_team.is_(False),
            _recipient_has_consent,
        ),
    )


def opens(category: GrantCategory) -> ColumnElement[bool]:
    """The same as `shares(category)` of the policy, for a place joined to its `patient` too."""
    words = " " + _member.sees + " "
    return and_(
        opens_file(),
        or_(_member.sees == "", words.contains(f" {category} ", autoescape=True)),
        shares_care(),
    )


def opens_care_team() -> ColumnElement[bool]:
    return opens(GrantCategory.CARE_TEAM)


def shares_care() -> ColumnElement[bool]:
    """Whether this `patient` did not object to sharing inside the équipe de soins."""
    return coordination_consent.in_(SHARING_REFUSED).is_not(true())


def waits_for_consent() -> ColumnElement[bool]:
    """Whether that place waits for the patient's answer; a refusal and a block are answers."""
    return and_(
        active_circle_member(),
        _member.practitioner_id.is_not(None),
        _member.is_outside_care_team,
        not_(_is_blocked()),
        func.coalesce(_recipient_is_to_answer, true()),
    )


def _is_blocked() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            _block.patient_id == _member.patient_id,
            _block.practitioner_id == _member.practitioner_id,
            in_force(_block.starts_at, _block.ends_at),
        )
        .correlate(_table(CareTeamMember))
    )


def circle_scopes_of(practitioner_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """What the places of a professional in the patient's circle open: `agenda care_team,*`.

    Null without a place that opens the file; `*` is a place that opens all of it.
    """
    opened = case((_member.sees == "", "*"), else_=_member.sees)
    return (
        select(func.aggregate_strings(opened, ","))
        .where(
            _team.patient_id == _patient.id,
            _member.patient_id == _patient.id,
            _member.practitioner_id == practitioner_id,
            opens_file(),
        )
        .scalar_subquery()
    )


def active_link() -> ColumnElement[bool]:
    """A paused link is one too: the carer cannot tell it from one without rights."""
    return and_(_link.status != CareLinkStatus.ENDED, in_force(_link.starts_at, _link.ends_at))


def active_grant() -> ColumnElement[bool]:
    """Whether a row of `carer_grant` opens something through its `care_link` at `now`."""
    return and_(
        _grant.patient_id == _link.patient_id,
        _grant.care_link_id == _link.id,
        _link.status == CareLinkStatus.ACTIVE,
        in_force(_grant.starts_at, _grant.ends_at),
    )


def emergency_access_of(user_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this account opened the patient's file in an emergency within the hour."""
    return exists().where(
        _emergency.patient_id == _patient.id,
        _emergency.user_id == user_id,
        in_force(_emergency.starts_at, _emergency.ends_at),
    )


def is_hidden(
    patient_id: ColumnElement[Any], item_id: ColumnElement[Any], viewer_id: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether the patient keeps this item from the relative who reads."""
    return (
        exists()
        .where(
            _hidden.patient_id == patient_id,
            _hidden.item_id == item_id,
            _reader_link.patient_id == _hidden.patient_id,
            _reader_link.user_id == viewer_id,
            _reader_link.kind != CareLinkKind.SELF,
            or_(_hidden.care_link_id.is_(None), _hidden.care_link_id == _reader_link.id),
        )
        .correlate_except(_table(HiddenItem), _reader_links)
    )


def _table(model: type[Any]) -> Any:
    return model.__table__


# A yes to a text that was asked again since then says nothing of what is asked now.
_counts = or_(
    *(
        and_(_decision.purpose == purpose, _decision.text_version >= COUNTS_FROM[purpose])
        for purpose in _BY_RECIPIENT
    )
)


def _newest_for_recipient(said: ColumnElement[bool]) -> ScalarSelect[Any]:
    return (
        select(said)
        .where(
            _decision.patient_id == _member.patient_id,
            _decision.purpose.in_(_BY_RECIPIENT),
            _decision.practitioner_id == _member.practitioner_id,
        )
        .order_by(*NEWEST_DECISION)
        .limit(1)
        .correlate(_table(CareTeamMember))
        .scalar_subquery()
    )


_recipient_has_consent = _newest_for_recipient(
    and_(_decision.status == ConsentStatus.GIVEN, _counts)
)
_recipient_is_to_answer = _newest_for_recipient(
    and_(_decision.status == ConsentStatus.GIVEN, not_(_counts))
)
coordination_consent: ScalarSelect[Any] = (
    select(_decision.status)
    .where(
        _decision.patient_id == _patient.id,
        _decision.purpose == ConsentPurpose.CARE_COORDINATION,
    )
    .order_by(*NEWEST_DECISION)
    .limit(1)
    .correlate(_table(Patient))
    .scalar_subquery()
)
"""The last answer to sharing inside the équipe de soins; null when nothing was said."""
programme_waits = exists().where(
    _programme.patient_id == _patient.id, _programme.state == ProgrammeState.PROPOSED
)
"""Whether an education programme is proposed to this patient, and nobody answered."""
rights_granted: ScalarSelect[Any] = (
    select(func.aggregate_strings(_grant.category + ":" + _grant.action, ","))
    .where(active_grant())
    .correlate(_table(CareLink))
    .scalar_subquery()
)
"""`agenda:see,care_team:see` of a row of `care_link`."""
mandates_in_force: ScalarSelect[Any] = (
    select(func.aggregate_strings(_mandate.status + "=" + _mandate.scope, ","))
    .where(
        _mandate.patient_id == _link.patient_id,
        _mandate.care_link_id == _link.id,
        in_force(_mandate.starts_at, _mandate.ends_at),
    )
    .correlate(_table(CareLink))
    .scalar_subquery()
)
"""`mandat_protection_future=agenda:see consents:act,curateur=` of a row of `care_link`."""


def log_head(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of the last line of the patient's access log."""
    return (
        select(column)
        .where(_event.patient_id == _patient.id)
        .order_by(_event.sequence.desc())
        .limit(1)
        .correlate(_table(Patient))
        .scalar_subquery()
    )
