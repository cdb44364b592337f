"""What protects one's account: the list, and the recovery codes."""

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session, transaction
from portal.identity import factors, paper_sheets
from portal.identity.factors import Change
from portal.identity.queries import DEMO_DEVICE
from portal.web.installed import current_keys, is_demo
from portal.web.logs import security_event
from portal.web.page import page, redirect_to, safe_next
from portal.web.time_zones import reader_time_zone

bp = Blueprint("factors", __name__, url_prefix="/account/security")
_DONE = ("app_added", "app_renamed", "app_removed", "sheet_added", "sheet_removed", "codes_renewed")


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def list_factors() -> Response:
    return page(
        "account/factors.html",
        factors=factors.factors_of(current_session(), user_id=current_viewer().id),
        # Under another name its codes would no longer be shown to the next visitor of the demo.
        kept_name=DEMO_DEVICE if is_demo() else None,
        done=next((word for word in _DONE if word in request.args), ""),
        runs_out_at=paper_sheets.RUNS_OUT_AT,
        time_zone=reader_time_zone(),
    )


@bp.get("/recovery-codes")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def confirm_renewal() -> Response:
    _sheet, codes_left = factors.on_paper(current_session(), user_id=current_viewer().id)
    return page("account/factors_recovery_codes.html", codes_left=codes_left)


@bp.post("/recovery-codes")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def renew_recovery_codes() -> Response:
    viewer = current_viewer()
    with transaction() as session:
        factors.renew_recovery_codes(
            session, keys=current_keys(), change=this_change(), session_id=viewer.session_id
        )
    security_event("recovery codes renewed", account=viewer.id)
    landing = url_for("factors.list_factors", codes_renewed=1)
    return redirect_to(url_for("auth.show_recovery_codes", next=landing))


@bp.get("/after-recovery")
@requires(Permission.ACCOUNT_OWN)
def after_recovery() -> Response:
    """After signing in with a recovery code: how many are left, and whether the phone is lost."""
    found = factors.factors_of(current_session(), user_id=current_viewer().id)
    return page("account/factors_after_recovery.html", factors=found, next_path=next_path())


def this_change() -> Change:
    """What the reader of this request does to their own account, now."""
    return Change(current_viewer().id, now(), request.user_agent.string)


def next_path() -> str:
    """Where they were going, of this portal only; else home."""
    return safe_next(request.values.get("next", "")) or url_for("home.go_home")
