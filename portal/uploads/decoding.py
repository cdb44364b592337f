"""A program of its own: reads a strange file on its input, writes a harmless one on its output.

Started as a file in isolated mode, without environment, and with little memory, time and no way
to open anything: whatever a hostile file does to a decoder, it does it here. It imports nothing
of the portal. The output is a line of JSON, then the bytes that it announces.
"""

import io
import json
import resource
import sys
import zlib
from collections.abc import Iterable
from typing import Any

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 320
PICTURE_WIDTHS = (480, 960, 1440)
"""Of a picture in a page, each for other screens; none is scaled up."""
MOST_PAGES = 300
MOST_MEMORY = 900 * 1024 * 1024
MOST_SECONDS = 15
_MOST_INFLATED = 4 * MOST_PIXELS
_UNPACKED_WHOLE = frozenset({"/ASCII85Decode", "/ASCIIHexDecode", "/LZWDecode", "/RunLengthDecode"})
_PHOTOS = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
_WHITE = (255, 255, 255)
# What a PDF may not carry: it would do something, or hide another file. `web` pages need neither.
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/RF"})
_ACTIVE_ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition",
        "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/SetOCGState", "/Trans",
    }
)  # fmt: skip
# What a link may do: go to a place of the document, or to an address that begins like these.
_QUIET_ACTIONS = frozenset({"/GoTo", "/URI", "/Named"})
_ADDRESSES = (b"http://", b"https://", b"mailto:", b"tel:")
_ACTIVE_SUBTYPES = frozenset(
    {"/RichMedia", "/Movie", "/Sound", "/FileAttachment", "/3D", "/Screen"}
)
_PRIVATE_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")


class RefusedError(Exception):
    """`args[0]` is the reason, as in `limits.Refusal`."""


def main(kind: str, purpose: str) -> None:
    _limit_resources()
    content = sys.stdin.buffer.read()
    try:
        decode = _pdf if kind == "pdf" else _PURPOSES[purpose]
        facts, parts = decode(content, kind)
    except RefusedError as refused:
        facts, parts = {"refused": refused.args[0]}, []
    sys.stdout.buffer.write(json.dumps({**facts, "sizes": [len(one) for one in parts]}).encode())
    sys.stdout.buffer.write(b"\n" + b"".join(parts))


def _limit_resources() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def _open_nothing_more() -> None:
    """Once the libraries are there: no file, no socket."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _photo(content: bytes, kind: str) -> tuple[dict[str, object], list[bytes]]:
    photo = _seen(content, kind)
    facts: dict[str, object] = {
        "media_type": "image/jpeg",
        "width": photo.width,
        "height": photo.height,
    }
    return facts, [_jpeg(photo, 85), _jpeg(_small(photo, THUMBNAIL_SIDE), 75)]


def _picture(content: bytes, kind: str) -> tuple[dict[str, object], list[bytes]]:
    """In every width up to its own, the smallest first."""
    photo = _seen(content, kind)
    widest = min(photo.width, PICTURE_WIDTHS[-1])
    widths = [*(one for one in PICTURE_WIDTHS if one < widest), widest]
    shapes = [(one, max(1, round(photo.height * one / photo.width))) for one in widths]
    return {"shapes": shapes}, [_webp(photo, shape) for shape in shapes]


def _seen(content: bytes, kind: str) -> Any:
    """What the file shows, upright, in usual colours."""
    from PIL import (  # all that opening a photo would load later
        ExifTags,  # noqa: F401
        Image,
        ImageCms,
        ImageOps,
        JpegImagePlugin,  # noqa: F401
        MpoImagePlugin,  # noqa: F401
        PngImagePlugin,  # noqa: F401
        TiffImagePlugin,  # noqa: F401
        WebPImagePlugin,  # noqa: F401
    )

    Image.preinit()
    srgb = ImageCms.createProfile("sRGB")
    _open_nothing_more()
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise RefusedError("too_many_pixels")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            profile = opened.info.get("icc_profile")
            photo = ImageOps.exif_transpose(_small(opened, LONGEST_SIDE))
            photo = _flat(photo)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedError("too_many_pixels") from None
    except (OSError, ValueError, SyntaxError, MemoryError, KeyError, IndexError, TypeError):
        raise RefusedError("unreadable") from None
    return _in_usual_colours(photo, profile, srgb, ImageCms)


def _small(photo: Any, side: int) -> Any:
    """At most so long on its longest side; the one that was given is not changed."""
    from PIL import Image

    small = photo.convert("RGBA") if photo.mode in ("P", "PA") else photo.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def _flat(photo: Any) -> Any:
    """Colours only: what was transparent becomes white."""
    from PIL import Image

    if photo.mode.startswith(("I", "F")):
        photo = photo.point(lambda value: value * (1 / 256)).convert("L")
    if "A" not in photo.mode and "transparency" not in photo.info:
        return photo.convert("RGB")
    clear = photo.convert("RGBA")
    flat = Image.new("RGB", clear.size, _WHITE)
    flat.paste(clear, mask=clear.getchannel("A"))
    return flat


def _in_usual_colours(photo: Any, profile: bytes | None, srgb: Any, cms: Any) -> Any:
    """A phone's own colours, told in those that every screen knows: the profile is not kept."""
    if not profile:
        return photo
    try:
        return cms.profileToProfile(photo, cms.ImageCmsProfile(io.BytesIO(profile)), srgb)
    except (cms.PyCMSError, OSError, ValueError, TypeError):
        return photo


