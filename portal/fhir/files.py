"""From the operator's paths to checked JSON: which files, how big, what syntax."""

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.errors import ImportRefusedError
from portal.fhir.elements import Exact, Json, one_line, shown

LIMIT_BYTES = 20_000_000
LIMIT_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Document:
    """One file; `text` is what was read, to be kept as it came."""

    file: str
    text: str
    body: Json


class _Repeated(dict[str, Any]):
    """An object in which a key stands twice: JSON readers disagree on which one counts."""

    key = ""


@dataclass(frozen=True, slots=True)
class _NotANumber:
    name: str


def read_documents(paths: Sequence[Path]) -> list[Document]:
    """Raises `ImportRefusedError` at the first file that cannot be trusted whole."""
    files: dict[Path, Path] = {}
    for path in paths:
        try:
            found = _files_of(path)
        except OSError as error:
            raise ImportRefusedError(str(path), "", _unreadable(error)) from None
        for file in found:
            files.setdefault(file.resolve(), file)
    return [_read(file) for file in files.values()]


def _files_of(path: Path) -> list[Path]:
    if not path.exists():
        raise ImportRefusedError(str(path), "", "there is no such file or folder")
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if _is_json(file))
    if not found:
        raise ImportRefusedError(str(path), "", "there is no .json file in this folder")
    return found


def _is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json" and file.is_file()


def _read(file: Path) -> Document:
    label = str(file)
    try:
        raw = _bytes_of(file, label)
    except OSError as error:
        raise ImportRefusedError(label, "", _unreadable(error)) from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 text: byte {error.start + 1} is {raw[error.start]:#04x}"
        raise ImportRefusedError(label, "", reason) from None
    return Document(label, content, _resource(label, _parsed(label, content)))


def _unreadable(error: OSError) -> str:
    return f"it cannot be read: {error.strerror}"


def _bytes_of(file: Path, label: str) -> bytes:
    status = os.stat(file)
    if not stat.S_ISREG(status.st_mode):
        raise ImportRefusedError(label, "", "it is not a regular file")
    _check_size(label, status.st_size)
    with file.open("rb") as stream:
        raw = stream.read(LIMIT_BYTES + 1)
    _check_size(label, len(raw))  # it may have grown since
    return raw


def _check_size(label: str, size: int) -> None:
    if size > LIMIT_BYTES:
        reason = f"it has {size / 1e6:.1f} MB and the limit is {LIMIT_BYTES / 1e6:.0f} MB"
        raise ImportRefusedError(label, "", reason)


def _parsed(label: str, content: str) -> Any:
    try:
        return json.loads(
            content, object_pairs_hook=_object, parse_float=Exact, parse_constant=_NotANumber
        )
    except json.JSONDecodeError as error:
        raise ImportRefusedError(label, "", _syntax_reason(error)) from None
    except RecursionError:
        raise ImportRefusedError(label, "", _TOO_DEEP) from None
    except ValueError:
        raise ImportRefusedError(label, "", "it holds a number of thousands of digits") from None


def _object(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated = _Repeated(made)
    repeated.key = Counter(name for name, _ in pairs).most_common(1)[0][0]
    return repeated


def _syntax_reason(error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    if not error.doc.strip():
        return "it is empty"
    is_cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
    if is_cut:
        return f"the JSON breaks off at {place}: the file seems to be truncated"
    return f"it is not JSON: {error.msg[0].lower()}{error.msg[1:]} at {place}"


def _resource(label: str, parsed: Any) -> Json:
    if not isinstance(parsed, dict):
        raise ImportRefusedError(label, "", "it is no FHIR resource: the JSON is not an object")
    kind = parsed.get("resourceType")
    if not isinstance(kind, str) or not kind.isalnum():
        raise ImportRefusedError(label, "", 'it is no FHIR resource: "resourceType" is missing')
    for path, reason in _faults(parsed, kind, depth=1):
        raise ImportRefusedError(label, path, reason)
    return parsed


_TOO_DEEP = f"the JSON is nested more than {LIMIT_DEPTH} levels deep"


def _faults(value: Any, path: str, *, depth: int) -> Iterator[tuple[str, str]]:
    if depth > LIMIT_DEPTH:
        yield path, _TOO_DEEP
    elif isinstance(value, dict):
        yield from _faults_of_object(value, path, depth=depth)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, f"{path}[{index}]", depth=depth + 1)
    elif isinstance(value, str):
        yield from ((path, reason) for reason in _faults_of_text(value))
    elif isinstance(value, _NotANumber):
        yield path, f"{value.name} is no JSON number"


def _faults_of_object(value: Json, path: str, *, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Repeated):
        yield path, f"the key {shown(value.key)} stands twice in this object"
    for name, item in value.items():
        yield from ((path, f"in a key, {reason}") for reason in _faults_of_text(name))
        yield from _faults(item, f"{path}.{one_line(name)}", depth=depth + 1)


def _faults_of_text(value: str) -> Iterator[str]:
    if "\0" in value:
        yield "a NUL character stands in the text"
    try:
        value.encode()
    except UnicodeEncodeError:
        yield "half a character (a lone surrogate) stands in the text"
