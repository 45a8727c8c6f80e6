"""Turns a member's reference image into one that is safe to keep and to send on."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Final

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bot.domain import CleanImage, UploadedImage
from bot.errors import InvalidRequestError
from bot.language import Phrase, _
from bot.media.signatures import ImageKind, exif_orientation, name_other_kind, recognize, webp_size

MAX_IMAGE_BYTES: Final = 10 * 1024 * 1024
"""Largest upload, in bytes; the command asks before it downloads one."""
_MAX_PIXELS: Final = 50_000_000
_MIN_SIDE: Final = 16
"""Shortest side after shrinking, in pixels; less is a line, not a picture."""
_MAX_SIDE: Final = 2048
_MAX_CLEAN_BYTES: Final = 8 * 1024 * 1024
_LEAST_STEP: Final = 0.9
"""How much smaller each side gets at least, where a picture does not pack."""
_MAX_SCANS: Final = 64
"""A progressive JPEG has about ten; a hostile one keeps a decoder busy with thousands."""
_NAME_CHARACTERS: Final = 60
_NO_PICTURE: Final = Phrase(
    "{picture} is not a PNG, JPEG or WebP picture. Please convert it and try again."
)
_OTHER_KIND: Final = Phrase(
    "{picture} is {other}, not a PNG, JPEG or WebP picture. Please convert it and try again."
)


class _PlainJpeg(JpegImageFile):
    """A JPEG whose EXIF Pillow leaves alone: its reader warns about damaged blocks."""

    def getexif(self) -> Image.Exif:
        """Return an empty block."""
        return Image.Exif()


_READERS: Final[Mapping[ImageKind, Callable[[io.BytesIO], ImageFile]]] = {
    ImageKind.PNG: PngImageFile,
    ImageKind.JPEG: _PlainJpeg,
    ImageKind.WEBP: WebPImageFile,
}
_DAMAGED: Final = (
    # What Pillow's decoders raise for damaged bytes, found by feeding them such.
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_TURNS: Final = {
    # EXIF 2.32, tag 0x0112: what to do to show the picture upright.
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def check_size(filename: str, size_bytes: int) -> None:
    """Refuse an upload by its size alone, before anything of it is read.

    Raises:
        InvalidRequestError: It is empty or too large.
    """
    if size_bytes == 0:
        raise _refusal(filename, Phrase("{picture} is empty. Please attach it again."))
    if size_bytes > MAX_IMAGE_BYTES:
        raise _refusal(
            filename,
            Phrase("{picture} has {size} MB; a reference image may have up to {limit} MB."),
            size=f"{size_bytes / 2**20:.1f}",
            limit=MAX_IMAGE_BYTES // 2**20,
        )


def clean_image(upload: UploadedImage) -> CleanImage:
    """Decode `upload` and write it anew, upright, at most 2048 pixels a side.

    Only the pixels of the first frame survive: no EXIF, position, color profile, text or
    hidden tail. PNG if it is transparent somewhere, else JPEG. The largest take two seconds
    and half a gigabyte: call it in a thread, for one image at a time.

    Raises:
        InvalidRequestError: It will not do; the text tells the member why.
    """
    name = upload.filename
    check_size(name, len(upload.data))
    kind = recognize(upload.data)
    if kind is None:
        other = name_other_kind(upload.data)
        raise _refusal(name, _OTHER_KIND if other else _NO_PICTURE, other=other)
    if kind is ImageKind.WEBP:
        # Pillow's reader takes memory for a WebP as soon as it is opened.
        size = webp_size(upload.data)
        if size is None:
            raise _damaged(name)
        _check_dimensions(name, *size)
    if kind is ImageKind.JPEG and upload.data.count(b"\xff\xda") > _MAX_SCANS:
        raise _damaged(name)
    return _encode(_straighten(*_decode(name, kind, upload.data)))


def fit_together(images: Sequence[CleanImage], most_bytes: int) -> tuple[CleanImage, ...]:
    """Make the largest of `images` smaller until all of them have at most `most_bytes` together.

    They share alike: a small one stays as it is, and what it leaves over is for the others. A
    share should be some hundred kilobytes at least. Call it in a thread, as `clean_image`.
    """
    share = _share([len(image.data) for image in images], most_bytes)
    return tuple(image if len(image.data) <= share else _cut(image, share) for image in images)


def _share(sizes: Sequence[int], most_bytes: int) -> int:
    """Return the size to which the larger ones are to be cut, so that the sum fits."""
    left, share = most_bytes, max(sizes, default=0)
    for count, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size * count > left:
            return left // count
        left -= size
    return share


def _cut(image: CleanImage, most_bytes: int) -> CleanImage:
    """Decode what `clean_image` wrote, and write it anew with fewer pixels."""
    is_png = image.media_type == "image/png"
    reader = PngImageFile if is_png else _PlainJpeg
    pixels = reader(io.BytesIO(image.data))
    pixels.load()
    bare = pixels.convert("RGBA" if is_png else "RGB")
    _scale(bare, most_bytes / len(image.data))
    return _encode(bare, most_bytes)


def _decode(name: str, kind: ImageKind, data: bytes) -> tuple[Image.Image, int]:
    """Return the first frame as RGB, or as RGBA if it may need it, and its EXIF orientation."""
    # Not Image.open: it warns about large pictures through process-wide filters, which
    # no thread may change; our own limit is lower and is checked before decoding.
    try:
        image = _READERS[kind](io.BytesIO(data))
    except _DAMAGED:
        raise _damaged(name) from None
    _check_dimensions(name, *image.size)
    try:
        image.draft("RGB", (_MAX_SIDE, _MAX_SIDE))
        image.load()
        orientation = exif_orientation(image.info.get("exif", b""))
        if image.mode.startswith("I"):
            # Sixteen bits a pixel; converting them directly would cut them off at white.
            eight_bits = image.convert("I").point(lambda value: value * (1 / 256))
            return eight_bits.convert("RGB"), orientation
        return image.convert("RGBA" if image.has_transparency_data else "RGB"), orientation
    except _DAMAGED:
        raise _damaged(name) from None


def _straighten(pixels: Image.Image, orientation: int) -> Image.Image:
    """Shrink and turn `pixels`, and leave everything but them behind."""
    pixels.thumbnail((_MAX_SIDE, _MAX_SIDE))
    if pixels.mode == "RGBA" and pixels.getchannel("A").getextrema() == (255, 255):
        pixels = pixels.convert("RGB")
    if orientation in _TURNS:
        pixels = pixels.transpose(_TURNS[orientation])
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare


def _encode(pixels: Image.Image, most_bytes: int = _MAX_CLEAN_BYTES) -> CleanImage:
    while True:
        out = io.BytesIO()
        if pixels.mode == "RGBA":
            media_type = "image/png"
            pixels.save(out, "PNG")
        else:
            media_type = "image/jpeg"
            pixels.save(out, "JPEG", quality=90)
        if out.tell() <= most_bytes:
            return CleanImage(out.getvalue(), media_type, pixels.width, pixels.height)
        _scale(pixels, most_bytes / out.tell())


def _scale(pixels: Image.Image, ratio: float) -> None:
    """Make `pixels` smaller by a ratio of bytes, which go with the area, or a little more."""
    side = min(_LEAST_STEP, sqrt(ratio))
    pixels.thumbnail((int(pixels.width * side), int(pixels.height * side)))


def _check_dimensions(name: str, width: int, height: int) -> None:
    if width * height > _MAX_PIXELS:
        millions = width * height // 1_000_000
        raise _refusal(
            name,
            Phrase(
                "{picture} has {millions} million pixels; a reference image may have up to "
                "{limit} million. Please make it smaller and try again."
            ),
            millions=millions,
            limit=_MAX_PIXELS // 1_000_000,
        )
    shortest = min(width, height) * min(1.0, _MAX_SIDE / max(width, height, 1))
    if shortest < _MIN_SIDE:
        raise _refusal(
            name,
            Phrase(
                "{picture} is {width} by {height} pixels, which is too small or too narrow to be "
                "of use. Please choose a larger picture."
            ),
            width=width,
            height=height,
        )


def _damaged(name: str) -> InvalidRequestError:
    words = Phrase("{picture} is damaged or not complete. Please save it anew and try again.")
    return _refusal(name, words)


def _refusal(filename: str, words: Phrase, **values: object) -> InvalidRequestError:
    return InvalidRequestError(words(picture=_quoted(filename), **values))


def _quoted(filename: str) -> str:
    """Name the file without anything that Discord would read as formatting or a mention."""
    safe = "".join(sign if sign.isalnum() or sign in ".-" else " " for sign in filename)
    words = " ".join(safe.split())
    if len(words) > _NAME_CHARACTERS:
        words = f"{words[: _NAME_CHARACTERS - 1]}…"
    return f"“{words}”" if words else _("This picture")
