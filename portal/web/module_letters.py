"""The words of the letters between authors and reviewers of modules, who may read its title."""

from datetime import date

from portal.web import dates
from portal.web.i18n import gettext
from portal.web.letter_content import Content, Facts


def review_asked(facts: Facts) -> Content:
    day = dates.full_day(date.fromisoformat(facts.values["due_on"]))
    return Content(
        gettext("Your review of a module is hoped for"),
        (
            gettext(
                "%(author)s wrote the module “%(title)s” and asks you to review it.",
                author=facts.values["author"],
                title=facts.values["title"],
            ),
            gettext("Your answer is hoped for before %(day)s.", day=day),
        ),
        gettext("Read the module"),
        facts.values["path"],
    )


def resubmitted(facts: Facts) -> Content:
    return Content(
        gettext("A module was changed after your remarks"),
        (
            gettext(
                "The module “%(title)s” waits for your review again.", title=facts.values["title"]
            ),
            gettext("Your remarks stand where you made them, each with its answer."),
        ),
        gettext("Read the module"),
        facts.values["path"],
    )


def changes_asked(facts: Facts) -> Content:
    return Content(
        gettext("Changes are asked for in your module"),
        (
            gettext(
                "Your module “%(title)s” was reviewed: some passages have to change.",
                title=facts.values["title"],
            ),
            gettext("Each remark stands beside its passage. Change the text, then send it again."),
        ),
        gettext("Read the remarks"),
        facts.values["path"],
    )


def approved(facts: Facts) -> Content:
    return Content(
        gettext("Your module is approved"),
        (
            gettext(
                "Your module “%(title)s” was reviewed and approved.", title=facts.values["title"]
            ),
            gettext("You choose when it is published."),
        ),
        gettext("Open the module"),
        facts.values["path"],
    )


def ends_soon(facts: Facts) -> Content:
    day = dates.full_day(date.fromisoformat(facts.values["last_day"]))
    return Content(
        gettext("The review of a module ends soon"),
        (
            gettext(
                "The module “%(title)s” is read until %(day)s.",
                title=facts.values["title"],
                day=day,
            ),
            gettext("Is it still right? A reviewer can confirm it. Else write a new version."),
        ),
        gettext("Open the module"),
        facts.values["path"],
    )


def withdrawn(facts: Facts) -> Content:
    return Content(
        gettext("A module is not read any more"),
        (
            gettext(
                "The review of the module “%(title)s” is over: nobody sees it any more.",
                title=facts.values["title"],
            ),
            gettext("It comes back when a reviewer confirms it, or with a new version."),
        ),
        gettext("Open the module"),
        facts.values["path"],
    )


def retracted(facts: Facts) -> Content:
    return Content(
        gettext("A module was taken back"),
        (
            gettext(
                "%(name)s took back the module “%(title)s”: nobody reads it any more.",
                name=facts.values["by"],
                title=facts.values["title"],
            ),
            gettext("The reason that readers see: “%(reason)s”", reason=facts.values["reason"]),
        ),
        gettext("Open the module"),
        facts.values["path"],
    )


def taken_from_reader(facts: Facts) -> Content:
    """Neutral: the title would say what they live with."""
    return Content(
        gettext("A text that you read was taken back"),
        (gettext("Sign in to read why, and what to do."),),
        gettext("Read why"),
        facts.values["path"],
    )


def corrected(facts: Facts) -> Content:
    return Content(
        gettext("A text that you read was corrected"),
        (gettext("Sign in to read the corrected text. It replaces the one you know."),),
        gettext("Read the correction"),
        facts.values["path"],
    )


def reviewer_named(facts: Facts) -> Content:
    return Content(
        gettext("You may now review modules"),
        (
            gettext("A coordinator counts on you to review modules before they are published."),
            gettext("Nothing is asked of you for now. An author who needs you will write to you."),
        ),
        gettext("Open the modules"),
        facts.values["path"],
    )
