"""A module as one file, written and read: `docs/module-format.md`. What comes in is hostile."""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from portal.education.content import FORMAT, ModuleContent, Text

MOST_BYTES = 10 * 1024 * 1024
"""Of the file, and of all that it holds."""
MOST_TEXT_BYTES = 256 * 1024
MOST_ENTRIES = 600
_TEXT = re.compile(
    r"^(?:module\.json|[a-z]{2,3}(?:-[A-Z]{2})?/(?:quiz\.json|[1-9][0-9]?(?:\.easy)?\.md))$"
)
_IMAGE = re.compile(r"^images/([a-z0-9]+(?:-[a-z0-9]+)*)\.(?:webp|png|jpg|jpeg)$")
# All that the library raises, as it likes, on an archive that is damaged or made to harm.
_NOT_AN_ARCHIVE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_UNDERSTOOD = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EPOCH = (1980, 1, 1, 0, 0, 0)


class PackageProblem(StrEnum):
    """Why a file is refused."""

    TOO_LARGE = "too_large"
    NOT_A_ZIP = "not_a_zip"
    FOREIGN_NAME = "foreign_name"
    MISSING = "missing"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    WRONG_FORMAT = "wrong_format"
    WRONG_VALUE = "wrong_value"
    PICTURE = "picture"
    """One of its pictures cannot be opened safely."""


class PackageRefusedError(Exception):
    """`place` is the entry, and what of it, as an author finds it: `fr/quiz.json, 2.answers`."""

    def __init__(self, problem: PackageProblem, place: str = "", detail: str = "") -> None:
        super().__init__(f"{problem}: {place} {detail}".strip())
        self.problem, self.place, self.detail = problem, place, detail


@dataclass(frozen=True, slots=True)
class Package:
    content: ModuleContent
    images: Mapping[str, bytes]
    """Name without its ending → bytes as they came."""


def read_package(file: bytes) -> Package:
    """Raises `PackageRefusedError`."""
    if len(file) > MOST_BYTES:
        raise PackageRefusedError(PackageProblem.TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(file)) as archive:
            entries = _entries(archive)
    except _NOT_AN_ARCHIVE as error:
        raise PackageRefusedError(PackageProblem.NOT_A_ZIP) from error
    return _package(entries)


def read_folder(folder: Path) -> Package:
    """The same from a folder in the same layout. Raises `PackageRefusedError`."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return _package({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


def write_package(package: Package) -> bytes:
    """The same module gives the same bytes, whenever it is written."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_files(package).items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _entries(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """What the file holds, read no further than what may be in it."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_ENTRIES:
        raise PackageRefusedError(PackageProblem.TOO_LARGE)
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    for info in infos:
        name = info.filename
        if name in found or not (_TEXT.match(name) or _IMAGE.match(name)):
            raise PackageRefusedError(PackageProblem.FOREIGN_NAME, _shown(name))
        most = min(left, MOST_TEXT_BYTES if _TEXT.match(name) else left)
        found[name] = _read(archive, info, most)
        left -= len(found[name])
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1 or info.compress_type not in _UNDERSTOOD:
        raise PackageRefusedError(PackageProblem.NOT_A_ZIP, _shown(info.filename))
    with archive.open(info) as entry:
        # The size that the file says of itself may be a lie.
        content = entry.read(most + 1)
    if len(content) > most:
        raise PackageRefusedError(PackageProblem.TOO_LARGE, _shown(info.filename))
    return content


def _package(files: Mapping[str, bytes]) -> Package:
    images = _images(files)
    manifest = _json(files, "module.json")
    if not isinstance(manifest, dict) or manifest.pop("format", None) != FORMAT:
        raise PackageRefusedError(PackageProblem.WRONG_FORMAT, "module.json")
    languages = manifest.get("languages")
    if not isinstance(languages, dict):
        raise PackageRefusedError(PackageProblem.WRONG_VALUE, "module.json, languages")
    used = {"module.json"}.union(*(_take_texts(files, *item) for item in languages.items()))
    unused = {name for name in files if _TEXT.match(name)} - used
    if unused:
        raise PackageRefusedError(PackageProblem.FOREIGN_NAME, min(unused))
    content = _content(manifest)
    for locale, text in content.languages.items():
        lacking = text.images.keys() - images.keys()
        if lacking:
            raise PackageRefusedError(PackageProblem.MISSING, f"{locale}, images/{min(lacking)}")
    return Package(content, images)


def _images(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every other name has to be one of a text."""
    images: dict[str, bytes] = {}
    for name, content in files.items():
        found = _IMAGE.match(name)
        if found is not None:
            images[found[1]] = content
        elif not _TEXT.match(name):
            raise PackageRefusedError(PackageProblem.FOREIGN_NAME, _shown(name))
    return images


def _take_texts(files: Mapping[str, bytes], locale: str, text: Any) -> set[str]:
    """Put the texts of a language into its place in the manifest; the names of their entries."""
    if not isinstance(text, dict) or not isinstance(text.get("steps"), list):
        raise PackageRefusedError(PackageProblem.WRONG_VALUE, f"module.json, {_shown(locale)}")
    used = set()
    for number, step in enumerate(text["steps"], start=1):
        if not isinstance(step, dict) or step.keys() - {"title"}:
            place = f"module.json, {_shown(locale)}, steps, {number}"
            raise PackageRefusedError(PackageProblem.WRONG_VALUE, place)
        name, easy = f"{locale}/{number}.md", f"{locale}/{number}.easy.md"
        step["body"] = _text(files, name)
        used.add(name)
        if easy in files:
            step["easy_body"] = _text(files, easy)
            used.add(easy)
    quiz = f"{locale}/quiz.json"
    if quiz in files:
        text["questions"] = _json(files, quiz)
        used.add(quiz)
    return used


def _text(files: Mapping[str, bytes], name: str) -> str:
    if name not in files:
        raise PackageRefusedError(PackageProblem.MISSING, _shown(name))
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackageRefusedError(PackageProblem.NOT_TEXT, name) from error


def _json(files: Mapping[str, bytes], name: str) -> Any:
    try:
        return json.loads(_text(files, name))
    except (ValueError, RecursionError) as error:
        raise PackageRefusedError(PackageProblem.NOT_JSON, name) from error


def _content(manifest: Mapping[str, Any]) -> ModuleContent:
    try:
        return ModuleContent.model_validate(manifest)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ", ".join(_shown(str(part)) for part in first["loc"])
        raise PackageRefusedError(PackageProblem.WRONG_VALUE, place, first["msg"]) from error


def _shown(name: str) -> str:
    """A name of somebody else's, as far as a sentence may repeat it."""
    return "".join(one if one.isprintable() else "�" for one in name[:80])


def _files(package: Package) -> dict[str, bytes]:
    manifest: dict[str, Any] = {"format": FORMAT}
    manifest |= package.content.model_dump(mode="json")
    files = {f"images/{name}.webp": content for name, content in package.images.items()}
    for locale, text in package.content.languages.items():
        files |= _texts(locale, text)
        said = manifest["languages"][locale]
        said["steps"] = [{"title": step.title} for step in text.steps]
        questions = said.pop("questions")
        files[f"{locale}/quiz.json"] = _dumped(questions)
    return files | {"module.json": _dumped(manifest)}


def _texts(locale: str, text: Text) -> dict[str, bytes]:
    files = {}
    for number, step in enumerate(text.steps, start=1):
        files[f"{locale}/{number}.md"] = step.body.encode()
        if step.easy_body:
            files[f"{locale}/{number}.easy.md"] = step.easy_body.encode()
    return files


def _dumped(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
