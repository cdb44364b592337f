"""The texts: whole in each language, and never changed once they were published."""

import re
from dataclasses import fields, replace
from datetime import date

import pytest

from portal.config import LOCALES
from portal.consents.texts import ConsentText, current_text, exact_text
from portal.consents.versions import VERSIONS, Version, counts_from
from portal.consents.words import Words
from portal.models.consent import ConsentPurpose

# A published text is in the receipts of patients. A correction is a new version: add its marks.
PUBLISHED = {
    ("care_coordination", 1): {
        "en": "3fbcf1a402ade15b124d521b1eebf1e586b3b4f570d103074ab3db7f1000e6a3",
        "fr": "4d594b2a4b66fcaac7a2c239e903600f7e3a4b47397e8ef4f76c88257de84002",
    },
    ("outside_care_team", 1): {
        "en": "b67a46667f3cc6e7ba88a24d76b8b4de3ff0975a1266bd0d9e092fd57ea0ec0e",
        "fr": "8a5021051445c9c7c86336b955abd4e83337870a2d693a8f0421295b44391567",
    },
    ("education_programme", 1): {
        "en": "aa6a8c16fef624544c4cca8430ca79afd121613aa63b8c26bcf11351d28879b1",
        "fr": "08473e3531ddc395000fd8d494408c9c554aaf9c1a2c2d7a0f008e828d0a2224",
    },
    ("social_services", 1): {
        "en": "e6a89e5e9d7418dd53a12b9b1151cf83b976d68b581ade044b31d01494f66e6b",
        "fr": "77b5bb971f16b50b78c20167164815220887b187d75cc8db1904378c10cb923f",
    },
}
ALL = [
    exact_text(purpose, version=version.number, locale=locale)
    for purpose, versions in VERSIONS.items()
    for version in versions
    for locale in LOCALES
]


def _id(text: ConsentText) -> str:
    return f"{text.purpose}-{text.version}-{text.locale}"


def test_no_published_text_was_changed() -> None:
    found: dict[tuple[str, int], dict[str, str]] = {}
    for one in ALL:
        found.setdefault((one.purpose, one.version), {})[one.locale] = one.sha256
    assert found == PUBLISHED


@pytest.mark.parametrize("text", ALL, ids=_id)
def test_a_text_answers_every_question_in_short_sentences(text: ConsentText) -> None:
    for field in fields(Words):
        part = getattr(text.words, field.name)
        assert part, field.name
        for sentences in (part,) if isinstance(part, str) else part:
            for sentence in re.split(r"(?<=[.?!]) ", sentences):
                assert len(sentence.split()) <= 16, sentence


@pytest.mark.parametrize("text", ALL, ids=_id)
def test_one_letter_changes_the_mark(text: ConsentText) -> None:
    words = replace(text.words, sentence=f"{text.words.sentence} ")
    assert replace(text, words=words).sha256 != text.sha256


def test_the_two_languages_are_two_texts() -> None:
    for purpose in VERSIONS:
        french, english = (current_text(purpose, locale=one) for one in ("fr", "en"))
        assert not set(french.words.what) & set(english.words.what)


def test_research_is_not_asked_because_nothing_is_sent() -> None:
    assert ConsentPurpose.RESEARCH not in VERSIONS
    with pytest.raises(KeyError):
        current_text(ConsentPurpose.RESEARCH, locale="fr")


def test_a_yes_counts_from_the_last_version_that_asked_again() -> None:
    day = date(2026, 1, 1)
    corrected = (Version(1, day, asks_again=True), Version(2, day, asks_again=False))
    assert counts_from(corrected) == 1
    assert counts_from((*corrected, Version(3, day, asks_again=True))) == 3
