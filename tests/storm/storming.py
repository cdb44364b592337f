"""One storm: servers, writers, kills, and what became of it."""

import threading
import time
from collections import Counter
from uuid import UUID

from sqlmodel import select

from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from portal.models.messaging import Message
from tests.storm.ledger import Ledger, draw_up
from tests.storm.places import Scene, make_scene
from tests.storm.servers import Killer, Server
from tests.storm.writers import GOES_ON_FOR, Sent, Writer

PAUSES = (0.0, 0.05, 0.15, 0.01, 0.3)
"""Seconds between a message that arrived and a kill: at other points of what follows it."""


def storm(config: Config, database: Database, keys: KeyRing, *, kills: int, writers: int) -> Ledger:
    """On a migrated installation; leaves its rows there."""
    scene = make_scene(database, keys, writers)
    before = _keys_there(database)
    began = time.monotonic()
    sent, answers, killer = _blow(config, scene, kills)
    with database.session() as session:
        ledger = draw_up(
            session,
            config=config,
            keys=keys,
            scene=scene,
            sent=sent,
            answers=answers,
            before=before,
        )
    seconds = round(time.monotonic() - began)
    ledger.lines[:0] = [
        ("writers", writers),
        ("servers killed", killer.of_servers),
        ("single processes killed", killer.of_workers),
        ("seconds", seconds),
    ]
    return ledger


def _keys_there(database: Database) -> set[UUID]:
    with database.session() as session:
        return set(session.exec(select(Message.key)))


def _blow(config: Config, scene: Scene, kills: int) -> tuple[list[Sent], Counter[int], Killer]:
    servers = (Server(config), Server(config))
    calm, arrived = threading.Event(), threading.Semaphore(0)
    ports = [one.port for one in servers]
    writers = [
        Writer(desk, ports, seed=number, calm=calm, arrived=arrived)
        for number, desk in enumerate(scene.desks)
    ]
    killer = Killer(servers, calm=calm)
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait_until_ready()
        for writer in writers:
            writer.start()
        killer.run(kills, arrived, enough=2 * len(writers), pauses=PAUSES)
        for writer in writers:
            writer.join(GOES_ON_FOR * 2)
    finally:
        calm.set()
        for server in servers:
            server.kill()
    return (
        [one for writer in writers for one in writer.sent],
        sum((writer.answers for writer in writers), Counter()),
        killer,
    )
