"""What is being written, kept on the server."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.messages.forms import LONGEST_KEPT
from portal.blueprints.messages.pages import kept_words
from portal.clock import now
from portal.db import transaction
from portal.messaging import drafts
from portal.messaging.acts import locked
from portal.messaging.drafts import Draft
from portal.messaging.sending import LONGEST_SUBJECT
from portal.messaging.visibility import reader_of
from portal.models.base import new_id
from portal.models.messaging import NEW_THREAD, MessageKind
from portal.web.exchange.recipient_cards import COORDINATION
from portal.web.exchange.texts import plain_line, plain_text
from portal.web.form_values import uuid_of
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to, wants_fragment

bp = Blueprint("message_drafts", __name__, url_prefix="/p/<uuid:patient_id>/messages")


@bp.post("/new/draft")
@requires(Permission.MESSAGES_ACT)
def save_new_draft() -> Response:
    keep_new_draft()
    return _to_files() or _kept(url_for("messages.list_threads", done="kept"))


@bp.post("/answer/new/draft")
@requires(Permission.MESSAGES_ANSWER)
def save_first_draft() -> Response:
    """The first message of a professional."""
    keep_new_draft()
    back = url_for("messages.list_threads", done="kept")
    return _to_files(endpoint="attachments.choose_for_answer") or _kept(back)


@bp.post("/<uuid:thread_id>/draft")
@requires(Permission.MESSAGES_ACT)
def save_draft(thread_id: UUID) -> Response:
    keep_draft(thread_id)
    back = url_for("messages.show_thread", thread_id=thread_id, done="kept")
    return _to_files(thread_id) or _kept(back)


@bp.post("/<uuid:thread_id>/answer/draft")
@requires(Permission.MESSAGES_ANSWER)
def save_answer_draft(thread_id: UUID) -> Response:
    """A message or a note of a professional, as `kind` says."""
    keep_draft(thread_id, kind=_kind())
    kind = "note" if _kind() is MessageKind.NOTE else None
    back = url_for("messages.show_thread", thread_id=thread_id, kind=kind, done="kept")
    return _to_files(thread_id, endpoint="attachments.choose_for_answer") or _kept(back)


@bp.post("/new/draft/discard")
@requires(Permission.MESSAGES_ACT)
def discard_new_draft() -> Response:
    with transaction() as session:
        _discard(session, NEW_THREAD)
    return redirect_to(url_for("messages.list_threads", done="discarded"))


@bp.post("/answer/new/draft/discard")
@requires(Permission.MESSAGES_ANSWER)
def discard_first_draft() -> Response:
    with transaction() as session:
        _discard(session, NEW_THREAD)
    return redirect_to(url_for("messages.list_threads", done="discarded"))


@bp.post("/<uuid:thread_id>/draft/discard")
@requires(Permission.MESSAGES_ACT)
def discard_draft(thread_id: UUID) -> Response:
    with transaction() as session:
        _hold(session, thread_id)
        _discard(session, thread_id)
    return redirect_to(url_for("messages.show_thread", thread_id=thread_id, done="discarded"))


@bp.post("/<uuid:thread_id>/answer/draft/discard")
@requires(Permission.MESSAGES_ANSWER)
def discard_answer_draft(thread_id: UUID) -> Response:
    """Of an answer or of a note, as `kind` says."""
    with transaction() as session:
        _hold(session, thread_id)
        _discard(session, thread_id, kind=_kind())
    return redirect_to(url_for("messages.show_thread", thread_id=thread_id, done="discarded"))


def keep_draft(thread_id: UUID, *, kind: MessageKind = MessageKind.MESSAGE) -> None:
    """What the form of the request says, for a conversation that the reader sees."""
    draft = Draft(key=_key(), body=_body(), slot=thread_id, kind=kind)
    with transaction() as session:
        _hold(session, thread_id)
        _save(session, draft)


def keep_new_draft() -> None:
    """The same of a conversation that is not begun yet."""
    form = request.form
    to = form.get("to", "")
    is_known = to == COORDINATION or uuid_of(to) is not None
    draft = Draft(
        key=_key(),
        body=_body(),
        recipient=to if is_known else "",
        need_id=uuid_of(form.get("need")),
        subject=plain_line(form.get("subject"))[:LONGEST_SUBJECT],
        is_private=bool(form.get("private")),
    )
    with transaction() as session:
        _save(session, draft)


def _key() -> UUID:
    return uuid_of(request.form.get("key")) or new_id()


def _body() -> str:
    """Also a text that is too long to be sent: it is kept until it is shorter."""
    return plain_text(request.form.get("body"))[:LONGEST_KEPT]


def _kind() -> MessageKind:
    is_note = request.form.get("kind") == MessageKind.NOTE
    return MessageKind.NOTE if is_note else MessageKind.MESSAGE


def _hold(session: Session, thread_id: UUID) -> None:
    """Held, so that what is kept late does not outlive the send."""
    patient = current_patient()
    locked(
        session,
        patient_id=patient.patient_id,
        thread_id=thread_id,
        reader=reader_of(current_viewer(), patient),
        at=now(),
    )


def _save(session: Session, draft: Draft) -> None:
    drafts.save_draft(
        session,
        draft,
        patient_id=current_patient().patient_id,
        author_id=current_viewer().id,
        keys=current_keys(),
        at=now(),
    )


def _discard(session: Session, slot: UUID, *, kind: MessageKind = MessageKind.MESSAGE) -> None:
    drafts.discard_draft(
        session,
        patient_id=current_patient().patient_id,
        author_id=current_viewer().id,
        slot=slot,
        kind=kind,
    )


def _to_files(
    thread_id: UUID | None = None, *, endpoint: str = "attachments.choose"
) -> Response | None:
    """To where a file is chosen, when that button was pressed: the text waits as a draft."""
    key = uuid_of(request.form.get("key"))
    if request.form.get("then") != "attach" or key is None:
        return None
    kind = _kind() if endpoint == "attachments.choose_for_answer" else None
    return redirect_to(url_for(endpoint, key=key, thread=thread_id, kind=kind))


def _kept(back: str) -> Response:
    """One quiet line for htmx; without it, back to where one was."""
    if not wants_fragment():
        return redirect_to(back)
    kept = kept_words(now(), current_patient()) if _body() else ""
    return page("messages/kept.html", fragment="draft", patient=current_patient(), kept=kept)
