"""Sign-in and sign-out."""

from flask import Blueprint, Response, current_app, g, request, url_for
from flask_login import logout_user

from portal.access.guard import current_viewer, public, requires, signed_in_viewer
from portal.access.permissions import Permission
from portal.access.sessions import clear_cookie, end_session, set_cookie
from portal.blueprints.auth.asking import question_for
from portal.blueprints.auth.browser import (
    begin_again,
    bucket_for,
    current_challenge,
    enter,
    refusal_of,
    this_browser,
)
from portal.blueprints.auth.forms import CodeForm, SignInForm
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import CredentialsRefusedError
from portal.identity import authentication, budget, factors, paper_sheets, passwords, queries
from portal.identity.addresses import fold
from portal.identity.authentication import Method
from portal.models.account import User
from portal.models.credential import SignInChallenge
from portal.web.i18n import gettext
from portal.web.installed import current_keys, is_demo
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, redirect_to, safe_next

bp = Blueprint("auth", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> Response:
    next_path = safe_next(request.args.get("next", ""))
    if signed_in_viewer() is not None:
        return redirect_to(next_path or url_for("home.go_home"))
    return _sign_in_page(SignInForm.from_request(next=next_path))


@bp.post("/sign-in")
@public
@limit_failures
def check_password() -> Response:
    form = SignInForm.from_request()
    if not form.is_sent_and_valid():
        return _sign_in_page(form, status=422)
    at, name = now(), fold(form.email.data)
    with transaction() as session:
        bucket = bucket_for(name)
        # Counted before the slow hash, so that parallel attempts share one budget.
        budget.charge(session, bucket=bucket, at=at)
    user = queries.user_named(current_session(), name)
    end_reading()
    known = user if user is not None and queries.can_sign_in(user) else None
    is_right = passwords.verify_password(known.password_hash if known else None, form.password.data)
    if known is None or not is_right:
        security_event("password refused", account=known.id if known else None)
        form.refuse("email", gettext("The address, the user name or the password is wrong"))
        return _sign_in_page(form, status=422)
    return _begin_second_step(form, known, bucket)


def _begin_second_step(form: SignInForm, user: User, bucket: budget.Bucket) -> Response:
    password = form.password.data or ""
    # Hashed before the transaction: nobody waits for it.
    is_old = passwords.needs_rehash(user.password_hash)
    renewed_hash = passwords.hash_password(password) if is_old else None
    with transaction() as session:
        token = authentication.pass_password(
            session,
            user=user,
            renewed_hash=renewed_hash,
            bucket=bucket,
            next_path=safe_next(form.next.data or ""),
            at=now(),
        )
    response = redirect_to(url_for("auth.enter_code"))
    set_cookie(current_app, response, "challenge", token)
    return response


@bp.get("/sign-in/code")
@public
def enter_code() -> Response:
    challenge = _second_step()
    if challenge is None:
        return begin_again()
    return _code_page(CodeForm.from_request(), challenge)


@bp.post("/sign-in/code")
@public
@limit_failures
def check_code() -> Response:
    challenge = _second_step()
    user = current_session().get(User, challenge.user_id) if challenge else None
    end_reading()
    if challenge is None or user is None or not queries.can_sign_in(user):
        return begin_again()
    form = CodeForm.from_request()
    if not form.is_sent_and_valid():
        return _code_page(form, challenge, status=422)
    at = now()
    with transaction() as session:
        bucket = bucket_for(user.sign_in_name)
        budget.charge(session, bucket=bucket, at=at)
    browser = this_browser()
    try:
        with transaction() as session:
            token = authentication.pass_code(
                session, keys=current_keys(), user=user, code=form.code.data, browser=browser, at=at
            )
            budget.refund(session, bucket=bucket)
            authentication.end_challenge(session, challenge=challenge, at=at)
    except CredentialsRefusedError as error:
        security_event("code refused", account=user.id)
        form.refuse("code", refusal_of(error, form.asked))
        return _code_page(form, challenge, status=422)
    method = authentication.method_of(form.code.data)
    return enter(token, browser, next_path=_first_page(method, user, challenge.next_path))


@bp.route("/sign-out", methods=["GET"])
@public
def confirm_sign_out() -> Response:
    if signed_in_viewer() is None:
        return redirect_to(url_for("auth.sign_in"))
    return page("auth/sign_out.html")


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    viewer = signed_in_viewer()
    end_reading()
    if viewer is not None:
        with transaction() as session:
            end_session(session, session_id=viewer.session_id, at=now())
        security_event("signed out", account=viewer.id)
    g.is_passive = True
    logout_user()
    response = redirect_to(url_for("auth.sign_in", signed_out=1))
    clear_cookie(current_app, response, "sid")
    clear_cookie(current_app, response, "challenge")
    return response


@bp.get("/session")
@public
def session_state() -> Response:
    """204 while the reader of that page is signed in, 401 after; asking prolongs nothing.

    On a shared device somebody else may have signed in since: the page is not theirs.
    """
    g.is_passive = True
    viewer = signed_in_viewer()
    reader = request.args.get("reader")
    is_same = viewer is not None and reader in (None, str(viewer.id))
    return Response(status=204 if is_same else 401)


@bp.post("/session/stay")
@requires(Permission.ACCOUNT_OWN)
def stay_signed_in() -> Response:
    current_viewer()
    return Response(status=204)


def _second_step() -> SignInChallenge | None:
    """The challenge of a right password; one of an enrolment opens its own page only."""
    challenge = current_challenge()
    if challenge is None or challenge.invitation_id or challenge.reproofing_id:
        return None
    return challenge


def _sign_in_page(form: SignInForm, *, status: int = 200) -> Response:
    personas = queries.personas(current_session()) if is_demo() else []
    return page(
        "auth/sign_in.html",
        status=status,
        form=form,
        personas=personas,
        is_signed_out="signed_out" in request.args,
        is_too_late="too_late" in request.args,
    )


def _code_page(form: CodeForm, challenge: SignInChallenge, *, status: int = 200) -> Response:
    if challenge.invitation_id is not None or challenge.reproofing_id is not None:
        return redirect_to(url_for("auth.enrol"))
    chosen = request.form.get("method") or request.args.get("method", "")
    return page(
        "auth/code.html",
        status=status,
        form=form,
        question=question_for(challenge.user_id, chosen=chosen, with_recovery=True),
        next_path="",
    )


def _first_page(method: Method, user: User, next_path: str) -> str:
    """Where they were going, after what the code that was used calls for."""
    wanted = safe_next(next_path) or None
    if method is Method.RECOVERY:
        return url_for("factors.after_recovery", next=wanted)
    if method is Method.SHEET:
        sheet, _codes_left = factors.on_paper(current_session(), user_id=user.id)
        if sheet is not None and sheet.codes_left <= paper_sheets.RUNS_OUT_AT:
            return url_for("paper_sheets.show_running_out", next=wanted)
    return next_path
