"""A module in another language, beside the text that it follows, and what changed in that."""

from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.drafting import draft_of, finished
from portal.education.members import add_member
from portal.education.storing import store
from portal.models.education import Module, ModuleVersion, VersionState
from portal.models.education_writing import EducationRole
from tests.education.modules import (
    Desk,
    a_text,
    in_a_year,
    make_desk,
    make_draft,
    make_module,
    make_published,
)
from tests.statements import counted
from tests.writing.test_editor import Writer

ABOUT = {"title": "Weigh yourself", "goal": "when to call", "summary": "Every morning."}
MOST = 8
"""Three whole texts are compared: those of the original, then and now, and the translation."""


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def french(session: Session, desk: Desk) -> ModuleVersion:
    return make_published(session, desk, make_module(session, desk, slug="se-peser"))


@pytest.fixture
def alain(app: Flask, session: Session, desk: Desk, french: ModuleVersion) -> Writer:
    """Another patient expert of the house; he writes his own version in another language."""
    add_member(
        session,
        desk.peer.id,
        organization_id=desk.organization.id,
        role=EducationRole.WRITER,
        by=None,
        at=now(),
    )
    return Writer(app, session, desk.peer, french)


def _begun(alain: Writer, locale: str = "en") -> Writer:
    leads = alain.sends("/translate", locale=locale)
    alain.version_id = UUID(leads.split("/")[2])
    return alain


def test_a_translation_begins_with_the_parts_and_without_their_words(alain: Writer) -> None:
    _begun(alain)
    draft = alain.draft()
    assert [step.body for step in draft.steps] == ["", ""]
    assert [one.publisher for one in draft.sources] == ["Assurance Maladie"]
    assert [one.is_right for one in draft.questions[0].answers] == [False, True]
    page = alain.text("/translate")
    assert "Langue du texte : français. Langue de la traduction : anglais." in page.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert page.count("à traduire") == 5


def test_each_part_shows_the_original_beside_the_field(alain: Writer) -> None:
    _begun(alain)
    page = alain.text("/translate/steps/1")
    assert "Le corps garde de l’[eau](term:œdème). Elle pèse." in page
    alain.sends("/translate/steps/1", base="0", title="Why", body="The body keeps water.")
    assert alain.draft().steps[0].body == "The body keeps water."
    assert "traduit" in alain.text("/translate")


def test_answers_are_translated_one_by_one_and_the_right_one_stays(alain: Writer) -> None:
    _begun(alain)
    alain.sends("/translate/questions/1", base="0", **{"answer-2": "I call", "because-2": "Yes."})
    alain.sends("/translate/questions/1", base="1", **{"answer-1": "I wait", "because-1": "No."})
    [question] = alain.draft().questions
    assert [(one.text, one.is_right) for one in question.answers] == [
        ("I wait", False),
        ("I call", True),
    ]


def test_what_is_too_long_stays_in_the_form(alain: Writer) -> None:
    _begun(alain)
    page = alain.sends("/translate/about/0", status=422, base="0", **(ABOUT | {"title": "x" * 99}))
    assert "Retirez 19 caractères" in page
    assert "x" * 99 in page


def test_what_changed_in_the_original_is_shown_until_the_translation_says_it(
    alain: Writer, session: Session, desk: Desk, french: ModuleVersion
) -> None:
    _begun(alain)
    steps = a_text().steps
    changed = a_text(steps=(steps[0], steps[1].model_copy(update={"body": "Le soir."})))
    session.expunge_all()
    session.rollback()
    newer = make_draft(session, desk, session.get_one(Module, french.module_id), number=2)
    store(session, newer, changed)
    review.submit(session, newer, by=desk.author.id, at=now())
    reviewer = session.get_one(type(desk.reviewer), desk.reviewer.id)
    review.approve(session, newer, by=reviewer, review_due=in_a_year(), at=now())
    review.publish(session, newer, at=now())
    session.commit()
    page = alain.text("/translate")
    assert "L’original a changé depuis sa traduction." in page
    assert page.count("a changé depuis</span>") == 1
    part = alain.text("/translate/steps/2")
    assert "soir.</ins>" in part
    assert "<del>" in part
    alain.sends("/translate/follow")
    assert "L’original a changé" not in alain.text("/translate")


def test_a_finished_translation_is_a_text_like_any_other(alain: Writer, session: Session) -> None:
    _begun(alain, "ar")
    alain.sends("/translate/about/0", base="0", **ABOUT)
    alain.sends("/translate/steps/1", base="1", title="Why", body="Water.")
    alain.sends("/translate/steps/2", base="2", title="How", body="In the morning.")
    answers = {f"{name}-{n}": "Words." for n in (1, 2) for name in ("answer", "because")}
    again = {f"again-{name}": said for name, said in answers.items()}
    asked = {"question": "What?", "again-question": "And?", "again-explanation": "So."}
    alain.sends("/translate/questions/1", base="3", **answers, **again, **asked)
    alain.sends("/translate/terms/0", base="4", **{"t1-term": "oedema", "t1-meaning": "Water."})
    text = finished(alain.draft())
    assert text.title == "Weigh yourself"
    assert list(text.glossary) == ["oedema"]


def test_a_language_that_is_being_written_is_not_begun_twice(
    alain: Writer, french: ModuleVersion
) -> None:
    french_id = french.id
    _begun(alain)
    begun = alain.version_id
    alain.version_id = french_id
    assert alain.sends("/translate", locale="en") == f"/modules/{begun}"
    assert "Choisissez une langue" in alain.sends("/translate", status=422, locale="fr")


def test_a_draft_is_not_translated_before_it_is_read(
    app: Flask, session: Session, desk: Desk
) -> None:
    draft = make_draft(session, desk, make_module(session, desk, slug="brouillon"))
    assert draft.state is VersionState.DRAFT
    writer = Writer(app, session, desk.author, draft)
    assert "Publiez-le d’abord" in writer.text("/translate")
    writer.sends("/translate", locale="en")
    assert draft_of(session, writer.row()).text.title == "Se peser chaque matin"


@pytest.mark.parametrize("rest", ["/translate", "/translate/steps/1", "/translate/terms/0"])
def test_pages_ask_the_database_few_times(app: Flask, alain: Writer, rest: str) -> None:
    _begun(alain)
    with counted(app) as statements:
        alain.text(rest)
    assert len(statements) <= 2 * MOST, "\n".join(statements)


def test_nobody_else_translates(app: Flask, session: Session, desk: Desk, alain: Writer) -> None:
    _begun(alain)
    version = alain.row()
    Writer(app, session, desk.reviewer, version).text("/translate", status=403)
