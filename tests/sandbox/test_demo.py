import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.domain import JobState, Mode
from bot.providers import CATALOGUE
from bot.providers.entries import ModelEntry
from sandbox.__main__ import cli
from sandbox.journey import Journey
from sandbox.narrator import Silence
from sandbox.plan import Plan, choose, usual_seconds
from sandbox.providers import STAND_INS

PLAYED_IN_FULL = ["reserved", "submitting", "rendering", "rendered", "stored", "posted"]


def demo(out: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "--out", str(out), "--render-seconds", "1", *words])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--language tlh", "The bot does not speak tlh; it speaks en, "),
        ("--provider nobody", "There is no provider nobody; there are geeknow, xai, cometapi"),
        ("--model sora", "There is no such model."),
        ("--model grok_video3", "More than one provider has that model."),
        ("--provider xai --model geeknow/grok-video-3", "There is no such model."),
        ("--provider cometapi --images 2", "grok-imagine-video takes at most 1 image; you asked"),
        ("--provider geeknow --images 7", "grok-video-3 takes at most 6 images; you asked for 7."),
        ("--model xai/grok-imagine-video-1.5 --images 0", "needs an image"),
        ("--provider cometapi --mode extend", "can't extend videos; xai/grok-imagine-video can."),
        ("--provider geeknow --mode edit", "can't edit videos; xai/grok-imagine-video and comet"),
        ("--provider xingchao --seconds 1", "makes videos of 6 to 30 seconds, not 1."),
        ("--provider xai --mode extend --added-seconds 30", "extends videos by 2 to 10 seconds"),
        ("--provider xai --mode edit --seconds 12", "edits videos of up to 8.7 seconds"),
    ],
)
def test_what_can_not_be_played_is_said_in_a_sentence_before_anything_starts(
    tmp_path: Path, words: str, sentence: str
) -> None:
    result = demo(tmp_path / "out", *words.split())

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert (result.stdout, (tmp_path / "out").exists()) == ("", False)


@pytest.mark.parametrize("provider", STAND_INS)
def test_the_usual_demo_of_each_provider_can_be_played(provider: str) -> None:
    entry = choose(provider)

    for images in (0, 1):
        plan = Plan(out=Path(), entry=entry, seconds=usual_seconds(entry), images=images)
        plan.check()

    assert (entry.provider, usual_seconds(entry)) == (provider, 6)


@pytest.mark.parametrize("entry", CATALOGUE.entries, ids=lambda entry: entry.key)
def test_every_model_has_a_usual_length(entry: ModelEntry) -> None:
    assert choose(model=entry.key) == entry
    assert usual_seconds(entry) in entry.seconds


def test_json_of_an_extended_video_tells_both_and_the_money(tmp_path: Path) -> None:
    words = "--json --provider xai --mode extend --seconds 2 --added-seconds 3 --images 0"

    result = demo(tmp_path, *words.split())

    (line,) = result.stdout.splitlines()
    told = json.loads(line)
    assert (result.exit_code, told["ok"], told["problems"]) == (0, True, [])
    assert (told["provider"], told["model"], told["mode"]) == (
        "xai",
        "grok-imagine-video",
        "extend",
    )
    assert (told["states"], told["charges"], told["final_messages"]) == (PLAYED_IN_FULL, 1, 1)
    assert told["video"]["seconds"] == pytest.approx(5, abs=0.25)
    assert told["estimate_usd"] >= told["cost_usd"] > 0
    assert (told["source"]["charges"], told["source"]["cost_usd"]) == (1, 0.14)
    assert told["source"]["video"]["seconds"] == pytest.approx(2, abs=0.25)
    assert Path(told["source"]["video"]["path"]).name == f"grok-{told['source']['job']}.mp4"


def test_the_demo_for_people_shows_both_commands_and_the_price(tmp_path: Path) -> None:
    words = "--provider xai --mode edit --seconds 2 --change"

    result = demo(tmp_path, *words.split(), "no snow")

    shown = " ".join(result.stdout.replace("│", " ").split())
    assert result.exit_code == 0
    assert "Discord and xAI are stand-ins" in shown
    assert "/grok video prompt: a red fox runs through fresh snow" in shown
    assert "/grok edit job: " in shown
    assert "prompt: no snow" in shown
    assert "at most, as said before" in shown
    assert (tmp_path / "card-done.png").exists()
    assert (tmp_path / "result.png").exists()


@pytest.mark.parametrize("mode", [None, Mode.EDIT])
async def test_a_command_that_the_bot_does_not_take_is_a_problem_and_no_endless_wait(
    tmp_path: Path, mode: Mode | None
) -> None:
    plan = Plan(out=tmp_path, entry=choose("xai"), seconds=1, prompt="\u200b", mode=mode)

    outcome = await Journey(plan, Silence()).play()

    assert "the bot did not take the command: The prompt is empty" in outcome.problems[0]
    assert "there is no job" in outcome.problems
    assert (outcome.charges, outcome.exit_code) == (0, 0)


async def test_a_bot_killed_at_the_second_of_two_videos_charges_each_once(tmp_path: Path) -> None:
    plan = Plan(
        out=tmp_path,
        entry=choose("xai"),
        seconds=2,
        mode=Mode.EDIT,
        render_seconds=1.0,
        kill_at=JobState.RENDERED,
    )

    outcome = await Journey(plan, Silence()).play()

    assert outcome.problems == []
    assert outcome.source is not None
    assert (outcome.source.charges, outcome.charges, outcome.kills) == (1, 1, 1)
