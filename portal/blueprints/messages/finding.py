"""Search in a patient's conversations; one of them on paper or as a file."""

from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, request

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.messages.export import text_of
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import current_session
from portal.messaging.conversations import read_conversation
from portal.messaging.search import LONGEST_QUERY, Found, search_messages, words_of
from portal.messaging.visibility import reader_of
from portal.models.messaging import MessageKind
from portal.web.downloads import as_download
from portal.web.exchange.hits import hit_card
from portal.web.exchange.reading import Exchange, exchange_of
from portal.web.exchange.texts import plain_line
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.page import page

MOST_PRINTED = 1000
"""Messages: some forty sheets of paper."""

bp = Blueprint("message_finding", __name__, url_prefix="/p/<uuid:patient_id>/messages")


@bp.get("/search")
@requires(Permission.MESSAGES_SEE)
def search() -> Response:
    patient, text = current_patient(), plain_line(request.args.get("q"))[:LONGEST_QUERY]
    words = words_of(text)
    found = _found(words) if words else Found([], None, None)
    return page(
        "messages/search.html",
        patient=patient,
        text=text,
        is_asked=bool(words),
        found=found,
        rows=[
            hit_card(one, words, patient=patient, viewer_id=current_viewer().id, at=now())
            for one in found.hits
        ],
        is_continued="before" in request.args,
    )


@bp.get("/<uuid:thread_id>/print")
@requires(Permission.MESSAGES_SEE)
def print_thread(thread_id: UUID) -> Response:
    return page(
        "messages/print.html",
        patient=current_patient(),
        thread_id=thread_id,
        exchange=_whole(thread_id),
        at=now(),
        most=MOST_PRINTED,
    )


@bp.get("/<uuid:thread_id>/export")
@requires(Permission.MESSAGES_SEE)
def export_thread(thread_id: UUID) -> Response:
    body = text_of(_whole(thread_id), patient=current_patient(), at=now(), most=MOST_PRINTED)
    response = make_response(body)
    response.mimetype = "text/plain"
    # The name says nothing of the patient: files are left behind on shared computers.
    return as_download(response, gettext("conversation.txt"))


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def _found(words: list[str]) -> Found:
    patient = current_patient()
    return search_messages(
        current_session(),
        words,
        patient_id=patient.patient_id,
        reader=reader_of(current_viewer(), patient),
        keys=_keys(),
        at=now(),
        before=uuid_of(request.args.get("before")),
    )


def _whole(thread_id: UUID) -> Exchange:
    """As somebody else reads it, and without the notes of the team: paper is handed around."""
    patient = current_patient()
    found = read_conversation(
        current_session(),
        patient_id=patient.patient_id,
        thread_id=thread_id,
        reader=reader_of(current_viewer(), patient),
        at=now(),
        limit=MOST_PRINTED,
    )
    messages = [one for one in found.messages if one.kind is MessageKind.MESSAGE]
    return exchange_of(
        found._replace(messages=messages), patient=patient, viewer_id=None, keys=_keys(), at=now()
    )
