"""A served portal whose database goes away, or is held by somebody else, for a while.

For seconds with every run of the tests; `PORTAL_TEST_OUTAGE_SECONDS=30` says how long else.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from http.client import HTTPConnection
from threading import Event, Thread
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import func, select

from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.models.messaging import Message
from tests.faults.proxy import Proxy
from tests.storm.places import Desk, installation, make_scene, postgresql_is_there
from tests.storm.servers import Server
from tests.storm.writers import HEADERS

OUTAGE = float(os.environ.get("PORTAL_TEST_OUTAGE_SECONDS", "3"))
WAITS_FOR_LOCK = 10
"""Seconds, on both databases: then somebody is told."""
WAITS_FOR_CONNECTION = 5
SOON = 4
"""Seconds for an answer that waits for nothing, on a machine with other things to do."""
TEXT = "Le pansement se décolle </textarea><b>encore</b>."
WRITERS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    retry_after: str
    seconds: float


@dataclass
class Served:
    """One server process group, and people at their conversations."""

    server: Server
    database: Database
    desks: list[Desk]
    proxy: Proxy | None = None
    keys: dict[str, UUID] = field(default_factory=dict)

    def begin(self) -> None:
        """Everybody writes something new."""
        self.keys = {desk.name: uuid4() for desk in self.desks}

    def everybody_sends(self) -> list[Answer]:
        """At once, and under the same keys as before."""
        with ThreadPoolExecutor(WRITERS) as pool:
            return list(pool.map(self._send, self.desks))

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def written(self) -> int:
        """How many messages there are of those keys."""
        with self.database.session() as session:
            statement = select(func.count()).where(Message.key.in_(self.keys.values()))  # type: ignore[attr-defined]  # a column at run time
            return session.exec(statement).one()

    def _send(self, desk: Desk) -> Answer:
        fields = {"key": str(self.keys[desk.name]), "body": TEXT, "kind": "message"}
        headers = HEADERS | {"Cookie": f"sid={desk.token}"}
        return self._ask("POST", desk.path, urlencode(fields), headers)

    def _ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, path, body=body or None, headers=headers or {})
            answer = connection.getresponse()
            said = unescape(answer.read().decode())
            wait = answer.headers["Retry-After"] or ""
            return Answer(answer.status, said, wait, time.monotonic() - began)
        finally:
            connection.close()


@contextmanager
def _serving(kind: str, *, is_proxied: bool = False) -> Iterator[Served]:
    if kind == "postgresql" and not postgresql_is_there():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is required when CI=true")
        pytest.skip("PostgreSQL is not running: its outage was not tried")
    with ExitStack() as stack:
        config = stack.enter_context(installation(kind))
        keys = KeyRing.load(config.keys_file)
        database = Database(config, keys)
        stack.callback(database.engine.dispose)
        scene = make_scene(database, keys, WRITERS)
        proxy = stack.enter_context(Proxy(config.database_url)) if is_proxied else None
        server = Server(replace(config, database_url=proxy.url) if proxy else config)
        stack.callback(server.kill)
        server.start()
        server.wait_until_ready()
        yield Served(server, database, scene.desks, proxy)


def _refused_with_the_text(answer: Answer) -> None:
    assert answer.status == 503
    assert answer.retry_after == "30"
    assert TEXT in answer.text
    assert "<b>encore" not in answer.text.replace(TEXT, "")
    assert "Renvoyer" in answer.text


def _everything_arrives_once(portal: Served) -> None:
    """Without a restart, and however often it is sent."""
    for _ in range(2):
        assert {one.status for one in portal.everybody_sends()} == {303}
    assert portal.written() == WRITERS


@pytest.mark.parametrize(
    ("go", "longest"),
    [(Proxy.cut, SOON), (Proxy.fall_silent, 2 * WAITS_FOR_CONNECTION + SOON)],
    ids=["cut", "silent"],
)
def test_postgresql_goes_away_and_comes_back(go: Callable[[Proxy], None], longest: float) -> None:
    with _serving("postgresql", is_proxied=True) as portal:
        assert portal.proxy is not None
        portal.begin()
        assert {one.status for one in portal.everybody_sends()} == {303}
        portal.begin()
        go(portal.proxy)
        until = time.monotonic() + OUTAGE
        while True:
            answers = portal.everybody_sends()
            for one in answers:
                _refused_with_the_text(one)
                assert one.seconds < longest
            assert portal.get("/readyz").status == 503
            assert portal.get("/healthz").status == 200
            if time.monotonic() > until:
                break
        assert portal.written() == 0
        portal.proxy.come_back()
        assert portal.get("/readyz").status == 200
        _everything_arrives_once(portal)


def _hold(database: Database, is_held: Event) -> None:
    """Nobody else writes a message meanwhile."""
    with database.session() as session:
        begin_writing(session)
        if not database.is_embedded:
            session.execute(text("LOCK TABLE message IN EXCLUSIVE MODE"))
        is_held.set()
        time.sleep(OUTAGE)
        session.rollback()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_somebody_else_holds_the_database(kind: str) -> None:
    """A short hold is waited for, a long one is told; in both cases it is there once."""
    with _serving(kind) as portal:
        portal.begin()
        is_held = Event()
        holder = Thread(target=_hold, args=(portal.database, is_held))
        holder.start()
        assert is_held.wait(SOON)
        answers: list[Answer] = []
        while holder.is_alive():
            answers += portal.everybody_sends()
        holder.join()
        refused = [one for one in answers if one.status != 303]
        for one in refused:
            _refused_with_the_text(one)
            # Those that find every thread of the server waiting wait for their turn first.
            assert one.seconds < 2 * WAITS_FOR_LOCK + SOON
        assert bool(refused) == (OUTAGE > WAITS_FOR_LOCK)
        _everything_arrives_once(portal)
