"""Installations to storm: an encrypted file, a database of PostgreSQL; families who write."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from sqlmodel import Session

from portal import clock, migrations
from portal.access.sessions import start_session
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from tests.messaging.circle import Account, WritingCircle, family_writes, make_circle

_ELSEWHERE = "postgresql://postgres@127.0.0.1:5432/postgres"
POSTGRESQL = os.environ.get("PORTAL_TEST_POSTGRESQL", _ELSEWHERE)


_ANSWERING = frozenset(("professional", "coordinator"))


@dataclass(frozen=True, slots=True)
class Desk:
    """One account that writes into one conversation, from a browser that is signed in."""

    name: str
    patient_id: UUID
    thread_id: UUID
    author_id: UUID
    capacity: str
    token: str
    path: str
    new_path: str
    """Where another conversation is begun; empty for those who only answer."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Who writes, and what was there before the storm."""

    desks: list[Desk]
    circles: list[WritingCircle]


def postgresql_is_there() -> bool:
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def installation(kind: str) -> Iterator[Config]:
    """The settings of a migrated, empty installation, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="relais-storm-") as folder:
        environ = {"PORTAL_INSTANCE_PATH": folder, "PORTAL_BASE_URL": "http://localhost"}
        if kind == "sqlite":
            yield _installed(Config.from_env(environ))
            return
        with _own_database() as url:
            yield _installed(Config.from_env(environ | {"PORTAL_DATABASE_URL": url}))


@contextmanager
def _own_database() -> Iterator[str]:
    name = f"relais_storm_{os.getpid()}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{POSTGRESQL.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(POSTGRESQL, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _installed(config: Config) -> Config:
    keys = KeyRing.generate()
    keys.save(config.keys_file)
    database = Database(config, keys)
    migrations.upgrade(database.engine)
    database.engine.dispose()
    return config


def make_scene(database: Database, keys: KeyRing, writers: int) -> Scene:
    """Families; the patient and a relative write, a nurse and a coordinator answer them."""
    with database.session() as session:
        begin_writing(session)
        desks: list[Desk] = []
        circles: list[WritingCircle] = []
        while len(desks) < writers:
            circles.append(make_circle(session, keys))
            desks += _desks(session, keys, circles[-1], len(circles))
        session.commit()
    return Scene(desks[:writers], circles)


def _desks(session: Session, keys: KeyRing, circle: WritingCircle, number: int) -> list[Desk]:
    """In each conversation a family writes and a professional answers: they meet."""
    shared = family_writes(session, keys, circle, to=circle.nadias_place).thread_id
    other = family_writes(session, keys, circle, by=circle.paul).thread_id
    return [
        _desk(session, circle, circle.jeanne, f"Jeanne {number}", "self", shared),
        _desk(session, circle, circle.paul, f"Paul {number}", "carer", shared),
        _desk(session, circle, circle.nadia, f"Nadia {number}", "professional", shared),
        _desk(session, circle, circle.paul, f"Paul {number} (bis)", "carer", other),
        _desk(session, circle, circle.claire, f"Claire {number}", "coordinator", other),
    ]


def _desk(
    session: Session,
    circle: WritingCircle,
    account: Account,
    name: str,
    capacity: str,
    thread_id: UUID,
) -> Desk:
    is_staff = capacity in _ANSWERING
    _row, token = start_session(
        session, user_id=account.id, is_staff=is_staff, user_agent="storm", at=clock.now()
    )
    messages = f"/p/{circle.patient.id}/messages"
    return Desk(
        name,
        circle.patient.id,
        thread_id,
        account.id,
        capacity,
        token,
        path=f"{messages}/{thread_id}{'/answer' if is_staff else ''}",
        new_path="" if is_staff else f"{messages}/new",
    )


def instance_environ(config: Config, port: int) -> dict[str, str]:
    """What a server process of that installation needs to be told."""
    outside = {name: text for name, text in os.environ.items() if name[:7] != "PORTAL_"}
    return outside | {
        "PORTAL_INSTANCE_PATH": str(config.instance_path),
        "PORTAL_DATABASE_URL": config.database_url,
        "PORTAL_BASE_URL": f"http://localhost:{port}",
        "PORT": str(port),
    }


ROOT = Path(__file__).parents[2]
