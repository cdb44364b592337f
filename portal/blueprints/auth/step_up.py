"""A second factor again, before a sensitive act: it opens such acts for five minutes."""

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, is_stepped_up, requires
from portal.access.permissions import Permission
from portal.access.sessions import require_session, step_up
from portal.blueprints.auth.asking import question_for
from portal.blueprints.auth.browser import bucket_for, go_on, refusal_of
from portal.blueprints.auth.forms import StepUpForm
from portal.clock import now
from portal.db import transaction
from portal.errors import CredentialsRefusedError
from portal.identity import authentication, budget
from portal.identity.authentication import Method
from portal.models.account import User
from portal.web.installed import current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, redirect_to, safe_next

bp = Blueprint("step_up", __name__)
ALLOWED = frozenset({Method.APP, Method.SHEET})
"""Recovery codes are for coming back, once; what is sensitive waits for a real factor."""


@bp.get("/sign-in/confirm")
@requires(Permission.ACCOUNT_OWN)
def confirm() -> Response:
    next_path = safe_next(request.args.get("next", ""))
    if not is_stepped_up(current_viewer()):
        return _confirm_page(StepUpForm.from_request(next=next_path))
    return redirect_to(next_path) if next_path else page("auth/stepped_up.html")


@bp.post("/sign-in/confirm")
@requires(Permission.ACCOUNT_OWN)
@limit_failures
def check_confirmation() -> Response:
    viewer, at = current_viewer(), now()
    form = StepUpForm.from_request()
    if not form.is_sent_and_valid():
        return _confirm_page(form, status=422)
    with transaction() as session:
        bucket = bucket_for(viewer.sign_in_name)
        budget.charge(session, bucket=bucket, at=at)
    try:
        with transaction() as session:
            require_session(session, session_id=viewer.session_id, at=at)
            user = authentication.locked(session, session.get_one(User, viewer.id))
            authentication.accept_factor(
                session, keys=current_keys(), user=user, code=form.code.data, at=at, allowed=ALLOWED
            )
            budget.refund(session, bucket=bucket)
            token = step_up(session, session_id=viewer.session_id, at=at)
    except CredentialsRefusedError as error:
        security_event("step-up refused", account=viewer.id)
        form.refuse("code", refusal_of(error, form.asked))
        return _confirm_page(form, status=422)
    return go_on(token, next_path=form.next.data or "")


def _confirm_page(form: StepUpForm, *, status: int = 200) -> Response:
    chosen = request.form.get("method") or request.args.get("method", "")
    next_path = safe_next(form.next.data or "")
    return page(
        "auth/step_up.html",
        status=status,
        form=form,
        question=question_for(current_viewer().id, chosen=chosen, with_recovery=False),
        next_path=next_path,
        back_url=url_for("account.show_account"),
    )
