"""A new installation has no account, so no password of it is known to anybody."""

from pathlib import Path

from sqlmodel import select

from portal import create_app, installation
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from portal.models.account import User
from tests.auth.steps import password
from tests.pages import PageClient


def test_nobody_can_sign_in_before_somebody_is_invited(tmp_path: Path) -> None:
    environ = {"PORTAL_INSTANCE_PATH": str(tmp_path / "i"), "PORTAL_BASE_URL": "http://localhost"}
    config = Config.from_env(environ)
    installation.install(config)
    with Database(config, KeyRing.load(config.keys_file)).session() as session:
        assert session.exec(select(User)).all() == []
    app = create_app(config)
    for name in ("admin", "admin@localhost", "operator@example.org"):
        assert password(PageClient(app), name, "no account has this password").status_code == 422


def test_each_installation_has_keys_of_its_own(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two"):
        config = Config.from_env({"PORTAL_INSTANCE_PATH": str(tmp_path / name)})
        installation.install(config)
        keys.append(KeyRing.load(config.keys_file))
    assert keys[0].database != keys[1].database
    assert keys[0].digest != keys[1].digest
    assert keys[0].sealing != keys[1].sealing
