"""The pages about a series: after a look, and after an act that was refused."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, request, url_for

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.blueprints.series.cards import DateLine, SeriesCard, date_lines, series_card
from portal.blueprints.series.forms import ChangeForm, EndForm, FromForm, typed_times
from portal.clock import now
from portal.db import current_session
from portal.errors import NotGrantedError
from portal.scheduling.keepers import keeps
from portal.scheduling.series import reading as series_reading
from portal.scheduling.series.reading import SeriesDate, SeriesShown
from portal.scheduling.series.recurrence import Recurrence
from portal.scheduling.series.recurrence_text import parse
from portal.web import dates
from portal.web.page import page
from portal.web.positions import instant_of, instant_text
from portal.web.recurrence_fields import recurrence_data

SHOWN = 12
MOST_CHOICES = 60
_DONE = ("changed", "ended", "taken_back", "meanwhile")


def series_page(series_id: UUID, *, status: int = 200, done: str = "") -> Response:
    patient, viewer, at = current_patient(), current_viewer(), now()
    row = _seen(series_id)
    after = instant_of(request.args.get("after"))
    whose = {"patient_id": patient.patient_id, "viewer_id": viewer.id}
    coming = series_reading.dates_to_come(
        current_session(), row, **whose, at=at, limit=SHOWN + 1, after=after
    )
    exceptions = series_reading.exceptions_to_come(current_session(), row, **whose, at=at)
    asked = request.args.get("done", "")
    return page(
        "series/series.html",
        status=status,
        patient=patient,
        series=_card(row),
        dates_to_come=_lines(row, coming[:SHOWN]),
        exceptions=_lines(row, exceptions),
        is_continued=after is not None,
        goes_on=instant_text(coming[SHOWN - 1].recurrence_start) if len(coming) > SHOWN else "",
        may_keep=_may_keep(row),
        done=done or (asked if asked in _DONE else ""),
        is_told="told" in request.args,
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A series that the reader keeps, and the dates from which it may go on otherwise or end."""

    row: SeriesShown
    found: list[SeriesDate]

    @property
    def rule(self) -> Recurrence:
        """Of a number of times the last day is said: it holds from whatever date."""
        rule = parse(self.row.rrule)
        if rule.count is None:
            return rule
        *_, last = rule.days(self.row.first_day)
        return rule.ending(until=last)

    def prepare(self, form: FromForm) -> None:
        form.choices = {
            one.id: dates.local(one.recurrence_start, self.row.time_zone).date()
            for one in self.found
        }
        if isinstance(form, ChangeForm):
            form.rule = self.rule


def kept_sheet(series_id: UUID) -> Sheet:
    """Raises `NotFoundError`, or `NotGrantedError` for those who do not keep the series."""
    row, at = _seen(series_id), now()
    if not _may_keep(row):
        raise NotGrantedError
    found = series_reading.dates_to_come(
        current_session(),
        row,
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        at=at,
        limit=MOST_CHOICES,
        after=at,
    )
    return Sheet(row, [one for one in found if not one.is_cancelled])


def new_change_form(sheet: Sheet) -> ChangeForm:
    """As the series is now."""
    row = sheet.row
    form = ChangeForm()
    form.process(
        data={
            **recurrence_data(sheet.rule, skips_holidays=row.skips_holidays),
            **typed_times(row.at, row.window_minutes, row.duration_minutes),
            "from_id": request.args.get("from", ""),
            "version": str(row.version),
        }
    )
    return form


def new_end_form(sheet: Sheet) -> EndForm:
    form = EndForm()
    form.process(data={"from_id": request.args.get("from", ""), "version": str(sheet.row.version)})
    return form


def form_page(form: FromForm, sheet: Sheet, *, status: int = 200) -> Response:
    """To change the series or to end it; a stale form gets what it needs to be sent again."""
    row = sheet.row
    is_change = isinstance(form, ChangeForm)
    if status == 409:
        form.version.data = str(row.version)
    return page(
        "series/change.html" if is_change else "series/end.html",
        status=status,
        patient=current_patient(),
        series=_card(row),
        form=form,
        action=url_for(
            "series.change_series" if is_change else "series.end_series", series_id=row.id
        ),
        choices=[(str(line.id), line.day) for line in _lines(row, sheet.found)],
        is_stale=status == 409,
    )


def where_now(series_id: UUID, appointment_id: UUID | None) -> UUID:
    """The series to which a chosen date belongs by now: that series, or the one that follows."""
    found = appointment_id and series_reading.series_of(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        appointment_id=appointment_id,
    )
    return found or series_id


def _seen(series_id: UUID) -> SeriesShown:
    return series_reading.find_series(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        series_id=series_id,
    )


def _may_keep(row: SeriesShown) -> bool:
    return may(Permission.AGENDA_BOOK) and keeps(
        row, viewer=current_viewer(), standing=current_patient()
    )


def _card(row: SeriesShown) -> SeriesCard:
    return series_card(row, patient=current_patient(), at=now(), today=_today())


def _lines(row: SeriesShown, found: list[SeriesDate]) -> list[DateLine]:
    return date_lines(found, time_zone=row.time_zone, today=_today())


def _today() -> date:
    return dates.local(now(), current_patient().time_zone).date()
