"""The processes: granian with one worker per core, two threads each, and who sends the mail."""

import logging
import multiprocessing
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click

from portal.blueprints.carers.reminders import CarerReminders
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from portal.education import expiry
from portal.education.warnings import ReviewWarnings
from portal.errors import ConfigError
from portal.identity import queries, retention
from portal.imports.job import DirectoryImports
from portal.messaging.escalation import LateAnswers
from portal.messaging.files import retention as files_retention
from portal.messaging.lost_owners import LostOwners
from portal.outbox import records
from portal.outbox.mail import Sender
from portal.outbox.transport import ShownToOperator, SmtpTransport, Transport
from portal.outbox.worker import Worker
from portal.scheduling.reminders import queueing as reminders
from portal.scheduling.reminders.queueing import Reminders
from portal.scheduling.series.worker import WriteSeriesAhead
from portal.web import logs, mail

_PATIENCE_SECONDS = 60
_LOOK_EVERY_SECONDS = 0.5
_RESTART_AFTER_SECONDS = 2
_NOT_SENT = "Relais <relais@localhost>"
_LAST_WORDS_SECONDS = 15
"""What a worker may still take for the mail in its hands, once it was told to stop."""
_LAST_ANSWERS_SECONDS = 10
"""The same for the answers of a server process; one that was told so early that it did not hear
would otherwise be waited for, for ever."""


def serve(config: Config, *, line: str, with_worker: bool = False) -> None:
    """Answer until the process is told to stop; prints the line once a worker answers.

    With the worker, mail leaves from a process beside the server, which ends with it. Raises
    `ConfigError` when the port is taken, or when there is no way to send mail.
    """
    from granian import Granian
    from granian.constants import Interfaces

    port = int(os.environ.get("PORT") or urlsplit(config.base_url).port or 8000)
    address = os.environ.get("HOST") or "127.0.0.1"
    _refuse_taken_port(address, port)
    if with_worker:
        _way_out(config, KeyRing.load(config.keys_file))  # said here, rather than by the worker
    server = Granian(
        target="wsgi:app",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=min(os.cpu_count() or 1, 8),
        blocking_threads=2,
        workers_kill_timeout=_LAST_ANSWERS_SECONDS,
        # One that the kernel kills (for want of memory, say) does not take the others with it.
        respawn_failed_workers=True,
        log_enabled=False,
        working_dir=Path(__file__).parents[1],
    )
    # A process, not a thread: the workers are forked, and a lock that a thread holds just then
    # (of an import, for one) would stay locked in them for ever.
    fork = multiprocessing.get_context("fork")
    watcher = fork.Process(
        target=_say_when_ready, args=(_health_check(config, address, port), line), daemon=True
    )
    watcher.start()
    if with_worker:
        fork.Process(target=_keep_working, args=(config, os.getpid()), daemon=True).start()
    server.serve()


