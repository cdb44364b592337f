"""The programme as the patient, a carer and a professional see it; goals, items, what is shown."""

from datetime import timedelta
from uuid import UUID

import brotli
import pytest
from flask import Flask
from sqlmodel import Session, col, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme.sealing import open_text, words_cell
from portal.models.education import ModuleProgress
from portal.models.programme import (
    EducationProgramme,
    GoalOutcome,
    ItemState,
    ProgrammeGoal,
    ProgrammeItem,
)
from portal.models.rights import Grant
from tests.education.modules import a_text, make_desk, make_module, make_published
from tests.education.programme.papers import TITLE, Team, make_goal, make_item, make_team
from tests.education.programme.test_items import a_module, a_workshop, propose
from tests.pages import PageClient
from tests.programme.conftest import Enter
from tests.programme.test_answering import door
from tests.statements import counted

MOST_STATEMENTS = 5
MOST_BYTES = 6_000


def goals_of(session: Session, keys: KeyRing, patient_id: UUID) -> list[tuple[str, str | None]]:
    session.rollback()
    session.expunge_all()
    rows = session.exec(
        select(ProgrammeGoal)
        .where(ProgrammeGoal.patient_id == patient_id, col(ProgrammeGoal.removed_at).is_(None))
        .order_by(col(ProgrammeGoal.position))
    ).all()
    return [(open_text(keys, one.words_sealed, words_cell(one.id)), one.outcome) for one in rows]


def state_of_item(session: Session, patient_id: UUID, item_id: UUID) -> ItemState:
    session.rollback()
    session.expunge_all()
    return session.get_one(ProgrammeItem, (patient_id, item_id)).state


def _read(session: Session, team: Team, module_id: UUID, version_id: UUID) -> None:
    session.add(
        ModuleProgress(
            patient_id=team.patient.id,
            user_id=team.jeanne.id,
            module_id=module_id,
            version_id=version_id,
            step=2,
            started_at=now(),
            updated_at=now(),
            finished_at=now(),
        )
    )


