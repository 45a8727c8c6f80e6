from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from sandbox.discord_api.state import Attachment, Message
from sandbox.screen import Screen


def shown(*files: Attachment) -> str:
    file = StringIO()
    message = Message(1, 2, 3, datetime(2026, 1, 1, tzinfo=UTC), attachments=[*files])
    Screen(Console(width=100, file=file)).message("the bot", message)
    return file.getvalue()


def attachment(name: str, kind: str) -> Attachment:
    return Attachment(1, name, kind, b"1234", f"/attachments/2/1/{name}")


def test_only_a_video_is_shown_as_something_to_play() -> None:
    text = shown(attachment("fox.mp4", "video/mp4"), attachment("reference-1.png", "image/png"))

    assert "▶ fox.mp4" in text
    assert "▣ reference-1.png" in text
    assert text.count("▶") == 1
