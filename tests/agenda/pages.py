"""A reader in front of one patient's agenda, and what the page shows of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.agenda import Appointment
from portal.models.care import Patient
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

_TITLE = re.compile(r'class="visit-title"><a[^>]*>([^<]*)<')
_DAY = re.compile(r'id="day-(\d{4}-\d\d-\d\d)"')


@dataclass
class AgendaReader:
    """Signed in, in English unless told, as the patient."""

    reader: PageClient
    session: Session
    patient: Patient

    def add(self, starts_at: datetime | None, **fields: Any) -> Appointment:
        return factories.make_appointment(
            self.session, patient=self.patient, starts_at=starts_at, **fields
        )

    def page(self, query: str = "", *, htmx: bool = False) -> str:
        self.session.commit()
        answer = self.reader.get(f"/p/{self.patient.id}/agenda{query}", htmx=htmx)
        assert answer.status_code == 200
        return answer.text

    def one(self, appointment: Appointment) -> str:
        return self.page(f"/{appointment.id}")


def agenda_reader(
    reader: PageClient, session: Session, keys: KeyRing, *, locale: str = "en", **patient: Any
) -> AgendaReader:
    somebody = factories.make_patient(session, **patient)
    user, _ = factories.make_user(session, keys, locale=locale)
    factories.make_link(session, patient=somebody, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    return AgendaReader(reader, session, somebody)


def titles(html: str) -> list[str]:
    return _TITLE.findall(html)


def days(html: str) -> list[str]:
    return _DAY.findall(html)
