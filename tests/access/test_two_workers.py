"""What is revoked is gone on every worker process, for each request begun after the commit."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from portal import clock
from portal.access.sessions import start_session
from portal.config import Config
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.rights import CareLink, CareLinkStatus
from tests import factories
from tests.mailbox import free_port

ROOT = Path(__file__).parents[2]
_HEADERS = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"}


@dataclass(frozen=True)
class Seen:
    begun: float
    status: int


@pytest.fixture
def workers(config: Config) -> Iterator[list[int]]:
    """The ports of two servers on one database."""
    ports, running = [free_port(), free_port()], []
    try:
        for port in ports:
            environ = os.environ | {
                "PORTAL_INSTANCE_PATH": str(config.instance_path),
                "PORTAL_DATABASE_URL": config.database_url,
                "PORTAL_BASE_URL": f"http://localhost:{port}",
                "PORT": str(port),
            }
            running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "portal", "serve"],
                    cwd=ROOT,
                    env=environ,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            )
        for one in running:
            assert one.stdout is not None
            assert one.stdout.readline().startswith("Relais is ready")
        yield ports
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(timeout=20)


def _ask(port: int, method: str, path: str, token: str, *, htmx: bool = False) -> int:
    connection = HTTPConnection("localhost", port, timeout=20)
    headers = _HEADERS | {"Cookie": f"sid={token}"} | ({"HX-Request": "true"} if htmx else {})
    headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(
        method, path, body="text=half+written" if method == "POST" else None, headers=headers
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _keep_asking(port: int, path: str, token: str, seen: list[Seen], stop: threading.Event) -> None:
    while not stop.is_set():
        begun = time.monotonic()
        seen.append(Seen(begun, _ask(port, "GET", path, token)))


def _signed_in(session: Session, user: User) -> str:
    _row, token = start_session(
        session, user_id=user.id, is_staff=False, user_agent="test", at=clock.now()
    )
    return token


def _pause(session: Session, link_id: tuple[UUID, UUID]) -> float:
    """Commit it, as the patient's own page does; when it was durable."""
    link = session.get_one(CareLink, link_id)
    link.status = CareLinkStatus.PAUSED
    session.add(link)
    session.commit()
    return time.monotonic()


def test_no_worker_answers_a_carer_after_the_commit_of_the_patient(
    workers: list[int], session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    visit = factories.make_appointment(session, patient=patient, title="Zzcanaryzz")
    carer, _secret = factories.make_user(session, keys)
    link = factories.make_link(session, patient=patient, user=carer, grants=("agenda:see",))
    token = _signed_in(session, carer)
    session.commit()
    path = f"/p/{patient.id}/agenda"
    stop, seen = threading.Event(), {port: [] for port in workers}
    readers = [
        threading.Thread(target=_keep_asking, args=(port, path, token, seen[port], stop))
        for port in workers
    ]
    for one in readers:
        one.start()
    while not all(seen.values()):
        time.sleep(0.05)
    revoked_at = _pause(session, (link.patient_id, link.id))
    after = [
        _ask(port, method, where, token, htmx=htmx)
        for port in workers
        for method, where, htmx in (
            ("GET", path, False),
            ("GET", path, True),
            ("GET", f"{path}/{visit.id}", False),
            ("POST", f"{path}/{visit.id}/hidden", False),
        )
    ]
    while not all(seen[port][-1].begun >= revoked_at for port in workers):
        time.sleep(0.05)
    stop.set()
    for one in readers:
        one.join(timeout=20)
    assert set(after) == {403}, after
    for port in workers:
        before = {one.status for one in seen[port] if one.begun < revoked_at}
        later = {one.status for one in seen[port] if one.begun >= revoked_at}
        assert 200 in before, "the carer could read until then"
        assert later == {403}, (port, later)
