"""The file of a module comes back as it was written; what is no such file is refused."""

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.education import packages
from portal.education.content import ModuleContent
from portal.education.packages import (
    Package,
    PackageProblem,
    PackageRefusedError,
    read_package,
    write_package,
)
from portal.models.education import Audience, Theme
from tests.education.modules import a_text

Files = dict[str, Any]


def a_package(**changes: Any) -> Package:
    content = ModuleContent(
        slug="se-peser",
        theme=Theme.HEART,
        audience=Audience.PATIENT,
        languages={"fr": a_text(**changes)},
    )
    return Package(content, {})


def _files(package: Package) -> Files:
    with zipfile.ZipFile(BytesIO(write_package(package))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(files: Files) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def _refusal(file: bytes) -> PackageRefusedError:
    with pytest.raises(PackageRefusedError) as refused:
        read_package(file)
    return refused.value


def test_a_module_comes_back_as_it_was_written() -> None:
    package = a_package()
    assert read_package(write_package(package)) == package
    assert write_package(package) == write_package(read_package(write_package(package)))


def test_the_file_is_laid_out_as_its_format_says() -> None:
    files = _files(a_package())
    assert sorted(files) == ["fr/1.md", "fr/2.md", "fr/quiz.json", "module.json"]
    manifest = json.loads(files["module.json"])
    assert manifest["format"] == "relais-module/1"
    assert manifest["languages"]["fr"]["steps"] == [{"title": "Pourquoi"}, {"title": "Comment"}]


def _without(name: str) -> Callable[[Files], None]:
    return lambda files: files.pop(name)


def _with(name: str, content: bytes) -> Callable[[Files], None]:
    return lambda files: files.update({name: content})


def _said(change: Callable[[dict[str, Any]], Any]) -> Callable[[Files], None]:
    def write(files: Files) -> None:
        manifest = json.loads(files["module.json"])
        change(manifest)
        files["module.json"] = json.dumps(manifest).encode()

    return write


def _quiz(change: Callable[[list[Any]], Any]) -> Callable[[Files], None]:
    def write(files: Files) -> None:
        quiz = json.loads(files["fr/quiz.json"])
        change(quiz)
        files["fr/quiz.json"] = json.dumps(quiz).encode()

    return write


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("change", "problem", "place"),
    [
        (_without("module.json"), "missing", "module.json"),
        (_without("fr/2.md"), "missing", "fr/2.md"),
        (_with("fr/3.md", b"De trop"), "foreign_name", "fr/3.md"),
        (_with("fr/1.html", b"<p>"), "foreign_name", "fr/1.html"),
        (_with("../evil.md", b"x"), "foreign_name", "../evil.md"),
        (_with("/etc/passwd", b"x"), "foreign_name", "/etc/passwd"),
        (_with("fr/..\\..\\x.md", b"x"), "foreign_name", "fr/..\\..\\x.md"),
        (_with("images/a.svg", b"<svg/>"), "foreign_name", "images/a.svg"),
        (_with("fr/1.md", b"\xff\xfe"), "not_text", "fr/1.md"),
        (_with("fr/1.md", b" "), "wrong_value", "languages, fr, steps, 0, body"),
        (_with("fr/1.easy.md", b"- Un."), "wrong_value", "languages, fr"),
        (_with("fr/quiz.json", b"{"), "not_json", "fr/quiz.json"),
        (_with("module.json", DEEP), "not_json", "module.json"),
        (_with("module.json", b"[]"), "wrong_format", "module.json"),
        (_said(lambda m: m.update(format="relais-module/2")), "wrong_format", "module.json"),
        (_said(lambda m: m.update(slug="../x")), "wrong_value", "slug"),
        (_said(lambda m: m.update(author="Monique")), "wrong_value", "author"),
        (_said(lambda m: m.update(languages=[])), "wrong_value", "module.json, languages"),
        (_said(lambda m: m.update(languages={})), "foreign_name", "fr/1.md"),
        (
            _said(lambda m: m["languages"]["fr"]["steps"][0].update(body="x")),
            "wrong_value",
            "module.json, fr, steps, 1",
        ),
        (
            _said(lambda m: m["languages"]["fr"].update(images={"balance": "Une balance"})),
            "missing",
            "fr, images/balance",
        ),
        (
            _said(lambda m: m["languages"]["fr"]["sources"][0].update(url="http://x.fr")),
            "wrong_value",
            "languages, fr, sources, 0, url",
        ),
        (
            _said(lambda m: m["languages"]["fr"]["sources"][0].update(url="javascript:alert(1)")),
            "wrong_value",
            "languages, fr, sources, 0, url",
        ),
        (
            _quiz(lambda q: q[0]["answers"][0].update(explanation=" ")),
            "wrong_value",
            "languages, fr, questions, 0, answers, 0, explanation",
        ),
        (
            _quiz(lambda q: q[0]["answers"][0].update(is_right=True)),
            "wrong_value",
            "languages, fr, questions, 0",
        ),
        (_quiz(lambda q: q[0].pop("again")), "wrong_value", "languages, fr, questions, 0, again"),
    ],
)
def test_what_does_not_keep_to_the_format_is_refused_and_named(
    change: Callable[[Files], None], problem: str, place: str
) -> None:
    files = _files(a_package())
    change(files)
    refusal = _refusal(_zip(files))
    assert (refusal.problem, refusal.place) == (PackageProblem(problem), place)


def test_a_file_that_is_no_archive_is_refused() -> None:
    for file in (b"", b"%PDF-1.7", b"PK\x03\x04" + b"\x00" * 60, write_package(a_package())[:-30]):
        assert _refusal(file).problem is PackageProblem.NOT_A_ZIP


def test_a_bomb_is_read_no_further_than_a_module_may_be() -> None:
    files = _files(a_package()) | {"fr/1.md": b"a" * (200 * 1024 * 1024)}
    bomb = _zip(files)
    assert len(bomb) < packages.MOST_BYTES
    refusal = _refusal(bomb)
    assert (refusal.problem, refusal.place) == (PackageProblem.TOO_LARGE, "fr/1.md")


def test_many_small_bombs_are_no_more_than_one() -> None:
    files = {f"images/p{number}.webp": b"a" * (1024 * 1024) for number in range(40)}
    assert _refusal(_zip(_files(a_package()) | files)).problem is PackageProblem.TOO_LARGE


def test_too_many_entries_and_too_large_files_are_refused_unread() -> None:
    files = {f"images/p{number}.webp": b"" for number in range(packages.MOST_ENTRIES + 1)}
    assert _refusal(_zip(files)).problem is PackageProblem.TOO_LARGE
    assert _refusal(b"PK" * packages.MOST_BYTES).problem is PackageProblem.TOO_LARGE


def test_the_same_name_twice_is_refused() -> None:
    file = BytesIO(write_package(a_package()))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("fr/1.md", "Autre chose")
    assert _refusal(file.getvalue()).problem is PackageProblem.FOREIGN_NAME


def test_what_nobody_sees_is_taken_out_of_texts() -> None:
    files = _files(a_package()) | {"fr/1.md": "Deux\u202e kilos\x00\u200b.\r\nFin".encode()}
    [first, _second] = read_package(_zip(files)).content.languages["fr"].steps
    assert first.body == "Deux kilos.\nFin"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(min_value=0, max_value=10_000))
def test_whatever_comes_is_read_or_refused(noise: bytes, place: int) -> None:
    file = write_package(a_package())
    cut = place % len(file)
    for one in (noise, file[:cut] + noise + file[cut + len(noise) :]):
        with suppress(PackageRefusedError):
            assert read_package(one).content.slug
