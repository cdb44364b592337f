"""A programme: read it, answer what is proposed in it, show or keep how far one reads."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.programme.pages import card_or_404, of_programme, programme_page
from portal.clock import now
from portal.db import transaction
from portal.education.programme import telling
from portal.education.programme.items import answer_item
from portal.education.programme.papers import NotUnderWayError
from portal.education.programme.proposing import share_progress
from portal.errors import NotFoundError
from portal.models.programme import ItemState
from portal.web.form_values import uuid_of
from portal.web.installed import current_keys
from portal.web.page import redirect_to, wants_fragment

bp = Blueprint("programme", __name__, url_prefix="/p/<uuid:patient_id>/education/programme")
_ANSWERS = {
    "accept": ItemState.ACCEPTED,
    "decline": ItemState.DECLINED,
    "take-back": ItemState.PROPOSED,
}


@bp.get("")
@requires(Permission.EDUCATION_SEE)
def show_programme() -> Response:
    removed = uuid_of(request.args.get("goal"))
    return programme_page(done=request.args.get("done", ""), removed=removed)


@bp.post("/items/<uuid:item_id>")
@requires(Permission.EDUCATION_ACT)
def save_answer(item_id: UUID) -> Response:
    """To one module or workshop: each answer can be changed at any time."""
    said = request.form.get("answer", "")
    if said not in _ANSWERS:
        raise NotFoundError("answer")
    card = card_or_404()
    try:
        with transaction() as session:
            answer_item(
                session,
                _ANSWERS[said],
                **of_programme(card),
                item_id=item_id,
                by=current_viewer().id,
                at=now(),
            )
            telling.tell_proposer(
                session,
                patient_id=current_patient().patient_id,
                by=current_viewer().id,
                path=url_for("programme_team.show_programme"),
                at=now(),
                keys=current_keys(),
            )
    except NotUnderWayError:
        return programme_page(done="over", status=409)
    return _back(said)


@bp.post("/sharing")
@requires(Permission.CONSENTS_ACT)
def share() -> Response:
    """The team sees how far the patient reads, or sees it no longer from this moment."""
    card = card_or_404()
    is_shared = request.form.get("shared") == "1"
    try:
        with transaction() as session:
            share_progress(session, **of_programme(card), is_shared=is_shared)
    except NotUnderWayError:
        return programme_page(done="over", status=409)
    done = "shared" if is_shared else "kept"
    if wants_fragment():
        return programme_page(done=done, fragment="sharing")
    return _back(done, anchor="sharing")


def _back(done: str, *, anchor: str | None = None) -> Response:
    return redirect_to(url_for("programme.show_programme", done=done, _anchor=anchor))
