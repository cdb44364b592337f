"""Reading before publishing: remarks beside their passages, the peer's word, the review."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from portal.clock import now
from portal.education import review
from portal.education.differences import MOST_WORDS, differences
from portal.education.markdown import blocks
from portal.models.account import User
from portal.models.directory import Practitioner, Profession
from portal.models.education import Module, ModuleVersion, VersionState
from portal.models.education_writing import ModuleCoauthor, ModuleRemark
from portal.models.outbox import OutboxMessage
from tests.education.modules import a_text, make_draft, make_remark
from tests.module_desk.people import People


def _approval(version: ModuleVersion, *, days: int = 300, **changes: str) -> dict[str, str]:
    due = f"{now().date() + timedelta(days=days):%d/%m/%Y}"
    return {"review_due": due, "signed": "y", "revision": str(version.revision)} | changes


def _letters(people: People) -> list[str]:
    people.session.expunge_all()
    people.session.rollback()
    return [one.letter for one in people.session.exec(select(OutboxMessage))]


def _remarks(people: People) -> list[ModuleRemark]:
    people.session.expunge_all()
    people.session.rollback()
    return list(people.session.exec(select(ModuleRemark)))


def test_the_whole_text_is_there_with_its_sources_questions_and_people(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    page = people.text("reviewer", path) + people.text("reviewer", f"{path}?sheet=questions")
    assert people.text("reviewer", f"{path}?sheet=easy").count("Lecture facile") == 0, "it has none"
    for words in (
        *("Se peser chaque matin", "quand appeler si mon poids augmente", "La balance voit l’eau"),
        *("À retenir", "J’attends", "Le poids monte avant la gêne.", "Assurance Maladie, 2025"),
        *("De l’eau qui reste dans le corps.", "lisibilité", "Haddad", "Faire une remarque"),
    ):
        assert words in page, words


def test_a_remark_without_script_begins_with_its_passage(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    page = people.text("reviewer", path)
    assert f"{path}/remark?place=step-2-body&amp;number=2" in page
    form = people.text("reviewer", f"{path}/remark?place=step-2-body&number=2")
    assert "Deux kilos de plus" in form
    assert "Étape 2, texte complet" in form
    said = {"place": "step-2-body", "quote": "Deux kilos de plus", "body": "En combien de jours ?"}
    address = people.sends("reviewer", f"{path}/remark", **said)
    (remark,) = _remarks(people)
    assert address == f"{path}?done=remark#remark-{remark.id}"
    page = people.text("author", path)
    passage = page.partition("Deux kilos de plus")[2].partition("data-place")[0]
    assert "En combien de jours" in passage, "it stands beside its passage"


def test_a_remark_leads_back_to_the_part_of_its_question(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    said = {"place": "question-1-again", "quote": "", "body": "Trop long."}
    address = people.sends("peer", f"{path}/remark", **said)
    assert address.startswith(f"{path}?sheet=questions&done=remark#remark-")
    assert "Trop long." in people.text("author", f"{path}?sheet=questions")
    assert "Trop long." not in people.text("author", path)
    assert "1 remarque attend" in people.text("author", path), "the other part says so"


def test_words_that_were_selected_are_quoted_and_shortened(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review/remark"
    form = people.text("peer", f"{path}?place=title&quote=chaque+matin")
    assert ">\nchaque matin</textarea>" in form
    long = people.text("peer", f"{path}?place=title&quote={'mot+' * 200}")
    assert len(long.partition('name="quote"')[2].partition("</textarea>")[0]) < 500


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"body": ""}, "Écrivez votre remarque"),
        ({"body": "x" * 1001}, "moins de mots"),
        ({"body": "Oui", "quote": "x" * 301}, "Citez moins de mots"),
    ],
)
def test_an_incomplete_remark_is_kept_on_the_page(
    people: People, said: dict[str, str], words: str
) -> None:
    version = people.sent()
    values = {"place": "title", "quote": "Se peser"} | said
    answer = people.post("reviewer", f"/modules/{version.id}/review/remark", **values)
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert words in answer.text
    assert values["quote"] in answer.text
    assert _remarks(people) == []


@pytest.mark.parametrize("place", ["", "step-9-body", "../../etc", "<script>", "title\x00"])
def test_a_remark_about_a_place_that_is_not_there_is_not_found(people: People, place: str) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review/remark"
    for answer in (
        people.browsers["reviewer"].get(path, query_string={"place": place}),
        people.post("reviewer", path, place=place, quote="", body="Oui"),
    ):
        assert answer.status_code == 404
    assert _remarks(people) == []


def test_hostile_words_are_shown_as_they_are_typed(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    hostile = "<img src=x onerror=alert(1)> {{ 7*7 }}"
    said = {"place": "title", "quote": hostile, "body": hostile}
    people.sends("peer", f"{path}/remark", **said)
    for page in (people.text("author", path), people.text("author", f"/modules/{version.id}")):
        assert "<img src=x" not in page
        assert "{{ 7*7 }}" in page
        assert "Le passage a changé depuis" in page or "Aller au passage" in page


def test_the_author_answers_and_the_reviewer_reads_it(people: People) -> None:
    version = people.sent()
    remark = make_remark(people.session, version, people.desk.reviewer)
    remark_id = remark.id
    people.session.commit()
    base = f"/modules/{version.id}"
    path = f"{base}/remarks/{remark_id}"
    assert "Répondre, ou marquer comme traitée" in people.text("author", base)
    address = people.sends("author", f"{path}/settle", answer="En 3 jours.", back="module")
    assert address == f"{base}?done=settled"
    page = people.text("reviewer", f"{base}/review")
    assert "En 3 jours." in page
    assert "Traitée le" in page
    people.sends("reviewer", f"{path}/reopen")
    assert "1 remarque à traiter" in people.text("author", base)
    answer = people.post("author", f"{path}/settle", answer="x" * 1001)
    assert answer.status_code == 422
    assert "x" * 1001 in answer.text


@pytest.mark.parametrize("who", ["peer", "coordinator", "stranger"])
def test_the_remark_of_another_is_not_theirs_to_treat(people: People, who: str) -> None:
    version = people.sent()
    remark = make_remark(people.session, version, people.desk.reviewer)
    remark_id = remark.id
    people.session.commit()
    for act in ("settle", "reopen"):
        answer = people.post(who, f"/modules/{version.id}/remarks/{remark_id}/{act}")
        assert answer.status_code == 404
    assert _remarks(people)[0].settled_at is None


def test_a_peer_says_that_they_read_it(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    page = people.text("peer", path)
    assert "J’ai relu" in page
    assert "Approuver" not in page
    assert people.sends("peer", f"{path}/read") == f"{path}?done=read"
    assert people.fresh(version.id).peer_id == people.users["peer"].id
    assert "J’ai relu" not in people.text("peer", path)
    assert "patient expert, le" in people.text("author", f"/modules/{version.id}")


def test_changes_are_asked_for_with_a_remark_only(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    assert "faites d’abord une remarque" in people.text("reviewer", path)
    answer = people.post("reviewer", f"{path}/changes")
    assert answer.status_code == 409
    assert "Faites d’abord une remarque" in answer.text
    make_remark(people.session, version, people.desk.reviewer)
    people.session.commit()
    assert "Demander des changements" in people.text("reviewer", path)
    assert people.sends("reviewer", f"{path}/changes").endswith("done=changes")
    assert people.fresh(version.id).state is VersionState.CHANGES_REQUESTED
    assert _letters(people) == ["module_changes_asked"]
    assert "a demandé des changements" in people.text("author", f"/modules/{version.id}")


def test_the_reviewer_signs_with_name_and_profession(people: People) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review/approve"
    page = people.text("reviewer", path)
    assert "Ce que veut dire votre signature" in page
    assert "Haddad, infirmière" in page
    usual = now().date() + timedelta(days=365)
    assert f'value="{usual:%d/%m/%Y}"' in page
    assert people.sends("reviewer", path, **_approval(version)).endswith("done=approved")
    approved = people.fresh(version.id)
    assert approved.state is VersionState.APPROVED
    assert approved.reviewer_id == people.users["reviewer"].id
    assert _letters(people) == ["module_approved"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signed": ""}, "Cochez la case pour signer"),
        ({"review_due": ""}, "Écrivez le jour comme"),
        ({"review_due": "01/01/2020"}, "à venir"),
        ({"review_due": "01/01/2999"}, "deux ans au plus"),
    ],
)
def test_nothing_is_approved_without_signature_and_last_day(
    people: People, changes: dict[str, str], words: str
) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review/approve"
    answer = people.post("reviewer", path, **_approval(version, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert people.fresh(version.id).state is VersionState.SUBMITTED


def test_a_stale_page_approves_nothing(people: People) -> None:
    version = people.sent()
    values = _approval(version, revision="1")
    answer = people.post("reviewer", f"/modules/{version.id}/review/approve", **values)
    assert answer.status_code == 409
    assert people.fresh(version.id).state is VersionState.SUBMITTED


def test_an_own_remark_that_waits_keeps_from_approving(people: People) -> None:
    version = people.sent()
    make_remark(people.session, version, people.desk.reviewer)
    people.session.commit()
    path = f"/modules/{version.id}/review"
    assert "Marquez vos remarques comme traitées" in people.text("reviewer", path)
    answer = people.post("reviewer", f"{path}/approve", **_approval(people.fresh(version.id)))
    assert answer.status_code == 409
    assert people.fresh(version.id).state is VersionState.SUBMITTED


def _coauthor(people: People, version: ModuleVersion) -> None:
    by, user = people.users["author"].id, people.users["reviewer"].id
    people.session.add(
        ModuleCoauthor(module_id=version.module_id, user_id=user, added_by=by, added_at=now())
    )


def _expert_by_trade(people: People, _version: ModuleVersion) -> None:
    user = people.session.get_one(User, people.users["reviewer"].id)
    entry = people.session.get_one(Practitioner, user.practitioner_id)
    entry.profession = Profession.PATIENT_EXPERT


def _author(people: People, version: ModuleVersion) -> None:
    people.session.get_one(ModuleVersion, version.id).author_id = people.users["reviewer"].id


@pytest.mark.parametrize("change", [_coauthor, _expert_by_trade, _author])
def test_by_page_nobody_reviews_who_wrote_it_or_is_no_professional(
    people: People, change: Any
) -> None:
    version = people.sent()
    make_remark(people.session, version, people.desk.peer)
    change(people, version)
    people.session.commit()
    path = f"/modules/{version.id}/review"
    fresh = people.fresh(version.id)
    for rest, values in (("approve", _approval(fresh)), ("changes", {}), ("remark", {})):
        said = values | {"place": "title", "body": "Oui"}
        assert people.post("reviewer", f"{path}/{rest}", **said).status_code in (403, 404, 409)
    assert people.fresh(version.id).state is VersionState.SUBMITTED
    assert len(_remarks(people)) == 1


@pytest.mark.parametrize("who", ["author", "peer", "coordinator", "stranger"])
def test_only_a_reviewer_approves_and_asks_for_changes(people: People, who: str) -> None:
    version = people.sent()
    path = f"/modules/{version.id}/review"
    for rest in ("approve", "changes"):
        answer = people.post(who, f"{path}/{rest}", **_approval(version))
        assert answer.status_code in (403, 404)
    assert people.fresh(version.id).state is VersionState.SUBMITTED


def test_a_draft_is_not_read_by_its_readers(people: People) -> None:
    version = people.draft()
    for who in ("peer", "reviewer"):
        assert people.get(who, f"/modules/{version.id}/review").status_code == 404


def test_what_changes_for_patients_is_shown_word_by_word(people: People) -> None:
    first = people.approved()
    review.publish(people.session, first, at=now())
    people.session.commit()
    module = people.session.get_one(Module, people.fresh(first.id).module_id)
    text = a_text(title="Se peser chaque soir")
    second = make_draft(people.session, people.desk, module, number=2, text=text)
    review.submit(people.session, second, by=people.desk.author.id, at=now())
    people.session.commit()
    page = people.text("reviewer", f"/modules/{second.id}/review/differences")
    assert "matin</del>" in page
    assert "soir</ins>" in page
    assert "Les patients voient encore" in people.text("author", f"/modules/{second.id}")
    assert people.get("reviewer", f"/modules/{first.id}/review/differences").status_code == 404


def test_a_long_passage_is_compared_in_bounded_time() -> None:
    old, new = ("a b " * MOST_WORDS, "b a " * MOST_WORDS)
    ((_place, (pieces,)),) = differences({"x": old}, {"x": new})
    assert [piece.kind for piece in pieces] == ["gone", "new"]
    assert differences({"x": "mot"}, {"x": "mot"}) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Un.\n\nDeux.", 2),
        ("## Titre\n\n1. Un\n2. Deux\n\n!! Retenez.", 3),
        ("Voyez [là][x].\n\n[x]: https://example.org", 1),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n> Cité", 2),
        ("", 0),
    ],
)
def test_a_text_is_split_where_its_blocks_begin(text: str, count: int) -> None:
    assert len(blocks(text)) == count
