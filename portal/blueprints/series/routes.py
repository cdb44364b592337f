"""Visits that repeat: the rule, what follows, the end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlmodel import Session

from portal.access.guard import current_author, current_patient, requires
from portal.access.permissions import Permission
from portal.blueprints.series import pages
from portal.blueprints.series.forms import ChangeForm, EndForm, FromForm
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.scheduling.series.acts import Act, PastDateError, Result
from portal.scheduling.series.changes import change_following
from portal.scheduling.series.ending import end_following, take_end_back
from portal.scheduling.series.recurrence import RecurrenceError
from portal.web.form_values import version_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("series", __name__, url_prefix="/p/<uuid:patient_id>/agenda/series")
_Act = Callable[[Session, Act, Any], Result]


@bp.get("/<uuid:series_id>")
@requires(Permission.AGENDA_SEE)
def show_series(series_id: UUID) -> Response:
    return pages.series_page(series_id)


@bp.get("/<uuid:series_id>/change")
@requires(Permission.AGENDA_BOOK)
def write_change(series_id: UUID) -> Response:
    sheet = pages.kept_sheet(series_id)
    return pages.form_page(pages.new_change_form(sheet), sheet)


@bp.post("/<uuid:series_id>/change")
@requires(Permission.AGENDA_BOOK)
def change_series(series_id: UUID) -> Response:
    form: ChangeForm = ChangeForm.from_request()
    return _send(form, series_id, "changed", _change)


@bp.get("/<uuid:series_id>/end")
@requires(Permission.AGENDA_BOOK)
def ask_end(series_id: UUID) -> Response:
    sheet = pages.kept_sheet(series_id)
    return pages.form_page(pages.new_end_form(sheet), sheet)


@bp.post("/<uuid:series_id>/end")
@requires(Permission.AGENDA_BOOK)
def end_series(series_id: UUID) -> Response:
    form: EndForm = EndForm.from_request()
    return _send(form, series_id, "ended", _end)


@bp.post("/<uuid:series_id>/restore")
@requires(Permission.AGENDA_BOOK)
def restore_series(series_id: UUID) -> Response:
    pages.kept_sheet(series_id)
    form: FromForm = FromForm.from_request()
    try:
        return _done("taken_back", _carry_out(_take_back, series_id, form))
    except ChangedMeanwhileError:
        return pages.series_page(series_id, status=409, done="meanwhile")


def _send(form: Any, series_id: UUID, done: str, act: _Act) -> Response:
    """Whatever others did meanwhile, what was typed stays, and can be sent again."""
    there = pages.where_now(series_id, form.chosen)
    sheet = pages.kept_sheet(there)
    sheet.prepare(form)
    if there != series_id:
        return pages.form_page(form, sheet, status=409)
    if not form.is_sent_and_valid():
        return pages.form_page(form, sheet, status=422)
    try:
        return _done(done, _carry_out(act, series_id, form))
    except RecurrenceError:
        form.refuse("repeats", gettext("No visit would follow: choose other days or another end"))
    except PastDateError:
        form.refuse("from_id", gettext("This date is over: choose a later one"))
    except (ChangedMeanwhileError, NotFoundError):
        return _again(form, series_id)
    return pages.form_page(form, sheet, status=422)


def _again(form: Any, series_id: UUID) -> Response:
    sheet = pages.kept_sheet(pages.where_now(series_id, form.chosen))
    sheet.prepare(form)
    return pages.form_page(form, sheet, status=409)


def _change(session: Session, what: Act, form: ChangeForm) -> Result:
    return change_following(session, what, form.wanted(), keys=current_keys())


def _end(session: Session, what: Act, form: EndForm) -> Result:
    return end_following(session, what, reason=form.reason.data or "", keys=current_keys())


def _take_back(session: Session, what: Act, _form: FromForm) -> Result:
    return take_end_back(session, what, keys=current_keys())


def _carry_out(act: _Act, series_id: UUID, form: FromForm) -> Result:
    what = Act(
        patient_id=current_patient().patient_id,
        series_id=series_id,
        from_id=form.chosen,
        version=version_of(form.version.data),
        by=current_author(Permission.AGENDA_BOOK),
        at=now(),
    )
    with transaction() as session:
        return act(session, what, form)


def _done(done: str, result: Result) -> Response:
    is_told = 1 if result.told else None
    return redirect_to(
        url_for("series.show_series", series_id=result.series_id, done=done, told=is_told)
    )
