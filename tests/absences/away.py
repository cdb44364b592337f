"""A nurse with an account and patients, and days away."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.base import new_id
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.teams.own_day import USUAL_ZONE, day_in
from tests import factories
from tests.pages import PageClient

PAGE = "/professional/absences"
NEW = f"{PAGE}/new"


def today() -> date:
    return day_in(USUAL_ZONE, at=now())


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def typed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@dataclass
class Away:
    """`nadia` is away; `julie` could replace."""

    session: Session
    keys: KeyRing
    reader: PageClient
    nadia: Practitioner
    julie: Practitioner
    user: User

    def enter(self, user: User | None = None) -> PageClient:
        self.reader.enter(self.session, user or self.user)
        return self.reader

    def works_at(self, place: Organization, who: Practitioner | None = None) -> None:
        self.session.add(
            PractitionerRole(
                practitioner_id=(who or self.nadia).id,
                organization_id=place.id,
                time_zone=place.time_zone,
            )
        )
        self.session.flush()

    def coordinator(self, place: Organization) -> User:
        user, _ = factories.make_user(self.session, self.keys, given_name="Claire")
        factories.make_coordination(self.session, user=user, organization_id=place.id)
        return user

    def absence(self, first: int, last: int, **fields: Any) -> Absence:
        """Days from today."""
        row = Absence(
            **(
                {
                    "id": new_id(),
                    "practitioner_id": self.nadia.id,
                    "starts_on": in_days(first),
                    "ends_on": in_days(last),
                }
                | fields
            )
        )
        self.session.add(row)
        self.session.flush()
        return row

    def stored(self) -> list[tuple[date, date]]:
        """First and last days of all that is noted of Nadia, as the database has it now."""
        self.session.rollback()
        self.session.expire_all()
        absence = columns(Absence)
        rows = self.session.execute(
            select(absence.starts_on, absence.ends_on)
            .where(absence.practitioner_id == self.nadia.id)
            .order_by(absence.starts_on)
        )
        return [tuple(row) for row in rows]

    def form(self, first: int = 3, last: int = 9, **fields: str) -> dict[str, str]:
        values = {"first_day": typed(in_days(first)), "last_day": typed(in_days(last))}
        return values | {"replacement": "none", "note": ""} | fields
