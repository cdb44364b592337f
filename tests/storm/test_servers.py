"""What becomes of a server of which one process is killed, as for want of memory."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from portal.config import Config
from tests.storm.servers import STARTS_WITHIN_SECONDS, Server


@pytest.fixture
def server(config: Config) -> Iterator[Server]:
    server = Server(config)
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.kill()


def test_another_process_takes_the_place_of_one_that_was_killed(server: Server) -> None:
    number = min(os.cpu_count() or 1, 8)
    _wait(lambda: len(server.workers()) == number)
    before = server.workers()
    server.kill_worker()
    _wait(lambda: len(server.workers()) == number and before[0] not in server.workers())
    assert set(before[1:]) <= set(server.workers()), "the others lived on"
    server.wait_until_ready()


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)
