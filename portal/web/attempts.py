"""Where attempts are counted: in Redis, and in the database without it or while it is away."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.errors import ConfigurationError, StorageError
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from portal.clock import now
from portal.config import Config
from portal.crypto import token_hash
from portal.db import begin_writing, current_session, end_reading, transaction
from portal.errors import ConfigError, SignInBlockedError
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.credential import RateLimit

REDIS_TIMEOUT = 0.25
"""Seconds, to connect and again to answer: a dead Redis holds nobody up for longer."""
REDIS_RESTS = timedelta(minutes=1)
"""For how long a Redis that failed is not asked again; also how often the log says so."""

_log = logging.getLogger(__name__)
_limit = columns(RateLimit)
T = TypeVar("T")


class Attempts:
    """Failures per address in a fixed window that begins with the first of them."""

    def __init__(self, config: Config, *, window: timedelta) -> None:
        seconds = int(window.total_seconds())
        self._rule = RateLimitItemPerSecond(config.failures_per_address, seconds)
        self._in_database = FixedWindowRateLimiter(DatabaseStorage())
        self._in_redis = _redis(config.redis_url) if config.redis_url else None
        self._redis_rests_until = datetime.min.replace(tzinfo=UTC)

    def charge(self, address: str) -> timedelta | None:
        """Count one; the time left when the address had none left, else nothing."""
        return self._ask(lambda limiter: self._charge(limiter, address))

    def refund(self, address: str) -> None:
        self._ask(lambda limiter: self._refund(limiter, address))

    def take(self, what: str, *, most: int, window: timedelta) -> bool:
        """Count one use of something rationed; whether there was one left."""
        rule = RateLimitItemPerSecond(most, int(window.total_seconds()))
        return self._ask(lambda limiter: limiter.hit(rule, what))

    @staticmethod
    def refusal(retry_after: timedelta) -> SignInBlockedError:
        return SignInBlockedError(max(retry_after, timedelta(seconds=1)))

    def _charge(self, limiter: FixedWindowRateLimiter, address: str) -> timedelta | None:
        if limiter.hit(self._rule, address):
            return None
        ends_at = limiter.get_window_stats(self._rule, address).reset_time
        return timedelta(seconds=ends_at - now().timestamp())

    def _refund(self, limiter: FixedWindowRateLimiter, address: str) -> None:
        key = self._rule.key_for(address)
        # The window may have ended meanwhile: nobody gets a failure for free.
        if limiter.storage.get(key) > 0:
            limiter.storage.incr(key, self._rule.get_expiry(), amount=-1)

    def _ask(self, action: Callable[[FixedWindowRateLimiter], T]) -> T:
        """Redis, unless it is away: then the database counts, and nobody is let through."""
        if self._in_redis is not None and self._redis_rests_until <= now():
            try:
                return action(self._in_redis)
            except StorageError:
                self._redis_rests_until = now() + REDIS_RESTS
                _log.exception("redis is away: the database counts the attempts")
        return action(self._in_database)


def _redis(url: str) -> FixedWindowRateLimiter:
    try:
        storage = RedisStorage(
            url,
            key_prefix="relais",
            wrap_exceptions=True,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=REDIS_TIMEOUT,
            retry=None,  # type: ignore[arg-type]  # the library passes it on: no second try
        )
    except ConfigurationError:
        raise ConfigError(
            "PORTAL_REDIS_URL needs the client of Redis: install it with pip install redis"
        ) from None
    return FixedWindowRateLimiter(storage)


class DatabaseStorage(Storage):
    """Counts in the table `rate_limit`: one statement per attempt, on the session at hand."""

    STORAGE_SCHEME = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """One upsert: a window that has ended begins anew with this attempt."""
        at = now()
        with _own_transaction() as session:
            hits = _add(session, key, amount, at=at, ends_at=at + timedelta(seconds=expiry))
        if hits == amount:
            # Apart from the counting, so that no two of them wait for each other's row.
            with _own_transaction() as session:
                _forget_ended(session, at)
        return hits

    def get(self, key: str) -> int:
        row = _window(key)
        return row[0] if row is not None else 0

    def get_expiry(self, key: str) -> float:
        row = _window(key)
        return (row[1] if row is not None else now()).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with _own_transaction() as session:
            return session.connection().execute(delete(RateLimit)).rowcount

    def clear(self, key: str) -> None:
        with _own_transaction() as session:
            session.connection().execute(
                delete(RateLimit).where(_limit.key_digest == token_hash(key))
            )


def _add(session: Session, key: str, amount: int, *, at: datetime, ends_at: datetime) -> int:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    has_ended = _limit.window_ends_at <= bindparam("instant", type_=UtcDateTime)
    more = _limit.hits + amount
    statement = (
        insert(RateLimit)
        .values(key_digest=token_hash(key), hits=max(amount, 0), window_ends_at=ends_at)
        .on_conflict_do_update(
            index_elements=["key_digest"],
            set_={
                "hits": case((has_ended, max(amount, 0)), (more < 0, 0), else_=more),
                "window_ends_at": case((has_ended, ends_at), else_=_limit.window_ends_at),
            },
        )
        .returning(_limit.hits)
    )
    hits: int = session.connection().execute(statement, {"instant": at}).scalar_one()
    return hits


def _window(key: str) -> tuple[int, datetime] | None:
    """The attempts of a window that has not ended, and its end."""
    row = current_session().execute(
        select(_limit.hits, _limit.window_ends_at).where(
            _limit.key_digest == token_hash(key),
            _limit.window_ends_at > bindparam("instant", type_=UtcDateTime),
        ),
        {"instant": now()},
    )
    found = row.first()
    return (found[0], found[1]) if found is not None else None


def _forget_ended(session: Session, at: datetime) -> None:
    session.connection().execute(
        delete(RateLimit).where(_limit.window_ends_at < bindparam("instant", type_=UtcDateTime)),
        {"instant": at},
    )


@contextmanager
def _own_transaction() -> Iterator[Session]:
    """Committed at once: a failure that is rolled back would not count.

    The guard may have begun to write: what comes after goes on writing.
    """
    session = current_session()
    was_writing = bool(session.info.get("writing"))
    if not was_writing:
        end_reading()
    with transaction() as writing:
        yield writing
    if was_writing:
        begin_writing(session)
