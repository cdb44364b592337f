"""Opening an invitation by its link, or again after signing in."""

from flask import Response, current_app, request, url_for

from portal.access.guard import public
from portal.access.sessions import clear_cookie, cookie_name
from portal.blueprints.auth.invited import Door, receive, take
from portal.blueprints.auth.routes import bp
from portal.errors import InvitationError
from portal.web.limits import limit_failures
from portal.web.page import page, redirect_to

__all__ = ["bp"]


@bp.get("/invitation/<token>")
@public
def open_invitation(token: str) -> Response:
    return receive(Door(token=token))


@bp.post("/invitation/<token>")
@public
@limit_failures
def accept_invitation(token: str) -> Response:
    return take(Door(token=token))


@bp.get("/invitation")
@public
def resume_invitation() -> Response:
    """After signing in: the invitation that this browser opened before."""
    token = request.cookies.get(cookie_name(current_app, "invitation"), "")
    if not token and cookie_name(current_app, "sheet") in request.cookies:
        return redirect_to(url_for("invitation_code.open_sheet"))
    location = url_for("auth.open_invitation", token=token) if token else url_for("home.go_home")
    response = redirect_to(location)
    clear_cookie(current_app, response, "invitation")
    return response


def refuse_invitation(error: InvitationError) -> Response:
    """One face for unknown, expired and used: a guess learns nothing."""
    return page("auth/invitation_refused.html", status=404, reason=error.reason)


bp.register_error_handler(InvitationError, refuse_invitation)
