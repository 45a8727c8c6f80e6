"""Files that are given for videos and are none, or no whole ones."""

from sandbox.pictures import make_picture


def spoilt(clip: bytes) -> dict[str, bytes]:
    return {
        "half of it": clip[: len(clip) // 2],
        "garbage after the beginning": clip[:32] + b"\xa5" * 50_000,
        "nothing": b"",
        "a web page": b"<html>AccessDenied</html>" * 50,
        "a picture": make_picture("no", 64, 64),
        "a playlist": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
        "a list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    }


NAMES = [*spoilt(b"")]
