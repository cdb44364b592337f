"""What is found again of a conversation that is not begun yet."""

from uuid import UUID, uuid4

from sqlmodel import Session

from portal.crypto import KeyRing
from portal.messaging.beginnings import read_beginnings, read_being_written
from portal.messaging.drafts import Draft, opened_draft, save_draft
from portal.models.messaging import Message, MessageDraft
from tests.messaging.circle import WritingCircle, family_writes
from tests.messaging.passing import MONDAY, settled_circle


def _keep(
    session: Session, keys: KeyRing, circle: WritingCircle, key: UUID, body: str = "Pas fini"
) -> None:
    save_draft(
        session,
        Draft(key=key, body=body),
        patient_id=circle.patient.id,
        author_id=circle.jeanne.id,
        keys=keys,
        at=MONDAY,
    )


def _found(session: Session, keys: KeyRing, circle: WritingCircle) -> list[str]:
    """The text that was kept, as both readings find it."""
    about = {"patient_id": circle.patient.id, "author_id": circle.jeanne.id}
    both = (
        read_beginnings(session, at=MONDAY, **about).written,
        read_being_written(session, **about),
    )
    return [opened_draft(one.draft, keys=keys).draft.body for one in both if one.draft]


def test_what_is_kept_is_found_by_its_author_alone(session: Session, keys: KeyRing) -> None:
    circle = settled_circle(session, keys)
    _keep(session, keys, circle, uuid4())
    assert _found(session, keys, circle) == ["Pas fini", "Pas fini"]
    other = read_being_written(session, patient_id=circle.patient.id, author_id=circle.nadia.id)
    assert other == (None, [])


def test_what_was_kept_at_the_moment_of_the_send_is_not_found(
    session: Session, keys: KeyRing
) -> None:
    """Two requests at once: the draft is written after the send had looked for it."""
    circle = settled_circle(session, keys)
    sent: Message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    _keep(session, keys, circle, uuid4())
    row = session.get_one(MessageDraft, _place(circle))
    row.key = sent.key
    session.flush()
    assert _found(session, keys, circle) == []


def _place(circle: WritingCircle) -> tuple[UUID, UUID, UUID, str]:
    return (circle.patient.id, circle.jeanne.id, UUID(int=0), "message")
