"""An authenticator in software: it makes passkeys and signs with them, and can be told to lie."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.clock import now
from portal.models.account import User
from portal.models.credential import Passkey
from tests.pages import PageClient

ACCOUNT = "/account/security/passkeys"
SIGN_IN = "/sign-in/passkey"
SECOND_FACTOR = "/sign-in/code/passkey"
STEP_UP = "/sign-in/confirm/passkey"
ENROLMENT = "/enrolment/passkey"
_PRESENT, _VERIFIED, _KEY_FOLLOWS = 0x01, 0x04, 0x40
_ES256, _EC2, _P256 = -7, 2, 1


@dataclass
class Phone:
    """One device with at most one passkey; what it says of itself can be changed."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    is_present: bool = True
    is_verified: bool = True
    is_framed: bool = False
    algorithm: int = _ES256
    count: int = 0
    """0: it does not count."""
    challenge: str = ""
    """Signed in the place of the one that was given."""
    kind: str = ""
    handle: bytes | None = b"the owner"
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.create` gives, as JSON."""
        self.handle = _bytes(options["user"]["id"])
        made = (
            self._data(_KEY_FOLLOWS)
            + bytes(16)
            + len(self.credential_id).to_bytes(2)
            + self.credential_id
            + self.cose_key()
        )
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})
        client = self._client("webauthn.create", options)
        return self._written(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.get` gives, as JSON."""
        self.count += 1 if self.count else 0
        data, client = self._data(), self._client("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        handle = {"userHandle": self.handle} if self.handle is not None else {}
        return self._written(
            clientDataJSON=client, authenticatorData=data, signature=signature, **handle
        )

    def cose_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32), point.y.to_bytes(32)
        return cbor2.dumps({1: _EC2, 3: self.algorithm, -1: _P256, -2: x, -3: y})

    def _data(self, more: int = 0) -> bytes:
        flags = more | (_PRESENT if self.is_present else 0) | (_VERIFIED if self.is_verified else 0)
        digest = hashlib.sha256(self.rp_id.encode()).digest()
        return digest + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {
            "type": self.kind or kind,
            "challenge": self.challenge or options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.is_framed,
        }
        return json.dumps(said).encode()

    def _written(self, **fields: bytes) -> str:
        name = _text(self.credential_id)
        response = {key: _text(value) for key, value in fields.items()}
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response | {"transports": ["internal", "hybrid"]},
            }
        )


def options(reader: PageClient, act: str) -> dict[str, Any]:
    """What the browser is asked; it keeps the cookie of the ceremony."""
    answer = reader.post(f"{act}/options")
    assert answer.status_code == 200, answer.status
    asked: dict[str, Any] = answer.json
    return asked


def touch(reader: PageClient, phone: Phone, act: str, **fields: str) -> TestResponse:
    """Ask, sign, send: what a touch of the button does."""
    return reader.post(act, data=fields | {"credential": phone.get(options(reader, act))})


def give_passkey(session: Session, user: User, phone: Phone, **fields: Any) -> Passkey:
    """As if that phone had been added; flushed."""
    phone.handle = user.id.bytes
    values = {
        "name": "Téléphone",
        "credential_id": phone.credential_id,
        "public_key": phone.cose_key(),
        "sign_count": phone.count,
        "transports": ["internal"],
        "created_at": now(),
    }
    passkey = Passkey(user_id=user.id, **(values | fields))
    session.add(passkey)
    session.flush()
    return passkey


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "===")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
