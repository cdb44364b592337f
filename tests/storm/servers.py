"""Server processes as an operator starts them, which somebody kills."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException

from portal.config import Config
from tests.mailbox import free_port
from tests.storm.places import ROOT, instance_environ

STARTS_WITHIN_SECONDS = 90


class Server:
    """`python -m portal serve` with all its workers; always on the same port."""

    def __init__(self, config: Config) -> None:
        self.port = free_port()
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the server

    def start(self) -> None:
        """Returns at once; `wait_until_ready` waits."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "portal", "serve"],
            cwd=ROOT,
            env=instance_environ(self._config, self.port),
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            # A group of its own: its workers die with it, as when the machine does.
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self._answers():
            has_ended = self._process is not None and self._process.poll() is not None
            if has_ended or time.monotonic() > deadline:
                self._log.seek(0)
                said = self._log.read().decode(errors="replace")[-2000:]
                raise RuntimeError(f"the server on port {self.port} does not answer:\n{said}")
            time.sleep(0.05)

    def kill(self) -> None:
        """No last word: the process and its workers are gone in the middle of what they did."""
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._process = None

    def _answers(self) -> bool:
        connection = HTTPConnection("localhost", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


class Killer:
    """Ends one server after the other, each while messages are being sent."""

    def __init__(self, servers: list[Server], *, kills: int, calm: threading.Event) -> None:
        """Sets `calm` once all kills are done and every server answers again."""
        self._servers, self._kills, self._calm = servers, kills, calm

    def run(self, arrived: threading.Semaphore, *, enough: int, pauses: Sequence[float]) -> int:
        """How often one was killed: each time after so many messages arrived at both."""
        done = 0
        for number in range(self._kills):
            self._wait_until_ready()
            self._wait_for(arrived, enough)
            time.sleep(pauses[number % len(pauses)])
            victim = self._servers[number % len(self._servers)]
            victim.kill()
            done += 1
            victim.start()
        self._wait_until_ready()
        self._wait_for(arrived, enough)
        self._calm.set()
        return done

    def _wait_until_ready(self) -> None:
        for one in self._servers:
            one.wait_until_ready()

    @staticmethod
    def _wait_for(arrived: threading.Semaphore, number: int) -> None:
        while arrived.acquire(blocking=False):
            pass
        for _ in range(number):
            if not arrived.acquire(timeout=STARTS_WITHIN_SECONDS):
                raise RuntimeError("no message is acknowledged any more")
