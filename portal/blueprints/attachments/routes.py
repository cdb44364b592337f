"""Photos and documents: added, shown, taken away."""

from uuid import UUID

from flask import Blueprint, Response, make_response

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.attachments.adding import (
    add_file,
    back_to,
    choose_page,
    place_of_request,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging.files import keeping
from portal.messaging.files.keeping import StoredFile
from portal.messaging.visibility import reader_of
from portal.models.messaging import AttachmentPart
from portal.web.downloads import as_download
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("attachments", __name__, url_prefix="/p/<uuid:patient_id>/messages/attachments")
_NOTHING_RUNS = "sandbox; default-src 'none'"


@bp.get("")
@requires(Permission.MESSAGES_ACT)
def choose() -> Response:
    return choose_page(Permission.MESSAGES_ACT)


@bp.post("")
@requires(Permission.MESSAGES_ACT)
def add() -> Response:
    return add_file(Permission.MESSAGES_ACT)


@bp.get("/answer")
@requires(Permission.MESSAGES_ANSWER)
def choose_for_answer() -> Response:
    return choose_page(Permission.MESSAGES_ANSWER)


@bp.post("/answer")
@requires(Permission.MESSAGES_ANSWER)
def add_answer() -> Response:
    return add_file(Permission.MESSAGES_ANSWER)


@bp.post("/<uuid:attachment_id>/remove")
@requires(Permission.MESSAGES_SEE)
def remove(attachment_id: UUID) -> Response:
    """One's own, while the message is not sent: that needs no right to write any more."""
    place = place_of_request()
    with transaction() as session:
        keeping.remove(
            session,
            patient_id=place.patient_id,
            attachment_id=attachment_id,
            author_id=place.author_id,
        )
    return redirect_to(back_to(place))


@bp.get("/<uuid:attachment_id>/file")
@requires(Permission.MESSAGES_SEE)
def download(attachment_id: UUID) -> Response:
    found = _read(attachment_id, AttachmentPart.FILE)
    return as_download(_answer(found), found.name)


@bp.get("/<uuid:attachment_id>/thumbnail")
@requires(Permission.MESSAGES_SEE)
def show_thumbnail(attachment_id: UUID) -> Response:
    return _answer(_read(attachment_id, AttachmentPart.THUMBNAIL))


def _read(attachment_id: UUID, part: AttachmentPart) -> StoredFile:
    viewer, patient = current_viewer(), current_patient()
    return keeping.read_file(
        current_session(),
        patient_id=patient.patient_id,
        attachment_id=attachment_id,
        part=part,
        reader=reader_of(viewer, patient),
        keys=current_keys(),
        at=now(),
    )


def _answer(found: StoredFile) -> Response:
    response = make_response(found.content)
    response.headers["Content-Type"] = found.media_type
    response.headers["Content-Security-Policy"] = _NOTHING_RUNS
    response.headers["Cache-Control"] = "no-store, private"
    return response
