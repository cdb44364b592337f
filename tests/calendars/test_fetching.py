"""A phone fetches its calendar: what it gets, what is noted, and when it is turned away."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from sqlmodel import select

from portal import clock
from portal.crypto import new_token
from portal.models.agenda import AppointmentStatus
from portal.models.audit import AccessEvent
from portal.models.calendar import CalendarFeed
from portal.models.rights import CareLinkStatus, Grant, HiddenItem
from tests import factories
from tests.calendars.scene import Scene, calendar_of, soon
from tests.statements import counted


def _feed(scene: Scene) -> CalendarFeed:
    scene.session.rollback()
    scene.session.expire_all()
    return scene.session.exec(select(CalendarFeed)).one()


def _lines(scene: Scene) -> list[AccessEvent]:
    scene.session.rollback()
    return list(scene.session.exec(select(AccessEvent).order_by(AccessEvent.sequence)))


def test_a_carer_who_sees_the_agenda_sees_it_in_their_calendar(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    scene.visit(title="Pansement", starts_at=soon(hours=3), ends_at=soon(hours=4))
    found = scene.read(scene.feed(paul, is_detailed=True))
    event = found["Jeanne : Pansement"]
    assert event.start == soon(hours=3)
    assert event.end == soon(hours=4)
    assert event["STATUS"] == "CONFIRMED"


def test_by_default_a_title_tells_nothing(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    scene.visit(title="Chimiothérapie", place="Institut", performer_text="Dr Martin")
    answer = scene.fetch(scene.feed(paul))
    assert list(scene.read(scene.feed(paul))) == ["Rendez-vous"]
    for word in ("Chimio", "Institut", "Martin", "Jeanne", "Morel"):
        assert word not in answer.text


def test_it_speaks_the_language_of_its_owner_not_of_the_program(scene: Scene) -> None:
    anne = scene.relative("agenda:see", locale="en")
    scene.visit()
    answer = scene.fetch(scene.feed(anne), Accept_Language="fr")
    assert "SUMMARY:Appointment" in answer.text
    assert answer.headers["Content-Language"] == "en"


def test_the_answer_sets_no_cookie_and_may_be_kept_by_its_owner_alone(scene: Scene) -> None:
    answer = scene.fetch(scene.feed(scene.relative("agenda:see")))
    assert "Set-Cookie" not in answer.headers
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"


def _unknown(scene: Scene) -> str:
    scene.feed(scene.relative("agenda:see"))
    return f"/calendar/{new_token()}.ics"


def _revoked(scene: Scene) -> str:
    return scene.feed(scene.relative("agenda:see"), revoked_at=clock.now())


def _disabled(scene: Scene) -> str:
    return scene.feed(scene.relative("agenda:see", disabled_at=clock.now()))


@pytest.mark.parametrize("address", [_unknown, _revoked, _disabled])
def test_what_does_not_work_is_not_found_and_says_no_more(scene: Scene, address) -> None:
    path = address(scene)
    answer, other = scene.fetch(path), scene.fetch("/calendar/never-was.ics")
    assert answer.status_code == other.status_code == 404
    assert answer.text.replace(path, "") == other.text.replace("/calendar/never-was.ics", "")
    assert set(answer.headers.keys()) == set(other.headers.keys())
    assert _lines(scene) == []


def _delete_grant(scene: Scene, paul) -> None:
    for grant in scene.session.exec(select(Grant)):
        scene.session.delete(grant)


def _pause(scene: Scene, paul) -> None:
    scene.links[paul.id].status = CareLinkStatus.PAUSED


def _end(scene: Scene, paul) -> None:
    scene.links[paul.id].ends_at = clock.now()


@pytest.mark.parametrize("take", [_delete_grant, _pause, _end])
@pytest.mark.parametrize("is_detailed", [False, True])
def test_the_calendar_of_a_revoked_carer_empties_at_the_next_fetch(
    scene: Scene, take, is_detailed: bool
) -> None:
    paul = scene.relative("agenda:see")
    scene.visit(title="Pansement")
    address = scene.feed(paul, is_detailed=is_detailed)
    before = scene.fetch(address)
    assert len(calendar_of(before).walk("VEVENT")) == 1
    take(scene, paul)
    scene.session.commit()
    after = scene.fetch(
        address,
        If_None_Match=before.headers["ETag"],
        If_Modified_Since=before.headers["Last-Modified"],
    )
    assert after.status_code == 200
    assert calendar_of(after).walk("VEVENT") == []
    assert "Pansement" not in after.text


def test_a_program_that_only_knows_dates_gets_the_empty_calendar_too(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    scene.visit()
    address = scene.feed(paul)
    before = scene.fetch(address)
    _delete_grant(scene, paul)
    scene.session.commit()
    # Within the same second.
    after = scene.fetch(address, If_Modified_Since=before.headers["Last-Modified"])
    assert after.status_code == 200
    assert calendar_of(after).walk("VEVENT") == []


def test_paused_not_granted_and_empty_are_the_same_bytes(scene: Scene) -> None:
    with time_machine.travel(clock.now(), tick=False):
        paul = scene.relative("agenda:see")
        for is_detailed in (False, True):
            address = scene.feed(paul, is_detailed=is_detailed)
            empty = scene.fetch(address).data
            visit = scene.visit(title="Pansement")
            _pause(scene, paul)
            scene.session.commit()
            paused = scene.fetch(address).data
            scene.links[paul.id].status = CareLinkStatus.ACTIVE
            hidden = HiddenItem(
                patient_id=scene.patient.id,
                category="agenda",
                item_id=visit.id,
                created_by=paul.id,
                created_at=clock.now(),
            )
            scene.session.add(hidden)
            scene.session.commit()
            kept_away = scene.fetch(address).data
            assert empty == paused == kept_away
            scene.session.delete(hidden)
            scene.session.delete(visit)
            scene.session.commit()


def test_what_did_not_change_is_not_sent_again(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    visit = scene.visit()
    address = scene.feed(paul)
    first = scene.fetch(address)
    again = scene.fetch(address, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    by_date = scene.fetch(address, If_Modified_Since=first.headers["Last-Modified"])
    assert by_date.status_code == 304
    visit.starts_at = soon(hours=9)
    scene.session.add(visit)
    scene.session.commit()
    moved = scene.fetch(address, If_None_Match=first.headers["ETag"])
    assert moved.status_code == 200
    later = parsedate_to_datetime(moved.headers["Last-Modified"])
    assert later > parsedate_to_datetime(first.headers["Last-Modified"])


def test_each_day_leaves_one_line_in_the_log_of_the_patient(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    scene.visit()
    address = scene.feed(paul)
    etag = scene.fetch(address).headers["ETag"]
    scene.fetch(address)
    scene.fetch(address, If_None_Match=etag)
    (line,) = _lines(scene)
    assert (line.actor_id, line.category, line.action) == (paul.id, "agenda", "see")
    assert (line.capacity, line.decision) == ("carer", "allowed")
    assert line.item_id == _feed(scene).id
    with time_machine.travel(clock.now() + timedelta(days=1)):
        scene.fetch(address)
        scene.fetch(address)
    assert len(_lines(scene)) == 2


def test_one_s_own_calendar_leaves_no_line(scene: Scene) -> None:
    scene.visit(title="Pansement")
    assert "Pansement" in scene.read(scene.feed(scene.herself(), is_detailed=True))
    assert _lines(scene) == []


def test_nothing_shown_leaves_no_line(scene: Scene) -> None:
    scene.visit()
    assert scene.read(scene.feed(scene.relative("care_team:see"))) == {}
    assert _lines(scene) == []


def test_when_it_was_used_is_written_at_most_once_an_hour(scene: Scene) -> None:
    address = scene.feed(scene.herself())
    begin = clock.now()
    with time_machine.travel(begin, tick=False):
        scene.fetch(address, User_Agent="iOS/18.1 (22B83) dataaccessd/1.0")
    first = _feed(scene).last_fetched_at
    assert _feed(scene).last_program.endswith("dataaccessd/1.0")
    with time_machine.travel(begin + timedelta(minutes=59)):
        scene.fetch(address)
    assert _feed(scene).last_fetched_at == first
    with time_machine.travel(begin + timedelta(minutes=61)):
        scene.fetch(address)
    assert _feed(scene).last_fetched_at > first


def test_a_calendar_of_all_follows_whom_the_reader_follows(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    scene.visit(title="Pansement")
    odile = factories.make_patient(scene.session, given_name="Odile")
    secret = factories.make_patient(scene.session, given_name="Berthe")
    for patient, grants in ((odile, ("agenda:see",)), (secret, ())):
        factories.make_link(scene.session, patient=patient, user=paul, grants=grants)
        factories.make_appointment(scene.session, patient=patient, title="Kiné")
    stranger = factories.make_patient(scene.session, given_name="Louise")
    factories.make_appointment(scene.session, patient=stranger, title="Scanner")
    found = scene.read(scene.feed(paul, of_all=True, is_detailed=True))
    assert set(found) == {"Jeanne : Pansement", "Odile : Kiné"}
    assert {line.patient_id for line in _lines(scene)} == {scene.patient.id, odile.id}


def test_a_professional_does_not_subscribe_to_patients(scene: Scene) -> None:
    nurse = factories.make_practitioner(scene.session)
    factories.make_member(scene.session, patient=scene.patient, practitioner_id=nurse.id)
    nadia, _ = factories.make_user(scene.session, scene.keys, practitioner_id=nurse.id)
    scene.visit()
    assert scene.read(scene.feed(nadia)) == {}
    assert scene.read(scene.feed(nadia, of_all=True)) == {}


def test_a_calendar_of_one_shows_no_other(scene: Scene) -> None:
    paul = scene.relative("agenda:see")
    odile = factories.make_patient(scene.session, given_name="Odile")
    factories.make_link(scene.session, patient=odile, user=paul, grants=("agenda:see",))
    factories.make_appointment(scene.session, patient=odile, title="Kiné")
    assert scene.read(scene.feed(paul, is_detailed=True)) == {}


def test_it_goes_60_days_back_and_400_ahead(scene: Scene) -> None:
    for days in (-100, -59, 0, 399, 500):
        scene.visit(title=f"Jour {days}", starts_at=soon(days=days))
    found = scene.read(scene.feed(scene.herself(), is_detailed=True))
    assert set(found) == {"Jour -59", "Jour 0", "Jour 399"}


def test_a_stay_that_began_long_ago_and_goes_on_is_there(scene: Scene) -> None:
    scene.visit(
        title="Rééducation",
        kind="admission",
        starts_at=soon(days=-90),
        ends_at=soon(days=20),
    )
    assert "Rééducation" in scene.read(scene.feed(scene.herself(), is_detailed=True))


def test_a_visit_without_a_date_and_a_mistake_are_not_there(scene: Scene) -> None:
    scene.visit(title="Sans date", status=AppointmentStatus.PROPOSED, starts_at=None)
    scene.visit(title="Erreur", status=AppointmentStatus.ENTERED_IN_ERROR)
    assert scene.read(scene.feed(scene.herself(), is_detailed=True)) == {}


@pytest.mark.parametrize("visits", [1, 150])
def test_a_fetch_costs_the_same_however_much_there_is(scene: Scene, visits: int) -> None:
    paul = scene.relative("agenda:see")
    for number in range(visits):
        factories.make_appointment(
            scene.session, patient=scene.patient, starts_at=soon(hours=number)
        )
    address = scene.feed(paul)
    scene.fetch(address)  # leaves the line of the day, and says that the content is new
    with counted(scene.app) as statements:
        scene.fetch(address)
    assert len(statements) == 4
    with time_machine.travel(clock.now() + timedelta(days=1)), counted(scene.app) as statements:
        scene.fetch(address)
    # The line of the log, the subscription itself, and the new content.
    assert len(statements) <= 4 + 3


def test_guessing_is_counted_and_what_works_is_answered_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.blueprints.calendars.subscription.MOST_UNKNOWN", 3)
    address = scene.feed(scene.relative("agenda:see"))
    answers = [scene.fetch(f"/calendar/{new_token()}.ics").status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    assert scene.fetch(address).status_code == 200
