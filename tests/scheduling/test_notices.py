"""Who is told of an act on an appointment, what the letter says, and to whom it still goes."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.agenda import AppointmentStatus
from portal.models.outbox import OutboxState
from portal.models.rights import Block, CareLinkStatus
from portal.outbox.worker import Worker
from portal.scheduling.letters.notices import ask_companion, tell_family, tell_keepers
from tests import factories
from tests.mailbox import Mailbox
from tests.outbox.conftest import mailbox, make_worker, worker
from tests.scheduling.family import CANARY, Family, family, make_guardian

__all__ = ["family", "mailbox", "make_worker", "worker"]
EVERYBODY = {"jeanne", "paul", "lea", "remy"}


def _tell(one: Family, by: str = "nadia") -> int:
    count = tell_family(one.session, one.about(by), keys=one.keys)
    one.session.commit()
    return count


def _ask(one: Family, name: str | None = None, by: str = "jeanne") -> int:
    related = one.links[name].related_person_id if name else None
    count = ask_companion(one.session, one.about(by), keys=one.keys, related_person_id=related)
    one.session.commit()
    return count


def _tell_keepers(one: Family, by: str = "jeanne") -> int:
    count = tell_keepers(one.session, one.about(by), keys=one.keys)
    one.session.commit()
    return count


def test_the_patient_and_the_relatives_who_see_the_agenda_are_told(family: Family) -> None:
    assert _tell(family) == 4
    assert family.told() == EVERYBODY


def test_nobody_is_told_of_what_they_did_themself(family: Family) -> None:
    assert _tell(family, by="paul") == 3
    assert family.told() == EVERYBODY - {"paul"}


def test_who_represents_the_patient_by_law_is_told(family: Family) -> None:
    _tell(make_guardian(family))
    assert len(family.letters()) == 5


def _without_address(one: Family) -> None:
    one.people["remy"].email, one.people["remy"].username = None, "remy"
    one.save(one.people["remy"])


def _closed(one: Family) -> None:
    one.people["remy"].disabled_at = factories.LONG_AGO
    one.save(one.people["remy"])


def _ended(one: Family) -> None:
    one.links["remy"].status, one.links["remy"].ends_at = CareLinkStatus.ENDED, now()
    one.save(one.links["remy"])


UNTOLD: dict[str, Callable[[Family], None]] = {
    "hidden": lambda one: one.hide(from_="remy"),
    "paused": lambda one: one.pause("remy"),
    "link ended": _ended,
    "no address": _without_address,
    "account closed": _closed,
}


@pytest.mark.parametrize("why", UNTOLD)
def test_who_may_not_know_is_not_told(family: Family, why: str) -> None:
    UNTOLD[why](family)
    assert _tell(family) == 3
    assert family.told() == EVERYBODY - {"remy"}


def test_the_professional_of_the_appointment_is_told(family: Family) -> None:
    assert _tell_keepers(family) == 1
    assert family.told() == {"nadia"}


def test_the_coordinators_are_told_when_the_file_is_closed_to_the_professional(
    family: Family,
) -> None:
    family.save(
        Block(
            patient_id=family.patient.id,
            practitioner_id=family.visit.practitioner_id,
            starts_at=factories.LONG_AGO,
            created_by=family.people["jeanne"].id,
        )
    )
    assert _tell_keepers(family) == 1
    assert family.told() == {"claire"}


def test_the_coordinators_are_told_when_no_professional_has_an_account(family: Family) -> None:
    family.visit.practitioner_id = None
    family.save(family.visit)
    assert _tell_keepers(family) == 1
    assert family.told() == {"claire"}


def test_a_professional_is_not_told_of_their_own_act_and_nobody_else_in_their_place(
    family: Family,
) -> None:
    assert _tell_keepers(family, by="nadia") == 0
    assert family.told() == set()


def test_all_who_may_act_are_asked_to_go_along_but_not_the_patient(family: Family) -> None:
    assert _ask(family) == 2
    assert family.told() == {"paul", "lea"}


def test_one_relative_is_asked_alone(family: Family) -> None:
    assert _ask(family, "remy") == 1
    assert family.told() == {"remy"}


@pytest.mark.parametrize("name", ["remy", "zoe"])
def test_a_relative_who_does_not_see_it_is_not_asked(family: Family, name: str) -> None:
    if name == "remy":
        family.hide(from_="remy")
    assert _ask(family, name) == 0
    assert family.told() == set()


def test_several_acts_before_the_mail_leaves_are_one_letter(family: Family) -> None:
    for _ in range(3):
        _tell(family)
    assert len(family.letters()) == 4
    assert family.path_to("paul") == f"/p/{family.patient.id}/agenda/{family.visit.id}"
    other = family.add()
    tell_family(family.session, family.about("nadia", other), keys=family.keys)
    family.session.commit()
    assert len(family.letters()) == 4
    assert family.path_to("paul") == f"/p/{family.patient.id}/agenda"


def test_what_was_sent_does_not_swallow_the_next(
    family: Family, worker: Worker, mailbox: Mailbox
) -> None:
    _tell(family)
    worker.drain()
    _tell(family)
    worker.drain()
    assert len(mailbox.to(family.people["paul"].email or "")) == 2


def test_a_letter_never_says_what_nor_whose(
    family: Family, worker: Worker, mailbox: Mailbox
) -> None:
    _tell(family, by="claire")
    _tell_keepers(family)
    _ask(family)
    worker.drain()
    assert len(mailbox.mails) == 7
    for mail in mailbox.mails:
        everything = mail.subject + mail.text + mail.html
        assert CANARY not in everything
        assert "ialyse" not in everything
        assert mail.path == f"/p/{family.patient.id}/agenda/{family.visit.id}"


LATER: dict[str, Callable[[Family], None]] = {
    "hidden": lambda one: one.hide(from_="paul"),
    "paused": lambda one: one.pause("paul"),
}


@pytest.mark.parametrize("why", LATER)
def test_who_lost_the_right_before_it_left_gets_nothing(
    family: Family, worker: Worker, mailbox: Mailbox, why: str
) -> None:
    _tell(family)
    LATER[why](family)
    worker.drain()
    assert mailbox.to(family.people["paul"].email or "") == []
    assert len(mailbox.mails) == 3
    (dropped,) = (one for one in family.letters() if one.state is OutboxState.DROPPED)
    assert (family.name(dropped), dropped.values_sealed) == ("paul", None)


def test_what_was_hidden_of_two_is_not_linked_to(
    family: Family, worker: Worker, mailbox: Mailbox
) -> None:
    other = family.add()
    for one in (family.visit, other):
        tell_family(family.session, family.about("nadia", one), keys=family.keys)
    family.session.commit()
    family.hide(from_="paul", visit=other)
    worker.drain()
    (mail,) = mailbox.to(family.people["paul"].email or "")
    assert mail.path.endswith(str(family.visit.id))


def test_a_professional_who_left_gets_nothing(
    family: Family, worker: Worker, mailbox: Mailbox
) -> None:
    _tell_keepers(family)
    family.nurse.period_end = now()
    family.save(family.nurse)
    worker.drain()
    assert mailbox.mails == []


@pytest.mark.parametrize("why", ["somebody goes", "cancelled"])
def test_nobody_is_asked_for_what_is_settled(
    family: Family, worker: Worker, mailbox: Mailbox, why: str
) -> None:
    _ask(family)
    if why == "cancelled":
        family.visit.status = AppointmentStatus.CANCELLED
    else:
        family.visit.companion_id = family.links["remy"].related_person_id
    family.save(family.visit)
    worker.drain()
    assert mailbox.mails == []


def test_a_cancelled_visit_is_announced(family: Family, worker: Worker, mailbox: Mailbox) -> None:
    family.visit.status = AppointmentStatus.CANCELLED
    family.save(family.visit)
    _tell(family)
    worker.drain()
    assert len(mailbox.mails) == 4


def test_the_letter_is_gone_with_the_act(session: Session, keys: KeyRing, family: Family) -> None:
    tell_family(session, family.about("nadia"), keys=keys)
    session.rollback()
    assert family.letters() == []
