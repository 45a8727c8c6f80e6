import pytest

from bot.domain import UploadedImage
from bot.errors import InvalidRequestError
from bot.pipeline.validate import Validator
from bot.providers.catalogue import Catalogue
from bot.providers.entries import ModelEntry
from sandbox.pictures import make_picture
from tests.factories import make_video_request
from tests.pipeline.fakes import CATALOGUE, make_entry

EVERYTHING_MARKDOWN = "@everyone **bold** _it_ `x` ```\ncode\n``` ||spoiler|| <@1> # title"


def make_validator(
    *entries: ModelEntry, default_model: str | None = None, most_characters: int = 2000
) -> Validator:
    return Validator(
        Catalogue(entries) if entries else CATALOGUE,
        default_model=default_model,
        prompt_max_characters=most_characters,
    )


def picture(name: str = "fox.png") -> UploadedImage:
    return UploadedImage(name, make_picture("fox", 64, 48))


async def test_what_is_not_said_is_filled_in_from_the_catalogue() -> None:
    valid = await make_validator().validate(make_video_request("A fox"))

    assert valid.origin == make_video_request().origin
    assert (valid.spec.provider, valid.spec.model) == ("scripted", "script-1")
    assert (valid.spec.seconds, valid.spec.resolution) == (4, "720p")
    assert (valid.spec.aspect_ratio, valid.images) == ("3:2", ())


async def test_what_is_said_and_fits_is_kept() -> None:
    request = make_video_request(
        model=" Scripted/Script-1 ", seconds=8, aspect_ratio=" 1:1 ", resolution=" 1080P "
    )

    spec = (await make_validator().validate(request)).spec

    assert (spec.model, spec.seconds) == ("script-1", 8)
    assert (spec.aspect_ratio, spec.resolution) == ("1:1", "1080p")


async def test_with_a_reference_image_the_shape_is_left_to_the_provider() -> None:
    valid = await make_validator().validate(make_video_request(images=(picture(),)))

    assert valid.spec.aspect_ratio is None
    assert [(image.width, image.height) for image in valid.images] == [(64, 48)]


async def test_the_operators_model_is_taken_when_none_is_named() -> None:
    validator = make_validator(make_entry(), make_entry("script-2"), default_model="script-2")

    named = await validator.validate(make_video_request(model="script-1"))
    unnamed = await validator.validate(make_video_request())

    assert (named.spec.model, unnamed.spec.model) == ("script-1", "script-2")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (EVERYTHING_MARKDOWN, EVERYTHING_MARKDOWN),
        ("  a fox\r\nin\tthe snow \n", "a fox\nin\tthe snow"),
        ("bell\x07 null\x00 escape\x1b[31m back\x08", "bell null escape[31m back"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("👩\u200d🚀 in space", "👩\u200d🚀 in space"),
        ("狐と雪", "狐と雪"),
    ],
    ids=["markdown", "line ends", "control characters", "surrogate", "joiner", "japanese"],
)
async def test_a_prompt_is_kept_as_typed_but_for_what_nobody_can_see(typed: str, kept: str) -> None:
    valid = await make_validator().validate(make_video_request(typed))

    assert valid.spec.prompt == kept


@pytest.mark.parametrize(
    "typed",
    ["", "   \n\t ", "\u200b\u200d\u2060\ufeff", "\x00\x07", "\u00ad\u3000", "\ue000", "\ud83d"],
    ids=["nothing", "spaces", "zero width", "controls", "soft hyphen", "private use", "half"],
)
async def test_a_prompt_of_nothing_visible_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await make_validator().validate(make_video_request(typed))

    assert str(caught.value) == "The prompt is empty. Describe what the video should show."


async def test_a_prompt_may_be_as_long_as_the_operator_allows() -> None:
    validator = make_validator(most_characters=4000)

    valid = await validator.validate(make_video_request("x" * 4000))

    assert len(valid.spec.prompt) == 4000
    with pytest.raises(InvalidRequestError):
        await validator.validate(make_video_request("x" * 4001))


async def test_a_long_prompt_is_told_its_length_and_the_limit() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await make_validator().validate(make_video_request("x" * 4000))

    assert str(caught.value) == (
        "The prompt has 4,000 characters; at most 2,000 fit. Please shorten it."
    )


async def test_only_what_is_kept_of_a_prompt_is_counted() -> None:
    validator = make_validator(most_characters=5)

    valid = await validator.validate(make_video_request("  12345\x00\x00  "))

    assert valid.spec.prompt == "12345"


async def test_without_any_service_the_member_is_sent_to_the_operator() -> None:
    validator = Validator(Catalogue(()), default_model=None, prompt_max_characters=2000)

    with pytest.raises(InvalidRequestError) as caught:
        await validator.validate(make_video_request())

    assert str(caught.value) == (
        "No video service is set up yet. Please tell the people who run this bot."
    )


async def test_an_unknown_model_is_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidRequestError, match="`scripted/script-1`"):
        await make_validator().validate(make_video_request(model="script-9"))


@pytest.mark.parametrize(
    ("lengths", "wanted", "sentence"),
    [
        ((4, 5, 6, 7, 8), 9, "Script One makes videos of 4 to 8 seconds, not 9."),
        ((4, 8, 12), 5, "Script One makes videos of 4, 8 or 12 seconds, not 5."),
        (
            (10,),
            6,
            "Script One always makes 10-second videos. Leave the duration out, or choose 10.",
        ),
    ],
)
async def test_a_length_the_model_does_not_make_is_refused(
    lengths: tuple[int, ...], wanted: int, sentence: str
) -> None:
    validator = make_validator(make_entry(seconds=lengths))

    with pytest.raises(InvalidRequestError) as caught:
        await validator.validate(make_video_request(seconds=wanted))

    assert str(caught.value) == sentence


async def test_a_resolution_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await make_validator().validate(make_video_request(resolution="4k"))

    assert str(caught.value) == "Script One has the resolutions 720p and 1080p."


async def test_a_shape_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await make_validator().validate(make_video_request(aspect_ratio="16:9"))

    assert str(caught.value) == "Script One has the aspect ratios 3:2 and 1:1."


async def test_too_many_references_are_refused_before_any_is_decoded() -> None:
    hostile = UploadedImage("bomb.png", b"not decoded")

    with pytest.raises(InvalidRequestError) as caught:
        await make_validator().validate(make_video_request(images=(hostile,) * 3))

    assert str(caught.value) == ("Script One takes at most 2 reference images; you gave 3.")


async def test_one_bad_reference_refuses_the_whole_request() -> None:
    images = (picture(), UploadedImage("notes.txt", b"these are words"))

    with pytest.raises(InvalidRequestError, match=r"notes\.txt"):
        await make_validator().validate(make_video_request(images=images))
