"""The ways to a programme as the team sees it, and to its papers; each has its own patient."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from playwright.sync_api import Page

from portal.access.audit import Author
from portal.access.sessions import start_session
from portal.clock import now
from portal.db import begin_writing
from portal.education.programme import assessment, synthesis
from tests.education.programme.papers import make_goal, make_team
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

DAILY = "Je me lève à 6 h pour mes cachets."


@dataclass(frozen=True)
class Ward:
    """The people around one programme, each with a session of their own."""

    patient: UUID
    tokens: dict[str, str]
    url: str

    def open(self, browse: Browse, name: str, rest: str, **options: object) -> Page:
        page = browse(**options)
        page.context.add_cookies([{"name": "sid", "value": self.tokens[name], "url": self.url}])
        page.goto(f"/p/{self.patient}{rest}")
        return page


def a_ward(relais: RunningPortal, *, accepts: bool = True, papers: bool = True) -> Ward:
    with relais.writing() as (session, keys):
        team = make_team(session, keys, accepts=accepts)
        begin_writing(session)  # it committed
        for user in (team.jeanne, team.paul, team.nadia, team.doctor):
            user.locale = None  # as their browser asks
            session.add(user)
        if accepts and papers:
            make_goal(session, keys, team, "Monter au premier étage")
            begin_writing(session)  # so did this
            common = {"base": 0, "at": now(), "keys": keys, **team.of_programme}
            by = Author(team.jeanne.id, "self")
            assessment.write(session, {"daily": DAILY, "hard": "Les escaliers"}, by=by, **common)
            texts = {"title": "Vivre avec mon cœur", "situation": DAILY}
            synthesis.write(session, texts, by=team.nadia.id, **common)
        tokens = {
            name: start_session(
                session,
                user_id=getattr(team, name).id,
                is_staff=name in ("nadia", "doctor"),
                user_agent="a phone",
                at=now(),
            )[1]
            for name in ("jeanne", "paul", "nadia", "doctor")
        }
        patient_id = team.patient.id
    return Ward(patient_id, tokens, relais.url)


def _seen_by(
    name: str, rest: str, *, accepts: bool = True, papers: bool = True
) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        return a_ward(relais, accepts=accepts, papers=papers).open(browse, name, rest)

    return opened


def stale_assessment(browse: Browse, relais: RunningPortal) -> Page:
    page = _seen_by("nadia", "/education/team/assessment")(browse, relais)
    page.locator("input[name='base']").evaluate("field => { field.value = '0'; }")
    page.locator("#hard").fill("Mes genoux")
    page.locator("main form button.is-primary").click()
    page.wait_for_selector(".notice.is-alert")
    return page


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = _seen_by("nadia", "/education/team/modules")(browse, relais)
    page.locator("main form[method='post'] button.is-primary").click()
    page.wait_for_selector("[data-error-summary]")
    return page


def shared_summary(browse: Browse, relais: RunningPortal) -> Page:
    page = _seen_by("jeanne", "/education/programme/synthesis")(browse, relais)
    page.locator("button[value='yes']").click()
    page.wait_for_url("**?done=shared")
    return page


_TEAM, _FAMILY = "/education/team", "/education/programme"
_BILAN = "Notre bilan partagé"
_SUMMARY = "Vivre avec mon cœur"
SPOTS = (
    Spot("team-programme", "Programme d’éducation", _seen_by("nadia", _TEAM)),
    Spot("team-programme-waits", "Programme d’éducation", _seen_by("nadia", _TEAM, accepts=False)),
    Spot("team-programme-new", "Proposer un programme", _seen_by("nadia", f"{_TEAM}/new")),
    Spot("team-modules", "Proposer un module", _seen_by("nadia", f"{_TEAM}/modules?q=poids")),
    Spot("team-modules-mistakes", "Proposer un module", mistakes),
    Spot("team-workshops", "Proposer un atelier", _seen_by("nadia", f"{_TEAM}/workshops")),
    Spot("team-assessment", _BILAN, _seen_by("nadia", f"{_TEAM}/assessment")),
    Spot("team-assessment-stale", _BILAN, stale_assessment),
    Spot(
        "team-assessment-history",
        "Les textes du bilan",
        _seen_by("nadia", f"{_TEAM}/assessment/history"),
    ),
    Spot("team-evaluation", "Évaluation du programme", _seen_by("nadia", f"{_TEAM}/evaluation")),
    Spot(
        "team-summary",
        "Synthèse pour le médecin traitant",
        _seen_by("nadia", f"{_TEAM}/synthesis"),
    ),
    Spot("team-summary-write", "Écrire la synthèse", _seen_by("nadia", f"{_TEAM}/synthesis/write")),
    Spot("own-assessment", _BILAN, _seen_by("jeanne", f"{_FAMILY}/assessment")),
    Spot("carer-assessment", _BILAN, _seen_by("paul", f"{_FAMILY}/assessment", papers=False)),
    Spot("own-summary", _SUMMARY, _seen_by("jeanne", f"{_FAMILY}/synthesis")),
    Spot("own-summary-shared", _SUMMARY, shared_summary),
)
