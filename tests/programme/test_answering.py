"""A programme is proposed: the patient reads, accepts or refuses, and leaves when they want."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from portal.consents.texts import current_text
from portal.crypto import KeyRing
from portal.models.base import new_id
from portal.models.consent import ConsentDecision, ConsentPurpose
from portal.models.programme import EducationProgramme, ItemState, ProgrammeItem, ProgrammeState
from portal.models.rights import CareLinkKind, LegalStatus, Mandate
from tests import factories
from tests.education.modules import make_desk, make_module, make_published
from tests.education.programme.papers import TITLE, Team, make_item
from tests.programme.conftest import Enter


def door(patient_id: UUID, rest: str = "") -> str:
    return f"/p/{patient_id}/education/programme{rest}"


def yes(programme_id: UUID, **changes: str) -> dict[str, str]:
    text = current_text(ConsentPurpose.EDUCATION_PROGRAMME, locale="fr")
    return {"programme": str(programme_id), "text": text.sha256} | changes


def state_of(session: Session, patient_id: UUID) -> ProgrammeState:
    session.rollback()
    session.expunge_all()
    statement = select(EducationProgramme).where(EducationProgramme.patient_id == patient_id)
    return session.exec(statement).one().state


def said(session: Session, patient_id: UUID) -> list[tuple[str, str, str]]:
    rows = session.exec(
        select(ConsentDecision)
        .where(ConsentDecision.patient_id == patient_id)
        .order_by(col(ConsentDecision.id))
    ).all()
    return [(one.purpose.value, one.status.value, one.capacity) for one in rows]


def test_a_proposal_stands_on_the_page_of_modules_with_what_a_no_means(
    session: Session, keys: KeyRing, waiting: Team, enter: Enter
) -> None:
    desk = make_desk(session, keys)
    module = make_module(session, desk)
    make_published(session, desk, module)
    patient_id = waiting.patient.id
    make_item(
        session, keys, waiting, module_id=module.id, state=ItemState.PROPOSED, reason="Pour le sel"
    )
    text = enter(waiting.jeanne).get(f"/p/{patient_id}/education").text
    for words in (
        "Nadia Bensaïd vous propose un programme",
        TITLE,
        "Se peser chaque matin",
        "Pour le sel",
        "Rien ne change dans vos soins",
        "Lire, puis accepter",
        "Refuser",
    ):
        assert words in text


def test_a_yes_is_said_after_the_text_and_leaves_a_consent(
    session: Session, waiting: Team, enter: Enter
) -> None:
    patient_id, programme_id = waiting.patient.id, waiting.programme.id
    jeanne = enter(waiting.jeanne)
    text = jeanne.get(door(patient_id, "/accept")).text
    assert "Participer à un programme" in text or "Accepter ce programme" in text
    answer = jeanne.post(door(patient_id, "/accept"), data=yes(programme_id))
    assert answer.headers["Location"].endswith("/education/programme?done=accepted")
    assert state_of(session, patient_id) is ProgrammeState.ACCEPTED
    assert said(session, patient_id) == [("education_programme", "given", "self")]
    assert "Le programme commence" in jeanne.get(answer.headers["Location"]).text
    again = jeanne.post(door(patient_id, "/accept"), data=yes(programme_id))
    assert again.status_code == 303
    assert len(said(session, patient_id)) == 1


@pytest.mark.parametrize("changes", [{"text": "another"}, {"programme": str(new_id())}])
def test_a_yes_to_other_words_or_another_programme_begins_nothing(
    session: Session, waiting: Team, enter: Enter, changes: dict[str, str]
) -> None:
    patient_id, programme_id = waiting.patient.id, waiting.programme.id
    jeanne = enter(waiting.jeanne)
    answer = jeanne.post(door(patient_id, "/accept"), data=yes(programme_id, **changes))
    assert answer.status_code == 422
    assert "<title>Erreur\u00a0: " in answer.text
    assert state_of(session, patient_id) is ProgrammeState.PROPOSED
    assert said(session, patient_id) == []


def test_a_refusal_keeps_the_answer_and_nothing_else(
    session: Session, keys: KeyRing, waiting: Team, enter: Enter
) -> None:
    patient_id, programme_id = waiting.patient.id, waiting.programme.id
    module = make_module(session, make_desk(session, keys))
    make_item(session, keys, waiting, module_id=module.id, state=ItemState.PROPOSED)
    jeanne = enter(waiting.jeanne)
    stale = jeanne.post(door(patient_id, "/refuse"), data={"programme": str(new_id())})
    assert stale.status_code == 303
    assert state_of(session, patient_id) is ProgrammeState.PROPOSED
    answer = jeanne.post(door(patient_id, "/refuse"), data={"programme": str(programme_id)})
    assert state_of(session, patient_id) is ProgrammeState.DECLINED
    assert session.exec(select(ProgrammeItem)).all() == []
    assert said(session, patient_id) == [("education_programme", "refused", "self")]
    page = jeanne.get(answer.headers["Location"]).text
    assert "Rien ne change dans les soins" in page
    assert TITLE not in page
    assert TITLE not in jeanne.get(f"/p/{patient_id}/education").text


def test_leaving_asks_no_reason_and_withdraws_the_consent(
    session: Session, team: Team, enter: Enter
) -> None:
    patient_id, programme_id = team.patient.id, team.programme.id
    jeanne = enter(team.jeanne)
    assert "Vous n’avez pas à dire pourquoi" in jeanne.get(door(patient_id, "/leave")).text
    jeanne.post(door(patient_id, "/sharing"), data={"shared": "1"})
    jeanne.post(door(patient_id, "/leave"), data={"programme": str(programme_id)})
    assert state_of(session, patient_id) is ProgrammeState.ENDED
    assert said(session, patient_id)[-1] == ("education_programme", "withdrawn", "self")
    row = session.exec(select(EducationProgramme)).one()
    assert (row.shares_progress, row.ended_at is None) == (False, False)
    assert "Le programme est terminé depuis" in jeanne.get(door(patient_id)).text
    assert jeanne.get(door(patient_id, "/leave")).status_code == 303


def test_a_no_on_the_page_of_consents_ends_it_at_the_next_request(
    session: Session, team: Team, enter: Enter
) -> None:
    patient_id = team.patient.id
    jeanne = enter(team.jeanne)
    assert "Ce que j’aimerais" in jeanne.get(door(patient_id)).text
    jeanne.post(f"/p/{patient_id}/consents", data={"shown": "programme"})
    assert state_of(session, patient_id) is ProgrammeState.ENDED
    late = jeanne.post(door(patient_id, "/goals"), data={"words": "Marcher", "goal": ""})
    assert late.status_code == 422
    assert "n’est plus en cours" in late.text


def test_a_carer_reads_the_proposal_and_answers_nothing(
    session: Session, waiting: Team, enter: Enter
) -> None:
    patient_id, programme_id = waiting.patient.id, waiting.programme.id
    paul = enter(waiting.paul)
    text = paul.get(f"/p/{patient_id}/education").text
    assert "personne n’accepte à sa place" in text
    assert "Lire, puis accepter" not in text
    sent: dict[str, Any] = {"data": yes(programme_id)}
    paths = ("/accept", "/refuse", "/leave", "/sharing")
    assert {paul.post(door(patient_id, one), **sent).status_code for one in paths} == {403}
    assert state_of(session, patient_id) is ProgrammeState.PROPOSED


def test_a_guardian_for_consents_answers_in_their_own_name_only_with_the_education(
    session: Session, keys: KeyRing, waiting: Team, enter: Enter
) -> None:
    patient_id, programme_id = waiting.patient.id, waiting.programme.id
    guardians = []
    for scope in ("consents:act", "consents:act education:act"):
        user, _ = factories.make_user(session, keys)
        link = factories.make_link(
            session,
            patient=waiting.patient,
            user=user,
            kind=CareLinkKind.LEGAL_REPRESENTATIVE,
        )
        session.add(
            Mandate(
                patient_id=patient_id,
                care_link_id=link.id,
                status=LegalStatus.MANDAT_PROTECTION_FUTURE,
                scope=scope,
                proof_kind="jugement",
                issued_by="Tribunal",
                issued_on=factories.LONG_AGO.date(),
                starts_at=factories.LONG_AGO,
                verified_by=waiting.nadia.id,
                verified_at=factories.LONG_AGO,
            )
        )
        guardians.append(user)
    session.commit()
    closed, opened = (enter(one) for one in guardians)
    assert closed.get(door(patient_id, "/accept")).status_code == 404
    assert opened.get(door(patient_id, "/accept")).status_code == 200
    opened.post(door(patient_id, "/accept"), data=yes(programme_id))
    assert said(session, patient_id) == [("education_programme", "given", "legal_representative")]
