"""Everybody and every place of the demo, by a short name."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import SQLModel

from portal.demo import accounts, directory, families
from portal.demo.days import local_day
from portal.models.account import User
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner, PractitionerRole


@dataclass(frozen=True, slots=True)
class Cast:
    organizations: dict[str, Organization]
    practitioners: dict[str, Practitioner]
    roles: dict[str, PractitionerRole]
    """Under the key of the practitioner."""
    patients: dict[str, Patient]
    relatives: dict[tuple[str, str], RelatedPerson]
    """Under the key of the patient and their own."""
    users: dict[str, User]

    def rows(self) -> list[SQLModel]:
        return [
            *self.organizations.values(),
            *self.practitioners.values(),
            *self.roles.values(),
            *self.patients.values(),
            *self.relatives.values(),
            *self.users.values(),
        ]


def gather(*, now: datetime, password_hash: str) -> Cast:
    today = local_day(now)
    places = directory.organizations()
    professionals = directory.practitioners()
    patients = families.patients(places, today=today)
    return Cast(
        organizations=places,
        practitioners=professionals,
        roles=directory.roles(professionals, places),
        patients=patients,
        relatives=families.relatives(patients),
        users=accounts.users(professionals, now=now, password_hash=password_hash),
    )
