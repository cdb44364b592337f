"""`portal import-directory`: a list of professionals and places, read while the operator looks."""

from pathlib import Path
from uuid import UUID

import click

from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.imports import files, queue
from portal.imports.job import LEASE, DirectoryImports
from portal.imports.problems import FileRefusedError, Refusal
from portal.models.directory_keeping import DirectoryImport, DirectoryImportStatus

_REFUSALS = {
    Refusal.EMPTY: "the file is empty",
    Refusal.WORKBOOK: "this is a spreadsheet: save it as CSV UTF-8 first",
    Refusal.BINARY: "this is no text: save the list as CSV UTF-8",
    Refusal.HEADER: "the first line does not name the columns (nom or structure at least)",
    Refusal.NO_LINES: "there is no line below the names of the columns",
    Refusal.NOTHING_TAKEN: "none of the first lines could be taken",
}
_OPEN = (DirectoryImportStatus.WAITING, DirectoryImportStatus.RUNNING)
_TRIES = 10
"""Batches that fail one after the other."""


@click.command("import-directory")
@click.argument(
    "path", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--resume", "import_id", type=click.UUID, help="Go on with an import that stopped.")
@says_what_is_wrong
def import_directory(path: Path | None, import_id: UUID | None) -> None:
    """Read a CSV file of professionals and places into the directory."""
    if (path is None) == (import_id is None):
        raise click.UsageError("name a file, or an import with --resume")
    config = installed_config()
    database = Database(config, KeyRing.load(config.keys_file))
    job = DirectoryImports()
    try:
        import_id = import_id or (_keep(database, path, job) if path else None)
    except FileRefusedError as refused:
        raise click.ClickException(_REFUSALS[refused.reason]) from None
    if import_id is not None:
        _read(database, job, import_id)


def _keep(database: Database, path: Path, job: DirectoryImports) -> UUID:
    """In our hands from the first moment: the worker leaves it alone."""
    with path.open("rb") as file, database.session() as session:
        beginning, at = files.begin(file), now()
        begin_writing(session)
        kept = files.keep(
            session,
            file,
            beginning,
            name=path.name,
            total_bytes=path.stat().st_size,
            by=None,
            at=at,
            claim=job.claim,
            claimed_until=at + LEASE,
        )
        session.commit()
        return kept.id


def _read(database: Database, job: DirectoryImports, import_id: UUID) -> None:
    found = _resumed(database, import_id)
    try:
        with click.progressbar(length=found.total_bytes, label=found.file_name) as bar:
            bar.update(found.next_byte)
            found = _work(database, job, found, bar)
    except KeyboardInterrupt:
        with database.session() as session:
            begin_writing(session)
            queue.stop(session, import_id=import_id)
            session.commit()
        click.echo(f"\nStopped. Go on with: import-directory --resume {import_id}")
        return
    _report(found)


def _work(
    database: Database,
    job: DirectoryImports,
    found: DirectoryImport,
    bar: "click._termui_impl.ProgressBar[int]",
) -> DirectoryImport:
    failures = 0
    while found.status in _OPEN:
        failures = 0 if job.work_on(database, found) else failures + 1
        if failures >= _TRIES:
            raise click.ClickException(
                f"import {found.id} cannot go on, or another process reads it"
            )
        before = found.next_byte
        found = _now(database, found.id)
        bar.update(found.next_byte - before)
    return found


def _resumed(database: Database, import_id: UUID) -> DirectoryImport:
    with database.session() as session:
        begin_writing(session)
        queue.resume(session, import_id=import_id)
        session.commit()
    return _now(database, import_id)


def _now(database: Database, import_id: UUID) -> DirectoryImport:
    with database.session() as session:
        found = session.get(DirectoryImport, import_id)
        if found is None:
            raise click.ClickException(f"there is no import {import_id}")
        return found


def _report(found: DirectoryImport) -> None:
    click.echo(
        f"{found.added} added, {found.changed} changed, {found.unchanged} unchanged, "
        f"{found.refused} refused"
    )
    if found.refusal:
        raise click.ClickException(_REFUSALS[Refusal(found.refusal)])
    if found.status is DirectoryImportStatus.STOPPED:
        raise click.ClickException(f"stopped; go on with --resume {found.id}")
