"""A whole module on one page, for paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from portal.education.apparatus import Apparatus
from portal.education.content import Source
from portal.education.markdown import render
from portal.education.reading import Opened
from portal.education.whole import QuestionText, Whole
from portal.web.i18n import gettext
from portal.web.installed import static_url
from portal.web.modules.steps import pictures_of
from portal.web.typography import typo


@dataclass(frozen=True, slots=True)
class PaperStep:
    number: int
    title: str
    html: Markup


@dataclass(frozen=True, slots=True)
class PaperModule:
    steps: Sequence[PaperStep]
    questions: Sequence[QuestionText]
    glossary: dict[str, str]
    sources: Sequence[Source]
    is_easy: bool


def paper_module(
    opened: Opened, whole: Whole, apparatus: Apparatus, *, is_easy: bool
) -> PaperModule:
    """Paper has no links: words are explained together, after the last step."""
    steps = [
        PaperStep(
            number=step.number,
            title=step.title,
            html=render(
                step.easy_body if is_easy else step.body,
                images=pictures_of(apparatus),
                glossary={},
                key_point=gettext("To remember"),
                sprite_url=static_url("icons/pictograms.svg"),
                typo=partial(typo, locale=opened.locale),
                is_easy=is_easy,
                heading_level=3,
            ).html,
        )
        for step in whole.steps
    ]
    return PaperModule(steps, whole.questions, apparatus.glossary, apparatus.sources, is_easy)
