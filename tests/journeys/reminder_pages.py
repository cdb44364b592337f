"""The ways to the pages of reminders; each reader is one of their own, with two people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import User
from portal.models.calendar import ReminderChoice
from portal.models.care import CareTeam, Patient
from portal.models.directory import Gender
from portal.models.rights import CareLink, CareLinkKind, PersonColor
from tests import factories
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

Opener = Callable[[Browse, RunningPortal], Page]
LIST = "/account/reminders"
_readers = count(1)


@dataclass(frozen=True)
class Reader:
    """Marcel, signed in on `page`: his own agenda, and that of his sister Lucienne."""

    page: Page
    own: str
    sister: str
    """Addresses of the two forms."""

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


def a_reader(
    browse: Browse,
    relais: RunningPortal,
    *,
    follows: bool = True,
    chosen: bool = False,
    email: bool = True,
    **options: Any,
) -> Reader:
    with relais.writing() as (session, _keys):
        user = _account(session, next(_readers), email=email)
        forms = {"own": LIST, "sister": LIST}
        if follows:
            own, sister = _file(session, "Marcel"), _file(session, "Lucienne")
            kind = CareLinkKind.SELF
            session.add(CareLink(patient_id=own.id, user_id=user.id, kind=kind, starts_at=now()))
            link = factories.make_link(session, patient=sister, user=user, color=PersonColor.SAPIN)
            factories.make_grant(session, link=link, category="agenda", action="see")
            forms = {"own": f"{LIST}?of={own.id}", "sister": f"{LIST}?of={sister.id}"}
            if chosen:
                session.add(
                    ReminderChoice(
                        patient_id=own.id,
                        user_id=user.id,
                        evening_before=time(18),
                        minutes_before=60,
                        is_detailed=True,
                        quiet_from=time(21),
                        quiet_until=time(7),
                        updated_at=now(),
                    )
                )
        _row, token = start_session(
            session, user_id=user.id, is_staff=False, user_agent="a phone", at=now()
        )
    page = browse(**options)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Reader(page, **forms)


def _account(session: Session, number: int, *, email: bool) -> User:
    user = User(
        email=f"marcel{number}@example.org" if email else None,
        username=f"marcel.{number}",
        given_name="Marcel",
        family_name="Le Bihan",
        password_hash="-",
        enrolled_at=now(),
        locale=None,
    )
    session.add(user)
    session.flush()
    return user


def _file(session: Session, name: str) -> Patient:
    gender = Gender.MALE if name == "Marcel" else Gender.FEMALE
    patient = Patient(given_name=name, family_name="Le Bihan", gender=gender)
    session.add(patient)
    session.flush()
    session.add(CareTeam(patient_id=patient.id))
    session.flush()
    return patient


def _listed(**fields: Any) -> Opener:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        return a_reader(browse, relais, **fields).open(LIST)

    return opened


def saved(browse: Browse, relais: RunningPortal) -> Page:
    page = own_form(browse, relais)
    page.locator("#evening").select_option("19:00")
    page.locator("main form button.is-primary").click()
    page.wait_for_url("**done=saved*")
    return page


def stopped(browse: Browse, relais: RunningPortal) -> Page:
    page = a_reader(browse, relais, chosen=True).open(LIST)
    page.locator("form[action*='/stop'] button").click()
    page.wait_for_url("**done=stopped*")
    return page


def own_form(browse: Browse, relais: RunningPortal) -> Page:
    reader = a_reader(browse, relais, chosen=True)
    return reader.open(reader.own)


def a_form_for_another(browse: Browse, relais: RunningPortal) -> Page:
    reader = a_reader(browse, relais)
    return reader.open(reader.sister)


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = own_form(browse, relais)
    page.locator("#quiet_until").select_option("")
    page.locator("main form button.is-primary").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


SPOTS = (
    Spot("reminders", "Rappels par e-mail", _listed(chosen=True)),
    Spot("reminders-nobody", "Rappels par e-mail", _listed(follows=False)),
    Spot("reminders-no-address", "Rappels par e-mail", _listed(email=False)),
    Spot("reminders-saved", "Rappels par e-mail", saved),
    Spot("reminders-stopped", "Rappels par e-mail", stopped),
    Spot("reminder-form", "Mes rappels", own_form),
    Spot("reminder-form-relative", "Mes rappels pour Lucienne", a_form_for_another),
    Spot("reminder-mistakes", "Mes rappels", mistakes),
)
