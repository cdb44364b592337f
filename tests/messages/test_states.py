"""What the family's page says of who answers: away, gone, followed, late, finished."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database
from portal.models.account import Coordination
from portal.models.care import CareTeamMember
from portal.models.directory import Absence
from portal.models.messaging import Message, Thread, ThreadState
from tests import factories
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes
from tests.messaging.passing import (
    DAY,
    MONDAY,
    WEDNESDAY_EVENING,
    look_for_owners,
    need_with_deputy,
    settled_circle,
    work,
)

Saying = Callable[[str], str]


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> Iterator[WritingCircle]:
    made = settled_circle(session, keys)
    session.commit()
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield made


@pytest.fixture
def said(circle: WritingCircle, as_: Browsing) -> Saying:
    """The words of a page of Jeanne's conversations, as Paul reads them."""

    def say(rest: str) -> str:
        answer = as_(circle.paul).get(f"/p/{circle.patient.id}/messages{'/' if rest else ''}{rest}")
        assert answer.status_code == 200
        bare = unescape(re.sub(r"<[^>]+>", " ", answer.text))
        return re.sub(r"\s+", " ", bare)

    return say


def _begun(session: Session, keys: KeyRing, circle: WritingCircle) -> Message:
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    return message


def _nadia_is_away(session: Session, circle: WritingCircle, replacement: object) -> None:
    session.add(
        Absence(
            practitioner_id=circle.nadia.user.practitioner_id,
            starts_on=date(2026, 11, 16),
            ends_on=date(2026, 11, 30),
            replacement_id=replacement,
        )
    )
    session.commit()


def _nadia_leaves(session: Session, circle: WritingCircle, successor: object = None) -> None:
    place = session.get_one(CareTeamMember, (circle.patient.id, circle.nadias_place.id))
    place.period_end, place.end_reason, place.successor_id = MONDAY, "moved", successor
    session.commit()


def _nobody_coordinates(session: Session) -> None:
    for one in session.exec(select(Coordination)):
        one.ended_at = MONDAY
    session.commit()


def test_an_absence_is_said_before_one_writes(
    session: Session, keys: KeyRing, circle: WritingCircle, said: Saying
) -> None:
    message = _begun(session, keys, circle)
    _nadia_is_away(session, circle, None)
    for page in ("new", str(message.thread_id)):
        assert "Absence de Nadia Belkacem jusqu’au 30 novembre." in said(page), page


def test_who_stands_in_is_named_and_whether_they_read_messages(
    session: Session, keys: KeyRing, circle: WritingCircle, said: Saying
) -> None:
    message = _begun(session, keys, circle)
    _nadia_is_away(session, circle, circle.haddad.user.practitioner_id)
    for page in ("new", str(message.thread_id)):
        text = said(page)
        assert "Absence de Nadia Belkacem jusqu’au 30 novembre" in text, page
        assert "Samir Haddad assure le remplacement et lit vos messages" in text, page


def test_who_left_is_said_with_who_took_over(
    session: Session, circle: WritingCircle, said: Saying
) -> None:
    _nadia_leaves(session, circle, circle.haddads_place.id)
    text = said("new")
    assert "Nadia Belkacem ne fait plus partie de l’équipe" in text
    assert "Samir Haddad a pris la suite" in text
    assert "Écrire à Samir Haddad" in text


def test_a_conversation_says_who_answers_from_now_on(
    session: Session, database: Database, keys: KeyRing, circle: WritingCircle, said: Saying
) -> None:
    message = _begun(session, keys, circle)
    _nadia_leaves(session, circle, circle.haddads_place.id)
    look_for_owners(database, keys, MONDAY + timedelta(minutes=30))
    text = said(str(message.thread_id))
    assert "Désormais, c’est Samir Haddad qui répond" in text
    assert "ne lit plus les messages ici" not in text


def test_a_conversation_that_nobody_reads_any_more_says_so_and_who_reads_instead(
    session: Session, database: Database, keys: KeyRing, circle: WritingCircle, said: Saying
) -> None:
    message = _begun(session, keys, circle)
    _nobody_coordinates(session)
    _nadia_leaves(session, circle)
    look_for_owners(database, keys, MONDAY + timedelta(minutes=30))
    text = said(str(message.thread_id))
    assert "Nadia Belkacem ne lit plus les messages ici." in text
    assert "Écrivez à quelqu’un d’autre de l’équipe" in text
    assert "Samir Haddad" in text
    assert "Le pansement se décolle." in text


@pytest.mark.parametrize(
    ("who", "tag", "line"),
    [
        (
            "deputy",
            "la personne suppléante est prévenue",
            "Sans réponse à temps : transmis à Samir Haddad",
        ),
        (
            "coordination",
            "la coordination est prévenue",
            "Sans réponse à temps : transmis à la coordination",
        ),
        ("nobody", "personne d’autre n’a pu être prévenu", ""),
    ],
)
def test_a_late_answer_says_who_was_told(
    session: Session,
    database: Database,
    keys: KeyRing,
    circle: WritingCircle,
    said: Saying,
    who: str,
    tag: str,
    line: str,
) -> None:
    if who == "deputy":
        need_with_deputy(session, circle)
    elif who == "nobody":
        _nobody_coordinates(session)
    message = _begun(session, keys, circle)
    work(database, keys, WEDNESDAY_EVENING)
    with time_machine.travel(WEDNESDAY_EVENING + timedelta(minutes=1), tick=False):
        text, rows = said(str(message.thread_id)), said("")
    for page in (text, rows):
        assert f"En retard : {tag}" in page
    assert line in text


def test_a_finished_conversation_says_that_writing_opens_it_again(
    session: Session, keys: KeyRing, circle: WritingCircle, said: Saying
) -> None:
    message = _begun(session, keys, circle)
    thread = session.get_one(Thread, (circle.patient.id, message.thread_id))
    thread.state, thread.due_at, thread.escalates_at = ThreadState.CLOSED, None, None
    session.commit()
    text = said(str(message.thread_id))
    assert "Cette conversation est terminée." in text
    assert "En retard" not in text
    with time_machine.travel(MONDAY + 30 * DAY, tick=False):
        assert "En retard" not in said(str(message.thread_id))


def test_whoever_reads_no_messages_is_to_be_called(
    session: Session, circle: WritingCircle, said: Saying
) -> None:
    silent = factories.make_practitioner(session, given_name="Luc", family_name="Silence")
    place = factories.make_member(session, patient=circle.patient, practitioner_id=silent.id)
    session.commit()
    # As the link on the team's page asks for it.
    text = said(f"new?to={place.id}")
    _choices, _, calls = text.partition("Ils ne lisent pas les messages ici : appelez-les")
    assert "Luc Silence" in calls