def _jpeg(photo: Any, quality: int) -> bytes:
    """Pixels and nothing else: where and when it was taken is gone."""
    from PIL import Image

    bare = Image.new("RGB", photo.size)
    bare.paste(photo)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=False)
    return out.getvalue()


def _webp(photo: Any, shape: tuple[int, int]) -> bytes:
    """Pixels and nothing else, as in `_jpeg`."""
    from PIL import Image

    bare = Image.new("RGB", shape)
    bare.paste(photo.resize(shape, Image.Resampling.LANCZOS))
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def _pdf(content: bytes, _kind: str) -> tuple[dict[str, object], list[bytes]]:
    import pikepdf
    from pikepdf import _methods  # noqa: F401  # all that opening would load later

    _open_nothing_more()
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as document:
            if document.is_encrypted:
                raise RefusedError("locked")
            return _checked_pdf(document, pikepdf)
    except pikepdf.PasswordError:
        raise RefusedError("locked") from None
    except (pikepdf.PdfError, ValueError, MemoryError, RuntimeError, TypeError, KeyError):
        # Some passwords need random numbers to be undone, and nothing can be opened here.
        raise RefusedError("locked" if b"/Encrypt" in content else "unreadable") from None


def _checked_pdf(document: Any, pikepdf: Any) -> tuple[dict[str, object], list[bytes]]:
    pages = len(document.pages)
    if not pages:
        raise RefusedError("unreadable")
    if pages > MOST_PAGES:
        raise RefusedError("too_many_pages")
    _forget_where_it_opens(document.Root, pikepdf)
    for one in _every_part(document.objects, pikepdf):
        _refuse_active(one, pikepdf)
        _forget_private(one)
    _forget_private(document.Root)
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    out = io.BytesIO()
    document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"media_type": "application/pdf", "page_count": pages}, [out.getvalue()]


def _forget_where_it_opens(root: Any, pikepdf: Any) -> None:
    """Many documents say on which page they open: that alone is no reason to refuse them."""
    action = root.get("/OpenAction")
    if action is None:
        return
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") != "/GoTo":
        raise RefusedError("active")
    del root["/OpenAction"]


def _every_part(objects: Iterable[Any], pikepdf: Any) -> Iterable[Any]:
    """Dictionaries and streams at any depth; what stands elsewhere is met on its own."""
    waiting = list(objects)
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting.extend(part for part in one if _stands_here(part, pikepdf))
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            waiting.extend(one[key] for key in one.keys() if _stands_here(one[key], pikepdf))  # noqa: SIM118  # a PDF dictionary is no mapping


def _stands_here(part: Any, pikepdf: Any) -> bool:
    is_nest = isinstance(part, pikepdf.Array | pikepdf.Dictionary)
    return is_nest and not part.is_indirect


def _refuse_active(part: Any, pikepdf: Any) -> None:
    keys = set(part.keys())
    # The parts of a tagged text have an `/S` too, and `/K` for what is in them.
    is_action = str(part.get("/S", "")) in _ACTIVE_ACTIONS and "/K" not in keys
    if keys & _ACTIVE_KEYS or is_action or str(part.get("/Subtype", "")) in _ACTIVE_SUBTYPES:
        raise RefusedError("active")
    for key in ("/A", "/PA", "/Next"):
        _refuse_loud(part.get(key), pikepdf)
    if isinstance(part, pikepdf.Stream):
        _refuse_bomb(part, pikepdf)


def _refuse_loud(action: Any, pikepdf: Any) -> None:
    """What stands where an action stands, whatever else it pretends to be."""
    if isinstance(action, pikepdf.Array):
        for one in action:
            _refuse_loud(one, pikepdf)
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return
    if str(action["/S"]) not in _QUIET_ACTIONS:
        raise RefusedError("active")
    address = action.get("/URI")
    if address is not None and not bytes(address).lower().startswith(_ADDRESSES):
        raise RefusedError("active")


def _refuse_bomb(stream: Any, pikepdf: Any) -> None:
    """Some kilobytes that would fill a phone when it shows the page."""
    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names.count("/FlateDecode") > 1:
        raise RefusedError("unreadable")
    if names[0] in _UNPACKED_WHOLE:
        _refuse_large(stream, names, pikepdf)
    if names[0] != "/FlateDecode":
        return
    inflating = zlib.decompressobj()
    rest, inflated = stream.read_raw_bytes(), 0
    while rest and not inflating.eof:
        inflated += len(inflating.decompress(rest, 1 << 20))
        rest = inflating.unconsumed_tail
        if inflated > _MOST_INFLATED:
            raise RefusedError("unreadable")


def _refuse_large(stream: Any, names: list[str], pikepdf: Any) -> None:
    """Packed in other ways: what is too large for `MOST_MEMORY` cannot be read at all."""
    if names[1:] and names[1] in _PHOTOS:
        return
    if len(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized)) > _MOST_INFLATED:
        raise RefusedError("unreadable")


def _forget_private(part: Any) -> None:
    """Who made it, with what, and when."""
    for key in _PRIVATE_KEYS:
        if key in part:
            del part[key]


_PURPOSES = {"file": _photo, "picture": _picture}

if __name__ == "__main__":
    main(*sys.argv[1:])
