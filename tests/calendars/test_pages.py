"""One's own subscriptions: made behind a fresh code, listed, taken back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlmodel import Session, select

from portal import clock
from portal.crypto import token_hash
from portal.models.account import User
from portal.models.calendar import CalendarFeed
from portal.models.credential import SecurityEvent, SecurityEventKind
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLinkKind
from tests import factories
from tests.attacks.test_hostile_input import HOSTILE
from tests.calendars.scene import Scene, told
from tests.pages import PageClient
from tests.statements import counted

LIST = "/account/calendars"
NEW = "/account/calendars/new"


@pytest.fixture
def paul(scene: Scene, reader: PageClient) -> User:
    user = scene.relative("agenda:see")
    reader.enter(scene.session, user)
    return user


def _form(scene: Scene, **changes: str) -> dict[str, str]:
    values = {"name": "Mon téléphone", "whose": str(scene.patient.id), "level": "neutral"}
    return values | {"alarm": "", "feed_id": str(uuid4())} | changes


def _feeds(session: Session) -> list[CalendarFeed]:
    session.rollback()
    session.expire_all()
    return list(session.exec(select(CalendarFeed)))


def _address(html: str) -> str:
    found = re.search(r'id="address">http://localhost(/calendar/[^<]+)<', html)
    assert found is not None
    return found[1]


def test_a_link_is_made_and_its_address_shown_once(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    scene.visit(title="Pansement")
    answer = reader.post(NEW, data=_form(scene, level="detailed", alarm="120"))
    address = _address(answer.text)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert f"webcal://localhost{address}" in answer.text
    assert "Jeanne : Pansement" in told(scene.fetch(address))
    (feed,) = _feeds(scene.session)
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert feed.token_hash == token_hash(token)
    assert (feed.user_id, feed.is_detailed, feed.alarm_minutes) == (paul.id, True, 120)
    page = reader.get(LIST).text
    assert token not in page
    assert "Mon téléphone" in page
    assert token not in reader.get(f"{LIST}/{feed.id}/revoke").text


def test_it_is_noted_in_the_history_and_told_by_mail(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    reader.post(NEW, data=_form(scene))
    (line,) = scene.session.exec(select(SecurityEvent))
    assert (line.kind, line.detail) == (SecurityEventKind.CALENDAR_ADDED, "Mon téléphone")
    (mail,) = scene.session.exec(select(OutboxMessage))
    assert mail.user_id == paul.id
    assert "Un lien vers votre agenda a été créé" in reader.get("/account/history").text


def test_making_one_needs_a_fresh_code(scene: Scene, reader: PageClient, paul: User) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert reader.get(NEW).headers["Location"].startswith("/sign-in/confirm?")
        assert reader.post(NEW, data=_form(scene)).status_code == 403
    assert _feeds(scene.session) == []


def test_a_second_tap_makes_no_second_link_and_shows_one_that_works(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    form = _form(scene)
    first, second = (_address(reader.post(NEW, data=form).text) for _ in range(2))
    assert len(_feeds(scene.session)) == 1
    assert scene.fetch(first).status_code == 404
    assert scene.fetch(second).status_code == 200
    # Once it is in use, the old form changes nothing any more.
    again = reader.post(NEW, data=form)
    assert again.headers["Location"] == f"{LIST}?done=known"
    assert scene.fetch(second).status_code == 200


def test_the_form_of_somebody_else_makes_and_changes_nothing(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    form = _form(scene)
    address = _address(reader.post(NEW, data=form).text)
    other = PageClient(scene.app)
    other.enter(scene.session, scene.relative("agenda:see"))
    assert other.post(NEW, data=form).headers["Location"] == f"{LIST}?done=known"
    assert scene.fetch(address).status_code == 200
    (feed,) = _feeds(scene.session)
    assert feed.user_id == paul.id
    for ask in (other.get, other.post):
        assert ask(f"{LIST}/{feed.id}/revoke").status_code == 404
    assert "Mon téléphone" not in other.get(LIST).text


def test_only_one_s_own_people_can_be_chosen(scene: Scene, reader: PageClient, paul: User) -> None:
    stranger = factories.make_patient(scene.session, given_name="Louise")
    scene.session.commit()
    page = reader.get(f"{NEW}?patient={stranger.id}").text
    assert "Louise" not in page
    # Of one person only, "all" is no choice.
    for whose in (str(stranger.id), "all", "", "x"):
        answer = reader.post(NEW, data=_form(scene, whose=whose))
        assert answer.status_code == 422
        assert "Choisissez de qui sont les rendez-vous" in answer.text
    assert _feeds(scene.session) == []


def test_a_professional_cannot_choose_a_patient(scene: Scene, reader: PageClient) -> None:
    nurse = factories.make_practitioner(scene.session)
    factories.make_member(scene.session, patient=scene.patient, practitioner_id=nurse.id)
    nadia, _ = factories.make_user(scene.session, scene.keys, practitioner_id=nurse.id)
    reader.enter(scene.session, nadia)
    assert "Jeanne" not in reader.get(f"{NEW}?patient={scene.patient.id}").text
    assert reader.post(NEW, data=_form(scene)).status_code == 422


def test_of_several_people_all_are_chosen_first(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    odile = factories.make_patient(scene.session, given_name="Odile")
    factories.make_link(scene.session, patient=odile, user=paul, kind=CareLinkKind.CARER)
    scene.session.commit()
    assert 'value="all" checked' in reader.get(NEW).text
    assert f'value="{odile.id}" checked' in reader.get(f"{NEW}?patient={odile.id}").text
    _address(reader.post(NEW, data=_form(scene, whose="all")).text)
    (feed,) = _feeds(scene.session)
    assert feed.patient_id is None


def test_what_was_typed_stays_when_something_is_missing(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    answer = reader.post(NEW, data=_form(scene, name="", level="detailed", alarm="60"))
    assert answer.status_code == 422
    assert "Écrivez le nom de l’appareil" in answer.text
    assert 'value="detailed" checked' in answer.text
    assert 'value="60" selected' in answer.text
    for wrong in ({"level": "x"}, {"alarm": "7"}, {"alarm": "-5"}, {"name": "x" * 81}):
        assert reader.post(NEW, data=_form(scene, **wrong)).status_code == 422
    assert _feeds(scene.session) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_the_pages(
    scene: Scene, reader: PageClient, paul: User, text: str
) -> None:
    for field in ("name", "whose", "level", "alarm", "feed_id"):
        answer = reader.post(NEW, data=_form(scene) | {field: text})
        assert answer.status_code in (200, 422)
    assert reader.get(LIST).status_code == 200


def test_a_link_that_is_taken_back_works_no_more(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    address = _address(reader.post(NEW, data=_form(scene)).text)
    (feed,) = _feeds(scene.session)
    assert "Mon téléphone" in reader.get(f"{LIST}/{feed.id}/revoke").text
    for _ in range(2):
        answer = reader.post(f"{LIST}/{feed.id}/revoke")
        assert answer.headers["Location"] == f"{LIST}?done=revoked"
    assert scene.fetch(address).status_code == 404
    page = reader.get(f"{LIST}?done=revoked").text
    assert "Le lien est retiré" in page
    assert "Mon téléphone" not in page
    scene.session.rollback()
    kinds = [one.kind for one in scene.session.exec(select(SecurityEvent))]
    assert kinds.count(SecurityEventKind.CALENDAR_REMOVED) == 1


def test_the_list_says_when_and_by_what_it_was_used(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    address = scene.feed(paul)
    assert "Pas encore" in reader.get(LIST).text
    scene.fetch(address, User_Agent="Google-Calendar-Importer")
    page = reader.get(LIST).text
    assert "Google Agenda" in page
    assert "aujourd’hui à" in page


def test_of_somebody_who_is_no_longer_followed_no_name_is_said(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    scene.feed(paul)
    scene.links[paul.id].ends_at = clock.now()
    scene.session.commit()
    page = reader.get(LIST).text
    assert "Une personne que vous ne suivez plus" in page
    assert "Jeanne" not in page


def test_there_are_20_links_at_most(scene: Scene, reader: PageClient, paul: User) -> None:
    for _ in range(20):
        scene.feed(paul)
    assert "Relier un calendrier" not in reader.get(LIST).text
    answer = reader.post(NEW, data=_form(scene))
    assert answer.status_code == 422
    assert "Vous avez 20 liens" in answer.text


def test_the_pages_cost_the_same_for_one_link_as_for_twenty(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    counts = []
    for number in range(1, 20):
        scene.feed(paul)
        if number not in (1, 19):
            continue
        (feed, *_) = _feeds(scene.session)
        for path in (LIST, NEW, f"{LIST}/{feed.id}/revoke"):
            with counted(scene.app) as statements:
                assert reader.get(path).status_code == 200
            counts.append(len(statements))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 5


def test_one_visit_can_be_taken_along(scene: Scene, reader: PageClient, paul: User) -> None:
    visit = scene.visit(title="Pansement", place="Cabinet")
    door = f"/p/{scene.patient.id}/agenda/{visit.id}"
    assert f'href="{door}/event.ics"' in reader.get(door).text
    with counted(scene.app) as statements:
        answer = reader.get(f"{door}/event.ics")
    assert len(statements) <= 5
    assert answer.headers["Content-Disposition"].startswith("attachment")
    ((title, event),) = told(answer).items()
    assert title == "Jeanne : Pansement"
    assert event["LOCATION"] == "Cabinet"
    assert event["URL"] == f"http://localhost{door}"
    # The same entry as in a subscription of this reader.
    (same,) = told(scene.fetch(scene.feed(paul))).values()
    assert event["UID"] == same["UID"]


def test_a_visit_without_a_date_cannot_be_taken_along(
    scene: Scene, reader: PageClient, paul: User
) -> None:
    visit = scene.visit(starts_at=None, status="proposed")
    door = f"/p/{scene.patient.id}/agenda/{visit.id}"
    assert "event.ics" not in reader.get(door).text
    assert reader.get(f"{door}/event.ics").status_code == 404
