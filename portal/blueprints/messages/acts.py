"""What those who answer do with a conversation."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.guard import current_author, current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.messages.acts_forms import AnswerForm, FirstForm, HandOverForm
from portal.blueprints.messages.first import begin, first_page
from portal.blueprints.messages.handing_over import hand_over_page, offered_to, thread_of
from portal.blueprints.messages.pages import changed_page, thread_page, with_fresh_key
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError
from portal.messaging import answering, closing
from portal.messaging.acts import locked, refuse_stale
from portal.messaging.answering import ThreadClosedError
from portal.messaging.reading import mark_unread as forget_reading
from portal.messaging.recipients import read_recipients
from portal.messaging.said_again import send_once
from portal.messaging.sending import KeyUsedError, RecipientGoneError, Written, is_sent
from portal.messaging.visibility import reader_of
from portal.models.base import new_id
from portal.models.messaging import Message, Thread
from portal.web.exchange.recipient_cards import COORDINATION
from portal.web.form_values import uuid_of, version_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("thread_acts", __name__, url_prefix="/p/<uuid:patient_id>/messages")
_Act = Callable[[Session, Thread, Author], None]


@bp.get("/answer/new")
@requires(Permission.MESSAGES_ANSWER)
def write_first() -> Response:
    return first_page()


@bp.post("/answer/new")
@requires(Permission.MESSAGES_ANSWER)
def start() -> Response:
    form: FirstForm = FirstForm.from_request()
    if not form.is_sent_and_valid():
        return first_page(form, status=422)
    try:
        message = begin(form)
    except KeyUsedError:
        return first_page(with_fresh_key(form), status=409)
    except RecipientGoneError:
        form.refuse("body", gettext("You have no place here any more: nothing was sent"))
        return first_page(form, status=409)
    return redirect_to(
        url_for("messages.show_thread", thread_id=message.thread_id, done="answered")
    )


@bp.post("/<uuid:thread_id>/answer")
@requires(Permission.MESSAGES_ANSWER)
def answer(thread_id: UUID) -> Response:
    """To the family, or a note that it never sees."""
    form: AnswerForm = AnswerForm.from_request()
    if not form.is_sent_and_valid():
        return thread_page(thread_id, form, status=422)
    try:
        message = _answer(thread_id, form)
    except KeyUsedError:
        return thread_page(thread_id, with_fresh_key(form), status=409)
    address = url_for(
        "messages.show_thread",
        thread_id=thread_id,
        done="noted" if message.kind == "note" else "answered",
        _anchor=f"m-{message.id}",
    )
    return redirect_to(address)


@bp.post("/<uuid:thread_id>/take")
@requires(Permission.MESSAGES_ANSWER)
def take(thread_id: UUID) -> Response:
    def act(session: Session, thread: Thread, by: Author) -> None:
        answering.take(session, thread, by=by, at=now())

    return _do(thread_id, act, "taken")


@bp.post("/<uuid:thread_id>/release")
@requires(Permission.MESSAGES_ANSWER)
def release(thread_id: UUID) -> Response:
    def act(session: Session, thread: Thread, by: Author) -> None:
        answering.release(session, thread, by=by, at=now())

    return _do(thread_id, act, "released")


@bp.post("/<uuid:thread_id>/answer/close")
@requires(Permission.MESSAGES_ANSWER)
def close(thread_id: UUID) -> Response:
    def act(session: Session, thread: Thread, by: Author) -> None:
        closing.close_thread(session, thread, by=by, at=now())

    return _do(thread_id, act, "closed")


@bp.post("/<uuid:thread_id>/answer/reopen")
@requires(Permission.MESSAGES_ANSWER)
def reopen(thread_id: UUID) -> Response:
    def act(session: Session, thread: Thread, by: Author) -> None:
        closing.reopen_thread(session, thread, by=by, at=now())

    return _do(thread_id, act, "reopened")


@bp.post("/<uuid:thread_id>/unread")
@requires(Permission.MESSAGES_ANSWER)
def mark_unread(thread_id: UUID) -> Response:
    """Back to the list: the conversation itself would be read at once."""
    with transaction() as session:
        thread = _held(session, thread_id)
        forget_reading(
            session,
            patient_id=thread.patient_id,
            thread_id=thread.id,
            user_id=current_viewer().id,
        )
    return redirect_to(url_for("inbox.list_threads", done="unread"))


@bp.get("/<uuid:thread_id>/hand-over")
@requires(Permission.MESSAGES_ANSWER)
def write_hand_over(thread_id: UUID) -> Response:
    return hand_over_page(thread_id)


@bp.post("/<uuid:thread_id>/hand-over")
@requires(Permission.MESSAGES_ANSWER)
def hand_over(thread_id: UUID) -> Response:
    form: HandOverForm = HandOverForm.from_request()
    if _is_done(thread_id, form):
        return _handed_over()  # the same tap again
    form.offered = offered_to(thread_id)
    if not form.is_sent_and_valid():
        return hand_over_page(thread_id, form, status=422)
    try:
        _hand_over(thread_id, form)
    except (ChangedMeanwhileError, ThreadClosedError, KeyUsedError):
        form.key.data = str(new_id())
        form.refuse("to", gettext("The conversation changed meanwhile: look at it again first"))
        form.version.data = ""
        return hand_over_page(thread_id, form, status=409)
    except RecipientGoneError:
        form.refuse("to", gettext("Nobody reads messages there any more: choose somebody else"))
        return hand_over_page(thread_id, form, status=409)
    return _handed_over()


def _is_done(thread_id: UUID, form: HandOverForm) -> bool:
    """Whether this very form was taken: with its key, and to whom it says.

    A form that the Back button brought, with another name in it, is another act.
    """
    patient, key, to = current_patient(), uuid_of(form.key.data), form.to.data
    if key is None or not is_sent(
        current_session(),
        patient_id=patient.patient_id,
        by=current_author(Permission.MESSAGES_ANSWER),
        key=key,
    ):
        return False
    return thread_of(thread_id).member_id == (None if to == COORDINATION else uuid_of(to))


def _handed_over() -> Response:
    return redirect_to(url_for("inbox.list_threads", done="handed_over"))


def _answer(thread_id: UUID, form: AnswerForm) -> Message:
    by = current_author(Permission.MESSAGES_ANSWER)
    written = Written(
        body=form.body.data or "", key=uuid_of(form.key.data) or new_id(), kind=form.written_as
    )
    with transaction() as session:
        thread = _held(session, thread_id)
        return send_once(
            session, thread, written, by=by, is_family=False, keys=current_keys(), at=now()
        )


def _hand_over(thread_id: UUID, form: HandOverForm) -> None:
    by, at = current_author(Permission.MESSAGES_ANSWER), now()
    to = form.to.data
    with transaction() as session:
        thread, key = _held(session, thread_id), uuid_of(form.key.data) or new_id()
        refuse_stale(thread, version_of(form.version.data))
        recipients = read_recipients(session, patient_id=thread.patient_id, at=at)
        recipient = recipients.find(None if to == COORDINATION else uuid_of(to))
        if recipient is None:
            raise RecipientGoneError
        answering.hand_over(
            session,
            thread,
            recipient,
            recipients,
            note=Written(body=form.body.data or "", key=key),
            by=by,
            keys=current_keys(),
            at=at,
        )


def _do(thread_id: UUID, act: _Act, done: str) -> Response:
    """An act with one button; who saw something else is shown what it is now."""
    by = current_author(Permission.MESSAGES_ANSWER)
    try:
        with transaction() as session:
            thread = _held(session, thread_id)
            refuse_stale(thread, version_of(request.form.get("version")))
            act(session, thread, by)
    except (ChangedMeanwhileError, ThreadClosedError):
        return changed_page(thread_id)
    except RecipientGoneError:
        done = "gone"
    return redirect_to(url_for("messages.show_thread", thread_id=thread_id, done=done))


def _held(session: Session, thread_id: UUID) -> Thread:
    patient = current_patient()
    return locked(
        session,
        patient_id=patient.patient_id,
        thread_id=thread_id,
        reader=reader_of(current_viewer(), patient),
        at=now(),
    )
