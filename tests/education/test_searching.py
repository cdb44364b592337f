"""Modules are found by words however they are typed, and only by who may read them."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.content import Step
from portal.education.finding import (
    PER_PAGE,
    Length,
    Level,
    Place,
    Seeker,
    Wish,
    find_modules,
    nearest_words,
    public_addresses,
)
from portal.education.searching import MOST_WORDS, index_all, stems_of, words_asked
from portal.models.education import Module, Theme
from portal.models.education_writing import ModuleSearchWord
from tests import factories
from tests.education.modules import Desk, a_text, make_desk, make_draft, make_module, make_published

ANYBODY = Seeker("fr")


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


def _public(session: Session, desk: Desk, slug: str, **text: Any) -> Module:
    fields = {name: text.pop(name) for name in ("theme", "is_public") if name in text}
    module = make_module(session, desk, slug=slug, **({"is_public": True} | fields))
    make_published(session, desk, module, text=a_text(**text))
    return module


def _found(session: Session, query: str = "", *, by: Seeker = ANYBODY, **wish: Any) -> list[str]:
    return [row.slug for row in find_modules(session, Wish(query, **wish), by=by).rows]


@pytest.mark.parametrize(
    "typed",
    [
        "œdème",
        "oedeme",
        "ŒDÈMES",
        "œdèmes",
        "oédemes",
        "œdéme",
        "les œdèmes",
        "l’œdème ?",
        "essoufflé",
        "essoufflée",
        "essoufflees",
        "ESSOUFFLÉS",
        "je suis essoufflée",
        "balances",
        "hopital",
        "Hôpitaux",
        "se pèse",
        "pesées",
        "actif",
    ],
)
def test_a_word_is_found_however_it_is_typed(session: Session, desk: Desk, typed: str) -> None:
    body = "Vous êtes essoufflé, moins active. L’[eau](term:œdème) pèse. À l’hôpital, on vous pèse."
    _public(session, desk, "se-peser", steps=(Step(title="Pourquoi", body=body),))
    _public(
        session,
        desk,
        "insuline",
        title="L’insuline",
        goal="piquer",
        summary="Le sucre.",
        steps=(Step(title="Piquer", body="Le sucre monte."),),
        glossary={},
    )
    assert _found(session, typed) == ["se-peser"]


@pytest.mark.parametrize("typed", ["insuline", "goal", "dormir", "cheville", "serrer", "lumiere"])
def test_title_goal_summary_steps_and_explained_words_are_looked_through(
    session: Session, desk: Desk, typed: str
) -> None:
    _public(
        session,
        desk,
        "un",
        title="Insuline",
        goal="mieux dormir, au goal",
        summary="Les chevilles.",
        steps=(Step(title="Serrer", body="Rien.\n\n!! Rien.", easy_body="- Rien."),),
        glossary={"Rien": "Une lumière."},
    )
    assert _found(session, typed) == ["un"]


def test_the_weightier_comes_first_and_who_says_more_of_the_words_before(
    session: Session, desk: Desk
) -> None:
    plain = {"goal": "vivre", "summary": "Bien.", "glossary": {}}
    _public(
        session,
        desk,
        "a-corps",
        title="Marcher",
        steps=(Step(title="Un", body="Du sel."),),
        **plain,
    )
    _public(
        session, desk, "b-titre", title="Le sel", steps=(Step(title="Un", body="Rien."),), **plain
    )
    _public(
        session,
        desk,
        "c-deux",
        title="Cuisiner",
        steps=(Step(title="Un", body="Du sel et du poivre."),),
        **plain,
    )
    assert _found(session, "sel")[0] == "b-titre"
    assert _found(session, "sel poivre") == ["c-deux"]
    partial = find_modules(session, Wish("sel vélo"), by=ANYBODY)
    assert (partial.matched, partial.asked) == (1, 2)


def test_a_misspelt_word_offers_the_nearest_that_is_said(session: Session, desk: Desk) -> None:
    _public(session, desk, "un", title="L’insuline au quotidien")
    assert _found(session, "insulline") == []
    assert nearest_words(session, "insulline", by=ANYBODY) == "insuline"
    assert nearest_words(session, "odème", by=ANYBODY) == "œdème"
    assert nearest_words(session, "balance insuliene", by=ANYBODY) == "balance insuline"
    assert nearest_words(session, "insuline", by=ANYBODY) is None
    assert nearest_words(session, "xylophone", by=ANYBODY) is None
    assert nearest_words(session, "??", by=ANYBODY) is None


def test_what_may_not_be_read_is_not_found_nor_offered(session: Session, desk: Desk) -> None:
    _public(session, desk, "interne", title="Insuline", is_public=False)
    retracted = _public(session, desk, "retire", title="Insuline")
    review.retract(session, retracted, by=desk.reviewer.id, reason="Faux.", at=now())
    draft = make_module(session, desk, slug="brouillon", is_public=True)
    make_draft(session, desk, draft, text=a_text(title="Insuline"))
    assert _found(session, "insuline") == _found(session) == []
    assert nearest_words(session, "insulline", by=ANYBODY) is None
    assert public_addresses(session) == []


def test_who_reads_in_a_file_finds_what_is_not_public(
    session: Session, keys: KeyRing, desk: Desk
) -> None:
    _public(session, desk, "interne", title="Insuline", is_public=False)
    user, _ = factories.make_user(session, keys)
    reader = Seeker("fr", factories.make_patient(session).id, user.id)
    assert _found(session, "insulines", by=reader) == ["interne"]
    assert nearest_words(session, "insulline", by=reader) == "insuline"


def test_only_the_newest_text_of_a_module_is_looked_through(session: Session, desk: Desk) -> None:
    module = make_module(session, desk, slug="un", is_public=True)
    make_published(session, desk, module, text=a_text(title="Insuline"))
    make_published(session, desk, module, number=2, text=a_text(title="Glycémie"))
    assert _found(session, "insuline") == []
    assert _found(session, "glycemie") == ["un"]


def test_filters_narrow_alone_together_and_with_words(session: Session, desk: Desk) -> None:
    long = "Le sel retient l’eau. " * 260
    easy = Step(title="Un", body="Du sel.", easy_body="- Pas de sel.")
    _public(session, desk, "facile", steps=(easy,), theme=Theme.FOOD, glossary={})
    _public(session, desk, "long", steps=(Step(title="Un", body=long),), glossary={})
    assert _found(session, level=Level.EASY) == ["facile"]
    assert "long" in _found(session, level=Level.PLAIN)
    assert _found(session, theme=Theme.FOOD) == ["facile"]
    assert _found(session, length=Length.SHORT) == ["facile"]
    assert _found(session, length=Length.MIDDLING) == ["long"]
    assert _found(session, length=Length.LONG) == []
    assert _found(session, "sel", length=Length.MIDDLING) == ["long"]
    assert _found(session, "sel", theme=Theme.FOOD, length=Length.MIDDLING) == []


@pytest.mark.parametrize("query", ["", "balance"])
def test_pages_follow_each_other_without_a_gap_or_a_repetition(
    session: Session, desk: Desk, query: str
) -> None:
    slugs = {f"module-{number:03}" for number in range(PER_PAGE + 5)}
    for slug in sorted(slugs):
        _public(session, desk, slug)
    first = find_modules(session, Wish(query), by=ANYBODY)
    assert len(first.rows) == PER_PAGE
    assert first.after is not None
    second = find_modules(session, Wish(query), by=ANYBODY, after=first.after)
    seen = [row.slug for row in (*first.rows, *second.rows)]
    assert len(seen) == len(slugs)
    assert set(seen) == slugs
    assert second.after is None
    assert find_modules(session, Wish(query), by=ANYBODY, after=Place("zz", "zz")).rows == []


def test_the_words_of_published_versions_can_be_written_again(session: Session, desk: Desk) -> None:
    module = _public(session, desk, "un", title="Insuline")
    before = _rows(session)
    for row in session.exec(select(ModuleSearchWord)):
        session.delete(row)
    session.flush()
    assert _found(session, "insuline") == []
    assert len(index_all(session)) == 1
    assert _found(session, "insuline") == [module.slug]
    assert _rows(session) == before
    index_all(session)
    assert _rows(session) == before


def test_little_words_and_single_letters_say_nothing() -> None:
    assert words_asked("comment est-ce que je la pèse ?", "fr") == stems_of("pèse", "fr")
    assert len(words_asked("un deux trois quatre cinq six sept huit neuf dix onze", "fr")) == (
        MOST_WORDS
    )
    assert words_asked("peser pesée pèse", "fr") == stems_of("peser", "fr")


@given(st.text(max_size=300), st.sampled_from(["fr", "en", "ar"]))
def test_any_text_has_words_that_fit_the_table(typed: str, locale: str) -> None:
    for word, stem in stems_of(typed, locale):
        assert 2 <= len(stem) <= 41
        assert len(word) <= 40
        assert "\x00" not in word + stem
    assert len(words_asked(typed, locale)) <= MOST_WORDS


def _rows(session: Session) -> set[tuple[UUID, str, str, int]]:
    session.expire_all()
    return {
        (row.version_id, row.stem, row.word, row.weight)
        for row in session.exec(select(ModuleSearchWord))
    }
