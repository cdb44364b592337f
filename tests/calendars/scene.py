"""Jeanne, her visits, and the calendars of those who follow them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal import clock
from portal.crypto import KeyRing, new_token, token_hash
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.calendar import CalendarFeed
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind
from tests import factories

Told = dict[str, icalendar.Event]


@dataclass
class Scene:
    """A patient and her relatives, with whom the tests of a calendar begin."""

    app: Flask
    session: Session
    keys: KeyRing
    patient: Patient = field(init=False)
    links: dict[UUID, CareLink] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.patient = factories.make_patient(self.session)

    def relative(
        self, *grants: str, kind: CareLinkKind = CareLinkKind.CARER, **fields: Any
    ) -> User:
        user, _secret = factories.make_user(self.session, self.keys, **fields)
        self.links[user.id] = factories.make_link(
            self.session, patient=self.patient, user=user, grants=grants, kind=kind
        )
        return user

    def herself(self) -> User:
        return self.relative(kind=CareLinkKind.SELF)

    def visit(self, **fields: Any) -> Appointment:
        row = factories.make_appointment(self.session, patient=self.patient, **fields)
        self.session.commit()
        return row

    def feed(self, user: User, *, of_all: bool = False, **fields: Any) -> str:
        """The address of a new subscription."""
        token = new_token()
        self.session.add(
            CalendarFeed(
                user_id=user.id,
                patient_id=None if of_all else self.patient.id,
                name="Téléphone",
                token_hash=token_hash(token),
                created_at=clock.now(),
                **fields,
            )
        )
        self.session.commit()
        return f"/calendar/{token}.ics"

    def fetch(self, address: str, **headers: str) -> TestResponse:
        """As a program does: without cookies, and without saying where it comes from."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().get(address, headers=names)

    def read(self, address: str) -> Told:
        """What it shows, by title."""
        return told(self.fetch(address))


def told(answer: TestResponse) -> Told:
    assert answer.status_code == 200, answer.status
    assert answer.mimetype == "text/calendar"
    return {_plain(one["SUMMARY"]): one for one in calendar_of(answer).walk("VEVENT")}


def _plain(text: object) -> str:
    """With spaces that break, as tests type them."""
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def calendar_of(answer: TestResponse) -> icalendar.Calendar:
    found = icalendar.Calendar.from_ical(answer.data)
    assert isinstance(found, icalendar.Calendar)
    return found


def soon(**delta: int) -> datetime:
    """A whole minute, some time from now."""
    return clock.now().replace(second=0, microsecond=0) + timedelta(**delta)
