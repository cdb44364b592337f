"""What people of the demo said about their appointments, a rule, and a workshop."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from portal.crypto import Cell, KeyRing
from portal.demo.agenda_of_jeanne import COOKING, Days
from portal.demo.cast import Cast
from portal.demo.days import instant
from portal.demo.visits import PILLS, series_id, workshop_id
from portal.models.agenda import Appointment, AppointmentKind
from portal.models.agreement import (
    AppointmentNote,
    ChangeRequest,
    NoteAudience,
    PreparationTick,
    RequestKind,
)
from portal.models.series import AppointmentSeries, Workshop

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Stage(NamedTuple):
    """What everything here is about."""

    cast: Cast
    visits: list[Appointment]
    now: datetime

    def visit(self, patient: str, title: str) -> Appointment:
        """The first one to come with that title."""
        owner = self.cast.patients[patient].id
        coming = [
            one
            for one in self.visits
            if one.patient_id == owner
            and one.title == title
            and one.starts_at is not None
            and one.starts_at > self.now
        ]
        return min(coming, key=lambda one: one.starts_at or self.now)


def rows(stage: Stage, *, keys: KeyRing) -> list[SQLModel]:
    return [
        _pills(stage),
        _cooking(stage),
        *_ready(stage),
        _asked_by_paul(stage),
        _note_of_paul(stage, keys=keys),
    ]


def _pills(stage: Stage) -> AppointmentSeries:
    """The rule behind Jeanne's pill box, of which some dates are over already."""
    key = series_id(PILLS)
    dates = sorted(
        one.starts_at for one in stage.visits if one.series_id == key and one.starts_at is not None
    )
    nadia = stage.cast.practitioners["nadia"]
    jeanne = stage.cast.patients["jeanne"]
    first, last = (one.astimezone(ZoneInfo(jeanne.time_zone)) for one in (dates[0], dates[-1]))
    return AppointmentSeries(
        patient_id=jeanne.id,
        id=key,
        rrule=f"FREQ=WEEKLY;BYDAY={_DAYS[first.weekday()]}",
        first_day=first.date(),
        at=time(7, 30),
        time_zone=jeanne.time_zone,
        window_minutes=90,
        title="Préparation du pilulier",
        kind=AppointmentKind.HOME_NURSING,
        practitioner_id=nadia.id,
        phone=nadia.phone,
        address=jeanne.address,
        written_until=last.date(),
        created_at=stage.now,
        updated_at=stage.now,
    )


def _cooking(stage: Stage) -> Workshop:
    house = stage.cast.organizations["tilleuls"]
    day = Days.around(stage.now).workshop
    starts_at = instant(day, time(10, 0), zone=house.time_zone)
    return Workshop(
        id=workshop_id("cooking"),
        organization_id=house.id,
        title=COOKING,
        description="Atelier en petit groupe. On cuisine et on goûte ensemble.",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        time_zone=house.time_zone,
        place=house.name,
        address=house.address,
        phone=house.phone,
        host_text="Monique Garnier, patiente experte",
        capacity=8,
        places_taken=1,
        created_at=stage.now,
        updated_at=stage.now,
    )


def _ready(stage: Stage) -> list[PreparationTick]:
    """Two lines of three are done."""
    dressing = stage.visit("jeanne", "Pansement et prise de sang")
    return [
        PreparationTick(
            patient_id=dressing.patient_id,
            appointment_id=dressing.id,
            line=line,
            done_by=stage.cast.users["sylvie" if number else "jeanne"].id,
            done_at=stage.now,
        )
        for number, line in enumerate(dressing.preparation.splitlines()[:2])
    ]


def _asked_by_paul(stage: Stage) -> ChangeRequest:
    """So that Nadia has something to answer."""
    blood = stage.visit("marcel", "Prise de sang")
    return ChangeRequest(
        patient_id=blood.patient_id,
        appointment_id=blood.id,
        kind=RequestKind.CHANGE,
        asked_by=stage.cast.users["paul"].id,
        capacity="carer",
        asked_at=stage.now,
        parts_of_day=["morning", "other_day"],
        text="Le portail du jardin est en travaux ce matin-là.",
    )


def _note_of_paul(stage: Stage, *, keys: KeyRing) -> AppointmentNote:
    doctor = stage.visit("jeanne", "Renouvellement du traitement")
    note = AppointmentNote(
        patient_id=doctor.patient_id,
        appointment_id=doctor.id,
        author_id=stage.cast.users["paul"].id,
        capacity="carer",
        audience=NoteAudience.FAMILY,
        text_sealed=b"",
        at=stage.now,
    )
    text = "Penser à demander si le vaccin contre la grippe peut se faire ce jour-là."
    cell = Cell("appointment_note", "text_sealed", note.id)
    note.text_sealed = keys.seal(text.encode(), cell)
    return note
