"""The conversation with the mail server: broken lines, encryption, who we are."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from portal.config import Smtp
from portal.models.outbox import OutboxState
from portal.outbox.mail import Sender
from portal.outbox.transport import SmtpTransport, TransportDownError
from tests.mailbox import SENDER, Mailbox, free_port
from tests.outbox.conftest import Look, MakeWorker, Post

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TO = "sylvie@example.org"


@contextmanager
def _server_that_says(*lines: bytes) -> Iterator[int]:
    """Says one line for each that it hears, beginning with its greeting, then hangs up."""

    def talk(listening: socket.socket) -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                for line in lines:
                    stream.write(line + b"\r\n")
                    stream.flush()
                    stream.readline()

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = Thread(target=talk, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


HELLO = (b"220 hello", b"250 hello")


@pytest.mark.parametrize(
    "lines",
    [
        (b"421 too many connections",),
        (b"554 no service",),
        (*HELLO, b"530 5.7.0 sign in first"),
        (*HELLO, b"550 5.7.1 you may not send as that"),
        (*HELLO, b"250 ok", b"421 shutting down"),
        (*HELLO, b"250 ok"),
        (*HELLO, b"250 ok", b"250 ok"),
        (*HELLO, b"250 ok", b"250 ok", b"354 go on"),
    ],
)
def test_what_is_about_us_or_the_line_keeps_the_mail_in_its_place(
    make_worker: MakeWorker, post_mail: Post, look: Look, lines: tuple[bytes, ...]
) -> None:
    message = post_mail()
    with _server_that_says(*lines) as port:
        smtp = Smtp("127.0.0.1", port, SENDER, is_tls=False)
        worker = make_worker(transport=SmtpTransport(smtp, host="localhost", timeout=5))
        with pytest.raises(TransportDownError):
            worker.drain()
    row = look(message)
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    assert row.last_error


@pytest.mark.parametrize(
    "fields", [{"username": "relais", "password": "s\xe9cret"}, {"sender": "r\xe9lais@example.org"}]
)
def test_settings_that_cannot_be_said_to_a_server_leave_the_mail_in_its_place(
    make_worker: MakeWorker, post_mail: Post, look: Look, fields: dict[str, str]
) -> None:
    message = post_mail()
    lines = (b"220 hello", b"250-hello\r\n250 AUTH PLAIN LOGIN")
    with _server_that_says(*lines) as port:
        values = {"host": "127.0.0.1", "port": port, "sender": SENDER, "is_tls": False}
        smtp = Smtp(**(values | fields))
        transport = SmtpTransport(smtp, host="localhost", timeout=5)
        worker = make_worker(transport=transport, sender=Sender(smtp.sender, "localhost"))
        with pytest.raises(TransportDownError):
            worker.drain()
    row = look(message)
    assert (row.state, row.attempts, row.leased_until) == (OutboxState.PENDING, 0, None)
    assert row.last_error == "UnicodeEncodeError", "no letter of the password"


def test_a_mail_at_which_the_line_always_breaks_steps_aside(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    with _server_that_says(*HELLO, b"250 ok", b"250 ok", b"354 go on") as port:
        smtp = Smtp("127.0.0.1", port, SENDER, is_tls=False)
        worker = make_worker(transport=SmtpTransport(smtp, host="localhost", timeout=5))
        for _ in range(4):
            with pytest.raises(TransportDownError):
                worker.drain()
        assert worker.drain() == 1
    row = look(message)
    assert (row.state, row.attempts) == (OutboxState.PENDING, 1)
    assert row.available_at > row.created_at


def test_a_server_that_never_answers_is_left_after_the_time_limit(
    make_worker: MakeWorker, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        smtp = Smtp("127.0.0.1", silent.getsockname()[1], SENDER, is_tls=False)
        with pytest.raises(TransportDownError, match=r"(?i)time"):
            make_worker(transport=SmtpTransport(smtp, host="localhost", timeout=0.3)).drain()
    assert look(message).attempts == 0


def test_nothing_leaves_this_machine_unencrypted(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server on another machine that offers no STARTTLS; its name leads here.
    real = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *rest: real(("127.0.0.1", address[1]), *rest)
    )
    post_mail()
    smtp = Smtp("mail.example.org", mailbox.port, SENDER, is_tls=False, username="u", password="p")
    with pytest.raises(TransportDownError, match="STARTTLS"):
        make_worker(transport=SmtpTransport(smtp, host="localhost", timeout=5)).drain()
    assert mailbox.mails == []


@pytest.fixture
def certified(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> tuple[ssl.SSLContext, Path]:
    """A server that is known as mail.example.org, here; and what vouches for it."""
    from tests.outbox.certificates import self_signed

    certificate, key = self_signed(tmp_path_factory.mktemp("tls"), "mail.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    real = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *rest: real(("127.0.0.1", address[1]), *rest)
    )
    return context, certificate


@pytest.mark.parametrize("is_tls", [True, False])
def test_a_mail_leaves_encrypted_for_a_server_that_knows_us(
    make_worker: MakeWorker,
    post_mail: Post,
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
    is_tls: bool,
) -> None:
    context, certificate = certified
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    post_mail()
    given = {"tls": context} if is_tls else {"starttls": context}
    with Mailbox(login=("relais", "zzsecret"), **given) as mailbox:
        smtp = Smtp("mail.example.org", mailbox.port, SENDER, is_tls, "relais", "wrong")
        transport = SmtpTransport(smtp, host="localhost", timeout=5)
        with pytest.raises(TransportDownError, match="535"):
            make_worker(transport=transport).drain()
        assert mailbox.mails == []
        smtp = replace(smtp, password="zzsecret")
        transport = SmtpTransport(smtp, host="localhost", timeout=5)
        assert make_worker(transport=transport).drain() == 1
        assert [mail.to for mail in mailbox.mails] == [TO]


@pytest.mark.parametrize("is_tls", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    make_worker: MakeWorker,
    post_mail: Post,
    certified: tuple[ssl.SSLContext, Path],
    is_tls: bool,
) -> None:
    context, _certificate = certified
    post_mail()
    given = {"tls": context} if is_tls else {"starttls": context}
    with Mailbox(**given) as mailbox:
        smtp = Smtp("mail.example.org", mailbox.port, SENDER, is_tls)
        with pytest.raises(TransportDownError, match="CERTIFICATE_VERIFY_FAILED"):
            make_worker(transport=SmtpTransport(smtp, host="localhost", timeout=5)).drain()
        assert mailbox.mails == []


def test_a_port_where_nobody_listens_is_said_without_a_secret(
    make_worker: MakeWorker, post_mail: Post
) -> None:
    smtp = Smtp("127.0.0.1", free_port(), SENDER, is_tls=False, username="u", password="zzsecret")
    post_mail()
    with pytest.raises(TransportDownError) as refused:
        make_worker(transport=SmtpTransport(smtp, host="localhost", timeout=1)).drain()
    assert "zzsecret" not in str(refused.value) + repr(smtp)
