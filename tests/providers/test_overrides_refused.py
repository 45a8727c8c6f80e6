from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain import Mode
from bot.errors import ConfigurationError
from bot.providers import check_default_model, read_catalogue
from bot.providers.overrides import load_catalogue
from bot.settings import Settings
from tests.providers.model_files import BUILT_IN, COMPLETE, KNOWN, Load, table


def problem_of(load: Load, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    said = str(caught.value)
    start = "The models file "
    assert said.startswith(start)
    assert "models.toml will not do: in " in said
    return said.partition(" will not do: in ")[2]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("prices = 1", "the file, prices: there is no such field."),
        ('"two\\nlines" = 1', "the file, two lines: there is no such field."),
        ("looks = 3", "the file, looks: it should be a valid dictionary."),
        ('[looks]\n"So Fast" = []', "the file, looks.So Fast: it is too long, empty,"),
        ('[looks]\nfast = ["scripted/none"]', "looks, fast: 'scripted/none' is no model that"),
        (
            table("plain-1", "offered = false") + '[looks]\nfast = ["scripted/plain-1"]',
            "looks, fast: 'scripted/plain-1' is no model that is offered.",
        ),
        (
            '[looks]\nfast = ["other/plain-2", "other/plain-2"]',
            "looks, fast: 'other/plain-2' is there twice.",
        ),
        ('[looks]\nplain-1 = ["other/plain-2"]', "the file, model: plain-1 is the name of a look"),
        (table("fast", COMPLETE), "the file, model: fast is the name of a look and of a model."),
        (table("PLAIN-1", COMPLETE), "the file, model: scripted/plain-1 is there twice."),
        (table("plain-1") * 2, "scripted/plain-1, model: it is in the file twice."),
        ('[[model]]\nmodel = "x"', "model 1, provider: it must be given."),
        ('[[model]]\nprovider = 3\nmodel = "x"', "model 1, provider: it should be a valid string."),
        (table("x", provider="nobody"), "nobody/x, provider: there is no such provider; there are"),
        (table("with space"), "scripted/with space, model: it is too long, empty,"),
        (table("`x`"), "scripted/`x`, model: it is too long, empty,"),
        (table("new", 'title = "New"'), "scripted/new, modes: it must be given, for this model"),
        (table("plain-1", "seconds_ = 3"), "scripted/plain-1, seconds_: there is no such field."),
        (table("plain-1", 'seconds = "9-2"'), "seconds: give a list such as [6, 10] or a range"),
        (table("plain-1", 'seconds = "many"'), "seconds: give a list such as [6, 10] or a range"),
        (table("plain-1", "seconds = []"), "plain-1, seconds: name at least one."),
        (table("plain-1", "seconds = [0]"), "seconds.0: it should be greater than or equal to 1."),
        (table("plain-1", 'seconds = "1-99"'), "seconds.60: it should be less than or equal to 60"),
        (table("plain-1", "seconds = [8]"), "default_seconds: it must be one of the seconds,"),
        (table("plain-1", "default_seconds = 30"), "default_seconds: it must be one of the seco"),
        (table("plain-1", "modes = []"), "plain-1, modes: name at least one."),
        (table("plain-1", 'modes = ["dance"]'), "plain-1, modes.0: it should be 'text', 'image',"),
        (table("plain-1", 'modes = ["text", "image"]\nmost_references = 3'), "most_references: it"),
        (table("plain-1", "most_references = 0"), "most_references: it must be above 0 if modes"),
        (table("plain-1", "most_references = 8"), "most_references: it should be less than or"),
        (table("plain-1", 'resolutions = ["4k"]'), "default_resolution: it must be one of 4k."),
        (table("plain-1", 'resolutions = ["1080 p"]'), "resolutions.0: it is too long, empty, or"),
        (table("plain-1", 'aspect_ratios = ["2:3"]'), "default_aspect_ratio: it must be one of"),
        (table("plain-1", 'aspect_ratios = ["wide"]'), "aspect_ratios.0: it is too long, empty,"),
        (table("plain-1", 'title = "**x**"'), "title: it is too long, empty, or holds"),
        (
            table("model-1", "seconds = [12]", "default_seconds = 12"),
            "longest_with_references: it needs the mode references, and must not be below",
        ),
        (
            table("plain-1", 'modes = ["text", "references", "edit"]'),
            "editing: this table and the mode edit go together.",
        ),
        (
            table("plain-1", 'editing = { longest_seconds = 8, resolution = "720p" }'),
            "editing: this table and the mode edit go together.",
        ),
        (
            table(
                "plain-2",
                'modes = ["text", "edit"]',
                'editing = { longest_seconds = 8, resolution = "720p" }',
                provider="other",
            ),
            "other/plain-2, modes: the bot can't edit videos with other.",
        ),
        (
            table("model-1", 'editing = { resolution = "720p" }'),
            "scripted/model-1, editing.longest_seconds: it must be given.",
        ),
        (
            table("plain-1", 'transport = "multipart"'),
            "transport: the bot sends images to scripted by data URI.",
        ),
        (table("plain-1", 'transport = "pigeon"'), "transport: it should be 'multipart',"),
    ],
)
def test_what_will_not_do_is_named_by_entry_and_field(load: Load, text: str, problem: str) -> None:
    said = problem_of(load, text)

    assert problem in said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("default_seconds = 9", "extending.default_seconds: it must be one of 1, 2 or 4."),
        ("longest_seconds = 1", "extending.longest_seconds: it is below shortest_seconds"),
    ],
)
def test_limits_of_extend_that_contradict_each_other_are_refused(
    load: Load, lines: str, problem: str
) -> None:
    limits = {
        "seconds": "[1, 2, 4]",
        "default_seconds": "2",
        "shortest_seconds": "2",
        "longest_seconds": "9",
        "resolution": '"720p"',
    }
    field, _, value = lines.partition(" = ")
    text = "\n".join(f"{name} = {given}" for name, given in (limits | {field: value}).items())

    assert problem in problem_of(load, table("model-1", "[model.extending]", text))


