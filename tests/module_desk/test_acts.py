"""Sending to review, taking back, publishing: by page, each act where it belongs only."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import select

from portal.clock import now
from portal.education import review
from portal.education.drafting import draft_of, save_draft
from portal.models import columns
from portal.models.education import Module, ModuleSource, ModuleVersion, VersionState
from portal.models.education_writing import (
    EducationMember,
    EducationRole,
    ModuleCoauthor,
    ModuleReviewRequest,
)
from portal.models.outbox import OutboxMessage
from tests.education.modules import a_text, approve_draft, make_draft, make_remark
from tests.module_desk.people import People


def _submission(people: People, version: ModuleVersion, **changes: str) -> dict[str, str]:
    values = {"reviewer": str(people.users["reviewer"].id), "due_on": _soon()}
    return values | {"revision": str(version.revision)} | changes


def _soon() -> str:
    return f"{now().date() + timedelta(days=10):%d/%m/%Y}"


def _letters(people: People) -> list[str]:
    people.session.expunge_all()
    people.session.rollback()
    return [one.letter for one in people.session.exec(select(OutboxMessage))]


def test_the_author_chooses_who_reviews_and_hopes_for_a_day(people: People) -> None:
    version = people.draft()
    path = f"/modules/{version.id}"
    page = people.text("author", f"{path}/submit")
    assert "Haddad" in page
    assert "Envoyer en relecture" in page
    values = _submission(people, version)
    assert people.sends("author", f"{path}/submit", **values) == f"{path}?done=submitted"
    assert people.fresh(version.id).state is VersionState.SUBMITTED
    request = people.session.exec(select(ModuleReviewRequest)).one()
    assert f"{request.due_on:%d/%m/%Y}" == _soon()
    assert _letters(people) == ["module_review_asked"]
    state = people.text("author", f"{path}?done=submitted")
    assert "Le module est envoyé en relecture." in state
    assert "réponse espérée avant" in state


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reviewer": ""}, "Choisissez qui le relit"),
        ({"reviewer": "x' OR 1=1"}, "Choisissez qui le relit"),
        ({"due_on": ""}, "Écrivez le jour comme"),
        ({"due_on": "01/01/2020"}, "à venir"),
        ({"due_on": "01/01/2199"}, "Vérifiez l’année"),
    ],
)
def test_a_submission_without_a_reviewer_or_a_day_is_refused(
    people: People, changes: dict[str, str], words: str
) -> None:
    version = people.draft()
    values = _submission(people, version) | changes
    answer = people.post("author", f"/modules/{version.id}/submit", **values)
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert words in answer.text
    assert people.fresh(version.id).state is VersionState.DRAFT


def test_nobody_who_wrote_it_is_asked(people: People) -> None:
    version = people.draft()
    values = _submission(people, version, reviewer=str(people.users["author"].id))
    assert people.post("author", f"/modules/{version.id}/submit", **values).status_code == 422
    assert people.fresh(version.id).state is VersionState.DRAFT


def test_what_is_lacking_is_listed_with_its_field_and_nothing_is_sent(people: People) -> None:
    version = people.draft(text=a_text(sources=(), questions=()))
    path = f"/modules/{version.id}/submit"
    page = people.text("author", path)
    for words, place in (("au moins une source", "source-1"), ("une question", "question-1")):
        assert words in page
        assert f"#{place}" in page
    answer = people.post("author", path, **_submission(people, version))
    assert answer.status_code == 422
    assert people.fresh(version.id).state is VersionState.DRAFT
    assert _letters(people) == []


def test_the_draft_becomes_the_text_that_is_reviewed(people: People) -> None:
    version = people.draft()
    draft = draft_of(people.session, version)
    text = draft.text.model_copy(update={"summary": "Un autre résumé."})
    author_id = people.users["author"].id
    save_draft(people.session, version, text, base=draft.number, by=author_id, at=now())
    people.session.commit()
    values = _submission(people, people.fresh(version.id))
    people.sends("author", f"/modules/{version.id}/submit", **values)
    assert people.fresh(version.id).summary == "Un autre résumé."
    assert "Un autre résumé." in people.text("reviewer", f"/modules/{version.id}/review")


def test_an_unfinished_draft_says_what_is_missing(people: People) -> None:
    version = people.draft()
    draft = draft_of(people.session, version)
    text = draft.text.model_copy(update={"goal": ""})
    author_id = people.users["author"].id
    save_draft(people.session, version, text, base=draft.number, by=author_id, at=now())
    people.session.commit()
    path = f"/modules/{version.id}/submit"
    assert "#goal" in people.text("author", path)
    values = _submission(people, people.fresh(version.id))
    assert people.post("author", path, **values).status_code == 422
    assert people.fresh(version.id).state is VersionState.DRAFT


def test_it_comes_back_to_who_asked_for_changes(people: People) -> None:
    version = people.sent()
    make_remark(people.session, version, people.desk.reviewer)
    review.request_changes(people.session, version, by=people.desk.reviewer, at=now())
    people.session.commit()
    values = _submission(people, version)
    people.sends("author", f"/modules/{version.id}/submit", **values)
    assert _letters(people) == ["module_resubmitted"]


def test_the_author_takes_it_back_before_anybody_answered(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}"
    assert "Reprendre le texte" in people.text("author", path)
    assert people.sends("author", f"{path}/take-back") == f"{path}?done=taken_back"
    assert people.fresh(version.id).state is VersionState.DRAFT
    answer = people.post("author", f"{path}/take-back")
    assert answer.status_code == 409
    assert "Le module a avancé entre-temps" in answer.text


def test_a_remark_keeps_it_in_review(people: People) -> None:
    version = people.sent()
    make_remark(people.session, version, people.desk.peer)
    people.session.commit()
    path = f"/modules/{version.id}"
    assert "Reprendre le texte" not in people.text("author", path)
    assert people.post("author", f"{path}/take-back").status_code == 409
    assert people.fresh(version.id).state is VersionState.SUBMITTED


def test_the_author_publishes_what_is_approved(people: People) -> None:
    version = people.approved()
    path = f"/modules/{version.id}"
    page = people.text("author", f"{path}/publish")
    assert "Publier le module" in page
    assert "correction urgente" not in page, "nobody reads an older one"
    values = {"kind": "ordinary", "revision": str(version.revision)}
    assert people.sends("author", f"{path}/publish", **values) == f"{path}?done=published"
    assert people.fresh(version.id).state is VersionState.PUBLISHED
    assert "Le module est publié." in people.text("author", f"{path}?done=published")


def test_an_urgent_correction_says_what_it_does(people: People) -> None:
    first = people.approved()
    review.publish(people.session, first, at=now())
    people.session.commit()
    first = people.fresh(first.id)
    module = people.session.get_one(Module, first.module_id)
    second = make_draft(people.session, people.desk, module, number=2)
    approve_draft(people.session, people.desk, second)
    people.session.commit()
    path = f"/modules/{second.id}/publish"
    page = people.text("author", path)
    assert "Comme une correction urgente" in page
    assert "Plus personne ne voit l’ancien." in page
    values = {"kind": "urgent", "revision": str(second.revision)}
    assert people.sends("author", path, **values).endswith("done=urgent")
    assert people.fresh(second.id).is_urgent
    assert people.fresh(first.id).state is VersionState.REPLACED


def test_how_it_is_published_has_to_be_said(people: People) -> None:
    version = people.approved()
    for kind in ("", "secretly"):
        answer = people.post(
            "author", f"/modules/{version.id}/publish", kind=kind, revision=str(version.revision)
        )
        assert answer.status_code == 422
    stale = {"kind": "ordinary", "revision": "1"}
    assert people.post("author", f"/modules/{version.id}/publish", **stale).status_code == 409
    assert people.fresh(version.id).published_at is None


def test_nothing_is_published_from_another_state(people: People) -> None:
    for version in (people.draft(), people.sent()):
        path = f"/modules/{version.id}/publish"
        assert people.get("author", path).status_code == 409
        values = {"kind": "ordinary", "revision": str(version.revision)}
        answer = people.post("author", path, **values)
        assert answer.status_code == 409
        assert "Le module a avancé entre-temps" in answer.text
        assert people.fresh(version.id).published_at is None


def _without_source(people: People, version: ModuleVersion) -> None:
    table = columns(ModuleSource)
    people.session.execute(delete(ModuleSource).where(table.version_id == version.id))


def _without_review_date(people: People, version: ModuleVersion) -> None:
    people.session.get_one(ModuleVersion, version.id).review_due = None


def _without_reviewer(people: People, version: ModuleVersion) -> None:
    people.session.get_one(ModuleVersion, version.id).reviewer_id = None


def _reviewer_writes_along(people: People, version: ModuleVersion) -> None:
    by, user = people.users["author"].id, people.users["reviewer"].id
    people.session.add(
        ModuleCoauthor(module_id=version.module_id, user_id=user, added_by=by, added_at=now())
    )


LACKING: dict[str, Callable[[People, ModuleVersion], None]] = {
    "source": _without_source,
    "review date": _without_review_date,
    "reviewer": _without_reviewer,
    "another reviewer than a writer": _reviewer_writes_along,
}


@pytest.mark.parametrize("gate", LACKING)
def test_by_page_nothing_is_published_that_lacks_a_gate(people: People, gate: str) -> None:
    version = people.approved()
    LACKING[gate](people, version)
    people.session.commit()
    values = {"kind": "ordinary", "revision": str(people.fresh(version.id).revision)}
    answer = people.post("author", f"/modules/{version.id}/publish", **values)
    assert answer.status_code == 409
    assert "Rien n’a changé" in answer.text
    assert people.fresh(version.id).published_at is None


def test_by_page_nobody_publishes_who_is_no_expert_any_more(people: People) -> None:
    version = people.approved()
    author = people.session.get_one(type(people.users["author"]), people.users["author"].id)
    author.is_patient_expert = False
    people.session.add(author)
    people.session.commit()
    values = {"kind": "ordinary", "revision": str(version.revision)}
    assert people.post("author", f"/modules/{version.id}/publish", **values).status_code == 403
    assert people.fresh(version.id).published_at is None


@pytest.mark.parametrize("act", ["submit", "take-back", "publish"])
@pytest.mark.parametrize("who", ["peer", "reviewer", "coordinator", "stranger"])
def test_only_who_writes_it_sends_and_publishes_it(people: People, who: str, act: str) -> None:
    version = people.approved() if act == "publish" else people.sent()
    state = version.state
    assert people.post(who, f"/modules/{version.id}/{act}").status_code in (403, 404)
    assert people.fresh(version.id).state is state


def test_who_writes_no_more_for_the_organization_does_nothing(people: People) -> None:
    version = people.draft()
    key = (people.desk.organization.id, people.users["author"].id, EducationRole.WRITER)
    people.session.get_one(EducationMember, key).ended_at = now()
    people.session.commit()
    for path in ("", "/submit", "/preview"):
        assert people.get("author", f"/modules/{version.id}{path}").status_code == 404


def test_a_stranger_learns_of_nothing(people: People) -> None:
    version = people.sent()
    for path in ("", "/review", "/review/remark", "/preview", "/review/differences"):
        assert people.get("stranger", f"/modules/{version.id}{path}").status_code == 404


def test_the_preview_shows_all_that_patients_will_see(people: People) -> None:
    version = people.sent()
    page = people.text("author", f"/modules/{version.id}/preview")
    for words in ("Pourquoi", "Comment", "À retenir", "Que faites-vous", "Assurance Maladie"):
        assert words in page
    assert "De l’eau qui reste dans le corps." in page
