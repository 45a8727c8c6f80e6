import pytest

from bot.errors import InvalidRequestError
from bot.providers import PROVIDERS
from bot.providers.catalogue import CATALOGUE, Catalogue, ModelEntry

TWIN = ModelEntry(
    provider="other",
    model="grok-video-3",
    title="Another Grok Video 3",
    seconds=(6,),
    default_seconds=6,
    resolutions=("480p",),
    default_resolution="480p",
    aspect_ratios=("1:1",),
    default_aspect_ratio=None,
    most_references=1,
    source="a test",
)


@pytest.mark.parametrize(
    "name", ["geeknow/grok-video-3-pro", "grok-video-3-pro", " Grok-Video-3-PRO "]
)
def test_a_model_is_found_with_and_without_its_provider(name: str) -> None:
    assert CATALOGUE.find(name).key == "geeknow/grok-video-3-pro"


def test_a_near_miss_is_told_what_was_probably_meant() -> None:
    with pytest.raises(InvalidRequestError, match=r"Did you mean .*`geeknow/grok-video-3-max`"):
        CATALOGUE.find("grok-video3-max")


def test_a_name_from_nowhere_is_told_what_there_is_and_is_not_repeated() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        CATALOGUE.find("@everyone 🎬")

    assert str(caught.value) == (
        "There is no such model. Available: `geeknow/grok-video-3`,"
        " `geeknow/grok-video-3-pro`, `geeknow/grok-video-3-max`."
    )


def test_a_name_that_two_providers_use_needs_the_provider() -> None:
    both = Catalogue((*CATALOGUE.entries, TWIN))

    with pytest.raises(InvalidRequestError, match="`geeknow/grok-video-3`, `other/grok-video-3`"):
        both.find("grok-video-3")
    assert both.find("other/grok-video-3") is TWIN


def test_only_models_that_there_is_a_key_for_are_offered() -> None:
    both = Catalogue((*CATALOGUE.entries, TWIN))

    assert list(both.offered({"other"})) == [TWIN]
    assert len(both.offered({"geeknow"})) == len(CATALOGUE)


def test_without_any_key_no_model_can_be_had() -> None:
    with pytest.raises(InvalidRequestError, match="No video model is available"):
        CATALOGUE.offered(set()).find("grok-video-3")


@pytest.mark.parametrize("entry", CATALOGUE.entries, ids=lambda entry: entry.key)
def test_the_defaults_of_a_model_are_among_its_choices(entry: ModelEntry) -> None:
    assert entry.default_seconds in entry.seconds
    assert entry.default_resolution in entry.resolutions
    assert entry.default_aspect_ratio in (None, *entry.aspect_ratios)
    assert list(entry.seconds) == sorted(set(entry.seconds))
    assert entry.source


def test_no_two_entries_have_one_key() -> None:
    assert len({entry.key for entry in CATALOGUE}) == len(CATALOGUE)


def test_every_provider_has_a_model_and_every_model_a_provider() -> None:
    assert {entry.provider for entry in CATALOGUE} == set(PROVIDERS)


@pytest.mark.parametrize(
    ("model", "seconds"),
    [
        ("grok-video-3", tuple(range(1, 16))),
        ("grok-video-3-pro", (10,)),
        ("grok-video-3-max", (15,)),
    ],
)
def test_geeknow_makes_the_lengths_of_its_page(model: str, seconds: tuple[int, ...]) -> None:
    assert CATALOGUE.find(model).seconds == seconds
