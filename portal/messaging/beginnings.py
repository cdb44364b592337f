"""What a new conversation can begin with: needs as subjects, who took over, what was kept."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, or_, union_all
from sqlmodel import Session

from portal.messaging.conversations import AttachmentRow
from portal.messaging.drafts import is_sent
from portal.messaging.listing import KeptRow
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.care import CareTeamMember
from portal.models.directory import Organization, Practitioner
from portal.models.messaging import NEW_THREAD, Attachment, MessageDraft, MessageKind
from portal.models.need import Need, NeedType
from portal.models.union import ArmOf, Union

FORMER_FOR = timedelta(days=90)
"""So long who left is named where they would be looked for."""

_need = columns(Need)
_type = columns(NeedType)
_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_draft = columns(MessageDraft)
_attachment = columns(Attachment)
_of_patient = bindparam("of_patient", type_=Uuid)
_now = bindparam("now", type_=UtcDateTime)
_since = bindparam("since", type_=UtcDateTime)


class SubjectRow(NamedTuple):
    """An open need, as a subject; `owner_id` may have left."""

    id: UUID
    code: str
    type_label: str | None
    detail: str
    owner_id: UUID | None


class FormerRow(NamedTuple):
    """Somebody of the circle who left a short time ago."""

    member_id: UUID
    prefix: str | None
    given_name: str | None
    family_name: str | None
    organization_name: str | None
    successor_id: UUID | None


class BeingWritten(NamedTuple):
    """The reader's own first message that is not sent yet, with the files joined to it."""

    draft: KeptRow | None
    files: list[AttachmentRow]


class Beginnings(NamedTuple):
    subjects: list[SubjectRow]
    former: list[FormerRow]
    written: BeingWritten


_SUBJECT_COLUMNS: dict[str, ColumnElement[Any]] = {
    "id": _need.id,
    "code": _need.code,
    "type_label": _type.label,
    "detail": _need.detail,
    "owner_id": _need.owner_id,
}
_FORMER_COLUMNS: dict[str, ColumnElement[Any]] = {
    "member_id": _member.id,
    "prefix": _practitioner.prefix,
    "given_name": _practitioner.given_name,
    "family_name": _practitioner.family_name,
    "organization_name": _organization.name,
    "successor_id": _member.successor_id,
}
_DRAFT_COLUMNS: dict[str, ColumnElement[Any]] = {name: _draft[name] for name in KeptRow._fields}
_FILE_COLUMNS: dict[str, ColumnElement[Any]] = {
    name: _attachment[name] for name in AttachmentRow._fields
}
_UNION = Union(
    {
        "subject": ArmOf(_SUBJECT_COLUMNS, SubjectRow),
        "former": ArmOf(_FORMER_COLUMNS, FormerRow),
        "draft": ArmOf(_DRAFT_COLUMNS, KeptRow),
        "file": ArmOf(_FILE_COLUMNS, AttachmentRow),
    }
)
_SUBJECTS = (
    _UNION.arm("subject")
    .select_from(Need)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .where(_need.patient_id == _of_patient, _need.ended_at.is_(None))
)
_FORMER = (
    _UNION.arm("former")
    .select_from(CareTeamMember)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(Organization, _organization.id == _member.organization_id)
    .where(
        _member.patient_id == _of_patient,
        _member.related_person_id.is_(None),
        and_(_member.period_end <= _now, _member.period_end > _since),
        or_(_member.practitioner_id.is_not(None), _member.organization_id.is_not(None)),
    )
)
_DRAFTS = (
    _UNION.arm("draft")
    .select_from(MessageDraft)
    .where(
        _draft.patient_id == _of_patient,
        _draft.author_id == bindparam("of_author", type_=Uuid),
        _draft.slot == bindparam("of_slot", type_=Uuid),
        _draft.kind == MessageKind.MESSAGE,
        # No conversation is held: what was kept at the moment of the send may outlive it.
        ~is_sent,
    )
)
_FILES = (
    _UNION.arm("file")
    .select_from(Attachment)
    .join(
        MessageDraft,
        and_(
            _draft.patient_id == _attachment.patient_id,
            _draft.author_id == _attachment.uploaded_by,
            _draft.key == _attachment.key,
        ),
    )
    .where(
        _attachment.patient_id == _of_patient,
        _attachment.uploaded_by == bindparam("of_author", type_=Uuid),
        _attachment.message_id.is_(None),
        _draft.slot == bindparam("of_slot", type_=Uuid),
        _draft.kind == MessageKind.MESSAGE,
    )
)
_WRITTEN = union_all(_DRAFTS, _FILES)
_ALL = union_all(_SUBJECTS, _FORMER, _DRAFTS, _FILES)


def read_beginnings(
    session: Session, *, patient_id: UUID, author_id: UUID, at: datetime
) -> Beginnings:
    """By one statement."""
    values = _own(patient_id, author_id) | {"now": at, "since": at - FORMER_FOR}
    found = _UNION.read(session.execute(_ALL, values).mappings())
    return Beginnings(found["subject"], found["former"], _being_written(found))


def read_being_written(session: Session, *, patient_id: UUID, author_id: UUID) -> BeingWritten:
    """What was kept alone, for those who choose neither a recipient nor a need."""
    values = _own(patient_id, author_id)
    return _being_written(_UNION.read(session.execute(_WRITTEN, values).mappings()))


def _own(patient_id: UUID, author_id: UUID) -> dict[str, Any]:
    return {"of_patient": patient_id, "of_author": author_id, "of_slot": NEW_THREAD}


def _being_written(found: dict[str, list[Any]]) -> BeingWritten:
    draft = next(iter(found["draft"]), None)
    return BeingWritten(draft, sorted(found["file"], key=lambda one: one.id))
