"""What the first bytes of a picture say about it, read without a decoder."""

import struct
from enum import StrEnum
from typing import Final

from bot.language import Phrase, _


class ImageKind(StrEnum):
    """The kinds that are taken as reference images."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"


_OTHER_KINDS: Final = (
    (b"GIF8", Phrase("a GIF")),
    (b"%PDF", Phrase("a PDF document")),
    (b"BM", Phrase("a BMP picture")),
    (b"II*\0", Phrase("a TIFF picture")),
    (b"MM\0*", Phrase("a TIFF picture")),
)
_BRANDS: Final = {
    # ISO/IEC 23008-12 and the AV1 image format: the major brand of the `ftyp` box.
    b"heic": Phrase("a HEIC photo"),
    b"heix": Phrase("a HEIC photo"),
    b"hevc": Phrase("a HEIC photo"),
    b"heim": Phrase("a HEIC photo"),
    b"heis": Phrase("a HEIC photo"),
    b"mif1": Phrase("a HEIC photo"),
    b"msf1": Phrase("a HEIC photo"),
    b"avif": Phrase("an AVIF picture"),
    b"avis": Phrase("an AVIF picture"),
}
_VIDEO: Final = Phrase("a video")
_TEXT_BYTES: Final = 1024
"""How far into a text file to look for what it is."""
_ORIENTATION_TAG: Final = 0x0112
_SHORT: Final = 3
"""The TIFF field type of the orientation."""
_UPRIGHT: Final = 1
_FIELD_BYTES: Final = 12
_WEBP_HEADER_BYTES: Final = 30


def recognize(data: bytes) -> ImageKind | None:
    """Tell by its signature which of our kinds `data` is."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageKind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return ImageKind.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ImageKind.WEBP
    return None


def name_other_kind(data: bytes) -> str | None:
    """Name a kind that we know and do not take, such as `a GIF`."""
    for signature, title in _OTHER_KINDS:
        if data.startswith(signature):
            return title()
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], _VIDEO)()
    text = data[:_TEXT_BYTES].lower()
    if b"<svg" in text:
        return _("an SVG drawing")
    if b"<html" in text:
        return _("a web page")
    return None


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height as a WebP header states them, if it does.

    The three layouts are those of the WebP container specification and RFC 6386.
    """
    if len(data) < _WEBP_HEADER_BYTES:
        return None
    match data[12:16]:
        case b"VP8X":
            width = int.from_bytes(data[24:27], "little") + 1
            return width, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
    return None


def exif_orientation(exif: bytes) -> int:
    """Return the orientation (1 to 8) that an EXIF block states, 1 if it states none.

    Read here because Pillow's own reader warns about, or fails on, the damaged blocks
    that cameras and editors write.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return _UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for place in range(start + 2, start + 2 + count * _FIELD_BYTES, _FIELD_BYTES):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, place)
            if (tag, kind) == (_ORIENTATION_TAG, _SHORT):
                return int(value)
    except struct.error:
        return _UPRIGHT
    return _UPRIGHT
