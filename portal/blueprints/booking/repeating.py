"""The series that a booking form describes."""

from datetime import datetime
from uuid import UUID

from portal.access.audit import Author
from portal.blueprints.booking.forms import BookingForm
from portal.models.series import AppointmentSeries
from portal.scheduling.series.recurrence import Recurrence
from portal.scheduling.wanted import Order
from portal.web import dates


def series_of(
    form: BookingForm,
    order: Order,
    rule: Recurrence,
    *,
    patient_id: UUID,
    by: Author,
    at: datetime,
) -> AppointmentSeries:
    """Its rule is kept in the wall time of the place; its dates are written from it."""
    timing = order.timing
    start = dates.local(timing.starts_at, timing.time_zone)
    minutes = None
    if timing.is_window and timing.ends_at is not None:
        minutes = int((timing.ends_at - timing.starts_at).total_seconds() // 60)
    return AppointmentSeries(
        patient_id=patient_id,
        id=order.appointment_id,
        rrule=str(rule),
        first_day=start.date(),
        at=start.time(),
        time_zone=timing.time_zone,
        window_minutes=minutes,
        duration_minutes=timing.duration_minutes,
        skips_holidays=bool(form.skips_holidays.data),
        status=order.status,
        practitioner_id=order.practitioner_id,
        organization_id=order.organization_id,
        created_by=by.user_id,
        created_at=at,
        updated_at=at,
        **order.particulars.fields(),
    )
