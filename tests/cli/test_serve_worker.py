"""`python -m portal serve --worker`: mail leaves beside the server, and ends with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.clock import now
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.outbox import Letter, post
from tests.mailbox import Mailbox, free_port

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")
pytestmark = pytest.mark.skipif(not PROC.exists(), reason="processes are counted in /proc")


def _children(pid: int) -> list[int]:
    """Processes whose parent is that one, and that are still running."""
    found = []
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended meanwhile
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def _workers(server: int) -> list[int]:
    """The process that sends: child of a child that does nothing but look after it."""
    return [one for child in _children(server) for one in _children(child)]


def _wait_for(condition, what: str) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.05)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    environ = os.environ | {"PORTAL_INSTANCE_PATH": str(tmp_path), "PORT": str(free_port())}
    environ.pop("PORTAL_BASE_URL", None)
    return environ


@pytest.fixture
def server(environ: dict[str, str], mailbox: Mailbox) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "portal", "serve", "--worker"],
        cwd=ROOT,
        env=environ | mailbox.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("Relais is ready")
            yield server
        finally:
            left = [server.pid, *_children(server.pid)]
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(timeout=20)
            finally:
                for pid in left:
                    if (PROC / str(pid)).exists() and pid != server.pid:
                        os.kill(pid, signal.SIGKILL)


def _post(environ: dict[str, str], to: str) -> None:
    config = Config.from_env(environ)
    keys = KeyRing.load(config.keys_file)
    database = Database(config, keys)
    with database.session() as session:
        begin_writing(session)
        letter = Letter.INVITATION_ACCEPTED
        post(session, keys=keys, letter=letter, to=to, locale="fr", at=now())
        session.commit()
    database.engine.dispose()


def test_mail_leaves_and_a_worker_that_dies_is_replaced(
    server: "subprocess.Popen[str]", environ: dict[str, str], mailbox: Mailbox
) -> None:
    _wait_for(lambda: len(_workers(server.pid)) == 1, "no worker beside the server")
    _post(environ, "first@example.org")
    mailbox.wait_for("first@example.org")
    (worker,) = _workers(server.pid)
    os.kill(worker, signal.SIGKILL)
    _wait_for(lambda: _workers(server.pid) not in ([], [worker]), "no worker took its place")
    _post(environ, "second@example.org")
    mailbox.wait_for("second@example.org")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_its_server(
    server: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    _wait_for(lambda: len(_workers(server.pid)) == 1, "no worker beside the server")
    (worker,) = _workers(server.pid)
    others = _children(server.pid)
    server.send_signal(number)
    server.wait(timeout=30)
    _wait_for(lambda: not (PROC / str(worker)).exists(), "the worker outlived its server")
    for pid in others:  # what a killed server leaves behind of itself
        if (PROC / str(pid)).exists():
            os.kill(pid, signal.SIGKILL)


def test_without_a_way_to_send_mail_it_says_so_in_one_line(environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal", "serve", "--worker"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "PORTAL_SMTP_URL" in done.stderr


_FAILING = """
import os
from dataclasses import replace
from portal import serving
from portal.config import Config
config = replace(Config.from_env(), base_url="http://[")
serving._work_and_exit(config, parent=os.getppid())
"""


def test_what_ends_the_worker_stands_in_the_log(environ: dict[str, str], mailbox: Mailbox) -> None:
    environ = environ | mailbox.environ
    KeyRing.generate().save(Config.from_env(environ).keys_file)
    done = subprocess.run(
        [sys.executable, "-c", _FAILING],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    entry = json.loads(line)
    assert entry["level"] == "ERROR"
    assert entry["exception"]["type"] == "builtins.ValueError"
    assert any("serving.py" in place for place in entry["exception"]["trace"])
