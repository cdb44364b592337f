"""One hour in a file outside the circle: who may, what it opens, when it ends."""

from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, col, select

from portal import clock
from portal.access.sessions import STEP_UP_LASTS
from portal.crypto import KeyRing
from portal.models.account import UserSession
from portal.models.audit import AccessEvent
from portal.models.rights import CareLinkKind
from tests import factories
from tests.emergency.doors import ANSWERS, DOOR, Scene, ask, openings, scene
from tests.letters import waiting
from tests.pages import PageClient

__all__ = ["scene"]


def test_the_right_answers_open_the_file_for_an_hour_and_each_reading_is_logged(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    assert reader.get(scene.home).status_code == 404
    answer = ask(reader)
    assert (answer.status_code, answer.headers["Location"]) == (303, scene.home)
    (row,) = openings(session)
    assert row.ends_at - row.starts_at == timedelta(hours=1)
    assert row.reason == "La personne ne peut pas répondre. Malaise dans la rue"
    assert "Vous avez ouvert ce dossier en urgence" in reader.get(scene.home).text
    assert reader.get(f"{scene.home}agenda").status_code == 200
    session.rollback()
    lines = session.exec(select(AccessEvent).order_by(col(AccessEvent.sequence))).all()
    assert [(line.capacity, line.category) for line in lines] == [
        ("emergency", "patient"),
        ("emergency", "agenda"),
    ]


def test_it_closes_to_the_second(reader: PageClient, session: Session, scene: Scene) -> None:
    ask(reader)
    (row,) = openings(session)
    moments = ((-timedelta(seconds=1), 200), (timedelta(0), 404))
    for offset, status in moments:
        with time_machine.travel(row.ends_at + offset, tick=False):
            reader.enter(session, scene.professional)
            assert reader.get(scene.home).status_code == status, offset


def test_a_form_that_is_sent_twice_opens_the_file_once(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene
) -> None:
    assert [ask(reader).status_code for _twice in range(2)] == [303, 303]
    assert len(openings(session)) == 1
    assert len(waiting(session, keys, "emergency_opened")) == 1


def test_names_are_compared_as_people_read_them(reader: PageClient, scene: Scene) -> None:
    answers = {"family_name": "MOREL ", "given_name": "jéanne", "birth_date": "17.3.1945"}
    assert ask(reader, **answers).status_code == 303


def test_who_is_in_the_circle_goes_in_as_usual_and_nobody_is_alarmed(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene
) -> None:
    factories.make_member(session, patient=scene.patient, practitioner_id=scene.practitioner.id)
    session.commit()
    assert ask(reader).headers["Location"] == scene.home
    assert openings(session) == []
    assert waiting(session, keys) == []


def test_a_relative_who_is_a_doctor_reads_as_the_relative_they_are(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    factories.make_link(session, patient=scene.patient, user=scene.professional)
    session.commit()
    assert ask(reader).status_code == 303
    assert openings(session) == []
    assert reader.get(f"{scene.home}agenda").status_code == 403


def test_nobody_opens_without_a_fresh_second_factor(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    for row in session.exec(select(UserSession)).all():
        row.stepped_up_at = clock.now() - STEP_UP_LASTS
        session.add(row)
    session.commit()
    answers = reader.get(DOOR), ask(reader)
    assert "/sign-in/confirm" in answers[0].headers["Location"]
    for answer in answers:
        assert scene.home not in answer.headers.get("Location", ""), "only to the confirmation"
    assert openings(session) == []


@pytest.mark.parametrize("who", ["carer", "patient", "coordinator", "operator"])
def test_only_a_professional_of_the_directory_finds_the_door(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene, who: str
) -> None:
    user, _ = factories.make_user(session, keys, is_operator=who == "operator")
    if who == "coordinator":
        place = factories.make_organization(session, name="Une autre maison")
        factories.make_coordination(session, user=user, organization_id=place.id)
    elif who in ("carer", "patient"):
        other = factories.make_patient(session)
        kind = CareLinkKind.SELF if who == "patient" else CareLinkKind.CARER
        factories.make_link(session, patient=other, user=user, kind=kind)
    reader.enter(session, user)
    assert reader.get(DOOR).status_code == 403
    assert ask(reader).status_code == 403
    assert openings(session) == []
    assert "/professional/emergency" not in reader.get("/professional/patients").text


def test_the_list_of_patients_leads_there(reader: PageClient, scene: Scene) -> None:
    assert f'href="{DOOR}"' in reader.get("/professional/patients").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family_name": ""}, "family_name"),
        ({"given_name": " "}, "given_name"),
        ({"given_name": "x" * 101}, "given_name"),
        ({"birth_date": "mars 1945"}, "birth_date"),
        ({"birth_date": "31/02/1945"}, "birth_date"),
        ({"usual": ""}, "usual"),
        ({"usual": "curious"}, "usual"),
        ({"usual": "other", "reason": "trop bref"}, "reason"),
        ({"reason": "x" * 401}, "reason"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_what_was_typed_stays(
    reader: PageClient, session: Session, scene: Scene, wrong: dict[str, str], field: str
) -> None:
    answer = ask(reader, **wrong)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    for name, typed in (ANSWERS | wrong).items():
        assert name == "usual" or f'value="{typed.strip()}"' in answer.text, name
    assert openings(session) == []


def test_a_reason_in_ones_own_words_is_enough(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    assert ask(reader, usual="other", reason="dix signes").status_code == 303
    assert openings(session)[0].reason == "dix signes"
