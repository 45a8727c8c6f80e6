import os
from pathlib import Path

import pytest
from PIL import Image

from bot.domain import Mode
from bot.errors import ConfigurationError, InvalidRequestError
from bot.ops.trials.trial_plan import check_folder
from bot.settings import Settings
from sandbox.clips import make_clip
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.pictures import make_picture
from sandbox.xai import XaiStandIn
from tests.media.file_host import FileHost
from tests.ops.trial_desk import Desk, settings_for, trial_words

IMAGINE = "grok-imagine-video"


def save_picture(folder: Path, name: str = "fox.png") -> str:
    (folder / name).write_bytes(make_picture("fox", 90, 60))
    return name


def serve_clip(host: FileHost, seconds: float) -> str:
    return host.serve("/clip.mp4", make_clip(label="source", seconds=seconds, width=96, height=64))


async def test_a_trial_makes_one_video_and_says_where_it_is_and_what_it_cost(
    desk: Desk, xai: XaiStandIn
) -> None:
    result = await desk.trial(xai, IMAGINE, "--seconds", "1", "--out", "videos")

    assert result.exit_code == 0, result.output
    (video,) = desk.videos()
    assert video.parent == desk.folder / "videos"
    assert str(video) in result.output
    assert "1.0 s, 128x72" in result.output
    assert "about $0.07, at most" in result.output
    assert "The service reports $0.07." in result.output
    assert f"xAI took it as {xai.charges[0].id}" in result.output
    assert len(xai.charges) == 1


async def test_what_the_service_does_not_report_is_estimated(desk: Desk, xai: XaiStandIn) -> None:
    xai.ending = {"usage": None}

    result = await desk.trial(xai, IMAGINE, "--seconds", "1", "--resolution", "480p")

    assert result.exit_code == 0, result.output
    assert "The service does not say what it charged; estimated $0.05." in result.output


async def test_an_unknown_price_is_said_as_unknown(desk: Desk, geeknow: GeekNowStandIn) -> None:
    result = await desk.trial(geeknow, "grok-video-3", "--seconds", "1", "--aspect", "1:1")

    assert result.exit_code == 0, result.output
    assert "1 s, 720p, 1:1" in result.output
    assert "price unknown" in result.output
    assert "The service does not say what it charged; price unknown." in result.output


async def test_the_models_file_of_the_operator_counts(desk: Desk, geeknow: GeekNowStandIn) -> None:
    lines = ('provider = "geeknow"', 'model = "grok-video-3"', "seconds = [2]")
    text = "\n".join(("[[model]]", *lines, "default_seconds = 2"))
    (desk.folder / "models.toml").write_text(text, encoding="utf-8")
    desk.set({"MODELS_FILE": "models.toml"})

    result = await desk.trial(geeknow, "grok-video-3", "--seconds", "3")

    assert result.exit_code == 2, result.output
    assert "always makes 2-second videos" in result.output
    assert geeknow.charges == []


async def test_files_are_cleaned_and_sent(desk: Desk, geeknow: GeekNowStandIn) -> None:
    names = [save_picture(desk.folder, f"{number}.png") for number in range(2)]
    images = [word for name in names for word in ("--image", name)]

    result = await desk.trial(geeknow, "grok-video-3", "--seconds", "1", *images)

    assert result.exit_code == 0, result.output
    assert "references, 2 images" in result.output
    sent = geeknow.charges[0].images
    assert len(sent) == 2
    assert (desk.folder / names[0]).read_bytes() not in sent


async def test_files_that_are_too_large_together_are_made_smaller(
    desk: Desk, xai: XaiStandIn
) -> None:
    side = 1024
    noise = Image.frombytes("RGBA", (side, side), os.urandom(4 * side * side))
    noise.save(desk.folder / "noise.png", compress_level=1)
    images = ("--image", "noise.png") * 4

    result = await desk.trial(xai, IMAGINE, "--seconds", "1", *images)

    assert result.exit_code == 0, result.output
    sent = xai.charges[0].images
    assert len(sent) == 4
    assert sum(map(len, sent)) <= 12_000_000


