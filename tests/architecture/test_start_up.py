"""What serving a page does not need is not loaded at start."""

import os
import subprocess
import sys
from pathlib import Path

from portal.config import Config

HEAVY = (
    "alembic",
    "fhir",
    "zxcvbn",
    "pikepdf",
    "webauthn",
    "authlib",
    "granian",
    "click_plugins",
    "pytest",
)
_CODE = """
import sys
from portal import create_app
from portal.config import Config
app = create_app(Config.from_env())
answer = app.test_client().get("/sign-in", headers={"Accept-Language": "fr"})
assert answer.status_code == 200, answer.status
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def _loaded_after_the_first_page(config: Config) -> set[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "PORTAL_INSTANCE_PATH": str(config.instance_path),
        "PORTAL_BASE_URL": config.base_url,
        "PORTAL_DATABASE_URL": config.database_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", _CODE],
        cwd=Path(__file__).parents[2],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_first_page_loads_nothing_heavy(config: Config) -> None:
    loaded = _loaded_after_the_first_page(config)
    assert {"flask", "sqlmodel", "babel"} <= loaded
    assert sorted(loaded & set(HEAVY)) == []
    other_driver = "psycopg" if config.is_embedded else "sqlcipher3"
    assert other_driver not in loaded
