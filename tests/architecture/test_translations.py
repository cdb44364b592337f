"""French is complete: nothing missing, empty, fuzzy or left over."""

import re

import pytest

from portal.config import LOCALES
from portal.web.i18n import translations
from tests.translations import TRANSLATED, catalogue, extracted, problems


def test_every_language_that_is_offered_is_checked() -> None:
    assert {"en", *TRANSLATED} == set(LOCALES)


@pytest.mark.parametrize("locale", TRANSLATED)
def test_the_catalogue_says_all_that_the_code_says_and_no_more(locale: str) -> None:
    assert problems(locale) == []


def test_messages_are_found_in_code_in_templates_and_in_tables_of_words() -> None:
    found = {(message.context, message.id) for message in extracted()}
    assert (None, "The service is not responding") in found, "code"
    assert (None, "Whose file do you want to see?") in found, "templates"
    assert (None, "Write the code") in found, "texts of forms"
    assert ("female", "daughter") in found, "tables of words"
    assert (None, ("%(num)d code left", "%(num)d codes left")) in found, "plurals"


def test_a_message_that_is_missing_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import translations as checker

    words = catalogue("fr")
    words.delete("Write the code")
    monkeypatch.setattr(checker, "catalogue", lambda _locale: words)
    assert "missing: Write the code" in checker.problems("fr")


def test_french_has_no_straight_apostrophe_once_loaded() -> None:
    loaded = translations("fr")._catalog
    texts = [text for key, text in loaded.items() if key]
    assert len(texts) > 200
    assert [text for text in texts if re.search(r"\w'\w", str(text))] == []
