"""The owner's side of a way back: use it once the delay is over, or stop it."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, current_app, request, url_for
from sqlmodel import Session
from wtforms import StringField
from wtforms.validators import DataRequired

from portal.access.guard import current_viewer, public, requires
from portal.access.permissions import Permission
from portal.access.sessions import cookie_name, set_cookie
from portal.blueprints.auth.browser import current_challenge
from portal.blueprints.auth.enrolment import bp as auth
from portal.blueprints.auth.passkey import bp as passkey
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import ReproofingError
from portal.identity import (
    addresses,
    enrolment,
    passwords,
    reproofing,
    reproofing_requests,
    short_codes,
)
from portal.identity.enrolment import Occasion
from portal.models.account import User
from portal.models.credential import Reproofing
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import gettext
from portal.web.i18n import lazy_gettext as _l
from portal.web.installed import current_config, current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.new_password import NewPasswordForm, is_strong
from portal.web.page import page, redirect_to

bp = Blueprint("renewal", __name__, url_prefix="/renewal")
Find = Callable[[Session, datetime], Reproofing]
"""The request that a link, or the code typed before, stands for; raises `ReproofingError`."""


class CodeForm(PortalForm):
    name = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write what you sign in with")),
            AtMost(254, _l("This name is too long")),
        ],
    )
    code = StringField(
        filters=[stripped],
        validators=[DataRequired(_l("Write the code")), AtMost(40, _l("This code is too long"))],
    )


@bp.get("/code")
@public
def enter_code() -> Response:
    return page("auth/renewal_code.html", form=CodeForm.from_request())


@bp.post("/code")
@public
@limit_failures
def check_code() -> Response:
    form = CodeForm.from_request()
    if not form.is_sent_and_valid() or not _is_whole(form):
        return page("auth/renewal_code.html", form=form, status=422)
    keys, at = current_keys(), now()
    name, code = addresses.fold(form.name.data), short_codes.plain(form.code.data)
    try:
        found = reproofing.request_of_code(
            current_session(), keys=keys, name=name, code=code, at=at
        )
    except ReproofingError:
        form.refuse("code", _wrong_code())
        return page("auth/renewal_code.html", form=form, status=422)
    response = redirect_to(url_for("renewal.resume_renewal"))
    ticket = reproofing.ticket_of(found, keys=keys, at=at)
    set_cookie(current_app, response, "renewal", ticket, max_age=reproofing.TICKET_LASTS)
    return response


@bp.get("")
@public
def resume_renewal() -> Response:
    return _renewal_page(_by_ticket)


@bp.post("")
@public
@limit_failures
def renew_by_code() -> Response:
    return _renew(_by_ticket)


@bp.get("/<token>")
@public
@limit_failures
def open_renewal(token: str) -> Response:
    return _renewal_page(_by_link(token))


@bp.post("/<token>")
@public
@limit_failures
def renew_by_link(token: str) -> Response:
    return _renew(_by_link(token))


@bp.get("/stop/<token>")
@public
@limit_failures
def ask_to_stop(token: str) -> Response:
    """A page with a button: a mail filter that opens links stops nothing."""
    reproofing_requests.request_to_stop(current_session(), token=token, at=now())
    return page("auth/renewal_stop.html")


@bp.post("/stop/<token>")
@public
@limit_failures
def stop_by_link(token: str) -> Response:
    end_reading()
    with transaction() as session:
        reproofing_requests.cancel_by_link(session, keys=current_keys(), token=token, at=now())
    security_event("re-proofing stopped by link")
    return redirect_to(url_for("renewal.show_stopped"))


@bp.post("/stop")
@requires(Permission.ACCOUNT_OWN)
def stop_own() -> Response:
    """From the banner: one tap, whenever the second factor was last shown."""
    viewer = current_viewer()
    with transaction() as session:
        reproofing_requests.cancel_own(session, keys=current_keys(), user_id=viewer.id, at=now())
    security_event("re-proofing stopped by its owner", account=viewer.id)
    return redirect_to(url_for("renewal.show_stopped"))


@bp.get("/stopped")
@public
def show_stopped() -> Response:
    return page("auth/renewal_stopped.html")


def refuse_renewal(_error: ReproofingError) -> Response:
    """One face for unknown, expired, cancelled and used: a guess learns nothing."""
    is_stop = request.endpoint in ("renewal.ask_to_stop", "renewal.stop_by_link")
    return page("auth/renewal_refused.html", status=404, is_stop=is_stop)


bp.register_error_handler(ReproofingError, refuse_renewal)
# The fresh factor is confirmed on the page of enrolment, or by a passkey.
auth.register_error_handler(ReproofingError, refuse_renewal)
passkey.register_error_handler(ReproofingError, refuse_renewal)


def _by_link(token: str) -> Find:
    return lambda session, at: reproofing.request_of_token(session, token=token, at=at)


def _by_ticket(session: Session, at: datetime) -> Reproofing:
    ticket = request.cookies.get(cookie_name(current_app, "renewal"), "")
    return reproofing.request_of_ticket(session, keys=current_keys(), ticket=ticket, at=at)


def _renewal_page(find: Find) -> Response:
    found = find(current_session(), now())
    user = current_session().get_one(User, found.user_id)
    if not reproofing.is_ready(found, now()):
        return _waiting_page(found, user)
    return _password_page(NewPasswordForm.from_request(), user)


def _renew(find: Find) -> Response:
    found = find(current_session(), now())
    user = current_session().get_one(User, found.user_id)
    end_reading()
    if not reproofing.is_ready(found, now()):
        return _waiting_page(found, user)
    form = NewPasswordForm.from_request()
    if not form.is_sent_and_valid() or not _is_hard_to_guess(form, user):
        return _password_page(form, user, status=422)
    password_hash = passwords.hash_password(form.password.data)
    with transaction() as session:
        token = _begin(session, find(session, now()), password_hash)
    security_event("renewal begun", account=user.id)
    response = redirect_to(url_for("auth.enrol"))
    set_cookie(current_app, response, "challenge", token)
    return response


def _begin(session: Session, found: Reproofing, password_hash: str) -> str:
    """The password waits with the request; the token opens the page of the fresh factor."""
    at, challenge = now(), current_challenge()
    reproofing.choose_password(session, request=found, password_hash=password_hash, at=at)
    return enrolment.begin(
        session,
        keys=current_keys(),
        user=session.get_one(User, found.user_id),
        occasion=Occasion(reproofing=found),
        is_same_browser=bool(challenge and challenge.reproofing_id == found.id),
        at=at,
    )


def _is_whole(form: CodeForm) -> bool:
    if short_codes.is_whole(short_codes.plain(form.code.data or "")):
        return True
    form.refuse("code", gettext("This code has 10 letters and digits. Copy it from the sheet"))
    return False


def _wrong_code() -> str:
    return gettext(
        "This name and this code do not open anything. Check both on your sheet, or call your "
        "coordinator"
    )


def _is_hard_to_guess(form: NewPasswordForm, user: User) -> bool:
    personal = [user.email, user.username, user.given_name, user.family_name]
    return is_strong(form, form.password, personal=personal)


def _waiting_page(found: Reproofing, user: User) -> Response:
    return page(
        "auth/renewal_waiting.html",
        ready_at=found.ready_at,
        time_zone=user.time_zone or current_config().time_zone,
    )


def _password_page(form: NewPasswordForm, user: User, *, status: int = 200) -> Response:
    return page(
        "auth/renewal.html",
        status=status,
        form=form,
        name=user.sign_in_name,
        min_length=passwords.MIN_LENGTH,
    )
