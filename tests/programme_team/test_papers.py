"""The papers: one assessment in several hands, an evaluation, a page that is shared on a yes."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.audit import AccessEvent
from portal.models.outbox import OutboxMessage
from portal.models.programme import EducationProgramme, ProgrammeState
from portal.models.rights import CareLinkKind, LegalStatus, Mandate
from tests import factories
from tests.education.programme.papers import make_goal, make_team
from tests.programme_team.conftest import Desk

SAVED = "/team/assessment?done=saved"


def _sent(desk: Desk, base: int, **texts: str) -> dict[str, Any]:
    return desk.of_programme | {"base": str(base)} | texts


def test_patient_carer_and_team_write_the_same_text(desk: Desk) -> None:
    where = desk.sends("jeanne", "/programme/assessment", **_sent(desk, 0, daily="Je marche."))
    assert where == "/programme/assessment?done=saved"
    assert "Je marche." in desk.text("nadia", "/team/assessment")
    assert desk.sends("nadia", "/team/assessment", **_sent(desk, 1, daily="Marche.")) == SAVED
    page = desk.text("paul", "/programme/assessment")
    assert "Nadia Bensaïd, de l’équipe de soins" in page
    assert "Marche." in page
    desk.sends("paul", "/programme/assessment", **_sent(desk, 2, daily="Elle marche."))
    for name, rest in (("jeanne", "/programme"), ("nadia", "/team")):
        history = desk.text(name, f"{rest}/assessment/history")
        assert history.index("Elle marche.") < history.index("Je marche.")
        assert "Jeanne Moreau, la personne" in history or "Jeanne Moreau, le patient" in history
        assert "Paul Moreau, un aidant" in history


@pytest.mark.parametrize(
    ("name", "rest"), [("jeanne", "/programme/assessment"), ("nadia", "/team/assessment")]
)
def test_a_stale_form_shows_both_texts_and_loses_nothing(desk: Desk, name: str, rest: str) -> None:
    desk.sends("paul", "/programme/assessment", **_sent(desk, 0, daily="Celui de Paul"))
    answer = desk.post(name, rest, **_sent(desk, 0, daily="Le mien", hard="Dormir"))
    assert answer.status_code == 409
    assert "Celui de Paul" in answer.text
    assert "Le mien" in answer.text
    assert "Dormir" in answer.text
    assert "<title>Erreur" in answer.text
    found = re.search(r'name="base" value="(\d+)"', answer.text)
    assert found is not None
    base = int(found[1])
    assert desk.sends(name, rest, **_sent(desk, base, daily="Les deux")).endswith("done=saved")


def test_a_text_that_is_too_long_is_kept_and_said(desk: Desk) -> None:
    text = "mot " * 600
    answer = desk.post("jeanne", "/programme/assessment", **_sent(desk, 0, hard=text))
    assert answer.status_code == 422
    assert text.strip() in answer.text


def test_what_was_typed_survives_the_end_of_the_session(desk: Desk) -> None:
    path = desk.path("/programme/assessment")
    browser = desk.browser("jeanne")
    browser.post("/sign-out")
    answer = browser.post(path, data=_sent(desk, 0, hard="Monter l’escalier"))
    assert answer.status_code == 401
    assert "Monter l’escalier" in answer.text


def test_who_only_reads_has_no_form_and_who_has_no_grant_reads_nothing(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    for carer, status in (("see", 200), ("", 403)):
        desk = Desk(app, session, keys, make_team(session, keys, carer=carer))
        answer = desk.get("paul", "/programme/assessment")
        assert answer.status_code == status
        assert "<textarea" not in answer.text
        sent = _sent(desk, 0, daily="x")
        assert desk.post("paul", "/programme/assessment", **sent).status_code == 403
        assert desk.get("paul", "/programme/synthesis").status_code == status


def test_the_evaluation_says_what_became_of_the_goals_and_ends(desk: Desk) -> None:
    goal = make_goal(desk.session, desk.keys, desk.team, "Monter au premier")
    sent = _sent(desk, 0, changed="Je sors.", what_next="En mars.")
    sent |= {f"outcome-{goal.id}": "partly"}
    assert desk.sends("nadia", "/team/evaluation", **sent) == "/team?done=evaluated"
    page = desk.text("nadia", "/team/evaluation")
    assert "Je sors." in page
    assert re.search(r'value="partly" checked', page)
    stale = desk.post("nadia", "/team/evaluation", **(sent | {"changed": "Autre"}))
    assert stale.status_code == 409
    assert "Autre" in stale.text
    assert "Je sors." in stale.text
    sent |= {"base": "1", "ends": "yes"}
    assert desk.sends("nadia", "/team/evaluation", **sent) == "/team?done=ended"
    row = desk.session.get_one(EducationProgramme, (desk.team.patient.id, desk.team.programme.id))
    assert row.state is ProgrammeState.ENDED
    late = desk.post("nadia", "/team/evaluation", **(sent | {"base": "2", "changed": "Tard"}))
    assert late.status_code == 409
    assert "Tard" in late.text


def _asked(desk: Desk, base: int = 0, text: str = "Elle marche.") -> None:
    sent = _sent(desk, base, heading="Vivre avec mon cœur", situation=text)
    assert desk.sends("nadia", "/team/synthesis/write", **sent) == "/team/synthesis?done=asked"


def test_the_summary_begins_with_the_papers_and_without_what_is_not_shown(desk: Desk) -> None:
    make_goal(desk.session, desk.keys, desk.team, "Monter au premier")
    desk.sends("jeanne", "/programme/assessment", **_sent(desk, 0, hard="Les escaliers"))
    page = desk.text("nadia", "/team/synthesis/write")
    assert "Les escaliers" in page
    assert "Monter au premier" in page
    assert "ses lectures restent à lui" in page


def test_nobody_but_its_writer_and_the_patient_reads_it_before_the_yes(desk: Desk) -> None:
    _asked(desk)
    assert "Elle marche." in desk.text("nadia", "/team/synthesis")
    assert "Elle marche." not in desk.text("doctor", "/team/synthesis")
    assert "Elle marche." not in desk.text("paul", "/programme/synthesis")
    page = desk.text("jeanne", "/programme/synthesis")
    assert "Elle marche." in page
    assert "Samir Bensaïd" in page
    answered = desk.sends("jeanne", "/programme/synthesis", number="1", answer="yes")
    assert answered == "/programme/synthesis?done=shared"
    assert "Elle marche." in desk.text("doctor", "/team/synthesis")
    assert desk.sends("jeanne", "/programme/synthesis/withdraw").endswith("done=withdrawn")
    assert "Elle marche." not in desk.text("doctor", "/team/synthesis")


def test_the_doctor_is_told_without_a_word_of_it_and_their_reading_leaves_a_line(
    desk: Desk,
) -> None:
    _asked(desk)
    desk.sends("jeanne", "/programme/synthesis", number="1", answer="yes")
    letters = desk.session.exec(select(OutboxMessage)).all()
    told = {one.user_id: one.letter for one in letters}
    assert told == {
        desk.team.jeanne.id: "programme_asked",
        desk.team.doctor.id: "programme_news",
    }
    desk.text("doctor", "/team/synthesis")
    desk.session.rollback()
    lines = desk.session.exec(
        select(AccessEvent).where(AccessEvent.actor_id == desk.team.doctor.id)
    ).all()
    assert [(one.category, one.action) for one in lines] == [("education", "follow")]


def test_a_no_shares_nothing(desk: Desk) -> None:
    _asked(desk)
    assert desk.sends("jeanne", "/programme/synthesis", number="1", answer="no").endswith("kept")
    assert "Elle marche." not in desk.text("doctor", "/team/synthesis")
    assert "programme_news" not in {
        one.letter for one in desk.session.exec(select(OutboxMessage)).all()
    }


def test_a_yes_to_an_older_page_shows_the_new_one(desk: Desk) -> None:
    _asked(desk)
    _asked(desk, 1, "Elle court.")
    answer = desk.post("jeanne", "/programme/synthesis", number="1", answer="yes")
    assert answer.status_code == 409
    assert "Elle court." in answer.text
    for data in ({"number": "2", "answer": ""}, {"number": "2", "answer": "perhaps"}):
        assert desk.post("jeanne", "/programme/synthesis", **data).status_code == 422
    assert "Elle" not in desk.text("doctor", "/team/synthesis").partition("<main")[2]


def test_only_who_decides_consents_answers(desk: Desk) -> None:
    _asked(desk)
    for name in ("paul", "nadia", "doctor"):
        answer = desk.post(name, "/programme/synthesis", number="1", answer="yes")
        assert answer.status_code == 403
        assert desk.post(name, "/programme/synthesis/withdraw").status_code == 403
    assert desk.post("yves", "/programme/synthesis", number="1", answer="yes").status_code == 404


def test_who_represents_the_patient_answers_for_them(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys, carer="")
    guy, _ = factories.make_user(session, keys, given_name="Guy")
    link = factories.make_link(
        session, patient=team.patient, user=guy, kind=CareLinkKind.LEGAL_REPRESENTATIVE
    )
    session.add(
        Mandate(
            patient_id=team.patient.id,
            care_link_id=link.id,
            status=LegalStatus.TUTEUR_PERSONNE,
            proof_kind="jugement",
            issued_by="Tribunal",
            issued_on=factories.LONG_AGO.date(),
            starts_at=factories.LONG_AGO,
            verified_by=team.nadia.id,
            verified_at=now(),
        )
    )
    session.commit()
    team.paul = guy
    desk = Desk(app, session, keys, team)
    _asked(desk)
    assert "Elle marche." in desk.text("paul", "/programme/synthesis")
    assert desk.sends("paul", "/programme/synthesis", number="1", answer="yes").endswith("shared")
    assert "Elle marche." in desk.text("doctor", "/team/synthesis")


def test_without_a_doctor_who_has_an_account_it_is_handed_over_on_paper(desk: Desk) -> None:
    doctor = desk.team.doctor
    doctor.disabled_at = now()
    desk.session.add(doctor)
    desk.session.commit()
    _asked(desk)
    assert "remettez vous-même" in desk.text("jeanne", "/programme/synthesis")
    desk.sends("jeanne", "/programme/synthesis", number="1", answer="yes")
    assert "data-print" in desk.text("jeanne", "/programme/synthesis")
