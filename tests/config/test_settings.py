"""An unsafe or missing setting stops the start with one line that says what to change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import Config
from portal.crypto import KeyRing
from portal.errors import ConfigError

ROOT = Path(__file__).parents[2]


def _serve(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PORTAL_INSTANCE_PATH": str(folder)} | settings
    return subprocess.run(
        [sys.executable, "-m", "portal", *(command or ("serve",))],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _is_one_clear_line(done: subprocess.CompletedProcess[str], *words: str) -> bool:
    lines = done.stderr.strip().splitlines()
    return done.returncode != 0 and len(lines) == 1 and all(word in lines[0] for word in words)


def test_behind_tls_the_number_of_proxies_must_be_said(tmp_path: Path) -> None:
    environ = {
        "PORTAL_INSTANCE_PATH": str(tmp_path),
        "PORTAL_BASE_URL": "https://relais.example.org",
    }
    with pytest.raises(ConfigError, match="PORTAL_PROXIES is missing"):
        Config.from_env(environ)
    assert Config.from_env(environ | {"PORTAL_PROXIES": "1"}).proxies == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_BASE_URL", "http://relais.example.org"),
        ("PORTAL_BASE_URL", "relais.example.org"),
        ("PORTAL_BASE_URL", "ftp://relais.example.org"),
        ("PORTAL_BASE_URL", "https://relais.example.org/portal"),
        ("PORTAL_BASE_URL", "http://localhost:99999"),
        ("PORTAL_DATABASE_URL", "sqlite:///plain.db"),
        ("PORTAL_DATABASE_URL", "sqlite+pysqlcipher:///:memory:"),
        ("PORTAL_DATABASE_URL", "sqlite+pysqlcipher://:key@/x.db"),
        ("PORTAL_DATABASE_URL", "mysql://localhost/x"),
        ("PORTAL_DATABASE_URL", "not an address"),
        ("PORTAL_DATABASE_URL", "postgresql://localhost:port/x"),
        ("PORTAL_TRUSTED_HOSTS", "*"),
        ("PORTAL_DEFAULT_LOCALE", "xx"),
        ("PORTAL_TIME_ZONE", "Mars/Olympus"),
        ("PORTAL_PROXIES", "9"),
        ("PORTAL_PROXIES", "-1"),
        ("PORTAL_PROXIES", "²"),
        ("PORTAL_LOG_LEVEL", "LOUD"),
        ("PORTAL_SMTP_URL", "mail.example.org"),
        ("PORTAL_SMTP_URL", "http://mail.example.org"),
        ("PORTAL_SMTP_URL", "smtps://user:secret@:99999"),
        ("PORTAL_SMTP_URL", "smtps://mail.example.org"),  # and nobody to send as
        ("PORTAL_SMTP_URL", "smtp://relais:secr%C3%A9t@127.0.0.1:25"),
        ("PORTAL_SMTP_URL", "smtp://r%C3%A9lais:secret@127.0.0.1:25"),
        ("PORTAL_REDIS_URL", "127.0.0.1:6379"),
        ("PORTAL_REDIS_URL", "http://127.0.0.1:6379"),
        ("PORTAL_REDIS_URL", "redis://127.0.0.1:port/0"),
        ("PORTAL_REDIS_URL", "redis://127.0.0.1:6379/first"),
        ("PORTAL_FAILURES_PER_ADDRESS", "0"),
        ("PORTAL_FAILURES_PER_ADDRESS", "many"),
        ("PORTAL_FAILURES_PER_ADDRESS", "100001"),
    ],
)
def test_an_unsafe_setting_is_refused_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    done = _serve(tmp_path, **{name: value})
    assert _is_one_clear_line(done, name), done.stderr[-600:]
    assert "secret" not in done.stderr


WITH_SMTP = {"PORTAL_INSTANCE_PATH": "/nowhere", "PORTAL_SMTP_URL": "smtp://127.0.0.1:25"}


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Relais",
        "@x",
        "relais@",
        "a@ <relais@example.org>",
        "<",
        "Relais relais@example.org",
        "a@b.fr, c@d.fr",
        "Relais <a@b.fr>, Care <c@d.fr>",
        "Relais <a@b.fr>,",
        "Relais <a@b.fr> c",
        "Relais, care <a@b.fr>",
        "Circle: a@b.fr;",
        "Relais <a b@c.fr>",
        "Relais <r\xe9lais@example.org>",
        "Relais <relais@soci\xe9t\xe9.fr>",
        "Relais <relais@example.org>\nBcc: all@example.org",
        "Relais <relais@[127.0.0.1]>",
        "Relais <relais@example.org",
    ],
)
def test_a_sender_that_is_not_exactly_one_plain_address_stops_the_start(sender: str) -> None:
    with pytest.raises(ConfigError, match=r"^PORTAL_MAIL_FROM is .*write the sender"):
        Config.from_env(WITH_SMTP | {"PORTAL_MAIL_FROM": sender})


@pytest.mark.parametrize(
    "sender",
    [
        "Relais <relais@example.org>",
        "relais@example.org",
        "<relais@example.org>",
        "L’équipe de soins <soins.relais+ne-pas-repondre@mail.example.org>",
        '"Soins, coordination" <relais@example.org>',
        "relais.net <relais@xn--socit-esab.fr>",
        "Relais <relais@localhost>",
    ],
)
def test_one_sender_is_taken_with_or_without_a_name(sender: str) -> None:
    smtp = Config.from_env(WITH_SMTP | {"PORTAL_MAIL_FROM": sender}).smtp
    assert smtp is not None
    assert smtp.sender == sender


def test_an_instance_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = _serve(tmp_path / "file")
    assert _is_one_clear_line(done), done.stderr[-600:]


def test_a_database_without_its_keys_is_refused(tmp_path: Path) -> None:
    assert _serve(tmp_path, "migrate").returncode == 0
    before = (tmp_path / "relais.db").read_bytes()
    (tmp_path / "keys.json").unlink()
    for command in ("serve", "migrate", "demo"):
        assert _is_one_clear_line(_serve(tmp_path, command), "keys.json", "backup"), command
    assert (tmp_path / "relais.db").read_bytes() == before
    assert not (tmp_path / "keys.json").exists()


def test_the_keys_of_another_installation_open_nothing(tmp_path: Path) -> None:
    assert _serve(tmp_path, "migrate").returncode == 0
    (tmp_path / "keys.json").unlink()
    KeyRing.generate().save(tmp_path / "keys.json")
    done = _serve(tmp_path, "migrate")
    assert done.returncode != 0
    # The cipher library writes lines of its own before ours.
    assert done.stderr.strip().splitlines()[-1].startswith("Error: the database refused")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_keys_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    KeyRing.generate().save(tmp_path / "keys.json")
    (tmp_path / "keys.json").chmod(mode)
    assert _is_one_clear_line(_serve(tmp_path), "keys.json", "chmod 600")


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"database": 1}'])
def test_damaged_keys_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    (tmp_path / "keys.json").chmod(0o600)
    assert _is_one_clear_line(_serve(tmp_path), "keys.json", "damaged")


def test_migrating_twice_changes_nothing_and_keeps_the_keys(tmp_path: Path) -> None:
    assert _serve(tmp_path, "migrate").returncode == 0
    keys = (tmp_path / "keys.json").read_bytes()
    again = _serve(tmp_path, "migrate")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "keys.json").read_bytes() == keys
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
