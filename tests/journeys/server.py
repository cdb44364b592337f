"""The portal as somebody starts it: a process of its own, on a database of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import UUID

import pyotp
from sqlalchemy import Executable, select, update
from sqlmodel import Session

from portal.access.sessions import STEP_UP_LASTS
from portal.clock import now
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.identity import invitations, queries, totp
from portal.identity.invitations import Place
from portal.models import columns
from portal.models.account import TextSize, Theme, User, UserSession
from portal.models.agenda import Appointment
from portal.models.care import Patient
from portal.models.credential import TotpDevice
from tests.mailbox import Mailbox

PROJECT = Path(__file__).parents[2]
STARTS_WITHIN_SECONDS = 60

_patient = columns(Patient)
_appointment = columns(Appointment)
_user = columns(User)
_device = columns(TotpDevice)
_session = columns(UserSession)


class RunningPortal:
    """A demo that was started by `start()`, and what its operator can reach."""

    def __init__(self, instance: Path, *, mailbox: Mailbox | None = None) -> None:
        """With a mailbox, mails arrive there; without one, the operator reads them."""
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        outside = {name: text for name, text in os.environ.items() if name[:7] != "PORTAL_"}
        self.environ = outside | {
            "PORTAL_INSTANCE_PATH": str(instance),
            "PORT": str(port),
            # Every journey comes from one address, and many of them are wrong on purpose.
            "PORTAL_FAILURES_PER_ADDRESS": "100000",
        }
        self.environ |= mailbox.environ if mailbox is not None else {}
        self._log = instance / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal", "demo"],
                cwd=PROJECT,
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the portal did not start:\n{self._log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def command(self, *words: str) -> str:
        """What an operator's command prints, on this installation."""
        done = subprocess.run(
            [sys.executable, "-m", "portal", *words],
            cwd=PROJECT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def patient(self, given_name: str) -> UUID:
        """Of the demo: journeys add families of their own later, also of that name."""
        with self._database.session() as session:
            named = select(_patient.id).where(_patient.given_name == given_name)
            statement = named.order_by(_patient.id).limit(1)
            found: UUID = session.execute(statement).scalar_one()
            return found

    def visit(self, given_name: str, title: str, status: str) -> UUID:
        """The last such appointment of that patient."""
        with self._database.session() as session:
            statement = (
                select(_appointment.id)
                .where(
                    _appointment.patient_id == self.patient(given_name),
                    _appointment.title == title,
                    _appointment.status == status,
                )
                .order_by(_appointment.starts_at.desc())
                .limit(1)
            )
            found: UUID = session.execute(statement).scalar_one()
            return found

    def code(self, email: str) -> str:
        """What the phone of that person shows."""
        with self._database.session() as session:
            device = queries.demo_device(session, self._account(session, email).id)
            assert device is not None, f"{email} has no phone"
            return totp.current_code(totp.secret_of(device, keys=self._keys), at=now())

    @staticmethod
    def code_of_key(key: str) -> str:
        """What an app of somebody else computes from the key that was copied into it."""
        oathtool = shutil.which("oathtool")
        if oathtool is None:
            return pyotp.TOTP(key).now()
        words = [oathtool, "--totp", "-b", key]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def forget_used_codes(self) -> None:
        """A code serves once in 30 seconds; tests sign in more often than people."""
        self._write(update(TotpDevice).values(last_step=0))

    def end_sessions(self, email: str) -> None:
        """As if the time was over, on every device of that person."""
        with self._database.session() as session:
            user_id = self._account(session, email).id
        self._write(update(UserSession).where(_session.user_id == user_id).values(ends_at=now()))

    def let_confirmations_lapse(self) -> None:
        """As if everybody had shown their second factor a while ago."""
        self._write(update(UserSession).values(stepped_up_at=now() - STEP_UP_LASTS))

    def speak(self, locale: str) -> None:
        """Every account reads in that language from the next page on."""
        self._write(update(User).values(locale=locale))

    def forget_comfort(self) -> None:
        """Every account reads as on its first day."""
        plain = {"text_size": TextSize.NORMAL, "theme": Theme.AUTO, "locale": "fr"}
        self._write(update(User).values(**plain, high_contrast=False, legible_font=False))

    def invite(self, email: str, place: Place) -> str:
        """The path of the link."""
        with self._database.session() as session:
            begin_writing(session)
            token = invitations.invite(session, email=email, place=place, at=now())
            session.commit()
        return f"/invitation/{token}"

    @staticmethod
    def _account(session: Session, email: str) -> User:
        user = queries.user_of_email(session, email)
        assert user is not None, f"{email} has no account"
        return user

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, KeyRing]]:
        """The database and the keys, as a command of the operator has them; all or nothing."""
        with self._database.session() as session:
            begin_writing(session)
            yield session, self._keys
            session.commit()

    def confirm_everybody(self) -> None:
        """As if everybody had shown their second factor just now."""
        self._write(update(UserSession).values(stepped_up_at=now()))

    def _write(self, statement: Executable) -> None:
        with self._database.session() as session:
            begin_writing(session)
            session.execute(statement)
            session.commit()

    @cached_property
    def _config(self) -> Config:
        return Config.from_env(self.environ)

    @cached_property
    def _keys(self) -> KeyRing:
        return KeyRing.load(self._config.keys_file)

    @cached_property
    def _database(self) -> Database:
        return Database(self._config, self._keys)

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310  # our own server
                return bool(answer.status == HTTPStatus.OK)
        except (URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
