"""The table that counts where there is no Redis."""

import time_machine
from sqlmodel import Session, select

from portal.models.credential import RateLimit
from tests.auth.steps import password
from tests.limits.conftest import FAILURES, Make
from tests.pages import PageClient

NOON = 1_800_000_000
QUARTER = 15 * 60


def _guess(reader: PageClient, number: int, address: str = "198.51.100.7") -> int:
    reader.client.environ_base["REMOTE_ADDR"] = address
    return password(reader, f"nobody-{number}@example.org", "un autre mot de passe").status_code


def test_the_window_ends_a_quarter_of_an_hour_after_the_first_failure(make: Make) -> None:
    reader = PageClient(make())
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(FAILURES):
            assert _guess(reader, number) == 422
        clock.shift(QUARTER - 1)
        assert _guess(reader, 20) == 429
        clock.shift(1)
        assert _guess(reader, 21) == 422


def test_the_wait_that_is_said_is_what_is_left_of_the_window(make: Make) -> None:
    reader = PageClient(make())
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(FAILURES):
            _guess(reader, number)
        clock.shift(5 * 60)
        answer = password(reader, "nobody@example.org", "un autre mot de passe")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")


def test_ended_windows_leave_the_table(make: Make, session: Session) -> None:
    reader = PageClient(make())
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(3):
            _guess(reader, number, f"198.51.100.{number}")
        clock.shift(QUARTER + 1)
        _guess(reader, 4, "198.51.100.4")
    assert [row.hits for row in session.exec(select(RateLimit)).all()] == [1]


def test_the_table_does_not_tell_who_tried(make: Make, session: Session) -> None:
    app = make()
    _guess(PageClient(app), 1, "198.51.100.7")
    row = session.exec(select(RateLimit)).one()
    assert len(row.key_digest) == 32
    assert b"198.51" not in row.key_digest
