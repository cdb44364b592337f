"""The ways to the pages about who may see a file, for `places`."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlmodel import select

from portal.blueprints.consent import service
from portal.clock import now
from portal.consents.deciding import Author, Paper, Question
from portal.consents.texts import current_text
from portal.identity import queries
from portal.models.care import Patient
from portal.models.consent import ConsentPurpose
from portal.models.directory import Practitioner
from tests import factories
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

Opener = Callable[[Browse, RunningPortal], Page]


def an_outsider(relais: RunningPortal, *, family: str) -> str:
    """A home helper in Jeanne's circle, outside the équipe de soins; made once, by that name."""
    with relais.writing() as (session, _keys):
        statement = select(Practitioner).where(Practitioner.family_name == family)
        if session.exec(statement).first() is None:
            helper = factories.make_practitioner(
                session, given_name="Odile", family_name=family, profession="auxiliaire_de_vie"
            )
            patient = session.get_one(Patient, relais.patient("Jeanne"))
            factories.make_member(
                session, patient=patient, practitioner_id=helper.id, is_outside_care_team=True
            )
    return f"Odile {family}"


def at(persona: str, path: str) -> Opener:
    """A page of Jeanne's choices, as if the second factor had been shown just now."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        an_outsider(relais, family="Gourvil")
        page = browse(persona)
        relais.confirm_everybody()
        page.goto(f"/p/{relais.patient('Jeanne')}/consents{path}")
        return page

    return opened


def a_question(browse: Browse, relais: RunningPortal) -> Page:
    name = an_outsider(relais, family="Perennes")
    page = at("jeanne", "")(browse, relais)
    page.get_by_role("switch", name=name).click()
    page.wait_for_url("**/consents/yes?**")
    return page


def a_paper_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = at("claire", "/paper")(browse, relais)
    page.locator("#signed_on").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_history(browse: Browse, relais: RunningPortal) -> Page:
    """With an answer on paper that can be taken back."""
    _sign_paper(relais)
    return at("jeanne", "")(browse, relais)


def a_receipt(browse: Browse, relais: RunningPortal) -> Page:
    page = a_history(browse, relais)
    page.locator(".thread-line a").first.click()
    page.wait_for_selector("code")
    return page


def _sign_paper(relais: RunningPortal) -> None:
    an_outsider(relais, family="Gourvil")
    with relais.writing() as (session, _keys):
        statement = select(Practitioner.id).where(Practitioner.family_name == "Gourvil")
        text = current_text(ConsentPurpose.SOCIAL_SERVICES, locale="fr")
        question = Question(relais.patient("Jeanne"), text, session.exec(statement).one())
        claire = queries.user_of_email(session, "claire@example.org")
        assert claire is not None
        paper = Paper(now().date(), "Europe/Paris", "À domicile, avec Paul")
        author = Author(claire.id, "coordinator")
        service.record_paper(session, question, is_yes=True, paper=paper, author=author, at=now())


SPOTS = (
    Spot("consents", "Qui peut voir mon dossier", at("jeanne", "")),
    Spot("consents-done", "Qui peut voir mon dossier", at("jeanne", "?done=no")),
    Spot("consents-history", "Qui peut voir mon dossier", a_history),
    Spot("consents-coordinator", "Qui peut voir le dossier de Jeanne", at("claire", "?done=paper")),
    Spot("consent-question", "Ouvrir le dossier à Odile Perennes ?", a_question),
    Spot("consent-receipt", "Reçu d’un choix", a_receipt),
    Spot("consent-paper", "Une réponse signée sur papier", at("claire", "/paper")),
    Spot("consent-paper-mistakes", "Une réponse signée sur papier", a_paper_with_mistakes),
)
