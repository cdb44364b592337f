"""Journeys: the nurse answers, hands on, the doctor finishes; the family never sees a note."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from portal.clock import now
from portal.models.messaging import AnswerTemplate, Thread
from tests.journeys import axe
from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import NOTE, Circle, a_circle, a_page
from tests.journeys.server import RunningPortal
from tests.messaging.circle import Account, family_writes
from tests.uploads import files

scripts = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
sizes = pytest.mark.parametrize(
    "size", [(390, 844), (1280, 900)], ids=["a phone", "a large screen"]
)
OLDEST = "Ses chevilles gonflent"
USUAL = "Je passe demain matin, avant 10 heures."
MORE = "Elles ont doublé depuis hier."
WHY = "La dose est-elle à revoir ?"
FIRST = "Il reste 4 compresses.\nPouvez-vous passer à la pharmacie ?"


@dataclass(frozen=True)
class Reading:
    """The browsers of one journey: all of one size, with or without scripts."""

    browse: Browse
    circle: Circle
    script: bool
    size: tuple[int, int]

    def opened(self, account: Account, path: str) -> Page:
        return a_page(
            self.browse,
            self.circle,
            account,
            path,
            java_script_enabled=self.script,
            viewport={"width": self.size[0], "height": self.size[1]},
        )

    def check(self, page: Page) -> None:
        """The same page is there without a script, where axe cannot run."""
        if self.script:
            assert axe.violations(page) == [], page.url


@pytest.fixture
def circle(relais: RunningPortal) -> Circle:
    """Beside the question that is there, an older one, and words that the nurse writes often."""
    made = a_circle(relais)
    people = made.people
    with relais.writing() as (session, keys):
        first = family_writes(
            session, keys, people, by=people.paul, to=people.nadias_place, subject=OLDEST
        )
        thread = session.get_one(Thread, (people.patient.id, first.thread_id))
        assert thread.due_at is not None
        thread.due_at = thread.escalates_at = thread.due_at - timedelta(hours=1)
        session.add(
            AnswerTemplate(
                practitioner_id=people.nadia.user.practitioner_id,
                title="Passage demain",
                body=USUAL,
                created_by=people.nadia.id,
                created_at=now(),
            )
        )
    return made


def _takes(reading: Reading) -> Page:
    """From the inbox, what was promised first."""
    page = reading.opened(reading.circle.people.nadia, "/inbox")
    rows = page.locator(".conversation-subject")
    expect(rows).to_have_text([OLDEST, "Pansement"])
    reading.check(page)
    rows.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(OLDEST)
    reading.check(page)
    page.get_by_role("button", name="Je m’en occupe").click()
    expect(page.locator("main")).to_contain_text("Vous vous en occupez. La famille le voit.")
    return page


def _adds_a_note(reading: Reading, page: Page) -> None:
    page.get_by_role("link", name="Note de l’équipe").click()
    page.get_by_label("Votre note").fill(NOTE)
    reading.check(page)
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.locator("main")).to_contain_text("La note est ajoutée. La famille ne la voit pas.")
    expect(page.locator("#exchange .is-note")).to_contain_text(NOTE)


def _answers_with_usual_words(reading: Reading, page: Page) -> None:
    page.get_by_text("Réponses types").click()
    page.get_by_role("link", name="Passage demain").click()
    expect(page.get_by_label("Votre réponse")).to_have_value(USUAL)
    reading.check(page)
    page.get_by_role("button", name="Répondre à la famille").click()
    expect(page.locator("main")).to_contain_text("Votre réponse est envoyée.")
    expect(page.locator("#exchange article").last).to_contain_text(USUAL)


def _hands_on(reading: Reading, page: Page) -> None:
    page.get_by_role("link", name="Transmettre").click()
    page.get_by_role("radio", name="Yann").check()
    page.get_by_label("Pourquoi ?").fill(WHY)
    reading.check(page)
    page.get_by_role("button", name="Transmettre la conversation").click()
    expect(page.locator("main")).to_contain_text("La conversation est transmise.")
    expect(page.locator(".conversation-subject")).to_have_text(["Pansement"])
    reading.check(page)


def _closes(reading: Reading) -> None:
    page = reading.opened(reading.circle.people.haddad, "/inbox")
    page.get_by_role("link", name=OLDEST).click()
    expect(page.locator("#exchange .is-note")).to_contain_text([NOTE, WHY])
    reading.check(page)
    page.get_by_role("button", name="Clore").click()
    expect(page.locator("main")).to_contain_text("La conversation est terminée.")
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    reading.check(page)


def _shows_no_note(page: Page) -> None:
    text = page.content()
    for words in (NOTE, WHY, "Note de l’équipe"):
        assert words not in text, page.url


@sizes
@scripts
def test_a_question_is_taken_answered_handed_on_and_finished(
    browse: Browse, circle: Circle, script: bool, size: tuple[int, int]
) -> None:
    reading = Reading(browse, circle, script, size)
    nurse = _takes(reading)
    _adds_a_note(reading, nurse)

    family = reading.opened(circle.people.paul, circle.all)
    expect(family.locator("main")).to_contain_text("Prise en charge par Solenn Cozic")
    _shows_no_note(family)
    family.get_by_role("link", name=OLDEST).click()
    expect(family.locator("#exchange")).to_contain_text("Solenn Cozic prend en charge")
    _shows_no_note(family)

    _answers_with_usual_words(reading, nurse)
    family.reload()
    expect(family.locator("#exchange article").last).to_contain_text(USUAL)
    reading.check(family)
    family.locator("#body").fill(MORE)
    family.get_by_role("button", name="Envoyer pour Armelle").click()
    expect(family.locator("#exchange article").last).to_contain_text(MORE)

    nurse.reload()
    expect(nurse.locator("#exchange article").last).to_contain_text(MORE)
    _hands_on(reading, nurse)
    _closes(reading)

    family.goto(circle.all)
    expect(family.get_by_role("region", name="Terminés")).to_contain_text(OLDEST)
    _shows_no_note(family)
    family.get_by_role("link", name=OLDEST).click()
    expect(family.locator("#exchange")).to_contain_text("Yann Cozic a clos la conversation")
    _shows_no_note(family)
    reading.check(family)


@sizes
@scripts
def test_a_first_message_waits_with_its_photo_until_it_is_sent(
    browse: Browse, circle: Circle, script: bool, size: tuple[int, int]
) -> None:
    reading = Reading(browse, circle, script, size)
    page = reading.opened(circle.people.nadia, circle.all)
    page.get_by_role("link", name="Écrire à Armelle").click()
    page.get_by_label("De quoi s’agit-il ?").fill("Compresses")
    page.locator("#body").fill(FIRST)
    reading.check(page)
    page.get_by_role("button", name="Joindre une photo ou un PDF").click()
    photo: FilePayload = {"name": "boite.jpg", "mimeType": "image/jpeg", "buffer": files.photo()}
    page.locator("#file").set_input_files(photo)
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.locator("#composer .attachment")).to_contain_text("boite.jpg")
    page.get_by_role("button", name="Garder pour plus tard").click()
    expect(page.locator("main")).to_contain_text("Votre texte est gardé.")
    reading.check(page)
    page.get_by_role("link", name="Compresses").click()
    expect(page.locator("#body")).to_have_value(FIRST)
    expect(page.locator("#composer .attachment")).to_contain_text("boite.jpg")
    reading.check(page)
    page.get_by_role("button", name="Envoyer à la famille").dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Compresses")
    expect(page.locator("#exchange article")).to_have_count(1)

    family = reading.opened(circle.people.paul, circle.all)
    expect(family.get_by_role("link", name="Compresses")).to_contain_text("Attend votre réponse")
    family.get_by_role("link", name="Compresses").click()
    expect(family.locator("#exchange .attachment")).to_contain_text("boite.jpg")
    assert [one.body for one in circle.messages()].count(FIRST) == 1


def test_a_first_message_is_kept_while_one_types(browse: Browse, circle: Circle) -> None:
    page = Reading(browse, circle, True, (390, 844)).opened(circle.people.nadia, circle.all)
    page.get_by_role("link", name="Écrire à Armelle").click()
    page.get_by_label("De quoi s’agit-il ?").fill("Compresses")
    with page.expect_response("**/answer/new/draft") as kept:
        page.locator("#body").press_sequentially("Il en reste")
    assert kept.value.ok
    expect(page.locator("#draft")).to_contain_text("Gardé à")
    page.reload()
    expect(page.get_by_label("De quoi s’agit-il ?")).to_have_value("Compresses")
    expect(page.locator("#body")).to_have_value("Il en reste")


def test_a_send_waits_for_no_draft(browse: Browse, circle: Circle) -> None:
    """On a slow network the draft is still on its way when somebody presses the button."""
    page = Reading(browse, circle, True, (390, 844)).opened(circle.people.nadia, circle.thread)
    under_way: list[Route] = []

    def hold(route: Route) -> None:
        under_way.append(route)

    page.route("**/answer/draft", hold)
    with page.expect_request("**/answer/draft"):
        page.get_by_label("Votre réponse").press_sequentially(USUAL)
    page.get_by_role("button", name="Répondre à la famille").click()
    expect(page.locator("#exchange article").last).to_contain_text(USUAL)
    assert under_way, "it never arrived"
    assert [one.body for one in circle.messages()].count(USUAL) == 1


@scripts
def test_back_and_once_more_says_it_once(browse: Browse, circle: Circle, script: bool) -> None:
    """Browsers give the text back into a page that has another key."""
    page = Reading(browse, circle, script, (390, 844)).opened(circle.people.nadia, circle.all)
    page.get_by_role("link", name="Écrire à Armelle").click()
    page.get_by_label("De quoi s’agit-il ?").fill("Compresses")
    page.locator("#body").fill(FIRST)
    send = page.get_by_role("button", name="Envoyer à la famille")
    send.click()
    expect(page.locator("#exchange article")).to_have_count(1)
    where = page.url
    page.go_back()
    expect(page.locator("#body")).to_have_value(FIRST)
    page.get_by_label("De quoi s’agit-il ?").fill("Compresses")  # browsers keep no subjects
    send.click()
    expect(page.locator("#exchange article")).to_have_count(1)
    assert page.url == where
    answer = page.get_by_label("Votre réponse")
    for _ in range(2):
        answer.fill(USUAL)
        page.get_by_role("button", name="Répondre à la famille").click()
        expect(page.locator("#exchange article")).to_have_count(2)
        page.go_back()
    bodies = [one.body for one in circle.messages()]
    assert [bodies.count(FIRST), bodies.count(USUAL)] == [1, 1]
