"""One's own code apps: add, name, remove."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_viewer, is_stepped_up, requires
from portal.access.permissions import Permission
from portal.access.sessions import require_session
from portal.blueprints.account.code_refusals import charged, refusal_of
from portal.blueprints.account.factor_forms import FactorNameForm, NewAppForm
from portal.blueprints.account.factors import this_change
from portal.blueprints.account.way_back import close_while_renewed
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import CredentialsRefusedError, LastFactorError, NotFoundError
from portal.identity import budget, factors, queries, totp
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, redirect_to

bp = Blueprint("code_apps", __name__, url_prefix="/account/security/apps")
bp.before_request(close_while_renewed)


@bp.get("/new")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def prepare_app() -> Response:
    is_full = factors.has_most_apps(current_session(), user_id=current_viewer().id)
    return page("account/factors_new_app.html", is_full=is_full)


@bp.post("/new")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def begin_app() -> Response:
    viewer = current_viewer()
    if factors.has_most_apps(current_session(), user_id=viewer.id):
        return page("account/factors_new_app.html", status=422, is_full=True)
    with transaction() as session:
        factors.begin_app(session, keys=current_keys(), user_id=viewer.id, at=now())
    return redirect_to(url_for("code_apps.show_app"))


@bp.get("/pending")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_app() -> Response:
    return _app_page(NewAppForm.from_request(name=gettext("Code app")))


@bp.post("/pending")
@requires(Permission.ACCOUNT_OWN)
@limit_failures
def finish_app() -> Response:
    """Without step-up: only whoever saw the key, which needs it, has such a code.

    Installing an app may take longer than a step-up lasts.
    """
    form = NewAppForm.from_request()
    if not form.is_sent_and_valid():
        return _app_page(form, status=422)
    viewer = current_viewer()
    bucket = charged(viewer)
    try:
        with transaction() as session:
            require_session(session, session_id=viewer.session_id, at=now())
            name, code = form.name.data, form.code.data
            factors.finish_app(
                session, keys=current_keys(), change=this_change(), name=name, code=code
            )
            budget.refund(session, bucket=bucket)
    except NotFoundError:
        # Sent twice: the first did it.
        return redirect_to(url_for("factors.list_factors"))
    except CredentialsRefusedError as error:
        security_event("code refused", account=viewer.id)
        form.refuse("code", refusal_of(error))
        return _app_page(form, status=422)
    security_event("code app added", account=viewer.id)
    return redirect_to(url_for("factors.list_factors", app_added=1))


@bp.get("/<uuid:app_id>/rename")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_name(app_id: UUID) -> Response:
    name = _own_name(app_id)
    return page(
        "account/factors_rename.html", form=FactorNameForm.from_request(name=name), app_id=app_id
    )


@bp.post("/<uuid:app_id>/rename")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def rename_app(app_id: UUID) -> Response:
    form = FactorNameForm.from_request()
    if not form.is_sent_and_valid():
        return page("account/factors_rename.html", status=422, form=form, app_id=app_id)
    user_id = current_viewer().id
    with transaction() as session:
        factors.rename_app(session, user_id=user_id, app_id=app_id, name=form.name.data)
    security_event("code app renamed", account=user_id)
    return redirect_to(url_for("factors.list_factors", app_renamed=1))


@bp.get("/<uuid:app_id>/remove")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def confirm_removal(app_id: UUID) -> Response:
    return _removal_page(app_id)


@bp.post("/<uuid:app_id>/remove")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def remove_app(app_id: UUID) -> Response:
    try:
        with transaction() as session:
            factors.remove_app(session, keys=current_keys(), change=this_change(), app_id=app_id)
    except LastFactorError:
        return _removal_page(app_id, status=422)
    security_event("code app removed", account=current_viewer().id)
    return redirect_to(url_for("factors.list_factors", app_removed=1))


def _own_name(app_id: UUID) -> str:
    """Raises `NotFoundError` for an app of somebody else."""
    user_id = current_viewer().id
    name = factors.name_of_app(current_session(), user_id=user_id, app_id=app_id)
    return name or gettext("Code app")


def _removal_page(app_id: UUID, *, status: int = 200) -> Response:
    found = factors.factors_of(current_session(), user_id=current_viewer().id)
    return page(
        "account/factors_remove.html",
        status=status,
        name=found.named(app_id).name or gettext("Code app"),
        is_last=found.is_last(app_id),
        action=url_for("code_apps.remove_app", app_id=app_id),
    )


def _app_page(form: NewAppForm, *, status: int = 200) -> Response:
    """The key is shown only within a step-up; without, the form takes a code all the same."""
    viewer = current_viewer()
    device = queries.pending_device(current_session(), viewer.id)
    if device is None:
        return redirect_to(url_for("code_apps.prepare_app"))
    secret = totp.secret_of(device, keys=current_keys()) if is_stepped_up(viewer) else ""
    uri = totp.provisioning_uri(secret, account=viewer.sign_in_name) if secret else ""
    return page(
        "account/factors_app.html",
        status=status,
        form=form,
        secret=secret,
        uri=uri,
        qr=totp.qr_svg(uri) if uri else "",
    )
