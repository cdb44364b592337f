"""What an answer opens and closes: on the very next request."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.rights import Block, CareLinkKind, LegalStatus, Mandate
from tests import factories
from tests.consent.circle import (
    COORDINATION,
    Circle,
    decisions,
    entered,
    make_carer,
    say_no,
    say_yes,
)
from tests.pages import PageClient
from tests.statements import counted

OUTSIDE = ConsentPurpose.OUTSIDE_CARE_TEAM


def test_a_professional_outside_sees_the_file_between_a_yes_and_a_no(
    jeanne: PageClient, lucie: PageClient, circle: Circle
) -> None:
    agenda = f"{circle.home}agenda"
    assert lucie.get(agenda).status_code == 404
    assert say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE).status_code == 303
    assert lucie.get(agenda).status_code == 200
    assert say_no(jeanne, circle, circle.lucie.key).status_code == 303
    assert lucie.get(agenda).status_code == 404


def test_the_answers_about_one_person_say_nothing_of_another(
    app: Flask, session: Session, jeanne: PageClient, circle: Circle
) -> None:
    say_yes(jeanne, circle, circle.odile.key, purpose=ConsentPurpose.SOCIAL_SERVICES)
    odile, lucie = (entered(app, session, one.user) for one in (circle.odile, circle.lucie))
    assert odile.get(circle.home).status_code == 200
    assert lucie.get(circle.home).status_code == 404
    assert decisions(session, circle.patient.id)[0].purpose is ConsentPurpose.SOCIAL_SERVICES


def test_a_no_to_coordination_closes_the_agenda_to_the_nurse_and_not_to_the_patient(
    jeanne: PageClient, nadia: PageClient, circle: Circle
) -> None:
    agenda, team = f"{circle.home}agenda", f"{circle.home}care-team"
    assert nadia.get(agenda).status_code == 200
    say_no(jeanne, circle, COORDINATION)
    assert [nadia.get(path).status_code for path in (agenda, team)] == [403, 403]
    assert [jeanne.get(path).status_code for path in (agenda, team)] == [200, 200]
    say_yes(jeanne, circle, COORDINATION, purpose=ConsentPurpose.CARE_COORDINATION)
    assert nadia.get(agenda).status_code == 200


def test_somebody_of_the_care_team_is_kept_out_and_let_in_again(
    session: Session, jeanne: PageClient, nadia: PageClient, circle: Circle
) -> None:
    assert say_no(jeanne, circle, circle.nadia.key).status_code == 303
    assert nadia.get(circle.home).status_code == 404
    assert decisions(session, circle.patient.id) == [], "no consent is asked of the care team"
    say_yes(jeanne, circle, circle.nadia.key, purpose=OUTSIDE)
    assert nadia.get(circle.home).status_code == 200
    session.rollback()
    assert session.exec(select(Block)).one().ends_at is not None


def test_a_yes_to_a_text_that_was_asked_again_since_does_not_count(
    session: Session, jeanne: PageClient, lucie: PageClient, circle: Circle
) -> None:
    say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE)
    row = decisions(session, circle.patient.id)[0]
    row.text_version = 0
    session.add(row)
    session.commit()
    assert lucie.get(circle.home).status_code == 404
    assert "Le texte a changé" in jeanne.get(circle.path).text


def test_a_no_needs_no_second_factor_and_a_yes_does(
    session: Session, jeanne: PageClient, lucie: PageClient, circle: Circle
) -> None:
    say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE)
    _let_confirmation_lapse(session)
    assert say_no(jeanne, circle, circle.lucie.key).status_code == 303
    answer = say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE)
    assert answer.status_code == 403
    assert "Confirmez" in answer.text
    assert lucie.get(circle.home).status_code == 404


def test_moving_a_switch_to_yes_shows_the_text_and_opens_nothing(
    session: Session, jeanne: PageClient, circle: Circle
) -> None:
    keys = [circle.lucie.key, circle.odile.key]
    answer = jeanne.post(circle.path, data={"yes": keys})
    assert answer.status_code == 303
    page = jeanne.get(answer.headers["Location"])
    assert "Ouvrir le dossier à Lucie" in page.text
    assert "jusqu’à ce que vous disiez non" in page.text
    assert decisions(session, circle.patient.id) == []
    fragment = jeanne.post(circle.path, data={"yes": keys}, htmx=True)
    assert fragment.headers["HX-Redirect"] == answer.headers["Location"]


def test_two_yes_are_asked_one_after_the_other(
    session: Session, jeanne: PageClient, circle: Circle
) -> None:
    first = say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE, then=circle.odile.key)
    assert first.headers["Location"] == f"{circle.path}/yes?about={circle.odile.key}"
    assert len(decisions(session, circle.patient.id)) == 1


def test_a_yes_to_another_text_than_the_one_asked_shows_the_text_again(
    session: Session, jeanne: PageClient, circle: Circle
) -> None:
    for mark in ("", "0" * 64):
        data = {"about": circle.lucie.key, "text": mark}
        answer = jeanne.post(f"{circle.path}/yes", data=data)
        assert answer.status_code == 422
        assert "Ouvrir le dossier à Lucie" in answer.text
    assert decisions(session, circle.patient.id) == []


def test_saying_the_same_twice_adds_nothing(
    session: Session, jeanne: PageClient, circle: Circle
) -> None:
    for _time in range(2):
        say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE)
    for _time in range(2):
        say_no(jeanne, circle, circle.lucie.key)
    statuses = [one.status for one in decisions(session, circle.patient.id)]
    assert statuses == [ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN]


def test_no_row_is_ever_changed_or_removed(app: Flask, jeanne: PageClient, circle: Circle) -> None:
    with counted(app) as statements:
        for key in (COORDINATION, circle.lucie.key, circle.nadia.key):
            say_no(jeanne, circle, key)
            say_yes(jeanne, circle, key, purpose=OUTSIDE)
    written = [one for one in statements if "consent_decision" in one and one[:6] != "SELECT"]
    assert written
    assert all(one.startswith("INSERT INTO consent_decision") for one in written)


def test_a_switch_answers_in_place_with_a_script(jeanne: PageClient, circle: Circle) -> None:
    fragment = jeanne.post(circle.path, data={"shown": [circle.nadia.key]}, htmx=True)
    assert fragment.status_code == 200
    assert fragment.text.lstrip().startswith("<form")
    assert "C’est enregistré" in fragment.text
    assert "Ne voit rien pour l’instant" in fragment.text


def test_a_guardian_decides_for_the_patient_and_in_their_own_name(
    app: Flask, session: Session, keys: KeyRing, lucie: PageClient, circle: Circle
) -> None:
    user, _ = factories.make_user(session, keys, given_name="Guy")
    link = factories.make_link(
        session, patient=circle.patient, user=user, kind=CareLinkKind.LEGAL_REPRESENTATIVE
    )
    session.add(
        Mandate(
            patient_id=circle.patient.id,
            care_link_id=link.id,
            status=LegalStatus.TUTEUR_PERSONNE,
            proof_kind="jugement",
            issued_by="Tribunal",
            issued_on=factories.LONG_AGO.date(),
            starts_at=factories.LONG_AGO,
            verified_by=circle.claire.id,
            verified_at=factories.LONG_AGO,
        )
    )
    guy = entered(app, session, user)
    assert "Vous décidez pour Jeanne" in guy.get(circle.path).text
    assert say_yes(guy, circle, circle.lucie.key, purpose=OUTSIDE).status_code == 303
    row = decisions(session, circle.patient.id)[0]
    assert (row.capacity, row.actor_id) == ("legal_representative", user.id)
    assert lucie.get(circle.home).status_code == 200


@pytest.mark.parametrize("right", ["consents:act", "consents:see"])
def test_a_carer_reads_the_choices_and_decides_nothing(
    app: Flask, session: Session, keys: KeyRing, circle: Circle, right: str
) -> None:
    paul = entered(app, session, make_carer(session, keys, circle, right))
    page = paul.get(circle.path)
    # A row that says `act` is worth nothing: the right belongs to the patient alone.
    assert page.status_code == (200 if right == "consents:see" else 403)
    assert 'role="switch"' not in page.text
    assert say_no(paul, circle, COORDINATION).status_code == 403
    assert say_yes(paul, circle, circle.lucie.key, purpose=OUTSIDE).status_code == 403
    assert paul.get(f"{circle.path}/paper").status_code == 403
    assert decisions(session, circle.patient.id) == []


def test_neither_a_coordinator_nor_a_professional_decides(
    session: Session, claire: PageClient, nadia: PageClient, circle: Circle
) -> None:
    assert claire.get(circle.path).status_code == 200
    assert nadia.get(circle.path).status_code == 403
    for reader in (claire, nadia):
        assert say_no(reader, circle, COORDINATION).status_code == 403
        assert say_yes(reader, circle, circle.lucie.key, purpose=OUTSIDE).status_code == 403
    assert nadia.get(f"{circle.path}/paper").status_code == 403
    assert decisions(session, circle.patient.id) == []


def test_who_keeps_the_circle_has_no_switch_that_would_change_nothing(
    session: Session, jeanne: PageClient, circle: Circle
) -> None:
    practitioner = factories.make_practitioner(session, given_name="Claire", family_name="Morvan")
    factories.make_member(session, patient=circle.patient, practitioner_id=practitioner.id)
    circle.claire.practitioner_id = practitioner.id
    session.add(circle.claire)
    session.commit()
    page = jeanne.get(circle.path).text
    assert "Coordonne le cercle, et voit le dossier" in page
    assert f'value="{practitioner.id}"' not in page
    assert say_no(jeanne, circle, str(practitioner.id)).status_code == 404


@pytest.mark.parametrize(
    "key",
    ["", "research", "outside_care_team", "00000000-0000-0000-0000-000000000007", "é'\"--", "\x00"],
)
def test_what_is_not_asked_cannot_be_answered(
    session: Session, jeanne: PageClient, claire: PageClient, circle: Circle, key: str
) -> None:
    assert say_no(jeanne, circle, key).status_code == 404
    assert jeanne.post(circle.path, data={"yes": [key]}).status_code == 404
    assert jeanne.get(f"{circle.path}/yes", query_string={"about": key}).status_code == 404
    assert say_yes(jeanne, circle, key, purpose=OUTSIDE).status_code == 404
    assert session.exec(select(ConsentDecision)).all() == []


def test_a_professional_of_another_circle_cannot_be_given_the_file(
    session: Session, keys: KeyRing, jeanne: PageClient, circle: Circle
) -> None:
    other = factories.make_patient(session, given_name="Marcel")
    stranger = factories.make_practitioner(session)
    factories.make_member(
        session, patient=other, practitioner_id=stranger.id, is_outside_care_team=True
    )
    session.commit()
    assert say_yes(jeanne, circle, str(stranger.id), purpose=OUTSIDE).status_code == 404


def _let_confirmation_lapse(session: Session) -> None:
    from sqlalchemy import update

    from portal.models.account import UserSession

    session.execute(update(UserSession).values(stepped_up_at=factories.LONG_AGO))
    session.commit()
