"""One's own sheet of codes: a first or a new one, one that runs out, none any more."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for

from portal.access.guard import current_viewer, is_stepped_up, requires
from portal.access.permissions import Permission
from portal.access.sessions import cookie_name, require_session, set_cookie
from portal.blueprints.account.code_refusals import charged, sheet_refusal
from portal.blueprints.account.factor_forms import NewSheetForm
from portal.blueprints.account.factors import next_path, this_change
from portal.blueprints.account.way_back import close_while_renewed
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import CredentialsRefusedError, LastFactorError, NotFoundError
from portal.identity import budget, factors, paper_sheets
from portal.identity.factors import Sheet
from portal.web.installed import current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("paper_sheets", __name__, url_prefix="/account/security/sheets")
bp.before_request(close_while_renewed)
LATER_COOKIE = "sheet-later"
LATER_LASTS = timedelta(days=365)


@bp.get("/new")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def prepare_sheet() -> Response:
    return page("account/factors_new_sheet.html", sheet=_sheet_in_use())


@bp.post("/new")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def begin_sheet() -> Response:
    with transaction() as session:
        user_id = current_viewer().id
        factors.begin_sheet(session, keys=current_keys(), user_id=user_id, at=now())
    return redirect_to(url_for("paper_sheets.show_sheet"))


@bp.get("/pending")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_sheet() -> Response:
    return _sheet_page(NewSheetForm.from_request())


@bp.post("/pending")
@requires(Permission.ACCOUNT_OWN)
@limit_failures
def finish_sheet() -> Response:
    """Without step-up: only whoever saw the codes, which needs it, can write one.

    Copying forty codes by hand takes longer than a step-up lasts.
    """
    form = NewSheetForm.from_request()
    if not form.is_sent_and_valid():
        return _sheet_page(form, status=422)
    viewer = current_viewer()
    bucket = charged(viewer)
    try:
        with transaction() as session:
            require_session(session, session_id=viewer.session_id, at=now())
            factors.finish_sheet(
                session, keys=current_keys(), change=this_change(), code=form.code.data
            )
            budget.refund(session, bucket=bucket)
    except NotFoundError:
        # Sent twice: the first did it.
        return redirect_to(url_for("factors.list_factors"))
    except CredentialsRefusedError:
        security_event("code refused", account=viewer.id)
        form.refuse("code", sheet_refusal())
        return _sheet_page(form, status=422)
    security_event("paper sheet added", account=viewer.id)
    return redirect_to(url_for("factors.list_factors", sheet_added=1))


@bp.get("/<uuid:sheet_id>/remove")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def confirm_removal(sheet_id: UUID) -> Response:
    return _removal_page(sheet_id)


@bp.post("/<uuid:sheet_id>/remove")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def remove_sheet(sheet_id: UUID) -> Response:
    try:
        with transaction() as session:
            factors.remove_sheet(
                session, keys=current_keys(), change=this_change(), sheet_id=sheet_id
            )
    except LastFactorError:
        return _removal_page(sheet_id, status=422)
    security_event("paper sheet removed", account=current_viewer().id)
    return redirect_to(url_for("factors.list_factors", sheet_removed=1))


@bp.get("/running-out")
@requires(Permission.ACCOUNT_OWN)
def show_running_out() -> Response:
    """After signing in with one of the last codes; put off once until very few are left."""
    sheet = _sheet_in_use()
    later = request.cookies.get(cookie_name(current_app, LATER_COOKIE), "")
    if sheet is None or sheet.codes_left > paper_sheets.RUNS_OUT_AT:
        return redirect_to(next_path())
    can_wait = sheet.codes_left > paper_sheets.CANNOT_WAIT_AT
    if can_wait and later == str(sheet.id):
        return redirect_to(next_path())
    return page(
        "account/factors_sheet_runs_out.html",
        codes_left=sheet.codes_left,
        can_wait=can_wait,
        next_path=next_path(),
    )


@bp.post("/running-out")
@requires(Permission.ACCOUNT_OWN)
def put_off() -> Response:
    sheet, response = _sheet_in_use(), redirect_to(next_path())
    if sheet is not None:
        set_cookie(current_app, response, LATER_COOKIE, str(sheet.id), max_age=LATER_LASTS)
    return response


def _sheet_in_use() -> Sheet | None:
    sheet, _codes_left = factors.on_paper(current_session(), user_id=current_viewer().id)
    return sheet


def _removal_page(sheet_id: UUID, *, status: int = 200) -> Response:
    found = factors.factors_of(current_session(), user_id=current_viewer().id)
    if found.sheet is None or found.sheet.id != sheet_id:
        raise NotFoundError
    return page(
        "account/factors_remove.html",
        status=status,
        name="",
        is_last=found.is_last(sheet_id),
        action=url_for("paper_sheets.remove_sheet", sheet_id=sheet_id),
    )


def _sheet_page(form: NewSheetForm, *, status: int = 200) -> Response:
    """The codes are shown only within a step-up; without, the form takes code n° 1 all the same."""
    viewer = current_viewer()
    sheet = paper_sheets.pending_sheet(current_session(), viewer.id)
    if sheet is None:
        return redirect_to(url_for("paper_sheets.prepare_sheet"))
    codes = paper_sheets.codes_of(sheet, keys=current_keys()) if is_stepped_up(viewer) else []
    return page(
        "account/factors_sheet.html",
        status=status,
        form=form,
        codes=codes,
        made_at=sheet.created_at,
        time_zone=reader_time_zone(),
    )
