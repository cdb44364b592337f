"""One place of the circle: changing it, making it last longer, ending it, taking that back."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.circle import ending, notices, pages, service, undo
from portal.blueprints.circle.adding import other_doctor_words
from portal.blueprints.circle.cards import kind_of
from portal.blueprints.circle.ending import Done, LongerPlaceError, WrongSuccessorError
from portal.blueprints.circle.forms import NOW, EndForm, PlaceForm
from portal.blueprints.circle.queries import PlaceRow
from portal.blueprints.circle.routes import author
from portal.blueprints.circle.service import OtherDoctorError
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("circle_places", __name__, url_prefix="/p/<uuid:patient_id>/circle/<uuid:member_id>")


@bp.get("")
@requires(Permission.CIRCLE_MANAGE)
def write_change(member_id: UUID) -> Response:
    row = pages.lasting_place(member_id)
    form = PlaceForm()
    _expect(form, row)
    pages.fill(form, row)
    return pages.change_page(form, row)


@bp.post("")
@requires(Permission.CIRCLE_MANAGE)
def change(member_id: UUID) -> Response:
    row = pages.lasting_place(member_id)
    form: PlaceForm = PlaceForm.from_request()
    _expect(form, row)
    if not form.is_sent_and_valid():
        return pages.change_page(form, row, status=422)
    try:
        is_changed = _change(form, member_id)
    except ChangedMeanwhileError:
        return _stale_change(form, member_id)
    except OtherDoctorError:
        form.refuse("replaces_doctor", other_doctor_words())
        return pages.change_page(form, row, status=422)
    return _back("changed" if is_changed else "same", member_id)


@bp.post("/extend")
@requires(Permission.CIRCLE_MANAGE)
def extend(member_id: UUID) -> Response:
    patient, at = current_patient(), now()
    try:
        with transaction() as session:
            is_changed = service.extend(
                session,
                patient_id=patient.patient_id,
                member_id=member_id,
                shown_end=request.form.get("shown_end", ""),
                time_zone=patient.time_zone,
                at=at,
            )
            if is_changed:
                _tell(session)
    except ChangedMeanwhileError:
        return pages.circle_page(status=409, is_stale=True)
    return _back("extended", member_id)


@bp.post("/move")
@requires(Permission.CIRCLE_MANAGE)
def move(member_id: UUID) -> Response:
    patient_id, is_up = current_patient().patient_id, request.form.get("where") == "up"
    try:
        with transaction() as session:
            service.move(session, patient_id=patient_id, member_id=member_id, is_up=is_up, at=now())
    except ChangedMeanwhileError:
        return pages.circle_page(status=409, is_stale=True)
    return _back("changed", member_id)


@bp.get("/end")
@requires(Permission.CIRCLE_MANAGE)
def ask_end(member_id: UUID) -> Response:
    row = pages.lasting_place(member_id)
    version = pages.own_card(row).version
    return pages.end_page(EndForm.from_request(when=NOW, version=version), row)


@bp.post("/end")
@requires(Permission.CIRCLE_MANAGE)
def end(member_id: UUID) -> Response:
    form: EndForm = EndForm.from_request()
    form.today = pages.today()
    if not form.is_sent_and_valid():
        return pages.end_page(form, pages.lasting_place(member_id), status=422)
    try:
        done = _end(form, member_id)
    except ChangedMeanwhileError:
        return _stale_end(form, member_id)
    except WrongSuccessorError:
        form.refuse("successor", gettext("Choose somebody of the circle who sees the file"))
        return pages.end_page(form, pages.lasting_place(member_id), status=422)
    except LongerPlaceError:
        form.refuse("last_day", gettext("The place ends before that day already"))
        return pages.end_page(form, pages.lasting_place(member_id), status=422)
    text = undo.sealed(done, keys=current_keys(), member_id=member_id)
    return redirect_to(url_for("circle.show_circle", done="ended", of=member_id, undo=text))


@bp.post("/reopen")
@requires(Permission.CIRCLE_MANAGE)
def reopen(member_id: UUID) -> Response:
    text = request.form.get("undo", "")
    done = undo.opened(text, keys=current_keys(), member_id=member_id)
    if done is None:
        raise NotFoundError("undo")
    try:
        with transaction() as session:
            ending.take_back(
                session,
                patient_id=current_patient().patient_id,
                member_id=member_id,
                done=done,
                by=author(Permission.CIRCLE_MANAGE),
                at=now(),
            )
            _tell(session)
    except ChangedMeanwhileError:
        return pages.circle_page(status=409, is_stale=True)
    return _back("reopened", member_id)


def _change(form: PlaceForm, member_id: UUID) -> bool:
    patient = current_patient()
    with transaction() as session:
        is_changed = service.change(
            session,
            patient_id=patient.patient_id,
            member_id=member_id,
            version=form.version.data or "",
            wanted=form.wanted(),
            time_zone=patient.time_zone,
            at=now(),
        )
        if is_changed:
            _tell(session)
    return is_changed


def _end(form: EndForm, member_id: UUID) -> Done:
    patient, by, at = current_patient(), author(Permission.CIRCLE_MANAGE), now()
    wanted = form.wanted()
    with transaction() as session:
        done = ending.end(
            session,
            patient_id=patient.patient_id,
            member_id=member_id,
            version=form.version.data or "",
            wanted=wanted,
            by=by,
            time_zone=patient.time_zone,
            at=at,
        )
        _tell(session)
        if done.needs and wanted.successor_id is not None:
            notices.tell_successor(
                session,
                keys=current_keys(),
                patient_id=patient.patient_id,
                member_id=wanted.successor_id,
                by=current_viewer().id,
                at=at,
            )
    return done


def _stale_change(form: PlaceForm, member_id: UUID) -> Response:
    """Nothing typed is lost: it can be saved over what is shown now."""
    return _shown_anew(
        member_id, lambda row: pages.change_page(form, row, status=409, is_stale=True), form
    )


def _stale_end(form: EndForm, member_id: UUID) -> Response:
    return _shown_anew(
        member_id, lambda row: pages.end_page(form, row, status=409, is_stale=True), form
    )


def _shown_anew(
    member_id: UUID, shown: Callable[[PlaceRow], Response], form: PlaceForm | EndForm
) -> Response:
    """The form beside the place as it is now; without one, the circle."""
    try:
        row = pages.lasting_place(member_id)
    except NotFoundError:
        return pages.circle_page(status=409, is_stale=True)
    form.version.data = pages.own_card(row).version
    return shown(row)


def _expect(form: PlaceForm, row: PlaceRow) -> None:
    form.expect(kind=kind_of(row), profession=row.profession, today=pages.today())
    form.keep(functions=row.functions, sees=row.sees)


def _tell(session: Session) -> None:
    patient_id = current_patient().patient_id
    notices.tell_of_change(session, keys=current_keys(), patient_id=patient_id, at=now())


def _back(done: str, member_id: UUID) -> Response:
    return redirect_to(url_for("circle.show_circle", done=done, of=member_id))