def _refuse_taken_port(address: str, port: int) -> None:
    """Granian would share the port with whoever listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise ConfigError(
                f"{address}:{port} cannot be used ({error.strerror}): choose another, PORT=9000"
            ) from None


def _health_check(config: Config, address: str, port: int) -> urllib.request.Request:
    near = "127.0.0.1" if address in ("0.0.0.0", "::") else address  # noqa: S104  # compared only
    host = urlsplit(config.base_url).netloc
    return urllib.request.Request(f"http://{near}:{port}/healthz", headers={"Host": host})


def _say_when_ready(check: urllib.request.Request, line: str) -> None:
    """Print the line once a worker has answered, not when it was merely asked to start."""
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        try:
            urllib.request.urlopen(check, timeout=5).close()  # noqa: S310  # our own address
        except OSError:
            time.sleep(0.1)
        else:
            click.echo(line)
            return
    click.echo(f"Relais does not answer after {_PATIENCE_SECONDS} seconds.", err=True)


def work(config: Config, *, once: bool = False) -> int:
    """Send what is due, until told to stop; with `once`, until nothing is due.

    Returns how many messages were dealt with `once`. Raises `ConfigError` when there is no way to
    send mail, and `TransportDownError` when the mail server cannot be reached `once`.
    """
    logs.configure(config.log_level)
    return _send(config, is_over=_told_to_stop(), once=once)


def _send(config: Config, *, is_over: Callable[[], bool], once: bool = False) -> int:
    keys = KeyRing.load(config.keys_file)
    worker = Worker(
        database=Database(config, keys),
        keys=keys,
        render=mail.Writer(config),
        transport=_way_out(config, keys),
        sender=Sender(config.smtp.sender if config.smtp else _NOT_SENT, _host(config)),
        is_over=is_over,
        hourly=(
            *(records, retention, files_retention, reminders, CarerReminders(keys)),
            *(expiry, ReviewWarnings(keys)),
        ),
        tasks=(
            DirectoryImports(),
            Reminders(keys, config.time_zone),
            WriteSeriesAhead(),
            LateAnswers(keys),
            LostOwners(keys),
        ),
    )
    if once:
        return worker.drain()
    worker.run()
    return 0


def _way_out(config: Config, keys: KeyRing) -> Transport:
    """Raises `ConfigError` without a mail server, unless the database is the demo's."""
    if config.smtp is not None:
        return SmtpTransport(config.smtp, host=_host(config))
    database = Database(config, keys)
    try:
        with database.session() as session:
            is_demo = queries.is_demo(session)
    finally:
        database.engine.dispose()
    if not is_demo:
        raise ConfigError(
            "No mail can be sent: set PORTAL_SMTP_URL, for example "
            "smtps://user:password@mail.example.org, and PORTAL_MAIL_FROM"
        )
    return ShownToOperator()


def _host(config: Config) -> str:
    """The portal's own name, for greetings and Message-IDs; an IPv6 address is none."""
    host = urlsplit(config.base_url).hostname or ""
    return "localhost" if ":" in host else host


def _keep_working(config: Config, server: int) -> None:
    """The worker in a process of its own, and another when it dies, while the server is there."""
    is_over, own = _told_to_stop(parent=server), os.getpid()
    while not is_over():
        worker = os.fork()
        if worker == 0:
            _work_and_exit(config, parent=own)
        while not is_over() and os.waitpid(worker, os.WNOHANG) == (0, 0):
            time.sleep(_LOOK_EVERY_SECONDS)
        if is_over():
            _end(worker)
        else:
            click.echo("The worker that sends mail ended; another one starts.", err=True)
            time.sleep(_RESTART_AFTER_SECONDS)


def _work_and_exit(config: Config, *, parent: int) -> None:
    """Never returns: what stands above on the stack is the parent's."""
    status = 1
    try:
        logs.configure(config.log_level)
        _send(config, is_over=_told_to_stop(parent=parent))
        status = 0
    except ConfigError as error:
        click.echo(f"Error: {error}", err=True)
    except Exception:
        logging.getLogger("portal.outbox").exception("the worker that sends mail failed")
    finally:
        os._exit(status)


def _told_to_stop(*, parent: int | None = None) -> Callable[[], bool]:
    """Asks whether a signal came, or the parent is gone; the mail in hand is finished first."""
    heard: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda came, _frame: heard.append(came))
    return lambda: bool(heard) or (parent is not None and os.getppid() != parent)


def _end(worker: int) -> None:
    """Told, waited for, then ended: a mail that was in hand is sent again by the next one."""
    give_up_at = time.monotonic() + _LAST_WORDS_SECONDS
    try:
        os.kill(worker, signal.SIGTERM)
        while os.waitpid(worker, os.WNOHANG) == (0, 0):
            if time.monotonic() > give_up_at:
                os.kill(worker, signal.SIGKILL)
            time.sleep(_LOOK_EVERY_SECONDS / 5)
    except (ProcessLookupError, ChildProcessError):
        return  # it had ended already
