import io
import struct

import pytest
from PIL import Image

from bot.media.signatures import ImageKind, exif_orientation, name_other_kind, recognize, webp_size
from sandbox.pictures import make_picture


def exif(order: str, entries: list[tuple[int, int, int]], *, count: int | None = None) -> bytes:
    """Build an EXIF block of (tag, type, value) entries."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    number = len(entries) if count is None else count
    fields = b"".join(
        struct.pack(f"{order}HHIHH", tag, kind, 1, value, 0) for tag, kind, value in entries
    )
    return mark + struct.pack(f"{order}IH", 8, number) + fields


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_our_kinds_are_known_by_their_content(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, kind)

    assert recognize(out.getvalue()) is ImageKind(kind.lower())
    assert name_other_kind(b"nothing we know") is None


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"GIF89a\x01\0", "a GIF"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"BM\x36\0\0\0", "a BMP picture"),
        (b"II*\0\x08\0\0\0", "a TIFF picture"),
        (b"MM\0*\0\0\0\x08", "a TIFF picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC photo"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "a HEIC photo"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<?xml version='1.0'?>\n<!-- made by hand -->\n<SVG/>", "an SVG drawing"),
        (b"<!doctype html><html><body>Not found</body></html>", "a web page"),
    ],
)
def test_other_kinds_are_called_by_their_names(data: bytes, title: str) -> None:
    assert recognize(data) is None
    assert name_other_kind(data) == title


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"save_all": True}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_size_of_a_webp_is_read_from_each_layout(mode: str, options: dict[str, bool]) -> None:
    first = Image.effect_noise((300, 70), 50).convert(mode)
    first.putpixel((0, 0), (1, 2, 3, 4)[: len(mode)])
    out = io.BytesIO()
    if "save_all" in options:
        first.save(out, "WEBP", save_all=True, append_images=[Image.new(mode, (300, 70))])
    else:
        first.save(out, "WEBP", **options)

    assert webp_size(out.getvalue()) == (300, 70)


def test_a_webp_without_a_size_has_none() -> None:
    whole = b"RIFF\x30\0\0\0WEBPALPH" + b"\0" * 40

    assert webp_size(whole) is None
    assert webp_size(b"RIFF\x10\0\0\0WEBPVP8 ") is None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("start", [b"", b"Exif\0\0"])
def test_the_orientation_is_found_in_either_byte_order(order: str, start: bytes) -> None:
    block = exif(order, [(0x010F, 2, 7), (0x0112, 3, 6)])

    assert exif_orientation(start + block) == 6


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"Exif\0\0",
        b"not a block at all",
        exif("<", []),
        exif("<", [(0x0112, 4, 6)]),
        exif("<", [(0x010F, 3, 6)], count=500),
        exif(">", [(0x0112, 3, 6)])[:12],
        b"II*\0\xff\xff\xff\xff",
        b"II*\0",
    ],
)
def test_a_block_that_says_nothing_of_use_leaves_the_picture_upright(block: bytes) -> None:
    assert exif_orientation(block) == 1


def test_a_drawn_picture_is_of_the_kind_that_was_asked_for() -> None:
    kinds = [recognize(make_picture("a", 32, 32, kind)) for kind in ("PNG", "JPEG", "WEBP")]

    assert kinds == list(ImageKind)
