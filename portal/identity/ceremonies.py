"""WebAuthn ceremonies (Level 3): the challenge a browser is given, and the check of its answer."""

import json
import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session

from portal.crypto import new_token, token_hash
from portal.models import columns
from portal.models.account import User
from portal.models.credential import CeremonyPurpose, Passkey, PasskeyCeremony

# The library is imported where it is used: most pages never need it.
if TYPE_CHECKING:
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

LASTS = timedelta(minutes=5)
NAME = "Relais"
_CHALLENGE_BYTES = 32

_ceremony = columns(PasskeyCeremony)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """What a passkey is bound to: `id` is a host name, `origin` is `https://host[:port]`."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent back: the token of its ceremony, and the credential as JSON."""

    party: RelyingParty
    token: str
    credential: str


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A key that an authenticator has just made, and proved to hold."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def begin(
    session: Session, *, purpose: CeremonyPurpose, user_id: UUID | None, at: datetime
) -> tuple[bytes, str]:
    """A challenge, and the token that ties it to one browser; those nobody answered go."""
    session.connection().execute(delete(PasskeyCeremony).where(_ceremony.ends_at <= at))
    challenge, token = secrets.token_bytes(_CHALLENGE_BYTES), new_token()
    session.add(
        PasskeyCeremony(
            token_hash=token_hash(token),
            challenge=challenge,
            purpose=purpose,
            user_id=user_id,
            ends_at=at + LASTS,
        )
    )
    session.flush()
    return challenge, token


def take(
    session: Session, *, token: str, purpose: CeremonyPurpose, user_id: UUID | None, at: datetime
) -> bytes | None:
    """The challenge of this browser, once: one statement, and of parallel answers one gets it.

    None when it was answered before, is too old, or was given for something or somebody else;
    it is spent all the same.
    """
    taken = session.connection().execute(
        delete(PasskeyCeremony)
        .where(_ceremony.token_hash == token_hash(token))
        .returning(_ceremony.challenge, _ceremony.purpose, _ceremony.user_id, _ceremony.ends_at)
    )
    row = taken.first()
    if row is None or row.ends_at <= at or (row.purpose, row.user_id) != (purpose, user_id):
        return None
    challenge: bytes = row.challenge
    return challenge


def request_options(party: RelyingParty, challenge: bytes, *, allowed: list[Passkey]) -> str:
    """For `navigator.credentials.get`; with no passkey named, the phone offers those it holds."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=_milliseconds(),
        allow_credentials=[_descriptor(passkey) for passkey in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def creation_options(
    party: RelyingParty, challenge: bytes, *, user: User, excluded: list[Passkey]
) -> str:
    """For `navigator.credentials.create`: a passkey that names its account without a password."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user.id.bytes,
        user_name=user.sign_in_name,
        challenge=challenge,
        timeout=_milliseconds(),
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(passkey) for passkey in excluded],
        supported_pub_key_algs=_algorithms(),
    )
    return options_to_json(options)


def named_by(credential: str) -> bytes | None:
    """The id of the passkey that says to have signed; none in what cannot be read."""
    try:
        return urlsafe_b64decode(json.loads(credential)["id"] + "===")
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def new_sign_count(
    answer: Answer, challenge: bytes, *, passkey: Passkey, is_owner_known: bool
) -> int | None:
    """The count of a signature that holds; none for every other.

    User verification is required, so that the passkey is two factors; a count that did not grow
    means a copy of the key; where nobody said who they are, the phone must (7.2, steps 6, 17, 22).
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json

    try:
        given = parse_authentication_credential_json(answer.credential)
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        is_framed = _is_framed(given.response.client_data_json)
    except Exception:
        # Whatever a stranger wrote into it, the parsers' many errors are one refusal.
        return None
    handle = given.response.user_handle
    is_of_owner = handle == passkey.user_id.bytes or (handle is None and is_owner_known)
    return verified.new_sign_count if is_of_owner and not is_framed else None


def new_credential(answer: Answer, challenge: bytes) -> NewCredential | None:
    """The key of a registration that holds; none for every other."""
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_registration_credential_json

    try:
        given = parse_registration_credential_json(answer.credential)
        verified = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_algorithms(),
        )
        is_framed = _is_framed(given.response.client_data_json)
    except Exception:
        # As above: one refusal.
        return None
    if is_framed:
        return None
    return NewCredential(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=[one.value for one in given.response.transports or []],
    )


def _is_framed(client_data: bytes) -> bool:
    """Whether our page stood in a page of somebody else; it never does."""
    from webauthn.helpers import parse_client_data_json

    return bool(parse_client_data_json(client_data).cross_origin)


def _descriptor(passkey: Passkey) -> "PublicKeyCredentialDescriptor":
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    transports = [AuthenticatorTransport(one) for one in passkey.transports]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports)


def _algorithms() -> "list[COSEAlgorithmIdentifier]":
    from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm

    return [Algorithm.ECDSA_SHA_256, Algorithm.RSASSA_PKCS1_v1_5_SHA_256, Algorithm.EDDSA]


def _milliseconds() -> int:
    return int(LASTS.total_seconds() * 1000)
