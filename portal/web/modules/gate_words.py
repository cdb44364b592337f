"""Why a module cannot go on, in a sentence that says what to do."""

from collections.abc import Iterable

from portal.education.gates import Gate
from portal.web.i18n import gettext


def gate_sentences(gates: Iterable[str]) -> list[str]:
    words = {
        Gate.NO_SOURCE: gettext("Name at least one source."),
        Gate.NO_QUESTION: gettext("Ask at least one question, with its answers explained."),
        Gate.FAULTY_TEXT: gettext("A picture, an explained word or a link of the text is missing."),
        Gate.NOT_EXPERT: gettext("Only patient experts of the organization write its modules."),
        Gate.NOT_PROFESSIONAL: gettext(
            "Only a health or social professional reviews a module. A patient expert reads it as"
            " a peer."
        ),
        Gate.OWN_TEXT: gettext("Nobody reviews what they wrote, alone or with others."),
        Gate.NO_MEMBER: gettext("Your coordinator has not named you for the modules here."),
        Gate.NO_OPEN_REMARK: gettext("Make a remark first: it says what has to change."),
        Gate.OPEN_REMARK: gettext("A remark of yours still waits. Mark it as treated first."),
        Gate.TOO_LONG: gettext("A review holds for two years at most."),
        Gate.NO_REVIEW: gettext("A professional has to review it first."),
        Gate.NO_REVIEW_DATE: gettext("The last day of the review has to lie ahead."),
        Gate.WRONG_STATE: gettext("The module has moved on meanwhile. Here is where it stands."),
    }
    return [words[Gate(one)] for one in gates]
