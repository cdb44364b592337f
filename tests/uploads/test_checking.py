"""What a strange file becomes, or why it is refused."""

import io
import os
import subprocess
import sys
import time

import pikepdf
import pytest
from PIL import Image

from portal.uploads import checking, decoding
from portal.uploads.checking import checked
from portal.uploads.limits import MOST_BYTES, FileRefusedError, Refusal
from tests.uploads import files


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
        pytest.param(
            files.pdf(files.with_link(S=pikepdf.Name.Launch, F="cmd.exe", K=0)),
            "active",
            id="a start of a program that pretends to be a part of the text",
        ),
        pytest.param(
            files.pdf(
                files.with_link(
                    S=pikepdf.Name.GoTo, Next=[pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, K=0)]
                )
            ),
            "active",
            id="a form that is sent after another action",
        ),
        pytest.param(
            files.pdf(files.with_link(S=pikepdf.Name.URI, URI="JavaScript:alert(1)")),
            "active",
            id="an address that is a program",
        ),
        pytest.param(
            files.pdf(files.with_link(S=pikepdf.Name.URI, URI="file:///etc/passwd")),
            "active",
            id="an address on the device",
        ),
        pytest.param(files.packed_otherwise(200_000_000), "unreadable", id="200 MB in letters"),
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


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(files.pdf(files.with_text_parts), id="parts of a text"),
        pytest.param(
            files.pdf(files.with_link(S=pikepdf.Name.URI, URI="https://example.org/")), id="a link"
        ),
        pytest.param(files.packed_otherwise(1000), id="written in letters"),
    ],
)
def test_a_usual_pdf_is_kept(content: bytes) -> None:
    assert checked(content).page_count == 1


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
    _instead(monkeypatch, tmp_path, "import time; time.sleep(30)")
    monkeypatch.setattr(checking, "TIMEOUT_SECONDS", 0.5)
    assert refusal(files.photo()) == "unreadable"


def test_a_decoder_that_crashes_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    _instead(monkeypatch, tmp_path, "import os; os.abort()")
    assert refusal(files.photo()) == "unreadable"


def _instead(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str], program: str) -> None:
    """What runs where the decoder would."""
    path = os.path.join(tmp_path, "instead.py")
    with open(path, "w") as file:
        file.write(program)
    monkeypatch.setattr(checking, "_PROGRAM", path)


def test_a_decoder_that_never_stops_writing_is_heard_no_further(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    endless = (
        "import sys\nsys.stdin.buffer.read()\nwhile True: sys.stdout.buffer.write(b'0' * 65536)"
    )
    _instead(monkeypatch, tmp_path, endless)
    before = time.monotonic()
    assert refusal(files.photo()) == "too_large"
    assert time.monotonic() - before < checking.TIMEOUT_SECONDS / 2


def test_a_decoder_that_was_taken_over_makes_no_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    page = """
import sys
sys.stdin.buffer.read()
sys.stdout.write('{"media_type": "text/html", "sizes": [8]}' + chr(10) + "<script>")
"""
    _instead(monkeypatch, tmp_path, page)
    assert refusal(files.photo()) == "unreadable"


def test_a_file_does_not_wait_long_for_the_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits holds one of the few threads that answer pages."""
    monkeypatch.setattr(checking, "PATIENCE_SECONDS", 0.1)
    with checking._one_at_a_time:
        assert refusal(files.photo()) == "busy"
    assert checked(files.photo()).width == 400


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
