"""The ways to what a professional answers for, their days away, and the numbers, for `places`."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from portal.clock import now
from portal.models.account import Coordination
from portal.models.directory import Absence, Practitioner, PractitionerRole
from portal.teams.own_day import USUAL_ZONE, day_in
from tests import factories
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

ABSENCES = "/professional/absences"
FAR = 310
"""Days ahead: a circle shows the next sixty, and other journeys look at circles."""
NEW = "Noter une absence"
_SAVE = "main form .button.is-primary"
Opener = Callable[[Browse, RunningPortal], Page]


def day(ahead: int) -> date:
    return day_in(USUAL_ZONE, at=now()) + timedelta(days=ahead)


def typed(ahead: int) -> str:
    return f"{day(ahead):%d/%m/%Y}"


def a_colleague(relais: RunningPortal, *, family: str, first: int, last: int) -> UUID:
    """A nurse of Claire's organization, in no circle, away on these days; made once, by name."""
    with relais.writing() as (session, _keys):
        found = session.exec(select(Practitioner).where(Practitioner.family_name == family)).first()
        nurse = found or factories.make_practitioner(session, family_name=family)
        if found is None:
            place = session.exec(select(Coordination.organization_id)).first()
            session.add(PractitionerRole(practitioner_id=nurse.id, organization_id=place))
            _add_absence(session, nurse, first, last)
        return nurse.id


def of_colleague(practitioner_id: UUID) -> str:
    return f"{ABSENCES}/of/{practitioner_id}"


def at(persona: str, path: str) -> Opener:
    def opened(browse: Browse, _relais: RunningPortal) -> Page:
        page = browse(persona)
        page.goto(path)
        return page

    return opened


def an_absence_of_today(browse: Browse, relais: RunningPortal) -> Page:
    nurse_id = a_colleague(relais, family="Quentel", first=-3, last=400)
    return at("claire", of_colleague(nurse_id))(browse, relais)


def an_absence_to_change(browse: Browse, relais: RunningPortal) -> Page:
    page = an_absence_of_today(browse, relais)
    page.locator("li.card .button-row a").click()
    page.wait_for_url(f"**{ABSENCES}/of/*/*")
    return page


def an_absence_just_ended(browse: Browse, relais: RunningPortal) -> Page:
    nurse_id = a_colleague(relais, family="Trividic", first=-9, last=-1)
    with relais.writing() as (session, _keys):
        of_nurse = select(Absence.id).where(Absence.practitioner_id == nurse_id)
        absence_id = session.exec(of_nurse).one()
    path = f"{of_colleague(nurse_id)}?done=back&of={absence_id}&last={day(5)}"
    return at("claire", path)(browse, relais)


def a_search(browse: Browse, relais: RunningPortal) -> Page:
    page = at("nadia", f"{ABSENCES}/new")(browse, relais)
    page.locator("#first_day").fill(typed(FAR))
    page.locator("#last_day").fill(typed(FAR + 9))
    page.locator("#asked").fill("le")
    page.locator("main button[formmethod]").click()
    page.wait_for_url("**/new?**")
    # Away from the answers, where the band covers a part of the field above them.
    page.evaluate("scrollTo(0, 0)")
    return page


def an_absence_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = at("legoff", f"{ABSENCES}/new")(browse, relais)
    page.locator(_SAVE).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def days_that_are_taken(browse: Browse, relais: RunningPortal) -> Page:
    nurse_id = a_colleague(relais, family="Quentel", first=-3, last=400)
    page = at("claire", f"{of_colleague(nurse_id)}/new")(browse, relais)
    page.locator("#first_day").fill(typed(2))
    page.locator("#last_day").fill(typed(4))
    page.locator(_SAVE).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def an_absence_to_delete(browse: Browse, relais: RunningPortal) -> Page:
    nurse_id = a_colleague(relais, family="Salaun", first=FAR, last=FAR + 2)
    page = at("claire", of_colleague(nurse_id))(browse, relais)
    page.locator("main a[href$='/delete']").click()
    page.wait_for_url("**/delete")
    return page


def _add_absence(session: Session, nurse: Practitioner, first: int, last: int) -> None:
    row = Absence(practitioner_id=nurse.id, starts_on=day(first), ends_on=day(last))
    session.add(row)
    session.flush()


_NOTHING_MORE = f"/professional/needs?after=2.{UUID(int=1)}.{UUID(int=1)}"

SPOTS = (
    Spot("my-needs", "Ce dont je réponds", at("claire", "/professional/needs")),
    Spot("my-needs-none", "Ce dont je réponds", at("nadia", _NOTHING_MORE)),
    Spot("absences-none", "Mes absences", at("legoff", ABSENCES)),
    Spot("absences-today", "Absences : Nadia Quentel", an_absence_of_today),
    Spot("absences-back", "Absences : Nadia Trividic", an_absence_just_ended),
    Spot("absence-search", NEW, a_search),
    Spot("absence-mistakes", NEW, an_absence_with_mistakes),
    Spot("absence-taken", NEW, days_that_are_taken),
    Spot("absence-change", "Modifier une absence", an_absence_to_change),
    Spot("absence-delete", "Supprimer cette absence ?", an_absence_to_delete),
    Spot("indicators", "Indicateurs", at("claire", "/professional/indicators")),
)
