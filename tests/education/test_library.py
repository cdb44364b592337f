"""The modules that come with Relais keep the layout of `docs/module-format.md` and our voice."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LIBRARY = Path(__file__).parents[2] / "portal" / "education" / "library"
SLUGS = {
    "insuffisance-cardiaque-se-peser",
    "diabete-insuline-au-quotidien",
    "anticoagulants-au-quotidien",
    "chutes-a-domicile",
    "preparer-le-pilulier",
    "aider-sans-s-epuiser",
}
WITH_EASY_READING = {"insuffisance-cardiaque-se-peser", "chutes-a-domicile"}
THEMES = {
    "heart",
    "diabetes",
    "medicines",
    "movement",
    "food",
    "daily_life",
    "carers",
    "other",
}
TEXT_FIELDS = {"title", "goal", "summary", "steps", "glossary", "images", "sources"}
PICTOGRAMS = {
    "heart-pulse",
    "droplets",
    "weight",
    "sunrise",
    "moon",
    "utensils-crossed",
    "notebook-pen",
    "phone",
    "pill",
    "house",
    "footprints",
    "bed",
    "shower-head",
    "armchair",
    "person-standing",
    "hand",
    "glasses",
    "triangle-alert",
    "clock",
    "users-round",
    "circle-check",
    "stethoscope",
}
KEY_POINT = re.compile(r"^!! \S", re.MULTILINE)
TERM = re.compile(r"\[[^\]]+\]\(term:([^)]+)\)")
EASY_LINE = re.compile(r"^- :([a-z-]+): (\S.*[.])$")
# What counts as a word to who reads: « l’eau » is two, « : » and « » are none.
WORD = re.compile(r"[\w%°/-]+(?:,\d+)?")


@pytest.fixture(params=sorted(SLUGS))
def folder(request: pytest.FixtureRequest) -> Path:
    return LIBRARY / str(request.param)


def test_the_library_holds_these_modules() -> None:
    assert {path.name for path in LIBRARY.iterdir() if path.is_dir()} == SLUGS


def test_the_manifest_has_the_fields_of_the_format(folder: Path) -> None:
    module = _module(folder)
    assert set(module) == {"format", "slug", "theme", "audience", "languages"}
    assert module["format"] == "relais-module/1"
    assert module["slug"] == folder.name
    assert len(module["slug"]) <= 80
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", module["slug"])
    assert module["theme"] in THEMES
    assert module["audience"] in {"patient", "carer", "everybody"}
    assert set(module["languages"]) == {"fr"}
    assert set(_text(folder)) == TEXT_FIELDS


def test_titles_goals_and_summaries_are_short(folder: Path) -> None:
    text = _text(folder)
    assert 0 < len(text["title"]) <= 80
    assert len(text["title"].split()) <= 6
    assert 0 < len(text["goal"]) <= 200
    assert 0 < len(text["summary"]) <= 300
    assert not text["goal"].endswith(".")
    assert all(set(step) == {"title"} for step in text["steps"])
    assert all(0 < len(step["title"]) <= 80 for step in text["steps"])


def test_nothing_lies_in_the_folder_that_the_format_does_not_name(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    numbers = range(1, len(_text(folder)["steps"]) + 1)
    expected = {"module.json", "fr/quiz.json", *(f"fr/{number}.md" for number in numbers)}
    if folder.name in WITH_EASY_READING:
        expected |= {f"fr/{number}.easy.md" for number in numbers}
    assert files == expected


def test_texts_are_utf_8_without_a_mark_or_markup_of_html(folder: Path) -> None:
    for path in folder.rglob("*.*"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf"), path
        assert not re.search(r"<[a-zA-Z/!?]|&[a-z#]+;|javascript:", content.decode()), path


def test_a_step_takes_two_or_three_minutes(folder: Path) -> None:
    steps = _steps(folder)
    assert 4 <= len(steps) <= 6
    for step in steps:
        assert 150 <= len(WORD.findall(_spoken(step))) <= 280


def test_a_step_has_one_key_point(folder: Path) -> None:
    for step in _steps(folder):
        assert len(KEY_POINT.findall(step)) == 1
        # A paragraph of its own.
        assert re.search(r"(^|\n\n)!! [^\n]+(\n\n|\n$)", step)


def test_what_texts_name_is_in_the_glossary_and_all_of_it_is_named(folder: Path) -> None:
    glossary = _text(folder)["glossary"]
    used = {term for step in _steps(folder) for term in TERM.findall(step)}
    assert used == set(glossary)
    assert 3 <= len(glossary) <= 6
    assert all(0 < len(meaning) <= 300 for meaning in glossary.values())


def test_no_image_is_named(folder: Path) -> None:
    assert _text(folder)["images"] == {}
    assert not any("image:" in step for step in _steps(folder))


def test_sources_are_public_bodies(folder: Path) -> None:
    sources = _text(folder)["sources"]
    assert len(sources) >= 3
    for source in sources:
        assert set(source) == {"title", "publisher", "url", "year"}
        assert 0 < len(source["title"]) <= 200
        assert 0 < len(source["publisher"]) <= 200
        assert source["url"] is None or source["url"].startswith("https://")
        assert source["year"] is None or 2000 <= source["year"] <= 2026


def test_easy_reading_is_short_sentences_with_a_pictogram_each(folder: Path) -> None:
    for path in folder.glob("fr/*.easy.md"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
        assert sum(line.startswith("!! ") for line in lines) == 1
        for line in lines:
            sentence = line.removeprefix("!! ")
            if not line.startswith("!! "):
                match = EASY_LINE.match(line)
                assert match, line
                assert match[1] in PICTOGRAMS
                sentence = match[2]
            assert len(WORD.findall(_spoken(sentence))) < 10, line
            assert not re.search(r"[.?!] ", sentence), line


def test_a_question_has_one_right_answer_and_explains_all(folder: Path) -> None:
    questions = _questions(folder)
    assert 3 <= len(questions) <= 5
    for question in questions:
        assert set(question) == {"question", "answers", "again"}
        assert set(question["again"]) == {"explanation", "question", "answers"}
        assert 3 <= len(question["answers"]) <= 4
        assert question["again"]["explanation"].strip()
        assert question["again"]["question"] != question["question"]
        for asked in (question, question["again"]):
            assert 0 < len(asked["question"]) <= 300
            assert 2 <= len(asked["answers"]) <= 5
            assert sum(answer["is_right"] is True for answer in asked["answers"]) == 1
            for answer in asked["answers"]:
                assert set(answer) == {"text", "is_right", "explanation"}
                assert 0 < len(answer["text"]) <= 200
                assert 0 < len(answer["explanation"]) <= 1000


def test_the_right_answer_has_no_place_of_its_own(folder: Path) -> None:
    places = [
        [answer["is_right"] for answer in question["answers"]].index(True)
        for question in _questions(folder)
    ]
    assert len(set(places)) > 1


def test_sentences_stay_under_fifteen_words(folder: Path) -> None:
    long = [
        sentence
        for text in _all_texts(folder)
        for sentence in _sentences(text)
        if len(WORD.findall(sentence)) >= 15
    ]
    assert long == []


def test_the_voice_is_calm(folder: Path) -> None:
    for text in _all_texts(folder):
        spoken = _spoken(text)
        assert "!" not in spoken, text
        assert "'" not in spoken, text
        assert not re.search(r"veuillez|usager|bénéficiaire|FALC", spoken, re.IGNORECASE), text


def _module(folder: Path) -> dict[str, Any]:
    module: dict[str, Any] = json.loads((folder / "module.json").read_text(encoding="utf-8"))
    return module


def _text(folder: Path) -> dict[str, Any]:
    text: dict[str, Any] = _module(folder)["languages"]["fr"]
    return text


def _steps(folder: Path) -> list[str]:
    numbers = range(1, len(_text(folder)["steps"]) + 1)
    return [(folder / f"fr/{number}.md").read_text(encoding="utf-8") for number in numbers]


def _questions(folder: Path) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = json.loads(
        (folder / "fr/quiz.json").read_text(encoding="utf-8")
    )
    return questions


def _all_texts(folder: Path) -> Iterator[str]:
    text = _text(folder)
    yield from (text["title"], text["goal"], text["summary"], *text["glossary"].values())
    yield from (step["title"] for step in text["steps"])
    yield from _steps(folder)
    yield from (path.read_text(encoding="utf-8") for path in folder.glob("fr/*.easy.md"))
    for question in _questions(folder):
        yield question["again"]["explanation"]
        for asked in (question, question["again"]):
            yield asked["question"]
            for answer in asked["answers"]:
                yield from (answer["text"], answer["explanation"])


def _spoken(text: str) -> str:
    """What is read aloud: without headings and the signs of the markup."""
    text = re.sub(r"^(#+ .*|\|[ |-]+\|)$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"^(- (:[a-z-]+: )?|\d+\. |!! )", "", text, flags=re.MULTILINE)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?])\s|\n|\|", _spoken(text).replace("\u00a0", " "))
