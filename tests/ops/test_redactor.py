import pytest

from bot.ops.logs import MASK, Redactor

# Put together here, so that no scanner takes the file for a leak.
OF_DISCORDS_SHAPE = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcDE", "0123456789abcdef" * 2))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123", f"Authorization: Bearer {MASK}"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", f"{{'Authorization': 'Basic {MASK}'}}"),
        ("header Bot abcdefghijklmnopqrstuv.x", f"header Bot {MASK}"),
        (f"token {OF_DISCORDS_SHAPE} was refused", f"token {MASK} was refused"),
        ("Incorrect API key: sk-live_1234567", f"Incorrect API key: sk-{MASK}"),
        ("xai-" + "a1B2" * 6, f"xai-{MASK}"),
        ('{"api_key": "0123456789"}', f'{{"api_key": "{MASK}"}}'),
        ("POST /webhooks/42/aW50ZXJ:x=/messages", f"POST /webhooks/42/{MASK}/messages"),
        ("POST /interactions/42/aW50/callback", f"POST /interactions/42/{MASK}/callback"),
        ("https://cdn.x/a.png?ex=1&hm=2 gone", f"https://cdn.x/a.png?{MASK} gone"),
        ("URL('https://s3.x/a.mp4?X-Sig=1')", f"URL('https://s3.x/a.mp4?{MASK}')"),
        ("https://x.y/#access_token=1", f"https://x.y/?{MASK}"),
        ("GET /attachments/1/2/a.png?ex=1&is=2", f"GET /attachments/1/2/a.png?{MASK}"),
        ("postgresql+asyncpg://me:pw@db/x", f"postgresql+asyncpg://{MASK}@db/x"),
    ],
)
def test_a_secret_is_known_by_its_shape(text: str, shown: str) -> None:
    assert Redactor([]).redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Bot started as Grok#1234 in 3 servers",
        "PROVIDERS__GEEKNOW__API_KEY: Field required",
        "Is it done? Yes",
        "https://www.geeknow.top/v1/videos/video_abc123",
        "sqlite+aiosqlite:///data/bot.sqlite3",
        "task-scheduler on disk-usage",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Redactor([]).redact(text) == text


def test_a_very_short_secret_does_not_empty_the_log() -> None:
    assert Redactor(["", "a"]).redact("a plain banana") == "a plain banana"
