"""A module in another language is found beside the text, and read on from there."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.drafting import start_version
from portal.education.review import publish
from portal.education.storing import store
from portal.models.education import ModuleVersion
from tests.education.modules import (
    Desk,
    a_text,
    approve_draft,
    make_desk,
    make_module,
    make_published,
)
from tests.education.test_pages import Reader
from tests.pages import PageClient
from tests.statements import counted

ARABIC = "كل صباح"


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def version(session: Session, desk: Desk) -> ModuleVersion:
    """In French and in Arabic."""
    module = make_module(session, desk, slug="se-peser", is_public=True)
    french = make_published(session, desk, module)
    arabic = start_version(session, module.id, "ar", title=ARABIC, by=desk.author.id, at=now())
    steps = tuple(one.model_copy(update={"title": ARABIC}) for one in a_text().steps)
    store(session, arabic, a_text(title=ARABIC, steps=steps))
    approve_draft(session, desk, arabic)
    publish(session, arabic, at=now())
    session.commit()
    return french


def test_a_reader_goes_on_in_their_language_and_comes_back(
    app: Flask, session: Session, keys: KeyRing, version: ModuleVersion
) -> None:
    jeanne = Reader(app, session, keys)
    jeanne.sends("/se-peser/1")
    page = jeanne.text("/se-peser/2")
    assert '<button type="submit" class="button is-compact" name="locale" value="ar"' in page
    assert "العربية" in page
    session.expunge_all()
    session.rollback()
    assert jeanne.sends("/se-peser/language", locale="ar") == "/se-peser"
    page = jeanne.text("/se-peser/2")
    assert ARABIC in page
    assert 'lang="ar" dir="auto"' in page
    session.rollback()
    jeanne.sends("/se-peser/language", locale="fr")
    assert ARABIC not in jeanne.text("/se-peser/2")


def test_a_language_that_is_not_there_is_not_chosen(
    app: Flask, session: Session, keys: KeyRing, version: ModuleVersion
) -> None:
    jeanne = Reader(app, session, keys)
    answer = jeanne.browser.post(jeanne.path("/se-peser/language"), data={"locale": "<b>"})
    assert answer.status_code == 404


def test_addresses_of_the_library_stay_in_the_language(app: Flask, version: ModuleVersion) -> None:
    browser = PageClient(app)
    page = browser.get("/library/se-peser/1?in=ar").text
    assert ARABIC in page
    assert "/library/se-peser/2?in=ar" in page
    assert 'hreflang="fr" href="/library/se-peser/1?in=fr"' in page
    assert ARABIC not in browser.get("/library/se-peser/1?in=xx").text
    with counted(app) as statements:
        browser.get("/library/se-peser/1?in=ar")
    assert len(statements) <= 5
