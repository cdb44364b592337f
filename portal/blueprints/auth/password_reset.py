"""A forgotten password: asked with an address, chosen with the mailed link and a second factor."""

from collections.abc import Iterator

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session
from wtforms import Field, StringField
from wtforms.validators import DataRequired

from portal.access.guard import is_stepped_up, public, signed_in_viewer
from portal.blueprints.auth.asking import question_for
from portal.blueprints.auth.browser import enter, refusal_of, this_browser
from portal.blueprints.auth.forms import CodeForm
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import CredentialsRefusedError, LinkRefusedError
from portal.identity import authentication, budget, password_resets, passwords
from portal.identity.addresses import fold
from portal.identity.authentication import Method
from portal.models.account import User
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.installed import current_keys, mail_leaves
from portal.web.limits import limit_failures, limit_tries
from portal.web.logs import security_event
from portal.web.new_password import NewPasswordForm, is_strong
from portal.web.page import page, redirect_to

bp = Blueprint("password_reset", __name__, url_prefix="/password-reset")


class AskForm(PortalForm):
    email = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write your e-mail address or your user name")),
            AtMost(254, _l("This name is too long")),
        ],
    )


class ResetForm(CodeForm, NewPasswordForm):
    """Password and second factor, in one go: neither is sent back to the page."""

    def __iter__(self) -> Iterator[Field]:
        """As they stand on the page: the password first."""
        return iter(sorted(super().__iter__(), key=lambda field: field.name != "password"))


@bp.get("")
@public
def ask() -> Response:
    return _ask_page(AskForm.from_request())


@bp.post("")
@public
@limit_tries
def send_link() -> Response:
    """The same answer, after the same work, whether the account exists or not."""
    form = AskForm.from_request()
    if not form.is_sent_and_valid():
        return _ask_page(form, status=422)
    end_reading()
    with transaction() as session:
        password_resets.ask(
            session,
            keys=current_keys(),
            name=fold(form.email.data),
            user_agent=request.user_agent.string,
            at=now(),
        )
    return redirect_to(url_for("password_reset.show_sent"))


@bp.get("/sent")
@public
def show_sent() -> Response:
    return page("auth/password_reset_sent.html")


@bp.get("/<token>")
@public
def open_link(token: str) -> Response:
    user = password_resets.user_of_link(current_session(), token=token, at=now())
    return _reset_page(_form_for(user), user)


@bp.post("/<token>")
@public
@limit_failures
def set_password(token: str) -> Response:
    """The mail alone opens nothing: the second factor is used up in the same transaction."""
    user = password_resets.user_of_link(current_session(), token=token, at=now())
    form = _form_for(user)
    end_reading()
    personal = [user.email, user.username, user.given_name, user.family_name]
    # Strength first: no code is used up for a password that cannot be taken.
    if not form.is_sent_and_valid() or not is_strong(form, form.password, personal=personal):
        return _reset_page(form, user, status=422)
    browser = this_browser()
    with transaction() as session:
        # Their own: strangers who spend the budget of sign-in must not close this way too.
        bucket = budget.bucket_of_link(keys=current_keys(), user_id=user.id)
        budget.charge(session, bucket=bucket, at=now())
    password_hash = passwords.hash_password(form.password.data or "")
    try:
        with transaction() as session:
            session_token = _take(session, form, user, token, password_hash, browser)
            budget.refund(session, bucket=bucket)
    except CredentialsRefusedError as error:
        security_event("code refused", account=user.id)
        asked = form.asked if isinstance(form, ResetForm) else Method.APP
        form.refuse("code", refusal_of(error, asked))
        return _reset_page(form, user, status=422)
    security_event("password reset", account=user.id)
    landing = url_for("account.show_account", done="password-everywhere")
    return enter(session_token, browser, next_path=landing)


def _take(
    session: Session,
    form: NewPasswordForm,
    user: User,
    token: str,
    password_hash: str,
    browser: authentication.Browser,
) -> str:
    """Link, second factor, password and session: all of them or none. Returns the new token."""
    at, keys = now(), current_keys()
    user = password_resets.use(
        session,
        keys=keys,
        user_id=user.id,
        token=token,
        password_hash=password_hash,
        browser=browser,
        at=at,
    )
    if isinstance(form, ResetForm):
        authentication.accept_factor(
            session,
            keys=keys,
            user=user,
            code=form.code.data or "",
            at=at,
            user_agent=browser.user_agent,
        )
    return authentication.sign_in(session, keys=keys, user=user, browser=browser, at=at)


@bp.errorhandler(LinkRefusedError)
def refuse_link(_error: LinkRefusedError) -> Response:
    """One face for unknown, used, replaced and expired: a guess learns nothing."""
    return page("auth/password_reset_refused.html", status=404)


def _form_for(user: User) -> NewPasswordForm:
    """Only the password from a browser that just showed a second factor."""
    form: NewPasswordForm = (
        NewPasswordForm if _was_just_confirmed(user) else ResetForm
    ).from_request()
    return form


def _was_just_confirmed(user: User) -> bool:
    """Signed in here as this account, with a second factor shown in the last minutes.

    That is how somebody with a passkey alone, who types no code, chooses a new password.
    """
    viewer = signed_in_viewer()
    return viewer is not None and viewer.id == user.id and is_stepped_up(viewer)


def _reset_page(form: NewPasswordForm, user: User, *, status: int = 200) -> Response:
    chosen = request.form.get("method") or request.args.get("method", "")
    viewer = signed_in_viewer()
    return page(
        "auth/password_reset.html",
        status=status,
        form=form,
        needs_code=isinstance(form, ResetForm),
        question=question_for(user.id, chosen=chosen, with_recovery=True),
        sign_in_name=user.sign_in_name,
        is_signed_in=viewer is not None and viewer.id == user.id,
        here=request.path,
        min_length=passwords.MIN_LENGTH,
    )


def _ask_page(form: AskForm, *, status: int = 200) -> Response:
    leaves = mail_leaves()
    return page("auth/password_reset_ask.html", status=status, form=form, mail_leaves=leaves)
