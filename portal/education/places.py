"""The fields of a text by name, as forms, remarks and comparisons call them: `step-2-body`."""

from portal.education.content import Asked, Question, Text
from portal.education.markdown import plain_text

LONGEST_PLACE = 40
"""A remark holds no longer name: that of a long word of the glossary is cut."""


def words_of_places(text: Text) -> dict[str, str]:
    """What each field says, without markup, in the order in which it is read."""
    found = {"title": text.title, "goal": text.goal, "summary": text.summary}
    for number, step in enumerate(text.steps, start=1):
        found[f"step-{number}-title"] = step.title
        found[f"step-{number}-body"] = plain_text(step.body)
        if step.easy_body:
            found[f"step-{number}-easy"] = plain_text(step.easy_body)
    for number, question in enumerate(text.questions, start=1):
        found |= _of_question(number, question)
    for number, source in enumerate(text.sources, start=1):
        parts = (source.title, source.publisher, str(source.year or ""), source.url)
        found[f"source-{number}"] = ", ".join(filter(None, parts))
    found |= {term_place(term): f"{term}\n{said}" for term, said in text.glossary.items()}
    return found | {f"image-{name}"[:LONGEST_PLACE]: said for name, said in text.images.items()}


def term_place(term: str) -> str:
    return f"term-{term}"[:LONGEST_PLACE]


def _of_question(number: int, question: Question) -> dict[str, str]:
    again = question.again
    return {
        f"question-{number}": _asked(question),
        f"question-{number}-again": f"{again.explanation}\n{_asked(again)}",
    }


def _asked(asked: Asked) -> str:
    said = [asked.question]
    for answer in asked.answers:
        said += [answer.text, answer.explanation]
    return "\n".join(said)
