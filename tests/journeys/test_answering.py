"""Journeys: a proposal finds its answer, and a request finds its own, on a phone."""

import pytest
from playwright.sync_api import expect

from portal.models.agenda import AppointmentStatus
from portal.models.agreement import RequestState
from tests.journeys.answering_pages import a_family, in_days
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

scripts = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@scripts
def test_a_proposal_is_declined_and_the_no_taken_back_then_accepted(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, java_script_enabled=script)
    page = family.open(family.door)
    page.get_by_role("link", name="Répondre autrement").click()
    page.get_by_label("Non, je ne viendrai pas").check()
    page.get_by_label("Précisez si vous voulez").fill("Je suis chez ma fille")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    status = page.locator("#your-answer [role='status']")
    expect(status).to_contain_text("Votre non est noté")
    page.get_by_role("button", name="Annuler mon non").click()
    expect(status).to_contain_text("Votre non est annulé")
    page.get_by_role("button", name="Accepter ce rendez-vous").click()
    expect(status).to_contain_text("Le rendez-vous est confirmé")


@scripts
def test_another_time_is_asked_for_and_the_professional_moves_it_by_one_tap(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, status=AppointmentStatus.BOOKED, java_script_enabled=script)
    page = family.open(family.door)
    page.get_by_role("link", name="Demander un autre moment").click()
    expect(page.get_by_label("Il faut une autre date")).to_be_checked()
    page.get_by_label("L’après-midi").check()
    page.get_by_text("Indiquer jusqu’à trois moments précis").click()
    page.locator("#day0").fill(in_days(5).date().isoformat())
    page.locator("#time0").fill("14:00")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    answer = page.locator("#your-answer")
    expect(answer).to_contain_text("Votre demande est envoyée. Nora Guivarch l’a reçue")
    expect(answer).to_contain_text("reste prévu tant que Nora Guivarch n’a pas répondu")
    page.get_by_role("button", name="Retirer la demande").click()
    expect(answer).to_contain_text("Votre demande est retirée")


@scripts
def test_a_request_is_answered_from_the_list_by_one_tap(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(
        browse,
        relais,
        request=RequestState.OPEN,
        as_nurse=True,
        java_script_enabled=script,
    )
    page = family.open("/professional/requests")
    expect(page.get_by_text("Le transport ne passe pas avant 11 h")).to_be_visible()
    page.get_by_role("button", name="Déplacer au").click()
    expect(page.get_by_role("status").first).to_contain_text("Le rendez-vous est déplacé")
    expect(page.get_by_role("heading", name="Rien n’attend votre réponse")).to_be_visible()


@scripts
def test_the_other_time_of_the_professional_is_accepted(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(
        browse,
        relais,
        status=AppointmentStatus.BOOKED,
        request=RequestState.PROPOSED,
        java_script_enabled=script,
    )
    page = family.open(family.door)
    answer = page.locator("#your-answer")
    expect(answer).to_contain_text("Nora Guivarch propose")
    answer.get_by_role("button", name="Accepter").click()
    expect(answer).to_contain_text("Le nouveau moment est confirmé")


@scripts
def test_a_full_workshop_has_a_waiting_list(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, places=0, java_script_enabled=script)
    page = family.open(family.door)
    page.get_by_role("button", name="S’inscrire sur la liste d’attente").click()
    answer = page.locator("#your-answer")
    expect(answer).to_contain_text("L’inscription sur la liste d’attente est notée")
    page.get_by_role("button", name="Quitter la liste d’attente").click()
    expect(answer).to_contain_text("L’inscription sur la liste d’attente est retirée")
