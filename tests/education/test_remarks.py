"""Remarks stand at a passage, stay through every change, and are treated by whoever writes."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.dossier import dossier_of
from portal.education.gates import Gate
from portal.education.places import words_of_places
from portal.education.remarks import (
    add_remark,
    is_found,
    remarks_of,
    reopen_remark,
    settle_remark,
)
from portal.education.standing import find_standing
from portal.education.storing import store
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models.account import User
from portal.models.base import new_id
from portal.models.education import ModuleVersion
from portal.models.education_writing import ModuleRemark
from tests import factories
from tests.education.modules import (
    Desk,
    a_text,
    approve_draft,
    make_desk,
    make_draft,
    make_module,
    make_published,
    make_remark,
)

PLACES = words_of_places(a_text())


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def sent(session: Session, desk: Desk) -> ModuleVersion:
    """A version that waits for its readers."""
    version = make_draft(session, desk, make_module(session, desk))
    review.submit(session, version, by=desk.author.id, at=now())
    return version


def _says(
    session: Session, version: ModuleVersion, by: User, *, place: str = "step-2-body"
) -> ModuleRemark:
    standing = find_standing(session, version.id, user_id=by.id)
    said = {"quote": "Deux kilos\nde plus", "body": "En combien de jours ?"}
    return add_remark(session, standing, place=place, places=PLACES, at=now(), **said)


def test_each_field_has_a_name_that_its_remark_can_hold() -> None:
    long = a_text(glossary={"œdème": "De l’eau.", "x" * 80: "Un mot trop long."})
    places = words_of_places(long)
    assert {"title", "step-2-body", "question-1-again", "source-1", "term-œdème"} <= places.keys()
    assert max(map(len, places)) <= 40
    assert "À retenir" not in places["step-2-body"]
    assert "Deux kilos de plus : appelez." in places["step-2-body"]


def test_a_peer_and_a_reviewer_say_something_of_a_passage(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    _says(session, sent, desk.peer)
    _says(session, sent, desk.reviewer, place="question-1")
    first, second = remarks_of(session, sent.id)
    assert (first.place, first.quote) == ("step-2-body", "Deux kilos de plus")
    assert (second.place, second.family_name, second.is_open) == ("question-1", "Haddad", True)
    assert dossier_of(session, sent.id).remarks == [first, second]


def test_who_writes_it_says_nothing_of_it_and_a_place_has_to_be_there(
    session: Session, keys: KeyRing, desk: Desk, sent: ModuleVersion
) -> None:
    stranger, _ = factories.make_user(session, keys)
    for user, place in (
        (desk.author, "title"),
        (stranger, "title"),
        (desk.reviewer, "step-9-body"),
        (desk.reviewer, "x' OR 1=1 --"),
    ):
        with pytest.raises(NotFoundError):
            _says(session, sent, user, place=place)
    assert remarks_of(session, sent.id) == []


def test_nothing_is_said_of_a_draft_nor_of_what_is_published(session: Session, desk: Desk) -> None:
    draft = make_draft(session, desk, make_module(session, desk))
    published = make_published(session, desk, make_module(session, desk))
    for version in (draft, published):
        with pytest.raises(PublishingRefusedError) as refused:
            _says(session, version, desk.reviewer)
        assert refused.value.reasons == (Gate.WRONG_STATE,)


def test_remarks_stay_through_changes_and_are_found_by_their_words(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    _says(session, sent, desk.reviewer)
    (remark,) = remarks_of(session, sent.id)
    typed = {"step-2-body": "Le matin.\nDEUX kilos de\u202fplus\u00a0: appelez."}
    assert is_found(remark, typed), "typography and capitals are no other words"
    review.request_changes(session, sent, by=desk.reviewer, at=now())
    changed = a_text(steps=(a_text().steps[0], a_text().steps[1].model_copy(update={"body": "Le"})))
    store(session, sent, changed)
    review.submit(session, sent, by=desk.author.id, at=now())
    (kept,) = remarks_of(session, sent.id)
    assert kept == remark
    assert not is_found(kept, words_of_places(changed))
    assert not is_found(kept, {}), "its step is gone"


def test_the_author_answers_and_it_can_be_opened_again(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    remark = _says(session, sent, desk.reviewer)
    author = find_standing(session, sent.id, user_id=desk.author.id)
    settle_remark(session, author, remark.id, answer="En 3 jours.", at=now())
    settle_remark(session, author, remark.id, answer="Autre", at=now())
    (row,) = remarks_of(session, sent.id)
    assert (row.answer, row.is_open) == ("En 3 jours.", False)
    reviewer = find_standing(session, sent.id, user_id=desk.reviewer.id)
    reopen_remark(session, reviewer, remark.id)
    (row,) = remarks_of(session, sent.id)
    assert (row.answer, row.is_open) == ("En 3 jours.", True)


def test_a_remark_of_another_is_not_treated_by_a_peer_nor_one_of_another_version(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    remark = make_remark(session, sent, desk.reviewer)
    other = make_draft(session, desk, make_module(session, desk))
    for version, user, remark_id in (
        (sent, desk.peer, remark.id),
        (sent, desk.author, new_id()),
        (other, desk.author, remark.id),
    ):
        standing = find_standing(session, version.id, user_id=user.id)
        for act in (
            lambda: settle_remark(session, standing, remark_id, answer="", at=now()),  # noqa: B023
            lambda: reopen_remark(session, standing, remark_id),  # noqa: B023
        ):
            with pytest.raises(NotFoundError):
                act()


def test_what_is_published_keeps_its_remarks_as_they_are(session: Session, desk: Desk) -> None:
    draft = make_draft(session, desk, make_module(session, desk))
    remark = make_remark(session, draft, desk.peer)
    approve_draft(session, desk, draft)
    review.publish(session, draft, at=now())
    author = find_standing(session, draft.id, user_id=desk.author.id)
    with pytest.raises(PublishingRefusedError):
        settle_remark(session, author, remark.id, answer="", at=now())


def test_sql_refuses_a_remark_without_words_and_one_that_nobody_settled(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    for fields in ({"body": ""}, {"settled_at": now()}):
        with pytest.raises(DBAPIError, match=r"says_something|settled_by"), session.begin_nested():
            make_remark(session, sent, desk.peer, **fields)
