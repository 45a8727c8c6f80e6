"""Pictures for the image tests: good ones, damaged ones, and some that lie."""

import io
import struct
import zlib

from PIL import Image
from PIL.PngImagePlugin import PngInfo

RED, GREEN = (220, 20, 20), (20, 200, 20)


def encode(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.effect_noise((width, height), 60).convert(mode)


def two_halves() -> Image.Image:
    """Return a picture that is red on the left and green on the right."""
    picture = Image.new("RGB", (64, 32), RED)
    picture.paste(GREEN, (32, 0, 64, 32))
    return picture


def png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + body + png_chunk(b"IEND", b"")


def webp_that_claims(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + sides
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def damaged_pictures() -> dict[str, bytes]:
    jpeg = encode(noise(200, 200), "JPEG")
    png = encode(noise(200, 200), "PNG")
    webp = encode(noise(200, 200), "WEBP")
    bomb = PngInfo()
    bomb.add_text("comment", "x" * 3_000_000, zip=True)
    no_palette = struct.pack(">IIBBBBB", 32, 32, 8, 3, 0, 0, 0)
    return {
        "half a JPEG": jpeg[: len(jpeg) // 2],
        "half a PNG": png[: len(png) // 2],
        "half a WebP": webp[: len(webp) // 2],
        "a JPEG that only begins": jpeg[:4],
        "a PNG that only begins": png[:8],
        "a WebP that only begins": webp[:20],
        "a PNG with a text bomb": encode(Image.new("RGB", (32, 32)), pnginfo=bomb),
        "a PNG without its palette": (
            png[:8]
            + png_chunk(b"IHDR", no_palette)
            + png_chunk(b"IDAT", zlib.compress(b"\0" * 33 * 32))
            + png_chunk(b"IEND", b"")
        ),
        "a JPEG of a thousand scans": jpeg + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" * 1000,
    }


def seeds() -> list[bytes]:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "camera"
    return [
        encode(noise(48, 40), "JPEG", exif=exif),
        encode(noise(48, 40), "JPEG", progressive=True),
        encode(noise(48, 40, "P"), "PNG", transparency=bytes(range(200))),
        encode(noise(48, 40, "RGBA"), "PNG", exif=exif),
        encode(noise(48, 40, "RGBA"), "WEBP", exif=exif),
    ]
