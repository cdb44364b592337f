"""The day and the week of a professional, on the screen and on paper."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.trail import note_patients
from portal.blueprints.workdays.cards import Stop, stops_of
from portal.blueprints.workdays.days import Shown, day_of, near
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.models.audit import Capacity
from portal.models.rights import GrantCategory
from portal.scheduling.workdays import (
    ClosedVisit,
    OpenVisit,
    Staff,
    WorkerRow,
    read_staff,
    visits_of,
)
from portal.teams.own_day import USUAL_ZONE
from portal.web.page import page

bp = Blueprint("workdays", __name__, url_prefix="/professional/agenda")
MOST_VISITS = 200


@dataclass(frozen=True, slots=True)
class Workday:
    """Whose days are shown, which ones, and what stands on them."""

    worker: WorkerRow | None
    """None until a coordinator has chosen somebody."""
    colleagues: list[WorkerRow]
    has_own: bool
    shown: Shown
    today: date
    stops: list[Stop]
    has_more: bool

    @property
    def by_day(self) -> dict[date, list[Stop]]:
        return {day: [one for one in self.stops if one.when.day == day] for day in self.shown.days}

    @property
    def next_at(self) -> datetime | None:
        """When the first one begins that is not over: it carries the sun."""
        coming = (one.when.starts_at for one in self.stops if not (one.is_over or one.is_cancelled))
        return next(coming, None) if self.shown.day == self.today else None

    @property
    def name(self) -> str:
        one = self.worker
        names = (one.prefix, one.given_name, one.family_name) if one else ()
        return " ".join(filter(None, names))

    @property
    def whose(self) -> UUID | None:
        """For addresses: one's own days need no name."""
        return None if self.worker is None or self.worker.is_own else self.worker.id


@bp.get("")
@requires(Permission.WORKDAYS_SEE, writes=True)
def show_day() -> Response:
    is_week = request.args.get("view") == "week"
    return page("workdays/day.html", workday=_workday(is_week=is_week), most=MOST_VISITS)


@bp.get("/sheet")
@requires(Permission.WORKDAYS_SEE, writes=True)
def show_sheet() -> Response:
    """The patients of one day on paper."""
    workday = _workday(is_week=False)
    if workday.worker is None:
        raise NotFoundError("nobody was chosen")
    stops = [one for one in workday.stops if not one.is_cancelled]
    printed = now().astimezone(workday.shown.zone)
    return page("workdays/sheet.html", workday=workday, stops=stops, printed=printed)


def _workday(*, is_week: bool) -> Workday:
    session, viewer, at = current_session(), current_viewer(), now()
    asked = day_of(request.args.get("day", ""))
    whose_id = _asked_person() or viewer.practitioner_id
    staff = read_staff(
        session, viewer=viewer, whose_id=whose_id, near=near(asked or at.date()), at=at
    )
    worker = _worker(staff, whose_id)
    zone = ZoneInfo(worker.time_zone if worker else USUAL_ZONE)
    today = at.astimezone(zone).date()
    shown = Shown(asked or today, is_week, zone)
    visits: list[OpenVisit | ClosedVisit] = []
    if worker is not None:
        visits = visits_of(
            session, viewer=viewer, worker=worker, span=shown.span, at=at, limit=MOST_VISITS + 1
        )
    _note(visits[:MOST_VISITS])
    return Workday(
        worker=worker,
        colleagues=[one for one in staff.people if not one.is_own],
        has_own=viewer.practitioner_id is not None,
        shown=shown,
        today=today,
        stops=_stops(staff, visits[:MOST_VISITS], shown, zone, at) if worker else [],
        has_more=len(visits) > MOST_VISITS,
    )


def _worker(staff: Staff, whose_id: UUID | None) -> WorkerRow | None:
    """Somebody of the list; who is not in it does not exist for this reader."""
    if whose_id is None:
        return None
    found = next((one for one in staff.people if one.id == whose_id), None)
    if found is None:
        raise NotFoundError("practitioner")
    return found


def _stops(
    staff: Staff,
    visits: list[OpenVisit | ClosedVisit],
    shown: Shown,
    zone: ZoneInfo,
    at: datetime,
) -> list[Stop]:
    hosted = [one for one in staff.hosted if shown.span.holds(one.starts_at)]
    return stops_of(visits, hosted, time_zone=zone.key, at=at)


def _note(visits: list[OpenVisit | ClosedVisit]) -> None:
    """One line in the log of each patient whose visit is named."""
    listed = {
        one.patient_id: Capacity.PROFESSIONAL if one.is_circle_member else Capacity.COORDINATOR
        for one in visits
        if isinstance(one, OpenVisit)
    }
    note_patients(current_viewer(), listed, category=GrantCategory.AGENDA)


def _asked_person() -> UUID | None:
    """Raises `NotFoundError` for what is no identifier."""
    text = request.args.get("of", "")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("practitioner") from None
