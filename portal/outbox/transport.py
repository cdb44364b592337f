"""Handing one mail to the mail server, and whose fault it is when that fails."""

import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Protocol

from portal.config import Smtp

TIMEOUT_SECONDS = 30
"""For each answer of the server; a whole conversation has about ten of them."""

_GOODBYE_SECONDS = 2

# "Closing", and everything about who we are: no message is at fault.
_ABOUT_US = frozenset({421, 530, 534, 535, 538})
_ADDRESS = re.compile(r"\S+@\S+")


class TransportDownError(Exception):
    """No mail can leave now. `midway`: this one was being taken when the line broke."""

    def __init__(self, reason: str, *, midway: bool = False) -> None:
        super().__init__(reason)
        self.midway = midway


class RefusedError(Exception):
    """The server said no to this mail. `for_good`: asking again would not change it."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Transport(Protocol):
    """Where mail goes."""

    keeps_values: bool
    """Whether what was in the mail is kept after it went, to be shown."""

    def deliver(self, mail: EmailMessage) -> None:
        """Returns once the mail is in other hands; else `TransportDownError` or `RefusedError`."""


class ShownToOperator:
    """The demo without a mail server: the operator reads what would have been sent."""

    keeps_values = True

    def deliver(self, mail: EmailMessage) -> None:
        pass


class SmtpTransport:
    """One connection for each mail: nothing to keep alive, and nothing half-open after a fault."""

    keeps_values = False

    def __init__(self, smtp: Smtp, *, host: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """`host` is how we greet: asking the machine for its name may wait for a resolver."""
        self._smtp, self._host, self._timeout = smtp, host, timeout

    def deliver(self, mail: EmailMessage) -> None:
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # ValueError: our own settings cannot be said to a server; no mail is at fault.
            raise TransportDownError(_said(error)) from None
        try:
            self._hand_over(server, mail)
        except (OSError, smtplib.SMTPException) as error:
            raise TransportDownError(_said(error), midway=True) from None
        finally:
            _say_goodbye(server)

    def _connected(self) -> smtplib.SMTP:
        smtp, context = self._smtp, ssl.create_default_context()
        server: smtplib.SMTP
        if smtp.is_tls:
            server = smtplib.SMTP_SSL(
                smtp.host, smtp.port, self._host, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(smtp.host, smtp.port, self._host, timeout=self._timeout)
        try:
            if not smtp.is_tls and not smtp.is_local:
                # Raises when the server has no STARTTLS: links never travel readable.
                server.starttls(context=context)
            if smtp.username:
                server.login(smtp.username, smtp.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    @staticmethod
    def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
        code, reply = server.mail(mail["From"].addresses[0].addr_spec)
        if code != 250:
            # Who sends is our own setting: every other mail would get the same answer.
            raise TransportDownError(_line(code, reply))
        _refuse_unless(server.rcpt(mail["To"].addresses[0].addr_spec), (250, 251))
        try:
            answer = server.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:  # it does not even want to see the text
            _refuse_unless((error.smtp_code, error.smtp_error), ())
        else:
            _refuse_unless(answer, (250,))


def _say_goodbye(server: smtplib.SMTP) -> None:
    """The mail is taken or it is not: whatever happens now changes nothing."""
    with suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(_GOODBYE_SECONDS)
        server.quit()
    server.close()


def _refuse_unless(answer: tuple[int, bytes | str], accepted: tuple[int, ...]) -> None:
    code, reply = answer
    if code in accepted:
        return
    if code in _ABOUT_US or code <= 0:
        raise TransportDownError(_line(code, reply), midway=True)
    raise RefusedError(_line(code, reply), for_good=code >= 500)


def _line(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return without_addresses(f"{code} {text}")


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _line(error.smtp_code, error.smtp_error)
    if isinstance(error, UnicodeError):
        return type(error).__name__  # its text may hold letters of the password
    return without_addresses(f"{type(error).__name__}: {error}")


def without_addresses(text: str) -> str:
    """One line for logs and for the operator; servers like to repeat whom a mail was for."""
    return _ADDRESS.sub("…", " ".join(text.split()))[:300]
