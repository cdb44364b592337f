"""A file takes nobody's account, and no file stops the others."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database
from portal.imports.job import DirectoryImports
from portal.models.care import CareTeamMember
from portal.models.directory import Practitioner
from portal.models.directory_keeping import (
    DirectoryImport,
    DirectoryImportProblem,
    DirectoryImportStatus,
)
from tests import factories
from tests.directory_import import lists
from tests.directory_import.conftest import DOOR, Desk
from tests.directory_import.lists import NADIA, person, rpps, table


def _in_a_circle(session: Session, **fields: str) -> Practitioner:
    known = factories.make_practitioner(
        session, given_name="Nadia", family_name="Belkacem", rpps=rpps(7), **fields
    )
    patient = factories.make_patient(session)
    factories.make_member(session, patient=patient, practitioner_id=known.id)
    session.commit()
    return known


def _coordinator(session: Session, keys: KeyRing) -> UUID:
    user, _ = factories.make_user(session, keys)
    session.commit()
    return user.id


def _sent(database: Database, session: Session, *, by: UUID | None) -> DirectoryImport:
    content = table(person(rpps=rpps(7), courriel="thief@example.org", téléphone="0639981207"))
    kept = lists.keep(session, content, by=by)
    lists.work_through(database)
    session.rollback()
    session.expire_all()
    return session.get_one(DirectoryImport, kept.id)


def test_a_file_does_not_replace_the_address_that_invitations_go_to(
    database: Database, session: Session, keys: KeyRing
) -> None:
    known = _in_a_circle(session, email="n@example.org")
    _sent(database, session, by=_coordinator(session, keys))
    assert session.get_one(Practitioner, known.id).email == "n@example.org"


def test_a_file_gives_no_address_to_whom_the_directory_knew_without_one(
    database: Database, session: Session, keys: KeyRing
) -> None:
    known = _in_a_circle(session)
    assert _sent(database, session, by=_coordinator(session, keys)).refused == 0
    assert session.get_one(Practitioner, known.id).email == ""
    (problem,) = session.exec(select(DirectoryImportProblem)).all()
    assert (problem.problem, problem.value) == ("kept", "thief@example.org")


def test_the_terminal_and_who_has_no_circle_yet_take_the_address_of_the_file(
    database: Database, session: Session, keys: KeyRing
) -> None:
    known = _in_a_circle(session)
    _sent(database, session, by=None)
    assert session.get_one(Practitioner, known.id).email == "thief@example.org"
    session.execute(delete(CareTeamMember))
    session.execute(update(Practitioner).values(email="n@example.org"))
    session.commit()
    _sent(database, session, by=_coordinator(session, keys))
    assert session.get_one(Practitioner, known.id).email == "thief@example.org"


def test_a_line_with_unprintable_bytes_is_reported_and_the_file_goes_on(
    database: Database, session: Session
) -> None:
    fill = [person(rpps=rpps(n), nom=f"Morel{n}") for n in range(4500)]
    content = table(*fill, "un\0deux;trois", NADIA)
    assert content.index(b"\0") > 256 * 1024, "not in the piece that is looked at on arrival"
    kept = lists.keep(session, content)
    job = DirectoryImports()
    for _ in range(50):
        job.work(database)
    session.rollback()
    session.expire_all()
    row = session.get_one(DirectoryImport, kept.id)
    assert (row.status, row.refused) == (DirectoryImportStatus.DONE, 1)


def test_a_number_that_no_line_has_is_no_error(desk: Desk) -> None:
    import_id = desk.sent(table(NADIA))
    for after in (str(10**30), str(-(10**30)), "9" * 5000, "x"):
        assert desk.reader.get(f"{DOOR}/{import_id}?after={after}").status_code == 200
