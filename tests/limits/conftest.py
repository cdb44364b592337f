"""A portal that lets ten failures pass from one address, counted here or there."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import redis
from flask import Flask
from sqlmodel import Session

from portal import create_app
from portal.config import Config
from portal.crypto import KeyRing
from tests.conftest import IS_CI

REDIS = os.environ.get("PORTAL_TEST_REDIS", "redis://127.0.0.1:6379/9")
FAILURES = 10
ADDRESSES = ("127.0.0.1", "198.51.100.7", "198.51.100.8")

Make = Callable[..., Flask]


@pytest.fixture
def redis_url(keys: KeyRing) -> Iterator[str]:
    """A Redis that answers; what this installation counted is gone after the test.

    Its keys are digests under a secret of the installation: tests beside this one have others.
    """
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError:
        if IS_CI:
            pytest.fail("Redis is required when CI=true")
        pytest.skip("Redis is not running: only the database counted the attempts")
    yield REDIS
    for address in ADDRESSES:
        for key in counted_in_redis(client, keys, address):
            client.delete(key)


def counted_in_redis(client: redis.Redis, keys: KeyRing, address: str) -> list[bytes]:
    """The keys under which failures of that address are counted."""
    digest = keys.hmac("client address", address).hex()
    return list(client.scan_iter(match=f"relais:*{digest}*", count=1000))


@pytest.fixture
def make(config: Config, session: Session) -> Iterator[Make]:
    """Makes portals on the same database, as further processes would be."""
    made: list[Flask] = []

    def portal(redis_url: str = "", failures: int = FAILURES, proxies: int = 0) -> Flask:
        settings = {"redis_url": redis_url, "failures_per_address": failures, "proxies": proxies}
        made.append(create_app(replace(config, **settings)))
        return made[-1]

    yield portal
    for app in made:
        app.extensions["database"].engine.dispose()


@pytest.fixture(params=["database", "redis"])
def counting(request: pytest.FixtureRequest, make: Make) -> Iterator[Make]:
    """`make`, with attempts counted in the database, then in Redis."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    if not url:
        yield make
        return

    def portal(**settings: int) -> Flask:
        return make(redis_url=url, **settings)

    yield portal
