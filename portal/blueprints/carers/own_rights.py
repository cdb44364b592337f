"""What I may do for somebody: the carer's side."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.ceilings import rights_of
from portal.access.guard import current_patient, current_viewer, requires
from portal.access.offered_rights import OFFERED
from portal.access.permissions import Permission
from portal.access.viewer import Standing
from portal.blueprints.carers import asking, queries, service
from portal.blueprints.carers.cards import words_of
from portal.blueprints.carers.forms import AskForm
from portal.blueprints.carers.notices import tell_patient
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import NotFoundError, TooManyRequestsError
from portal.web.i18n import ngettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("own_rights", __name__, url_prefix="/p/<uuid:patient_id>/carers/mine")


@bp.get("")
@requires(Permission.CARER_LINK_OWN)
def show_own_rights() -> Response:
    return _page(AskForm.from_request())


@bp.post("")
@requires(Permission.CARER_LINK_OWN)
def ask_for_right() -> Response:
    form = AskForm.from_request()
    if not form.is_sent_and_valid():
        return _page(form, status=422)
    patient, at = current_patient(), now()
    try:
        with transaction() as session:
            is_new = asking.ask_for(
                session,
                patient_id=patient.patient_id,
                link_id=_link_id(patient),
                right=form.right.data,
                at=at,
            )
            if is_new:
                tell_patient(session, keys=current_keys(), patient_id=patient.patient_id, at=at)
    except TooManyRequestsError:
        form.refuse("right", _too_many())
        return _page(form, status=422)
    return redirect_to(url_for("own_rights.show_own_rights", done="asked" if is_new else "known"))


@bp.get("/leave")
@requires(Permission.CARER_LINK_OWN)
def ask_leave() -> Response:
    return page("carers/leave.html", patient=current_patient())


@bp.post("/leave")
@requires(Permission.CARER_LINK_OWN)
def leave() -> Response:
    patient, at = current_patient(), now()
    with transaction() as session:
        service.end_link(session, patient_id=patient.patient_id, link_id=_link_id(patient), at=at)
        tell_patient(session, keys=current_keys(), patient_id=patient.patient_id, at=at)
    return redirect_to(url_for("home.choose_person", left=1))


def _page(form: AskForm, *, status: int = 200) -> Response:
    patient, session = current_patient(), current_session()
    rights = rights_of(patient)
    held = [
        one
        for one in queries.grants_of_carer(
            session, patient_id=patient.patient_id, link_id=_link_id(patient), at=now()
        )
        if one.right in rights
    ]
    known = {one.right for one in held} | {one.right.replace(":act", ":see") for one in held}
    waiting = queries.requests_of_carer(
        session, patient_id=patient.patient_id, link_id=_link_id(patient)
    )
    asked = {one.right for one in waiting}
    done = request.args.get("done", "")
    return page(
        "carers/own_rights.html",
        status=status,
        patient=patient,
        viewer=current_viewer(),
        form=form,
        held=[(words_of(one.right), one.ends_at) for one in held],
        asked=[words_of(one.right) for one in waiting],
        can_ask=[(one, words_of(one)) for one in OFFERED if one not in known | asked],
        done=done if done in ("asked", "known") else "",
    )


def _too_many() -> str:
    return ngettext(
        "You already ask for %(num)d thing: wait for the answer",
        "You already ask for %(num)d things: wait for the answers",
        asking.OPEN_REQUESTS,
    )


def _link_id(patient: Standing) -> UUID:
    if patient.link_id is None:
        raise NotFoundError("link")
    return patient.link_id
