"""The key ring: sealed columns, keyed digests, random tokens."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.errors import ConfigError

_VERSION = b"\x01"
_NONCE_BYTES = 12


class Cell(NamedTuple):
    """Where a sealed value lives; it opens nowhere else."""

    table: str
    column: str
    row: UUID

    def as_bytes(self) -> bytes:
        return f"{self.table}.{self.column}:{self.row}".encode()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The secrets of one installation, as read from `keys.json`."""

    database: bytes
    """32 bytes: the key of the encrypted database file."""
    sealing: dict[str, bytes]
    """Key id (4 characters) → AES-256 key; old ids stay so that old values open."""
    sealing_current: str
    digest: bytes
    """HMAC key for values that are only compared (recovery codes, sign-in budget)."""

    def seal(self, plain: bytes, cell: Cell) -> bytes:
        """Encrypt for one cell: the value opens in that table, column and row only."""
        key_id = self.sealing_current
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.sealing[key_id]).encrypt(nonce, plain, cell.as_bytes())
        return _VERSION + key_id.encode() + nonce + sealed

    def open(self, sealed: bytes, cell: Cell) -> bytes:
        """Raises `ValueError` when the value was changed, moved, or sealed by an unknown key."""
        key_id, rest = sealed[1:5].decode(), sealed[5:]
        key = self.sealing.get(key_id)
        if sealed[:1] != _VERSION or key is None:
            raise ValueError(f"{cell.table}.{cell.column}: sealed by an unknown key")
        nonce, body = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, body, cell.as_bytes())
        except InvalidTag:
            raise ValueError(f"{cell.table}.{cell.column}: it does not open here") from None

    def hmac(self, purpose: str, value: str) -> bytes:
        """A 32-byte keyed digest; the purpose keeps two uses of one value apart."""
        return hmac.digest(self.digest, f"{purpose}\0{value}".encode(), "sha256")

    @classmethod
    def generate(cls) -> "KeyRing":
        return cls(
            database=os.urandom(32),
            sealing={"k001": os.urandom(32)},
            sealing_current="k001",
            digest=os.urandom(32),
        )

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Raises `ConfigError` when the file is missing, damaged or readable by others."""
        try:
            raw = json.loads(path.read_text())
            sealing = {name: _unb64(key) for name, key in raw["sealing"].items()}
            ring = cls(
                _unb64(raw["database"]), sealing, raw["sealing_current"], _unb64(raw["digest"])
            )
        except FileNotFoundError:
            raise ConfigError(
                f"{path} is missing: run `python -m portal migrate` on a new installation, "
                "or restore the file from your backup"
            ) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ConfigError(f"{path} is damaged: restore it from your backup") from None
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by other accounts: run chmod 600 on it")
        return ring

    def save(self, path: Path) -> None:
        """Write a new file for the owner alone; never replaces one that exists."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        raw = {
            "database": _b64(self.database),
            "sealing": {name: _b64(key) for name, key in self.sealing.items()},
            "sealing_current": self.sealing_current,
            "digest": _b64(self.digest),
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(raw, file, indent=2)


def new_token() -> str:
    """256 random bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token: a stolen table opens no session and no invitation."""
    return hashlib.sha256(token.encode()).digest()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
