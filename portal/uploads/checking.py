"""A strange file becomes a harmless one, or is refused: decided by what it is, not by its name."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, TypeVar, cast

from portal.uploads import decoding
from portal.uploads.limits import MOST_BYTES, MOST_KEPT_BYTES, FileRefusedError, Refusal

TIMEOUT_SECONDS = 20
PATIENCE_SECONDS = 3
"""So long a file waits for the one before it: longer would keep pages from being answered."""
_MOST_ANSWERED = MOST_KEPT_BYTES + 1000
_KEPT_TYPES = frozenset(("image/jpeg", "application/pdf"))
_PROGRAM = Path(decoding.__file__)
# One at a time in each process: several large photos together never take the memory of pages.
_one_at_a_time = BoundedSemaphore(1)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What is kept of a file."""

    media_type: str
    content: bytes
    thumbnail: bytes | None
    width: int | None
    height: int | None
    page_count: int | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in one width, as WebP."""

    width: int
    height: int
    content: bytes


_Made = TypeVar("_Made")


def checked(content: bytes) -> Decoded:
    """Made anew from what the file shows. Raises `FileRefusedError`; takes up to some seconds."""
    return _made_anew(content, _kind_of_small(content), "file", _decoded)


def checked_picture(content: bytes) -> list[Drawn]:
    """A picture for a page, the smallest first. Raises `FileRefusedError`, also for a document."""
    kind = _kind_of_small(content)
    if kind == "pdf":
        raise FileRefusedError(Refusal.UNSUPPORTED)
    return _made_anew(content, kind, "picture", _drawn)


def _made_anew(
    content: bytes, kind: str, purpose: str, read: Callable[[dict[str, object], bytes], _Made]
) -> _Made:
    head, _, rest = _decode(content, kind, purpose).partition(b"\n")
    try:
        facts = json.loads(head)
        if "refused" in facts:
            raise FileRefusedError(Refusal(facts["refused"]))
        return read(facts, rest)
    except (ValueError, KeyError, TypeError):
        raise FileRefusedError(Refusal.UNREADABLE) from None


def _kind_of_small(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise FileRefusedError(Refusal.TOO_LARGE)
    return kind_of(content)


def kind_of(content: bytes) -> str:
    """`jpeg`, `png`, `webp` or `pdf`, by its first bytes. Raises `FileRefusedError`."""
    if not content:
        raise FileRefusedError(Refusal.EMPTY)
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"%PDF-"):
        return "pdf"
    is_heic = content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS
    raise FileRefusedError(Refusal.HEIC if is_heic else Refusal.UNSUPPORTED)


def _decode(content: bytes, kind: str, purpose: str) -> bytes:
    """By a program that can do nothing else; that it crashes or hangs is a refusal."""
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise FileRefusedError(Refusal.BUSY)
    try:
        return _answer_to(content, kind, purpose)
    except OSError:
        raise FileRefusedError(Refusal.UNREADABLE) from None
    finally:
        _one_at_a_time.release()


def _answer_to(content: bytes, kind: str, purpose: str) -> bytes:
    with subprocess.Popen(  # noqa: S603  # our own program, with words of our own
        [sys.executable, "-I", str(_PROGRAM), kind, purpose],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
    ) as program:
        clock = Timer(TIMEOUT_SECONDS, program.kill)
        clock.start()
        try:
            answer = _exchange(program, content)
            has_crashed = program.wait() != 0
        finally:
            clock.cancel()
            program.kill()
    if has_crashed:
        raise FileRefusedError(Refusal.UNREADABLE)
    return answer


def _exchange(program: subprocess.Popen[bytes], content: bytes) -> bytes:
    """It reads everything before it writes, and is heard no further than what can be kept.

    Whatever took it over could write without end.
    """
    question, answer = cast(IO[bytes], program.stdin), cast(IO[bytes], program.stdout)
    question.write(content)
    question.close()
    heard = answer.read(_MOST_ANSWERED + 1)
    if len(heard) > _MOST_ANSWERED:
        raise FileRefusedError(Refusal.TOO_LARGE)
    return heard


def _decoded(facts: dict[str, object], rest: bytes) -> Decoded:
    sizes = _sizes(facts, rest)
    if facts["media_type"] not in _KEPT_TYPES:
        raise ValueError("not what a file is made into")
    content, thumbnail = rest[: sizes[0]], rest[sizes[0] :]
    return Decoded(
        str(facts["media_type"]),
        content,
        thumbnail or None,
        _number(facts.get("width")),
        _number(facts.get("height")),
        _number(facts.get("page_count")),
    )


def _drawn(facts: dict[str, object], rest: bytes) -> list[Drawn]:
    sizes, shapes, found = _sizes(facts, rest), facts["shapes"], []
    if not isinstance(shapes, list):
        raise TypeError("no list of shapes")
    for (width, height), size in zip(shapes, sizes, strict=True):
        content, rest = rest[:size], rest[size:]
        if not 0 < width <= decoding.PICTURE_WIDTHS[-1] or kind_of(content) != "webp":
            raise ValueError("not what a picture is made into")
        found.append(Drawn(int(width), int(height), content))
    return found


def _sizes(facts: dict[str, object], rest: bytes) -> list[int]:
    sizes = facts["sizes"]
    if not isinstance(sizes, list) or not sizes or sum(sizes) != len(rest):
        raise ValueError("the parts are not those that were announced")
    if len(rest) > MOST_KEPT_BYTES:
        raise FileRefusedError(Refusal.TOO_LARGE)
    return sizes


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
