"""A file on its way into a message: taken, checked in a program of its own, kept."""

from typing import Any, NamedTuple

from flask import Response, request, url_for
from sqlmodel import Session
from werkzeug.exceptions import RequestEntityTooLarge

from portal.access.guard import current_patient, current_viewer, previewed_viewer
from portal.access.permissions import Permission
from portal.blueprints.attachments.forms import FileForm
from portal.blueprints.attachments.names import clean_name
from portal.blueprints.attachments.rights import author_again
from portal.blueprints.attachments.words import refusal_words
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import NotFoundError, TooManyRequestsError
from portal.messaging.acts import locked
from portal.messaging.files import keeping
from portal.messaging.files.keeping import Named, Place
from portal.messaging.visibility import reader_of
from portal.models.messaging import NEW_THREAD, MessageKind
from portal.uploads.checking import checked
from portal.uploads.limits import (
    LONGEST_ALTERNATIVE_TEXT,
    MOST_A_DAY,
    MOST_BYTES,
    FileRefusedError,
    Refusal,
)
from portal.web.exchange.attachments import attachment_card
from portal.web.exchange.texts import plain_line
from portal.web.form_values import uuid_of
from portal.web.installed import current_keys
from portal.web.limits import charge_account
from portal.web.page import page, redirect_to

_FORM_AROUND_IT = 20_000
_USUAL = {
    Permission.MESSAGES_ACT: "attachments.add",
    Permission.MESSAGES_ANSWER: "attachments.add_answer",
}


class Arrived(NamedTuple):
    name: str
    content: bytes
    alternative_text: str


def place_of_request() -> Place:
    """The message that is being written, as the address names it. Raises `NotFoundError`.

    In the address and not in the form: a form with too large a file is never read. Whoever looks
    as a relative writes nothing, and does not see what these join.
    """
    key = uuid_of(request.args.get("key"))
    thread = request.args.get("thread")
    slot = uuid_of(thread) if thread else NEW_THREAD
    if key is None or slot is None or previewed_viewer() is not None:
        raise NotFoundError("message")
    is_note = request.args.get("kind") == MessageKind.NOTE
    return Place(
        patient_id=current_patient().patient_id,
        author_id=current_viewer().id,
        key=key,
        slot=slot,
        kind=MessageKind.NOTE if is_note else MessageKind.MESSAGE,
    )


def choose_page(permission: Permission) -> Response:
    place = place_of_request()
    return _form_page(FileForm(), place, permission)


def add_file(permission: Permission) -> Response:
    """The lock of the database is let go while the file is read: nobody waits for it."""
    place = place_of_request()
    end_reading()
    form = FileForm()
    try:
        arrived = _arrived()
        form.alternative_text.data = arrived.alternative_text
        _keep(arrived, place, permission)
    except FileRefusedError as refused:
        form.refuse("file", refusal_words(refused.reason))
        with transaction() as session:
            author_again(session, permission)
        return _form_page(form, place, permission, status=422)
    return redirect_to(back_to(place))


def back_to(place: Place) -> str:
    """Where the message is being written."""
    if place.slot == NEW_THREAD:
        at_work = current_patient().is_professional
        page_of_it = "thread_acts.write_first" if at_work else "messages.write_thread"
        return url_for(page_of_it, _anchor="composer")
    kind = "note" if place.kind is MessageKind.NOTE else None
    return url_for("messages.show_thread", thread_id=place.slot, kind=kind, _anchor="composer")


def address_of(endpoint: str, place: Place, **values: Any) -> str:
    """One of these views, for the message that is being written."""
    thread = None if place.slot == NEW_THREAD else place.slot
    kind = "note" if place.kind is MessageKind.NOTE else None
    return url_for(endpoint, key=place.key, thread=thread, kind=kind, **values)


def hold_place(session: Session, place: Place) -> None:
    """Raises `NotFoundError` for a conversation that the reader does not see."""
    if place.slot == NEW_THREAD:
        return
    locked(
        session,
        patient_id=place.patient_id,
        thread_id=place.slot,
        reader=reader_of(current_viewer(), current_patient()),
        at=now(),
    )


def _arrived() -> Arrived:
    """Raises `FileRefusedError`."""
    request.max_content_length = MOST_BYTES + _FORM_AROUND_IT
    try:
        sent = request.files.get("file")
    except RequestEntityTooLarge:
        raise FileRefusedError(Refusal.TOO_LARGE) from None
    if sent is None or not sent.filename:
        raise FileRefusedError(Refusal.EMPTY)
    words = plain_line(request.form.get("alternative_text"))[:LONGEST_ALTERNATIVE_TEXT]
    return Arrived(sent.filename, sent.stream.read(MOST_BYTES + 1), words)


def _keep(arrived: Arrived, place: Place, permission: Permission) -> None:
    try:
        charge_account("attachments", most=MOST_A_DAY)
    except TooManyRequestsError:
        raise FileRefusedError(Refusal.TOO_OFTEN) from None
    decoded = checked(arrived.content)
    named = Named(
        name=clean_name(arrived.name, decoded.media_type),
        alternative_text=arrived.alternative_text,
        source=arrived.content,
    )
    with transaction() as session:
        author_again(session, permission)
        hold_place(session, place)
        keeping.keep(session, decoded, named, place, keys=current_keys(), at=now())


def _form_page(
    form: FileForm, place: Place, permission: Permission, *, status: int = 200
) -> Response:
    session = current_session()
    if status == 200:
        hold_place(session, place)
    cards = [
        attachment_card(row, keys=current_keys()) for row in keeping.list_unsent(session, place)
    ]
    removals = {
        card.id: address_of("attachments.remove", place, attachment_id=card.id) for card in cards
    }
    return page(
        "messages/attachment_form.html",
        status=status,
        patient=current_patient(),
        form=form,
        joined=cards,
        address=address_of(_USUAL[permission], place),
        removals=removals,
        back=back_to(place),
    )
