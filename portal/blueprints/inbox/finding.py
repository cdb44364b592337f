"""Words looked for in all conversations of the inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, request, url_for

from portal.access.guard import current_viewer
from portal.blueprints.inbox.cards import note_shown, patient_name, standing_of
from portal.blueprints.inbox.forms import SearchForm
from portal.clock import now
from portal.db import current_session
from portal.messaging.inbox_search import HitOfFile, Searched, search_inbox
from portal.messaging.inbox_summary import read_summary
from portal.messaging.search import LONGEST_QUERY, words_of
from portal.web.exchange.hits import HitCard, hit_card
from portal.web.exchange.texts import plain_line
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page
from portal.web.positions import position_of, position_text

FEWEST_LETTERS = 2
"""Every message holds each single letter."""


@dataclass(frozen=True, slots=True)
class FoundCard:
    patient_id: UUID
    patient: str
    hit: HitCard


def search_page() -> Response:
    text = plain_line(request.args.get("q"))[:LONGEST_QUERY]
    form, words = SearchForm(data={"q": text}), words_of(text)
    if "q" in request.args and sum(map(len, words)) < FEWEST_LETTERS:
        form.refuse("q", gettext("Write at least two letters of a word"))
        return _page(form, None, status=422)
    return _page(form, _found(words) if words else None, words)


def _found(words: list[str]) -> Searched:
    viewer, at, position = current_viewer(), now(), position_of(request.args.get("after"))
    session = current_session()
    found = search_inbox(
        session,
        words,
        viewer=viewer,
        teams=read_summary(session, viewer=viewer, at=at).teams,
        keys=current_keys(),
        at=at,
        after=(position.starts_at, position.id) if position else None,
    )
    # What was looked through and not found is shown to nobody.
    note_shown(viewer, [one.patient for one in found.hits])
    return found


def _page(
    form: SearchForm, found: Searched | None, words: list[str] | None = None, *, status: int = 200
) -> Response:
    at = now()
    return page(
        "inbox/search.html",
        status=status,
        form=form,
        found=found,
        rows=[_card(one, words or [], at=at) for one in found.hits] if found else [],
        older=_older(found, form.q.data or "") if found else "",
        is_continued="after" in request.args,
    )


def _card(one: HitOfFile, words: list[str], *, at: datetime) -> FoundCard:
    patient, viewer = standing_of(one.patient), current_viewer()
    card = hit_card(one.hit, words, patient=patient, viewer_id=viewer.id, at=at)
    return FoundCard(one.patient.id, patient_name(one.patient), card)


def _older(found: Searched, text: str) -> str:
    if found.last is None:
        return ""
    return url_for("inbox.search", q=text, after=position_text(*found.last))
