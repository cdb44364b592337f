"""Journeys: a coordinator sends her list, watches it, and corrects what was bad."""

import pytest
from playwright.sync_api import expect

from tests.directory_import import lists
from tests.journeys.conftest import Browse
from tests.journeys.directory_import_pages import DOOR, send
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_claire_sends_a_list_and_reads_what_became_of_it(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    first = 500 if script else 600
    people = [
        lists.person(nom=f"Quéré{n}", prénom="Soizic", rpps=lists.rpps(n))
        for n in range(first, first + 40)
    ]
    claire = browse("claire", java_script_enabled=script)
    relais.confirm_everybody()
    claire.goto(DOOR)
    claire.get_by_role("link", name="Importer un fichier").click()
    send(claire, lists.table(*people, lists.person(rpps="12345")))
    claire.wait_for_url(f"**{DOOR}/*?done=sent")
    expect(claire.get_by_role("status").first).to_contain_text("La liste est arrivée.")
    over = claire.get_by_role("heading", name="Lue jusqu’au bout")
    if script:
        expect(over).to_be_visible(timeout=20_000)
        expect(claire.get_by_role("status").first).to_contain_text("Lue jusqu’au bout.")
    else:
        for _ in range(20):
            if over.count():
                break
            claire.wait_for_timeout(500)
            claire.get_by_role("link", name="Actualiser").click()
        expect(over).to_be_visible()
    expect(claire.get_by_text("41 lignes lues.", exact=True)).to_be_visible()
    row = claire.get_by_role("row").filter(has_text="Ligne non prise")
    expect(row).to_contain_text("42")
    expect(row).to_contain_text("12345")
    with claire.expect_download() as download:
        claire.get_by_role("link", name="Télécharger ces lignes").click()
    assert "12345" in download.value.path().read_text(encoding="utf-8-sig")
