"""What the lists of the inbox show, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from portal.access.guard import current_viewer
from portal.access.thread_facts import MOST_UNREAD
from portal.access.trail import note_patients
from portal.access.viewer import Standing, Viewer
from portal.messaging.boxes import Box, PatientRow
from portal.messaging.drafts import opened_draft
from portal.messaging.inbox import InboxRow
from portal.messaging.inbox_drafts import DraftOfFile
from portal.messaging.inbox_summary import AwayRow, Summary
from portal.messaging.sealing import snippet_of
from portal.models.audit import Capacity
from portal.models.messaging import NEW_THREAD, MessageKind
from portal.models.rights import GrantCategory
from portal.web import dates
from portal.web.exchange.reading import subject_of
from portal.web.exchange.texts import without_turns
from portal.web.exchange.thread_cards import ThreadCard, thread_card
from portal.web.exchange.when import short_words
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.visits import short_name

DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class InboxCard:
    patient_id: UUID
    patient: str
    card: ThreadCard
    stands_in: bool
    """For somebody who is away today."""


@dataclass(frozen=True, slots=True)
class DraftCard:
    """Something that is not sent yet."""

    patient: str
    subject: str
    """Empty of a conversation that has none yet."""
    excerpt: str
    when: str
    is_note: bool
    url: str
    """Where one goes on writing."""


@dataclass(frozen=True, slots=True)
class Filter:
    url: str
    label: str
    number: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Away:
    """One's own absence, as long as it lasts."""

    absence_id: UUID
    until: str
    stands_in: str
    """Empty when nobody does."""


def inbox_card(row: InboxRow, *, at: datetime) -> InboxCard:
    viewer, patient = current_viewer(), row.patient
    card = thread_card(
        row.thread, patient=standing_of(patient), viewer_id=viewer.id, keys=current_keys(), at=at
    )
    owner = row.thread.practitioner_id
    return InboxCard(
        patient.id,
        patient_name(patient),
        card,
        owner is not None and owner != viewer.practitioner_id,
    )


def draft_card(row: DraftOfFile, *, at: datetime) -> DraftCard:
    keys, patient = current_keys(), row.patient
    draft, kept_at = opened_draft(row.draft, keys=keys)
    subject = without_turns(draft.subject)
    if row.subject_sealed is not None:
        subject = subject_of(draft.slot, row.subject_sealed, keys=keys)
    return DraftCard(
        patient_name(patient),
        subject,
        without_turns(snippet_of(draft.body)),
        short_words(kept_at, time_zone=patient.time_zone, at=at),
        draft.kind is MessageKind.NOTE,
        _where_it_is_written(patient.id, draft.slot, draft.kind),
    )


def _where_it_is_written(patient_id: UUID, slot: UUID, kind: MessageKind) -> str:
    if slot == NEW_THREAD:
        return url_for("thread_acts.write_first", patient_id=patient_id)
    return url_for(
        "messages.show_thread",
        patient_id=patient_id,
        thread_id=slot,
        kind="note" if kind is MessageKind.NOTE else None,
        _anchor="composer",
    )


def patient_name(patient: PatientRow) -> str:
    return f"{patient.given_name} {patient.family_name}".strip()


def standing_of(patient: PatientRow) -> Standing:
    """As far as the words of a card need it."""
    return Standing(
        patient.id,
        patient.given_name,
        patient.family_name,
        patient.gender,
        patient.time_zone,
        is_circle_member=patient.is_from_circle,
        is_coordinator=not patient.is_from_circle,
    )


def note_shown(viewer: Viewer, patients: Sequence[PatientRow]) -> None:
    """One line in the log of each file, however often it is shown."""
    read_as = {
        one.id: Capacity.PROFESSIONAL if one.is_from_circle else Capacity.COORDINATOR
        for one in patients
    }
    known_to_all = {one.id for one in patients if one.kept_back_id is None}
    kept_back = {
        one.id: one.kept_back_id
        for one in patients
        if one.kept_back_id is not None and one.id not in known_to_all
    }
    note_patients(viewer, read_as, category=GrantCategory.MESSAGES, items=kept_back)


def filters(summary: Summary, current: str) -> list[Filter]:
    """The boxes; that of drafts while there are some, or while it is open."""
    labels = {
        Box.MINE: gettext("For me"),
        Box.TEAM: gettext("For the team"),
        Box.ANSWERED: gettext("Answered ones"),
        Box.CLOSED: gettext("Closed ones"),
    }
    found = [
        Filter(
            url_for("inbox.list_threads", box=box.value),
            label,
            _number(summary.numbers.get(box, 0)),
            box == current,
        )
        for box, label in labels.items()
    ]
    if summary.drafts or current == DRAFTS:
        url, label = url_for("inbox.list_drafts"), gettext("Drafts")
        found.append(Filter(url, label, _number(summary.drafts), current == DRAFTS))
    return found


def _number(count: int) -> str:
    if count >= MOST_UNREAD:
        return f"{MOST_UNREAD - 1}+"
    return str(count) if count else ""


def away_words(row: AwayRow | None, *, at: datetime) -> Away | None:
    if row is None:
        return None
    until = dates.day_label(row.ends_on, today=at.date())
    name = row.family_name and short_name(row.prefix or "", row.given_name or "", row.family_name)
    return Away(row.id, until, name or "")
