from pathlib import Path

from bot.domain import Mode, VideoSpec
from bot.providers import CATALOGUE, PROVIDERS
from bot.providers.entries import Price, Transport
from bot.providers.overrides import load_catalogue
from tests.providers.model_files import BUILT_IN, COMPLETE, KNOWN, Load, table


def test_without_a_file_nothing_changes() -> None:
    assert load_catalogue(BUILT_IN, None, KNOWN) is BUILT_IN


def test_an_empty_file_changes_nothing(load: Load) -> None:
    assert load("") == BUILT_IN


def test_only_what_is_given_changes(load: Load) -> None:
    text = table("plain-1", 'title = "Ours"', 'seconds = "4-8"')

    changed = load(text).find("plain-1")

    assert (changed.title, changed.seconds) == ("Ours", (4, 5, 6, 7, 8))
    assert (changed.default_seconds, changed.most_references) == (6, 2)
    assert load(text).find("model-1") == BUILT_IN.find("model-1")


def test_models_stay_in_their_order_and_new_ones_come_last(load: Load) -> None:
    catalogue = load(table("new", COMPLETE) + table("model-1", 'title = "Ours"'))

    assert [entry.model for entry in catalogue] == ["model-1", "plain-1", "plain-2", "new"]


def test_a_list_of_lengths_may_be_in_any_order(load: Load) -> None:
    changed = load(table("plain-1", "seconds = [10, 6, 10]")).find("plain-1")

    assert changed.seconds == (6, 10)


def test_one_name_of_two_providers_means_two_models(load: Load) -> None:
    catalogue = load(table("plain-1", COMPLETE, provider="other"))

    assert catalogue.find("scripted/plain-1").seconds == tuple(range(1, 16))
    assert catalogue.find("other/plain-1").seconds == (10,)


def test_a_new_model_sends_its_images_as_its_provider_does(load: Load) -> None:
    new = load(table("new", COMPLETE, provider="other")).find("other/new")
    of_nobody = load(table("new", COMPLETE, provider="bare")).find("bare/new")

    assert new.resolutions == ("720p",)
    assert (new.transport, of_nobody.transport) == (Transport.PUBLIC_URL, Transport.DATA_URI)
    assert (new.default_aspect_ratio, new.most_references, new.price) == (None, 0, None)


def test_a_model_is_taken_off_the_list_and_stays_known(load: Load) -> None:
    catalogue = load(table("plain-1", "offered = false"))

    assert catalogue.hidden == {"scripted/plain-1"}
    assert catalogue.entry("scripted", "plain-1") is not None
    assert "plain-1" not in [entry.model for entry in catalogue.offered({"scripted"})]


def test_what_a_dropped_mode_needed_goes_with_it(load: Load) -> None:
    changed = load(table("model-1", 'modes = ["text"]')).find("model-1")

    assert changed.modes == {Mode.TEXT}
    assert (changed.most_references, changed.longest_with_references) == (0, None)
    assert (changed.editing, changed.extending) == (None, None)


def test_the_shape_can_be_left_to_the_service(load: Load) -> None:
    changed = load(table("plain-1", 'default_aspect_ratio = "none"')).find("plain-1")

    assert changed.default_aspect_ratio is None


def test_limits_of_edit_and_extend_are_given_whole(load: Load) -> None:
    text = table(
        "model-1",
        'editing = { longest_seconds = 6, resolution = "480P" }',
        "[model.extending]",
        'seconds = "1-3"',
        "default_seconds = 2",
        "shortest_seconds = 1.5",
        "longest_seconds = 9",
        'resolution = "480p"',
    )

    changed = load(text).find("model-1")

    assert changed.editing is not None
    assert changed.extending is not None
    assert (changed.editing.longest_seconds, changed.editing.resolution) == (6.0, "480p")
    assert (changed.extending.seconds, changed.extending.shortest_seconds) == ((1, 2, 3), 1.5)


def test_a_price_is_read_exactly_from_text_and_from_numbers(load: Load) -> None:
    text = table(
        "plain-1",
        "[model.price]",
        'source = "our invoice"',
        "per_call = 0.1",
        'per_second = { 480p = "0.05", 720P = 0.07 }',
        'per_image = "0.002"',
        "per_source_second = 1",
    )

    assert load(text).find("plain-1").price == Price(
        source="our invoice",
        per_call_micros=100_000,
        per_second_micros={"480p": 50_000, "720p": 70_000},
        per_image_micros=2_000,
        per_source_second_micros=1_000_000,
    )


def test_a_price_replaces_the_whole_price(load: Load) -> None:
    text = table("model-1", 'price = { source = "flat", per_call = "0.2" }')
    spec = VideoSpec("scripted", "model-1", "a fox", 6, "720p", None)

    assert load(text).find("model-1").estimate(spec, images=3) == 200_000


def test_fewer_resolutions_keep_a_known_price(load: Load) -> None:
    changed = load(table("model-1", 'resolutions = ["720p"]')).find("model-1")

    assert changed.price == BUILT_IN.find("model-1").price


def test_nothing_is_a_price_when_it_is_said(load: Load) -> None:
    text = table("plain-1", 'price = { source = "our own machine", per_call = 0 }')
    spec = VideoSpec("scripted", "plain-1", "a fox", 6, "720p", None)

    assert load(text).find("plain-1").estimate(spec, images=0) == 0


def test_looks_are_changed_added_and_taken_away(load: Load) -> None:
    text = '[looks]\nbest = []\nmine = ["scripted/model-1", "other/plain-2"]\n'

    assert load(text).looks == {
        "fast": ("scripted/plain-1", "other/plain-2"),
        "mine": ("scripted/model-1", "other/plain-2"),
    }


def test_a_price_for_what_is_only_edited_to_is_known(load: Load) -> None:
    text = table(
        "model-1",
        'resolutions = ["480p"]',
        'default_resolution = "480p"',
        'price = { source = "x", per_second = { 480p = 0.05, 720p = 0.07 } }',
    )

    price = load(text).find("model-1").price

    assert price is not None
    assert price.per_second_micros == {"480p": 50_000, "720p": 70_000}


def test_every_provider_of_the_bot_may_get_a_new_model(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(
        "".join(table("new", COMPLETE, provider=name) for name in PROVIDERS), encoding="utf-8"
    )

    assert len(load_catalogue(CATALOGUE, path, PROVIDERS)) == len(CATALOGUE) + len(PROVIDERS)