async def test_addresses_are_handed_on_to_a_provider_that_fetches_by_itself(
    desk: Desk, globalaiopc: GlobalAiOpcStandIn, host: FileHost
) -> None:
    picture = host.serve("/fox.png", make_picture("fox", 90, 60))

    result = await desk.trial(globalaiopc, "grok_video3_max", "--seconds", "6", "--image", picture)

    assert result.exit_code == 0, result.output
    assert "references, 1 image" in result.output
    assert [hit.path for hit in host.hits] == ["/fox.png"]


async def test_a_video_is_edited(desk: Desk, xai: XaiStandIn, host: FileHost) -> None:
    source = serve_clip(host, 2)

    result = await desk.trial(xai, IMAGINE, "--mode", "edit", "--video", source)

    assert result.exit_code == 0, result.output
    # Two seconds out at 7 cents and two in at 1.
    assert "about $0.16, at most" in result.output
    assert xai.charges[0].mode is Mode.EDIT


async def test_a_video_is_extended(desk: Desk, xai: XaiStandIn, host: FileHost) -> None:
    source = serve_clip(host, 2)

    result = await desk.trial(xai, IMAGINE, "--mode", "extend", "--video", source, "--seconds", "2")

    assert result.exit_code == 0, result.output
    assert "2 s more, 720p" in result.output
    assert xai.charges[0].mode is Mode.EXTEND


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "grok-video-4"), "There is no such model. Did you mean `geeknow/grok-video-3"),
        (("--model", "fast"), "There is no such model. Available: `geeknow/grok-video-3`"),
        (("--seconds", "99"), "makes videos of 1 to 15 seconds, not 99"),
        (("--prompt", "  "), "The prompt is empty"),
        (("--prompt", "x" * 2001), "The prompt has 2,001 characters"),
        (("--image", "missing.png"), "missing.png can't be read"),
        (("--image", "notes.txt"), "is not a PNG, JPEG or WebP picture"),
        (("--image", "https://example.com/fox.png"), "--image takes a file, not an address"),
        (("--image", "fox.png") * 7, "at most 6"),
        (("--mode", "edit"), "Name the video with --video"),
        (("--mode", "edit", "--video", "https://example.com/v.mp4"), "can't edit videos"),
        (("--video", "https://example.com/v.mp4"), "Say with --mode"),
        (("--out", "notes.txt"), "notes.txt can't be written"),
    ],
)
async def test_what_does_not_fit_is_refused_before_anything_is_sent(
    desk: Desk, geeknow: GeekNowStandIn, words: tuple[str, ...], said: str
) -> None:
    (desk.folder / "notes.txt").write_text("not a picture", encoding="utf-8")

    result = await desk.trial(geeknow, "grok-video-3", *words)

    assert result.exit_code == 2, result.output
    assert said in result.output
    assert result.output.endswith("Nothing was sent.\n")
    assert geeknow.requests == []


@pytest.mark.parametrize("address", ["fox.png", "ftp://example.com/a", "http://10.0.0.1/a", "//["])
async def test_where_the_provider_fetches_images_only_an_address_will_do(
    desk: Desk, globalaiopc: GlobalAiOpcStandIn, address: str
) -> None:
    save_picture(desk.folder)

    result = await desk.trial(globalaiopc, "grok_video3_max", "--image", address)

    assert result.exit_code == 2, result.output
    assert "--image takes an address that begins with https://, not a file" in result.output
    assert globalaiopc.charges == []


@pytest.mark.parametrize(
    ("body", "said"),
    [(None, "answers 404"), (b"\0\0\0\x10ftypisom" + bytes(16), "--video will not do")],
)
async def test_a_source_that_is_no_video_is_refused_before_anything_is_sent(
    desk: Desk, xai: XaiStandIn, host: FileHost, body: bytes | None, said: str
) -> None:
    source = host.serve("/clip.mp4", body or b"gone", status=200 if body else 404)

    result = await desk.trial(xai, IMAGINE, "--mode", "edit", "--video", source)

    assert result.exit_code == 2, result.output
    assert said in result.output
    assert xai.requests == []


