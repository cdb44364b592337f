"""Journey: the life of a module, from a tablet without a network to the day its review ends."""

from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page, expect

from portal.clock import now
from portal.education import expiry
from portal.models.account import TextSize, User
from portal.models.education import ModuleVersion
from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import a_circle
from tests.journeys.review_pages import Scene, a_scene
from tests.journeys.server import RunningPortal

TABLET = {"width": 820, "height": 1180}
SENTENCE = "Plus 2 kg : appelez le jour même."
CORRECTED = "Plus 2 kg en 3 jours : appelez le jour même."


def test_a_module_is_written_remarked_corrected_understood_and_ends(
    browse: Browse, relais: RunningPortal
) -> None:
    scene = a_scene(browse, relais)
    _write_without_a_network(scene)
    _send(scene)
    _remark(scene)
    _correct(scene)
    _send(scene)
    _approve_and_publish(scene)
    reader = _read_with_large_text(browse, relais, scene)
    address = reader.url.split("/questions")[0]
    _err_and_understand(reader)
    _ask_the_team(reader)
    _a_year_passes(relais, scene)
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text("Ce module n’est pas visible pour le moment.")


def _write_without_a_network(scene: Scene) -> None:
    page = scene.author
    page.set_viewport_size(TABLET)
    page.goto(f"{scene.path}/edit")
    page.get_by_label("Titre", exact=True).fill("Se peser chaque matin, corrigé")
    expect(page.locator("[data-kept]")).to_contain_text("Brouillon enregistré")
    page.get_by_role("link", name="2. Comment").click()
    body = page.get_by_label("Texte complet")
    body.press("Control+End")
    page.context.set_offline(True)
    body.press_sequentially(f"\n\n!! {SENTENCE}")
    expect(page.locator("[data-kept]")).to_contain_text("Pas enregistré : pas de connexion")
    expect(body).to_have_value("Le matin.\n\n!! Deux kilos de plus : appelez.\n\n!! " + SENTENCE)
    page.context.set_offline(False)
    expect(page.locator("[data-kept]")).to_contain_text("Brouillon enregistré", timeout=20_000)
    expect(page.locator("#kept article")).to_contain_text(SENTENCE.replace(" :", "\u00a0:"))


def _send(scene: Scene) -> None:
    page = scene.author
    page.goto(scene.path)
    page.get_by_role("link", name="Envoyer en relecture").click()
    page.get_by_role("radio").first.check()
    day = now().date() + timedelta(days=10)
    page.get_by_label("Avant quel jour espérez-vous une réponse ?").fill(f"{day:%d/%m/%Y}")
    page.get_by_role("button", name="Envoyer en relecture").click()
    expect(page.get_by_role("status").first).to_contain_text("Le module est envoyé en relecture")


def _remark(scene: Scene) -> None:
    page = scene.reviewer
    page.goto(f"{scene.path}/review")
    passage = page.locator("[data-place=step-2-body]").filter(has_text="appelez le jour même")
    passage.get_by_role("link", name="Faire une remarque").click()
    page.get_by_label("Votre remarque").fill("Précisez en combien de jours.")
    page.get_by_role("button", name="Laisser la remarque").click()
    page.get_by_role("button", name="Demander des changements").click()
    expect(page.get_by_role("status").first).to_contain_text("Les changements sont demandés")


def _correct(scene: Scene) -> None:
    page = scene.author
    page.goto(f"{scene.path}/edit")
    page.get_by_role("link", name="2. Comment").click()
    expect(page.locator("main")).to_contain_text("Précisez en combien de jours.")
    body = page.get_by_label("Texte complet")
    body.fill(body.input_value().replace(SENTENCE, CORRECTED))
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#kept article")).to_contain_text("en 3 jours")
    page.goto(scene.path)
    page.get_by_text("Répondre, ou marquer comme traitée").click()
    page.get_by_label("Votre réponse").fill("En 3 jours.")
    page.get_by_role("button", name="Marquer comme traitée").click()
    expect(page.get_by_role("status").first).to_contain_text("La remarque est traitée")


def _approve_and_publish(scene: Scene) -> None:
    page = scene.reviewer
    page.goto(f"{scene.path}/review")
    page.get_by_role("link", name="Approuver").click()
    page.get_by_label("J’ai lu tout le texte, ses questions et ses sources.").check()
    page.get_by_role("button", name="Signer et approuver").click()
    expect(page.get_by_role("status").first).to_contain_text("Le module est approuvé")
    page = scene.author
    page.goto(scene.path)
    page.get_by_role("link", name="Publier").click()
    page.get_by_label("Comme d’habitude").check()
    page.get_by_role("button", name="Publier le module").click()
    expect(page.get_by_role("status").first).to_contain_text("Le module est publié")


def _read_with_large_text(browse: Browse, relais: RunningPortal, scene: Scene) -> Page:
    """A patient of her own, on her phone, with the largest text."""
    circle = a_circle(relais)
    with relais.writing() as (session, _keys):
        session.get_one(User, circle.people.jeanne.id).text_size = TextSize.VERY_LARGE
    page = browse()
    circle.signed_in(page, circle.people.jeanne)
    page.goto(f"/p/{circle.people.patient.id}/education")
    page.get_by_role("link", name="Se peser chaque matin, corrigé").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pourquoi")
    page.get_by_role("button", name="J’ai lu, je continue").click()
    expect(page.locator("article.reading")).to_contain_text("Plus 2 kg en 3 jours")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="J’ai lu").click()
    return page


def _err_and_understand(page: Page) -> None:
    page.get_by_role("radio", name="J’attends").check()
    page.get_by_role("button", name="Valider ma réponse").click()
    expect(page.locator("main")).to_contain_text("L’eau peut gêner le souffle.")
    page.get_by_role("link", name="L’expliquer autrement").click()
    expect(page.locator("main")).to_contain_text("Le poids monte avant la gêne.")
    page.get_by_role("radio", name="Mon équipe").check()
    page.get_by_role("button", name="Valider ma réponse").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("C’est juste")
    page.get_by_role("link", name="Continuer").click()


def _ask_the_team(page: Page) -> None:
    page.get_by_role("button", name="J’ai une question").click()
    page.get_by_role("link", name="Demander à mon équipe").click()
    expect(page.get_by_label("De quoi s’agit-il ?")).to_have_value(
        "Question sur « Se peser chaque matin, corrigé »"
    )


def _a_year_passes(relais: RunningPortal, scene: Scene) -> None:
    """What the worker does every hour, on the day after the review ended."""
    version_id = UUID(scene.path.rsplit("/", 1)[1])
    with relais.writing() as (session, _keys):
        version = session.get_one(ModuleVersion, version_id)
        assert version.review_due is not None
        a_day_late = now() + (version.review_due - now().date()) + timedelta(days=1)
        assert expiry.is_due(session, at=a_day_late)
        version.review_due = now().date() - timedelta(days=1)
        session.flush()
        expiry.carry_out(session, at=now())
