"""Journeys: a nurse proposes a programme, both write its papers, the doctor reads one page."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.programme_team_pages import a_ward
from tests.journeys.server import RunningPortal

TEAM, FAMILY = "/education/team", "/education/programme"
DESK = {"width": 1280, "height": 900}


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": DESK}, {"java_script_enabled": False}],
    ids=["phone", "desktop", "no script"],
)
def test_from_the_proposal_to_the_page_that_the_doctor_reads(
    browse: Browse, relais: RunningPortal, options: dict[str, object]
) -> None:
    ward = a_ward(relais, accepts=False)
    nadia = ward.open(browse, "nadia", "/", **options)
    nadia.get_by_role("link", name="Programme d’éducation").click()
    nadia.get_by_role("button", name="Reprendre la proposition").click()
    expect(nadia.get_by_role("status").first).to_contain_text("La proposition est reprise")
    nadia.get_by_role("link", name="Proposer un programme").click()
    nadia.get_by_label("De quoi s’agit-il ?").fill("Marcher sans peur")
    nadia.get_by_role("button", name="Proposer ce programme").click()
    nadia.get_by_role("link", name="Proposer un module").click()
    nadia.get_by_label("Un mot du module").fill("chutes")
    nadia.get_by_role("button", name="Chercher").click()
    nadia.get_by_role("radio").first.check()
    nadia.get_by_label("Pourquoi le proposez-vous ?").fill("Votre tapis vous inquiète.")
    nadia.get_by_role("button", name="Proposer ce module").click()
    expect(nadia.get_by_role("main")).to_contain_text("attend une réponse")

    relais.confirm_everybody()
    jeanne = ward.open(browse, "jeanne", "/consents/yes?about=programme", **options)
    jeanne.get_by_role("button", name="Oui, je suis d’accord").click()
    jeanne.goto(f"/p/{ward.patient}{FAMILY}/assessment")
    jeanne.get_by_label("Ce qui est difficile").fill("Le tapis de l’entrée")
    jeanne.get_by_role("button", name="Enregistrer le bilan").click()
    expect(jeanne.get_by_role("status").first).to_contain_text("Le bilan est enregistré")

    nadia.goto(f"/p/{ward.patient}{TEAM}/synthesis/write")
    expect(nadia.get_by_label("Où en est la personne")).to_have_value(
        "Ce qui est difficile\u00a0: Le tapis de l’entrée"
    )
    nadia.get_by_role("button", name="Demander l’accord").click()
    doctor = ward.open(browse, "doctor", f"{TEAM}/synthesis", **options)
    expect(doctor.get_by_role("main")).not_to_contain_text("Le tapis")
    jeanne.goto(f"/p/{ward.patient}{FAMILY}/synthesis")
    expect(jeanne.get_by_role("main")).to_contain_text("Le tapis")
    jeanne.get_by_role("button", name="Accepter").click()
    doctor.reload()
    expect(doctor.get_by_role("heading", level=1)).to_have_text("Marcher sans peur")
    expect(doctor.get_by_role("main")).to_contain_text("Le tapis")
    jeanne.get_by_role("button", name="Ne plus la partager").click()
    doctor.reload()
    expect(doctor.get_by_role("main")).not_to_contain_text("Le tapis")


def test_two_people_write_the_assessment_and_neither_loses_a_word(
    browse: Browse, relais: RunningPortal
) -> None:
    ward = a_ward(relais, papers=False)
    paul = ward.open(browse, "paul", f"{FAMILY}/assessment")
    jeanne = ward.open(browse, "jeanne", f"{FAMILY}/assessment")
    jeanne.get_by_label("Ce qui m’aide").fill("Mon fils")
    jeanne.get_by_role("button", name="Enregistrer le bilan").click()
    paul.get_by_label("Ce qui m’aide").fill("Sa voisine")
    paul.get_by_role("button", name="Enregistrer le bilan").click()
    expect(paul.get_by_role("region", name="Ce que dit le bilan maintenant")).to_contain_text(
        "Mon fils"
    )
    expect(paul.get_by_label("Ce qui m’aide")).to_have_value("Sa voisine")
    paul.get_by_label("Ce qui m’aide").fill("Mon fils, ma voisine")
    paul.get_by_role("button", name="Enregistrer le bilan").click()
    expect(paul.get_by_role("status").first).to_contain_text("Le bilan est enregistré")
    paul.get_by_role("link", name="Les textes d’avant").click()
    expect(paul.get_by_role("main")).to_contain_text("Jeanne Moreau")
