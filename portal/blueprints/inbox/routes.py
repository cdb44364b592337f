"""The inbox: to answer, of the team, answered, closed; drafts; and search in all of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.inbox.cards import (
    DRAFTS,
    DraftCard,
    InboxCard,
    away_words,
    draft_card,
    filters,
    inbox_card,
    note_shown,
)
from portal.blueprints.inbox.finding import search_page
from portal.clock import now
from portal.db import current_session
from portal.messaging.boxes import Box
from portal.messaging.inbox import Inbox, read_inbox
from portal.messaging.inbox_drafts import Drafts, read_drafts
from portal.messaging.inbox_summary import Summary, read_summary
from portal.web.page import page
from portal.web.positions import position_of, position_text

bp = Blueprint("inbox", __name__, url_prefix="/inbox")
_DONE = frozenset(("handed_over", "unread"))


@bp.get("")
@requires(Permission.INBOX_SEE, writes=True)
def list_threads() -> Response:
    viewer, at, box = current_viewer(), now(), _box()
    summary = read_summary(current_session(), viewer=viewer, at=at)
    found = read_inbox(
        current_session(),
        box,
        viewer=viewer,
        teams=summary.teams,
        at=at,
        after=_after(),
    )
    note_shown(viewer, [row.patient for row in found.rows])
    cards = [inbox_card(row, at=at) for row in found.rows]
    return _page(box.value, summary, at, cards=cards, older=_address_after(found, box))


@bp.get("/drafts")
@requires(Permission.INBOX_SEE, writes=True)
def list_drafts() -> Response:
    viewer, at = current_viewer(), now()
    summary = read_summary(current_session(), viewer=viewer, at=at)
    found = read_drafts(current_session(), viewer=viewer, at=at, after=_after())
    note_shown(viewer, [row.patient for row in found.rows])
    drafts = [draft_card(row, at=at) for row in found.rows]
    return _page(DRAFTS, summary, at, drafts=drafts, older=_older_drafts(found))


@bp.get("/search")
@requires(Permission.INBOX_SEE, writes=True)
def search() -> Response:
    return search_page()


def _page(
    box: str,
    summary: Summary,
    at: datetime,
    *,
    older: str,
    cards: Sequence[InboxCard] = (),
    drafts: Sequence[DraftCard] = (),
) -> Response:
    done = request.args.get("done", "")
    return page(
        "inbox/list.html",
        box=box,
        filters=filters(summary, box),
        away=away_words(summary.away, at=at),
        is_continued=_after() is not None,
        done=done if done in _DONE else "",
        cards=cards,
        drafts=drafts,
        older=older,
    )


def _box() -> Box:
    known = {one.value for one in Box}
    asked = request.args.get("box", "")
    return Box(asked) if asked in known else Box.MINE


def _after() -> tuple[datetime, UUID] | None:
    position = position_of(request.args.get("after"))
    return (position.starts_at, position.id) if position else None


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


def _older_drafts(found: Drafts) -> str:
    if not found.has_more:
        return ""
    last = found.rows[-1].draft
    return url_for("inbox.list_drafts", after=position_text(last.updated_at, last.id))
