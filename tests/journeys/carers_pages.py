"""The ways to the pages about carers; what is changed on the way is of families of their own."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from playwright.sync_api import Page

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import User
from portal.models.care import CareTeam, Patient
from portal.models.directory import Gender
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    Grant,
    GrantAction,
    GrantCategory,
    GrantRequest,
)
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

Opener = Callable[[Browse, RunningPortal], Page]
_families = count(1)


def a_family(
    browse: Browse,
    relais: RunningPortal,
    *,
    as_carer: bool = False,
    days_left: int = 300,
    asks: bool = False,
    has_carer: bool = True,
) -> tuple[Page, str]:
    """Rose, and Luc who follows her; signed in as one of them, and the address of the file."""
    number, at = next(_families), now()
    with relais.writing() as (session, _keys):
        patient = Patient(given_name="Rose", family_name="Le Bihan", gender=Gender.FEMALE)
        people = [
            User(
                email=f"{name}{number}@example.org",
                given_name=name.title(),
                family_name="Le Bihan",
                password_hash="-",
                enrolled_at=at,
                locale=None,
            )
            for name in ("rose", "luc")
        ]
        session.add_all([patient, *people])
        session.flush()
        session.add(CareTeam(patient_id=patient.id))
        rose, luc = people
        own = CareLink(patient_id=patient.id, user_id=rose.id, kind=CareLinkKind.SELF, starts_at=at)
        link = CareLink(
            patient_id=patient.id,
            user_id=luc.id,
            kind=CareLinkKind.CARER,
            status=CareLinkStatus.ACTIVE if has_carer else CareLinkStatus.ENDED,
            relationship="SON",
            starts_at=at - timedelta(days=250),
        )
        session.add_all([own, link])
        session.flush()
        session.add(
            Grant(
                patient_id=patient.id,
                care_link_id=link.id,
                category=GrantCategory.AGENDA,
                action=GrantAction.SEE,
                starts_at=at - timedelta(days=60),
                ends_at=at + timedelta(days=days_left),
            )
        )
        if asks:
            session.add(
                GrantRequest(
                    patient_id=patient.id,
                    care_link_id=link.id,
                    category=GrantCategory.CARE_TEAM,
                    action=GrantAction.SEE,
                    created_at=at,
                )
            )
        _row, token = start_session(
            session,
            user_id=(luc if as_carer else rose).id,
            is_staff=False,
            user_agent="a phone",
            at=at,
        )
        address, link_id = f"/p/{patient.id}", link.id
    page = browse()
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return page, f"{address}/carers/{link_id}"


def _of_rose(path: str = "", *, act: str = "", **how: object) -> Opener:
    """A page below `/carers`; `{one}` is Luc. `act` is a button pressed on the list before."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page, one = a_family(browse, relais, **how)  # type: ignore[arg-type]  # as they are named
        carers = one.rpartition("/")[0]
        page.goto(carers if act else path.format(one=one, carers=carers))
        if act:
            page.locator(f"form[action$='{act}'] button").first.click()
            page.wait_for_url("**/carers?done=*")
        return page

    return opened


def with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page, one = a_family(browse, relais)
    page.goto(one)
    page.locator("input[name='period']:checked").evaluate("field => { field.checked = false; }")
    page.locator("main button.is-primary").click()
    page.wait_for_selector("[data-error-summary]")
    return page


def changed_meanwhile(browse: Browse, relais: RunningPortal) -> Page:
    page, one = a_family(browse, relais)
    page.goto(one)
    page.locator("input[name='version']").evaluate("field => { field.value = 'other'; }")
    page.locator("input[value='care_team:see']").check()
    page.locator("main button.is-primary").click()
    page.wait_for_selector(".notice.is-alert")
    return page


CARERS = "Ce que mes aidants peuvent faire"
SPOTS = (
    Spot("carers", CARERS, _of_rose("{carers}", asks=True, days_left=20)),
    Spot("carers-none", CARERS, _of_rose("{carers}", has_carer=False)),
    Spot("carers-paused", CARERS, _of_rose(act="/pause")),
    Spot("carers-confirmed", CARERS, _of_rose(act="/confirm")),
    Spot("carer-rights", "Ce que Luc peut faire", _of_rose("{one}")),
    Spot("carer-rights-mistakes", "Ce que Luc peut faire", with_mistakes),
    Spot("carer-rights-changed", "Ce que Luc peut faire", changed_meanwhile),
    Spot("carer-end", "Retirer Luc ?", _of_rose("{one}/end")),
    Spot("preview", "Aujourd’hui pour Rose", _of_rose("{one}/look")),
    Spot(
        "own-rights",
        "Ce que je peux faire pour Rose",
        _of_rose("{carers}/mine", as_carer=True, asks=True),
    ),
    Spot(
        "own-rights-asked",
        "Ce que je peux faire pour Rose",
        _of_rose("{carers}/mine?done=asked", as_carer=True),
    ),
    Spot("carer-leave", "Ne plus suivre Rose ?", _of_rose("{carers}/mine/leave", as_carer=True)),
)
