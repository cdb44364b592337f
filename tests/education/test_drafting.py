"""Drafts: whatever two people write at once is there afterwards, and every state can be found."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.drafting import (
    DraftStep,
    DraftTerm,
    DraftText,
    Lack,
    Lacking,
    Saved,
    UnfinishedError,
    draft_of,
    draft_text,
    fields_of,
    finished,
    history_of,
    merge,
    restore,
    revision_of,
    save_draft,
    with_field,
)
from portal.education.review import submit
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models.education import ModuleVersion
from portal.models.education_writing import RevisionKind
from tests.education.modules import Desk, a_text, make_desk, make_draft, make_module

WORDS = st.text(alphabet="abc é\n", max_size=6)
STEPS = st.lists(
    st.builds(
        DraftStep,
        id=st.sampled_from(["s1", "s2", "s3", "s4"]),
        title=WORDS,
        body=WORDS,
        easy_body=WORDS,
    ),
    max_size=4,
    unique_by=lambda step: step.id,
)
DRAFTS = st.builds(DraftText, title=WORDS, goal=WORDS, steps=STEPS.map(tuple))


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def version(session: Session, desk: Desk) -> ModuleVersion:
    return make_draft(session, desk, make_module(session, desk))


def _save(
    session: Session, version: ModuleVersion, text: DraftText, base: int, **changes: Any
) -> Saved:
    fields = {"by": version.author_id, "at": now()} | changes
    return save_draft(session, version, text, base=base, **fields)


def _changed(text: DraftText, **changes: Any) -> DraftText:
    return text.model_copy(update=changes)


@given(DRAFTS, DRAFTS, DRAFTS)
def test_nothing_that_either_typed_is_lost(base: DraftText, one: DraftText, two: DraftText) -> None:
    merged = merge(base, mine=one, theirs=two)
    was, kept = fields_of(base), fields_of(merged.text)
    refused = {(conflict.field, str(conflict.mine)) for conflict in merged.conflicts}
    for typed in (one, two):
        for name, said in fields_of(typed).items():
            is_change = said not in (was.get(name), "")
            assert not is_change or kept.get(name) == said or (name, str(said)) in refused, name


@given(DRAFTS, DRAFTS)
def test_the_change_of_one_alone_is_taken_as_it_is(base: DraftText, changed: DraftText) -> None:
    assert merge(base, mine=changed, theirs=base).text == changed
    assert merge(base, mine=base, theirs=changed).text == changed
    assert merge(base, mine=changed, theirs=changed).conflicts == ()


def test_two_people_in_two_steps_do_not_meet() -> None:
    base = draft_text(a_text())
    one, two = base.steps
    mine = _changed(base, steps=(one, _step(two, body="Le soir.")))
    theirs = _changed(base, steps=(_step(one, body="Le corps."), two))
    merged = merge(base, mine=mine, theirs=theirs)
    assert merged.conflicts == ()
    assert [step.body for step in merged.text.steps] == ["Le corps.", "Le soir."]


def test_a_step_that_one_moved_and_the_other_changed_is_moved_and_changed() -> None:
    base = draft_text(a_text())
    one, two = base.steps
    merged = merge(
        base,
        mine=_changed(base, steps=(two, one)),
        theirs=_changed(base, steps=(_step(one, title="Autrement"), two)),
    )
    assert [step.title for step in merged.text.steps] == ["Comment", "Autrement"]


def test_a_step_that_one_removed_and_the_other_changed_stays_whole() -> None:
    base = draft_text(a_text())
    one, two = base.steps
    merged = merge(
        base,
        mine=_changed(base, steps=(two,)),
        theirs=_changed(base, steps=(_step(one, body="Autrement."), two)),
    )
    assert [(step.title, step.body) for step in merged.text.steps] == [
        ("Pourquoi", "Autrement."),
        ("Comment", two.body),
    ]


def test_new_steps_of_both_come_where_each_was_put() -> None:
    base = draft_text(a_text())
    one, two = base.steps
    merged = merge(
        base,
        mine=_changed(base, steps=(one, DraftStep(id="m", title="Le mien"), two)),
        theirs=_changed(base, steps=(one, two, DraftStep(id="t", title="Le leur"))),
    )
    assert [step.id for step in merged.text.steps] == ["s1", "m", "s2", "t"]


def test_a_field_that_both_changed_keeps_both_texts(
    session: Session, version: ModuleVersion, desk: Desk
) -> None:
    there = draft_of(session, version)
    _save(session, version, _changed(there.text, title="Le leur"), 0, by=desk.peer.id)
    saved = _save(session, version, _changed(there.text, title="Le mien", goal="peser"), 0)
    assert saved.draft.text.title == "Le leur"
    assert saved.draft.text.goal == "peser"
    [conflict] = saved.conflicts
    assert (conflict.field, conflict.mine, conflict.theirs) == ("title", "Le mien", "Le leur")
    assert saved.set_aside is not None
    assert revision_of(session, version.id, saved.set_aside).text.title == "Le mien"
    chosen = with_field(saved.draft.text, "title", conflict.mine)
    again = _save(session, version, chosen, saved.draft.number)
    assert (again.conflicts, again.draft.text.title) == ((), "Le mien")


def test_what_one_writes_in_one_go_is_one_line_of_the_history(
    session: Session, version: ModuleVersion, desk: Desk
) -> None:
    at, text, number = now(), draft_of(session, version).text, 0
    for minute in range(5):
        text = _changed(text, title=f"Titre {minute}")
        number = _save(
            session, version, text, number, at=at + timedelta(minutes=minute)
        ).draft.number
    late = at + timedelta(hours=3)
    _save(session, version, _changed(text, goal="peser"), number, at=late)
    _save(session, version, _changed(text, goal="moi"), number + 1, at=late, by=desk.peer.id)
    listed = history_of(session, version.id)
    assert [row.written_by for row in listed] == [
        desk.peer.id,
        desk.author.id,
        desk.author.id,
        desk.author.id,  # what it began with
    ]
    assert [revision_of(session, version.id, row.number).text.goal for row in listed][:2] == [
        "moi",
        "peser",
    ]
    with pytest.raises(NotFoundError):  # thinned out, once the go was over
        revision_of(session, version.id, 2)


def test_a_page_that_was_open_for_long_goes_on_from_what_is_left(
    session: Session, version: ModuleVersion, desk: Desk
) -> None:
    at, text = now(), draft_of(session, version).text
    for minute, words in enumerate(("un", "deux", "trois")):
        text = _changed(text, goal=words)
        _save(session, version, text, minute, at=at + timedelta(minutes=minute))
    other = _changed(text, summary="Autre")
    _save(session, version, other, 3, at=at + timedelta(hours=3), by=desk.peer.id)
    mine = _changed(text, goal="deux", title="Le mien")
    saved = _save(session, version, mine, 2, at=at + timedelta(hours=3))
    assert saved.draft.text.title == "Le mien"
    assert saved.draft.text.summary == "Autre"


def test_the_same_again_is_no_new_state(session: Session, version: ModuleVersion) -> None:
    text = draft_of(session, version).text
    first = _save(session, version, text, 0)
    assert _save(session, version, text, first.draft.number).draft.number == first.draft.number


def test_an_older_state_comes_back_and_the_newer_one_stays_in_the_history(
    session: Session, version: ModuleVersion
) -> None:
    text = draft_of(session, version).text
    first = _save(session, version, _changed(text, title="Avant"), 0)
    at = now() + timedelta(hours=1)
    second = _save(session, version, _changed(text, title="Après"), first.draft.number, at=at)
    back = restore(session, version, first.draft.number, by=version.author_id, at=at)
    assert back.draft.text.title == "Avant"
    assert revision_of(session, version.id, second.draft.number).text.title == "Après"
    assert history_of(session, version.id)[0].kind is RevisionKind.RESTORED


def test_what_waits_for_its_review_is_not_written(
    session: Session, version: ModuleVersion, desk: Desk
) -> None:
    text = draft_of(session, version).text
    submit(session, version, by=desk.author.id, at=now())
    with pytest.raises(PublishingRefusedError):
        _save(session, version, _changed(text, title="Trop tard"), 0)


def test_a_finished_draft_is_the_text_that_it_was_made_of() -> None:
    assert finished(draft_text(a_text())) == a_text()


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({"title": " "}, Lack("title", Lacking.EMPTY)),
        ({"steps": ()}, Lack("step-1-body", Lacking.EMPTY)),
        ({"sources": ({"title": "Guide"},)}, Lack("source-1", Lacking.EMPTY)),
        (
            {"sources": ({"title": "G", "publisher": "HAS", "url": "http://x.fr"},)},
            Lack("source-1", Lacking.NOT_AN_ADDRESS),
        ),
        (
            {"sources": ({"title": "G", "publisher": "HAS", "year": "l’an dernier"},)},
            Lack("source-1", Lacking.NOT_A_YEAR),
        ),
        ({"terms": ({"term": "œdème"},)}, Lack("term-œdème", Lacking.EMPTY)),
        ({"images": {"balance": ""}}, Lack("image-balance", Lacking.EMPTY)),
    ],
)
def test_what_is_lacking_is_named_by_its_place(changes: dict[str, Any], lack: Lack) -> None:
    draft = draft_text(a_text())
    unfinished = DraftText.model_validate(draft.model_dump() | changes)
    with pytest.raises(UnfinishedError) as refused:
        finished(unfinished)
    assert lack in refused.value.lacking


def test_a_question_lacks_its_right_answer_and_its_explanations() -> None:
    draft = draft_text(a_text()).model_dump()
    question = draft["questions"][0]
    for answer in question["answers"]:
        answer |= {"is_right": False, "explanation": ""}
    question["again"]["answers"] = ()
    with pytest.raises(UnfinishedError) as refused:
        finished(DraftText.model_validate(draft))
    assert set(refused.value.lacking) == {
        Lack("question-1", Lacking.NO_RIGHT_ANSWER),
        Lack("question-1", Lacking.EMPTY_EXPLANATION),
        Lack("question-1-again", Lacking.TOO_FEW_ANSWERS),
    }


def _step(step: DraftStep, **changes: Any) -> DraftStep:
    return step.model_copy(update=changes)


def test_two_conflicts_of_one_person_are_both_kept(
    session: Session, version: ModuleVersion, desk: Desk
) -> None:
    there = draft_of(session, version).text
    theirs = _changed(there, title="Le leur", goal="le leur")
    _save(session, version, theirs, 0, by=desk.peer.id)
    first = _save(session, version, _changed(there, title="Le mien"), 0)
    fresh = first.draft.text
    again = _changed(fresh, summary="De nouveau le leur")
    number = _save(session, version, again, first.draft.number, by=desk.peer.id)
    second = _save(session, version, _changed(fresh, summary="Le mien"), first.draft.number)
    assert number.set_aside is None
    assert first.set_aside is not None
    assert second.set_aside is not None
    assert revision_of(session, version.id, first.set_aside).text.title == "Le mien"
    assert revision_of(session, version.id, second.set_aside).text.summary == "Le mien"


def test_what_is_typed_on_while_it_is_set_aside_stays_one_row(
    session: Session, version: ModuleVersion, desk: Desk
) -> None:
    there = draft_of(session, version).text
    _save(session, version, _changed(there, title="Le leur"), 0, by=desk.peer.id)
    first = _save(session, version, _changed(there, title="Le m"), 0)
    second = _save(session, version, _changed(there, title="Le mien"), 0)
    assert first.set_aside == second.set_aside is not None


def test_two_people_begin_each_many_words(session: Session, version: ModuleVersion) -> None:
    base = draft_of(session, version).text
    mine, theirs = (
        _changed(base, terms=tuple(DraftTerm(id=f"{who}{n}", term=f"{who}{n}") for n in range(70)))
        for who in "mt"
    )
    assert len(merge(base, mine=mine, theirs=theirs).text.terms) == 140