async def test_an_unknown_provider_is_answered_with_those_there_are(desk: Desk) -> None:
    result = await desk.run("try", "groq", "--model", "x", "--prompt", "a fox")

    assert result.exit_code == 2
    assert "Known: geeknow, xai" in result.output


async def test_a_provider_without_a_key_is_a_matter_of_settings(desk: Desk) -> None:
    result = await desk.run("try", "geeknow", "--model", "grok-video-3", "--prompt", "a fox")

    assert isinstance(result.exception, ConfigurationError)
    assert "PROVIDERS__GEEKNOW__API_KEY" in str(result.exception)


def test_a_video_that_could_not_be_kept_is_not_paid_for(tmp_path: Path) -> None:
    settings = Settings(_env_file=None).model_copy(update={"result_max_megabytes": 10**9})

    with pytest.raises(InvalidRequestError, match="MB free"):
        check_folder(tmp_path, settings)


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
async def test_without_a_yes_nothing_is_sent(
    desk: Desk, geeknow: GeekNowStandIn, typed: str
) -> None:
    desk.set(settings_for(geeknow))

    result = await desk.run(*trial_words(geeknow, "grok-video-3"), typed=typed)

    assert result.exit_code == 1, result.output
    assert result.output.endswith("Nothing was sent.\n")
    assert geeknow.requests == []


async def test_a_yes_is_enough(desk: Desk, geeknow: GeekNowStandIn) -> None:
    desk.set(settings_for(geeknow))
    words = (*trial_words(geeknow, "grok-video-3"), "--seconds", "1")

    result = await desk.run(*words, typed="y\n")

    assert result.exit_code == 0, result.output
    assert len(geeknow.charges) == 1


async def test_another_address_is_used_and_is_said_loudly(
    desk: Desk, geeknow: GeekNowStandIn
) -> None:
    desk.set(settings_for(geeknow, with_address=False))
    words = (*trial_words(geeknow, "grok-video-3"), "--seconds", "1", "--yes")

    result = await desk.run(*words, "--base-url", geeknow.base_url)

    assert result.exit_code == 0, result.output
    assert f"DEVELOPMENT: The key of GeekNow goes to {geeknow.base_url}." in result.output
    assert "Files may come from 127.0.0.1 without encryption." in result.output
    assert f"GeekNow at {geeknow.base_url}" in result.output


async def test_nothing_is_said_of_development_where_there_is_none(desk: Desk) -> None:
    desk.set({"PROVIDERS__GEEKNOW__API_KEY": "sk-a-key"})
    words = ("try", "geeknow", "--model", "grok-video-3", "--prompt", "a fox")

    result = await desk.run(*words, "--base-url", "https://mirror.example", typed="n\n")

    assert "GeekNow at https://mirror.example" in result.output
    assert "DEVELOPMENT" not in result.output


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.2:80", "127.0.0.2 is not on the public internet.*ALLOW_PRIVATE_HOSTS="),
        ("https://[::1]", "::1 is not on the public internet"),
        ("http://example.com", "must start with https://"),
        ("http://[", "must start with https://"),
    ],
)
async def test_no_key_goes_where_it_must_not(
    desk: Desk, geeknow: GeekNowStandIn, address: str, said: str
) -> None:
    desk.set(settings_for(geeknow))

    result = await desk.run(*trial_words(geeknow, "grok-video-3"), "--base-url", address)

    assert isinstance(result.exception, ConfigurationError)
    with pytest.raises(ConfigurationError, match=said):
        raise result.exception


async def test_no_secret_is_shown(desk: Desk, xai: XaiStandIn) -> None:
    result = await desk.trial(xai, IMAGINE, "--seconds", "1")

    assert xai.api_key not in result.output
    assert "signature" not in result.output
