"""A module taken back is read by nobody; whoever read it learns why, and that neutrally by mail."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.retraction import readers_of, take_back_module, tell_correction
from portal.education.standing import find_standing
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models.account import User
from portal.models.education import Module, ModuleProgress, ModuleVersion, VersionState
from portal.models.outbox import OutboxMessage
from portal.outbox import Letter
from tests.education.modules import Desk, a_text, make_desk, make_module, make_published
from tests.education.test_pages import MOST, Reader
from tests.pages import PageClient
from tests.statements import counted

REASON = "La dose de l’étape 2 était trop forte."


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def version(session: Session, desk: Desk) -> ModuleVersion:
    module = make_module(session, desk, slug="se-peser", is_public=True)
    return make_published(session, desk, module)


@pytest.fixture
def jeanne(app: Flask, session: Session, keys: KeyRing, version: ModuleVersion) -> Reader:
    """She read the first step."""
    reader = Reader(app, session, keys)
    reader.sends("/se-peser/1")
    _afresh(session)
    return reader


def _afresh(session: Session) -> None:
    session.expunge_all()
    session.rollback()


def _take_back(session: Session, keys: KeyRing, version: ModuleVersion, by: User) -> None:
    standing = find_standing(session, version.id, user_id=by.id)
    take_back_module(session, standing, reason=REASON, keys=keys, at=now())


def _letters(session: Session) -> set[tuple[str, object]]:
    return {(row.letter, row.user_id) for row in session.exec(select(OutboxMessage)).all()}


def _version(session: Session) -> ModuleVersion:
    return session.exec(select(ModuleVersion)).one()


def _taken_back(session: Session, keys: KeyRing, desk: Desk) -> None:
    _take_back(session, keys, _version(session), desk.reviewer)
    session.commit()
    _afresh(session)


def test_its_reader_learns_why_until_they_say_that_they_know(
    session: Session, keys: KeyRing, desk: Desk, jeanne: Reader
) -> None:
    assert readers_of(session, _version(session).module_id) == 1
    _taken_back(session, keys, desk)
    listed = jeanne.text()
    assert REASON in listed
    assert "J’ai lu" in listed
    assert REASON in jeanne.text("/se-peser/2", status=410)
    assert jeanne.sends("/se-peser/known") == ""
    assert REASON not in jeanne.text()
    assert REASON in jeanne.text("/se-peser/2", status=410)


def test_letters_go_to_its_readers_and_to_who_answers_for_it(
    session: Session, keys: KeyRing, desk: Desk, jeanne: Reader
) -> None:
    _taken_back(session, keys, desk)
    found = _letters(session)
    assert (Letter.MODULE_TAKEN_FROM_READER, jeanne.user_id) in found
    assert (Letter.MODULE_RETRACTED, desk.author.id) in found
    assert (Letter.MODULE_RETRACTED, desk.reviewer.id) in found
    assert len(found) == 3


def test_who_never_began_it_hears_nothing(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    other = Reader(app, session, keys)
    _taken_back(session, keys, desk)
    assert REASON not in other.text()
    other.text("/se-peser/1", status=404)
    other.sends("/se-peser/known")
    assert session.exec(select(ModuleProgress)).all() == []


def test_everybody_reads_why_where_everybody_could_read_it(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    session.commit()
    _taken_back(session, keys, desk)
    visitor = PageClient(app)
    for rest in ("/1", "/questions/1", "/print"):
        answer = visitor.get(f"/library/se-peser{rest}")
        assert answer.status_code == 410
        assert REASON in answer.text
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert 'content="noindex"' in answer.text
    assert visitor.get("/library/no-module/1").status_code == 404


def test_it_is_taken_back_once_and_by_nobody_else(
    session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    with pytest.raises(NotFoundError):
        _take_back(session, keys, version, desk.peer)
    assert version.state is VersionState.PUBLISHED
    _take_back(session, keys, version, desk.author)
    with pytest.raises(PublishingRefusedError):
        _take_back(session, keys, version, desk.author)


def test_an_urgent_correction_moves_its_readers_who_read_that_it_was_corrected(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, jeanne: Reader
) -> None:
    module = _module_of(session, _version(session))
    corrected = make_published(
        session, desk, module, number=2, is_urgent=True, text=a_text(title="Se peser mieux")
    )
    tell_correction(session, corrected, keys=keys, at=now())
    session.commit()
    assert _letters(session) == {(Letter.MODULE_CORRECTED, jeanne.user_id)}
    _afresh(session)
    assert "Ce module a été corrigé" in jeanne.text()
    with counted(app) as statements:
        first = jeanne.text("/se-peser/1")
    assert len(statements) <= MOST, statements
    assert "Ce module a été corrigé" in first
    assert "Se peser mieux" in first
    jeanne.sends("/se-peser/1")
    assert "Ce module a été corrigé" not in jeanne.text()
    assert "Ce module a été corrigé" not in jeanne.text("/se-peser/1")


def test_an_ordinary_new_version_leaves_them_theirs(
    session: Session, desk: Desk, jeanne: Reader
) -> None:
    module = _module_of(session, _version(session))
    make_published(session, desk, module, number=2, text=a_text(title="Se peser mieux"))
    session.commit()
    _afresh(session)
    assert "Se peser chaque matin" in jeanne.text("/se-peser/2")
    assert "corrigé" not in jeanne.text()


def test_what_is_withdrawn_for_its_date_is_said_to_who_has_not_finished(
    session: Session, jeanne: Reader
) -> None:
    version = _version(session)
    version.state = VersionState.WITHDRAWN
    version.review_due = now().date() - timedelta(days=1)
    session.add(version)
    row = session.exec(select(ModuleProgress)).one()
    row.updated_at = now() - timedelta(days=3)
    session.add(row)
    session.commit()
    _afresh(session)
    assert "Ce module n’est pas montré pour l’instant" in jeanne.text()
    row = session.exec(select(ModuleProgress)).one()
    row.finished_at = row.updated_at
    session.add(row)
    session.commit()
    _afresh(session)
    assert "Ce module n’est pas montré pour l’instant" not in jeanne.text()


def _module_of(session: Session, version: ModuleVersion) -> Module:
    return session.get_one(Module, version.module_id)
