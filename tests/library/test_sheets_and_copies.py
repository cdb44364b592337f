"""A module on paper, and what a device keeps of it: whole, and about nobody."""

from html import unescape

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.content import Step
from portal.models.education import Module
from portal.models.rights import CareLinkKind
from tests import factories
from tests.education.modules import Desk, a_text, make_desk, make_module, make_published
from tests.pages import PageClient
from tests.statements import counted


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def module(session: Session, desk: Desk) -> Module:
    steps = (
        Step(title="Pourquoi", body="L’[eau](term:œdème) pèse.", easy_body="- L’eau pèse."),
        Step(title="Comment", body="Le matin.\n\n!! Deux kilos : appelez.", easy_body="- Matin."),
    )
    made = make_module(session, desk, slug="ouvert", is_public=True)
    make_published(session, desk, made, text=a_text(steps=steps))
    session.commit()
    return made


def test_paper_holds_all_of_it_and_the_answers_last(app: Flask, module: Module) -> None:
    page = unescape(PageClient(app).get("/library/ouvert/print").text)
    parts = (
        "Se peser chaque matin",
        "Pourquoi",
        "pèse.",
        "Comment",
        "Deux kilos",
        "De l’eau qui reste dans le corps.",
        "Haddad",
        "Assurance Maladie",
        "Vous prenez 2",
        'class="sheet-answers',
        "J’appelle (la bonne réponse)",
        "Un appel suffit souvent.",
    )
    places = [page.find(part) for part in parts]
    assert -1 not in places, places
    assert places == sorted(places)
    assert 'href="#term' not in page
    easy = unescape(PageClient(app).get("/library/ouvert/print?easy=1").text)
    assert "L’eau pèse." in easy
    assert "Deux kilos" not in easy


def test_paper_of_a_file_is_the_same_and_asks_little(
    app: Flask, session: Session, keys: KeyRing, module: Module
) -> None:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    browser = PageClient(app)
    browser.enter(session, user)
    path = f"/p/{patient.id}/education/ouvert/print"
    browser.get(path)
    with counted(app) as statements:
        answer = browser.get(path)
    assert answer.status_code == 200
    assert "sheet-answers" in answer.text
    assert len(statements) <= 5, statements


def test_a_copy_names_every_page_of_a_module_and_each_is_there(app: Flask, module: Module) -> None:
    visitor = PageClient(app)
    copy = visitor.get("/library/ouvert/copy").json
    assert copy is not None
    assert copy["title"] == "Se peser chaque matin"
    addresses = copy["addresses"]
    steps = {f"/library/ouvert/{number}{easy}" for number in (1, 2) for easy in ("", "?easy=1")}
    question = "/library/ouvert/questions/1"
    answers = {f"{question}?answer={one}" for one in (1, 2)}
    again = {f"{question}?again=1&answer={one}" for one in (1, 2)}
    pages = {one for one in addresses if one.startswith("/library/")}
    assert pages == steps | answers | again | {
        "/library/kept",
        question,
        f"{question}?again=1",
    }
    for address in addresses:
        assert visitor.get(address).status_code == 200, address
    assert {one.rpartition(".")[2] for one in addresses if "/static/" in one} == {
        "css",
        "js",
        "svg",
    }


def test_a_copy_says_when_the_text_changed_and_when_there_is_none(
    app: Flask, session: Session, desk: Desk, module: Module
) -> None:
    visitor = PageClient(app)
    before = visitor.get("/library/ouvert/copy").json
    make_published(session, desk, module, number=2, text=a_text(title="Autrement"))
    session.commit()
    after = visitor.get("/library/ouvert/copy").json
    assert before is not None
    assert after is not None
    assert before["version"] != after["version"]
    review.retract(session, module, by=desk.reviewer.id, reason="Faux.", at=now())
    session.commit()
    for rest in ("copy", "print", "1"):
        assert visitor.get(f"/library/ouvert/{rest}").status_code in (404, 410)


def test_a_module_that_is_not_public_is_not_copied(
    app: Flask, session: Session, keys: KeyRing, desk: Desk
) -> None:
    make_published(session, desk, make_module(session, desk, slug="interne"))
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    browser = PageClient(app)
    browser.enter(session, user)
    page = unescape(browser.get(f"/p/{patient.id}/education/interne/1").text)
    assert "data-keep=" not in page
    assert "Il ne peut pas être gardé sur l’appareil." in page
    assert browser.get("/library/interne/copy").status_code == 404


def test_public_pages_say_nothing_of_who_is_signed_in(
    app: Flask, session: Session, keys: KeyRing, module: Module
) -> None:
    user, _ = factories.make_user(session, keys, given_name="Philibert", family_name="Quetzal")
    browser = PageClient(app)
    browser.enter(session, user)
    for path in ("/library", "/library/ouvert/1", "/library/ouvert/questions/1?answer=1"):
        page = browser.get(path).text
        for word in ("Philibert", "Quetzal", str(user.id), user.email, "sign-out"):
            assert word not in page


def test_a_page_that_did_not_change_is_not_sent_twice(app: Flask, module: Module) -> None:
    visitor = PageClient(app)
    for path in ("/library", "/library/ouvert/1", "/library/ouvert/print", "/library/ouvert/copy"):
        first = visitor.get(path)
        again = visitor.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.data == b""


def test_the_size_of_the_text_is_kept_in_the_browser_alone(app: Flask, module: Module) -> None:
    visitor = PageClient(app)
    came_from = {"Referer": "http://localhost/library/ouvert/1?easy=1"}
    answer = visitor.post("/library/comfort", data={"text": "very-large"}, headers=came_from)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/library/ouvert/1?easy=1"
    assert answer.headers["Set-Cookie"].startswith("comfort=very-large.auto")
    page = visitor.get("/library/ouvert/1").text
    assert 'data-text="very-large"' in page
    assert 'value="very-large" aria-describedby="text-size" aria-pressed="true"' in page
    for strange in ("", "huge", "\x00"):
        refused = visitor.post("/library/comfort", data={"text": strange})
        assert refused.headers["Location"] == "/library"
        assert "Set-Cookie" not in refused.headers
    elsewhere = {"Referer": "https://example.net//evil.example/x"}
    hostile = visitor.post("/library/comfort", data={"text": "large"}, headers=elsewhere)
    assert hostile.headers["Location"] == "/library"


def test_an_explained_word_leads_to_its_meaning_and_back(app: Flask, module: Module) -> None:
    page = PageClient(app).get("/library/ouvert/1").text
    assert 'id="term-1-text" class="term" href="#term-1"' in page
    assert 'href="#term-1-text"' in page
