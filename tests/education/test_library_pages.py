"""Anybody reads what an organization opened, and nothing else; the pages can be kept by caches."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.education.modules import Desk, make_desk, make_draft, make_module, make_published
from tests.pages import PageClient
from tests.statements import counted


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    made = make_desk(session, keys)
    make_published(session, made, make_module(session, made, slug="ouvert", is_public=True))
    make_published(session, made, make_module(session, made, slug="interne"))
    make_draft(session, made, make_module(session, made, slug="brouillon", is_public=True))
    session.commit()
    return made


def test_the_library_shows_what_is_public_and_published(app: Flask, desk: Desk) -> None:
    visitor = PageClient(app)
    page = visitor.get("/library").text
    assert "/library/ouvert/1" in page
    for slug in ("interne", "brouillon", "unknown"):
        assert f"/library/{slug}" not in page
        for rest in ("/1", "/questions/1"):
            assert visitor.get(f"/library/{slug}{rest}").status_code == 404
    assert visitor.get("/library/ouvert").headers["Location"] == "/library/ouvert/1"
    assert visitor.get("/library/ouvert/9").status_code == 404


def test_its_pages_can_be_kept_and_leave_no_cookie(app: Flask, desk: Desk) -> None:
    for path in ("/library", "/library/ouvert/1", "/library/ouvert/questions/1"):
        with counted(app) as statements:
            answer = PageClient(app).get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=300"
        assert {"Accept-Language", "Cookie"} <= set(answer.vary)
        assert "Set-Cookie" not in answer.headers
        assert len(statements) <= 3, statements


def test_an_answer_is_explained_by_an_address(app: Flask, desk: Desk) -> None:
    visitor, path = PageClient(app), "/library/ouvert/questions/1"
    wrong = visitor.get(f"{path}?answer=1").text
    assert "L’eau peut gêner le souffle." in wrong
    assert "J’appelle" not in wrong
    assert "Le poids monte avant la gêne." in visitor.get(f"{path}?again=1").text
    assert "C’est juste" in visitor.get(f"{path}?again=1&answer=1").text
    for strange in ("9", "x", "²", "-1", "1e9", "9" * 5000):
        assert "Valider ma réponse" in visitor.get(path, query_string={"answer": strange}).text


def test_a_picture_that_is_not_there_is_not_found(app: Flask, desk: Desk) -> None:
    assert PageClient(app).get("/library/images/abc").status_code == 404
