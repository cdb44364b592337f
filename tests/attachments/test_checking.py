"""What a strange file becomes, or why it is refused."""

import io
import os
import subprocess
import sys

import pikepdf
import pytest
from PIL import Image

from portal.messaging.files import checking, decoding
from portal.messaging.files.checking import checked
from portal.messaging.files.limits import MOST_BYTES, FileRefusedError, Refusal
from tests.attachments import files


def refusal(content: bytes) -> Refusal:
    with pytest.raises(FileRefusedError) as raised:
        checked(content)
    return raised.value.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg_without_the_place_where_it_was_taken(kind: str) -> None:
    content = files.photo(kind)
    assert b"Telephone de Jeanne" in content

    kept = checked(content)

    assert kept.media_type == "image/jpeg"
    for part in (kept.content, kept.thumbnail or b""):
        shown = Image.open(io.BytesIO(part))
        assert shown.format == "JPEG"
        assert not shown.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(shown.info)
        assert b"Telephone" not in part


def test_a_turned_photo_stands_upright() -> None:
    kept = checked(files.two_halves())

    shown = Image.open(io.BytesIO(kept.content)).convert("RGB")
    assert (kept.width, kept.height) == (200, 400) == shown.size
    red, blue = shown.getpixel((100, 50)), shown.getpixel((100, 350))
    assert red[0] > 200 > 100 > red[2]  # type: ignore[index]
    assert blue[2] > 200 > 100 > blue[0]  # type: ignore[index]


def test_a_large_photo_becomes_small_enough_and_has_a_thumbnail() -> None:
    kept = checked(files.photo(size=(5000, 2000)))

    assert (kept.width, kept.height) == (2560, 1024)
    assert kept.thumbnail is not None
    assert Image.open(io.BytesIO(kept.thumbnail)).size == (320, 128)


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA", "L", "1", "I;16"])
def test_every_way_to_store_colours_is_shown(mode: str) -> None:
    assert checked(files.photo("PNG", mode=mode, colour=0)).width == 400


def test_what_is_transparent_becomes_white() -> None:
    kept = checked(files.photo("PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    shown = Image.open(io.BytesIO(kept.content)).convert("RGB")
    assert min(shown.getpixel((10, 10))) > 250  # type: ignore[type-var, arg-type]


def test_a_photo_that_is_also_an_archive_loses_the_archive() -> None:
    archive = files.archive()
    kept = checked(files.photo() + archive)
    assert b"PK\x03\x04" not in kept.content
    assert archive[:30] not in kept.content


def test_the_limit_of_pixels_is_the_limit() -> None:
    assert refusal(files.photo("PNG", mode="1", size=(6400, 6251), colour=0)) == "too_many_pixels"
    assert checked(files.photo("PNG", mode="1", size=(6400, 6250), colour=0)).width == 2560


def test_a_header_that_promises_billions_of_pixels_is_refused() -> None:
    assert refusal(files.huge_png()) == "too_many_pixels"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "too_large", id="10 MB and more"),
        pytest.param(b"GIF89a/*" + b"\0" * 50 + b"*/=1;alert(1)", "unsupported", id="GIF and JS"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported", id="SVG"),
        pytest.param(b"<html><script>alert(1)</script>", "unsupported", id="HTML"),
        pytest.param(b" %PDF-1.7", "unsupported", id="PDF that begins elsewhere"),
        pytest.param(files.archive(), "unsupported", id="zip"),
        pytest.param(b"\0\0\0\x18ftypheic" + b"\0" * 50, "heic", id="HEIC"),
        pytest.param(b"\xff\xd8\xff<script>alert(1)</script>", "unreadable", id="JPEG and HTML"),
        pytest.param(files.photo(size=(900, 900))[:-300], "unreadable", id="cut short"),
        pytest.param(files.photo("PNG")[:-60], "unreadable", id="PNG cut short"),
        pytest.param(b"RIFF\0\0\0\0WEBP" + b"\0" * 100, "unreadable", id="WebP of nothing"),
        pytest.param(b"%PDF-1.7\n<script>alert(1)</script>", "unreadable", id="PDF of nothing"),
        pytest.param(files.pdf()[:-200], "unreadable", id="PDF cut short"),
        pytest.param(files.pdf(files.with_javascript), "active", id="JavaScript"),
        pytest.param(files.pdf(files.with_launch), "active", id="a link that starts a program"),
        pytest.param(files.pdf(files.with_page_action), "active", id="an action of a page"),
        pytest.param(files.pdf(files.with_files), "active", id="files inside"),
        pytest.param(files.pdf(files.with_dynamic_form), "active", id="XFA"),
        pytest.param(files.pdf(files.with_rich_media), "active", id="a film"),
        pytest.param(files.pdf(files.with_huge_stream), "unreadable", id="200 MB in a page"),
        pytest.param(
            files.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "locked", id="password"
        ),
        pytest.param(
            files.pdf(encryption=pikepdf.Encryption(owner="a", user="")), "locked", id="protected"
        ),
    ],
)
def test_what_cannot_be_made_harmless_is_refused(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


def test_javascript_in_an_object_stream_is_found() -> None:
    hidden = files.pdf(files.with_javascript, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in hidden
    assert refusal(hidden) == "active"


def test_a_pdf_is_kept_without_who_made_it() -> None:
    kept = checked(files.pdf(files.with_first_page))

    assert (kept.media_type, kept.page_count, kept.thumbnail) == ("application/pdf", 1, None)
    with pikepdf.open(io.BytesIO(kept.content)) as document:
        assert "/Info" not in document.trailer
        assert "/Metadata" not in document.Root
        assert "/OpenAction" not in document.Root


def test_a_decoder_that_hangs_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    program = os.path.join(tmp_path, "hangs.py")
    with open(program, "w") as file:
        file.write("import time; time.sleep(30)")
    monkeypatch.setattr(checking, "_PROGRAM", program)
    monkeypatch.setattr(checking, "TIMEOUT_SECONDS", 0.5)
    assert refusal(files.photo()) == "unreadable"


def test_a_decoder_that_crashes_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    program = os.path.join(tmp_path, "crashes.py")
    with open(program, "w") as file:
        file.write("import os; os.abort()")
    monkeypatch.setattr(checking, "_PROGRAM", program)
    assert refusal(files.photo()) == "unreadable"


def test_the_decoder_can_open_and_write_nothing() -> None:
    """The limits that it gives itself hold for whatever takes it over."""
    attempt = """
import runpy, sys, _socket
program = runpy.run_path(sys.argv[1])
program["_limit_resources"]()
program["_open_nothing_more"]()
for act in (lambda: open("/etc/passwd"), lambda: _socket.socket(), lambda: bytearray(2 * 10**9)):
    try:
        act()
        print("done")
    except (OSError, MemoryError):
        print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", attempt, decoding.__file__],
        capture_output=True,
        text=True,
        env={},
        check=False,
    )
    assert done.stdout.split() == ["refused"] * 3


def test_the_portal_starts_without_the_decoders() -> None:
    code = "import portal, sys; sys.exit(bool({'PIL', 'pikepdf', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
