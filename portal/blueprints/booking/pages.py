"""The pages to book, move, correct and cancel: as they are, and after a refusal."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from portal.access.guard import current_patient, current_viewer
from portal.blueprints.booking import choices
from portal.blueprints.booking.choices import Partner
from portal.blueprints.booking.forms import (
    BookingForm,
    CancelForm,
    MoveForm,
    OwnForm,
    ParticularsForm,
)
from portal.blueprints.booking.moments import TimingForm
from portal.clock import now
from portal.db import current_session
from portal.errors import NotGrantedError
from portal.scheduling.conflicts import ClashError
from portal.scheduling.details import audiences_of, read_details
from portal.scheduling.keepers import keeps
from portal.scheduling.rows import AppointmentRow, ChangeRow
from portal.scheduling.wanted import BESIDE_VERSION
from portal.teams.reading import read_team
from portal.web import dates
from portal.web.agreement_words import Line, lines
from portal.web.appointment_cards.reading import visible_row
from portal.web.page import page
from portal.web.visits import Visit, visit


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page comes back: what else is planned, or what others did meanwhile."""

    status: int = 200
    clash: ClashError | None = None
    since: int | None = None
    """The version that the reader saw."""


NONE = Refusal()
MISTAKE = Refusal(422)


def clashing(clash: ClashError) -> Refusal:
    return Refusal(422, clash=clash)


def stale(since: int) -> Refusal:
    return Refusal(409, since=since)


def today() -> date:
    """Where the patient lives."""
    return dates.local(now(), current_patient().time_zone).date()


def kept(appointment_id: UUID) -> AppointmentRow:
    """Raises `NotGrantedError` too, for those whom others keep."""
    row = visible_row(appointment_id)
    if not keeps(row, viewer=current_viewer(), standing=current_patient()):
        raise NotGrantedError
    return row


def partners() -> list[Partner]:
    patient, viewer = current_patient(), current_viewer()
    team = read_team(
        current_session(), patient_id=patient.patient_id, viewer_id=viewer.id, at=now()
    )
    return choices.partners(team, viewer=viewer, standing=patient)


def prepare(form: TimingForm, *, usual_zone: str = "", earliest: date | None = None) -> None:
    """What its checks need to know; a day that is there already can be kept."""
    form.usual_zone = usual_zone or current_patient().time_zone
    form.earliest = min(filter(None, (earliest, today())))
    if form.time_zone.data is None:
        form.time_zone.data = form.usual_zone


def booking_page(form: BookingForm, found: list[Partner], refusal: Refusal = NONE) -> Response:
    return page(
        "booking/book.html",
        status=refusal.status,
        partners=[(one.id, one.words) for one in found],
        kinds=choices.kinds(),
        **_common(form, refusal),
    )


def own_page(form: OwnForm, row: AppointmentRow | None = None, refusal: Refusal = NONE) -> Response:
    return page(
        "booking/own.html",
        status=refusal.status,
        visit=_visit(row) if row else None,
        kinds=choices.kinds(form.kind.data),
        **_common(form, refusal, row),
    )


def move_page(form: MoveForm, row: AppointmentRow, refusal: Refusal = NONE) -> Response:
    return page(
        "booking/move.html",
        status=refusal.status,
        visit=_visit(row),
        **_common(form, refusal, row),
    )


def correction_page(
    form: ParticularsForm, row: AppointmentRow, refusal: Refusal = NONE
) -> Response:
    return page(
        "booking/correct.html",
        status=refusal.status,
        visit=_visit(row),
        kinds=choices.kinds(form.kind.data),
        **_common(form, refusal, row),
    )


def cancel_page(form: CancelForm, row: AppointmentRow, refusal: Refusal = NONE) -> Response:
    return page(
        "booking/cancel.html",
        status=refusal.status,
        visit=_visit(row),
        **_common(form, refusal, row),
    )


def delete_page(row: AppointmentRow, refusal: Refusal = NONE) -> Response:
    return page(
        "booking/delete.html",
        status=refusal.status,
        visit=_visit(row),
        version=row.version,
        **_common(None, refusal, row),
    )


def _common(
    form: TimingForm | ParticularsForm | CancelForm | None,
    refusal: Refusal,
    row: AppointmentRow | None = None,
) -> dict[str, Any]:
    is_timed = isinstance(form, TimingForm)
    zone = form.time_zone.data if isinstance(form, TimingForm) else ""
    usual = form.usual_zone if isinstance(form, TimingForm) else ""
    return {
        "patient": current_patient(),
        "today": today(),
        "form": form,
        "zones": choices.zones(usual, zone) if is_timed else [],
        "is_usual_zone": zone in ("", usual),
        "clashes": [_visit(one) for one in refusal.clash.rows] if refusal.clash else [],
        "meanwhile": _meanwhile(row, refusal.since),
    }


def _meanwhile(row: AppointmentRow | None, since: int | None) -> list[Line] | None:
    """What others did since the version that the reader saw, the oldest first."""
    if row is None or since is None:
        return None
    patient = current_patient()
    details = read_details(
        current_session(),
        patient_id=patient.patient_id,
        appointment_id=row.id,
        audiences=audiences_of(patient),
        at=now(),
    )
    newer = [one for one in details.changes if one.version > since or _is_beside(one, since)]
    return lines(
        newer[::-1],
        row=row,
        patient=patient,
        viewer=current_viewer(),
        companions=details.companions,
    )


def _is_beside(line: ChangeRow, since: int) -> bool:
    """Said of that version, without making a new one: how to get there, what to prepare."""
    return line.version == since and bool(line.fields) and set(line.fields) <= set(BESIDE_VERSION)


def _visit(row: AppointmentRow) -> Visit:
    return visit(row, patient=current_patient(), at=now())
