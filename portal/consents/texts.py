"""The texts that are asked about, by purpose, version and language."""

import hashlib
import json
from dataclasses import asdict, dataclass

from portal.consents import english, french
from portal.consents.versions import VERSIONS
from portal.consents.words import Words
from portal.models.consent import ConsentPurpose

_LANGUAGES = {"en": english.WORDS, "fr": french.WORDS}
DEFAULT_LOCALE = "fr"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One published text; it never changes, a correction is a new version."""

    purpose: ConsentPurpose
    version: int
    locale: str
    words: Words

    @property
    def canonical(self) -> str:
        """What is hashed: JSON with sorted names, before any typography of the page."""
        facts = {"purpose": self.purpose, "version": self.version, "locale": self.locale}
        return json.dumps(facts | asdict(self.words), ensure_ascii=False, sort_keys=True)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def current_text(purpose: ConsentPurpose, *, locale: str) -> ConsentText:
    """What is asked today. Raises `KeyError` for a purpose that is not asked."""
    return exact_text(purpose, version=VERSIONS[purpose][-1].number, locale=locale)


def exact_text(purpose: ConsentPurpose, *, version: int, locale: str) -> ConsentText:
    """What was asked then; in the usual language if it was never published in this one."""
    spoken = locale if locale in _LANGUAGES else DEFAULT_LOCALE
    return ConsentText(purpose, version, spoken, _LANGUAGES[spoken][purpose, version])
