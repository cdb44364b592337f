"""The staff side of a way back: open, confirm, print again, cancel."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.reproofing.forms import ConfirmationForm, OpeningForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ReproofingError
from portal.identity import (
    addresses,
    reproofing_confirmers,
    reproofing_requests,
    reproofing_scope,
    short_codes,
    totp,
)
from portal.identity.reproofing_confirmers import Obstacle
from portal.identity.reproofing_requests import WayBack
from portal.identity.reproofing_scope import Line, Staff, State
from portal.models.account import User
from portal.models.credential import IdentityDocument
from portal.web.i18n import gettext
from portal.web.installed import current_config, current_keys
from portal.web.logs import security_event
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("reproofing", __name__, url_prefix="/professional/reproofing")


@bp.get("")
@requires(Permission.REPROOFING_CONFIRM)
def list_requests() -> Response:
    at = now()
    found = reproofing_scope.lines(current_session(), staff=_staff(), at=at)
    return page(
        "reproofing/requests.html",
        requests=[(line, line.state(at)) for line in found],
        time_zone=reader_time_zone(),
        may_open=current_viewer().is_coordinator,
    )


@bp.get("/new")
@requires(Permission.REPROOFING_OPEN, step_up=True)
def prepare_request() -> Response:
    return _opening_page(OpeningForm.from_request())


@bp.post("/new")
@requires(Permission.REPROOFING_OPEN, step_up=True)
def open_request() -> Response:
    form = OpeningForm.from_request()
    if not form.is_sent_and_valid() or not _says_who(form):
        return _opening_page(form, status=422)
    try:
        with transaction() as session:
            user = _account_sought(session, form)
            row = reproofing_requests.open_request(
                session,
                keys=current_keys(),
                user=user,
                document=IdentityDocument(form.document.data),
                staff=_staff(),
                at=now(),
            )
    except ReproofingError as error:
        form.refuse("patient" if form.patient.data else "name", _refusal(error.reason))
        return _opening_page(form, status=422)
    security_event("re-proofing opened", account=user.id, by=current_viewer().id)
    return redirect_to(url_for("reproofing.show_request", request_id=row.id, opened=1))


@bp.get("/<uuid:request_id>")
@requires(Permission.REPROOFING_CONFIRM)
def show_request(request_id: UUID) -> Response:
    return _request_page(request_id)


@bp.get("/<uuid:request_id>/confirmation")
@requires(Permission.REPROOFING_CONFIRM, step_up=True)
def prepare_confirmation(request_id: UUID) -> Response:
    line = _line(request_id)
    if not _can_be_confirmed(line):
        return redirect_to(url_for("reproofing.show_request", request_id=request_id))
    return _confirmation_page(ConfirmationForm.from_request(), line)


@bp.post("/<uuid:request_id>/confirmation")
@requires(Permission.REPROOFING_CONFIRM, step_up=True)
def confirm_request(request_id: UUID) -> Response:
    """The sheet is the answer: what stands on it is kept nowhere."""
    line, form = _line(request_id), ConfirmationForm.from_request()
    if not _can_be_confirmed(line):
        return _request_page(request_id, is_refused=True, status=409)
    if not form.is_sent_and_valid():
        return _confirmation_page(form, line, status=422)
    try:
        with transaction() as session:
            way = reproofing_requests.confirm(
                session, keys=current_keys(), request_id=request_id, staff=_staff(), at=now()
            )
    except ReproofingError:
        return _request_page(request_id, is_refused=True, status=409)
    security_event("re-proofing confirmed", account=line.user_id, by=current_viewer().id)
    return _sheet_page(request_id, way)


@bp.post("/<uuid:request_id>/sheet")
@requires(Permission.REPROOFING_CONFIRM, step_up=True)
def print_again(request_id: UUID) -> Response:
    line = _line(request_id)
    try:
        with transaction() as session:
            way = reproofing_requests.print_again(
                session, keys=current_keys(), request_id=request_id, staff=_staff(), at=now()
            )
    except ReproofingError:
        return _request_page(request_id, is_refused=True, status=409)
    security_event("re-proofing printed again", account=line.user_id, by=current_viewer().id)
    return _sheet_page(request_id, way)


@bp.post("/<uuid:request_id>/cancellation")
@requires(Permission.REPROOFING_CONFIRM)
def cancel_request(request_id: UUID) -> Response:
    """Without a second factor: stopping it only protects."""
    line = _line(request_id)
    try:
        with transaction() as session:
            reproofing_requests.cancel(
                session, keys=current_keys(), request_id=request_id, staff=_staff(), at=now()
            )
    except ReproofingError:
        return _request_page(request_id, is_refused=True, status=409)
    security_event("re-proofing cancelled", account=line.user_id, by=current_viewer().id)
    return redirect_to(url_for("reproofing.show_request", request_id=request_id, cancelled=1))


def _staff() -> Staff:
    viewer = current_viewer()
    name = f"{viewer.given_name} {viewer.family_name}"
    return Staff(id=viewer.id, name=name, is_operator=viewer.is_operator)


def _line(request_id: UUID) -> Line:
    """Raises `NotFoundError` for a request out of reach."""
    session = current_session()
    return reproofing_scope.line(session, staff=_staff(), request_id=request_id, at=now())


def _can_be_confirmed(line: Line) -> bool:
    is_second = line.state(now()) is State.WAITING and line.opened_by != current_viewer().id
    return is_second and _obstacle(line) is None


def _obstacle(line: Line) -> Obstacle | None:
    """Said to the opener too, so that they call the right person at once."""
    session, staff, at = current_session(), _staff(), now()
    if line.state(at) is not State.WAITING:
        return None
    if line.opened_by != staff.id:
        return reproofing_confirmers.obstacle(
            session, account_id=line.user_id, opened_by=line.opened_by, staff=staff, at=at
        )
    is_elsewhere = reproofing_confirmers.reaches_elsewhere(
        session,
        account_id=line.user_id,
        opened_by=staff.id,
        confirmed_by=staff.id,
        settled=at,
        at=at,
    )
    return Obstacle.ELSEWHERE if is_elsewhere else None


def _says_who(form: OpeningForm) -> bool:
    if form.name.data and form.patient.data:
        form.refuse("name", gettext("Fill in one of the two: the name, or the list"))
    elif not form.name.data and not form.patient.data:
        form.refuse("name", gettext("Write what this person signs in with, or choose a name"))
    return bool(form.name.data) != bool(form.patient.data)


def _account_sought(session: Session, form: OpeningForm) -> User:
    at, staff = now(), _staff()
    if form.name.data:
        name = addresses.fold(form.name.data)
        return reproofing_scope.account_named(session, staff=staff, name=name, at=at)
    try:
        account_id = UUID(form.patient.data)
    except ValueError:
        raise ReproofingError("out_of_reach") from None
    return reproofing_scope.account_chosen(session, staff=staff, account_id=account_id, at=at)


def _refusal(reason: str) -> str:
    sentences = {
        "out_of_reach": gettext(
            "No account of your organization has this name. Check it with the person, letter by "
            "letter"
        ),
        "already_open": gettext("A request is already open for this person: see the list"),
        "too_often": gettext(
            "This was opened twice for this person in 24 hours. Wait until tomorrow, and ask them "
            "who stopped it"
        ),
        "not_yours": gettext("This is your own account. Ask another coordinator to do this"),
    }
    return sentences[reason]


def _opening_page(form: OpeningForm, *, status: int = 200) -> Response:
    patients = reproofing_scope.patients_to_choose(current_session(), staff=_staff(), at=now())
    return page(
        "reproofing/opening.html",
        status=status,
        form=form,
        patients=patients,
        documents=list(IdentityDocument),
    )


def _confirmation_page(form: ConfirmationForm, line: Line, *, status: int = 200) -> Response:
    return page(
        "reproofing/confirmation.html",
        status=status,
        form=form,
        line=line,
        time_zone=reader_time_zone(),
    )


def _request_page(request_id: UUID, *, is_refused: bool = False, status: int = 200) -> Response:
    line, viewer, at = _line(request_id), current_viewer(), now()
    state = line.state(at)
    is_mine = viewer.id in (line.opened_by, line.confirmed_by)
    return page(
        "reproofing/request.html",
        status=status,
        line=line,
        state=state,
        time_zone=reader_time_zone(),
        is_opener=viewer.id == line.opened_by,
        can_print=is_mine and state in (State.DELAYED, State.READY),
        is_refused=is_refused,
        obstacle=_obstacle(line),
        just="opened" if "opened" in request.args else "cancelled" * ("cancelled" in request.args),
    )


def _sheet_page(request_id: UUID, way: WayBack) -> Response:
    base_url = current_config().base_url
    link = base_url + url_for("renewal.open_renewal", token=way.token)
    return page(
        "reproofing/sheet.html",
        line=_line(request_id),
        code=short_codes.grouped(way.code),
        qr=totp.qr_svg(link),
        address=base_url + url_for("renewal.enter_code"),
        time_zone=reader_time_zone(),
    )
