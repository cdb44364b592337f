"""What people said about one appointment, by one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, not_, select, union_all
from sqlmodel import Session

from portal.access.facts import active_link, is_hidden
from portal.access.viewer import Standing
from portal.models import columns
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.agreement import (
    AppointmentChange,
    AppointmentNote,
    ChangeRequest,
    NoteAudience,
    PreparationTick,
)
from portal.models.care import Patient, RelatedPerson
from portal.models.rights import CareLink
from portal.models.series import AppointmentSeries, Workshop
from portal.models.union import ArmOf, Union
from portal.scheduling.preparation import MOST_POINTS
from portal.scheduling.requests.receivers import (
    ReceiverRow,
    is_their_professional,
    receivers,
    to_coordinators,
    to_professional,
)
from portal.scheduling.rows import (
    ChangeRow,
    CompanionRow,
    Details,
    NoteRow,
    RequestRow,
    SeriesRow,
    TickRow,
    WorkshopRow,
)

MAX_COMPANIONS = 20
MAX_NOTES = 30
MAX_CHANGES = 20
MAX_RECEIVERS = 10

_a = columns(Appointment)
_request = columns(ChangeRequest)
_relative = columns(RelatedPerson)
_link = columns(CareLink)
_user = columns(User)
_patient = columns(Patient)
_tick = columns(PreparationTick)
_note = columns(AppointmentNote)
_change = columns(AppointmentChange)
_series = columns(AppointmentSeries)
_workshop = columns(Workshop)
_answerers = User.__table__.alias("answerer")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_answerer = _answerers.c
_of_patient = bindparam("of_patient", type_=Uuid)
_of_appointment = bindparam("of_appointment", type_=Uuid)

_UNION = Union(
    {
        "request": ArmOf(
            {
                **{name: _request[name] for name in RequestRow._fields if name in _request},
                "asker_given_name": _user.given_name,
                "asker_family_name": _user.family_name,
                "answerer_given_name": _answerer.given_name,
                "answerer_family_name": _answerer.family_name,
            },
            RequestRow,
        ),
        "companion": ArmOf(
            {
                "related_person_id": _relative.id,
                "given_name": _relative.given_name,
                "family_name": _relative.family_name,
                "gender": _relative.gender,
                "relationship": _relative.relationship,
                "relationship_text": _relative.relationship_text,
                "user_id": _link.user_id,
            },
            CompanionRow,
        ),
        "tick": ArmOf(
            {"line": _tick.line, "given_name": _user.given_name, "done_at": _tick.done_at}, TickRow
        ),
        "note": ArmOf(
            {
                **{name: _note[name] for name in NoteRow._fields if name in _note},
                "given_name": _user.given_name,
                "family_name": _user.family_name,
            },
            NoteRow,
        ),
        "change": ArmOf(
            {
                **{name: _change[name] for name in ChangeRow._fields if name in _change},
                "given_name": _user.given_name,
                "family_name": _user.family_name,
            },
            ChangeRow,
        ),
        "receiver": ArmOf(
            {
                "user_id": _user.id,
                "given_name": _user.given_name,
                "family_name": _user.family_name,
                "is_professional": is_their_professional(),
            },
            ReceiverRow,
        ),
        "series": ArmOf({name: _series[name] for name in SeriesRow._fields}, SeriesRow),
        "workshop": ArmOf({name: _workshop[name] for name in WorkshopRow._fields}, WorkshopRow),
    }
)


def _bounded(statement: Select[Any], *order: Any, most: int) -> Select[Any]:
    """SQLite bounds an arm only inside a statement of its own."""
    return select(statement.order_by(*order).limit(most).subquery())


_REQUEST = _bounded(
    _UNION.arm("request")
    .join_from(ChangeRequest, User, _user.id == _request.asked_by)
    .outerjoin(_answerers, _answerer.id == _request.answered_by)
    .where(_request.patient_id == _of_patient, _request.appointment_id == _of_appointment),
    _request.id.desc(),
    most=1,
)
# Nobody is proposed from whom the appointment is hidden: the question would tell it.
_COMPANIONS = _bounded(
    _UNION.arm("companion")
    .select_from(RelatedPerson)
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _relative.patient_id,
            _link.related_person_id == _relative.id,
            active_link(),
        ),
    )
    .where(
        _relative.patient_id == _of_patient,
        _relative.is_active,
        not_(is_hidden(_relative.patient_id, _of_appointment, _link.user_id)),
    ),
    _relative.given_name,
    _relative.id,
    most=MAX_COMPANIONS,
)
_TICKS = _bounded(
    _UNION.arm("tick")
    .join_from(PreparationTick, User, _user.id == _tick.done_by)
    .where(_tick.patient_id == _of_patient, _tick.appointment_id == _of_appointment),
    _tick.line,
    most=MOST_POINTS,
)
_NOTES = _bounded(
    _UNION.arm("note", None)
    .join_from(AppointmentNote, User, _user.id == _note.author_id)
    .where(
        _note.patient_id == _of_patient,
        _note.appointment_id == _of_appointment,
        _note.audience.in_(bindparam("audiences", expanding=True)),
        _note.deleted_at.is_(None),
    ),
    _note.id.desc(),
    most=MAX_NOTES,
)
_CHANGES = _bounded(
    _UNION.arm("change")
    .select_from(AppointmentChange)
    .outerjoin(User, _user.id == _change.actor_id)
    .where(_change.patient_id == _of_patient, _change.appointment_id == _of_appointment),
    _change.id.desc(),
    most=MAX_CHANGES,
)
_SERIES = (
    _UNION.arm("series")
    .join_from(
        Appointment,
        AppointmentSeries,
        and_(_series.patient_id == _a.patient_id, _series.id == _a.series_id),
    )
    .where(_a.patient_id == _of_patient, _a.id == _of_appointment)
)
_WORKSHOP = (
    _UNION.arm("workshop")
    .join_from(Appointment, Workshop, _workshop.id == _a.workshop_id)
    .where(_a.patient_id == _of_patient, _a.id == _of_appointment)
)
_of_this_patient = (
    _UNION.arm("receiver")
    .select_from(Appointment)
    .join(Patient, _patient.id == _a.patient_id)
    .where(_a.patient_id == _of_patient, _a.id == _of_appointment)
)
_PROFESSIONAL = _bounded(to_professional(_of_this_patient), _user.id, most=MAX_RECEIVERS)
_COORDINATORS = _bounded(to_coordinators(_of_this_patient), _user.id, most=MAX_RECEIVERS)
_DETAILS = union_all(
    _REQUEST,
    _COMPANIONS,
    _TICKS,
    _NOTES,
    _CHANGES,
    _SERIES,
    _WORKSHOP,
    _PROFESSIONAL,
    _COORDINATORS,
)


def audiences_of(standing: Standing) -> tuple[NoteAudience, ...]:
    """Whose notes this reader reads: those for all, and those of their side."""
    own = NoteAudience.PROFESSIONALS if standing.is_professional else NoteAudience.FAMILY
    return NoteAudience.EVERYBODY, own


def read_details(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    audiences: Iterable[NoteAudience],
    at: datetime,
) -> Details:
    """Of an appointment that the reader was found to see; `audiences` are those they belong to."""
    values = {
        "of_patient": patient_id,
        "of_appointment": appointment_id,
        "audiences": list(audiences),
        "now": at,
    }
    found = _UNION.read(session.execute(_DETAILS, values).mappings())
    return Details(
        request=next(iter(found["request"]), None),
        companions=sorted(found["companion"], key=lambda one: (one.given_name, one.family_name)),
        ticks=found["tick"],
        notes=sorted(found["note"], key=lambda one: one.id),
        changes=sorted(found["change"], key=lambda one: one.id, reverse=True),
        series=next(iter(found["series"]), None),
        workshop=next(iter(found["workshop"]), None),
        receivers=receivers(found["receiver"]),
    )
