"""`portal check` and `portal checkpoint`: whether the access log is what was written."""

import fcntl
import os
from pathlib import Path

import click
from flask import current_app

from portal import create_app
from portal.access import checkpoints
from portal.access.chains import Tally, findings
from portal.access.checkpoints import Checkpoints
from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import current_session
from portal.errors import CheckpointsDamagedError

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--checkpoints", "file", type=_FILE, help="A file that `checkpoint` wrote.")
@says_what_is_wrong
def check(file: Path | None) -> None:
    """Compute every access log again, and name each row that was changed or is missing."""
    tally, wrong = Tally(), 0
    with create_app(installed_config()).app_context():
        try:
            known = _signed(file) if file is not None else Checkpoints()
        except CheckpointsDamagedError as damaged:
            # Then nothing can be compared with it; the chains still tell what they can.
            known, wrong = Checkpoints(), 1
            click.echo(str(damaged))
        for finding in findings(current_session(), heads=known.heads, tally=tally):
            wrong += 1
            click.echo(str(finding))
    click.echo(f"{tally.rows} rows in {tally.chains} logs, {wrong} findings.")
    if wrong:
        raise SystemExit(1)


@click.command()
@click.option("--to", "file", type=_FILE, required=True, help="Kept on another machine.")
@says_what_is_wrong
def checkpoint(file: Path) -> None:
    """Append the signed last row of each access log that grew since the last checkpoint."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with (
        os.fdopen(descriptor, "a+", encoding="utf-8", errors="replace") as lines,
        create_app(installed_config()).app_context(),
    ):
        fcntl.flock(lines, fcntl.LOCK_EX)
        lines.seek(0)
        try:
            known = checkpoints.read(lines, keys=_keys())
            line, grown = checkpoints.next_line(
                current_session(), keys=_keys(), checkpoints=known, at=now()
            )
        except CheckpointsDamagedError as damaged:
            raise click.ClickException(f"nothing was signed: {damaged}") from None
        lines.write(line)
        lines.flush()
        os.fsync(lines.fileno())
    click.echo(f"{grown} logs signed.")


def _signed(file: Path) -> Checkpoints:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            return checkpoints.read(lines, keys=_keys())
    except FileNotFoundError:
        raise click.ClickException(f"{file} is missing") from None


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys
