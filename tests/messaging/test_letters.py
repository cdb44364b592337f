"""Who hears by mail that a message waits: once, as they chose, and only while it is true."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.messaging.reading import mark_read
from portal.models.account import MessageLetters, User
from portal.models.care import CareTeamMember
from portal.models.messaging import Message
from portal.models.outbox import OutboxMessage, OutboxState
from portal.models.rights import CareLink, Grant, GrantCategory, HiddenItem
from tests import factories
from tests.letters import waiting
from tests.mailbox import Mailbox
from tests.messaging.circle import WritingCircle, family_writes
from tests.messaging.passing import DAY, MONDAY, WEDNESDAY_EVENING, settled_circle, work
from tests.outbox.conftest import MakeWorker

SOON = MONDAY + timedelta(minutes=3)


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return settled_circle(session, keys)


def _send(make_worker: MakeWorker, mailbox: Mailbox, at: object) -> list[str]:
    """To whom mail went so far, in order."""
    with time_machine.travel(at, tick=False):
        make_worker().drain()
    return sorted(one.to for one in mailbox.mails)


def _chooses(session: Session, user: User, letters: MessageLetters, **fields: str) -> None:
    row = session.get_one(User, user.id)
    row.message_letters = letters
    for name, value in fields.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def test_several_messages_in_a_row_are_one_mail_with_nobody_s_name(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    for _ in range(3):
        family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert _send(make_worker, mailbox, MONDAY + timedelta(minutes=2)) == []
    told = sorted([circle.nadia.user.email, circle.paul.user.email])
    assert _send(make_worker, mailbox, SOON) == told
    for mail in mailbox.mails:
        everything = (mail.subject + mail.text + mail.html).lower()
        assert mail.subject == "Vous avez un nouveau message"
        for word in ("jeanne", "nadia", "paul", "morel", "pansement", "décolle"):
            assert word not in everything
    paths = {one.to: one.text for one in mailbox.mails}
    assert f"/p/{circle.patient.id}/messages" in paths[circle.paul.user.email]
    assert "/inbox" in paths[circle.nadia.user.email]
    assert str(circle.patient.id) not in paths[circle.nadia.user.email]


def test_what_is_written_after_the_mail_left_needs_another(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    for minutes in (0, 10):
        at = MONDAY + timedelta(minutes=minutes)
        family_writes(session, keys, circle, to=circle.nadias_place, at=at)
        session.commit()
        _send(make_worker, mailbox, at + timedelta(minutes=3))
    assert [one.to for one in mailbox.mails].count(circle.nadia.user.email) == 2


def test_two_who_write_at_the_same_moment_make_one_letter(
    session: Session, database: Database, keys: KeyRing, circle: WritingCircle
) -> None:
    session.commit()

    def write(_number: int) -> None:
        with database.session() as own:
            begin_writing(own)
            family_writes(own, keys, circle, to=circle.nadias_place, at=MONDAY)
            own.commit()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(write, range(8)))
    told = [one.to for one in waiting(session, keys, "message_new")]
    assert sorted(told) == sorted([circle.nadia.user.email, circle.paul.user.email])


def _reads(session: Session, circle: WritingCircle, message: Message) -> None:
    for who in (circle.nadia, circle.paul):
        mark_read(
            session,
            patient_id=circle.patient.id,
            thread_id=message.thread_id,
            user_id=who.id,
            last_id=message.id,
            at=MONDAY,
        )


def _loses_rights(session: Session, circle: WritingCircle, _message: Message) -> None:
    link = session.exec(select(CareLink).where(CareLink.user_id == circle.paul.id)).one()
    for grant in session.exec(select(Grant).where(Grant.care_link_id == link.id)):
        session.delete(grant)
    place = session.get_one(CareTeamMember, (circle.patient.id, circle.nadias_place.id))
    place.period_end = MONDAY


def _is_hidden(session: Session, circle: WritingCircle, message: Message) -> None:
    session.add(
        HiddenItem(
            patient_id=circle.patient.id,
            category=GrantCategory.MESSAGES,
            item_id=message.thread_id,
            created_at=MONDAY,
            created_by=circle.jeanne.id,
        )
    )


def _wants_none(session: Session, circle: WritingCircle, _message: Message) -> None:
    for who in (circle.nadia, circle.paul):
        _chooses(session, who.user, MessageLetters.NEVER)


def _accounts_close(session: Session, circle: WritingCircle, _message: Message) -> None:
    for who in (circle.nadia, circle.paul):
        session.get_one(User, who.id).disabled_at = MONDAY


@pytest.mark.parametrize(
    ("meanwhile", "still_told"),
    [
        (_reads, []),
        (_loses_rights, []),
        (_is_hidden, ["nadia"]),
        (_wants_none, []),
        (_accounts_close, []),
    ],
)
def test_what_is_not_true_any_more_is_not_sent(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
    meanwhile: Callable[[Session, WritingCircle, Message], None],
    still_told: list[str],
) -> None:
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.flush()
    meanwhile(session, circle, message)
    session.commit()
    expected = [getattr(circle, name).user.email for name in still_told]
    assert _send(make_worker, mailbox, SOON) == expected
    states = {one.state for one in session.exec(select(OutboxMessage))}
    assert OutboxState.PENDING not in states


def test_a_relative_without_the_right_never_hears_of_it(
    session: Session, keys: KeyRing, circle: WritingCircle
) -> None:
    family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY, is_private=True)
    session.commit()
    told = {one.to for one in waiting(session, keys)}
    assert circle.sylvie.user.email not in told


def test_who_hears_once_a_day_hears_at_their_own_six_in_the_evening(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    _chooses(session, circle.nadia.user, MessageLetters.DAILY)
    _chooses(session, circle.paul.user, MessageLetters.DAILY, time_zone="Indian/Reunion")
    family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    # 18:00 in La Réunion is 15:00 in Paris.
    assert _send(make_worker, mailbox, MONDAY.replace(hour=14, minute=59)) == []
    paul = circle.paul.user.email
    assert _send(make_worker, mailbox, MONDAY.replace(hour=15)) == [paul]
    assert _send(make_worker, mailbox, MONDAY.replace(hour=17, minute=59)) == [paul]
    assert len(_send(make_worker, mailbox, MONDAY.replace(hour=18))) == 2


def test_what_is_written_after_six_is_told_the_next_day(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    _chooses(session, circle.nadia.user, MessageLetters.DAILY)
    _chooses(session, circle.paul.user, MessageLetters.NEVER)
    family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY.replace(hour=18))
    session.commit()
    assert _send(make_worker, mailbox, MONDAY.replace(hour=23)) == []
    tuesday = MONDAY.replace(hour=18) + DAY
    assert _send(make_worker, mailbox, tuesday) == [circle.nadia.user.email]


def test_somebody_without_an_address_is_simply_not_written_to(
    session: Session, keys: KeyRing, circle: WritingCircle
) -> None:
    paul = session.get_one(User, circle.paul.id)
    paul.email, paul.username = None, "paul.morel"
    family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert [one.to for one in waiting(session, keys)] == [circle.nadia.user.email]


def test_a_late_answer_is_told_at_once_also_to_who_hears_once_a_day(
    session: Session,
    database: Database,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    for who in (circle.nadia, circle.paul):
        _chooses(session, who.user, MessageLetters.NEVER)
    _chooses(session, circle.claire.user, MessageLetters.DAILY)
    for _ in range(2):
        family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING) == 2
    assert _send(make_worker, mailbox, WEDNESDAY_EVENING) == [circle.claire.user.email]
    assert mailbox.mails[0].subject == "Un message attend une réponse"
    assert "/inbox" in mailbox.mails[0].text


def test_a_late_answer_that_came_meanwhile_alarms_nobody(
    session: Session,
    database: Database,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    work(database, keys, WEDNESDAY_EVENING)
    mark_read(
        session,
        patient_id=circle.patient.id,
        thread_id=message.thread_id,
        user_id=circle.claire.id,
        last_id=message.id,
        at=WEDNESDAY_EVENING,
    )
    session.commit()
    assert circle.claire.user.email not in _send(make_worker, mailbox, WEDNESDAY_EVENING)


def test_news_of_two_files_leads_to_the_beginning(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    make_worker: MakeWorker,
    mailbox: Mailbox,
) -> None:
    other = settled_circle(session, keys)
    with time_machine.travel(MONDAY - DAY, tick=False):
        link = factories.make_link(session, user=circle.paul.user, patient=other.patient)
        factories.make_grant(session, link=link, category="messages", action="see")
    for one in (circle, other):
        family_writes(session, keys, one, by=one.jeanne, to=one.nadias_place, at=MONDAY)
    session.commit()
    _send(make_worker, mailbox, SOON)
    (mail,) = (one for one in mailbox.mails if one.to == circle.paul.user.email)
    assert str(circle.patient.id) not in mail.text
    assert str(other.patient.id) not in mail.text
