"""The accounts of the demo: one password for all, each with an authenticator of its own."""

from dataclasses import dataclass
from datetime import datetime

import pyotp

from portal.crypto import Cell, KeyRing
from portal.identity.queries import DEMO_DEVICE
from portal.models.account import User
from portal.models.base import new_id
from portal.models.credential import TotpDevice
from portal.models.directory import Practitioner


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    given: str
    family: str
    is_professional: bool = False
    is_operator: bool = False
    is_patient_expert: bool = False
    is_privacy_contact: bool = False


ACCOUNTS = {
    "jeanne": Account(given="Jeanne", family="Morel"),
    "paul": Account(given="Paul", family="Morel"),
    "sylvie": Account(given="Sylvie", family="Morel"),
    "claire": Account(given="Claire", family="Morvan", is_professional=True),
    "thomas": Account(given="Thomas", family="Lefèvre"),
    "nadia": Account(given="Nadia", family="Belkacem", is_professional=True),
    "legoff": Account(given="Anne", family="Le Goff", is_professional=True),
    "haddad": Account(given="Samir", family="Haddad", is_professional=True),
    "monique": Account(given="Monique", family="Garnier", is_patient_expert=True),
    "alain": Account(given="Alain", family="Petit", is_patient_expert=True),
    "admin": Account(given="Camille", family="Roudaut", is_operator=True),
    "delphine": Account(given="Delphine", family="Arzel", is_privacy_contact=True),
}
"""By what stands before `@example.org`; a professional's is also the key in the directory."""


def users(
    professionals: dict[str, Practitioner], *, now: datetime, password_hash: str
) -> dict[str, User]:
    return {
        key: User(
            email=f"{key}@example.org",
            given_name=account.given,
            family_name=account.family,
            password_hash=password_hash,
            enrolled_at=now,
            practitioner_id=professionals[key].id if account.is_professional else None,
            is_operator=account.is_operator,
            is_patient_expert=account.is_patient_expert,
            is_privacy_contact=account.is_privacy_contact,
            locale="fr",
            created_at=now,
        )
        for key, account in ACCOUNTS.items()
    }


def authenticator(user: User, *, keys: KeyRing, now: datetime) -> TotpDevice:
    """A confirmed one, as if the person had just enrolled."""
    device_id = new_id()
    secret = pyotp.random_base32().encode()
    return TotpDevice(
        id=device_id,
        user_id=user.id,
        name=DEMO_DEVICE,
        secret_sealed=keys.seal(secret, Cell("totp_device", "secret_sealed", device_id)),
        confirmed_at=now,
        created_at=now,
    )
