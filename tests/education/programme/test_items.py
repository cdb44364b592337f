"""What a team proposes in a programme: each thing once, in an order, answered by the patient."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme import items
from portal.education.programme.items import (
    MOST_ITEMS,
    Thing,
    TooManyItemsError,
    answer_item,
    move_item,
    order_items,
    propose_item,
    remove_item,
)
from portal.education.programme.papers import NotUnderWayError
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.base import new_id
from portal.models.programme import ItemState, ProgrammeItem
from portal.models.series import Workshop
from tests.education.modules import Desk, make_desk, make_draft, make_module, make_published
from tests.education.programme.papers import Team, make_team


def a_module(session: Session, desk: Desk) -> Thing:
    module = make_module(session, desk)
    make_published(session, desk, module)
    return Thing(module_id=module.id)


def a_workshop(session: Session, team: Team, **fields: Any) -> Thing:
    starts_at = now() + timedelta(days=3)
    values: dict[str, Any] = {
        "organization_id": team.house.id,
        "title": "Cuisiner avec moins de sel",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "capacity": 8,
    }
    workshop = Workshop(**(values | fields))
    session.add(workshop)
    session.flush()
    return Thing(workshop_id=workshop.id)


def propose(session: Session, keys: KeyRing, team: Team, thing: Thing) -> ProgrammeItem:
    return propose_item(
        session,
        thing,
        **team.of_programme,
        reason="Pour moins d’essoufflement",
        by=team.nadia.id,
        at=now(),
        keys=keys,
    )


def order(session: Session, team: Team) -> list[UUID]:
    rows = session.exec(
        select(ProgrammeItem)
        .where(
            ProgrammeItem.patient_id == team.patient.id, ProgrammeItem.state != ItemState.REMOVED
        )
        .order_by(col(ProgrammeItem.position))
    ).all()
    return [one.id for one in rows]


def test_a_module_and_a_workshop_are_proposed_before_and_after_the_yes(
    session: Session, keys: KeyRing
) -> None:
    desk = make_desk(session, keys)
    for accepts in (False, True):
        team = make_team(session, keys, accepts=accepts)
        first = propose(session, keys, team, a_module(session, desk))
        second = propose(session, keys, team, a_workshop(session, team))
        assert [first.position, second.position] == [1, 2]
        assert (first.state, second.state) == (ItemState.PROPOSED,) * 2
        assert b"essoufflement" not in first.reason_sealed


def test_the_same_thing_is_proposed_once_and_anew_only_after_a_no(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys)
    thing = a_module(session, make_desk(session, keys))
    first = propose(session, keys, team, thing)
    assert propose(session, keys, team, thing).id == first.id
    answer_item(
        session,
        ItemState.DECLINED,
        **team.of_programme,
        item_id=first.id,
        by=team.jeanne.id,
        at=now(),
    )
    again = propose(session, keys, team, thing)
    assert (again.id != first.id, first.state) == (True, ItemState.REMOVED)
    assert order(session, team) == [again.id]


def test_what_nobody_can_read_or_attend_is_not_proposed(session: Session, keys: KeyRing) -> None:
    team, desk = make_team(session, keys), make_desk(session, keys)
    draft = make_module(session, desk)
    make_draft(session, desk, draft)
    retracted = a_module(session, desk)
    module = session.get_one(type(draft), retracted.module_id)
    module.retracted_at, module.retraction_reason = now(), "Faux"
    session.flush()
    over = now() - timedelta(days=1)
    for thing in (
        Thing(module_id=draft.id),
        retracted,
        Thing(module_id=new_id()),
        a_workshop(session, team, starts_at=over - timedelta(hours=2), ends_at=over),
        a_workshop(session, team, cancelled_at=now()),
    ):
        with pytest.raises(NotFoundError):
            propose(session, keys, team, thing)
    with pytest.raises(ValueError, match="a module or a workshop"):
        propose(session, keys, team, Thing())
    assert order(session, team) == []


def test_a_programme_has_an_end(
    session: Session, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ITEMS >= 20
    monkeypatch.setattr(items, "MOST_ITEMS", 2)
    team, desk = make_team(session, keys), make_desk(session, keys)
    for _ in range(2):
        propose(session, keys, team, a_module(session, desk))
    with pytest.raises(TooManyItemsError):
        propose(session, keys, team, a_module(session, desk))


def test_each_answer_can_be_changed_and_taken_back(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    item = propose(session, keys, team, a_module(session, make_desk(session, keys)))
    values = team.of_programme | {"item_id": item.id, "by": team.paul.id, "at": now()}
    for answer in (ItemState.DECLINED, ItemState.ACCEPTED):
        answer_item(session, answer, **values)
        assert (item.state, item.answered_by) == (answer, team.paul.id)
    answer_item(session, ItemState.PROPOSED, **values)
    assert (item.state, item.answered_by, item.answered_at) == (ItemState.PROPOSED, None, None)
    with pytest.raises(ValueError, match="team"):
        answer_item(session, ItemState.REMOVED, **values)


def test_nothing_is_answered_before_the_patient_agreed(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys, accepts=False)
    item = propose(session, keys, team, a_module(session, make_desk(session, keys)))
    with pytest.raises(NotUnderWayError):
        answer_item(
            session,
            ItemState.ACCEPTED,
            **team.of_programme,
            item_id=item.id,
            by=team.jeanne.id,
            at=now(),
        )
    assert item.state is ItemState.PROPOSED


def test_what_is_in_a_programme_is_moved_ordered_and_taken_out(
    session: Session, keys: KeyRing
) -> None:
    team, desk = make_team(session, keys), make_desk(session, keys)
    one, two, three = (propose(session, keys, team, a_module(session, desk)).id for _ in range(3))
    assert move_item(session, **team.of_programme, item_id=three, is_up=True)
    assert order(session, team) == [one, three, two]
    assert not move_item(session, **team.of_programme, item_id=one, is_up=True)
    assert not move_item(session, **team.of_programme, item_id=two, is_up=False)
    order_items(session, [two, one, three], **team.of_programme)
    assert order(session, team) == [two, one, three]
    remove_item(session, **team.of_programme, item_id=one)
    assert order(session, team) == [two, three]
    with pytest.raises(ChangedMeanwhileError):
        order_items(session, [one, two, three], **team.of_programme)
    with pytest.raises(NotFoundError):
        remove_item(session, **team.of_programme, item_id=one)


def test_an_item_is_not_found_in_another_programme(session: Session, keys: KeyRing) -> None:
    team, other = make_team(session, keys), make_team(session, keys)
    item = propose(session, keys, team, a_module(session, make_desk(session, keys)))
    with pytest.raises(NotFoundError):
        remove_item(session, **other.of_programme, item_id=item.id)
    with pytest.raises(NotFoundError):
        answer_item(
            session,
            ItemState.DECLINED,
            **other.of_programme,
            item_id=item.id,
            by=other.jeanne.id,
            at=now(),
        )
    assert item.state is ItemState.PROPOSED
