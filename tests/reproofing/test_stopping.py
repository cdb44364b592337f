"""Stopping a way back: by mail, by the banner, by staff, at each stage; then nothing works."""

import threading

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.errors import ReproofingError
from portal.identity import reproofing, reproofing_requests
from portal.identity.reproofing import KeptFactor
from portal.models.account import User
from portal.models.credential import Reproofing
from portal.models.outbox import OutboxState
from tests import factories
from tests.auth.steps import both
from tests.pages import PageClient, code_of
from tests.reproofing.steps import (
    DAY,
    LIST,
    Cast,
    confirmed,
    enrol_anew,
    fresh,
    history_of,
    later,
    letters,
    make_cast,
    opened,
    press_confirm,
    signed_in,
    staff,
    values,
)

BANNER = "Un nouvel accès à votre compte a été demandé."


def _stop_path(session: Session, keys: KeyRing) -> str:
    return values(letters(session, "reproofing_confirmed")[0], keys)["path"]


def test_the_link_of_the_mail_asks_first_and_stops_by_a_button(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, _way = confirmed(session, keys, cast)
    path = _stop_path(session, keys)
    assert "Arrêter le nouvel accès" in reader.get(path).text
    assert fresh(session, row).cancelled_at is None, "a mail filter opens links"
    answer = reader.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/renewal/stopped")
    assert "Le nouvel accès est arrêté" in reader.get("/renewal/stopped").text
    row = fresh(session, row)
    assert row.cancelled_at is not None
    assert row.cancelled_by is None
    assert history_of(session, cast.jeanne)[-1] == "reproofing_cancelled"
    assert values(letters(session, "security_notice")[-1], keys)["kind"] == "reproofing_cancelled"


def test_the_link_works_once_and_a_guess_looks_the_same(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    confirmed(session, keys, cast)
    path = _stop_path(session, keys)
    reader.post(path)
    again, guess = reader.get(path), reader.get("/renewal/stop/guess")
    assert again.status_code == guess.status_code == 404
    assert again.text.replace(path, "") == guess.text.replace("/renewal/stop/guess", "")
    assert reader.post(path).status_code == 404
    assert history_of(session, cast.jeanne).count("reproofing_cancelled") == 1


def test_every_page_of_an_open_session_says_so_and_stops_it_by_one_tap(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    owner = signed_in(app, session, cast.jeanne)
    assert BANNER not in owner.get("/account").text
    row = opened(session, keys, cast)
    for path in ("/account", "/account/comfort", f"/p/{cast.patient.id}/", "/people"):
        page = owner.get(path, follow_redirects=True)
        assert BANNER in page.text, path
    assert BANNER not in signed_in(app, session, cast.claire).get("/account").text
    answer = owner.post("/renewal/stop")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/renewal/stopped")
    assert BANNER not in owner.get("/account").text
    assert fresh(session, row).cancelled_by == cast.jeanne.id


def test_the_tap_needs_no_second_factor_but_a_session(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    owner = signed_in(app, session, cast.jeanne)
    with later(DAY / 96):
        row = opened(session, keys, cast)
        assert reader.post("/renewal/stop").status_code == 401
        assert fresh(session, row).cancelled_at is None
        assert owner.post("/renewal/stop").status_code == 303
        assert fresh(session, row).cancelled_at is not None


def test_somebody_else_signed_in_stops_nothing_of_it(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    carer, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=cast.patient, user=carer)
    assert signed_in(app, session, carer).post("/renewal/stop").status_code == 303
    assert fresh(session, row).cancelled_at is None
    assert signed_in(app, session, carer).post(f"{LIST}/{row.id}/cancellation").status_code == 403


@pytest.mark.parametrize("who", ["claire", "thomas", "camille"])
def test_staff_cancel(app: Flask, session: Session, keys: KeyRing, who: str) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    user: User = getattr(cast, who)
    reader = signed_in(app, session, user)
    answer = reader.post(f"{LIST}/{row.id}/cancellation")
    assert answer.headers["Location"] == f"{LIST}/{row.id}?cancelled=1"
    assert "La demande est annulée" in reader.get(answer.headers["Location"]).text
    assert fresh(session, row).cancelled_by == user.id
    assert reader.post(f"{LIST}/{row.id}/cancellation").status_code == 409
    assert history_of(session, cast.jeanne) == ["reproofing_opened", "reproofing_cancelled"]


def test_cancelled_before_it_was_confirmed(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    _cancel(session, keys, row, cast)
    assert press_confirm(signed_in(app, session, cast.thomas), row).status_code == 409
    assert fresh(session, row).confirmed_at is None
    assert letters(session, "reproofing_ready") == []


def _cancel(session: Session, keys: KeyRing, row: Reproofing, cast: Cast) -> None:
    session.rollback()
    reproofing_requests.cancel(
        session, keys=keys, request_id=row.id, staff=staff(cast.thomas), at=now()
    )
    session.commit()


def test_cancelled_in_the_delay(reader: PageClient, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    _cancel(session, keys, row, cast)
    ready = letters(session, "reproofing_ready")[0]
    assert (ready.state, ready.values_sealed) == (OutboxState.DROPPED, None)
    with later(DAY):
        assert reader.get(f"/renewal/{way.token}").status_code == 404
        data = {"name": "jeanne@example.org", "code": way.code}
        assert reader.post("/renewal/code", data=data).status_code == 422


def test_cancelled_while_the_new_password_is_typed(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    with later(DAY):
        assert reader.get(f"/renewal/{way.token}").status_code == 200
        _cancel(session, keys, row, cast)
        answer = reader.post(f"/renewal/{way.token}", data={"password": "x" * 12})
        assert answer.status_code == 404
        assert fresh(session, row).password_hash is None


def test_cancelled_while_the_new_factor_is_enrolled(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    with later(DAY):
        path = f"/renewal/{way.token}"
        answer = reader.post(path, data={"password": "violon brouette cascade noisette"})
        assert answer.headers["Location"] == "/enrolment"
        assert reader.get("/enrolment").status_code == 200
        _cancel(session, keys, row, cast)
        assert reader.get("/enrolment").headers["Location"].startswith("/sign-in")
        assert reader.post("/enrolment", data={"code": "000000"}).status_code == 303
        assert fresh(session, row).completed_at is None
        assert fresh(session, row).password_hash is None
        ordinary = both(PageClient(app), cast.jeanne, code_of(cast.secret))
        assert ordinary.status_code == 303, "the old password and the old app go on"


def test_a_request_that_was_used_is_not_cancelled(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    with later(DAY):
        assert enrol_anew(reader, f"/renewal/{way.token}").status_code == 303
        assert reader.get(_stop_path(session, keys)).status_code == 404
        with pytest.raises(ReproofingError):
            _cancel(session, keys, row, cast)
        session.rollback()
        assert not reproofing_requests.cancel_own(
            session, keys=keys, user_id=cast.jeanne.id, at=now()
        )
    assert fresh(session, row).cancelled_at is None


def test_of_a_parallel_stop_and_completion_exactly_one_holds(
    database: Database, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, _way = confirmed(session, keys, cast)
    with later(DAY):
        outcomes = _race(database, keys, row, cast.jeanne)
    row = fresh(session, row)
    assert sorted(outcomes) == ["lost"] * 7 + ["won"]
    assert (row.completed_at is None) != (row.cancelled_at is None)


def _race(database: Database, keys: KeyRing, row: Reproofing, owner: User) -> list[str]:
    """Four times stopped by the owner and four times completed, all at once."""
    start, outcomes = threading.Barrier(8), []
    request_id, owner_id, at = row.id, owner.id, now()

    def stop(own: Session) -> None:
        if not reproofing_requests.cancel_own(own, keys=keys, user_id=owner_id, at=at):
            raise ReproofingError("over")

    def finish(own: Session) -> None:
        request = own.get_one(Reproofing, request_id)
        reproofing.complete(own, request=request, kept=KeptFactor(), at=at)

    def run(number: int) -> None:
        start.wait()
        with database.session() as own:
            begin_writing(own)
            try:
                (stop if number % 2 else finish)(own)
                own.commit()
                outcomes.append("won")
            except ReproofingError:
                own.rollback()
                outcomes.append("lost")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
