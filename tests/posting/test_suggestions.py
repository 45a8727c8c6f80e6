from dataclasses import replace

from bot.domain import JobState, Mode
from bot.posting.suggestions import suggest_jobs, suggest_models, suggest_seconds, suggest_words
from bot.providers import CATALOGUE
from bot.providers.catalogue import Catalogue
from tests.factories import make_job, make_spec
from tests.providers.entries import make_model, make_plain

BOTH = Catalogue(
    (make_plain(), make_model()),
    {"fast": ("scripted/plain-1", "scripted/model-1"), "best": ("scripted/plain-1",)},
)


def test_looks_come_before_models() -> None:
    shown = [(choice.value, choice.name) for choice in suggest_models(BOTH, "")]

    assert shown == [
        ("fast", "Fast: Plain One or Model One"),
        ("best", "Best: Plain One"),
        ("scripted/plain-1", "Plain One (1 to 15 s)"),
        ("scripted/model-1", "Model One (1 to 15 s)"),
    ]


def test_models_are_found_by_any_part_of_their_names() -> None:
    assert [choice.value for choice in suggest_models(BOTH, " MODEL-1 ")] == ["scripted/model-1"]
    assert [choice.value for choice in suggest_models(BOTH, "best")] == ["best"]


def test_only_what_can_do_it_is_suggested_for_an_edit() -> None:
    shown = [(choice.value, choice.name) for choice in suggest_models(BOTH, "", Mode.EDIT)]

    assert shown == [
        ("fast", "Fast: Model One"),
        ("scripted/model-1", "Model One (edits up to 8.7 s)"),
    ]


def test_a_model_to_extend_with_says_what_it_adds() -> None:
    (_, model) = suggest_models(BOTH, "", Mode.EXTEND)

    assert model.name == "Model One (adds 2 to 6 s)"


def test_a_job_whose_prompt_is_gone_is_suggested_all_the_same() -> None:
    job = replace(make_job(JobState.POSTED), spec=make_spec(prompt=""))

    (choice,) = suggest_jobs("", [job])

    assert choice.name == f"{job.id} · Done · (the prompt is no longer kept)"


def test_suggestions_stay_within_discords_limits() -> None:
    many = Catalogue(
        (*CATALOGUE.entries, *(make_plain(f"{'x' * 62}{number:02d}") for number in range(30))),
        CATALOGUE.looks,
    )

    shown = suggest_models(many, "")

    assert len(shown) == 25
    assert max(len(choice.name) for choice in shown) == 100
    assert all(len(choice.value) <= 100 for choice in shown)
    assert suggest_models(many, "best")[0].name.endswith("…")


def test_words_are_suggested_once_and_as_far_as_they_fit() -> None:
    assert [one.value for one in suggest_words("", ["720p", "1080p", "720p"])] == ["720p", "1080p"]
    assert [one.value for one in suggest_words(" 10", ["720p", "1080p"])] == ["1080p"]


def test_lengths_are_suggested_in_order() -> None:
    shown = suggest_seconds("", [10, 6, 10])

    assert [(one.name, one.value) for one in shown] == [("6 s", 6), ("10 s", 10)]
    assert [one.value for one in suggest_seconds("1", range(1, 13))] == [1, 10, 11, 12]


def test_of_too_many_lengths_the_shortest_and_the_longest_are_among_those_shown() -> None:
    shown = [one.value for one in suggest_seconds("", range(1, 61))]

    assert (shown[0], shown[-1]) == (1, 60)
    assert len(set(shown)) == 25


def test_jobs_are_found_by_id_and_by_prompt() -> None:
    fox = make_job(JobState.POSTED)
    owl = replace(make_job(number=2), spec=make_spec(prompt="An owl " * 50))

    assert [one.value for one in suggest_jobs("owl", [fox, owl])] == [owl.id]
    assert [one.value for one in suggest_jobs(fox.id.upper(), [fox, owl])] == [fox.id]
    assert suggest_jobs("", [fox])[0].name == f"{fox.id} · Done · A fox in the snow"
    assert len(suggest_jobs("", [owl])[0].name) == 100
    assert len(suggest_jobs("", [fox] * 40)) == 25
