"""What a device keeps of a public module, to read it without network."""

from typing import Any

from flask import url_for

from portal.education.apparatus import Apparatus
from portal.education.reading import Opened
from portal.education.whole import QuestionText, Whole
from portal.web.installed import static_url

_STATIC = (
    *("css/app.css", "css/library.css", "icons/sprite.svg", "icons/relais.svg"),
    *("js/relais.js", "js/reading.js"),
)
_OF_EASY_READING = "icons/pictograms.svg"


def copy_of(opened: Opened, whole: Whole, apparatus: Apparatus) -> dict[str, Any]:
    """Every address of it: steps, questions, what each answer means, pictures, style."""
    pages = [url_for("library.list_kept")] + [
        url_for("library.show_step", slug=opened.slug, number=step.number, easy=easy)
        for step in whole.steps
        for easy in (None, "1" if opened.has_easy_reading else None)
    ]
    for question in whole.questions:
        pages += _pages_of(opened.slug, question)
    pictures = [f"/library/images/{one.digest}" for one in apparatus.pictures.values()]
    names = (*_STATIC, *((_OF_EASY_READING,) if opened.has_easy_reading else ()))
    return {
        "slug": opened.slug,
        "title": opened.title,
        "lang": opened.locale,
        "version": opened.version_id.hex,
        "addresses": list(
            dict.fromkeys(
                [url_for("library.list_kept"), *pages, *pictures, *map(static_url, names)]
            )
        ),
    }


def _pages_of(slug: str, question: QuestionText) -> list[str]:
    """Both times that it is asked, as the form of the page names the answers."""
    address = url_for("library.ask", slug=slug, number=question.number)
    first = [f"?answer={number}" for number in range(1, len(question.answers) + 1)]
    again = [f"?again=1&answer={number}" for number in range(1, question.answers_again + 1)]
    return [address, f"{address}?again=1", *(address + rest for rest in (*first, *again))]
