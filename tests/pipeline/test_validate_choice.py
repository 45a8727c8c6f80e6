from dataclasses import replace

import pytest

from bot.domain import Lineage, Mode, Relation, SourceVideo, UploadedImage, VideoRequest
from bot.errors import InvalidRequestError
from bot.pipeline.validate import Validator
from bot.posting.words_continuing import NO_MODEL
from bot.providers.catalogue import Catalogue
from sandbox.pictures import make_picture
from tests.factories import make_job, make_origin, make_spec, make_video_request
from tests.providers.entries import make_image_only, make_model, make_plain

SHORT = make_plain("short", provider="one", title="Short", seconds=(6,))
LONG = make_plain("long", provider="two", title="Long", seconds=(6, 30))
FRAME = make_image_only("frame", provider="three", title="Frame")
ABLE = make_model("able", provider="four", title="Able")
LOOKS = {
    "fast": ("one/short", "two/long", "four/able"),
    "best": ("three/frame", "two/long"),
}
ALL = Catalogue((SHORT, LONG, FRAME, ABLE), LOOKS)


TEXT = frozenset({Mode.TEXT})
FOX = UploadedImage("fox.png", make_picture("fox", 64, 48))


def validator_of(catalogue: Catalogue = ALL, default_model: str | None = None) -> Validator:
    return Validator(catalogue, default_model=default_model, prompt_max_characters=2000)


def request_from(mode: Mode, seconds: float = 6.04, model: str | None = None) -> VideoRequest:
    source = SourceVideo("job0000007", seconds)
    return replace(make_video_request(model=model), mode=mode, source=source)


async def test_a_look_is_its_first_model_and_the_others_are_alternatives() -> None:
    valid = await validator_of().validate(make_video_request(model="Fast"))

    assert (valid.spec.provider, valid.spec.model, valid.look) == ("one", "short", "fast")
    assert [offer.spec.model for offer in valid.alternatives] == ["long", "able"]
    assert (valid.estimate_micros, valid.alternatives[0].estimate_micros) == (None, None)
    assert valid.alternatives[1].estimate_micros == 420_000


async def test_a_look_passes_over_the_models_that_the_very_same_request_does_not_fit() -> None:
    valid = await validator_of().validate(make_video_request(model="fast", seconds=30))

    assert (valid.spec.model, valid.spec.seconds, valid.alternatives) == ("long", 30, ())


async def test_a_look_whose_first_model_needs_an_image_begins_with_the_next() -> None:
    without = await validator_of().validate(make_video_request(model="best"))
    with_one = await validator_of().validate(make_video_request(model="best", images=(FOX,)))

    assert without.spec.model == "long"
    assert (with_one.spec.model, with_one.spec.mode) == ("frame", Mode.IMAGE)
    assert [offer.spec.mode for offer in with_one.alternatives] == [Mode.REFERENCES]


async def test_a_look_that_nothing_of_fits_says_what_its_first_model_accepts() -> None:
    with pytest.raises(InvalidRequestError, match=r"^Short always makes 6-second videos\."):
        await validator_of().validate(make_video_request(model="fast", seconds=60))


async def test_a_model_that_is_named_has_no_alternatives() -> None:
    valid = await validator_of().validate(make_video_request(model="one/short"))

    assert (valid.look, valid.alternatives, valid.source_id) == (None, (), None)


async def test_when_nothing_is_named_the_first_model_is_taken_alone() -> None:
    valid = await validator_of().validate(make_video_request())

    assert (valid.spec.model, valid.look, valid.alternatives) == ("short", None, ())


async def test_the_operators_look_is_taken_when_nothing_is_named() -> None:
    valid = await validator_of(default_model="fast").validate(make_video_request())

    assert (valid.look, len(valid.alternatives)) == ("fast", 2)


async def test_images_and_the_source_are_in_the_estimate() -> None:
    validator = validator_of()
    image = make_video_request(model="able", images=(FOX,) * 2)

    with_images = await validator.validate(image)
    edited = await validator.validate(request_from(Mode.EDIT))
    extended = await validator.validate(request_from(Mode.EXTEND))

    assert with_images.estimate_micros == 424_000
    # Seven seconds begun, and 6.04 of the source.
    assert edited.estimate_micros == 490_000 + 60_400
    # Four added to 6.04 that may be billed anew, and the source.
    assert extended.estimate_micros == 702_800 + 60_400


