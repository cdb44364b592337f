"""What the page says is told is told: also of what nobody finds any more."""

from portal.models.agenda import AppointmentStatus
from portal.models.outbox import OutboxState
from portal.outbox.worker import Worker
from portal.scheduling.letters.notices import ask_companion, tell_family
from tests.mailbox import Mailbox
from tests.outbox.conftest import mailbox, make_worker, worker
from tests.scheduling.family import CANARY, Family, family

__all__ = ["family", "mailbox", "make_worker", "worker"]


def _deleted(one: Family) -> None:
    one.visit.status = AppointmentStatus.ENTERED_IN_ERROR
    one.save(one.visit)


def test_an_appointment_that_the_family_deleted_is_announced(
    family: Family, worker: Worker, mailbox: Mailbox
) -> None:
    _deleted(family)
    assert tell_family(family.session, family.about("paul"), keys=family.keys) == 3
    family.session.commit()
    worker.drain()
    assert len(mailbox.mails) == 3
    for mail in mailbox.mails:
        assert CANARY not in mail.text
        assert mail.path == f"/p/{family.patient.id}/agenda", "its own page is gone"


def test_nobody_is_asked_to_go_along_to_what_is_deleted(
    family: Family, worker: Worker, mailbox: Mailbox
) -> None:
    about = family.about("jeanne")
    ask_companion(family.session, about, keys=family.keys, related_person_id=None)
    family.session.commit()
    _deleted(family)
    worker.drain()
    assert mailbox.mails == []
    assert {one.state for one in family.letters()} == {OutboxState.DROPPED}
