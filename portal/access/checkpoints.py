"""Signed heads of the chains, kept on another machine: what a chain alone cannot show.

One JSON line each time: when, the last row of each chain that grew, the hash of the line before,
an Ed25519 signature. A tail that was cut, or a whole log that was written anew, shows against it.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import exists, select
from sqlmodel import Session

from portal.access.chains import Head
from portal.crypto import KeyRing
from portal.errors import CheckpointsDamagedError
from portal.models import columns
from portal.models.audit import AccessEvent

_INFO = b"relais: checkpoints of the access log, version 1"
_event = columns(AccessEvent)
_newer = AccessEvent.__table__.alias("newer").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_HEADS = (
    select(_event.patient_id, _event.sequence, _event.hash)
    .where(
        ~exists().where(_newer.patient_id == _event.patient_id, _newer.sequence > _event.sequence)
    )
    .order_by(_event.patient_id)
)


@dataclass(slots=True)
class Checkpoints:
    """What a file says: the newest head of each chain, and where the next line begins."""

    heads: dict[str, Head] = field(default_factory=dict)
    last_line: str = ""
    count: int = 0


def signing_key(keys: KeyRing) -> Ed25519PrivateKey:
    """Derived from the key ring: there is no other secret to keep."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(keys.digest)
    return Ed25519PrivateKey.from_private_bytes(seed)


def read(lines: Iterable[str], *, keys: KeyRing) -> Checkpoints:
    """Raises `CheckpointsDamagedError` with the number of the first line that is not ours."""
    found = Checkpoints()
    for number, line in enumerate(lines, 1):
        try:
            entry = _signed_entry(line, keys=keys)
            heads = {str(name): (int(one[0]), str(one[1])) for name, one in entry["heads"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, InvalidSignature):
            reason = "it was changed, or other keys signed it"
            raise CheckpointsDamagedError(number, reason) from None
        if entry.get("previous") != _line_hash(found.last_line):
            raise CheckpointsDamagedError(number, "the line before it is not the one that it knew")
        found.heads.update(heads)
        found.last_line, found.count = line.rstrip("\n"), number
    return found


def next_line(
    session: Session, *, keys: KeyRing, checkpoints: Checkpoints, at: datetime
) -> tuple[str, int]:
    """The line to append, and how many chains grew.

    Raises `CheckpointsDamagedError` when the log is not what the last line says: a cut tail is
    not signed.
    """
    heads = {
        str(patient_id): (int(sequence), bytes(own).hex())
        for patient_id, sequence, own in session.execute(_HEADS)
    }
    _refuse_damaged_log(heads, checkpoints)
    grown = {name: head for name, head in heads.items() if checkpoints.heads.get(name) != head}
    entry: dict[str, Any] = {
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "heads": grown,
        "previous": _line_hash(checkpoints.last_line),
    }
    signature = signing_key(keys).sign(_canonical(entry))
    signed = entry | {"signature": base64.b64encode(signature).decode()}
    return json.dumps(signed, separators=(",", ":")) + "\n", len(grown)


def _refuse_damaged_log(heads: Mapping[str, Head], checkpoints: Checkpoints) -> None:
    for patient_id, (sequence, own_hash) in checkpoints.heads.items():
        head = heads.get(patient_id, (0, ""))
        if head[0] < sequence or (head[0] == sequence and head[1] != own_hash):
            raise CheckpointsDamagedError(
                checkpoints.count, f"the log of patient {patient_id} was cut or rewritten since"
            )


def _signed_entry(line: str, *, keys: KeyRing) -> dict[str, Any]:
    if not line.endswith("\n"):
        raise ValueError("the line was cut")
    entry: dict[str, Any] = json.loads(line)
    signature = base64.b64decode(entry.pop("signature"), validate=True)
    signing_key(keys).public_key().verify(signature, _canonical(entry))
    return entry


def _canonical(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()


def _line_hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
