"""What a draft lacks before it can be sent to review, each as a sentence with its place."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.education.drafting import Lack, Lacking
from portal.web.i18n import gettext
from portal.web.modules.place_words import place_words


class LackCard(NamedTuple):
    place: str
    """`step-2-body`."""
    where: str
    sentence: str


def lack_sentences(lacking: Iterable[Lack]) -> list[LackCard]:
    words = {
        Lacking.EMPTY: gettext("Something is not written yet."),
        Lacking.EMPTY_EXPLANATION: gettext("Explain each answer, the right one too."),
        Lacking.TOO_FEW_ANSWERS: gettext("Offer at least two answers."),
        Lacking.NO_RIGHT_ANSWER: gettext("Mark one answer as the right one."),
        Lacking.NOT_EASY_THROUGHOUT: gettext("Other steps have an easy text, this one has none."),
        Lacking.NOT_AN_ADDRESS: gettext("Write an address that begins with https://"),
        Lacking.NOT_A_YEAR: gettext("Write the year in four digits, or leave it out."),
        Lacking.TWICE: gettext("This word is explained twice."),
        Lacking.TOO_MANY: gettext("There are too many of them: take some away."),
    }
    return [
        LackCard(one.place, place_words(one.place) or one.place, words[one.code]) for one in lacking
    ]
