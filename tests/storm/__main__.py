"""`make storm`: twenty people send while servers are killed; prints the ledger."""

import argparse
import sys

from portal.crypto import KeyRing
from portal.db import Database
from tests.storm.places import installation, postgresql_is_there
from tests.storm.storming import storm

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """1 when anything differs from what was sent."""
    wanted = _options()
    status = 0
    for kind in (wanted.database,) if wanted.database else KINDS:
        if kind == "postgresql" and not postgresql_is_there():
            sys.stdout.write("postgresql: not running, so it was NOT stormed\n")
            status = max(status, int(wanted.database is not None))
            continue
        status = max(status, _storm(kind, kills=wanted.kills, writers=wanted.writers))
    return status


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--database", choices=KINDS)
    return parser.parse_args()


def _storm(kind: str, *, kills: int, writers: int) -> int:
    with installation(kind) as config:
        keys = KeyRing.load(config.keys_file)
        database = Database(config, keys)
        try:
            ledger = storm(config, database, keys, kills=kills, writers=writers)
        finally:
            database.engine.dispose()
    sys.stdout.write(ledger.table(kind) + "\n")
    sys.stdout.flush()
    return int(bool(ledger.differences))


if __name__ == "__main__":
    raise SystemExit(main())
