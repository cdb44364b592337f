"""Redis holds only what can be lost: without it the database counts, and nobody is let through."""

import logging
import socket
import sys
import time
from collections.abc import Iterator

import pytest
import redis
import time_machine
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.errors import ConfigError
from portal.models.credential import RateLimit
from tests import factories
from tests.auth.steps import both, password
from tests.limits.conftest import FAILURES, Make, counted_in_redis
from tests.pages import PageClient, code_of

NOON = 1_800_000_000


@pytest.fixture
def nobody_there() -> str:
    """A port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def _guesses(reader: PageClient, times: int, prefix: str = "nobody") -> list[int]:
    return [
        password(reader, f"{prefix}-{number}@example.org", "un autre mot de passe").status_code
        for number in range(times)
    ]


@pytest.mark.parametrize("away", ["nobody_there", "silent"])
def test_without_redis_the_database_counts(
    make: Make, session: Session, request: pytest.FixtureRequest, away: str
) -> None:
    reader = PageClient(make(redis_url=request.getfixturevalue(away)))
    with time_machine.travel(NOON, tick=False):
        assert _guesses(reader, FAILURES + 1) == [422] * FAILURES + [429]
    assert session.exec(select(RateLimit)).one().hits == FAILURES + 1


def test_people_sign_in_while_redis_is_silent_and_hardly_wait(
    make: Make, session: Session, keys: KeyRing, silent: str
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    begun = time.monotonic()
    assert both(PageClient(make(redis_url=silent)), user, code_of(secret)).status_code == 303
    assert time.monotonic() - begun < 5, "one time-out, then it is not asked for a minute"


def test_the_log_says_it_once_a_minute(
    make: Make, session: Session, nobody_there: str, caplog: pytest.LogCaptureFixture
) -> None:
    reader = PageClient(make(redis_url=nobody_there))

    def said() -> int:
        return sum("redis is away" in record.message for record in caplog.records)

    with caplog.at_level(logging.ERROR), time_machine.travel(NOON, tick=False) as clock:
        _guesses(reader, 4)
        assert said() == 1
        clock.shift(60)
        _guesses(reader, 2, "later")
        assert said() == 2


def test_redis_is_asked_again_when_it_is_back(
    make: Make, session: Session, redis_url: str, nobody_there: str
) -> None:
    app = make(redis_url=nobody_there)
    back = make(redis_url=redis_url)
    with time_machine.travel(NOON, tick=False) as clock:
        _guesses(PageClient(app), 2)
        attempts = app.extensions["attempts"]
        attempts._in_redis = back.extensions["attempts"]._in_redis
        assert _guesses(PageClient(app), 1, "soon") == [422]
        assert session.exec(select(RateLimit)).one().hits == 3, "it still rests"
        session.rollback()
        clock.shift(60)
        _guesses(PageClient(app), 1, "later")
    assert session.exec(select(RateLimit)).one().hits == 3, "Redis counts again"


def test_redis_keeps_keyed_digests_that_end(
    make: Make, session: Session, redis_url: str, keys: KeyRing
) -> None:
    client = redis.Redis.from_url(redis_url)
    reader = PageClient(make(redis_url=redis_url))
    reader.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    _guesses(reader, 1)
    (key,) = counted_in_redis(client, keys, "198.51.100.7")
    assert client.get(key) == b"1"
    assert 890 <= client.ttl(key) <= 900
    assert list(client.scan_iter(match="*198.51*", count=1000)) == []


def test_a_portal_without_the_client_of_redis_says_what_to_install(
    make: Make, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigError, match="pip install redis"):
        make(redis_url="redis://127.0.0.1:6379/9")
