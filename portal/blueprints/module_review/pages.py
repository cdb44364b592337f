"""The pages of whoever reads a module before it is published."""

from collections import Counter
from datetime import date
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.blueprints.module_review.forms import AnswerForm, ApproveForm, RemarkForm
from portal.clock import now
from portal.db import current_session
from portal.education.differences import differences
from portal.education.dossier import dossier_of
from portal.education.gates import USUAL_REVIEW
from portal.education.places import words_of_places
from portal.education.remarks import LONGEST_QUOTE, one_line
from portal.education.requests import reviewers_for
from portal.education.standing import ModuleStanding, standing_towards
from portal.education.texts import Illustrated, texts_of
from portal.errors import NotFoundError
from portal.models.education import VersionState
from portal.web.form_values import number_of
from portal.web.modules.gate_words import gate_sentences
from portal.web.modules.passages import Part, parts_of, passage_of, put_remarks
from portal.web.modules.place_words import place_words
from portal.web.modules.remark_cards import RemarkCard, remark_cards
from portal.web.modules.review_sheets import SHEETS, sheet_of
from portal.web.modules.states import (
    asked_words,
    day_of_moment,
    name_of,
    reviewer_words,
    state_tag,
)
from portal.web.page import page

_DONE = ("remark", "settled", "reopened", "read")
_READ = (VersionState.SUBMITTED, VersionState.APPROVED)


def today() -> date:
    """The day by which reviews begin and end, the same for all."""
    return now().date()


def find(version_id: UUID) -> ModuleStanding:
    """Raises `NotFoundError`, also for a draft that was never sent to anybody."""
    standing = standing_towards(current_session(), version_id, user_id=current_viewer().id)
    if standing.version.submitted_at is None:
        raise NotFoundError("module version")
    return standing


def written(version_id: UUID) -> Illustrated:
    """The text that was sent, or is published."""
    found = texts_of(current_session(), [version_id]).get(version_id)
    if found is None:
        raise NotFoundError("module version")
    return found


def text_page(
    version_id: UUID,
    *,
    refused: tuple[str, ...] = (),
    answer: tuple[UUID, AnswerForm] | None = None,
    status: int = 200,
) -> Response:
    """The whole text with its remarks; `answer` is one that could not be kept."""
    standing, said = find(version_id), written(version_id)
    version = standing.version
    facts, remarks = dossier_of(current_session(), version_id)
    parts = parts_of(said, locale=version.locale)
    cards = remark_cards(remarks, standing, texts=words_of_places(said.text))
    lost = put_remarks(parts, cards)
    sheet = _sheet(parts, cards, answer[0] if answer else None)
    done = request.args.get("done", "")
    return page(
        "module_review/text.html",
        status=status,
        standing=standing,
        version=version,
        facts=facts,
        tag=state_tag(version.state, is_retracted=standing.module.retracted_at is not None),
        parts=[part for part in parts if part.sheet == sheet],
        sheet=sheet,
        sheets=_sheets(parts, cards),
        lost=lost,
        open_count=sum(not one.settled_on for one in cards),
        has_own_open=any(one.is_own and not one.settled_on for one in cards),
        may_remark=may_remark(standing),
        answers=may_answer(standing),
        author=name_of(facts.author),
        peer=name_of(facts.peer),
        peer_on=day_of_moment(version.peer_read_at) if version.peer_read_at else "",
        asked=asked_words(facts),
        is_compared=facts.read_id is not None and facts.read_id != version.id,
        refused=gate_sentences(refused),
        answer=answer,
        done=done if done in _DONE else "",
    )


def _sheets(parts: list[Part], cards: list[RemarkCard]) -> list[tuple[str, int]]:
    """Those that the text has, each with how many remarks wait there."""
    there = {part.sheet for part in parts}
    waiting = Counter(sheet_of(one.place) for one in cards if not one.settled_on)
    return [(sheet, waiting[sheet]) for sheet in SHEETS if sheet in there]


