"""The card of an appointment as columns: what every list of an agenda selects."""

from sqlalchemy import Integer, Uuid, and_, bindparam, not_, select

from portal.access.facts import is_hidden
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import ChangeRequest, RequestState
from portal.models.care import RelatedPerson
from portal.models.directory import Organization, Practitioner
from portal.models.rights import CareLink

appointment_columns = columns(Appointment)
viewer_link = columns(CareLink)
"""The link of the reader, where they are the companion."""
_a = appointment_columns
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_companion = columns(RelatedPerson)
_link = viewer_link
_request = columns(ChangeRequest)

request_state = (
    select(_request.state)
    .where(
        _request.patient_id == _a.patient_id,
        _request.appointment_id == _a.id,
        _request.state.in_((RequestState.OPEN, RequestState.PROPOSED)),
    )
    .order_by(_request.id.desc())
    .limit(1)
    .correlate(Appointment.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
"""Of a request that is not over."""
CARDS = (
    select(
        _a.id,
        _a.version,
        _a.series_id,
        _a.recurrence_start,
        _a.workshop_id,
        _a.title,
        _a.kind,
        _a.status,
        _a.starts_at,
        _a.ends_at,
        _a.is_window,
        _a.time_zone,
        _a.requested_start,
        _a.requested_end,
        _a.respond_before,
        _a.duration_minutes,
        _a.practitioner_id,
        _a.organization_id,
        _a.performer_text,
        _a.place,
        _a.address,
        _a.phone,
        _a.video_url,
        _a.instructions,
        _a.preparation,
        _a.transport,
        _a.cancellation_reason,
        _a.source,
        _a.source_name,
        _a.created_by,
        _a.updated_at,
        _a.companion_id,
        _a.companion_confirmed,
        _a.needs_companion,
        request_state.label("request_state"),
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _practitioner.phone.label("practitioner_phone"),
        _organization.name.label("organization_name"),
        _companion.given_name.label("companion_given_name"),
        _companion.family_name.label("companion_family_name"),
        _link.id.is_not(None).label("companion_is_viewer"),
    )
    .select_from(Appointment)
    .outerjoin(Practitioner, _practitioner.id == _a.practitioner_id)
    .outerjoin(Organization, _organization.id == _a.organization_id)
    .outerjoin(
        RelatedPerson,
        and_(_companion.patient_id == _a.patient_id, _companion.id == _a.companion_id),
    )
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _a.patient_id,
            _link.related_person_id == _a.companion_id,
            _link.user_id == bindparam("viewer_id", type_=Uuid),
        ),
    )
)
"""Of all patients; who selects from it says whose, and what the reader may see."""
ROWS = CARDS.where(
    _a.patient_id == bindparam("patient_id"),
    _a.status != AppointmentStatus.ENTERED_IN_ERROR,
    not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
).limit(bindparam("limit", type_=Integer))
"""Of one patient, without what is hidden from the reader, at most `limit` rows."""
