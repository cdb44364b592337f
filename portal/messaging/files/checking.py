"""A strange file becomes a harmless one, or is refused: decided by what it is, not by its name."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from portal.messaging.files import decoding
from portal.messaging.files.limits import MOST_BYTES, MOST_KEPT_BYTES, FileRefusedError, Refusal

TIMEOUT_SECONDS = 20
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


def checked(content: bytes) -> Decoded:
    """Made anew from what the file shows. Raises `FileRefusedError`; takes up to some seconds."""
    if not content:
        raise FileRefusedError(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise FileRefusedError(Refusal.TOO_LARGE)
    answer = _decode(content, kind_of(content))
    head, _, rest = answer.partition(b"\n")
    try:
        facts = json.loads(head)
        if "refused" in facts:
            raise FileRefusedError(Refusal(facts["refused"]))
        return _decoded(facts, rest)
    except (ValueError, KeyError, TypeError):
        raise FileRefusedError(Refusal.UNREADABLE) from None


def kind_of(content: bytes) -> str:
    """`jpeg`, `png`, `webp` or `pdf`, by its first bytes. Raises `FileRefusedError`."""
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


def _decode(content: bytes, kind: str) -> bytes:
    """By a program that can do nothing else; that it crashes or hangs is a refusal."""
    if not _one_at_a_time.acquire(timeout=2 * TIMEOUT_SECONDS):
        raise FileRefusedError(Refusal.UNREADABLE)
    try:
        done = subprocess.run(  # noqa: S603  # our own program, with one of four words
            [sys.executable, "-I", str(_PROGRAM), kind],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_SECONDS,
            cwd="/",
            env={},
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise FileRefusedError(Refusal.UNREADABLE) from None
    finally:
        _one_at_a_time.release()
    return done.stdout


def _decoded(facts: dict[str, object], rest: bytes) -> Decoded:
    sizes = facts["sizes"]
    if not isinstance(sizes, list) or not sizes or sum(sizes) != len(rest):
        raise ValueError("the parts are not those that were announced")
    if len(rest) > MOST_KEPT_BYTES:
        raise FileRefusedError(Refusal.TOO_LARGE)
    content, thumbnail = rest[: sizes[0]], rest[sizes[0] :]
    return Decoded(
        str(facts["media_type"]),
        content,
        thumbnail or None,
        _number(facts.get("width")),
        _number(facts.get("height")),
        _number(facts.get("page_count")),
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
