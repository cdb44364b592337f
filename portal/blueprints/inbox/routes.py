"""The inbox: to answer, of the team, answered, closed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.thread_facts import MOST_UNREAD
from portal.access.trail import note_patients
from portal.access.viewer import Standing
from portal.clock import now
from portal.db import current_session
from portal.messaging.inbox import (
    Box,
    Inbox,
    InboxRow,
    PatientRow,
    count_to_answer,
    read_inbox,
)
from portal.models.audit import Capacity
from portal.models.rights import GrantCategory
from portal.web.exchange.thread_cards import ThreadCard, thread_card
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page
from portal.web.positions import position_of, position_text

bp = Blueprint("inbox", __name__, url_prefix="/inbox")
_DONE = frozenset(("handed_over", "unread"))


@dataclass(frozen=True, slots=True)
class InboxCard:
    patient_id: UUID
    patient: str
    card: ThreadCard
    stands_in: bool
    """For somebody who is away today."""


@dataclass(frozen=True, slots=True)
class Filter:
    box: Box
    label: str
    number: str


@bp.get("")
@requires(Permission.INBOX_SEE, writes=True)
def list_threads() -> Response:
    viewer, at, box = current_viewer(), now(), _box()
    position = position_of(request.args.get("after"))
    waiting = count_to_answer(current_session(), viewer=viewer, at=at)
    found = read_inbox(
        current_session(),
        box,
        viewer=viewer,
        teams=waiting.teams,
        at=at,
        after=(position.starts_at, position.id) if position else None,
    )
    note_patients(viewer, _capacities(found), category=GrantCategory.MESSAGES)
    done = request.args.get("done", "")
    return page(
        "inbox/list.html",
        box=box.value,
        filters=_filters(waiting.numbers),
        cards=[_card(row, at) for row in found.rows],
        older=_address_after(found, box),
        is_continued=position is not None,
        done=done if done in _DONE else "",
    )


def _box() -> Box:
    known = {one.value for one in Box}
    asked = request.args.get("box", "")
    return Box(asked) if asked in known else Box.MINE


def _card(row: InboxRow, at: datetime) -> InboxCard:
    viewer, patient = current_viewer(), row.patient
    card = thread_card(
        row.thread, patient=_standing(patient), viewer_id=viewer.id, keys=current_keys(), at=at
    )
    owner = row.thread.practitioner_id
    return InboxCard(
        patient.id,
        f"{patient.given_name} {patient.family_name}".strip(),
        card,
        owner is not None and owner != viewer.practitioner_id,
    )


def _standing(patient: PatientRow) -> Standing:
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


def _capacities(found: Inbox) -> dict[UUID, Capacity]:
    """A file that is shown several times leaves one line."""
    return {
        row.patient.id: Capacity.PROFESSIONAL
        if row.patient.is_from_circle
        else Capacity.COORDINATOR
        for row in found.rows
    }


def _filters(counts: dict[Box, int]) -> list[Filter]:
    labels = {
        Box.MINE: gettext("For me"),
        Box.TEAM: gettext("For the team"),
        Box.ANSWERED: gettext("Answered ones"),
        Box.CLOSED: gettext("Closed ones"),
    }
    return [Filter(box, label, _number(counts.get(box, 0))) for box, label in labels.items()]


def _number(count: int) -> str:
    if count >= MOST_UNREAD:
        return f"{MOST_UNREAD - 1}+"
    return str(count) if count else ""


def _address_after(found: Inbox, box: Box) -> str:
    if not found.has_more:
        return ""
    last = found.rows[-1].thread
    instant = last.due_at if box in (Box.MINE, Box.TEAM) else last.last_at
    return url_for(
        "inbox.list_threads",
        box=box.value,
        after=position_text(instant or last.last_at, last.id),
    )
