"""The ways to the pages of imports into the directory, for `places`."""

from datetime import timedelta
from pathlib import PurePath
from uuid import UUID

from playwright.sync_api import FilePayload, Page, expect

from portal.clock import now
from portal.models.directory_keeping import (
    DirectoryImport,
    DirectoryImportProblem,
    DirectoryImportStatus,
)
from tests.directory_import import lists
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

DOOR = "/directory/imports"
_OLDEST = UUID(int=0)
_DIALECT = {"delimiter": ";", "columns": ["nom"], "first_byte": 4}
_PROBLEMS = (
    ("rpps", "rpps", "1,01E+10"),
    ("téléphone", "phone", "douze"),
    ("téléphone|courriel", "phone+email", "douze | nadia chez example"),
    ("", "quotes", 'professionnel;10000000751;;Le Goff;"Anne;Infirmière;;0659188887'),
    ("rpps", "other_name", "10100000016 Camille Exemple"),
)


def the_imports(browse: Browse, relais: RunningPortal) -> Page:
    _an_import(relais, DirectoryImportStatus.DONE)
    return _at(browse, relais, DOOR)


def no_imports(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, f"{DOOR}?before={_OLDEST}")


def a_form(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, f"{DOOR}/new")


def a_refused_file(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    send(page, b"PK\x03\x04")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_stopped_import(browse: Browse, relais: RunningPortal) -> Page:
    import_id = _an_import(relais, DirectoryImportStatus.STOPPED)
    return _at(browse, relais, f"{DOOR}/{import_id}?done=stopped")


def a_running_import(browse: Browse, relais: RunningPortal) -> Page:
    """In the hands of a process that will not come back before the test is over."""
    import_id = _an_import(
        relais,
        DirectoryImportStatus.RUNNING,
        claim=_OLDEST,
        claimed_until=now() + timedelta(days=1),
    )
    return _at(browse, relais, f"{DOOR}/{import_id}?done=sent")


def an_import_with_bad_lines(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, f"{DOOR}/{_an_import(relais, DirectoryImportStatus.DONE)}")


def a_whole_file_refused(browse: Browse, relais: RunningPortal) -> Page:
    import_id = _an_import(relais, DirectoryImportStatus.REFUSED, refusal="nothing_taken")
    return _at(browse, relais, f"{DOOR}/{import_id}")


def an_import_without_problems(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    send(page, lists.table(lists.person(nom="Kerdreux", prénom="Maël", rpps=lists.rpps(777))))
    page.wait_for_url(f"**{DOOR}/*?done=sent")
    expect(page.locator("#stop")).to_be_hidden(timeout=20_000)
    return page


def send(page: Page, content: bytes, name: str = "annuaire.csv") -> None:
    file = FilePayload(name=str(PurePath(name)), mimeType="text/csv", buffer=content)
    page.locator("#file").set_input_files(file)
    page.locator("form[enctype] button[type=submit]").click()


def _an_import(relais: RunningPortal, status: DirectoryImportStatus, **fields: object) -> UUID:
    """As the worker leaves it; the file itself is gone."""
    with relais.writing() as (session, _keys):
        kept = DirectoryImport(
            created_at=now(),
            file_name="professionnels-du-finistere-nord-2026.csv",
            total_bytes=2_800_000,
            status=status,
            dialect=_DIALECT,
            next_byte=1_176_000,
            next_line=8402,
            added=7900,
            changed=320,
            unchanged=175,
            refused=5,
            **fields,
        )
        session.add(kept)
        session.flush()
        for place, (column, problem, value) in enumerate(_PROBLEMS):
            row = DirectoryImportProblem(
                import_id=kept.id, line=place * 411 + 7, column=column, problem=problem, value=value
            )
            session.add(row)
        return kept.id


def _at(browse: Browse, relais: RunningPortal, path: str) -> Page:
    page = browse("claire")
    relais.confirm_everybody()
    page.goto(path)
    return page


SPOTS = (
    Spot("imports", "Imports de l’annuaire", the_imports),
    Spot("imports-none", "Imports de l’annuaire", no_imports),
    Spot("import-form", "Importer une liste", a_form),
    Spot("import-mistakes", "Importer une liste", a_refused_file),
    Spot("import-running", "Import d’une liste", a_running_import),
    Spot("import-stopped", "Import d’une liste", a_stopped_import),
    Spot("import-bad-lines", "Import d’une liste", an_import_with_bad_lines),
    Spot("import-refused", "Import d’une liste", a_whole_file_refused),
    Spot("import-read", "Import d’une liste", an_import_without_problems),
)
