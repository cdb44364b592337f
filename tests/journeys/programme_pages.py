"""The ways to a programme as the family sees it; each page has its own patient."""

from collections.abc import Callable

from playwright.sync_api import Page
from sqlmodel import select

from portal.models.programme import ProgrammeGoal
from tests.journeys.conftest import Browse
from tests.journeys.programme_team_pages import a_ward
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

Opener = Callable[[Browse, RunningPortal], Page]
DOOR = "/education/programme"


def _opened(who: str, rest: str, *, accepts: bool = True) -> Opener:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        ward = a_ward(relais, accepts=accepts)
        relais.confirm_everybody()
        return ward.open(browse, who, rest)

    return opened


def _goal(browse: Browse, relais: RunningPortal) -> Page:
    ward = a_ward(relais)
    with relais.writing() as (session, _keys):
        statement = select(ProgrammeGoal).where(ProgrammeGoal.patient_id == ward.patient)
        goal_id = session.exec(statement).one().id
    return ward.open(browse, "jeanne", f"{DOOR}/goals/{goal_id}")


SPOTS = (
    Spot("programme", "Vivre avec mon cœur", _opened("jeanne", DOOR)),
    Spot("programme-of-a-carer", "Vivre avec mon cœur", _opened("paul", DOOR)),
    Spot("programme-proposed", "Apprendre", _opened("jeanne", "/education", accepts=False)),
    Spot(
        "programme-accept",
        "Accepter ce programme ?",
        _opened("jeanne", f"{DOOR}/accept", accepts=False),
    ),
    Spot("programme-leave", "Quitter le programme ?", _opened("jeanne", f"{DOOR}/leave")),
    Spot("programme-goal", "Mon but", _goal),
)
