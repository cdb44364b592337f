"""Who looks for a module gets an answer that says what is true, and what can be done next."""

from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.content import Step
from portal.education.finding import PER_PAGE
from portal.models.rights import CareLinkKind
from tests import factories
from tests.education.modules import Desk, a_text, make_desk, make_module, make_published
from tests.pages import PageClient
from tests.statements import counted


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


def _publish(session: Session, desk: Desk, slug: str, **fields: Any) -> None:
    text = a_text(**fields.pop("text", {}))
    module = make_module(session, desk, slug=slug, **({"is_public": True} | fields))
    make_published(session, desk, module, text=text)


@pytest.fixture
def visitor(app: Flask, session: Session, desk: Desk) -> PageClient:
    easy = (Step(title="Un", body="Du sel.", easy_body="- Du sel."),)
    _publish(session, desk, "se-peser")
    _publish(session, desk, "facile", theme="food", text={"title": "Le sel", "steps": easy})
    _publish(session, desk, "interne", is_public=False, text={"title": "Secret de la balance"})
    session.commit()
    return PageClient(app)


def _reader(app: Flask, session: Session, keys: KeyRing) -> tuple[PageClient, str]:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    session.flush()
    path = f"/p/{patient.id}/education"
    browser = PageClient(app)
    browser.enter(session, user)
    return browser, path


def _text(browser: PageClient, path: str, **query: str) -> str:
    answer = browser.get(path, query_string=query)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_a_word_leads_to_modules_and_the_field_keeps_it(visitor: PageClient) -> None:
    page = _text(visitor, "/library", q="BALANCES")
    assert "2 modules trouvés" in page
    assert 'value="BALANCES"' in page
    assert "/library/se-peser/1" in page
    assert "/library/interne" not in page
    assert "Secret" not in page


def test_choices_narrow_and_stay_chosen(visitor: PageClient) -> None:
    page = _text(visitor, "/library", theme="food", level="easy", minutes="5")
    assert "1 module trouvé" in page
    assert "/library/facile/1" in page
    assert '<option value="easy" selected>' in page
    assert '<option value="food" selected>' in page
    assert '<option value="5" selected>' in page
    assert "Aucun module ne répond encore à ce choix." in _text(visitor, "/library", minutes="more")


def test_nothing_found_says_so_and_what_to_do(visitor: PageClient) -> None:
    page = _text(visitor, "/library", q="baleine")
    assert "Aucun module ne parle de « baleine »." in page.replace("\xa0", " ").replace(
        "\u202f", " "
    )
    assert "Voir tous les modules" in page
    near = _text(visitor, "/library", q="ballance", theme="heart")
    assert "Vouliez-vous dire" in near
    assert "?q=balance&theme=heart" in near
    assert "secret" not in _text(visitor, "/library", q="sectet").replace("sectet", "")
    some = _text(visitor, "/library", q="sel baleine")
    assert "Ceux-ci parlent de certains." in some
    assert "/library/facile/1" in some


def test_the_reader_of_a_file_finds_what_is_not_public(
    app: Flask, session: Session, keys: KeyRing, visitor: PageClient
) -> None:
    browser, path = _reader(app, session, keys)
    assert 'role="search"' in _text(browser, path)
    page = _text(browser, path, q="balance")
    assert "3 modules trouvés" in page
    assert f"{path}/interne" in page
    assert "Vouliez-vous dire" in _text(browser, path, q="ballance")


@pytest.mark.parametrize("query", [{}, {"q": "eau"}, {"q": "ballance"}, {"q": "eau zzz"}])
def test_a_search_asks_the_database_as_often_for_many_modules_as_for_few(
    app: Flask, session: Session, keys: KeyRing, desk: Desk, query: dict[str, str]
) -> None:
    _publish(session, desk, "premier")
    browser, path = _reader(app, session, keys)
    numbers = []
    for _again in range(2):
        for where, visitor in (("/library", PageClient(app)), (path, browser)):
            visitor.get(where, query_string=query)
            with counted(app) as statements:
                visitor.get(where, query_string=query)
            numbers.append(len(statements))
        for _number in range(PER_PAGE):
            _publish(session, desk, f"module-{uuid4().hex[:8]}")
        session.commit()
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 5, numbers


def test_pages_of_results_lead_on_and_end(app: Flask, session: Session, desk: Desk) -> None:
    for number in range(PER_PAGE + 2):
        _publish(session, desk, f"module-{number:02}")
    session.commit()
    visitor = PageClient(app)
    for query in ("", "balance"):
        first = _text(visitor, "/library", **({"q": query} if query else {}))
        assert first.count('class="module-title"><a href="/library/module-') == PER_PAGE
        link = first.partition("after=")[2].partition('"')[0].partition("&")[0]
        rest = {"after": link} | ({"q": query} if query else {})
        assert _text(visitor, "/library", **rest).count('<a href="/library/module-') == 2


def test_the_library_tells_machines_what_they_may_collect(app: Flask, visitor: PageClient) -> None:
    page = _text(visitor, "/library")
    assert '<html lang="fr"' in page
    assert '<meta name="description"' in page
    assert '<link rel="canonical" href="http' in page
    assert "noindex" not in page
    assert 'name="robots" content="noindex, follow"' in _text(visitor, "/library", q="sel")
    robots = visitor.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    assert "Allow: /library\n" in robots.text
    assert "Disallow: /\n" in robots.text
    sitemap = visitor.get("/sitemap.xml")
    assert sitemap.mimetype == "application/xml"
    assert "/library/se-peser/1</loc>" in sitemap.text
    assert "interne" not in sitemap.text
    assert sitemap.text.partition("Sitemap: ")[2] == ""
    step = _text(visitor, "/library/facile/1", easy="1")
    assert 'href="http' in step
    assert '/library/facile/1">' in step.partition('rel="canonical"')[2][:120]


_STRANGE = st.text(max_size=200) | st.sampled_from(
    [
        "' OR 1=1 --",
        "%",
        "_",
        "\x00",
        "<script>alert(1)</script>",
        '"><img src=x>',
        "œ" * 90,
        "\ud7ff",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=_STRANGE, choice=_STRANGE, after=_STRANGE | st.from_regex(r"[a-z0-9]{1,30}\.[a-z]+"))
def test_whatever_is_asked_is_answered(
    app: Flask, visitor: PageClient, query: str, choice: str, after: str
) -> None:
    asked = {"q": query, "theme": choice, "level": choice, "minutes": choice, "after": after}
    answer = visitor.get("/library", query_string=asked)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
