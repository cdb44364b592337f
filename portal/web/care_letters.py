"""The words of the letters about a file: what changed, what is asked. Never what, never whose."""

from portal.web.i18n import gettext
from portal.web.letter_content import Content, Facts


def access_question(facts: Facts) -> Content:
    return Content(
        gettext("Somebody asks a question on Relais"),
        (
            gettext("A question about who reads what waits for you on Relais."),
            gettext("Answer it within 5 working days."),
        ),
        gettext("Read the question"),
        facts.values["path"],
    )


def access_answer(facts: Facts) -> Content:
    return Content(
        gettext("Your question has its answer"),
        (gettext("You asked a question on Relais. Sign in to read the answer."),),
        gettext("Read the answer"),
        facts.values["path"],
    )


def consent_recorded(_facts: Facts) -> Content:
    return Content(
        gettext("An answer signed on paper was written down"),
        (
            gettext("An answer that you signed on paper was copied into Relais."),
            gettext("Open Relais, then “Who can see my file”: it stands under your past choices."),
            gettext("It was not you? Take it back there: it takes effect at once."),
        ),
        gettext("Open Relais"),
        "/",
    )


def emergency_opened(_facts: Facts) -> Content:
    return Content(
        gettext("Somebody opened a file in Relais"),
        (
            gettext(
                "A professional outside the circle opened a file that is yours, or that you"
                " look after. It was open to them for one hour."
            ),
            gettext("Sign in to read who it was, when and why."),
        ),
        gettext("Open Relais"),
        "/",
    )


def mandate_changed(_facts: Facts) -> Content:
    return Content(
        gettext("A legal status changed in Relais"),
        (
            gettext(
                "A coordinator recorded or ended a legal status in a file that is yours, or that"
                " you look after. Who may see it and act in it changed."
            ),
            gettext("You did not expect it? Call your coordinator."),
        ),
        gettext("Open Relais"),
        "/",
    )


def carer_rights_changed(_facts: Facts) -> Content:
    return Content(
        gettext("Something changed in what you see on Relais"),
        (
            gettext("Somebody whom you follow changed what is open to you."),
            gettext("Sign in to see what you may do now."),
        ),
        gettext("Open Relais"),
        "/",
    )


def carers_changed(_facts: Facts) -> Content:
    return Content(
        gettext("News from those who follow you on Relais"),
        (
            gettext("Somebody who follows you asks for something, or follows you no more."),
            gettext("Sign in, then open “Who can see my file”."),
        ),
        gettext("Open Relais"),
        "/",
    )


def carers_to_review(_facts: Facts) -> Content:
    return Content(
        gettext("Look again at who may see what"),
        (
            gettext("Some of what you allowed ends soon, or was not looked at for a while."),
            gettext("Sign in, then open “Who can see my file”. Nothing changes without you."),
        ),
        gettext("Open Relais"),
        "/",
    )


def circle_changed(_facts: Facts) -> Content:
    return Content(
        gettext("Something changed around you on Relais"),
        (
            gettext("A team changed in a file that is yours, or that you look after."),
            gettext("Sign in to see who does what now."),
        ),
        gettext("Open Relais"),
        "/",
    )


def consent_asked(_facts: Facts) -> Content:
    return Content(
        gettext("Your answer is awaited on Relais"),
        (
            gettext(
                "Somebody may join a team in a file that is yours, or that you look after. They"
                " see nothing before you have said yes."
            ),
            gettext("Sign in to say yes or no. You can change your mind at any time."),
        ),
        gettext("Open Relais"),
        "/",
    )


def need_entrusted(facts: Facts) -> Content:
    return Content(
        gettext("Something was entrusted to you on Relais"),
        (
            gettext("You answer for something new, or stand in for somebody."),
            gettext("Sign in to see what. You can hand it on there if it is not for you."),
        ),
        gettext("Open Relais"),
        facts.values["path"],
    )


def programme_asked(_facts: Facts) -> Content:
    return Content(
        gettext("Something new waits for you on Relais"),
        (
            gettext("A team proposes something in a file that is yours, or that you look after."),
            gettext("Sign in to read it and to say yes or no. Nothing begins without you."),
        ),
        gettext("Open Relais"),
        "/",
    )


def programme_news(facts: Facts) -> Content:
    return Content(
        gettext("There is news in a file that you follow on Relais"),
        (gettext("Somebody answered, or shares a page with you. Sign in to read it."),),
        gettext("Open Relais"),
        facts.values["path"],
    )
