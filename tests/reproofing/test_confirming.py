"""Confirming a way back: by another person, within seven days, once."""

import html
import re
import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.errors import ReproofingError
from portal.identity import reproofing, reproofing_requests
from portal.models.account import Coordination, User, UserSession
from portal.models.credential import Reproofing
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.reproofing.steps import (
    DAY,
    LIST,
    Cast,
    confirmed,
    fresh,
    history_of,
    later,
    letters,
    make_cast,
    make_coordinator,
    opened,
    press_confirm,
    signed_in,
    staff,
    values,
)


def _confirm_as(session: Session, keys: KeyRing, row: Reproofing, user: User) -> None:
    reproofing_requests.confirm(session, keys=keys, request_id=row.id, staff=staff(user), at=now())


def test_a_second_coordinator_confirms_and_the_delay_begins(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    reader = signed_in(app, session, cast.thomas)
    assert "Confirmer cette demande" in reader.get(f"{LIST}/{row.id}").text
    assert "Passeport" in reader.get(f"{LIST}/{row.id}/confirmation").text
    with time_machine.travel(now(), tick=False):
        answer = press_confirm(reader, row)
        at = now()
    row = fresh(session, row)
    assert (row.confirmed_by, row.confirmed_at, row.ready_at) == (cast.thomas.id, at, at + DAY)
    assert row.ends_at == at + DAY + timedelta(days=14)
    assert answer.status_code == 200
    assert "jeanne@example.org" in answer.text
    assert history_of(session, cast.jeanne) == ["reproofing_opened", "reproofing_confirmed"]


def test_the_sheet_holds_the_code_and_the_square_and_nothing_stored_does(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    sheet = press_confirm(signed_in(app, session, cast.thomas), row).text
    code = _code_on(sheet)
    assert 'class="qr"' in sheet
    found = reproofing.request_of_code(
        session, keys=keys, name="jeanne@example.org", code=code, at=now()
    )
    assert found.id == row.id
    stored = fresh(session, row)
    assert code.replace("-", "").encode() not in (stored.code_digest or b"")
    assert len(stored.code_digest or b"") == len(stored.token_hash or b"") == 32


def _code_on(sheet: str) -> str:
    found = re.findall(r'class="secret"><span>([^<]+)</span>', sheet)
    return html.unescape(found[-1]).strip()


def test_the_owner_is_written_at_once_and_again_when_it_is_ready(
    session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, _way = confirmed(session, keys, cast)
    row = fresh(session, row)
    stop, ready = letters(session, "reproofing_confirmed"), letters(session, "reproofing_ready")
    assert [one.recipient for one in (*stop, *ready)] == ["jeanne@example.org"] * 2
    assert (stop[0].available_at, ready[0].available_at) == (row.confirmed_at, row.ready_at)
    assert (stop[0].expires_at, ready[0].expires_at) == (row.ends_at, row.ends_at)
    assert ready[0].subject_id == row.id
    assert values(ready[0], keys) == {"path": "/renewal/code"}, "the mailbox opens nothing"
    said = values(stop[0], keys)
    assert row.ready_at is not None
    assert said["ready_at"] == row.ready_at.isoformat()
    token = said["path"].removeprefix("/renewal/stop/")
    assert reproofing_requests.request_to_stop(session, token=token, at=now()).id == row.id


def test_without_an_address_nothing_is_queued(session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys, email=None, username="jeanne.morel")
    confirmed(session, keys, cast)
    assert session.exec(select(OutboxMessage)).all() == []
    assert history_of(session, cast.jeanne) == ["reproofing_opened", "reproofing_confirmed"]


def test_the_opener_cannot_confirm_from_any_of_their_browsers(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    for _browser in range(2):
        reader = signed_in(app, session, cast.claire)
        assert "Confirmer cette demande" not in reader.get(f"{LIST}/{row.id}").text
        assert reader.get(f"{LIST}/{row.id}/confirmation").status_code == 303
        answer = press_confirm(reader, row)
        assert answer.status_code == 409
        assert 'class="qr"' not in answer.text
    with pytest.raises(ReproofingError):
        _confirm_as(session, keys, row, cast.claire)
    assert fresh(session, row).confirmed_at is None


def test_the_owner_cannot_confirm_their_own(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    factories.make_coordination(session, user=cast.jeanne, organization_id=cast.organization.id)
    row = opened(session, keys, cast)
    reader = signed_in(app, session, cast.jeanne)
    assert str(row.id) not in reader.get(LIST).text
    assert reader.get(f"{LIST}/{row.id}").status_code == 404
    assert press_confirm(reader, row).status_code == 404
    with pytest.raises(ReproofingError):
        _confirm_as(session, keys, row, cast.jeanne)
    assert fresh(session, row).confirmed_at is None


def test_an_operator_confirms_and_sees_the_account_only(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    reader = signed_in(app, session, cast.camille)
    text = reader.get(LIST).text + reader.get(f"{LIST}/{row.id}/confirmation").text
    assert "Jeanne Morel" in text
    assert "Claire" in text
    assert cast.organization.name not in text
    assert str(cast.patient.id) not in text
    assert press_confirm(reader, row).status_code == 200
    assert fresh(session, row).confirmed_by == cast.camille.id


def test_a_coordinator_of_elsewhere_sees_nothing(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    other = factories.make_organization(session, name="Une autre maison")
    reader = signed_in(app, session, make_coordinator(session, keys, other, "Loïc"))
    assert "Jeanne" not in reader.get(LIST).text
    unknown = f"{LIST}/{cast.claire.id}"
    for path in ("", "/confirmation"):
        found, missing = reader.get(f"{LIST}/{row.id}{path}"), reader.get(f"{unknown}{path}")
        assert (found.status_code, missing.status_code) == (404, 404)
        assert found.text == missing.text.replace(str(cast.claire.id), str(row.id))
    for path in ("/confirmation", "/sheet", "/cancellation"):
        assert reader.post(f"{LIST}/{row.id}{path}", data={"is_certain": "on"}).status_code == 404
    assert fresh(session, row).confirmed_at is None
    assert fresh(session, row).cancelled_at is None


def test_a_coordinator_who_left_cannot_confirm(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    reader = signed_in(app, session, cast.thomas)
    place = session.get_one(Coordination, (cast.thomas.id, cast.organization.id))
    place.ended_at = now()
    session.add(place)
    session.commit()
    assert press_confirm(reader, row).status_code == 403
    assert fresh(session, row).confirmed_at is None


def test_neither_a_closed_account_nor_a_closed_opener_is_confirmed(
    session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    for user in (cast.jeanne, cast.claire):
        closed = session.get_one(User, user.id)
        closed.disabled_at = now()
        session.commit()
        with pytest.raises(ReproofingError):
            _confirm_as(session, keys, row, cast.thomas)
        session.rollback()
        closed.disabled_at = None
        session.commit()
    _confirm_as(session, keys, row, cast.thomas)


def test_it_is_confirmed_within_seven_days(session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    with time_machine.travel(row.ends_at, tick=False), pytest.raises(ReproofingError):
        _confirm_as(session, keys, row, cast.thomas)
    session.rollback()
    with time_machine.travel(row.ends_at - timedelta(seconds=1), tick=False):
        _confirm_as(session, keys, row, cast.thomas)


def test_the_box_must_be_ticked_and_the_second_factor_fresh(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    reader = signed_in(app, session, cast.thomas)
    assert reader.post(f"{LIST}/{row.id}/confirmation", data={}).status_code == 422
    for one in session.exec(select(UserSession)):
        one.stepped_up_at = now() - timedelta(minutes=5)
    session.commit()
    assert (
        reader.get(f"{LIST}/{row.id}/confirmation")
        .headers["Location"]
        .startswith("/sign-in/confirm")
    )
    assert press_confirm(reader, row).status_code == 403
    assert reader.post(f"{LIST}/{row.id}/sheet").status_code == 403
    assert fresh(session, row).confirmed_at is None


def test_of_eight_parallel_confirmations_one_holds(
    database: Database, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    people = [cast.thomas, cast.camille] * 4
    assert _in_parallel(database, keys, row, people) == 1
    assert len(letters(session, "reproofing_ready")) == 1
    assert history_of(session, cast.jeanne).count("reproofing_confirmed") == 1


def _in_parallel(database: Database, keys: KeyRing, row: Reproofing, people: list[User]) -> int:
    """How many of those confirmations were accepted, each in a transaction of its own."""
    start, won = threading.Barrier(len(people)), []
    request_id, who = row.id, [staff(user) for user in people]

    def confirm(number: int) -> None:
        start.wait()
        with database.session() as own:
            begin_writing(own)
            try:
                reproofing_requests.confirm(
                    own, keys=keys, request_id=request_id, staff=who[number], at=now()
                )
                own.commit()
                won.append(number)
            except ReproofingError:
                own.rollback()

    threads = [threading.Thread(target=confirm, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_the_list_says_who_did_what_and_forgets_after_a_month(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, _way = confirmed(session, keys, cast)
    page = signed_in(app, session, cast.thomas).get(f"{LIST}/{row.id}").text
    assert "Claire Morel" in page
    assert "Thomas Morel" in page
    assert _states(app, session, cast) == ["Confirmée, délai de 24 heures"]
    with later(DAY):
        assert _states(app, session, cast) == ["Utilisable"]
    with later(timedelta(days=16)):
        assert _states(app, session, cast) == ["Trop ancienne"]
    with later(timedelta(days=46)):
        assert _states(app, session, cast) == []


def _states(app: Flask, session: Session, cast: Cast) -> list[str]:
    text = signed_in(app, session, cast.claire).get(LIST).text
    return re.findall(r'class="tag[^>]*>.*?</svg>([^<]+)</span>', text)
