"""The account page, its history, its notices and the comfort settings."""

from datetime import datetime, timedelta
from itertools import groupby

from flask import Blueprint, Response, current_app, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.sessions import set_cookie
from portal.blueprints.account import queries
from portal.blueprints.account.forms import ComfortForm, NoticesForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.identity import history
from portal.models.account import TextSize, Theme, User
from portal.web import dates
from portal.web.chrome import COMFORT_COOKIE, Comfort
from portal.web.devices import device_words
from portal.web.history_words import security_sentence
from portal.web.i18n import LANGUAGE_COOKIE, current_locale
from portal.web.page import page, redirect_to
from portal.web.time_zones import AS_INSTALLED, reader_time_zone, time_zone_choices

bp = Blueprint("account", __name__, url_prefix="/account")
COMFORT_COOKIE_LASTS = timedelta(days=365)


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def show_account() -> Response:
    viewer, session = current_viewer(), current_session()
    rights = queries.rights_of(session, user_id=viewer.id, at=now())
    return page(
        "account/account.html",
        viewer=viewer,
        time_zone=reader_time_zone(),
        rights=[(name, list(group)) for name, group in groupby(rights, _patient_name)],
        summary=queries.summary_of(session, user_id=viewer.id, at=now()),
        done=request.args.get("done", ""),
    )


@bp.get("/history")
@requires(Permission.ACCOUNT_OWN)
def show_history() -> Response:
    zone = reader_time_zone()
    today = dates.local(now(), zone).date()
    lines = [
        (dates.local(line.at, zone), line)
        for line in history.lines_of(current_session(), user_id=current_viewer().id)
    ]
    days = [
        (dates.day_words(day, today=today), [_said(*one) for one in group])
        for day, group in groupby(lines, lambda one: one[0].date())
    ]
    return page("account/history.html", days=days, shown=history.SHOWN)


@bp.get("/notifications")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_notifications() -> Response:
    user = current_session().get_one(User, current_viewer().id)
    form = NoticesForm.from_request(
        notify_sign_ins=user.notify_sign_ins, notify_invitations=user.notify_invitations
    )
    return page(
        "account/notifications.html", form=form, email=user.email, is_saved="saved" in request.args
    )


@bp.post("/notifications")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def save_notifications() -> Response:
    form = NoticesForm.from_request()
    with transaction() as session:
        user = session.get_one(User, current_viewer().id)
        user.notify_sign_ins = bool(form.notify_sign_ins.data)
        user.notify_invitations = bool(form.notify_invitations.data)
        session.add(user)
    return redirect_to(url_for("account.show_notifications", saved=1))


@bp.get("/comfort")
@requires(Permission.ACCOUNT_OWN)
def show_comfort() -> Response:
    viewer = current_viewer()
    form = ComfortForm.from_request(
        text_size=viewer.text_size,
        theme=viewer.theme,
        high_contrast=viewer.high_contrast,
        legible_font=viewer.legible_font,
        locale=current_locale(),
        time_zone=viewer.own_time_zone or AS_INSTALLED,
    )
    return _comfort_page(form, is_saved="saved" in request.args)


@bp.post("/comfort")
@requires(Permission.ACCOUNT_OWN)
def save_comfort() -> Response:
    form = ComfortForm.from_request()
    if not form.is_sent_and_valid():
        return _comfort_page(form, status=422)
    chosen = Comfort(
        TextSize(form.text_size.data),
        Theme(form.theme.data),
        bool(form.high_contrast.data),
        bool(form.legible_font.data),
    )
    with transaction() as session:
        user = session.get_one(User, current_viewer().id)
        user.text_size, user.theme = chosen.text_size, chosen.theme
        user.high_contrast, user.legible_font = chosen.high_contrast, chosen.legible_font
        user.locale = form.locale.data
        user.time_zone = form.time_zone.data or None
        session.add(user)
    response = redirect_to(url_for("account.show_comfort", saved=1))
    cookie = chosen.as_cookie()
    set_cookie(current_app, response, COMFORT_COOKIE, cookie, max_age=COMFORT_COOKIE_LASTS)
    # The sign-in page speaks it too.
    language = form.locale.data
    set_cookie(current_app, response, LANGUAGE_COOKIE, language, max_age=COMFORT_COOKIE_LASTS)
    return response


def _comfort_page(form: ComfortForm, *, is_saved: bool = False, status: int = 200) -> Response:
    return page(
        "account/comfort.html",
        status=status,
        form=form,
        is_saved=is_saved,
        time_zones=time_zone_choices(),
        here=dates.clock(dates.local(now(), reader_time_zone())),
    )


def _patient_name(right: queries.Right) -> str:
    return f"{right.given_name} {right.family_name}".strip()


def _said(moment: datetime, line: history.Line) -> dict[str, str]:
    """One line as the page says it; the device only where one was noted."""
    return {
        "time": dates.clock(moment),
        "sentence": security_sentence(line.kind, line.detail),
        "device": device_words(line.user_agent) if line.user_agent else "",
    }
