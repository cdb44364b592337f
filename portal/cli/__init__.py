"""`python -m portal`: what an operator does in a terminal."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask

from portal import create_app, demo, installation, serving
from portal.access.sessions import end_all_sessions
from portal.cli.check import check, checkpoint
from portal.cli.directory import import_directory
from portal.cli.fhir_export import export_fhir
from portal.cli.invite import invite
from portal.cli.outbox import outbox, worker
from portal.cli.policy import policy
from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.cli.privacy import privacy_contact
from portal.clock import now
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import current_session, end_reading, transaction
from portal.identity import passwords, queries, totp
from portal.identity.addresses import fold

if TYPE_CHECKING:
    from portal.fhir import ImportReport


@click.group()
def cli() -> None:
    """Relais, the patient-and-carer portal."""


cli.add_command(import_directory)
cli.add_command(invite)
cli.add_command(worker)
cli.add_command(outbox)
cli.add_command(policy)
cli.add_command(check)
cli.add_command(checkpoint)
cli.add_command(privacy_contact)
cli.add_command(export_fhir)


@cli.command()
@says_what_is_wrong
def migrate() -> None:
    """Make the keys of a new installation, and bring the tables up to date."""
    config = Config.from_env()
    installation.install(config)
    click.echo(f"The tables are up to date. Keys: {config.keys_file}")


@cli.command("import-fhir")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@says_what_is_wrong
def import_fhir(paths: tuple[Path, ...]) -> None:
    """Read FHIR R4 files, or folders of them; all are taken, or none."""
    from portal.fhir import import_paths  # its validators are heavy

    config = installed_config()
    with _application(config).app_context(), transaction() as session:
        report = import_paths(session, paths=paths, default_time_zone=config.time_zone)
    for line in _report_lines(report):
        click.echo(line)


@cli.group()
def user() -> None:
    """Accounts."""


@user.command("disable")
@click.argument("email")
@says_what_is_wrong
def disable_user(email: str) -> None:
    """Close an account: its sessions end now, and it cannot sign in."""
    ended = _set_disabled(email, is_disabled=True)
    click.echo(f"{email} is closed; {ended} sessions ended.")


@user.command("enable")
@click.argument("email")
@says_what_is_wrong
def enable_user(email: str) -> None:
    """Open a closed account again."""
    _set_disabled(email, is_disabled=False)
    click.echo(f"{email} can sign in again.")


@cli.command("demo-code")
@click.argument("email")
@says_what_is_wrong
def demo_code(email: str) -> None:
    """Print the current code of a person of the demonstration."""
    app = _application(installed_config())
    with app.app_context():
        session = current_session()
        if not queries.is_demo(session):
            raise click.ClickException("this database was not made by the demonstration")
        user = queries.user_of_email(session, fold(email))
        device = queries.demo_device(session, user.id) if user else None
        if device is None:
            raise click.ClickException(f"{email} is no person of the demonstration")
        secret = totp.secret_of(device, keys=app.extensions["keys"])
        click.echo(totp.current_code(secret, at=now(), after_step=device.last_step))


@cli.command("demo")
@says_what_is_wrong
def run_demo() -> None:
    """Fill an empty database with a fictional circle, once, and serve it."""
    config = Config.from_env()
    installation.install(config)
    app = _application(config)
    with app.app_context():
        is_demo = queries.is_demo(current_session())
        end_reading()
        if is_demo:
            with transaction() as session:
                demo.renew(session, keys=app.extensions["keys"], now=now())
        else:
            _seed(app)
    line = f"Relais is ready: {config.base_url}/sign-in (everyone: {demo.DEMO_PASSWORD})"
    # A fresh process: the workers do not carry what installing and filling needed.
    sys.stdout.flush()
    os.environ.setdefault("PORTAL_LOG_LEVEL", "WARNING")
    words = ["-m", "portal", "serve", "--worker", "--ready-line", line]
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606  # ourselves


@cli.command()
@click.option("--worker", "with_worker", is_flag=True, help="Send mail too: see worker.")
@click.option("--ready-line", default="", hidden=True)
@says_what_is_wrong
def serve(with_worker: bool, ready_line: str) -> None:
    """Serve the portal; set PORTAL_BASE_URL to the address that people use."""
    config = installed_config()
    KeyRing.load(config.keys_file)  # said here in one line, rather than by each worker
    line = ready_line or f"Relais is ready: {config.base_url}"
    serving.serve(config, line=line, with_worker=with_worker)


def _report_lines(report: "ImportReport") -> Iterator[str]:
    """One line per resource, then the ids that `invite` takes, then the counts."""
    for entry in report.entries:
        where = f"{entry.label} {entry.piece}".strip()
        outcome = entry.outcome.replace("_", " ")
        named = f"  {entry.name}" if entry.name and not entry.piece else ""
        why = f": {entry.reason}" if entry.reason else ""
        yield f"{outcome:<10} {where}{named}{why}"
    yield ""
    ids = {
        "patient": report.patients,
        "professional": report.practitioners,
        "organization": report.organizations,
    }
    for kind, rows in ids.items():
        yield from (f"{kind:<12} {row_id}  {name}" for row_id, name in rows.items())
    counted = report.counts().items()
    yield ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in counted)


def _set_disabled(email: str, *, is_disabled: bool) -> int:
    """Returns how many sessions ended."""
    with _application(installed_config()).app_context(), transaction() as session:
        account = queries.user_named(session, fold(email))
        if account is None:
            raise click.ClickException(f"there is no account {email}")
        account.disabled_at = now() if is_disabled else None
        session.add(account)
        return end_all_sessions(session, user_id=account.id, at=now()) if is_disabled else 0


def _seed(app: Flask) -> None:
    password_hash = passwords.hash_password(demo.DEMO_PASSWORD)
    with transaction() as session:
        demo.seed(session, keys=app.extensions["keys"], now=now(), password_hash=password_hash)


def _application(config: Config) -> Flask:
    return create_app(config)
