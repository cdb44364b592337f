"""Server processes as an operator starts them, which somebody kills."""

import itertools
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

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

    def kill_worker(self) -> None:
        """One process of those that answer; the others go on, and it is started again.

        The oldest: one that dies twice in five seconds would be taken for one that cannot start.
        """
        os.kill(self.workers()[0], signal.SIGKILL)

    def workers(self) -> list[int]:
        """Those that answer, oldest first; one that still starts has a single thread."""
        if self._process is None:
            return []
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [pid for pid in map(int, children.read_text().split()) if _threads_of(pid) > 1]

    def _answers(self) -> bool:
        connection = HTTPConnection("localhost", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _threads_of(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    except FileNotFoundError:
        return 0


class Killer:
    """Ends a server, and a process of the other one while the first starts; again and again."""

    def __init__(self, servers: tuple[Server, Server], *, calm: threading.Event) -> None:
        """Sets `calm` once all kills are done and every server answers again."""
        self._servers, self._calm = servers, calm
        self.of_servers = self.of_workers = 0

    def run(
        self, kills: int, arrived: threading.Semaphore, *, enough: int, pauses: Sequence[float]
    ) -> None:
        """So many kills of a server, and of a process of the other: each after `enough` arrived."""
        moments = itertools.cycle(pauses)
        for number in range(kills):
            victim, other = self._servers[:: -1 if number % 2 else 1]
            self._wait(arrived, enough, next(moments))
            victim.kill()
            self.of_servers += 1
            victim.start()
            self._wait(arrived, enough, next(moments))
            other.kill_worker()
            self.of_workers += 1
            victim.wait_until_ready()
        self._wait(arrived, enough, 0)
        self._calm.set()

    def _wait(self, arrived: threading.Semaphore, enough: int, pause: float) -> None:
        self._wait_for(arrived, enough)
        time.sleep(pause)

    @staticmethod
    def _wait_for(arrived: threading.Semaphore, number: int) -> None:
        while arrived.acquire(blocking=False):
            pass
        for _ in range(number):
            if not arrived.acquire(timeout=STARTS_WITHIN_SECONDS):
                raise RuntimeError("no message is acknowledged any more")
