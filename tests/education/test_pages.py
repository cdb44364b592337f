"""A patient reads a module in small steps, errs, understands, and says so; nobody else sees it."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.models.education import Audience, Module, ModuleProgress, ModuleVersion
from portal.models.rights import CareLinkKind
from tests import factories
from tests.education.modules import (
    Desk,
    a_text,
    make_desk,
    make_draft,
    make_module,
    make_published,
)
from tests.messaging.circle import make_circle
from tests.pages import PageClient
from tests.statements import counted

MOST = 5


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def version(session: Session, desk: Desk) -> ModuleVersion:
    return make_published(session, desk, make_module(session, desk, slug="se-peser"))


class Reader:
    """A browser of somebody who reads in the file of one patient."""

    def __init__(self, app: Flask, session: Session, keys: KeyRing, *, grant: str = "") -> None:
        patient = factories.make_patient(session, given_name="Jeanne")
        user, _ = factories.make_user(session, keys)
        kind = CareLinkKind.CARER if grant else CareLinkKind.SELF
        link = factories.make_link(session, patient=patient, user=user, kind=kind)
        if grant and grant != "nothing":
            factories.make_grant(session, link=link, category=grant, action="see")
        self.patient_id, self.user_id = patient.id, user.id
        self.browser = PageClient(app)
        self.browser.enter(session, user)

    def path(self, rest: str = "") -> str:
        return f"/p/{self.patient_id}/education{rest}"

    def text(self, rest: str = "", *, status: int = 200) -> str:
        answer = self.browser.get(self.path(rest))
        assert answer.status_code == status
        return answer.text

    def sends(self, rest: str, **data: str) -> str:
        """Where it leads."""
        answer = self.browser.post(self.path(rest), data=data)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"]).removeprefix(self.path())


@pytest.fixture
def jeanne(app: Flask, session: Session, keys: KeyRing, version: ModuleVersion) -> Reader:
    return Reader(app, session, keys)


def _progress(session: Session, user_id: UUID) -> ModuleProgress | None:
    session.rollback()
    session.expunge_all()
    statement = select(ModuleProgress).where(ModuleProgress.user_id == user_id)
    return session.exec(statement).one_or_none()


def test_a_module_from_its_first_step_to_the_end(session: Session, jeanne: Reader) -> None:
    assert "Se peser chaque matin" in jeanne.text()
    first = jeanne.browser.get(jeanne.path("/se-peser"), follow_redirects=True).text
    assert "Étape 1 sur 2" in first
    assert jeanne.sends("/se-peser/1") == "/se-peser/2"
    assert "1 étape lue sur 2" in jeanne.text()
    assert jeanne.browser.get(jeanne.path("/se-peser")).headers["Location"].endswith("/se-peser/2")
    assert jeanne.sends("/se-peser/2") == "/se-peser/questions/1"
    assert jeanne.sends("/se-peser/end", said="understood") == "/se-peser/end"
    assert "Bravo, ce module est terminé" in jeanne.text("/se-peser/end")
    assert "Terminés" in jeanne.text()
    row = _progress(session, jeanne.user_id)
    assert row is not None
    assert (row.step, row.has_question) == (2, False)


def test_a_step_shows_key_points_explained_words_provenance_and_sources(jeanne: Reader) -> None:
    first, second = jeanne.text("/se-peser/1"), jeanne.text("/se-peser/2")
    assert "De l’eau qui reste dans le corps." in first
    assert "À retenir" in second
    for page in (first, second):
        assert "Haddad" in page
        assert "Insuffisance cardiaque" in page
        assert "patient expert" in page


def test_who_errs_reads_why_then_other_words_then_another_question(
    session: Session, jeanne: Reader
) -> None:
    path = jeanne.path("/se-peser/questions/1")
    wrong = jeanne.browser.post(path, data={"answer": "1"}).text
    assert "L’eau peut gêner le souffle." in wrong
    assert "J’appelle" not in wrong, "the right answer is not given away before the second try"
    again = jeanne.text("/se-peser/questions/1?again=1")
    assert "Le poids monte avant la gêne." in again
    right = jeanne.browser.post(path, data={"answer": "1", "again": "1"}).text
    assert "C’est juste" in right
    lost = jeanne.browser.post(path, data={"answer": "2", "again": "1"}).text
    assert "Demander à mon équipe" in lost
    assert "Elle vous attend." in lost
    assert _progress(session, jeanne.user_id) is None, "no answer is kept"


def test_no_answer_is_asked_for_again_in_words(jeanne: Reader) -> None:
    for data in ({}, {"answer": "9"}, {"answer": "x"}, {"answer": "²"}):
        answer = jeanne.browser.post(jeanne.path("/se-peser/questions/1"), data=data)
        assert answer.status_code == 422
        assert "Choisissez une réponse" in answer.text


def test_after_the_last_question_comes_the_end(jeanne: Reader) -> None:
    answer = jeanne.browser.get(jeanne.path("/se-peser/questions/2"))
    assert answer.headers["Location"].endswith("/se-peser/end")


def test_a_question_is_said_and_leads_to_the_team(jeanne: Reader) -> None:
    jeanne.sends("/se-peser/end", said="question")
    page = jeanne.text("/se-peser/end")
    assert "messages/new?about=Se+peser" in page or "messages/new?about=Se%20peser" in page
    jeanne.sends("/se-peser/end", said="understood")
    assert "messages/new?about=" not in jeanne.text("/se-peser/end")


def test_the_subject_of_the_question_is_filled_in_as_text(
    session: Session, keys: KeyRing, reader: PageClient
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.jeanne.user)
    path = f"/p/{circle.patient.id}/messages/new"
    form = reader.get(path, query_string={"about": 'Se peser "> <b>\x00' + "a" * 500}).text
    form = form.replace("\u00a0", " ").replace("\u202f", " ")
    assert 'value="Question sur « Se peser &#34;&gt; &lt;b&gt;aaa' in form
    assert "a" * 81 not in form


@pytest.mark.parametrize(
    "rest", ["/unknown", "/unknown/1", "/se-peser/3", "/se-peser/0", "/unknown/questions/1"]
)
def test_what_is_not_there_is_not_there(jeanne: Reader, rest: str) -> None:
    jeanne.text(rest, status=404)


def test_a_draft_is_nobodys_to_read(
    app: Flask, session: Session, keys: KeyRing, desk: Desk
) -> None:
    make_draft(session, desk, make_module(session, desk, slug="brouillon"))
    reader = Reader(app, session, keys)
    reader.text("/brouillon/1", status=404)
    assert "brouillon" not in reader.text()


def test_who_began_keeps_their_version_and_others_read_the_new_one(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion, jeanne: Reader
) -> None:
    jeanne.sends("/se-peser/1")
    session.rollback()
    module = session.get_one(Module, version.module_id)
    make_published(
        session,
        desk,
        module,
        number=2,
        text=a_text(title="Se peser, nouvelle version"),
    )
    session.commit()
    assert "nouvelle version" not in jeanne.text("/se-peser/2")
    other = Reader(app, session, keys)
    assert "nouvelle version" in other.text("/se-peser/2")


def test_what_was_taken_back_says_so_to_who_began_it_and_is_unknown_to_others(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion, jeanne: Reader
) -> None:
    jeanne.sends("/se-peser/1")
    session.rollback()
    module = session.get_one(Module, version.module_id)
    review.retract(session, module, by=desk.reviewer.id, reason="La dose a changé.", at=now())
    session.commit()
    assert "La dose a changé." in jeanne.text("/se-peser/2", status=410)
    Reader(app, session, keys).text("/se-peser/2", status=404)


def test_past_its_review_date_it_says_that_it_comes_back(
    session: Session, version: ModuleVersion, jeanne: Reader
) -> None:
    jeanne.sends("/se-peser/1")
    session.rollback()
    assert version.review_due is not None
    review.withdraw_overdue(session, today=version.review_due + timedelta(days=1))
    session.commit()
    assert "relu par un professionnel" in jeanne.text("/se-peser", status=410)


def test_a_carer_reads_with_the_right_and_their_progress_is_their_own(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    make_published(session, desk, make_module(session, desk, slug="aider", audience=Audience.CARER))
    carer = Reader(app, session, keys, grant="education")
    assert "Pour vous qui aidez" in carer.text()
    carer.sends("/se-peser/1")
    row = _progress(session, carer.user_id)
    assert row is not None
    assert row.patient_id == carer.patient_id


def test_a_carer_without_the_right_is_refused(
    app: Flask, session: Session, keys: KeyRing, version: ModuleVersion
) -> None:
    carer = Reader(app, session, keys, grant="agenda")
    for rest in ("", "/se-peser/1", "/se-peser/questions/1"):
        assert carer.browser.get(carer.path(rest)).status_code == 403
    assert carer.browser.post(carer.path("/se-peser/1")).status_code == 403


def test_pages_cost_few_statements_however_many_modules_there_are(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    carer = Reader(app, session, keys, grant="education")
    few = _costs(app, carer)
    for _ in range(12):
        make_published(session, desk, make_module(session, desk))
    session.commit()
    assert _costs(app, carer) == few


def _costs(app: Flask, reader: Reader) -> list[int]:
    found = []
    for rest in ("", "/se-peser/1", "/se-peser/questions/1", "/se-peser/end"):
        with counted(app) as statements:
            reader.text(rest)
        assert len(statements) <= MOST, (rest, statements)
        found.append(len(statements))
    return found
