"""What my carers may do: the patient's side."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_patient, requires
from portal.access.offered_rights import OFFERED
from portal.access.permissions import Permission
from portal.blueprints.carers import asking, queries, service
from portal.blueprints.carers.cards import Card, card, words_of
from portal.blueprints.carers.forms import KEEP, RightsForm
from portal.blueprints.carers.notices import tell_carer
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("carers", __name__, url_prefix="/p/<uuid:patient_id>/carers")
_DONE = (
    "changed",
    "same",
    "ended",
    "paused",
    "resumed",
    "confirmed",
    "renewed",
    "granted",
    "declined",
)


@bp.get("")
@requires(Permission.CARERS_MANAGE)
def list_carers() -> Response:
    cards = _cards()
    done = request.args.get("done", "")
    return page(
        "carers/list.html",
        patient=current_patient(),
        carers=cards,
        is_paused=any(one.is_paused for one in cards),
        can_pause=any(not one.is_paused and not one.is_by_law for one in cards),
        done=done if done in _DONE else "",
        is_told="told" in request.args,
    )


@bp.get("/<uuid:link_id>")
@requires(Permission.CARERS_MANAGE, step_up=True)
def write_rights(link_id: UUID) -> Response:
    _row, held = _one(link_id)
    form = RightsForm.from_request(
        rights=[one.right for one in held], period=KEEP, version=service.version_of(held)
    )
    return _rights_page(link_id, form)


@bp.post("/<uuid:link_id>")
@requires(Permission.CARERS_MANAGE, step_up=True)
def change_rights(link_id: UUID) -> Response:
    form = RightsForm.from_request()
    if not form.is_sent_and_valid():
        return _rights_page(link_id, form, status=422)
    patient_id, at = current_patient().patient_id, now()
    try:
        with transaction() as session:
            row = queries.carer(session, patient_id=patient_id, link_id=link_id, at=at)
            is_changed = service.change_rights(
                session,
                patient_id=patient_id,
                link_id=link_id,
                rights=form.rights.data or [],
                months=form.months,
                version=form.version.data or "",
                at=at,
            )
            is_told = is_changed and not row.is_paused and _tell(session, row.user_id, at)
    except ChangedMeanwhileError:
        return _rights_page(link_id, form, status=409, is_stale=True)
    return _back("changed" if is_changed else "same", is_told=is_told)


@bp.get("/<uuid:link_id>/look")
@requires(Permission.CARERS_MANAGE)
def look_as(link_id: UUID) -> Response:
    """The rights of the form, or those of now, on the carer's own pages."""
    queries.carer(
        current_session(), patient_id=current_patient().patient_id, link_id=link_id, at=now()
    )
    chosen = " ".join(request.args.getlist("rights"))
    rights = chosen if "period" in request.args else None
    return redirect_to(url_for("home.show_home", preview=link_id, rights=rights))


@bp.get("/<uuid:link_id>/end")
@requires(Permission.CARERS_MANAGE, step_up=True)
def ask_end(link_id: UUID) -> Response:
    row, _held = _one(link_id)
    return page("carers/end.html", patient=current_patient(), carer=row)


@bp.post("/<uuid:link_id>/end")
@requires(Permission.CARERS_MANAGE, step_up=True)
def end_carer(link_id: UUID) -> Response:
    patient_id, at = current_patient().patient_id, now()
    with transaction() as session:
        user_id = service.end_link(session, patient_id=patient_id, link_id=link_id, at=at)
        is_told = _tell(session, user_id, at)
    return _back("ended", is_told=is_told)


@bp.post("/pause")
@requires(Permission.CARERS_MANAGE)
def pause_all() -> Response:
    """One tap, and nobody is told."""
    with transaction() as session:
        service.pause_all(session, patient_id=current_patient().patient_id)
    return _back("paused")


@bp.post("/resume")
@requires(Permission.CARERS_MANAGE, step_up=True)
def resume_all() -> Response:
    with transaction() as session:
        service.resume_all(session, patient_id=current_patient().patient_id)
    return _back("resumed")


@bp.post("/<uuid:link_id>/confirm")
@requires(Permission.CARERS_MANAGE)
def confirm_carer(link_id: UUID) -> Response:
    with transaction() as session:
        service.confirm(session, patient_id=current_patient().patient_id, link_id=link_id, at=now())
    return _back("confirmed")


@bp.post("/<uuid:link_id>/renew")
@requires(Permission.CARERS_MANAGE, step_up=True)
def renew_rights(link_id: UUID) -> Response:
    with transaction() as session:
        is_renewed = service.renew(
            session, patient_id=current_patient().patient_id, link_id=link_id, at=now()
        )
    return _back("renewed" if is_renewed else "same")


@bp.post("/requests/<uuid:request_id>/grant")
@requires(Permission.CARERS_MANAGE, step_up=True)
def grant_request(request_id: UUID) -> Response:
    return _answer(request_id, is_granted=True)


@bp.post("/requests/<uuid:request_id>/decline")
@requires(Permission.CARERS_MANAGE)
def decline_request(request_id: UUID) -> Response:
    return _answer(request_id, is_granted=False)


def _answer(request_id: UUID, *, is_granted: bool) -> Response:
    patient_id, at = current_patient().patient_id, now()
    with transaction() as session:
        given = asking.answer(
            session, patient_id=patient_id, request_id=request_id, is_granted=is_granted, at=at
        )
        is_told = given.to_tell is not None and _tell(session, given.to_tell, at)
    if not given.is_new:
        return _back("same")
    return _back("granted" if is_granted else "declined", is_told=is_told)


def _tell(session: Session, user_id: UUID, at: datetime) -> bool:
    patient_id = current_patient().patient_id
    return tell_carer(session, keys=current_keys(), user_id=user_id, patient_id=patient_id, at=at)


def _cards() -> list[Card]:
    session, patient_id, at = current_session(), current_patient().patient_id, now()
    rows = queries.carers(session, patient_id=patient_id, at=at)
    held = queries.grants(session, patient_id=patient_id, at=at)
    asked = queries.requests(session, patient_id=patient_id)
    minor = current_patient().is_minor
    return [
        card(row, held.get(row.link_id, []), asked.get(row.link_id, []), is_minor=minor, at=at)
        for row in rows
    ]


def _one(link_id: UUID) -> tuple[queries.CarerRow, list[queries.GrantRow]]:
    """Somebody whose rights the patient decides. Raises `NotFoundError`."""
    session, patient_id, at = current_session(), current_patient().patient_id, now()
    row = queries.carer(session, patient_id=patient_id, link_id=link_id, at=at)
    if row.is_by_law:
        raise NotFoundError("carer")
    return row, queries.grants_of_carer(session, patient_id=patient_id, link_id=link_id, at=at)


def _rights_page(
    link_id: UUID, form: RightsForm, *, status: int = 200, is_stale: bool = False
) -> Response:
    row, held = _one(link_id)
    if is_stale:
        form.version.data = service.version_of(held)
    return page(
        "carers/rights.html",
        status=status,
        patient=current_patient(),
        carer=row,
        form=form,
        card=card(row, held, [], is_minor=current_patient().is_minor, at=now()),
        chosen=set(form.rights.data or []),
        offered=[(key, words_of(key)) for key in OFFERED],
        periods=service.PERIODS,
        is_stale=is_stale,
    )


def _back(done: str, *, is_told: bool = False) -> Response:
    return redirect_to(url_for("carers.list_carers", done=done, told=1 if is_told else None))
