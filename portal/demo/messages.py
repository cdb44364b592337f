"""What the people of the demo write to each other, in the days before today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session, col, delete, select

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.demo.cast import Cast
from portal.demo.days import instant, later, local_day
from portal.messaging.acts import event_of
from portal.messaging.reading import mark_read
from portal.messaging.sending import NewThread, Written, rests, send_message, start_thread
from portal.models import columns
from portal.models.account import User
from portal.models.care import CareTeamMember
from portal.models.messaging import (
    Message,
    MessageDraft,
    MessageKind,
    Thread,
    ThreadAct,
    ThreadEvent,
    ThreadReader,
    ThreadState,
)
from portal.models.outbox import OutboxMessage
from portal.models.rights import HiddenItem


@dataclass(frozen=True, slots=True)
class Line:
    """One message: by whom, how many days before today, at which time in Paris."""

    by: str
    days: int
    at: time
    text: str
    kind: MessageKind = MessageKind.MESSAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    name: str
    """Of the rows, for a demo that is started on another day."""
    patient: str
    to: str
    """The key of a professional of the circle."""
    subject: str
    lines: tuple[Line, ...]
    read_by: tuple[str, ...] = ()
    is_private: bool = False
    closed_by: str = ""


_NOTE = MessageKind.NOTE
TALKS = (
    Talk(
        name="stockings",
        patient="jeanne",
        to="claire",
        subject="Livraison des bas de contention",
        lines=(
            Line("jeanne", 20, time(10, 5), "Bonjour, les bas ne sont pas encore arrivés."),
            Line(
                "claire",
                19,
                time(9, 30),
                "Bonjour Jeanne,\n\nLa pharmacie des Halles les livre aujourd’hui avant midi.",
            ),
        ),
        read_by=("jeanne", "paul", "claire"),
        closed_by="claire",
    ),
    Talk(
        name="dressing",
        patient="jeanne",
        to="nadia",
        subject="Le pansement se décolle",
        lines=(
            Line("jeanne", 6, time(8, 15), "Bonjour Nadia, le pansement se décolle sur le côté."),
            Line(
                "nadia",
                6,
                time(12, 40),
                "Bonjour Jeanne,\n\nJe passe ce soir vers 18 h. N’y touchez pas d’ici là.",
            ),
            Line(
                "nadia",
                6,
                time(18, 50),
                "Bord refait, peau un peu rouge. À regarder lundi, même sans rougeur.",
                _NOTE,
            ),
        ),
        read_by=("jeanne", "paul", "nadia"),
    ),
    Talk(
        name="for-me",
        patient="jeanne",
        to="legoff",
        subject="Une question pour moi",
        lines=(
            Line(
                "jeanne",
                4,
                time(15, 20),
                "Docteur, j’ai du mal à dormir depuis l’été. "
                "Je préfère en parler avec vous d’abord.",
            ),
            Line(
                "legoff",
                3,
                time(19, 10),
                "Bonjour Madame Morel,\n\nMerci de me l’avoir écrit. "
                "Nous en parlons à votre rendez-vous, tranquillement.",
            ),
        ),
        read_by=("jeanne", "legoff"),
        is_private=True,
    ),
    Talk(
        name="prescription",
        patient="jeanne",
        to="nadia",
        subject="Ordonnance à renouveler",
        lines=(
            Line(
                "nadia",
                2,
                time(17, 30),
                "Bonjour,\n\nIl reste 4 compresses. "
                "Pouvez-vous passer à la pharmacie avant vendredi ?",
            ),
        ),
    ),
    Talk(
        name="wednesday",
        patient="jeanne",
        to="claire",
        subject="Le kiné peut venir le mercredi",
        lines=(
            Line(
                "paul",
                2,
                time(18, 40),
                "Bonjour,\n\nMaman est très fatiguée le jeudi après la toilette. "
                "Est-ce que le kiné pourrait passer un autre jour ?",
            ),
            Line("jeanne", 2, time(19, 5), "Le matin, c’est mieux pour moi."),
            Line(
                "claire",
                1,
                time(9, 12),
                "Bonjour Paul, bonjour Jeanne,\n\nKarim Diallo peut venir le mercredi matin à la "
                "place du jeudi. Est-ce que cela vous convient ?",
            ),
        ),
    ),
    Talk(
        name="dizzy",
        patient="jeanne",
        to="legoff",
        subject="Vertiges le matin",
        lines=(
            Line(
                "paul",
                1,
                time(17, 20),
                "Bonjour Docteur,\n\nElle a eu la tête qui tourne deux fois en se levant cette "
                "semaine. Elle n’est pas tombée.",
            ),
        ),
    ),
    Talk(
        name="fasting",
        patient="marcel",
        to="nadia",
        subject="Prise de sang : à jeun ou non ?",
        lines=(
            Line(
                "paul",
                9,
                time(11, 45),
                "Bonjour,\n\nMon oncle demande s’il peut prendre son café avant la prise de sang.",
            ),
        ),
    ),
    Talk(
        name="walking",
        patient="monique",
        to="haddad",
        subject="Reprendre la marche",
        lines=(
            Line("monique", 5, time(9, 0), "Bonjour Docteur, puis-je reprendre mes marches ?"),
            Line("haddad", 4, time(12, 15), "Bonjour, oui : 20 minutes par jour pour commencer."),
        ),
        read_by=("haddad",),
    ),
)


def write(session: Session, cast: Cast, *, keys: KeyRing, now: datetime) -> None:
    """Each conversation that is not there; nobody is written to about what is days old."""
    for talk in TALKS:
        if _first_message(session, cast, talk) is None:
            _write(session, cast, talk, keys=keys, now=now)


def take_away(session: Session, cast: Cast) -> None:
    """Those of the demo; where somebody wrote since, the conversation stays as it is."""
    for talk in TALKS:
        first = _first_message(session, cast, talk)
        if first is None:
            continue
        written = select(Message.key).where(Message.thread_id == first.thread_id)
        if set(session.exec(written)) <= {_key(talk, place) for place in range(len(talk.lines))}:
            _delete(session, first)


def _write(session: Session, cast: Cast, talk: Talk, *, keys: KeyRing, now: datetime) -> None:
    patient_id = cast.patients[talk.patient].id
    new = NewThread(
        member_id=_place(session, cast, talk), subject=talk.subject, is_private=talk.is_private
    )
    thread: Thread | None = None
    last: Message | None = None
    for written, by, is_family, at in _lines(cast, talk, now=now):
        if thread is None:
            last = start_thread(
                session,
                new,
                written,
                patient_id=patient_id,
                by=by,
                is_family=is_family,
                keys=keys,
                at=at,
            )
            thread = session.get_one(Thread, (patient_id, last.thread_id))
        else:
            last = send_message(
                session, thread, written, by=by, is_family=is_family, keys=keys, at=at
            )
    if thread is not None and last is not None:
        _finish(session, cast, talk, thread, last)


def _lines(
    cast: Cast, talk: Talk, *, now: datetime
) -> Iterator[tuple[Written, Author, bool, datetime]]:
    for place, line in enumerate(talk.lines):
        by = _author(cast, talk, line.by)
        at = instant(later(local_day(now), -line.days), line.at)
        written = Written(body=line.text, key=_key(talk, place), kind=line.kind)
        yield written, by, by.capacity != "professional", at


def _author(cast: Cast, talk: Talk, key: str) -> Author:
    user = cast.users[key]
    if user.practitioner_id is not None:
        return Author(user.id, "professional")
    return Author(user.id, "self" if key == talk.patient else "carer")


def _finish(session: Session, cast: Cast, talk: Talk, thread: Thread, last: Message) -> None:
    """What happened after the last message."""
    if talk.closed_by:
        rests(thread, ThreadState.CLOSED)
        by = _author(cast, talk, talk.closed_by)
        event_of(session, thread, ThreadAct.CLOSED, by=by, at=last.at)
    for key in talk.read_by:
        mark_read(
            session,
            patient_id=thread.patient_id,
            thread_id=thread.id,
            user_id=cast.users[key].id,
            last_id=last.id,
            at=last.at,
        )
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.subject_id) == thread.id))


def _place(session: Session, cast: Cast, talk: Talk) -> UUID:
    found = select(CareTeamMember.id).where(
        CareTeamMember.patient_id == cast.patients[talk.patient].id,
        CareTeamMember.practitioner_id == cast.practitioners[talk.to].id,
    )
    return session.exec(found).one()


def _key(talk: Talk, place: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"relais-demo/messages/{talk.name}/{place}")


def _first_message(session: Session, cast: Cast, talk: Talk) -> Message | None:
    author: User = cast.users[talk.lines[0].by]
    found = select(Message).where(
        Message.patient_id == cast.patients[talk.patient].id,
        Message.author_id == author.id,
        Message.key == _key(talk, 0),
    )
    return session.exec(found).one_or_none()


def _delete(session: Session, first: Message) -> None:
    patient_id, thread_id = first.patient_id, first.thread_id
    # A photo that somebody began to join is not of the conversation yet.
    for table in (ThreadEvent, ThreadReader, Message):
        row = columns(table)
        session.exec(delete(table).where(row.patient_id == patient_id, row.thread_id == thread_id))
    session.exec(
        delete(MessageDraft).where(
            col(MessageDraft.patient_id) == patient_id, col(MessageDraft.slot) == thread_id
        )
    )
    session.exec(delete(HiddenItem).where(col(HiddenItem.item_id) == thread_id))
    session.exec(
        delete(Thread).where(col(Thread.patient_id) == patient_id, col(Thread.id) == thread_id)
    )
    session.expire_all()