@pytest.mark.parametrize(
    ("price", "problem"),
    [
        ('per_call = "0.2"', "price.source: it must be given."),
        ('source = "x"', "price: give per_call, per_second, per_image or per_source_second."),
        ('source = "x"\nper_call = "cheap"', 'price.per_call: give dollars, such as "0.07".'),
        ('source = "x"\nper_call = true', 'price.per_call: give dollars, such as "0.07".'),
        ('source = "x"\nper_call = "NaN"', "price.per_call: give dollars from 0 to 1000."),
        ('source = "x"\nper_call = -1', "price.per_call: give dollars from 0 to 1000."),
        ('source = "x"\nper_call = 1000.01', "price.per_call: give dollars from 0 to 1000."),
        ('source = "x"\nper_call = 0.0000001', "price.per_call: at most six decimals"),
        ('source = "x"\nper_hour = 1', "price.per_hour: there is no such field."),
        (
            'source = "x"\nper_second = { 4k = 1 }',
            "price.per_second: the model has no resolution 4k.",
        ),
        ('source = "x"\nper_second = { "7 p" = 1 }', "price.per_second.7 p: it is too long,"),
        ('source = "x"\nper_second = {}', "price: give per_call, per_second, per_image or"),
        (
            'source = "x"\nper_second = { 480p = 1 }',
            "scripted/plain-1, price.per_second: it must have a price for 720p too.",
        ),
    ],
)
def test_a_price_that_can_not_be_told_is_refused(load: Load, price: str, problem: str) -> None:
    assert problem in problem_of(load, table("plain-1", "[model.price]", price))


@pytest.mark.parametrize(
    "lines",
    [
        'resolutions = ["480p", "720p", "1080p"]',
        'editing = { longest_seconds = 8, resolution = "1080p" }',
        """extending = { seconds = [2], default_seconds = 2, shortest_seconds = 2, \
longest_seconds = 9, resolution = "1080p" }""",
    ],
    ids=["resolutions", "editing", "extending"],
)
def test_a_known_price_must_cover_what_the_file_adds(load: Load, lines: str) -> None:
    assert problem_of(load, table("model-1", lines)) == (
        "scripted/model-1, price.per_second: it must have a price for 1080p too."
    )


def test_a_price_of_one_resolution_does_not_stand_for_a_dearer_one(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    rates = 'price = { source = "us", per_second = { 480p = "0.08" } }'
    path.write_text(table("grok-imagine-video-1.5", rates, provider="xai"), encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(Settings(_env_file=None, models_file=path))

    assert str(caught.value) == (
        f"The models file {path} will not do: in xai/grok-imagine-video-1.5, price.per_second: "
        "it must have a price for 1080p and 720p too."
    )


def test_a_file_that_is_no_toml_says_where(load: Load) -> None:
    assert problem_of(load, "[[model]\n").startswith("the file, text: it is not TOML: ")


def test_a_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_bytes(b'title = "\xff\xfe"')

    with pytest.raises(ConfigurationError, match="the file, text: it is not UTF-8"):
        load_catalogue(BUILT_IN, path, KNOWN)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, models_file=tmp_path / "models.toml")

    with pytest.raises(ConfigurationError, match=r"can't be read: No such file"):
        read_catalogue(settings)
    with pytest.raises(ConfigurationError, match=r"can't be read: No such file"):
        check_default_model(settings)


@given(
    seconds=some.one_of(some.lists(some.integers(-2, 70), max_size=4), some.text(max_size=5)),
    default=some.integers(0, 70),
    modes=some.lists(some.sampled_from([*Mode, "other"]), max_size=5),
    references=some.integers(-1, 9),
    longest=some.integers(0, 70),
    price=some.one_of(some.floats(allow_nan=False), some.text(max_size=6)),
)
def test_whatever_the_file_says_is_an_entry_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory,
    seconds: list[int] | str,
    default: int,
    modes: list[str],
    references: int,
    longest: int,
    price: float | str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "generated.toml"
    lines = [
        f"seconds = {_toml(seconds)}",
        f"default_seconds = {default}",
        f"modes = {_toml([str(mode) for mode in modes])}",
        f"most_references = {references}",
        f"longest_with_references = {longest}",
        f'price = {{ source = "x", per_call = {_toml(price)} }}',
    ]
    path.write_text(table("model-1", *lines), encoding="utf-8")

    said = ""
    try:
        entry = load_catalogue(BUILT_IN, path, KNOWN).find("scripted/model-1")
    except ConfigurationError as error:
        said = str(error)
    else:
        assert entry.default_seconds == default
        assert entry.price is not None
        assert (entry.price.per_call_micros or 0) >= 0

    assert said.endswith("." if said else "")
    assert "\n" not in said


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    return str(value)
