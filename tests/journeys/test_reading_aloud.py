"""Journeys: a text is read aloud, when the device has a voice for it and somebody asks.

The browser of these tests has no voice: a stand-in says what would have been spoken.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.education_pages import MODULE
from tests.journeys.server import RunningPortal

STEP = f"/library/{MODULE}/1"
_VOICES = """
(() => {
  const log = window.spoken = [];
  let now = null;
  const fake = {
    getVoices: () => VOICES,
    addEventListener: () => {},
    cancel: () => { const cut = now; now = null; setTimeout(() => cut?.onend?.()); },
    speak: (utterance) => {
      now = utterance;
      log.push({ text: utterance.text, rate: utterance.rate, voice: utterance.voice.name });
    },
  };
  window.finishSentence = () => { const done = now; now = null; done.onend(); };
  window.speaksNow = () => now !== null;
  window.SpeechSynthesisUtterance = function SpeechSynthesisUtterance(text) { this.text = text; };
  Object.defineProperty(window, 'speechSynthesis', { value: fake });
  if (IS_OLD) delete window.Highlight;
})();
"""
FRENCH = "[{ name: 'Aurélie', lang: 'fr-FR', localService: true }]"
FAR = "[{ name: 'Far', lang: 'fr_FR', localService: false }]"
ENGLISH = "[{ name: 'Daniel', lang: 'en-GB', localService: true }]"


def _listening(browse: Browse, voices: str, *, is_old: bool = False, path: str = STEP) -> Page:
    page = browse()
    script = _VOICES.replace("VOICES", voices).replace("IS_OLD", str(is_old).lower())
    page.add_init_script(script)
    page.goto(path)
    page.locator("h1").click()  # what comes later comes with the first touch
    page.wait_for_selector("[aria-haspopup=dialog]")
    return page


def _spoken(page: Page) -> list[str]:
    texts: list[str] = page.evaluate("window.spoken.map(({ text }) => text)")
    return texts


@pytest.mark.parametrize("voices", ["[]", ENGLISH])
def test_without_a_voice_for_the_text_there_is_no_button(browse: Browse, voices: str) -> None:
    page = _listening(browse, voices)
    expect(page.get_by_role("button", name="Écouter")).to_have_count(0)
    expect(page.get_by_role("link", name="Sur papier")).to_be_visible()


@pytest.mark.parametrize("is_old", [False, True])
def test_sentences_follow_each_other_and_the_one_spoken_is_marked(
    browse: Browse, is_old: bool
) -> None:
    page = _listening(browse, FRENCH, is_old=is_old)
    before = page.locator(".reading").inner_html()
    height = page.evaluate("document.querySelector('.reading').offsetHeight")
    assert _spoken(page) == [], "it never speaks by itself"
    page.get_by_role("button", name="Écouter").click()
    assert _spoken(page) == ["Comprendre pourquoi se peser"]
    for _sentence in range(3):
        page.evaluate("finishSentence()")
    spoken = _spoken(page)
    assert spoken[1] == "Votre cœur est une pompe."
    assert spoken[3].startswith("Dans l’insuffisance cardiaque"), "also over a link"
    marked = (
        "[...document.querySelectorAll('mark.spoken')].map((e) => e.textContent).join('')"
        if is_old
        else "[...CSS.highlights.get('spoken')].map(String).join('')"
    )
    assert page.evaluate(marked).strip() == spoken[3]
    assert page.evaluate("document.querySelector('.reading').offsetHeight") == height
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_role("button", name="Écouter")).to_be_focused()
    assert page.locator(".reading").inner_html() == before
    assert page.evaluate("window.CSS.highlights?.has('spoken')") in (False, None)


def test_pause_speed_and_the_end(browse: Browse) -> None:
    page = _listening(browse, FRENCH)
    page.get_by_role("button", name="Écouter").click()
    page.evaluate("finishSentence()")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(50)
    assert not page.evaluate("speaksNow()")
    page.get_by_role("button", name="Reprendre").click()
    assert _spoken(page)[-1] == _spoken(page)[-2], "from the beginning of the sentence"
    page.get_by_label("Vitesse").select_option("Plus lente")
    assert page.evaluate("window.spoken.at(-1).rate") == 0.8
    while page.evaluate("speaksNow()"):
        page.evaluate("finishSentence()")
    expect(page.get_by_role("button", name="Écouter")).to_be_visible()
    expect(page.get_by_role("button", name="Arrêter")).to_be_hidden()
    assert any("La balance voit l’eau avant" in text for text in _spoken(page))


def test_leaving_the_page_stops_the_voice(browse: Browse) -> None:
    page = _listening(browse, FRENCH)
    page.get_by_role("button", name="Écouter").click()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert not page.evaluate("speaksNow()")


def test_a_voice_that_is_elsewhere_is_said_before_it_is_used(browse: Browse) -> None:
    page = _listening(browse, FAR)
    page.get_by_role("button", name="Écouter").click()
    expect(page.locator("[data-listen] [role=status]")).to_contain_text("rien sur vous")
    assert _spoken(page) == []
    page.get_by_role("button", name="Écouter quand même").click()
    assert len(_spoken(page)) == 1


def test_a_reader_with_an_account_listens_too(browse: Browse, relais: RunningPortal) -> None:
    page = browse("paul")
    page.add_init_script(_VOICES.replace("VOICES", FRENCH).replace("IS_OLD", "false"))
    page.goto(f"/p/{relais.patient('Jeanne')}/education/{MODULE}/2?easy=1")
    page.locator("h1").click()
    page.get_by_role("button", name="Écouter").click()
    page.evaluate("finishSentence()")
    assert len(_spoken(page)) == 2
