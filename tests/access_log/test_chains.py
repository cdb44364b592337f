"""`portal check` names each row of the log that was changed, moved, put in or taken out."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Uuid, bindparam, text
from sqlmodel import Session

from portal.access.audit import Access, hash_of
from portal.config import Config
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from tests import factories
from tests.access_log.log import lines_of, nurse, write

ROWS = 5
# field → another value, as somebody with the database's password would write it
_EDITS = {
    "at": "2020-01-01 00:00:00.000000",
    "capacity": "coordinator",
    "category": "care_team",
    "action": "act",
    "decision": "denied",
    "reason": "is_self",
    "request_id": "R-2",
}


@pytest.fixture
def log(session: Session, keys: KeyRing) -> tuple[Patient, User]:
    patient = factories.make_patient(session)
    nadia = nurse(session, keys, patient)
    for _row in range(ROWS):
        write(session, patient, nadia)
    other = factories.make_patient(session)
    write(session, other, nadia, count=2)
    return patient, nadia


def _sql(session: Session, statement: str, patient: Patient, **values: object) -> None:
    prepared = text(statement).bindparams(bindparam("patient", type_=Uuid))
    session.execute(prepared, {"patient": patient.id} | values)
    session.commit()


def _set(session: Session, patient: Patient, sequence: int, field: str, value: object) -> None:
    cast = "CAST(:value AS timestamptz)" if field == "at" and _is_server(session) else ":value"
    statement = f"UPDATE access_event SET {field} = {cast}"  # noqa: S608  # names of our own
    where = " WHERE patient_id = :patient AND sequence = :sequence"
    _sql(session, statement + where, patient, sequence=sequence, value=value)


def _is_server(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _named(output: str, patient: Patient) -> set[int]:
    """The numbers of the rows of that patient that the report names; nobody else is named."""
    named: set[int] = set()
    for line in output.splitlines()[:-1]:
        found = re.match(r"patient ([0-9a-f-]{36}), rows? (-?\d+)(?:-(\d+))?: \w", line)
        assert found is not None, line
        assert found[1] == str(patient.id)
        named |= set(range(int(found[2]), int(found[3] or found[2]) + 1))
    return named


def _check(run, patient: Patient) -> set[int]:
    done = run("check")
    named = _named(done.output, patient)
    assert done.exit_code == (1 if named else 0), done.output
    return named


def test_a_log_as_it_was_written_has_no_finding(run, log: tuple[Patient, User]) -> None:
    done = run("check")
    assert done.exit_code == 0
    assert done.output == f"{ROWS + 2} rows in 2 logs, 0 findings.\n"


@pytest.mark.parametrize("sequence", [1, 3, ROWS])
@pytest.mark.parametrize("field", _EDITS)
def test_one_edit_of_any_word_names_that_row(
    run, session: Session, log: tuple[Patient, User], field: str, sequence: int
) -> None:
    _set(session, log[0], sequence, field, _EDITS[field])
    assert _check(run, log[0]) == {sequence}


@pytest.mark.parametrize("field", ["hash", "previous_hash"])
@pytest.mark.parametrize("sequence", [1, 3, ROWS])
def test_an_edit_of_a_hash_names_that_row(
    run, session: Session, log: tuple[Patient, User], field: str, sequence: int
) -> None:
    _set(session, log[0], sequence, field, b"x" * 32)
    assert _check(run, log[0]) == {sequence}


@pytest.mark.parametrize("field", ["actor_id", "item_id"])
def test_another_person_or_item_names_that_row(
    run, session: Session, keys: KeyRing, log: tuple[Patient, User], field: str
) -> None:
    stranger, _ = factories.make_user(session, keys)
    session.get_one(AccessEvent, (log[0].id, 2)).sqlmodel_update({field: stranger.id})
    session.commit()
    assert _check(run, log[0]) == {2}


def test_a_line_moved_to_another_patient_is_named_where_it_was_and_where_it_is(
    run, session: Session, keys: KeyRing, log: tuple[Patient, User]
) -> None:
    third = factories.make_patient(session)
    session.flush()
    statement = "UPDATE access_event SET patient_id = :third WHERE patient_id = :patient"
    prepared = text(f"{statement} AND sequence = 1").bindparams(bindparam("third", type_=Uuid))
    session.execute(
        prepared.bindparams(bindparam("patient", type_=Uuid)),
        {"third": third.id, "patient": log[0].id},
    )
    session.commit()
    output = run("check").output
    assert f"patient {log[0].id}, row 1: missing" in output
    assert f"patient {third.id}, row 1: changed" in output


@pytest.mark.parametrize("gone", [{1}, {3}, {2, 3, 4}])
def test_rows_that_were_taken_out_are_named(
    run, session: Session, log: tuple[Patient, User], gone: set[int]
) -> None:
    for sequence in gone:
        statement = "DELETE FROM access_event WHERE patient_id = :patient AND sequence = :sequence"
        _sql(session, statement, log[0], sequence=sequence)
    assert _check(run, log[0]) == gone


def _renumber(session: Session, patient: Patient, before: int, after: int) -> None:
    statement = "UPDATE access_event SET sequence = :after WHERE patient_id = :patient"
    _sql(session, statement + " AND sequence = :before", patient, before=before, after=after)


def test_two_rows_that_changed_places_are_both_named(
    run, session: Session, log: tuple[Patient, User]
) -> None:
    for before, after in ((2, 99), (4, 2), (99, 4)):
        _renumber(session, log[0], before, after)
    assert {2, 4} <= _check(run, log[0])


def test_a_deletion_hidden_by_new_numbers_names_every_row_after_it(
    run, session: Session, log: tuple[Patient, User]
) -> None:
    _sql(session, "DELETE FROM access_event WHERE patient_id = :patient AND sequence = 2", log[0])
    for sequence in range(3, ROWS + 1):
        _renumber(session, log[0], sequence, sequence - 1)
    assert _check(run, log[0]) >= set(range(2, ROWS))


def _forged(patient: Patient, actor: User, sequence: int, previous: bytes) -> AccessEvent:
    """A row with a right hash, made by somebody who knows how."""
    row = {
        "patient_id": patient.id,
        "actor_id": actor.id,
        "at": factories.LONG_AGO,
        "capacity": "professional",
        "category": "agenda",
        "action": "see",
        "item_id": None,
        "decision": "allowed",
        "reason": "shares_care",
        "request_id": "R-9",
    }
    own = hash_of(previous, sequence, Access(**row))  # type: ignore[arg-type]  # plain words do
    return AccessEvent(sequence=sequence, previous_hash=previous, hash=own, **row)


def test_a_row_put_in_between_is_named(run, session: Session, log: tuple[Patient, User]) -> None:
    patient, nadia = log
    for sequence in range(ROWS, 2, -1):
        _renumber(session, patient, sequence, sequence + 1)
    previous = lines_of(session, patient.id)[1].hash
    session.add(_forged(patient, nadia, 3, previous))
    session.commit()
    assert _check(run, patient) >= set(range(4, ROWS + 2))


def test_a_row_before_the_first_is_named(run, session: Session, log: tuple[Patient, User]) -> None:
    session.add(_forged(*log, 0, b""))
    session.commit()
    assert 0 in _check(run, log[0])


def test_a_row_replaced_with_its_hash_is_named_by_those_beside_it(
    run, session: Session, log: tuple[Patient, User]
) -> None:
    patient, nadia = log
    rows = lines_of(session, patient.id)
    previous, old = rows[1].hash, rows[2]
    session.delete(old)
    session.flush()
    session.add(_forged(patient, nadia, 3, previous))
    session.commit()
    assert 3 in _check(run, patient)


def test_values_that_are_none_are_named_and_end_nothing(
    run, session: Session, config: Config, log: tuple[Patient, User]
) -> None:
    _set(session, log[0], 2, "capacity", "queen")
    _set(session, log[0], 4, "decision", "")
    if config.is_embedded:
        _set(session, log[0], 5, "at", "yesterday")
    assert _check(run, log[0]) == ({2, 4, 5} if config.is_embedded else {2, 4})


def _tampered(session: Session, patient: Patient) -> Iterator[int]:
    for sequence in (1, 3, 5):
        _set(session, patient, sequence, "reason", "is_self")
        yield sequence


def test_every_one_of_several_edits_is_named(
    run, session: Session, log: tuple[Patient, User]
) -> None:
    assert set(_tampered(session, log[0])) == _check(run, log[0])


def test_a_report_names_identifiers_and_nothing_of_a_record(
    run, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session, given_name="zzcanaryzz", family_name="zzcanaryzz")
    write(session, patient, nurse(session, keys, patient, family_name="zzcanaryzz"))
    _set(session, patient, 1, "reason", "zzcanaryzz")
    assert "zzcanaryzz" not in run("check").output
