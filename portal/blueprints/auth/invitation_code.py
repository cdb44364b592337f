"""Opening an invitation by the short code of a printed sheet."""

from flask import Blueprint, Response, current_app, request, url_for

from portal.access.guard import public
from portal.access.sessions import clear_cookie, cookie_name, set_cookie
from portal.blueprints.auth.forms import SheetCodeForm
from portal.blueprints.auth.invitation import refuse_invitation
from portal.blueprints.auth.invited import INVITATION_COOKIE_LASTS, Door, receive, take
from portal.db import current_session
from portal.errors import InvitationError
from portal.identity import short_codes
from portal.web.i18n import gettext
from portal.web.limits import limit_failures
from portal.web.page import page, redirect_to

bp = Blueprint("invitation_code", __name__, url_prefix="/invitation")
bp.register_error_handler(InvitationError, refuse_invitation)


@bp.get("/code")
@public
def enter() -> Response:
    return page("auth/invitation_code.html", form=SheetCodeForm.from_request())


@bp.post("/code")
@public
@limit_failures
def check() -> Response:
    form = SheetCodeForm.from_request()
    if not form.is_sent_and_valid():
        return page("auth/invitation_code.html", status=422, form=form)
    try:
        Door(code=form.code.data).invitation(current_session())
    except InvitationError:
        # The same sentence for a wrong code and for one that is over.
        form.refuse("code", gettext("This code does not open anything. Compare it with the sheet"))
        return page("auth/invitation_code.html", status=422, form=form)
    response = redirect_to(url_for("invitation_code.open_sheet"))
    code = short_codes.plain(form.code.data)
    set_cookie(current_app, response, "sheet", code, max_age=INVITATION_COOKIE_LASTS)
    # One of the two at a time: signing in comes back to the last that was opened.
    clear_cookie(current_app, response, "invitation")
    return response


@bp.get("/sheet")
@public
@limit_failures
def open_sheet() -> Response:
    """The code stands in a cookie, not in the address; it is judged again at each step."""
    code = _code_typed_before()
    return receive(Door(code=code)) if code else redirect_to(url_for("invitation_code.enter"))


@bp.post("/sheet")
@public
@limit_failures
def accept_sheet() -> Response:
    code = _code_typed_before()
    return take(Door(code=code)) if code else redirect_to(url_for("invitation_code.enter"))


def _code_typed_before() -> str:
    return request.cookies.get(cookie_name(current_app, "sheet"), "")