def _sheet(parts: list[Part], cards: list[RemarkCard], remark_id: UUID | None) -> str:
    """That of the remark which could not be answered, or the one that is asked for."""
    failed = (sheet_of(one.place) for one in cards if one.id == remark_id)
    asked = next(failed, request.args.get("sheet", ""))
    return asked if asked in {part.sheet for part in parts} else SHEETS[0]


def may_remark(standing: ModuleStanding) -> bool:
    return (standing.reviews or standing.reads_as_peer) and standing.version.state in _READ


def may_answer(standing: ModuleStanding) -> dict[str, bool]:
    waits = standing.version.state is VersionState.SUBMITTED
    is_read = standing.version.peer_id == standing.user.id
    return {
        "says_read": standing.reads_as_peer and waits and not is_read,
        "was_read": standing.reads_as_peer and is_read,
        "approves": standing.reviews and waits,
        "asks_changes": standing.reviews and standing.version.state in _READ,
    }


def remark_page(version_id: UUID, form: RemarkForm | None = None, *, status: int = 200) -> Response:
    """About the passage that the address names, or the words that were selected on the page."""
    standing, said = find(version_id), written(version_id)
    if not may_remark(standing):
        return text_page(version_id, refused=("wrong_state",), status=409)
    if form is None:
        form = _asked_form(said)
    place = form.place.data or ""
    if place not in words_of_places(said.text):
        raise NotFoundError("module version")
    return page(
        "module_review/remark.html",
        status=status,
        version=standing.version,
        form=form,
        place_words=place_words(place),
    )


def _asked_form(said: Illustrated) -> RemarkForm:
    place = request.args.get("place", "")[:40]
    quote = request.args.get("quote") or passage_of(
        said, place, number_of(request.args.get("number"))
    )
    return RemarkForm(data={"place": place, "quote": shortened(one_line(quote or ""))})


def shortened(quote: str) -> str:
    """The beginning of a long passage, to the end of a word."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    return quote[:LONGEST_QUOTE].rsplit(" ", 1)[0]


def approve_page(
    standing: ModuleStanding, form: ApproveForm | None = None, *, status: int = 200
) -> Response:
    facts, remarks = dossier_of(current_session(), standing.version.id)
    if any(one.is_open and one.author_id == standing.user.id for one in remarks):
        return text_page(standing.version.id, refused=("open_remark",), status=409)
    if form is None:
        usual = today() + USUAL_REVIEW
        revision = str(standing.version.revision)
        form = ApproveForm(data={"review_due": f"{usual:%d/%m/%Y}", "revision": revision})
    return page(
        "module_review/approve.html",
        status=status,
        version=standing.version,
        form=form,
        author=name_of(facts.author),
        signature=_signature(standing),
        organization=facts.organization_name,
        open_count=sum(one.is_open for one in remarks),
    )


def differences_page(version_id: UUID) -> Response:
    """What changes for patients, against what they read today."""
    standing = find(version_id)
    facts, _remarks = dossier_of(current_session(), version_id)
    if facts.read_id is None or facts.read_since is None or facts.read_id == version_id:
        raise NotFoundError("module version")
    texts = texts_of(current_session(), [version_id, facts.read_id])
    if version_id not in texts or facts.read_id not in texts:
        raise NotFoundError("module version")
    old, new = (words_of_places(texts[one].text) for one in (facts.read_id, version_id))
    found = differences(old, new)
    return page(
        "module_review/differences.html",
        version=standing.version,
        changes=[(place_words(one.place), one.lines) for one in found],
        read_since=day_of_moment(facts.read_since),
    )


def _signature(standing: ModuleStanding) -> str:
    """The name and profession that will stand under the module."""
    found = reviewers_for(current_session(), standing.version.id)
    own = (reviewer_words(one) for one in found if one.id == standing.user.id)
    return next(own, f"{standing.user.given_name} {standing.user.family_name}")
