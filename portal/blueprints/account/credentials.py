"""What one signs in with, and under which name: name, e-mail address, password."""

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.sessions import require_session
from portal.access.viewer import Viewer
from portal.blueprints.account import queries, service
from portal.blueprints.account.code_refusals import charged
from portal.blueprints.account.forms import EmailForm, NameForm, PasswordForm
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import CredentialsRefusedError, NotGrantedError, TooManyRequestsError
from portal.identity import budget, email_changes, passwords
from portal.identity.addresses import fold
from portal.models.account import User
from portal.web.i18n import gettext
from portal.web.installed import current_keys, mail_leaves
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.new_password import is_strong
from portal.web.page import page, redirect_to

bp = Blueprint("credentials", __name__, url_prefix="/account")


@bp.get("/name")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def change_name() -> Response:
    viewer = _named_by_themself()
    form = NameForm.from_request(given_name=viewer.given_name, family_name=viewer.family_name)
    return page("account/name.html", form=form)


@bp.post("/name")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def save_name() -> Response:
    viewer, form = _named_by_themself(), NameForm.from_request()
    if not form.is_sent_and_valid():
        return page("account/name.html", form=form, status=422)
    names = (form.given_name.data, form.family_name.data)
    with transaction() as session:
        service.rename(session, keys=current_keys(), user_id=viewer.id, names=names, at=now())
    return redirect_to(url_for("account.show_account", done="name"))


@bp.get("/email")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def change_email() -> Response:
    return _email_page(EmailForm.from_request())


@bp.post("/email")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def ask_for_email() -> Response:
    form, viewer = EmailForm.from_request(), current_viewer()
    if not form.is_sent_and_valid():
        return _email_page(form, status=422)
    new_email = fold(form.email.data)
    if new_email == viewer.email:
        form.refuse("email", gettext("This is your address already. Write the new one"))
        return _email_page(form, status=422)
    try:
        with transaction() as session:
            email_changes.ask(
                session,
                keys=current_keys(),
                user_id=viewer.id,
                new_email=new_email,
                user_agent=request.user_agent.string,
                at=now(),
            )
    except TooManyRequestsError:
        form.refuse("email", gettext("You asked five times today. Try again tomorrow"))
        return _email_page(form, status=422)
    security_event("e-mail change asked", account=viewer.id)
    return redirect_to(url_for("credentials.change_email", asked=1))


@bp.post("/email/cancel")
@requires(Permission.ACCOUNT_OWN)
def cancel_email() -> Response:
    viewer = current_viewer()
    with transaction() as session:
        is_cancelled = email_changes.cancel(
            session,
            keys=current_keys(),
            user_id=viewer.id,
            user_agent=request.user_agent.string,
            at=now(),
        )
    if is_cancelled:
        security_event("e-mail change cancelled", account=viewer.id)
    return redirect_to(url_for("account.show_account", done="email-cancelled"))


@bp.get("/password")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def change_password() -> Response:
    return _password_page(PasswordForm.from_request(end_others=True))


@bp.post("/password")
@requires(Permission.ACCOUNT_OWN, step_up=True)
@limit_failures
def save_password() -> Response:
    """The present password is asked too, and judged on the budget of sign-in."""
    form, viewer = PasswordForm.from_request(), current_viewer()
    # Two slow hashes follow: nobody waits for this transaction meanwhile.
    end_reading()
    personal = [viewer.email, viewer.username, viewer.given_name, viewer.family_name]
    if not form.is_sent_and_valid() or not is_strong(form, form.password, personal=personal):
        return _password_page(form, status=422)
    bucket = charged(viewer)
    before = current_session().get_one(User, viewer.id).password_hash
    end_reading()
    is_right = passwords.verify_password(before, form.current_password.data)
    if not is_right or not _replaced(form, viewer, before, bucket):
        security_event("password refused", account=viewer.id)
        form.refuse("current_password", gettext("This is not your present password"))
        return _password_page(form, status=422)
    security_event("password changed", account=viewer.id)
    done = "password-everywhere" if form.end_others.data else "password"
    return redirect_to(url_for("account.show_account", done=done))


def _replaced(form: PasswordForm, viewer: Viewer, before: str, bucket: budget.Bucket) -> bool:
    """False when another browser changed the password between the check and this."""
    password_hash = passwords.hash_password(form.password.data or "")
    try:
        with transaction() as session:
            require_session(session, session_id=viewer.session_id, at=now())
            budget.refund(session, bucket=bucket)
            service.change_password(
                session,
                keys=current_keys(),
                user_id=viewer.id,
                before=before,
                password_hash=password_hash,
                kept=viewer.session_id if form.end_others.data else None,
                user_agent=request.user_agent.string,
                at=now(),
            )
    except CredentialsRefusedError:
        return False
    return True


def _named_by_themself() -> Viewer:
    """Raises `NotGrantedError` for those whose name is that of a record."""
    viewer = current_viewer()
    if viewer.practitioner_id is not None or queries.is_patient(
        current_session(), user_id=viewer.id, at=now()
    ):
        raise NotGrantedError
    return viewer


def _password_page(form: PasswordForm, *, status: int = 200) -> Response:
    return page(
        "account/password.html",
        status=status,
        form=form,
        min_length=passwords.MIN_LENGTH,
        sign_in_name=current_viewer().sign_in_name,
    )


def _email_page(form: EmailForm, *, status: int = 200) -> Response:
    viewer, session = current_viewer(), current_session()
    return page(
        "account/email.html",
        status=status,
        form=form,
        email=viewer.email,
        pending=email_changes.pending_of(session, user_id=viewer.id, at=now()),
        mail_leaves=mail_leaves(),
        is_asked="asked" in request.args,
    )
