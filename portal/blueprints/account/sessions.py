"""The browsers in which one is signed in, and signing them out from here."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.account import queries, service
from portal.clock import now
from portal.db import current_session, transaction
from portal.web import dates
from portal.web.devices import device_words
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.logs import security_event
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("account_sessions", __name__, url_prefix="/account/sessions")


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def list_sessions() -> Response:
    viewer = current_viewer()
    found = queries.sessions_of(current_session(), user_id=viewer.id, at=now())
    return page(
        "account/sessions.html",
        sessions=[_said(one) for one in found],
        has_others=any(one.id != viewer.session_id for one in found),
        ended=request.args.get("ended", ""),
    )


@bp.post("/<uuid:session_id>/end")
@requires(Permission.ACCOUNT_OWN)
def end_session(session_id: UUID) -> Response:
    viewer = current_viewer()
    with transaction() as session:
        service.end_one(
            session,
            keys=current_keys(),
            user_id=viewer.id,
            session_id=session_id,
            kept=viewer.session_id,
            at=now(),
        )
    security_event("another session ended", account=viewer.id)
    return redirect_to(url_for("account_sessions.list_sessions", ended="one"))


@bp.post("/end-others")
@requires(Permission.ACCOUNT_OWN)
def end_other_sessions() -> Response:
    viewer = current_viewer()
    with transaction() as session:
        service.end_others(
            session,
            keys=current_keys(),
            user_id=viewer.id,
            kept=viewer.session_id,
            user_agent=request.user_agent.string,
            at=now(),
        )
    security_event("other sessions ended", account=viewer.id)
    return redirect_to(url_for("account_sessions.list_sessions", ended="others"))


def _said(one: queries.SignedIn) -> dict[str, object]:
    return {
        "id": one.id,
        "device": device_words(one.user_agent),
        "is_this": one.id == current_viewer().session_id,
        "signed_in": _moment(one.created_at),
        "last_used": _moment(one.last_seen_at),
    }


def _moment(instant: datetime) -> str:
    """`aujourd’hui à 14 h 05`, on the reader's own clock."""
    zone = reader_time_zone()
    moment, today = dates.local(instant, zone), dates.local(now(), zone).date()
    day = dates.day_words(moment.date(), today=today)
    return gettext("%(day)s at %(time)s", day=day, time=dates.clock(moment))
