"""A mail server on this machine that keeps what it is given, and can be told to misbehave.

with Mailbox() as mailbox:
running = RunningPortal(folder, mailbox=mailbox)
…
mail = mailbox.wait_for("sylvie@example.org")
page.goto(mail.path)
"""

import asyncio
import email
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from threading import Event
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

SENDER = "Relais <relais@example.org>"
_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Received:
    """One mail as it arrived."""

    to: str
    raw: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=default)  # type: ignore[return-value]  # by the policy

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return part.get_content().replace("\r\n", "\n") if part is not None else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return part.get_content().replace("\r\n", "\n") if part is not None else ""

    @property
    def url(self) -> str:
        """The one link."""
        (found,) = _URL.findall(self.text)
        return str(found)

    @property
    def path(self) -> str:
        """The link as an address on the portal, whatever its host."""
        return "/" + self.url.partition("://")[2].partition("/")[2]


@dataclass
class Mailbox:
    """`refuse` maps an address to the answer that it gets; the moments can be held."""

    port: int = 0
    mails: list[Received] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Address → answer to RCPT, such as `451 later`."""
    refuse_text: dict[str, str] = field(default_factory=dict)
    """Address → answer to the text itself."""
    hold_text: Event | None = None
    """While it is not set, a text is neither taken nor refused."""
    hold_goodbye: Event | None = None
    """The same once the text was taken: the client hears "250" and waits."""
    reached: Event = field(default_factory=Event)
    """Set when a client stands at a moment that is held."""
    on_mail: Callable[[Received], None] | None = None
    tls: SSLContext | None = None
    """With it, encrypted from the first byte, as `smtps://`."""
    starttls: SSLContext | None = None
    """With it, nothing is taken before STARTTLS."""
    login: tuple[str, str] | None = None
    """With it, nothing is taken before that name and password."""
    _server: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        return {"PORTAL_SMTP_URL": self.url, "PORTAL_MAIL_FROM": SENDER}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """On the same port as before, when there was one."""
        self.port = self.port or free_port()
        self._server = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ready_timeout=20,
            ssl_context=self.tls,
            tls_context=self.starttls,
            require_starttls=self.starttls is not None,
            authenticator=self._is_welcome,
            auth_required=self.login is not None,
            auth_require_tls=self.tls is None,
        )
        self._server.start()

    def stop(self) -> None:
        for held in (self.hold_text, self.hold_goodbye):
            if held is not None:
                held.set()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def to(self, address: str) -> list[Received]:
        return [mail for mail in self.mails if mail.to == address]

    def wait_for(
        self, address: str, *, subject: str = "", after: int = 0, timeout: float = 30
    ) -> Received:
        """The newest mail to that address whose subject holds these words.

        `after`: only from that place in `mails` on, to wait for one that is still to come.
        """
        until = time.monotonic() + timeout
        while True:
            found = [
                mail
                for mail in self.mails[after:]
                if mail.to == address and subject in mail.subject
            ]
            if found:
                return found[-1]
            if time.monotonic() > until:
                came = [(mail.to, mail.subject) for mail in self.mails]
                raise AssertionError(f"no mail {subject!r} to {address}; there came {came}")
            time.sleep(0.05)

    def wait_for_count(self, count: int, *, timeout: float = 30) -> list[Received]:
        until = time.monotonic() + timeout
        while len(self.mails) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.mails) >= count, f"{len(self.mails)} of {count} mails came"
        return self.mails

    # What aiosmtpd calls.

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        await self._held(self.hold_text)
        for address in envelope.rcpt_tos:
            if address in self.refuse_text:
                return self.refuse_text[address]
            assert isinstance(envelope.content, bytes)
            mail = Received(address, envelope.content)
            self.mails.append(mail)
            if self.on_mail is not None:
                self.on_mail(mail)
        return "250 taken"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Envelope) -> str:  # noqa: N802
        await self._held(self.hold_goodbye)
        return "221 bye"

    def _is_welcome(
        self, _server: Any, _session: Any, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        said = (given.login.decode(), given.password.decode())
        return AuthResult(success=said == self.login, handled=False)

    async def _held(self, event: Event | None) -> None:
        if event is None:
            return
        self.reached.set()
        while not event.is_set():  # set by another thread
            await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