def test_the_page_of_modules_shows_what_is_read_and_what_comes_next(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    desk = make_desk(session, keys)
    titles = ("Comprendre mon cœur", "Bouger sans peine")
    for place, title in enumerate(titles, start=1):
        module = make_module(session, desk)
        version = make_published(session, desk, module, text=a_text(title=title))
        item = make_item(session, keys, team, module_id=module.id)
        item.position = place
        if place == 1:
            _read(session, team, module.id, version.id)
    session.commit()
    address = f"/p/{team.patient.id}/education"
    paul_user = team.paul
    text = enter(team.jeanne).get(address).text
    assert "Votre programme, choisi avec Nadia Bensaïd" in text
    assert "1 module terminé sur 2" in text
    assert 'class="is-done"' in text
    assert "Commencer" in text
    assert text.count("Comprendre mon cœur</a>") == 1, "no list repeats it"
    assert "ni votre équipe ni vos proches" in text
    of_paul = enter(paul_user).get(address).text
    assert "Vous avez terminé vous-même 0 module sur 2" in of_paul
    assert 'class="is-done"' not in of_paul


def test_a_carer_without_the_education_sees_nothing_and_one_who_sees_cannot_act(
    session: Session, keys: KeyRing, enter: Enter
) -> None:
    for carer, expected in (("", (403, 403)), ("see", (200, 403)), ("act", (200, 303))):
        team = make_team(session, keys, carer=carer)
        patient_id = team.patient.id
        paul = enter(team.paul)
        shown = paul.get(door(patient_id))
        sent = paul.post(door(patient_id, "/goals"), data={"words": "Marcher", "goal": ""})
        assert (shown.status_code, sent.status_code) == expected
        assert (TITLE in shown.text) == (expected[0] == 200)
        assert ("Ajouter ce but" in shown.text) == (carer == "act")
        assert bool(goals_of(session, keys, patient_id)) == (carer == "act")


def test_after_the_grant_is_taken_back_the_next_request_is_refused(
    session: Session, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    paul = enter(team.paul)
    assert paul.get(door(patient_id)).status_code == 200
    for grant in session.exec(select(Grant)).all():
        grant.ends_at = now() - timedelta(minutes=1)
        session.add(grant)
    session.commit()
    assert paul.get(door(patient_id)).status_code == 403


def test_neither_a_professional_nor_a_stranger_opens_the_pages_of_the_family(
    team: Team, enter: Enter
) -> None:
    patient_id, yves = team.patient.id, team.yves
    nadia = enter(team.nadia)
    assert nadia.get(door(patient_id)).status_code == 403
    assert nadia.post(door(patient_id, "/sharing"), data={"shared": "1"}).status_code == 403
    assert enter(yves).get(door(patient_id)).status_code == 404


def test_a_goal_is_added_said_otherwise_looked_back_at_removed_and_put_back(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    jeanne = enter(team.jeanne)
    jeanne.post(door(patient_id, "/goals"), data={"words": " Aller au marché ", "goal": ""})
    assert goals_of(session, keys, patient_id) == [("Aller au marché", None)]
    first = session.exec(select(ProgrammeGoal)).one().id
    session.rollback()
    assert "Aller au marché" in jeanne.get(door(patient_id, f"/goals/{first}")).text
    jeanne.post(
        door(patient_id, f"/goals/{first}"),
        data={"words": "Aller au marché seule", "outcome": "partly"},
    )
    assert goals_of(session, keys, patient_id) == [("Aller au marché seule", GoalOutcome.PARTLY)]
    assert "Atteint en partie" in jeanne.get(door(patient_id)).text
    newest = session.exec(
        select(ProgrammeGoal.id).where(col(ProgrammeGoal.removed_at).is_(None))
    ).one()
    session.rollback()
    gone = jeanne.post(door(patient_id, f"/goals/{newest}/remove")).headers["Location"]
    assert goals_of(session, keys, patient_id) == []
    assert f"/goals/{newest}/restore" in jeanne.get(gone).text
    jeanne.post(door(patient_id, f"/goals/{newest}/restore"))
    assert goals_of(session, keys, patient_id) == [("Aller au marché seule", GoalOutcome.PARTLY)]


@pytest.mark.parametrize("words", ["", "   ", "x" * 301])
def test_words_that_cannot_be_a_goal_stay_in_the_form(
    session: Session, keys: KeyRing, team: Team, enter: Enter, words: str
) -> None:
    patient_id = team.patient.id
    answer = enter(team.jeanne).post(door(patient_id, "/goals"), data={"words": words, "goal": "x"})
    assert answer.status_code == 422
    assert "<title>Erreur\u00a0: " in answer.text
    assert words.strip() in answer.text
    assert goals_of(session, keys, patient_id) == []


def test_words_about_a_goal_that_changed_meanwhile_are_not_lost(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    goal_id = make_goal(session, keys, team, "Marcher").id
    users = (team.jeanne, team.paul)
    jeanne, paul = (enter(session.merge(one)) for one in users)
    sent = {"words": "Marcher à deux", "outcome": "unsaid"}
    assert paul.post(door(patient_id, f"/goals/{goal_id}"), data=sent).status_code == 303
    late = jeanne.post(
        door(patient_id, f"/goals/{goal_id}"), data=sent | {"words": "Marcher seule"}
    )
    assert late.status_code == 422
    assert "Marcher seule" in late.text
    assert goals_of(session, keys, patient_id) == [("Marcher à deux", None)]
    assert "écrit par Paul Moreau" in jeanne.get(door(patient_id)).text


def test_what_was_added_since_is_accepted_set_aside_and_put_back(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    item_id = propose(session, keys, team, a_module(session, make_desk(session, keys))).id
    jeanne = enter(team.jeanne)
    assert "Proposé depuis" in jeanne.get(f"/p/{patient_id}/education").text
    for answer, state in (
        ("accept", ItemState.ACCEPTED),
        ("decline", ItemState.DECLINED),
        ("accept", ItemState.ACCEPTED),
        ("take-back", ItemState.PROPOSED),
    ):
        jeanne.post(door(patient_id, f"/items/{item_id}"), data={"answer": answer})
        assert state_of_item(session, patient_id, item_id) is state
    for hostile in ("removed", "", "ACCEPT"):
        sent = jeanne.post(door(patient_id, f"/items/{item_id}"), data={"answer": hostile})
        assert sent.status_code == 404
    assert state_of_item(session, patient_id, item_id) is ItemState.PROPOSED


def test_nothing_of_another_file_is_touched(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    other = make_team(session, keys)
    goal_id = make_goal(session, keys, other, "Le but d’une autre").id
    item_id = propose(session, keys, other, a_module(session, make_desk(session, keys))).id
    patient_id, other_id = team.patient.id, other.patient.id
    session.commit()
    jeanne = enter(team.jeanne)
    assert jeanne.get(door(patient_id, f"/goals/{goal_id}")).status_code == 404
    for path in (f"/goals/{goal_id}/remove", f"/goals/{goal_id}/restore", f"/items/{item_id}"):
        sent = jeanne.post(door(patient_id, path), data={"answer": "decline"})
        assert sent.status_code == 404, path
    assert goals_of(session, keys, other_id) == [("Le but d’une autre", None)]
    assert state_of_item(session, other_id, item_id) is ItemState.PROPOSED


def test_the_switch_counts_at_once_and_the_sentence_below_the_modules_follows(
    session: Session, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    jeanne = enter(team.jeanne)
    for data, is_shared, words in (
        ({"shared": "1"}, True, "Votre équipe voit votre avancée"),
        ({}, False, "ni votre équipe ni vos proches"),
    ):
        piece = jeanne.post(door(patient_id, "/sharing"), data=data, htmx=True)
        assert piece.text.lstrip().startswith("<section")
        assert "C’est enregistré" in piece.text
        session.rollback()
        session.expunge_all()
        assert session.exec(select(EducationProgramme)).one().shares_progress is is_shared
        session.rollback()
        assert words in jeanne.get(f"/p/{patient_id}/education").text


def test_a_workshop_without_a_place_shows_the_way_to_one(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    make_item(session, keys, team, workshop_id=a_workshop(session, team).workshop_id)
    address = f"/p/{team.patient.id}/education"
    text = enter(team.jeanne).get(address).text
    assert "Cuisiner avec moins de sel" in text
    assert "demandez à l’équipe" in text
    assert "/messages/new" in text


def test_a_programme_with_nothing_in_it_and_none_at_all(
    session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    jeanne = enter(team.jeanne)
    text = jeanne.get(door(patient_id)).text
    assert "Aucun but n’est écrit" in text
    assert "aucun module pour le moment" in text
    for row in session.exec(select(EducationProgramme)).all():
        session.delete(row)
    session.commit()
    assert "Aucun programme n’est suivi" in jeanne.get(door(patient_id)).text


def _size(jeanne: PageClient, address: str) -> int:
    answer = jeanne.get(address)
    assert answer.status_code == 200
    return len(brotli.compress(answer.data, quality=5))


def test_pages_stay_small_and_their_statements_do_not_grow(
    app: Flask, session: Session, keys: KeyRing, team: Team, enter: Enter
) -> None:
    desk = make_desk(session, keys)
    addresses = [f"/p/{team.patient.id}/education", door(team.patient.id)]
    user = team.jeanne
    for number in range(6):
        thing = a_module(session, desk)
        make_item(session, keys, team, module_id=thing.module_id, reason=f"Raison {number}")
        make_goal(session, keys, team, f"But {number}")
        propose(session, keys, team, a_module(session, desk))
    session.commit()
    jeanne = enter(user)
    for address in addresses:
        jeanne.get(address)
        with counted(app) as statements:
            assert _size(jeanne, address) < MOST_BYTES
        assert len(statements) <= MOST_STATEMENTS, statements
