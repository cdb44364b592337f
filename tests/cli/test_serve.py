"""`python -m portal serve`: it says when it answers, and it answers, every time."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


# Several times: a lock held while the workers are forked shows only now and then.
@pytest.mark.parametrize("start", range(4))
def test_every_start_says_its_line_and_every_worker_answers(instance: Path, start: int) -> None:
    port = _free_port()
    environ = os.environ | {"PORTAL_INSTANCE_PATH": str(instance), "PORT": str(port)}
    environ.pop("PORTAL_BASE_URL", None)
    command = [sys.executable, "-m", "portal", "serve"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Relais is ready: http://127.0.0.1:{port}\n"
            for _ in range(20):
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/readyz", timeout=20
                ) as answer:
                    assert answer.status == 200
        finally:
            _end(server)


def _end(server: "subprocess.Popen[str]") -> None:
    """Told to stop it does, soon; else the test fails instead of waiting for ever."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        raise


def test_a_server_that_is_told_to_stop_while_it_starts_stops(instance: Path) -> None:
    environ = os.environ | {"PORTAL_INSTANCE_PATH": str(instance), "PORT": str(_free_port())}
    command = [sys.executable, "-m", "portal", "serve"]
    for wait in (0.6, 0.8, 1.0, 1.2):  # around the moment when the workers are forked
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            time.sleep(wait)
            _end(server)


def test_a_taken_port_is_said_in_one_line(instance: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environ = os.environ | {"PORTAL_INSTANCE_PATH": str(instance), "PORT": str(port)}
        done = subprocess.run(
            [sys.executable, "-m", "portal", "serve"],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "PORT=9000" in done.stderr
