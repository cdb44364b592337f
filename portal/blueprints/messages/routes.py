"""A patient's conversations: the list, one of them, a new one, what is sent."""

from uuid import UUID

from flask import Blueprint, Response, g, request, url_for
from sqlmodel import Session

from portal.access.guard import current_author, current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.messages import beginning
from portal.blueprints.messages.forms import MessageForm, ThreadForm
from portal.blueprints.messages.pages import changed_page, list_page, thread_page, with_fresh_key
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError
from portal.messaging.acts import locked, refuse_stale
from portal.messaging.closing import close_thread as close
from portal.messaging.closing import reopen_thread as reopen
from portal.messaging.said_again import send_once
from portal.messaging.sending import KeyUsedError, RecipientGoneError, Written
from portal.messaging.visibility import reader_of
from portal.models.base import new_id
from portal.models.messaging import Message, Thread
from portal.web.form_values import uuid_of, version_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to, wants_fragment

bp = Blueprint("messages", __name__, url_prefix="/p/<uuid:patient_id>/messages")


@bp.get("")
@requires(Permission.MESSAGES_SEE)
def list_threads() -> Response:
    return list_page()


@bp.get("/new")
@requires(Permission.MESSAGES_ACT)
def write_thread() -> Response:
    return beginning.form_page()


@bp.post("/new")
@requires(Permission.MESSAGES_ACT)
def start_thread() -> Response:
    form: ThreadForm = ThreadForm.from_request()
    if not form.is_sent_and_valid():
        return beginning.form_page(form, status=422)
    try:
        message = beginning.start(form)
    except KeyUsedError:
        return beginning.form_page(with_fresh_key(form), status=409)
    except RecipientGoneError:
        form.refuse("to", gettext("Nobody reads messages there any more: choose somebody else"))
        return beginning.form_page(form, status=409)
    return _to_message(message)


@bp.get("/<uuid:thread_id>")
@requires(Permission.MESSAGES_SEE)
def show_thread(thread_id: UUID) -> Response:
    # An open page asks for the fragment by itself when something came: no session lives by it.
    g.is_passive = wants_fragment()
    return thread_page(thread_id)


@bp.post("/<uuid:thread_id>")
@requires(Permission.MESSAGES_ACT)
def send_message(thread_id: UUID) -> Response:
    form: MessageForm = MessageForm.from_request()
    if not form.is_sent_and_valid():
        return thread_page(thread_id, form, status=422)
    try:
        message = _send(thread_id, form)
    except KeyUsedError:
        return thread_page(thread_id, with_fresh_key(form), status=409)
    except RecipientGoneError:
        form.refuse("body", gettext("Nobody reads messages there any more: write to somebody else"))
        return thread_page(thread_id, form, status=409)
    return _to_message(message)


@bp.post("/<uuid:thread_id>/close")
@requires(Permission.MESSAGES_ACT)
def close_thread(thread_id: UUID) -> Response:
    by, at = current_author(Permission.MESSAGES_ACT), now()
    try:
        with transaction() as session:
            thread = _held(session, thread_id)
            refuse_stale(thread, version_of(request.form.get("version")))
            close(session, thread, by=by, at=at)
    except ChangedMeanwhileError:
        return changed_page(thread_id)
    return _back(thread_id, "closed")


@bp.post("/<uuid:thread_id>/reopen")
@requires(Permission.MESSAGES_ACT)
def reopen_thread(thread_id: UUID) -> Response:
    by, at = current_author(Permission.MESSAGES_ACT), now()
    try:
        with transaction() as session:
            thread = _held(session, thread_id)
            refuse_stale(thread, version_of(request.form.get("version")))
            reopen(session, thread, by=by, at=at)
    except ChangedMeanwhileError:
        return changed_page(thread_id)
    except RecipientGoneError:
        return _back(thread_id, "gone")
    return _back(thread_id, "reopened")


def _send(thread_id: UUID, form: MessageForm) -> Message:
    """Rights, the conversation and the message by one transaction."""
    by = current_author(Permission.MESSAGES_ACT)
    written = Written(body=form.body.data or "", key=uuid_of(form.key.data) or new_id())
    with transaction() as session:
        return send_once(
            session,
            _held(session, thread_id),
            written,
            by=by,
            is_family=True,
            keys=current_keys(),
            at=now(),
        )


def _held(session: Session, thread_id: UUID) -> Thread:
    patient = current_patient()
    return locked(
        session,
        patient_id=patient.patient_id,
        thread_id=thread_id,
        reader=reader_of(current_viewer(), patient),
        at=now(),
    )


def _to_message(message: Message) -> Response:
    address = url_for(
        "messages.show_thread",
        thread_id=message.thread_id,
        done="sent",
        _anchor=f"m-{message.id}",
    )
    return redirect_to(address)


def _back(thread_id: UUID, done: str) -> Response:
    return redirect_to(url_for("messages.show_thread", thread_id=thread_id, done=done))