@pytest.mark.parametrize("default", [None, "short", "fast"])
async def test_an_edit_without_a_name_goes_to_a_model_that_can(default: str | None) -> None:
    valid = await validator_of(default_model=default).validate(request_from(Mode.EDIT))

    assert (valid.spec.model, valid.spec.mode, valid.source_id) == (
        "able",
        Mode.EDIT,
        "job0000007",
    )
    assert valid.look == ("fast" if default == "fast" else None)


async def test_an_edit_that_no_model_can_do_says_so() -> None:
    validator = validator_of(Catalogue((SHORT, LONG)))

    with pytest.raises(InvalidRequestError) as caught:
        await validator.validate(request_from(Mode.EXTEND))

    assert str(caught.value) == "None of the video models here can extend a video."


async def test_a_model_that_can_not_edit_is_not_replaced_in_silence() -> None:
    with pytest.raises(InvalidRequestError, match=r"^Short can't edit videos"):
        await validator_of().validate(request_from(Mode.EDIT, model="short"))


async def test_a_job_that_is_made_again_keeps_all_that_it_was() -> None:
    spec = make_spec(provider="four", model="able")
    job = replace(make_job(), spec=replace(spec, aspect_ratio="1:1"), look="fast")

    again = validator_of().validate_again(job, make_origin(2), ())

    assert (again.spec, again.origin, again.repeats) == (job.spec, make_origin(2), job.id)
    assert (again.look, again.alternatives, again.estimate_micros) == ("fast", (), 420_000)


async def test_a_remix_keeps_all_but_the_prompt_and_takes_nobody_s_place() -> None:
    spec = replace(make_spec(provider="four", model="able"), aspect_ratio="1:1")
    job = replace(make_job(), spec=spec, is_private=True)
    lineage = Lineage(job.id, Relation.REMIX)

    remix = validator_of().validate_again(
        job, make_origin(2), (), lineage=lineage, prompt=" A bear\u0000 "
    )

    assert remix.spec == replace(job.spec, prompt="A bear")
    assert (remix.lineage, remix.repeats, remix.is_private) == (lineage, None, True)


async def test_a_remix_without_words_is_refused() -> None:
    job = replace(make_job(), spec=make_spec(provider="four", model="able"))

    with pytest.raises(InvalidRequestError, match="The prompt is empty"):
        validator_of().validate_again(
            job, make_origin(2), (), lineage=Lineage(job.id, Relation.REMIX), prompt=" "
        )


async def test_an_edit_that_is_made_again_keeps_its_source_and_what_was_said_of_its_price() -> None:
    spec = replace(
        make_spec(provider="four", model="able", mode=Mode.EXTEND, seconds=4), aspect_ratio=None
    )
    job = replace(make_job(), spec=spec, source_id="job0000007", estimate_micros=763_200)

    again = validator_of().validate_again(job, make_origin(2), ())

    assert (again.spec, again.source_id, again.estimate_micros) == (spec, "job0000007", 763_200)


async def test_a_job_of_a_model_that_is_gone_can_not_be_made_again() -> None:
    with pytest.raises(InvalidRequestError, match="not offered any more"):
        validator_of().validate_again(make_job(), make_origin(2), ())


async def test_a_prompt_that_has_become_too_long_can_not_be_made_again() -> None:
    validator = Validator(ALL, default_model=None, prompt_max_characters=3)
    job = replace(make_job(), spec=make_spec(provider="four", model="able"))

    with pytest.raises(InvalidRequestError, match="at most 3 fit"):
        validator.validate_again(job, make_origin(2), ())


async def test_a_default_that_takes_no_picture_is_passed_over_for_one_that_does() -> None:
    bare = make_plain("bare", provider="six", title="Bare", modes=TEXT, most_references=0)
    request = replace(make_video_request(images=(FOX,)), mode=Mode.IMAGE)

    valid = await validator_of(Catalogue((bare, FRAME)), "six/bare").validate(request)

    assert (valid.spec.model, valid.spec.mode) == ("frame", Mode.IMAGE)


async def test_where_no_model_takes_a_picture_that_is_said() -> None:
    bare = make_plain("bare", provider="six", title="Bare", modes=TEXT, most_references=0)
    request = replace(make_video_request(images=(FOX,)), mode=Mode.IMAGE)

    with pytest.raises(InvalidRequestError) as caught:
        await validator_of(Catalogue((bare,))).validate(request)

    assert str(caught.value) == NO_MODEL()


async def test_a_request_keeps_what_it_comes_of_and_for_whom_it_is() -> None:
    lineage = Lineage("job0000007", Relation.REMIX)
    request = replace(make_video_request(), lineage=lineage, is_private=True)

    valid = await validator_of().validate(request)

    assert (valid.lineage, valid.is_private) == (lineage, True)
