"""Signed heads on another machine show what a chain alone cannot: a cut, or a log made anew."""

import json
from pathlib import Path

import pytest
from sqlmodel import Session

from portal.access import checkpoints
from portal.clock import now
from portal.crypto import KeyRing
from portal.errors import CheckpointsDamagedError
from portal.models.account import User
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from tests import factories
from tests.access_log.log import lines_of, nurse, write


@pytest.fixture
def log(session: Session, keys: KeyRing) -> tuple[Patient, User]:
    patient = factories.make_patient(session)
    nadia = nurse(session, keys, patient)
    write(session, patient, nadia, count=5)
    return patient, nadia


@pytest.fixture
def file(tmp_path: Path, run, log: tuple[Patient, User]) -> Path:
    """With one checkpoint of the log."""
    path = tmp_path / "checkpoints.jsonl"
    done = run("checkpoint", "--to", path)
    assert done.exit_code == 0, done.output
    assert done.output == "1 logs signed.\n"
    return path


def _delete(session: Session, patient: Patient, *sequences: int) -> None:
    for row in lines_of(session, patient.id):
        if row.sequence in sequences:
            session.delete(row)
    session.commit()


def test_a_log_that_grew_agrees_with_its_checkpoints(
    run, session: Session, log: tuple[Patient, User], file: Path
) -> None:
    write(session, *log)
    assert run("check", "--checkpoints", file).exit_code == 0
    assert run("checkpoint", "--to", file).output == "1 logs signed.\n"
    assert run("checkpoint", "--to", file).output == "0 logs signed.\n"
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    assert [list(one["heads"].values())[:1] != [] for one in entries] == [True, True, False]
    assert run("check", "--checkpoints", file).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0


def test_a_cut_tail_shows_only_against_the_checkpoint(
    run, session: Session, log: tuple[Patient, User], file: Path
) -> None:
    _delete(session, log[0], 4, 5)
    assert run("check").exit_code == 0, "the chain alone cannot know"
    done = run("check", "--checkpoints", file)
    assert done.exit_code == 1
    assert f"patient {log[0].id}, rows 4-5: cut off" in done.output


def test_a_log_that_is_gone_is_named(
    run, session: Session, log: tuple[Patient, User], file: Path
) -> None:
    _delete(session, log[0], 1, 2, 3, 4, 5)
    done = run("check", "--checkpoints", file)
    assert done.exit_code == 1
    assert f"patient {log[0].id}, rows 1-5: gone" in done.output


def test_a_log_written_anew_is_named(
    run, session: Session, log: tuple[Patient, User], file: Path
) -> None:
    patient, nadia = log
    _delete(session, patient, 1, 2, 3, 4, 5)
    write(session, patient, nadia, count=6, reason="is_self")
    session.commit()
    assert run("check").exit_code == 0
    done = run("check", "--checkpoints", file)
    assert done.exit_code == 1
    assert f"patient {patient.id}, row 5: not what the checkpoint says" in done.output


@pytest.mark.parametrize("cut", [(5,), (1, 2, 3, 4, 5)], ids=["tail", "all"])
def test_a_log_that_was_cut_is_not_signed(
    run, session: Session, log: tuple[Patient, User], file: Path, cut: tuple[int, ...]
) -> None:
    before = file.read_text()
    _delete(session, log[0], *cut)
    done = run("checkpoint", "--to", file)
    assert done.exit_code == 1
    assert "nothing was signed" in done.output
    assert file.read_text() == before


def _edited(text: str) -> str:
    return text.replace(':[5,"', ':[4,"')


def _cut(text: str) -> str:
    return text[:-2]


def _unsigned(text: str) -> str:
    entry = json.loads(text)
    del entry["signature"]
    return json.dumps(entry) + "\n"


def _nonsense(_text: str) -> str:
    return "[1, 2]\n"


def _first_line_gone(text: str) -> str:
    return text.split("\n", 1)[1]


@pytest.mark.parametrize("harm", [_edited, _cut, _unsigned, _nonsense, _first_line_gone])
def test_a_damaged_file_is_a_finding_and_is_not_continued(
    run, session: Session, log: tuple[Patient, User], file: Path, harm
) -> None:
    if harm is _first_line_gone:
        write(session, *log)
        run("checkpoint", "--to", file)
    file.write_text(harm(file.read_text()))
    before = file.read_bytes()
    done = run("check", "--checkpoints", file)
    assert done.exit_code == 1
    assert "line 1 of the checkpoints" in done.output
    assert "5 rows in 1 logs" in done.output or harm is _first_line_gone, "the chains are read"
    assert run("checkpoint", "--to", file).exit_code == 1
    assert file.read_bytes() == before


def test_bytes_that_are_no_text_are_a_finding(run, file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\n")
    assert run("check", "--checkpoints", file).exit_code == 1
    assert run("checkpoint", "--to", file).exit_code == 1


def test_a_file_that_is_not_there_is_said(run, tmp_path: Path, log: tuple[Patient, User]) -> None:
    done = run("check", "--checkpoints", tmp_path / "nowhere")
    assert done.exit_code == 1
    assert "is missing" in done.stderr


def test_a_line_signed_with_other_keys_is_refused(
    session: Session, keys: KeyRing, log: tuple[Patient, User]
) -> None:
    empty = checkpoints.Checkpoints()
    line, _count = checkpoints.next_line(
        session, keys=KeyRing.generate(), checkpoints=empty, at=now()
    )
    with pytest.raises(CheckpointsDamagedError, match="line 1"):
        checkpoints.read([line], keys=keys)


def test_lines_in_another_order_are_refused(
    session: Session, keys: KeyRing, log: tuple[Patient, User]
) -> None:
    first, _ = checkpoints.next_line(
        session, keys=keys, checkpoints=checkpoints.Checkpoints(), at=now()
    )
    write(session, *log)
    known = checkpoints.read([first], keys=keys)
    second, _ = checkpoints.next_line(session, keys=keys, checkpoints=known, at=now())
    assert checkpoints.read([first, second], keys=keys).count == 2
    for order in ([second, first], [second], [first, first], [first, second, second]):
        with pytest.raises(CheckpointsDamagedError):
            checkpoints.read(order, keys=keys)


def test_a_checkpoint_holds_no_name(
    session: Session, keys: KeyRing, log: tuple[Patient, User]
) -> None:
    patient, nadia = log
    line, _ = checkpoints.next_line(
        session, keys=keys, checkpoints=checkpoints.Checkpoints(), at=now()
    )
    assert str(patient.id) in line
    for word in (patient.family_name, nadia.family_name, str(nadia.id), "agenda"):
        assert word not in line
    assert session.get(AccessEvent, (patient.id, 5)) is not None
