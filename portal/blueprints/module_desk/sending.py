"""Sending a module to review, publishing it, seeing it as readers do."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request
from markupsafe import Markup
from sqlmodel import Session

from portal.blueprints.module_desk.forms import PublishForm, SubmissionForm
from portal.blueprints.module_desk.pages import edit_url, names, today
from portal.db import current_session
from portal.education.dossier import dossier_of
from portal.education.gates import Gate
from portal.education.handing_in import lacking_in_draft
from portal.education.markdown import Term
from portal.education.requests import USUAL_TIME, Reviewer, reviewers_for
from portal.education.standing import ModuleStanding
from portal.education.storing import minutes_of
from portal.education.texts import Illustrated, texts_of
from portal.errors import NotFoundError
from portal.models.education import ModuleVersion, VersionState
from portal.web.modules.gate_words import gate_sentences
from portal.web.modules.lack_words import lack_sentences
from portal.web.modules.passages import painter
from portal.web.modules.states import reviewer_words
from portal.web.page import page


@dataclass(frozen=True, slots=True)
class Choice:
    id: UUID
    name: str


def submission_page(
    standing: ModuleStanding, form: SubmissionForm | None = None, *, status: int = 200
) -> Response:
    """What the text lacks stands first: nothing is sent before it is there."""
    session, version = current_session(), standing.version
    reviewers = reviewers_for(session, version.id)
    if form is None:
        form = SubmissionForm(data=_offer(standing, reviewers))
    return page(
        "module_desk/submit.html",
        status=status,
        version=version,
        form=form,
        reviewers=[Choice(one.id, reviewer_words(one)) for one in reviewers],
        lacking=_lacking(session, version),
        edit_url=edit_url(version.id),
    )


def _offer(standing: ModuleStanding, reviewers: list[Reviewer]) -> dict[str, str]:
    only = reviewers[0].id if len(reviewers) == 1 else standing.version.reviewer_id
    return {
        "reviewer": str(only or ""),
        "due_on": f"{today() + USUAL_TIME:%d/%m/%Y}",
        "revision": str(standing.version.revision),
    }


def _lacking(session: Session, version: ModuleVersion) -> list[tuple[str, str]]:
    """(field, what it lacks)."""
    lacks, gates = lacking_in_draft(session, version)
    places: dict[str, str] = {Gate.NO_SOURCE: "source-1", Gate.NO_QUESTION: "question-1"}
    fields = (places.get(gate, "step-1-body") for gate in gates)
    found = [(one.place, f"{one.where} : {one.sentence}") for one in lack_sentences(lacks)]
    return found + list(zip(fields, gate_sentences(gates), strict=True))


def publish_page(
    standing: ModuleStanding, form: PublishForm | None = None, *, status: int = 200
) -> Response:
    facts, _remarks = dossier_of(current_session(), standing.version.id)
    if form is None:
        form = PublishForm(data={"revision": str(standing.version.revision)})
    return page(
        "module_desk/publish.html",
        status=status,
        version=standing.version,
        form=form,
        facts=facts,
        who=names(facts),
    )


def preview_page(standing: ModuleStanding) -> Response:
    """All that readers will see of the text that was sent, or is published."""
    version = standing.version
    written = texts_of(current_session(), [version.id]).get(version.id)
    if written is None or (version.state is VersionState.DRAFT and not standing.writes):
        raise NotFoundError("module version")
    facts, _remarks = dossier_of(current_session(), version.id)
    is_easy = version.has_easy_reading and request.args.get("easy") == "1"
    steps = _steps(written, locale=version.locale, is_easy=is_easy)
    terms = {term.word: term for one in steps for term in one.terms}
    return page(
        "module_desk/preview.html",
        version=version,
        text=written.text,
        steps=steps,
        terms=list(terms.values()),
        who=names(facts),
        is_easy=is_easy,
    )


@dataclass(frozen=True, slots=True)
class ShownStep:
    title: str
    minutes: int
    html: Markup
    terms: tuple[Term, ...]


def _steps(written: Illustrated, *, locale: str, is_easy: bool) -> list[ShownStep]:
    paint = painter(written, locale=locale)
    found = []
    for step in written.text.steps:
        text = step.easy_body if is_easy else step.body
        rendered = paint(text, is_easy=is_easy)
        found.append(ShownStep(step.title, minutes_of(step), rendered.html, rendered.terms))
    return found
