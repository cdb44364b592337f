"""The links of an e-mail change: confirm from the new mailbox, stop from the old one."""

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, public, requires, signed_in_viewer
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import EmailTakenError, LinkRefusedError
from portal.identity import email_changes
from portal.web.installed import current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, redirect_to

bp = Blueprint("email_change", __name__, url_prefix="/email-change")


@bp.get("/<token>")
@public
def open_link(token: str) -> Response:
    """Reading it changes nothing: programs that check mails open every link."""
    change = email_changes.change_of_link(current_session(), token=token, at=now())
    viewer = signed_in_viewer()
    state = "signed_out"
    if viewer is not None:
        state = "ready" if viewer.id == change.user_id else "other_account"
    # The new address is shown to its account only.
    shown = change.new_email if state == "ready" else ""
    return page("auth/email_change.html", state=state, new_email=shown, here=request.path)


@bp.post("/<token>")
@requires(Permission.ACCOUNT_OWN)
def confirm(token: str) -> Response:
    """The link proves the mailbox, the session proves the account: both are needed."""
    viewer = current_viewer()
    with transaction() as session:
        email_changes.confirm(
            session,
            keys=current_keys(),
            user_id=viewer.id,
            token=token,
            user_agent=request.user_agent.string,
            at=now(),
        )
    security_event("e-mail changed", account=viewer.id)
    return redirect_to(url_for("account.show_account", done="email"))


@bp.get("/stop/<token>")
@public
def ask_to_stop(token: str) -> Response:
    if not email_changes.can_be_stopped(current_session(), token=token, at=now()):
        raise LinkRefusedError
    return page("auth/email_change_stop.html", is_stopped=False)


@bp.post("/stop/<token>")
@public
@limit_failures
def stop(token: str) -> Response:
    """The old mailbox alone stops it: whoever took the session over cannot be waited for."""
    end_reading()
    with transaction() as session:
        email_changes.stop(
            session,
            keys=current_keys(),
            token=token,
            user_agent=request.user_agent.string,
            at=now(),
        )
    security_event("e-mail change stopped")
    return redirect_to(url_for("email_change.show_stopped"))


@bp.get("/stopped")
@public
def show_stopped() -> Response:
    return page("auth/email_change_stop.html", is_stopped=True)


@bp.errorhandler(LinkRefusedError)
def refuse_link(_error: LinkRefusedError) -> Response:
    """One face for unknown, used, stopped and expired: a guess learns nothing."""
    return page("auth/email_change_refused.html", status=404, reason="over")


@bp.errorhandler(EmailTakenError)
def refuse_address(_error: EmailTakenError) -> Response:
    return page("auth/email_change_refused.html", status=409, reason="taken")
