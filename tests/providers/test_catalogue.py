from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.domain import Mode, ReferenceImage
from bot.errors import ConfigurationError, InvalidRequestError
from bot.providers import CATALOGUE, PROVIDERS, check_default_model, read_catalogue, with_keys
from bot.providers.base import Provider
from bot.providers.catalogue import LOOKS, Catalogue, with_looks
from bot.providers.entries import ModelEntry, Transport
from bot.settings import ProviderSettings, Settings
from tests.factories import make_job, make_offer, make_spec
from tests.providers.entries import make_plain

TWIN = make_plain("grok-video-3", provider="other", title="Another Grok Video 3")
THREE = tuple(make_plain(f"model-{number}") for number in (1, 2, 3))
GEEKNOW = CATALOGUE.offered({"geeknow"})


def settings_with(*names: str, default_model: str | None = None) -> Settings:
    keys = {name: ProviderSettings(api_key=SecretStr("key")) for name in names}
    return Settings(
        _env_file=None,
        default_model=default_model,
        providers=keys | {"xingchao": ProviderSettings()},
    )


@pytest.mark.parametrize(
    "name", ["geeknow/grok-video-3-pro", "grok-video-3-pro", " Grok-Video-3-PRO "]
)
def test_a_model_is_found_with_and_without_its_provider(name: str) -> None:
    assert CATALOGUE.find(name).key == "geeknow/grok-video-3-pro"


def test_a_model_whose_name_has_capitals_is_found() -> None:
    entry = make_plain("Grok-X")

    assert Catalogue((entry,)).find("scripted/grok-x") is entry


def test_a_near_miss_is_told_what_was_probably_meant() -> None:
    with pytest.raises(InvalidRequestError, match=r"Did you mean .*`geeknow/grok-video-3-max`"):
        CATALOGUE.find("grok-video3-max")


def test_a_near_miss_of_a_look_is_told_so() -> None:
    with pytest.raises(InvalidRequestError, match="Did you mean `balanced`"):
        CATALOGUE.choose("balancd")


def test_near_identical_names_are_different_products() -> None:
    assert CATALOGUE.find("grok-video-3-max").seconds == (15,)
    assert CATALOGUE.find("globalaiopc/grok_video3_max").seconds == (6, 10, 12, 16, 20, 30)


def test_a_name_from_nowhere_is_told_what_there_is_and_is_not_repeated() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        GEEKNOW.choose("@everyone 🎬")

    assert str(caught.value) == (
        "There is no such model. Available: `fast`, `balanced`, `best`, `geeknow/grok-video-3`,"
        " `geeknow/grok-video-3-pro`, `geeknow/grok-video-3-max`."
    )


def test_what_is_listed_in_a_refusal_fits_a_message() -> None:
    names = tuple(make_plain(f"m{number:03d}-{'x' * 59}") for number in range(90))

    with pytest.raises(InvalidRequestError, match="and 78 more") as caught:
        Catalogue(names).find("zzz")

    assert len(str(caught.value)) < 2000


def test_a_name_that_two_providers_use_needs_the_provider() -> None:
    both = Catalogue((*CATALOGUE.entries, TWIN))

    with pytest.raises(InvalidRequestError, match="`geeknow/grok-video-3`, `other/grok-video-3`"):
        both.find("grok-video-3")
    assert both.find("other/grok-video-3") is TWIN


def test_an_entry_is_found_by_exactly_its_provider_and_its_model() -> None:
    both = Catalogue((*CATALOGUE.entries, TWIN))

    assert both.entry("other", "grok-video-3") is TWIN
    assert both.entry("other", "grok_video3") is None


def test_only_models_that_there_is_a_key_for_are_offered() -> None:
    both = Catalogue((*CATALOGUE.entries, TWIN))

    assert list(both.offered({"other"})) == [TWIN]
    assert len(both.offered({"geeknow"})) == 3


def test_without_any_key_no_model_can_be_had() -> None:
    nothing = CATALOGUE.offered(set())

    assert nothing.looks == {}
    with pytest.raises(InvalidRequestError, match="No video model is available"):
        nothing.choose("fast")


def test_a_look_gives_its_models_in_its_order() -> None:
    catalogue = Catalogue(THREE, {"fast": ("scripted/model-3", "scripted/model-1")})

    choice = catalogue.choose(" FAST ")

    assert choice.look == "fast"
    assert [entry.model for entry in choice.entries] == ["model-3", "model-1"]


def test_a_model_that_is_named_is_no_look() -> None:
    choice = Catalogue(THREE, {"fast": ("scripted/model-3",)}).choose("model-3")

    assert (choice.look, choice.entries) == (None, (THREE[2],))


