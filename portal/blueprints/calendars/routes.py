"""Subscriptions: the agenda in the calendar that people already use."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.access.scope import Person, people_of
from portal.blueprints.calendars import service
from portal.blueprints.calendars.forms import ALL, NEUTRAL, FeedForm
from portal.blueprints.calendars.programs import program_words
from portal.blueprints.calendars.service import FeedRow, TooManyFeedsError
from portal.blueprints.calendars.subscription import CALENDAR_TYPE
from portal.blueprints.calendars.words import Reader, events
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import NotFoundError
from portal.identity.totp import qr_svg
from portal.models.base import new_id
from portal.scheduling import appointments
from portal.web import dates
from portal.web.i18n import current_locale, gettext
from portal.web.installed import current_config, current_keys
from portal.web.logs import security_event
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("calendars", __name__)


@bp.get("/p/<uuid:patient_id>/agenda/<uuid:appointment_id>/event.ics")
@requires(Permission.AGENDA_SEE)
def download_event(appointment_id: UUID) -> Response:
    """One visit, to add to a calendar by oneself; one without a date has nothing to add."""
    from portal.scheduling.calendar.writing import Options, write

    patient, viewer, at = current_patient(), current_viewer(), now()
    row = appointments.appointment(
        current_session(),
        patient_id=patient.patient_id,
        viewer_id=viewer.id,
        appointment_id=appointment_id,
    )
    if row is None or row.starts_at is None:
        raise NotFoundError
    reader = Reader(
        user_id=viewer.id, keys=current_keys(), is_detailed=True, at=at, locale=current_locale()
    )
    link = _absolute(url_for("agenda.show_appointment", appointment_id=row.id, preview=None))
    found = list(events([row], reader, patient=patient, url=link))
    response = Response(write(found, {}, Options(name="", time_zone=row.time_zone, at=at)))
    response.headers["Content-Type"] = CALENDAR_TYPE
    response.headers["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return response


@bp.get("/account/calendars")
@requires(Permission.ACCOUNT_OWN)
def list_feeds() -> Response:
    viewer = current_viewer()
    people = _people()
    found = service.feeds_of(current_session(), user_id=viewer.id)
    return page(
        "calendars/list.html",
        feeds=[_said(one, people) for one in found],
        has_people=bool(people),
        is_full=len(found) >= service.MOST_FEEDS,
        done=request.args.get("done", ""),
    )


@bp.get("/account/calendars/new")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def write_feed() -> Response:
    people = _people()
    asked = request.args.get("patient", "")
    chosen = asked if asked in {str(one) for one in people} else ""
    if not chosen and people:
        chosen = ALL if len(people) > 1 else str(next(iter(people)))
    form = FeedForm.from_request(feed_id=str(new_id()), whose=chosen, level=NEUTRAL)
    return _form_page(form, people)


@bp.post("/account/calendars/new")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def create_feed() -> Response:
    """Answers with the address at once: no later page could show it."""
    people = _people()
    form: FeedForm = FeedForm.from_request()
    form.people = people.keys()
    if not form.is_sent_and_valid():
        return _form_page(form, people, status=422)
    viewer, wanted = current_viewer(), form.wanted()
    try:
        with transaction() as session:
            token = service.create(
                session,
                wanted,
                keys=current_keys(),
                user_id=viewer.id,
                user_agent=request.user_agent.string,
                at=now(),
            )
    except TooManyFeedsError:
        form.refuse("name", gettext("You have 20 links: take back one that you no longer use"))
        return _form_page(form, people, status=422)
    except NotFoundError:
        return redirect_to(url_for("calendars.list_feeds", done="known"))
    security_event("calendar link made", account=viewer.id)
    return _address_page(token, wanted)


@bp.get("/account/calendars/<uuid:feed_id>/revoke")
@requires(Permission.ACCOUNT_OWN)
def ask_to_revoke(feed_id: UUID) -> Response:
    feed = service.feed_of(current_session(), user_id=current_viewer().id, feed_id=feed_id)
    return page("calendars/revoke.html", feed=_said(feed, _people()))


@bp.post("/account/calendars/<uuid:feed_id>/revoke")
@requires(Permission.ACCOUNT_OWN)
def revoke_feed(feed_id: UUID) -> Response:
    viewer = current_viewer()
    with transaction() as session:
        service.revoke(
            session,
            keys=current_keys(),
            user_id=viewer.id,
            feed_id=feed_id,
            user_agent=request.user_agent.string,
            at=now(),
        )
    security_event("calendar link taken back", account=viewer.id)
    return redirect_to(url_for("calendars.list_feeds", done="revoked"))


def _people() -> dict[UUID, Person]:
    """The reader's own; what each of them opens is asked at each fetch."""
    found = people_of(current_session(), viewer=current_viewer(), at=now())
    return {one.id: one for one in found}


def _form_page(form: FeedForm, people: dict[UUID, Person], *, status: int = 200) -> Response:
    return page(
        "calendars/new.html",
        status=status,
        form=form,
        people=people.values(),
        alarms=[(str(one), _alarm_label(one)) for one in service.ALARMS],
    )


def _address_page(token: str, wanted: service.Wanted) -> Response:
    address = _absolute(url_for("calendar_subscription.show_calendar", token=token))
    subscribe = f"webcal:{address.partition(':')[2]}"
    return page(
        "calendars/address.html",
        wanted=wanted,
        address=address,
        subscribe=subscribe,
        qr=qr_svg(subscribe),
    )


def _absolute(path: str) -> str:
    return f"{current_config().base_url.rstrip('/')}{path}"


def _said(feed: FeedRow, people: dict[UUID, Person]) -> dict[str, object]:
    return {
        "id": feed.id,
        "name": feed.name,
        "whose": _whose(feed, people),
        "is_detailed": feed.is_detailed,
        "alarm": "" if feed.alarm_minutes is None else _alarm_label(feed.alarm_minutes),
        "created": _moment(feed.created_at),
        "last_fetched": _moment(feed.last_fetched_at) if feed.last_fetched_at else "",
        "program": program_words(feed.last_program) if feed.last_fetched_at else "",
    }


def _whose(feed: FeedRow, people: dict[UUID, Person]) -> str:
    if feed.patient_id is None:
        return gettext("All the people that I follow")
    person = people.get(feed.patient_id)
    if person is None:
        return gettext("Somebody whom you no longer follow: nothing is shown")
    if person.kind == "self":
        return gettext("Myself")
    return f"{person.given_name} {person.family_name}"


def _alarm_label(minutes: int) -> str:
    if minutes >= 24 * 60:
        return gettext("The day before, at the same time")
    return gettext("%(duration)s before", duration=dates.duration(minutes))


def _moment(instant: datetime) -> str:
    """`aujourd’hui à 14 h 05`, on the reader's own clock."""
    zone = reader_time_zone()
    moment, today = dates.local(instant, zone), dates.local(now(), zone).date()
    day = dates.day_words(moment.date(), today=today)
    return gettext("%(day)s at %(time)s", day=day, time=dates.clock(moment))
