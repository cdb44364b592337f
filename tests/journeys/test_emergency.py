"""Journeys: a file that opens for an hour, and a visit that a daughter does not see."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.rights_pages import PILLS, open_file_of_paul
from tests.journeys.server import RunningPortal


def test_a_doctor_opens_pauls_file_and_paul_reads_who_and_why(
    browse: Browse, relais: RunningPortal
) -> None:
    doctor = open_file_of_paul(browse, relais)
    home = f"/p/{relais.patient('Paul')}/"
    expect(doctor).to_have_url(home)
    expect(doctor.get_by_text("Vous avez ouvert ce dossier en urgence.")).to_be_visible()

    paul = browse("paul")
    paul.goto(home)
    notice = paul.get_by_role("region", name="Votre dossier a été ouvert en urgence").first
    expect(notice).to_contain_text("Samir Haddad")
    expect(notice).to_contain_text("La personne ne peut pas répondre")
    notice.get_by_role("button", name="J’ai lu").click()
    expect(paul.get_by_role("status").first).to_contain_text("vous l’avez lu")
    expect(paul.get_by_role("region", name="ouvert en urgence")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_jeanne_hides_a_visit_from_sylvie_and_shows_it_again(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    visit = f"/p/{relais.patient('Jeanne')}/agenda/{relais.visit('Jeanne', **PILLS)}"
    jeanne = browse("jeanne", java_script_enabled=script)
    sylvie = browse("sylvie", java_script_enabled=script)
    jeanne.goto(visit)
    jeanne.get_by_role("link", name="Cacher à un proche").click()
    for is_hidden in (True, False):
        jeanne.get_by_label("Sylvie ne voit pas ce rendez-vous").set_checked(is_hidden)
        jeanne.get_by_role("button", name="Enregistrer").click()
        expect(jeanne.get_by_role("status").first).to_contain_text("C’est enregistré.")
        answer = sylvie.goto(visit)
        assert answer is not None
        assert answer.status == (404 if is_hidden else 200)
    jeanne.goto(visit)
    expect(jeanne.get_by_text("Caché à Sylvie")).to_have_count(0)
