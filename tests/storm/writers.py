"""People who send, and send again until somebody says that it arrived."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import UUID, uuid4

from tests.storm.places import Desk

HEADERS = {
    "Sec-Fetch-Site": "same-origin",
    "Accept-Language": "fr",
    "Content-Type": "application/x-www-form-urlencoded",
}
NOBODY_THERE, CUT_OFF = 0, 1
"""Instead of a status: nothing could be sent; it was sent and no answer came."""
GOES_ON_FOR = 120
"""Seconds: so long somebody tries to send one message once nobody is killed any more."""


@dataclass(slots=True)
class Sent:
    """One message, as its author knows it."""

    desk: Desk
    key: UUID
    body: str
    subject: str = ""
    """Of a conversation that begins with it; empty for one more of the desk's own."""
    tries: int = 0
    is_acknowledged: bool = False

    @property
    def path(self) -> str:
        return self.desk.new_path if self.subject else self.desk.path

    @property
    def fields(self) -> dict[str, str]:
        """As the form sends them."""
        told = {"key": str(self.key), "body": self.body}
        if self.subject:
            told |= {"subject": self.subject, "to": "coordination"}
        elif not self.desk.new_path:
            told["kind"] = "message"
        return told


class Writer(threading.Thread):
    """One browser: a message, its retries under the same key, sometimes twice at once."""

    def __init__(
        self,
        desk: Desk,
        ports: list[int],
        *,
        seed: int,
        calm: threading.Event,
        arrived: threading.Semaphore,
    ) -> None:
        super().__init__(name=desk.name, daemon=True)
        self.desk = desk
        self.sent: list[Sent] = []
        self.answers: Counter[int] = Counter()
        self._ports, self._calm, self._arrived = ports, calm, arrived
        self._dice = random.Random(seed)  # noqa: S311  # repeatable, not secret

    def run(self) -> None:
        """Until it is calm; the last message is brought to its end."""
        while not self._calm.is_set():
            self.sent.append(self._written())
            self._send(self.sent[-1])
            time.sleep(self._dice.uniform(0.02, 0.2))

    def _written(self) -> Sent:
        """Now and then a family begins another conversation, with the coordination."""
        number = len(self.sent) + 1
        filling = "Le pansement se décolle. " * self._dice.randint(0, 12)
        body = f"{self.desk.name}, message {number}\n\n{filling}🩹"
        is_new = bool(self.desk.new_path) and self._dice.random() < 0.1
        subject = f"Sujet {number} de {self.desk.name}" if is_new else ""
        return Sent(self.desk, uuid4(), body, subject)

    def _send(self, message: Sent) -> None:
        """Some walk away after a failure, and some press the button twice."""
        gives_up, until = self._dice.random() < 0.05, None
        while not message.is_acknowledged:
            if self._dice.random() < 0.15:
                self._twice_at_once(message)
            else:
                self._once(message, self._dice.choice(self._ports))
            if not message.is_acknowledged:
                if gives_up or self._is_over(until := until or self._limit()):
                    return
                time.sleep(self._dice.uniform(0.02, 0.3))
        if self._dice.random() < 0.1:
            self._once(message, self._dice.choice(self._ports))  # the back button

    def _limit(self) -> float | None:
        return time.monotonic() + GOES_ON_FOR if self._calm.is_set() else None

    @staticmethod
    def _is_over(until: float | None) -> bool:
        return until is not None and time.monotonic() > until

    def _twice_at_once(self, message: Sent) -> None:
        both = [
            threading.Thread(target=self._once, args=(message, port), daemon=True)
            for port in (self._ports[0], self._ports[-1])
        ]
        for one in both:
            one.start()
        for one in both:
            one.join()

    def _once(self, message: Sent, port: int) -> None:
        message.tries += 1
        status = post(port, message)
        self.answers[status] += 1
        if 200 <= status < 400:
            message.is_acknowledged = True
            self._arrived.release()


def post(port: int, message: Sent) -> int:
    """The status of the answer, or why there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.connect()
    except OSError:
        return NOBODY_THERE
    try:
        headers = HEADERS | {"Cookie": f"sid={message.desk.token}"}
        body = urlencode(message.fields)
        connection.request("POST", message.path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return CUT_OFF
    else:
        return answer.status
    finally:
        connection.close()
