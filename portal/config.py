"""Frozen settings from `PORTAL_*` variables; an unsafe value stops the start with one line."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError, InvalidHeaderDefect
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from portal.errors import ConfigError

LOCALES = ("fr", "en")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
_SENDER_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server, as `smtp://` (STARTTLS outside this machine) or `smtps://` names it."""

    host: str
    port: int
    sender: str
    """`Relais <relais@example.org>`."""
    is_tls: bool
    """TLS from the first byte, as `smtps://` says."""
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_local(self) -> bool:
        return self.host in LOCAL_HOSTS


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a process needs to know before it starts."""

    base_url: str
    """Where people reach the portal, no trailing slash: links in invitations start with it."""
    instance_path: Path
    """The folder of the keys, the built static files and the embedded database."""
    database_url: str
    """`sqlite+pysqlcipher:///…` (encrypted file) or `postgresql+psycopg://…`."""
    trusted_hosts: tuple[str, ...]
    """Host names that are answered; any other `Host` gets 400."""
    default_locale: str = "fr"
    time_zone: str = "Europe/Paris"
    """Where a place or a person has no time zone of its own."""
    proxies: int = 0
    """How many reverse proxies stand in front and set `X-Forwarded-*`."""
    log_level: str = "INFO"
    smtp: Smtp | None = None
    """Where mail leaves; without it nothing is sent, and the demo shows it to the operator."""
    redis_url: str = field(default="", repr=False)
    """Where attempts are counted for several processes; without it the database counts them."""
    failures_per_address: int = 100
    """Refused passwords and codes from one client address in 15 minutes, before it must wait."""

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the encrypted file in the instance folder."""
        return self.database_url.startswith("sqlite")

    @property
    def keys_file(self) -> Path:
        return self.instance_path / "keys.json"

    @property
    def database_file(self) -> Path | None:
        database = make_url(self.database_url).database
        return Path(database) if self.is_embedded and database else None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Raises `ConfigError` naming the variable and what it must hold."""
        instance = _instance(environ)
        base_url = _base_url(environ)
        return cls(
            base_url=base_url,
            instance_path=instance,
            database_url=_database_url(environ, instance),
            trusted_hosts=_trusted_hosts(environ, base_url),
            default_locale=_one_of(environ, "PORTAL_DEFAULT_LOCALE", LOCALES, "fr"),
            time_zone=_time_zone(environ),
            proxies=_proxies(environ, base_url),
            log_level=_one_of(
                environ, "PORTAL_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"
            ),
            smtp=_smtp(environ),
            redis_url=_redis_url(environ),
            failures_per_address=_failures_per_address(environ),
        )


def _instance(environ: Mapping[str, str]) -> Path:
    path = Path(environ.get("PORTAL_INSTANCE_PATH") or "instance").resolve()
    if path.exists() and not path.is_dir():
        raise ConfigError(f"PORTAL_INSTANCE_PATH is {str(path)!r}: it must be a folder, not a file")
    return path


def _base_url(environ: Mapping[str, str]) -> str:
    # The default serves this machine only: its host name is the only one answered.
    default = f"http://127.0.0.1:{_port(environ)}"
    url = (environ.get("PORTAL_BASE_URL") or default).rstrip("/")
    parts = urlsplit(url)
    if not _is_origin(parts):
        raise ConfigError(
            f"PORTAL_BASE_URL is {url!r}: write the address without a path, "
            "for example https://relais.example.org"
        )
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise ConfigError(
            f"PORTAL_BASE_URL is {url!r}: health data needs https:// outside this machine"
        )
    return url


def _is_origin(parts: SplitResult) -> bool:
    try:
        parts.port  # noqa: B018  # raises when it is no number
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.path + parts.query
    )


def _port(environ: Mapping[str, str]) -> int:
    value = environ.get("PORT") or "8000"
    if not (value.isascii() and value.isdigit()) or not 0 < int(value) < 65536:
        raise ConfigError(f"PORT is {value!r}: write a number from 1 to 65535")
    return int(value)


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    given = environ.get("PORTAL_DATABASE_URL") or f"sqlite+pysqlcipher:///{instance / 'relais.db'}"
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "PORTAL_DATABASE_URL cannot be read: write postgresql://user@host/name "
            "or sqlite+pysqlcipher:////path/relais.db"
        ) from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        _refuse_clear_network(url)
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if url.drivername != "sqlite+pysqlcipher":
        raise ConfigError(
            f"PORTAL_DATABASE_URL starts with {url.drivername!r}: only postgresql:// and the "
            "encrypted sqlite+pysqlcipher:/// hold health data"
        )
    if url.password or not url.database or url.database == ":memory:":
        raise ConfigError(
            "PORTAL_DATABASE_URL must name a file and hold no key: the key is in "
            "PORTAL_INSTANCE_PATH/keys.json"
        )
    return given


def _refuse_clear_network(url: URL) -> None:
    named = [url.host or "", *(_values(url, name) for name in ("host", "hostaddr", "service"))]
    hosts = [host for value in named for host in str(value).split(",")]
    is_here = all(host in (*LOCAL_HOSTS, "") or host.startswith("/") for host in hosts)
    if not is_here and url.query.get("sslmode") != "verify-full":
        raise ConfigError(
            "PORTAL_DATABASE_URL reaches another machine: add ?sslmode=verify-full, so that "
            "health data crosses the network encrypted"
        )


def _values(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else ",".join(value)


def _trusted_hosts(environ: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    host = urlsplit(base_url).hostname or ""
    more = [name.strip() for name in environ.get("PORTAL_TRUSTED_HOSTS", "").split(",")]
    if any("*" in name for name in more):
        raise ConfigError("PORTAL_TRUSTED_HOSTS holds '*': name each host, separated by commas")
    local = LOCAL_HOSTS if host in LOCAL_HOSTS else ()
    return tuple(dict.fromkeys([host, *local, *filter(None, more)]))


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = environ.get(name) or default
    if value not in allowed:
        raise ConfigError(f"{name} is {value!r}: write one of {', '.join(allowed)}")
    return value


def _time_zone(environ: Mapping[str, str]) -> str:
    name = environ.get("PORTAL_TIME_ZONE") or "Europe/Paris"
    if name not in available_timezones():
        raise ConfigError(f"PORTAL_TIME_ZONE is {name!r}: write a name such as Indian/Reunion")
    return ZoneInfo(name).key


def _proxies(environ: Mapping[str, str], base_url: str) -> int:
    value = environ.get("PORTAL_PROXIES") or "0"
    if value == "0" and base_url.startswith("https:"):
        # The server itself speaks no TLS: without it, all readers would share one address, and
        # a stranger's wrong codes would lock everybody out.
        raise ConfigError(
            "PORTAL_PROXIES is missing: PORTAL_BASE_URL is https, so write how many reverse "
            "proxies stand in front, usually 1"
        )
    if not (value.isascii() and value.isdigit()) or int(value) > 5:
        raise ConfigError(
            f"PORTAL_PROXIES is {value!r}: write how many proxies stand in front, 0 to 5"
        )
    return int(value)


def _smtp(environ: Mapping[str, str]) -> Smtp | None:
    given = environ.get("PORTAL_SMTP_URL") or ""
    if not given:
        return None
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path + parts.query:
        raise ConfigError(
            "PORTAL_SMTP_URL cannot be read: write smtps://user:password@mail.example.org "
            "or smtp://127.0.0.1:25"
        )
    is_tls = parts.scheme == "smtps"
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (username + password).isascii():
        raise ConfigError(
            "PORTAL_SMTP_URL: the user name and the password must be without accents (ASCII only)"
        )
    return Smtp(
        host=parts.hostname,
        port=port or (465 if is_tls else 587),
        sender=_sender(environ),
        is_tls=is_tls,
        username=username,
        password=password,
    )


def _sender(environ: Mapping[str, str]) -> str:
    sender = (environ.get("PORTAL_MAIL_FROM") or "").rstrip(" ")
    if not sender.isprintable() or not _is_one_sender(sender):
        raise ConfigError(
            f"PORTAL_MAIL_FROM is {sender!r}: with PORTAL_SMTP_URL, write the sender, for example "
            "Relais <relais@example.org>"
        )
    return sender


def _is_one_sender(text: str) -> bool:
    """Read as it will be written into each mail."""
    try:
        header = SMTP.header_factory("From", text)
    except (IndexError, HeaderParseError):
        return False  # what Python's reader falls over
    address = header.addresses[0].addr_spec if len(header.addresses) == 1 else ""
    is_whole = not any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects)
    is_last = text.endswith((address, f"{address}>"))
    return is_whole and is_last and _SENDER_ADDRESS.fullmatch(address) is not None


def _redis_url(environ: Mapping[str, str]) -> str:
    url = environ.get("PORTAL_REDIS_URL") or ""
    try:
        parts = urlsplit(url)
        is_on_network = parts.scheme in ("redis", "rediss") and bool(parts.hostname)
        is_number = not parts.path.strip("/") or parts.path.strip("/").isdecimal()
        is_right = (is_on_network and parts.port != 0 and is_number) or parts.scheme == "unix"
    except ValueError:
        is_right = False
    if url and not is_right:
        raise ConfigError("PORTAL_REDIS_URL cannot be read: write redis://host:6379/0")
    return url


def _failures_per_address(environ: Mapping[str, str]) -> int:
    value = environ.get("PORTAL_FAILURES_PER_ADDRESS") or "100"
    if not (value.isascii() and value.isdigit()) or not 10 <= int(value) <= 100_000:
        raise ConfigError(
            f"PORTAL_FAILURES_PER_ADDRESS is {value!r}: write a number from 10 to 100000"
        )
    return int(value)
