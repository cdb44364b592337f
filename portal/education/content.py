"""What a module says, as it is written to a file and read from one: `docs/module-format.md`."""

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    model_validator,
)

from portal.models.education import Audience, Theme

FORMAT = "relais-module/1"
_URL = TypeAdapter(HttpUrl)
# Characters that hide or turn what stands beside them, and those that no text needs.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Without what nobody sees: controls, direction overrides, zero-width characters."""
    return _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _visible(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def _secure_address(value: str) -> str:
    if value and _URL.validate_python(value).scheme != "https":
        raise ValueError("only https addresses")
    return value


_Text = BeforeValidator(_visible)
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
ImageName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, _Text, AfterValidator(lambda text: " ".join(text.split()))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Answer(_Part):
    text: Annotated[Line, Field(min_length=1, max_length=200)]
    is_right: bool
    explanation: Annotated[Line, Field(min_length=1, max_length=1000)]


class Asked(_Part):
    """A question with two to five answers, one of which is right."""

    question: Annotated[Line, Field(min_length=1, max_length=300)]
    answers: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=5)]

    @model_validator(mode="after")
    def _has_one_right_answer(self) -> "Asked":
        if sum(answer.is_right for answer in self.answers) != 1:
            raise ValueError("exactly one answer is right")
        return self


class Again(Asked):
    """The matter in other words, and the question asked differently."""

    explanation: Annotated[Line, Field(min_length=1, max_length=1000)]


class Question(Asked):
    again: Again


class Source(_Part):
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    publisher: Annotated[Line, Field(min_length=1, max_length=200)]
    url: Annotated[
        str,
        BeforeValidator(lambda value: value or ""),
        Field(max_length=500),
        AfterValidator(_secure_address),
    ] = ""
    year: Annotated[int, Field(ge=1950, le=2100)] | None = None


class Step(_Part):
    title: Annotated[Line, Field(min_length=1, max_length=80)]
    body: Annotated[str, _Text, Field(min_length=1, max_length=20_000)]
    easy_body: Annotated[str, _Text, Field(max_length=10_000)] = ""


class Text(_Part):
    """A module in one language."""

    title: Annotated[Line, Field(min_length=1, max_length=80)]
    goal: Annotated[Line, Field(min_length=1, max_length=200)]
    summary: Annotated[Line, Field(min_length=1, max_length=300)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=12)]
    questions: Annotated[tuple[Question, ...], Field(max_length=10)] = ()
    sources: Annotated[tuple[Source, ...], Field(max_length=30)] = ()
    glossary: Annotated[
        dict[
            Annotated[Line, Field(min_length=1, max_length=80)],
            Annotated[Line, Field(min_length=1, max_length=300)],
        ],
        Field(max_length=40),
    ] = {}
    images: Annotated[
        dict[ImageName, Annotated[Line, Field(min_length=1, max_length=500)]], Field(max_length=20)
    ] = {}

    @model_validator(mode="after")
    def _is_easy_throughout(self) -> "Text":
        if len({bool(step.easy_body) for step in self.steps}) > 1:
            raise ValueError("every step has an easy text, or none")
        return self

    @property
    def has_easy_reading(self) -> bool:
        return bool(self.steps[0].easy_body)


class ModuleContent(_Part):
    """All languages of a module, without the bytes of its images."""

    slug: Slug
    theme: Theme
    audience: Audience
    languages: Annotated[dict[Locale, Text], Field(min_length=1, max_length=20)]
