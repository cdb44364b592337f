"""Migrations: an installation with people in it comes through each of them."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, inspect, text

from portal import migrations
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database

_USER = text(
    "INSERT INTO user_account (id, email, given_name, family_name, password_hash, is_operator,"
    " is_patient_expert, text_size, theme, high_contrast, legible_font, created_at) VALUES"
    " (:id, 'old@example.org', 'Odile', 'Kerbrat', 'x', false, false, 'normal', 'auto', false,"
    " false, '2026-01-02 03:04:05')"
)
_SESSION = text(
    "INSERT INTO user_session (id, token_hash, user_id, idle_minutes, created_at, last_seen_at,"
    " idle_ends_at, ends_at, user_agent) VALUES (:id, :token, :user, 30, '2026-01-02 03:04:05',"
    " '2026-01-02 03:04:05', '2026-01-02 03:34:05', '2026-01-02 15:04:05', 'test')"
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An embedded database of the first version, with somebody signed in."""
    config = Config.from_env({"PORTAL_INSTANCE_PATH": str(tmp_path)})
    KeyRing.generate().save(config.keys_file)
    engine = Database(config, KeyRing.load(config.keys_file)).engine
    migrations.upgrade(engine, revision="0001")
    user = uuid4().hex
    with engine.begin() as connection:
        connection.execute(_USER, {"id": user})
        connection.execute(_SESSION, {"id": uuid4().hex, "token": b"t", "user": user})
    yield engine
    engine.dispose()


def test_people_and_their_sessions_come_through(engine: Engine) -> None:
    migrations.upgrade(engine)

    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT email, notify_sign_ins, stepped_up_at = user_session.created_at AS same"
                " FROM user_account JOIN user_session ON user_id = user_account.id"
            )
        ).one()
        assert tuple(row) == ("old@example.org", 1, 1)
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_second_run_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    before = inspect(engine).get_table_names()

    migrations.upgrade(engine)

    assert inspect(engine).get_table_names() == before
