"""Fills an empty database with the fictional circle, in one writing transaction."""

from datetime import datetime

from sqlmodel import Session, SQLModel

from portal.crypto import KeyRing
from portal.db import begin_writing
from portal.demo import (
    accounts,
    agenda_of_jeanne,
    agreements,
    consents,
    links,
    messages,
    modules,
    needs,
    other_agendas,
    programme,
    teams,
)
from portal.demo.cast import Cast, gather
from portal.demo.claim import claim
from portal.demo.days import local_day
from portal.demo.visits import appointment
from portal.models.agenda import Appointment
from portal.models.base import metadata
from portal.models.care import CareTeamMember


def seed(session: Session, *, keys: KeyRing, now: datetime, password_hash: str) -> None:
    """Insert everything, with dates around `now`; flushes, the caller commits.

    Raises `DemoRefusedError` before the first write when the database holds anybody, or the demo.
    """
    begin_writing(session)
    claim(session, today=local_day(now))
    cast = gather(now=now, password_hash=password_hash)
    rows = everything(cast, keys=keys, now=now)
    # The rows know each other by id alone, so that the parents have to go first.
    for table in metadata.sorted_tables:
        session.add_all([row for row in rows if type(row).__tablename__ == table.name])
        session.flush()
    messages.write(session, cast, keys=keys, now=now)
    modules.publish_library(session, cast, now=now)
    programme.write(session, cast, keys=keys, now=now)


def everything(cast: Cast, *, keys: KeyRing, now: datetime) -> list[SQLModel]:
    """The rows of the demo, in no useful order; conversations are written as people write."""
    today = local_day(now)
    visits = agenda(cast, now=now)
    circles = list(teams.circle_rows(cast, today=today))
    members = [row for row in circles if isinstance(row, CareTeamMember)]
    return [
        *cast.rows(),
        *(accounts.authenticator(user, keys=keys, now=now) for user in cast.users.values()),
        *links.coordinations(cast, now=now),
        *links.own_links(cast, now=now),
        *links.carer_rows(cast, today=today),
        *circles,
        *needs.need_rows(cast, members, today=today, now=now),
        *needs.absences(cast, today=today, now=now),
        *consents.decisions(cast, today=today),
        *visits,
        *agreements.rows(agreements.Stage(cast, visits, now), keys=keys),
    ]


def agenda(cast: Cast, *, now: datetime) -> list[Appointment]:
    by_patient = other_agendas.visits(now) | {"jeanne": agenda_of_jeanne.visits(now)}
    return [
        appointment(visit, patient=patient, cast=cast, now=now)
        for patient, visits in by_patient.items()
        for visit in visits
    ]
