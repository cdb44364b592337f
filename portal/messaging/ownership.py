"""Nothing stays without somebody who answers for it: who follows when a place ended or closed.

The successor in the circle, or else the coordination of the patient's organization. Where nobody
reads there either, the conversation stays as it is, and the family's page says so.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.messaging.acts import event_of
from portal.messaging.promises import next_after
from portal.messaging.reader_rows import is_new_for
from portal.messaging.readers import ThreadPerson, readers_at
from portal.messaging.recipients import RecipientRow, Recipients
from portal.models import columns
from portal.models.care import CareTeamMember
from portal.models.messaging import Escalation, Thread, ThreadAct, ThreadState

LONGEST_NAME = 200
"""As of `ThreadEvent.to_name`: title, first and last name together can be longer."""
_LONGEST_CHAIN = 20

_member = columns(CareTeamMember)
_SUCCESSORS = select(_member.id, _member.successor_id).where(
    _member.patient_id == bindparam("of_patient", type_=Uuid), _member.successor_id.is_not(None)
)


class Owner(NamedTuple):
    """Who answers for a conversation: a person, or a team."""

    member_id: UUID | None
    practitioner_id: UUID | None
    organization_id: UUID | None


def owner_at(recipient: RecipientRow) -> Owner:
    """The owner that a conversation has when it is with this recipient."""
    if recipient.practitioner_id is not None:
        return Owner(recipient.member_id, recipient.practitioner_id, None)
    return Owner(recipient.member_id, None, recipient.organization_id)


def name_of(recipient: RecipientRow) -> str:
    """`Dr Samir Haddad`, or the name of a team; empty for the coordination."""
    if recipient.member_id is None:
        return ""
    names = (recipient.prefix, recipient.given_name, recipient.family_name)
    person = " ".join(filter(None, names)) if recipient.practitioner_id else ""
    return (person or recipient.organization_name or "")[:LONGEST_NAME]


def is_settled(thread: Thread, recipients: Recipients) -> bool:
    """Whether whoever answers for it still has that place, and reads there."""
    own = recipients.find(thread.member_id)
    stands = Owner(thread.member_id, thread.practitioner_id, thread.organization_id)
    return own is not None and own.can_be_written_to and owner_at(own) == stands


def settle_owner(
    session: Session, thread: Thread, recipients: Recipients, *, at: datetime
) -> list[ThreadPerson]:
    """Who answers for it from now on hears of it: they are returned, to be written to.

    Nobody is where it is in good hands, and where no hands are left. The caller holds the thread.
    An earlier promise stays: the family counts on it.
    """
    if is_settled(thread, recipients):
        return []
    follows = _who_follows(session, thread, recipients)
    if follows is None or not follows.can_be_written_to:
        return []
    thread.member_id, thread.practitioner_id, thread.organization_id = owner_at(follows)
    # Whoever had taken it in charge did so for those who are gone.
    thread.taken_by = thread.taken_at = None
    keep_promise(thread, recipients, follows, at=at)
    event_of(session, thread, ThreadAct.SUCCEEDED, by=None, at=at, to_name=name_of(follows))
    told = readers_at(session, thread, follows, at=at)
    is_new_for(session, thread, [one.user_id for one in told])
    return told


def _who_follows(session: Session, thread: Thread, recipients: Recipients) -> RecipientRow | None:
    """The first in the chain of successors who reads; the same place when only its holder changed.

    Without one of them, the coordination.
    """
    rows = session.execute(_SUCCESSORS, {"of_patient": thread.patient_id})
    next_of = {row.id: row.successor_id for row in rows}
    member_id = thread.member_id
    for _ in range(_LONGEST_CHAIN):
        if member_id is None:
            break
        found = recipients.find(member_id)
        if found is not None and found.can_be_written_to:
            return found
        member_id = next_of.get(member_id)
    return recipients.find(None)


def keep_promise(
    thread: Thread, recipients: Recipients, follows: RecipientRow, *, at: datetime
) -> None:
    """Only while an answer is owed; who follows gets a working day when it is late already."""
    if thread.state is not ThreadState.WAITING or thread.due_at is None:
        return
    thread.due_at = min(thread.due_at, recipients.due_at(follows, at=at))
    thread.escalation = Escalation.NONE
    is_late = thread.due_at <= at
    working = recipients.working_days(follows)
    thread.escalates_at = next_after(at, working) if is_late else thread.due_at
