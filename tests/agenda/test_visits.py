"""One visit in words: time, window, zone, state, who, company."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.agenda import AppointmentStatus
from tests import factories
from tests.agenda.pages import AgendaReader, agenda_reader, titles
from tests.pages import PageClient

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def agenda(reader: PageClient, session: Session, keys: KeyRing) -> Iterator[AgendaReader]:
    with time_machine.travel(TUESDAY, tick=False):
        yield agenda_reader(reader, session, keys)


def test_an_exact_time_is_said_exactly(agenda: AgendaReader) -> None:
    html = agenda.one(agenda.add(TUESDAY + timedelta(hours=4, minutes=30)))
    assert '<time datetime="2026-11-24T14:30+01:00">14:30</time>' in html


def test_a_window_is_said_as_a_window(agenda: AgendaReader) -> None:
    start = TUESDAY + timedelta(days=1)
    visit = agenda.add(start, ends_at=start + timedelta(hours=2), is_window=True)
    html = agenda.one(visit)
    assert "Between 10:00 and 12:00" in html
    assert "About" not in html, "the length of the window is not that of the visit"


def test_the_length_of_the_visit_is_said_when_it_is_known(agenda: AgendaReader) -> None:
    start = TUESDAY + timedelta(days=1)
    html = agenda.one(agenda.add(start, ends_at=start + timedelta(minutes=90)))
    assert f"About 1{NBSP}h{NBSP}30" in html


def test_a_place_with_another_clock_says_so(agenda: AgendaReader) -> None:
    html = agenda.one(agenda.add(TUESDAY, time_zone="Indian/Reunion"))
    assert ">13:00</time>" in html
    assert "Réunion" in html


def test_the_same_clock_under_another_name_is_not_mentioned(agenda: AgendaReader) -> None:
    html = agenda.one(agenda.add(TUESDAY, time_zone="Europe/Brussels"))
    assert "<small>" not in html


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (AppointmentStatus.CANCELLED, "This appointment is cancelled."),
        (AppointmentStatus.NOSHOW, "This appointment did not take place."),
        (AppointmentStatus.PROPOSED, "It is a proposal"),
        (AppointmentStatus.PENDING, "It is a proposal"),
        (AppointmentStatus.WAITLIST, "On the waiting list"),
        (AppointmentStatus.FULFILLED, "This appointment is over."),
    ],
)
def test_each_state_is_said_in_a_sentence(
    agenda: AgendaReader, status: AppointmentStatus, sentence: str
) -> None:
    html = agenda.one(agenda.add(TUESDAY + timedelta(days=2), status=status))
    assert sentence in html


def test_a_booked_visit_has_no_notice(agenda: AgendaReader) -> None:
    html = agenda.one(agenda.add(TUESDAY + timedelta(days=2)))
    assert 'class="notice' not in html.partition("<h1>")[2]


def test_a_visit_is_over_after_its_end_not_after_its_start(agenda: AgendaReader) -> None:
    start, long = TUESDAY - timedelta(hours=1), timedelta(hours=2)
    assert "is over" not in agenda.one(agenda.add(start, ends_at=start + long))
    assert "is over" in agenda.one(agenda.add(start, ends_at=start + timedelta(minutes=30)))


def test_a_visit_without_an_end_goes_on_for_a_while(agenda: AgendaReader) -> None:
    just_begun = agenda.add(TUESDAY - timedelta(minutes=5), title="Waiting room")
    assert "is over" not in agenda.one(just_begun)
    assert titles(agenda.page("?view=past")) == []
    assert titles(agenda.page("?view=list")) == ["Waiting room"]
    assert "is over" in agenda.one(agenda.add(TUESDAY - timedelta(minutes=61)))


def test_a_proposal_says_until_when_it_can_be_answered(agenda: AgendaReader) -> None:
    visit = agenda.add(
        TUESDAY + timedelta(days=9),
        status=AppointmentStatus.PROPOSED,
        respond_before=date(2026, 11, 27),
    )
    assert "To be confirmed by Friday 27 November" in agenda.one(visit)


def test_why_it_was_cancelled_is_said(agenda: AgendaReader) -> None:
    visit = agenda.add(
        TUESDAY, status=AppointmentStatus.CANCELLED, cancellation_reason="The nurse is ill"
    )
    assert "The nurse is ill" in agenda.one(visit)


def test_who_comes_is_named_with_the_trade_in_their_gender(agenda: AgendaReader) -> None:
    nurse = factories.make_practitioner(agenda.session, prefix="Mme")
    visit = agenda.add(TUESDAY, practitioner_id=nurse.id, performer_text="Paul Petit, interne")
    text = agenda.one(visit).replace(NBSP, " ")
    assert "Mme Nadia Belkacem, nurse; Paul Petit, interne" in text


def test_the_number_of_the_visit_comes_before_that_of_the_person(agenda: AgendaReader) -> None:
    nurse = factories.make_practitioner(agenda.session)
    own = agenda.one(
        agenda.add(TUESDAY + timedelta(1), practitioner_id=nurse.id, phone="0140000001")
    )
    theirs = agenda.one(agenda.add(TUESDAY + timedelta(1), practitioner_id=nurse.id))
    assert "tel:+33140000001" in own
    assert "tel:+33639981207" in theirs


def test_the_companion_is_named_to_others_and_addressed_as_you(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    agenda = agenda_reader(reader, session, keys)
    sylvie = factories.make_relative(session, patient=agenda.patient)
    visit = agenda.add(clock.now() + timedelta(hours=2), companion_id=sylvie.id)
    assert "Sylvie accompanies" in agenda.one(visit)
    daughter, _ = factories.make_user(session, keys, locale="en")
    factories.make_link(
        session,
        patient=agenda.patient,
        user=daughter,
        related_person_id=sylvie.id,
        grants=("agenda:see",),
    )
    agenda.reader.enter(session, daughter)
    assert "You accompany" in agenda.one(visit)


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        ("https://visio.example.org/abc", True),
        ("http://visio.example.org/abc", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_a_safe_address_leads_to_the_video_visit(
    agenda: AgendaReader, url: str, is_shown: bool
) -> None:
    html = agenda.one(agenda.add(TUESDAY + timedelta(days=1), video_url=url))
    assert ("Join the video visit" in html) == is_shown
    assert is_shown or not url or url not in html


def test_a_cancelled_video_visit_cannot_be_joined(agenda: AgendaReader) -> None:
    visit = agenda.add(TUESDAY, status="cancelled", video_url="https://visio.example.org/abc")
    assert "Join the video visit" not in agenda.one(visit)


def test_instructions_of_several_lines_are_a_list(agenda: AgendaReader) -> None:
    html = agenda.one(agenda.add(TUESDAY, instructions="Do not eat\n\n  Bring the letter"))
    assert html.count("<li>Do not eat</li>") == 1
    assert "Bring the letter</li>" in html
