"""A new sheet: the old one is worthless, and only the two who confirmed it may print."""

import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.errors import ReproofingError
from portal.identity import history, reproofing, reproofing_requests
from portal.models.account import Coordination, User
from portal.models.credential import Reproofing
from portal.models.outbox import OutboxState
from tests import factories
from tests.reproofing.steps import (
    LIST,
    confirmed,
    history_of,
    later,
    letters,
    make_cast,
    make_coordinator,
    signed_in,
    staff,
    values,
)


def _sheet_again(session: Session, keys: KeyRing, row: Reproofing, user: User) -> str:
    way = reproofing_requests.print_again(
        session, keys=keys, request_id=row.id, staff=staff(user), at=now()
    )
    session.commit()
    return way.token


def test_printing_again_makes_the_old_sheet_worthless(session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row, before = confirmed(session, keys, cast)
    token = _sheet_again(session, keys, row, cast.claire)
    assert token != before.token
    with pytest.raises(ReproofingError):
        reproofing.request_of_token(session, token=before.token, at=now())
    with pytest.raises(ReproofingError):
        reproofing.request_of_code(
            session, keys=keys, name="jeanne@example.org", code=before.code, at=now()
        )
    assert reproofing.request_of_token(session, token=token, at=now()).id == row.id
    ready = letters(session, "reproofing_ready")
    assert [one.state for one in ready] == [OutboxState.PENDING], "it held nothing of the old sheet"
    assert letters(session, "reproofing_confirmed")[0].state is OutboxState.PENDING


def test_the_owner_is_told_who_printed_and_so_is_the_log(
    app: Flask, session: Session, keys: KeyRing, caplog: pytest.LogCaptureFixture
) -> None:
    cast = make_cast(session, keys)
    row, _way = confirmed(session, keys, cast)
    before = len(letters(session, "security_notice"))
    reader = signed_in(app, session, cast.claire)
    with caplog.at_level(logging.INFO, "portal.security"):
        assert reader.post(f"{LIST}/{row.id}/sheet").status_code == 200
    assert history_of(session, cast.jeanne)[-1] == "reproofing_printed"
    last = history.lines_of(session, user_id=cast.jeanne.id)[0]
    assert last.detail == "Claire Morel"
    notices = letters(session, "security_notice")
    assert len(notices) == before + 1
    assert values(notices[-1], keys)["kind"] == "reproofing_printed"
    line = next(one for one in caplog.records if one.getMessage() == "re-proofing printed again")
    assert (line.__dict__["account"], line.__dict__["by"]) == (
        str(cast.jeanne.id),
        str(cast.claire.id),
    )


def test_only_the_two_print_again_and_only_while_it_is_open(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    third = make_coordinator(session, keys, cast.organization, "Loïc")
    row, way = confirmed(session, keys, cast)
    for user in (third, cast.camille):
        reader = signed_in(app, session, user)
        assert "Faire une nouvelle feuille" not in reader.get(f"{LIST}/{row.id}").text
        assert reader.post(f"{LIST}/{row.id}/sheet").status_code == 409
    assert reproofing.request_of_token(session, token=way.token, at=now()).id == row.id
    reader = signed_in(app, session, cast.thomas)
    assert 'class="qr"' in reader.post(f"{LIST}/{row.id}/sheet").text
    with later(timedelta(days=15)):
        reader = signed_in(app, session, cast.thomas)
        assert reader.post(f"{LIST}/{row.id}/sheet").status_code == 409


def test_who_opened_it_and_left_the_organization_may_only_cancel(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    place = session.get_one(Coordination, (cast.claire.id, cast.organization.id))
    place.ended_at = now()
    other = factories.make_organization(session, name="Une autre maison")
    factories.make_coordination(session, user=cast.claire, organization_id=other.id)
    session.commit()
    reader = signed_in(app, session, cast.claire)
    assert reader.post(f"{LIST}/{row.id}/sheet").status_code == 409
    assert reproofing.request_of_token(session, token=way.token, at=now()).id == row.id
    assert reader.post(f"{LIST}/{row.id}/cancellation").status_code == 303
