"""Files as people and attackers send them, made here."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image


def photo(
    kind: str = "JPEG",
    *,
    size: tuple[int, int] = (400, 300),
    mode: str = "RGB",
    orientation: int = 1,
    colour: str | int | tuple[int, ...] = "teal",
) -> bytes:
    """With the place where it was taken, where the format has room for it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Telephone de Jeanne"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    out = io.BytesIO()
    picture = Image.new(mode, size, colour)
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def two_halves() -> bytes:
    """Left red, right blue, and turned by the camera: shown, red is above."""
    picture = Image.new("RGB", (400, 200), "blue")
    picture.paste(Image.new("RGB", (200, 200), "red"), (0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def huge_png(side: int = 50_000) -> bytes:
    """A header that promises billions of pixels, and a few bytes of them."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", "<script>alert(1)</script>" * 1000)
    return out.getvalue()


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **how: object) -> bytes:
    """One page; `change` makes it strange."""
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Author"] = "Jeanne Morel"
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def with_javascript(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


def with_launch(document: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 100, 100],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe")),
    )
    document.pages[0].obj.Annots = pikepdf.Array([link])


def with_link(**action: object) -> Callable[[pikepdf.Pdf], None]:
    """A link that does this when it is tapped."""

    def change(document: pikepdf.Pdf) -> None:
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 100, 100],
            A=pikepdf.Dictionary(**action),
        )
        document.pages[0].obj.Annots = pikepdf.Array([link])

    return change


def with_text_parts(document: pikepdf.Pdf) -> None:
    """As an accessible document has them: parts that are called like actions are none."""
    part = pikepdf.Dictionary(
        S=pikepdf.Name.Sound, K=0, A=pikepdf.Dictionary(O=pikepdf.Name.Layout)
    )
    document.Root.StructTreeRoot = pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=part)


def packed_otherwise(size: int) -> bytes:
    """A page of so many bytes, deflated, and then written in letters."""
    document = pikepdf.new()
    document.add_blank_page()
    stream = pikepdf.Stream(document, b"")
    letters = base64.a85encode(zlib.compress(b" " * size, 9)) + b"~>"
    filters = [pikepdf.Name.ASCII85Decode, pikepdf.Name.FlateDecode]
    stream.write(letters, filter=pikepdf.Array(filters))
    document.pages[0].obj.Contents = stream
    out = io.BytesIO()
    document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def with_page_action(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Named))


def with_files(document: pikepdf.Pdf) -> None:
    document.attachments["hidden.exe"] = b"MZ"


def with_dynamic_form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([]), XFA=pikepdf.Stream(document, b"<xdp/>")
    )


def with_rich_media(document: pikepdf.Pdf) -> None:
    film = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia)
    document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(film)])


def with_huge_stream(document: pikepdf.Pdf) -> None:
    deflated = zlib.compress(b"\0" * 200_000_000, 9)
    stream = pikepdf.Stream(document, b"")
    stream.write(deflated, filter=pikepdf.Name.FlateDecode)
    document.pages[0].obj.Contents = stream


def with_first_page(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
