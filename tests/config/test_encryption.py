"""What lies on the disk opens with the keys only, and a sealed value in its own cell only."""

import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.config import Config
from portal.crypto import Cell, KeyRing
from portal.identity import totp
from portal.models.credential import TotpDevice
from tests import factories

CANARY = "zzcanaryzz"


def _read(file: Path) -> bytes:
    """By another process: closing a file drops all locks that this process holds on it (POSIX).

    Whoever ends next would take itself for the last one and remove the journal under our feet.
    """
    return subprocess.run(["cat", file], capture_output=True, check=True).stdout


def test_the_file_and_its_journal_hold_no_readable_word(
    config: Config, session: Session, keys: KeyRing
) -> None:
    if not config.is_embedded:
        pytest.skip("PostgreSQL keeps its own files")
    for _ in range(50):
        factories.make_patient(session, given_name=CANARY, address=CANARY * 10)
    session.commit()
    files = list(config.instance_path.glob("relais.db*"))
    assert {file.name for file in files} >= {"relais.db", "relais.db-wal"}
    for file in files:
        body = _read(file)
        assert CANARY.encode() not in body, file.name
        assert b"CREATE TABLE" not in body, file.name
    assert not _read(config.instance_path / "relais.db").startswith(b"SQLite format 3")


def test_a_sealed_value_moved_to_another_row_does_not_open(session: Session, keys: KeyRing) -> None:
    _one, secret = factories.make_user(session, keys)
    factories.make_user(session, keys)
    first, second = session.exec(select(TotpDevice).order_by(TotpDevice.created_at)).all()
    assert secret in (totp.secret_of(first, keys=keys), totp.secret_of(second, keys=keys))
    first.secret_sealed, second.secret_sealed = second.secret_sealed, first.secret_sealed
    for device in (first, second):
        with pytest.raises(ValueError, match="does not open here"):
            totp.secret_of(device, keys=keys)


def test_a_sealed_value_opens_in_its_table_column_and_row_only() -> None:
    ring, cell = KeyRing.generate(), Cell("a", "b", uuid4())
    sealed = ring.seal(b"secret", cell)
    assert ring.open(sealed, cell) == b"secret"
    for other in (cell._replace(table="x"), cell._replace(column="x"), cell._replace(row=uuid4())):
        with pytest.raises(ValueError, match="does not open"):
            ring.open(sealed, other)


def test_every_changed_byte_is_noticed() -> None:
    ring, cell = KeyRing.generate(), Cell("a", "b", uuid4())
    sealed = ring.seal(b"secret", cell)
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(ValueError, match=r"a\.b|codec"):
            ring.open(bytes(broken), cell)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    ring, cell = KeyRing.generate(), Cell("a", "b", uuid4())
    assert len({ring.seal(b"secret", cell) for _ in range(50)}) == 50


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    ring = KeyRing.generate()
    ring.save(tmp_path / "keys.json")
    with pytest.raises(FileExistsError):
        KeyRing.generate().save(tmp_path / "keys.json")
    assert KeyRing.load(tmp_path / "keys.json") == ring