def test_a_look_passes_over_what_is_not_offered_and_goes_with_its_last_model() -> None:
    looks = {"fast": ("other/grok-video-3", "scripted/model-1"), "best": ("other/grok-video-3",)}
    catalogue = Catalogue((*THREE, TWIN), looks)

    offered = catalogue.offered({"scripted"})

    assert offered.looks == {"fast": ("scripted/model-1",)}
    with pytest.raises(InvalidRequestError, match="no such model"):
        offered.choose("best")


def test_a_hidden_model_is_not_offered_but_is_known_for_its_jobs() -> None:
    looks = {"fast": ("scripted/model-1", "scripted/model-2")}
    catalogue = Catalogue(THREE, looks, frozenset({"scripted/model-1"}))

    offered = catalogue.offered({"scripted"})

    assert [entry.model for entry in offered] == ["model-2", "model-3"]
    assert offered.looks == {"fast": ("scripted/model-2",)}
    assert catalogue.entry("scripted", "model-1") is THREE[0]


@pytest.mark.parametrize(
    ("names", "looks"),
    [
        (("twice", "TWICE"), {}),
        (("fast", "other"), {"fast": ("scripted/other",)}),
        (("other",), {"scripted/other": ("scripted/other",)}),
    ],
)
def test_a_name_that_could_mean_two_things_is_refused(
    names: tuple[str, ...], looks: dict[str, tuple[str, ...]]
) -> None:
    with pytest.raises(ValueError, match=r"is there twice|is the name of a look and of a model"):
        Catalogue(tuple(map(make_plain, names)), looks)


def test_images_of_a_model_that_nobody_knows_any_more_travel_in_the_safest_way() -> None:
    catalogue = Catalogue((make_plain("script-1", transport=Transport.PUBLIC_URL),))

    assert catalogue.transport_of(make_spec()) is Transport.PUBLIC_URL
    assert catalogue.transport_of(make_spec(model="gone")) is Transport.DATA_URI


def test_the_card_shows_the_images_when_any_model_of_the_job_fetches_them_there() -> None:
    public = make_plain("other-1", provider="other", transport=Transport.PUBLIC_URL)
    catalogue = Catalogue((make_plain("script-1"), public))
    images = (ReferenceImage("key", "image/png", 1, 1, 1),)
    job = replace(make_job(), references=images)

    assert not catalogue.publishes_images(job)
    assert catalogue.publishes_images(replace(job, alternatives=(make_offer(),)))
    assert not catalogue.publishes_images(replace(make_job(), alternatives=(make_offer(),)))


@pytest.mark.parametrize("look", LOOKS)
def test_the_built_in_looks_name_models_that_there_are(look: str) -> None:
    assert CATALOGUE.looks[look] == LOOKS[look]
    assert len(LOOKS[look]) == len(set(LOOKS[look]))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_look_can_be_had_with_the_key_of_any_one_provider(provider: str) -> None:
    assert list(CATALOGUE.offered({provider}).looks) == ["fast", "balanced", "best"]


def test_looks_without_their_models_are_left_out() -> None:
    assert with_looks([TWIN], LOOKS).looks == {}


@pytest.mark.parametrize("entry", CATALOGUE.entries, ids=lambda entry: entry.key)
def test_a_model_belongs_to_the_provider_that_lists_it_and_fits_discord(entry: ModelEntry) -> None:
    assert entry in PROVIDERS[entry.provider].models
    assert entry.source
    assert len(entry.key) <= 100
    assert entry.longest_with_references is None or (
        entry.longest_with_references >= entry.seconds[0]
    )


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_every_provider_has_a_model_that_needs_only_a_prompt(provider: type[Provider]) -> None:
    assert any(Mode.TEXT in entry.modes for entry in provider.models)


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


def test_the_first_model_of_all_stays_the_first() -> None:
    assert CATALOGUE.entries[0].key == "geeknow/grok-video-3"


def test_a_key_makes_a_provider_usable_and_nothing_else_does() -> None:
    assert with_keys(settings_with("xai")) == {"xai"}


def test_without_a_file_the_catalogue_is_the_built_in_one() -> None:
    assert read_catalogue(settings_with("xai")) is CATALOGUE


@pytest.mark.parametrize("name", [None, "fast", "grok-video-3", "geeknow/grok-video-3"])
def test_a_default_that_there_is_a_key_for_will_do(name: str | None) -> None:
    check_default_model(settings_with("geeknow", default_model=name))


def test_without_any_key_the_default_is_not_looked_at() -> None:
    check_default_model(settings_with(default_model="fast"))


def test_a_default_that_can_not_be_had_is_told_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match=r"DEFAULT_MODEL will not do\. There is no such"):
        check_default_model(settings_with("geeknow", default_model="xai/grok-imagine-video"))
