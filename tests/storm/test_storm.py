"""A small storm, with every run of the tests; `make storm` is the large one."""

from sqlmodel import Session

from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from tests.storm.storming import storm


def test_servers_are_killed_and_every_message_that_was_acknowledged_exists_once(
    config: Config, database: Database, session: Session, keys: KeyRing
) -> None:
    session.rollback()
    ledger = storm(config, database, keys, kills=3, writers=6)
    assert not ledger.differences, ledger.table(config.database_url.partition(":")[0])
    counts = dict(ledger.lines)
    assert (counts["servers killed"], counts["single processes killed"]) == (3, 3)
    assert counts["written"] >= 30, "the storm was no storm"
