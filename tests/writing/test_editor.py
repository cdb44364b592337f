"""A patient expert writes: every part by itself, kept as it is typed, and never written over."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.drafting import DraftText, draft_of, history_of
from portal.education.members import add_member
from portal.models.account import User
from portal.models.education import Module, ModuleVersion
from portal.models.education_writing import EducationRole, ModuleCoauthor, RevisionKind
from tests.education.modules import Desk, make_desk, make_draft, make_module, make_published
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
_BASE = re.compile(r'name="base" value="(\d+)"')


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def version(session: Session, desk: Desk) -> ModuleVersion:
    return make_draft(session, desk, make_module(session, desk, slug="se-peser"))


class Writer:
    """A browser of somebody who writes one version."""

    def __init__(
        self, app: Flask, session: Session, user: User, version: ModuleVersion | None = None
    ) -> None:
        self._session = session
        self.version_id = version.id if version is not None else None
        self.browser = PageClient(app)
        self.browser.enter(session, user)

    def path(self, rest: str = "/edit") -> str:
        return f"/modules/{self.version_id}{rest}"

    def text(self, rest: str = "/edit", *, status: int = 200) -> str:
        answer = self.browser.get(self.path(rest))
        assert answer.status_code == status, answer.text
        return answer.text

    def sends(self, rest: str, *, status: int = 303, htmx: bool = False, **data: Any) -> str:
        """Where it leads, or the page that comes back."""
        self._session.expunge_all()
        self._session.rollback()
        answer = self.browser.post(self.path(rest), data=data, htmx=htmx)
        assert answer.status_code == status, answer.text
        leads = str(answer.headers.get("Location", ""))
        return leads.removeprefix(self.path()) if status == 303 else answer.text

    def draft(self) -> DraftText:
        self._session.expunge_all()
        self._session.rollback()
        return draft_of(self._session, self.row()).text

    def row(self) -> ModuleVersion:
        assert self.version_id is not None
        return self._session.get_one(ModuleVersion, self.version_id)

    def base(self, rest: str = "/edit") -> str:
        found = _BASE.search(self.text(rest))
        assert found
        return found[1]


@pytest.fixture
def monique(app: Flask, session: Session, desk: Desk, version: ModuleVersion) -> Writer:
    return Writer(app, session, desk.author, version)


@pytest.fixture
def alain(app: Flask, session: Session, desk: Desk, version: ModuleVersion) -> Writer:
    """Lets write with her."""
    session.add(
        ModuleCoauthor(
            module_id=version.module_id,
            user_id=desk.peer.id,
            added_by=desk.author.id,
            added_at=now(),
        )
    )
    return Writer(app, session, desk.peer, version)


def test_the_overview_names_the_parts_and_what_is_lacking(monique: Writer) -> None:
    page = monique.text()
    assert "1. Pourquoi" in page
    assert "2. Comment" in page
    assert "Il ne manque rien." in page
    monique.sends("/edit/steps/add")
    assert "Étape 3, texte complet:" in monique.text().replace("\N{NO-BREAK SPACE}", "")


def test_a_step_is_saved_without_a_script_and_shown_as_patients_see_it(monique: Writer) -> None:
    leads = monique.sends(
        "/edit/steps/s2", base="0", title="Comment", body="Le soir.\n\n!! Appelez.", do="save"
    )
    assert leads == "/steps/s2?saved=1"
    page = monique.text("/edit/steps/s2")
    assert "<strong>À retenir</strong>" in page
    assert "Brouillon enregistré" in page
    assert monique.draft().steps[1].body == "Le soir.\n\n!! Appelez."


def test_while_somebody_types_only_what_stands_beside_the_text_comes_back(monique: Writer) -> None:
    answer = monique.sends(
        "/edit/steps/s1", status=200, htmx=True, base="0", title="Pourquoi", body="Un mot <b>."
    )
    assert answer.lstrip().startswith('<div class="editor-preview')
    assert 'name="base" value="1"' in answer
    assert "les balises s’affichent telles quelles" in answer
    assert monique.draft().steps[0].body == "Un mot <b>."
    again = monique.sends(
        "/edit/steps/s1", status=200, htmx=True, base="1", title="Pourquoi", body="Un mot de plus."
    )
    assert 'name="base" value="2"' in again
    assert monique.draft().steps[0].body == "Un mot de plus."


def test_what_is_too_long_stays_in_the_form_with_a_sentence(monique: Writer) -> None:
    page = monique.sends("/edit/steps/s1", status=422, base="0", title="é" * 90, body="Le corps.")
    assert "<title>Erreur" in page
    assert "Retirez 10 caractères" in page
    assert "é" * 90 in page
    assert monique.draft().steps[0].title == "Pourquoi"


@pytest.mark.parametrize(
    ("tool", "passage", "body"),
    [
        ("bold", "soir", "Le **soir**."),
        ("key-point", "Le soir.", "!! Le soir."),
        ("heading", "", "Le soir.\n\n## votre texte"),
        ("list", "", "Le soir.\n\n- votre texte"),
        ("term", "soir", "Le [soir](term:soir)."),
        ("link", "nulle part", "Le soir.\n\n[nulle part](https://)"),
    ],
)
def test_the_toolbar_works_without_a_script(
    monique: Writer, tool: str, passage: str, body: str
) -> None:
    leads = monique.sends(
        "/edit/steps/s2", base="0", title="Comment", body="Le soir.", do=tool, passage=passage
    )
    assert leads == "/steps/s2?saved=1#body"
    assert monique.draft().steps[1].body.strip() == body


def test_a_question_keeps_its_answers_and_their_reasons(monique: Writer) -> None:
    data = {
        "question": "Que faites-vous ?",
        "right": "2",
        "answer-1": "J’attends",
        "because-1": "Le souffle peut manquer.",
        "answer-2": "J’appelle",
        "because-2": "C’est le bon moment.",
        "again-explanation": "Autrement dit.",
        "again-question": "Et si… ?",
        "again-right": "1",
        "again-answer-1": "J’appelle",
        "again-because-1": "Oui.",
        "again-answer-2": "Rien",
        "again-because-2": "Non.",
    }
    monique.sends("/edit/questions/q1", base="0", **data)
    [question] = monique.draft().questions
    assert [answer.is_right for answer in question.answers] == [False, True]
    assert question.again.answers[0].explanation == "Oui."
    assert "Il ne manque rien." in monique.text()


def test_sources_and_words_come_and_go_by_being_filled_and_emptied(monique: Writer) -> None:
    monique.sends("/edit/sources", base="0", **{"new-title": "Guide", "new-publisher": "HAS"})
    assert [one.title for one in monique.draft().sources] == ["Insuffisance cardiaque", "Guide"]
    fields = {f"r1-{name}": "" for name in ("title", "publisher", "url", "year")}
    monique.sends("/edit/sources", base="1", **fields)
    assert [one.title for one in monique.draft().sources] == ["Guide"]
    monique.sends("/edit/terms", base="2", **{"new-term": "INR", "new-meaning": "Une mesure."})
    assert monique.draft().glossary["INR"] == "Une mesure."


def test_a_step_moves_goes_away_and_comes_back(monique: Writer) -> None:
    monique.sends("/edit/steps/s1/move", where="down")
    assert [one.title for one in monique.draft().steps] == ["Comment", "Pourquoi"]
    leads = monique.sends("/edit/steps/s2/move", where="away")
    assert [one.title for one in monique.draft().steps] == ["Pourquoi"]
    page = monique.text(f"/edit{leads.split('#')[0]}")
    assert "C’est retiré." in page
    [undo] = re.findall(r'action="(/modules/[^"]+/restore)"', page)
    monique.sends(undo.removeprefix(monique.path("")))
    assert [one.title for one in monique.draft().steps] == ["Comment", "Pourquoi"]


def test_two_people_in_two_steps_both_keep_their_words(monique: Writer, alain: Writer) -> None:
    monique.sends("/edit/steps/s1", base="0", title="Pourquoi", body="De Monique.")
    alain.sends("/edit/steps/s2", base="0", title="Comment", body="D’Alain.")
    assert [one.body for one in monique.draft().steps] == ["De Monique.", "D’Alain."]


def test_two_people_in_one_step_choose_and_lose_nothing(
    monique: Writer, alain: Writer, session: Session
) -> None:
    monique.sends("/edit/steps/s1", base="0", title="Pourquoi", body="De Monique.")
    typing = alain.sends(
        "/edit/steps/s1", status=200, htmx=True, base="0", title="Pourquoi", body="D’Alain."
    )
    assert "Les deux textes sont gardés" in typing
    assert 'name="base" value="0"' in typing
    page = alain.sends("/edit/steps/s1", status=409, base="0", title="Pourquoi", body="D’Alain.")
    assert "De Monique." in page
    assert "D’Alain." in page
    assert "Étape 1, texte complet" in page
    [aside] = re.findall(r'name="set_aside" value="(\d+)"', page)
    [base] = _BASE.findall(page)
    chosen = {"field": "steps.s1.body", "choice-0": "both", "both-0": "De Monique et d’Alain."}
    alain.sends("/edit/settle", base=base, set_aside=aside, **chosen)
    assert monique.draft().steps[0].body == "De Monique et d’Alain."
    kinds = [row.kind for row in history_of(session, monique.row().id)]
    assert kinds.count(RevisionKind.SET_ASIDE) == 1


def test_a_text_that_went_to_review_meanwhile_is_not_lost(
    monique: Writer, session: Session, desk: Desk
) -> None:
    row = monique.row()
    review.submit(session, row, by=row.author_id, at=now())
    session.commit()
    page = monique.sends("/edit/steps/s1", status=409, base="0", title="Pourquoi", body="Trop tard")
    assert "Trop tard" in page
    assert "parti en relecture entre-temps" in page
    assert monique.browser.get(monique.path()).status_code == 303


def test_the_history_is_compared_and_brought_back(monique: Writer) -> None:
    monique.sends("/edit", base="0", title="Se peser", goal="peser", summary="Deux phrases.")
    page = monique.text("/history")
    assert "ce avec quoi le brouillon a commencé" in page
    page = monique.text("/history/0")
    assert "<del>" in page
    assert "chaque matin" in page
    leads = monique.sends("/history/0/restore")
    assert leads.startswith("?moved=restored")
    assert monique.draft().title == "Se peser chaque matin"


@pytest.mark.parametrize(
    "rest",
    ["/edit", "/edit/steps/s1", "/edit/sources", "/history", "/history/0", "/authors", "/discard"],
)
def test_nobody_else_reads_or_writes_a_draft(
    app: Flask, session: Session, desk: Desk, version: ModuleVersion, rest: str
) -> None:
    stranger = Writer(app, session, desk.peer, version)
    stranger.text(rest, status=404)
    reviewer = Writer(app, session, desk.reviewer, version)
    reviewer.text(rest, status=403)


@pytest.mark.parametrize("rest", ["", "/preview", "/review", "/file", "/translate"])
def test_a_draft_that_was_never_sent_is_seen_by_its_writers_alone(
    app: Flask, session: Session, desk: Desk, version: ModuleVersion, rest: str
) -> None:
    for user in (desk.peer, desk.reviewer):
        status = Writer(app, session, user, version).browser.get(f"/modules/{version.id}{rest}")
        assert status.status_code in (403, 404)
        session.rollback()


def test_a_writer_who_left_the_organization_writes_no_more(
    monique: Writer, session: Session, desk: Desk
) -> None:
    row = add_member(
        session,
        desk.author.id,
        organization_id=desk.organization.id,
        role=EducationRole.WRITER,
        by=None,
        at=now(),
    )
    row.ended_at = now()
    session.commit()
    monique.text(status=404)
    monique.sends("/edit", status=404, base="0", title="Quand même")


def test_a_new_module_begins_with_its_title(
    app: Flask, session: Session, desk: Desk, version: ModuleVersion
) -> None:
    writer = Writer(app, session, desk.author, version)
    page = writer.browser.post("/modules/new", data={"title": "Marcher"})
    assert page.status_code == 422
    assert "Choisissez de quoi il parle" in page.text
    assert 'value="Marcher"' in page.text
    data = {"title": "Marcher !", "theme": "movement", "audience": "patient"}
    answer = writer.browser.post("/modules/new", data=data)
    assert answer.status_code == 303
    session.expunge_all()
    session.rollback()
    assert session.exec(select(Module).where(Module.slug == "marcher")).one().is_public is False
    session.rollback()
    writer.browser.post("/modules/new", data=data)
    session.rollback()
    assert session.exec(select(Module).where(Module.slug == "marcher-2")).one()


def test_the_next_version_begins_with_what_is_read(
    app: Flask, session: Session, desk: Desk
) -> None:
    published = make_published(session, desk, make_module(session, desk, slug="publie"))
    writer = Writer(app, session, desk.author, published)
    leads = writer.sends("/next")
    new_id = UUID(leads.split("/")[2])
    assert new_id != published.id
    draft = draft_of(session, session.get_one(ModuleVersion, new_id))
    assert [one.title for one in draft.text.steps] == ["Pourquoi", "Comment"]
    assert writer.sends("/next") == f"/modules/{new_id}"


def test_a_draft_that_nobody_was_asked_to_read_can_be_deleted(
    monique: Writer, session: Session
) -> None:
    module_id = monique.row().module_id
    monique.sends("/edit", base="0", title="Se peser", goal="peser", summary="Deux phrases.")
    assert "définitif" in monique.text("/discard")
    monique.sends("/discard")
    session.expunge_all()
    session.rollback()
    assert session.get(Module, module_id) is None


def test_the_author_lets_somebody_write_and_takes_it_back(
    monique: Writer, app: Flask, session: Session, desk: Desk
) -> None:
    peer_id = str(desk.peer.id)
    alain = Writer(app, session, desk.peer, monique.row())
    alain.text(status=404)
    monique.sends("/authors", writer=peer_id, do="add")
    assert "Écrit avec vous" in monique.text("/authors")
    alain.text()
    assert alain.sends("/authors", status=404, writer=peer_id, do="stop")
    monique.sends("/authors", writer=peer_id, do="stop")
    alain.text(status=404)


@pytest.mark.parametrize("rest", ["/edit", "/edit/steps/s1", "/edit/terms", "/history", "/authors"])
def test_pages_ask_the_database_few_times(app: Flask, monique: Writer, rest: str) -> None:
    monique.sends("/edit/steps/s1", base="0", title="Pourquoi", body="Le corps.")
    with counted(app) as statements:
        monique.text(rest)
    assert len(statements) <= MOST, "\n".join(statements)
