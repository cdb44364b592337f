"""A conversation as those who answer see it: what was written, the answer, the patient beside."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.access.viewer import Standing
from portal.blueprints.messages.acts_forms import AnswerForm
from portal.blueprints.messages.forms import MessageForm
from portal.clock import now
from portal.db import current_session
from portal.messaging.conversations import AttachmentRow, Conversation, DraftRow, TemplateRow
from portal.messaging.family import FamilyReader
from portal.messaging.recipients import Recipients, read_recipients
from portal.messaging.sealing import draft_cell, open_text
from portal.models.base import new_id
from portal.models.messaging import MessageKind
from portal.scheduling import appointments
from portal.web import dates
from portal.web.exchange.attachments import AttachmentCard, unsent
from portal.web.exchange.reading import Exchange, names_in_words
from portal.web.exchange.thread_cards import state_tag, who_answers
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext, ngettext
from portal.web.installed import current_keys
from portal.web.page import page
from portal.web.visits import Visit, visit

_DONE = frozenset(
    ("answered", "noted", "taken", "released", "closed", "reopened", "kept", "discarded", "gone")
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the reader may know of the patient while they answer."""

    age: str
    next_visit: Visit | None
    readers: list[str]
    """Who of the family reads the answer, the patient first."""
    is_sharing_agreed: bool
    """Else the patient said nothing, which the law takes for a yes until they object."""
    sees_consents: bool
    sees_team: bool
    sees_agenda: bool


def desk_page(
    conversation: Conversation,
    exchange: Exchange,
    form: MessageForm | None,
    *,
    status: int,
    before: UUID | None,
) -> Response:
    patient, viewer, at = current_patient(), current_viewer(), now()
    thread, kind = conversation.thread, _kind(form)
    recipients = read_recipients(
        current_session(), patient_id=patient.patient_id, thread_id=thread.id, at=at
    )
    draft = next((one for one in conversation.drafts if one.kind is kind), None)
    answer_form = form or _form(draft, kind, _chosen(conversation.templates))
    return page(
        "messages/desk.html",
        fragment="exchange",
        status=status,
        patient=patient,
        today=dates.local(at, patient.time_zone).date(),
        thread=thread,
        exchange=exchange,
        who=who_answers(thread),
        tag=state_tag(thread, patient=patient, at=at),
        form=answer_form,
        kind=kind.value,
        templates=conversation.templates,
        kept=dates.clock(dates.local(draft.updated_at, patient.time_zone))
        if draft and form is None
        else "",
        joined=_joined(conversation.attachments, answer_form.key.data or ""),
        is_mine=thread.taken_by == viewer.id,
        may_answer=may(Permission.MESSAGES_ANSWER),
        beside=_beside(recipients, patient, at),
        reads=reads_words(recipients.family),
        is_continued=before is not None,
        done=done if (done := request.args.get("done", "")) in _DONE else "",
    )


def _kind(form: MessageForm | None) -> MessageKind:
    if isinstance(form, AnswerForm):
        return form.written_as
    is_note = request.args.get("kind") == MessageKind.NOTE
    return MessageKind.NOTE if is_note else MessageKind.MESSAGE


def _chosen(rows: list[TemplateRow]) -> str:
    """The words that `?template=` names, to begin with."""
    wanted = uuid_of(request.args.get("template"))
    return next((one.body for one in rows if one.id == wanted), "")


def _form(draft: DraftRow | None, kind: MessageKind, chosen: str) -> AnswerForm:
    """Words that are written often come after what was kept."""
    if draft is None:
        return AnswerForm(data={"key": str(new_id()), "body": chosen, "kind": kind.value})
    body = open_text(current_keys(), draft.body_sealed, draft_cell(draft.id, "body_sealed"))
    body = "\n\n".join(filter(None, (body, chosen)))
    return AnswerForm(data={"key": str(draft.key), "body": body, "kind": kind.value})


def _joined(rows: list[AttachmentRow], key: str) -> list[AttachmentCard]:
    """Of this text alone: what is joined to a note never stands under an answer."""
    own = [one for one in rows if one.message_id is None and str(one.key) == key]
    return unsent(own, keys=current_keys())


def _beside(recipients: Recipients, patient: Standing, at: datetime) -> Beside:
    today = dates.local(at, patient.time_zone).date()
    sees_agenda = may(Permission.AGENDA_SEE)
    return Beside(
        _age(patient.birth_date, today),
        _next_visit(patient, at) if sees_agenda else None,
        [one.given_name for one in recipients.family],
        is_sharing_agreed=patient.is_sharing_agreed,
        sees_consents=may(Permission.CONSENTS_SEE),
        sees_team=may(Permission.CARE_TEAM_SEE),
        sees_agenda=sees_agenda,
    )


def _next_visit(patient: Standing, at: datetime) -> Visit | None:
    rows = appointments.appointments_to_come(
        current_session(),
        patient_id=patient.patient_id,
        viewer_id=current_viewer().id,
        at=at,
        limit=1,
    )
    return visit(rows[0], patient=patient, at=at) if rows else None


def _age(birth_date: str, today: date) -> str:
    """`81 ans`; empty unless the whole date is known."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return ""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return ngettext("%(num)d year old", "%(num)d years old", years)


def reads_words(family: list[FamilyReader]) -> str:
    """Who reads the answer, said before it is written."""
    names = [one.given_name for one in family]
    if not names:
        return gettext("Nobody of the family reads messages here: call them as well.")
    return ngettext(
        "%(names)s reads your answer.",
        "%(names)s read your answer.",
        len(names),
        names=names_in_words(names),
    )
