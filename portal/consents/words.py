"""The parts that every text has, so that none can be left out."""

from dataclasses import dataclass

Sentences = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text in one language; each part answers one question of the patient."""

    title: str
    sentence: str
    what: Sentences
    recipients: Sentences
    duration: Sentences
    refusal: Sentences
    withdrawal: Sentences
