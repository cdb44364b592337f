"""One mail as a mail server takes it: headers that no value can break, text and HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol
from uuid import UUID

# Nothing but ASCII leaves, so that every server on the way takes it.
_POLICY = SMTP.clone(cte_type="7bit")
_NEVER_IN_AN_ADDRESS = frozenset(' ,;:<>()[]\\"')


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody reads, in their language."""

    subject: str
    text: str
    html: str


class Render(Protocol):
    """Words of a letter, written in `web/mail.py`; raises on values that are not its own."""

    def __call__(
        self, letter: str, values: Mapping[str, str], *, locale: str, time_zone: str | None
    ) -> Words: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose mails these are."""

    address: str
    """As in the configuration: `Relais <relais@example.org>`."""
    host: str
    """Of the portal's own address; it ends each Message-ID."""


def compose(
    words: Words, *, message_id: UUID, to: str, sender: Sender, at: datetime
) -> EmailMessage:
    """Raises `ValueError` for an address that is not exactly one."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = f"<{message_id}@{sender.host}>"
    mail["Date"] = format_datetime(at)
    mail["From"] = sender.address
    mail["To"] = _one_address(to)
    mail["Subject"] = " ".join(words.subject.split())
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(words.text, cte="quoted-printable")
    mail.add_alternative(words.html, subtype="html", cte="quoted-printable")
    return mail


def _one_address(text: str) -> Address:
    name, _, domain = text.rpartition("@")
    if not name or not domain or "@" in name or not text.isprintable():
        raise ValueError("not an e-mail address")
    if _NEVER_IN_AN_ADDRESS & set(text) or not name.isascii():
        raise ValueError("not one plain e-mail address")
    # UnicodeError, a ValueError, for what is no name of a host.
    return Address(username=name, domain=domain.encode("idna").decode())
