"""Commands are run as an operator runs them, on the database of the test."""

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from portal.cli import cli
from portal.config import Config


@pytest.fixture
def run(config: Config, session: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_INSTANCE_PATH", str(config.instance_path))
    monkeypatch.setenv("PORTAL_DATABASE_URL", config.database_url)
    monkeypatch.setenv("PORTAL_BASE_URL", "http://localhost")

    def invoke(*arguments: object) -> Result:
        session.commit()
        return CliRunner().invoke(cli, [str(one) for one in arguments])

    return invoke
