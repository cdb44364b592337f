"""`portal worker` and `portal outbox`: sending mail, and looking after what could not be sent."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import click

from portal import create_app, serving
from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import current_session, transaction
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import records
from portal.outbox.transport import TransportDownError


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
@says_what_is_wrong
def worker(once: bool) -> None:
    """Send the mails of the outbox; run it beside the server."""
    config = installed_config()
    KeyRing.load(config.keys_file)
    try:
        done = serving.work(config, once=once)
    except TransportDownError as error:
        raise click.ClickException(
            f"the mail server cannot be reached, the mails wait: {error}"
        ) from None
    if once:
        click.echo(f"{done} dealt with.")


@click.group()
def outbox() -> None:
    """Mails that wait, and those that were given up."""


@outbox.command("list")
@click.option("--addresses", is_flag=True, help="Say to whom, too.")
@says_what_is_wrong
def list_outbox(addresses: bool) -> None:
    """Count the mails by state; name the oldest that waits and those that were given up."""
    with create_app(installed_config()).app_context():
        found = records.overview(current_session())
        for line in _lines(found, addresses=addresses):
            click.echo(line)


@outbox.command("retry")
@click.argument("message_id", type=click.UUID, required=False)
@click.option("--all", "every", is_flag=True, help="Every mail that was given up.")
@says_what_is_wrong
def retry(message_id: UUID | None, every: bool) -> None:
    """Send mails that were given up once more, as long as their text is still kept."""
    if (message_id is None) != every:
        raise click.UsageError("say the id of one mail, or --all")
    with create_app(installed_config()).app_context(), transaction() as session:
        count = records.send_again(session, message_id=message_id, at=now())
    if message_id is not None and not count:
        raise click.ClickException(
            f"{message_id} was not given up, or its text is gone after 30 days: see outbox list"
        )
    click.echo(f"{count} will be sent again.")


@outbox.command("drop")
@click.argument("message_id", type=click.UUID)
@says_what_is_wrong
def drop(message_id: UUID) -> None:
    """Never send this mail; what is in it is forgotten."""
    with create_app(installed_config()).app_context(), transaction() as session:
        if not records.drop(session, message_id=message_id, at=now()):
            raise click.ClickException(f"{message_id} does not wait: see outbox list")
    click.echo("Dropped.")


def _lines(found: records.Overview, *, addresses: bool) -> Iterator[str]:
    yield ", ".join(f"{found.counts.get(state, 0)} {state}" for state in OutboxState)
    if found.oldest is not None:
        due = f"due {_minute(found.oldest.available_at)}"
        yield f"oldest that waits: {_line(found.oldest, due, addresses=addresses)}"
    for message in found.dead:
        when = f"given up {_minute(message.done_at)}" if message.done_at else ""
        yield f"dead: {_line(message, when, addresses=addresses)}"


def _line(message: OutboxMessage, when: str, *, addresses: bool) -> str:
    to = f"  {message.recipient}" if addresses else ""
    gone = "" if message.values_sealed is not None else "  (its text is gone)"
    error = f"  {message.last_error}" if message.last_error else ""
    return f"{message.id}  {message.letter}{to}  {when}  {message.attempts} attempts{error}{gone}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
