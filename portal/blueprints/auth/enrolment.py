"""The first factor: an app, a sheet of codes, or a passkey (which has its own views)."""

from dataclasses import dataclass

from flask import Response, request, url_for

from portal.access.guard import current_viewer, public, requires
from portal.access.permissions import Permission
from portal.blueprints.auth.browser import (
    current_challenge,
    enter,
    refusal_of,
    this_browser,
)
from portal.blueprints.auth.forms import CodeForm
from portal.blueprints.auth.invitation import bp
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import CredentialsRefusedError, InvitationError
from portal.identity import (
    authentication,
    budget,
    enrolment,
    factors,
    paper_sheets,
    queries,
    recovery_codes,
    totp,
)
from portal.identity.authentication import Browser, Method
from portal.identity.enrolment import Occasion
from portal.models.account import User, UserSession
from portal.models.credential import PaperSheet, SignInChallenge, TotpDevice
from portal.web.installed import current_config, current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, redirect_to, safe_next
from portal.web.passkeys import has_passkeys
from portal.web.time_zones import reader_time_zone

# The last of the modules that fill this blueprint: `routes`, `invitation`, this one.
__all__ = ["bp"]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who enrols in this browser, why, and what was begun."""

    challenge: SignInChallenge
    user: User
    occasion: Occasion
    device: TotpDevice | None
    sheet: PaperSheet | None


@bp.get("/enrolment")
@public
def enrol() -> Response:
    found = _current_enrolment()
    if found is None:
        return _too_late()
    return _enrolment_page(CodeForm.from_request(), found, request.args.get("method", ""))


@bp.post("/enrolment/sheet")
@public
def begin_sheet() -> Response:
    """Asked for by a button: whoever only reads the page makes no codes."""
    found = _current_enrolment()
    end_reading()
    if found is None:
        return _too_late()
    with transaction() as session:
        enrolment.begin_sheet(session, keys=current_keys(), user=found.user, at=now())
    return redirect_to(url_for("auth.enrol", method=Method.SHEET))


@bp.post("/enrolment")
@public
@limit_failures
def finish_enrolment() -> Response:
    found = _current_enrolment()
    end_reading()
    if found is None:
        return _too_late()
    form, at, browser = CodeForm.from_request(), now(), this_browser()
    if not form.is_sent_and_valid():
        return _enrolment_page(form, found, form.asked, status=422)
    with transaction() as session:
        # Their own: strangers who spend the budget of sign-in must not close this way too.
        bucket = budget.bucket_of_link(keys=current_keys(), user_id=found.user.id)
        budget.charge(session, bucket=bucket, at=at)
    try:
        with transaction() as session:
            token = _finished(form, found, browser)
            budget.refund(session, bucket=bucket)
            authentication.end_challenge(session, challenge=found.challenge, at=at)
    except CredentialsRefusedError as error:
        security_event("code refused", account=found.user.id)
        form.refuse("code", refusal_of(error, form.asked))
        return _enrolment_page(form, _current_enrolment() or found, form.asked, status=422)
    return enter(token, browser, next_path=found.challenge.next_path)


@bp.get("/recovery-codes")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_recovery_codes() -> Response:
    """Shown until the reader says that they are kept, then never."""
    next_path = safe_next(request.args.get("next", ""))
    row = current_session().get(UserSession, current_viewer().session_id)
    codes = recovery_codes.codes_to_note(row, keys=current_keys()) if row is not None else []
    if not codes:
        return redirect_to(next_path or url_for("home.go_home"))
    return _recovery_codes_page(codes, next_path)


@bp.post("/recovery-codes")
@requires(Permission.ACCOUNT_OWN)
def note_recovery_codes() -> Response:
    with transaction() as session:
        row = session.get(UserSession, current_viewer().session_id)
        if row is not None:
            row.recovery_codes_sealed = None
            session.add(row)
    return redirect_to(safe_next(request.form.get("next", "")) or url_for("home.go_home"))


def _recovery_codes_page(codes: list[str], next_path: str) -> Response:
    session, user_id = current_session(), current_viewer().id
    found = factors.factors_of(session, user_id=user_id)
    is_renewal = next_path.startswith(url_for("factors.list_factors"))
    return page(
        "auth/recovery_codes.html",
        codes=codes,
        next_path=next_path,
        # Whoever has a passkey alone needs neither password nor code; a renewal made nothing ready.
        is_ready=bool(found.apps or found.sheet) and not is_renewal,
        made_at=recovery_codes.made_at(session, user_id=user_id) or now(),
        time_zone=reader_time_zone(),
    )


def _finished(form: CodeForm, found: Enrolment, browser: Browser) -> str:
    """The token of the session. Raises `CredentialsRefusedError`, also for what was not begun."""
    session, keys, at, code = current_session(), current_keys(), now(), form.code.data or ""
    user, occasion = found.user, found.occasion
    if form.asked is Method.SHEET:
        sheet = paper_sheets.pending_sheet(session, user.id)
        if sheet is None:
            raise CredentialsRefusedError
        return enrolment.finish_with_sheet(
            session,
            keys=keys,
            user=user,
            sheet=sheet,
            occasion=occasion,
            code=code,
            browser=browser,
            at=at,
        )
    if found.device is None:
        raise CredentialsRefusedError
    return enrolment.finish(
        session,
        keys=keys,
        user=user,
        device=found.device,
        occasion=occasion,
        code=code,
        browser=browser,
        at=at,
    )


def _current_enrolment() -> Enrolment | None:
    """What the challenge in the cookie opens; an ordinary sign-in never opens this.

    Raises `InvitationError` when the invitation was used or withdrawn meanwhile.
    """
    challenge = current_challenge()
    if challenge is None:
        return None
    session = current_session()
    user = session.get(User, challenge.user_id)
    occasion = enrolment.occasion_of(session, challenge)
    if user is None or occasion is None:
        return None
    if not enrolment.is_open(user, occasion):
        raise InvitationError("used")
    device = queries.pending_device(session, user.id)
    sheet = paper_sheets.pending_sheet(session, user.id)
    return Enrolment(challenge, user, occasion, device, sheet)


def _too_late() -> Response:
    return redirect_to(url_for("auth.sign_in", too_late=1))


def _enrolment_page(
    form: CodeForm, found: Enrolment, method: str, *, status: int = 200
) -> Response:
    again = found.occasion.reproofing is not None
    if method == Method.APP and found.device is not None:
        return _app_page(form, found.user, found.device, again=again, status=status)
    if method == Method.SHEET:
        codes = paper_sheets.codes_of(found.sheet, keys=current_keys()) if found.sheet else []
        return page(
            "auth/enrolment_sheet.html",
            status=status,
            form=form,
            codes=codes,
            again=again,
            made_at=found.sheet.created_at if found.sheet else None,
            time_zone=current_config().time_zone,
        )
    return page("auth/enrolment.html", again=again, has_passkeys=has_passkeys())


def _app_page(
    form: CodeForm, user: User, device: TotpDevice, *, again: bool, status: int
) -> Response:
    secret = totp.secret_of(device, keys=current_keys())
    uri = totp.provisioning_uri(secret, account=user.sign_in_name)
    return page(
        "auth/enrolment_app.html",
        status=status,
        form=form,
        again=again,
        secret=secret,
        uri=uri,
        qr=totp.qr_svg(uri),
    )
