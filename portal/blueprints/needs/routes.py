"""What the patient needs, and who answers for it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.guard import current_author, current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.needs import pages, service, settling
from portal.blueprints.needs.forms import (
    ChangeForm,
    EndForm,
    NeedForm,
    OwnerForm,
    kind_of,
    uuid_of,
    version_of,
    written,
)
from portal.blueprints.needs.notices import tell_entrusted
from portal.blueprints.needs.service import TooManyNeedsError
from portal.blueprints.needs.writing import Done, WrongPersonError
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError
from portal.models.base import new_id
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("needs", __name__, url_prefix="/p/<uuid:patient_id>/needs")
_Act = Callable[..., Done]


@bp.get("")
@requires(Permission.CARE_TEAM_SEE)
def list_needs() -> Response:
    return pages.list_page()


@bp.get("/new")
@requires(Permission.CARE_TEAM_ACT)
def write_need() -> Response:
    review_on = written(settling.review_after(pages.today()))
    return pages.add_page(NeedForm.from_request(need_id=str(new_id()), review_on=review_on))


@bp.post("/new")
@requires(Permission.CARE_TEAM_ACT)
def add_need() -> Response:
    form: NeedForm = NeedForm.from_request()
    form.today = pages.today()
    kind = kind_of(form.kind.data)
    if not form.is_sent_and_valid() or kind is None:
        return pages.add_page(form, status=422)
    need_id = uuid_of(form.need_id.data) or new_id()
    act = partial(service.add, need_id=need_id, kind=kind, wanted=form.wanted())
    try:
        return _done("added", *_carry_out(act))
    except WrongPersonError as wrong:
        form.refuse(wrong.field, _wrong_person())
    except TooManyNeedsError:
        form.refuse("kind", _too_many())
    return pages.add_page(form, status=422)


@bp.get("/<uuid:need_id>")
@requires(Permission.CARE_TEAM_SEE)
def show_need(need_id: UUID) -> Response:
    return pages.need_page(need_id)


@bp.get("/<uuid:need_id>/change")
@requires(Permission.CARE_TEAM_ACT)
def rewrite_need(need_id: UUID) -> Response:
    need = pages.find_need(need_id)
    if need.ended_at is not None:
        return redirect_to(url_for("needs.show_need", need_id=need_id))
    return pages.new_change_page(ChangeForm(), need)


@bp.post("/<uuid:need_id>/change")
@requires(Permission.CARE_TEAM_ACT)
def change_need(need_id: UUID) -> Response:
    form: ChangeForm = ChangeForm.from_request()
    form.today = pages.today()
    if not form.is_sent_and_valid():
        return pages.change_page(form, need_id, status=422)
    version = version_of(form.version.data) or 0
    act = partial(service.change, need_id=need_id, version=version, wanted=form.wanted())
    try:
        return _done("changed", *_carry_out(act))
    except ChangedMeanwhileError:
        return pages.change_page(form, need_id, status=409, since=version)
    except WrongPersonError as wrong:
        form.refuse(wrong.field, _wrong_person())
    return pages.change_page(form, need_id, status=422)


@bp.post("/<uuid:need_id>/owner")
@requires(Permission.CARE_TEAM_ACT)
def assign_owner(need_id: UUID) -> Response:
    owner_id = uuid_of(request.form.get("owner"))
    act = partial(settling.assign, owner_id=owner_id, version=_version() or 0, today=pages.today())
    return _settle(need_id, "assigned", act)


@bp.post("/<uuid:need_id>/take-over")
@requires(Permission.CARE_TEAM_ACT)
def take_over(need_id: UUID) -> Response:
    act = partial(
        settling.take_over,
        practitioner_id=current_viewer().practitioner_id,
        version=_version(),
        today=pages.today(),
    )
    return _settle(need_id, "taken", act)


@bp.post("/<uuid:need_id>/confirm")
@requires(Permission.CARE_TEAM_ACT)
def confirm_need(need_id: UUID) -> Response:
    act = partial(settling.confirm, version=_version() or 0, today=pages.today())
    return _settle(need_id, "confirmed", act)


@bp.get("/<uuid:need_id>/end")
@requires(Permission.CARE_TEAM_ACT)
def ask_end(need_id: UUID) -> Response:
    if pages.find_need(need_id).ended_at is not None:
        return redirect_to(url_for("needs.show_need", need_id=need_id))
    return pages.end_page(EndForm(), need_id)


@bp.post("/<uuid:need_id>/end")
@requires(Permission.CARE_TEAM_ACT)
def end_need(need_id: UUID) -> Response:
    form: EndForm = EndForm.from_request()
    if not form.is_sent_and_valid():
        return pages.end_page(form, need_id, status=422)
    version = version_of(form.version.data) or 0
    act = partial(settling.end, need_id=need_id, version=version, reason=form.reason.data or "")
    try:
        return _done("ended", *_carry_out(act))
    except ChangedMeanwhileError:
        return pages.end_page(form, need_id, status=409, since=version)


@bp.post("/<uuid:need_id>/reopen")
@requires(Permission.CARE_TEAM_ACT)
def reopen_need(need_id: UUID) -> Response:
    return _settle(need_id, "reopened", partial(settling.reopen, today=pages.today()))


def _settle(need_id: UUID, done: str, act: _Act) -> Response:
    """One act of a page without a form of its own; refused, the need is shown as it stands."""
    form: OwnerForm = OwnerForm.from_request()
    try:
        return _done(done, *_carry_out(partial(act, need_id=need_id)))
    except ChangedMeanwhileError:
        return pages.need_page(need_id, status=409, form=form, since=_version() or 0)
    except WrongPersonError:
        form.refuse("owner", _wrong_person())
    except TooManyNeedsError:
        form.refuse("owner", _too_many())
    return pages.need_page(need_id, status=422, form=form)


def _carry_out(act: _Act) -> tuple[Done, int]:
    """What was done, and to how many it was told."""
    by, at = current_author(Permission.CARE_TEAM_ACT), now()
    with transaction() as session:
        result = act(session, patient_id=current_patient().patient_id, by=by, at=at)
        return result, _tell(session, result, by=by, at=at)


def _tell(session: Session, result: Done, *, by: Author, at: datetime) -> int:
    return tell_entrusted(
        session,
        keys=current_keys(),
        patient_id=current_patient().patient_id,
        need_id=result.need_id,
        members=result.entrusted,
        by=by.user_id,
        at=at,
    )


def _done(done: str, result: Done, told: int) -> Response:
    done = done if result.is_changed else "same"
    is_told = 1 if told else None
    if request.form.get("from") == "list":
        return redirect_to(url_for("needs.list_needs", done=done, of=result.need_id, told=is_told))
    need_id = result.need_id
    return redirect_to(url_for("needs.show_need", need_id=need_id, done=done, told=is_told))


def _version() -> int | None:
    """What the reader saw."""
    return version_of(request.form.get("version"))


def _wrong_person() -> str:
    return gettext("Choose somebody of the circle who sees the file")


def _too_many() -> str:
    return gettext("There are too many needs: end those that are over first")
