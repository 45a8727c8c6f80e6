import io
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import Charge, Failure, FailureKind, Job, JobState
from bot.posting.cards import Looks
from sandbox.canned import CannedReply
from tests.factories import make_job, make_video
from tests.manual_clock import START
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
LOOKS = Looks({}, {})
MENTIONS = "@everyone @here <@&1> <@2> <#3> </video:4> <@!5>"
REFUSED = CannedReply(400, {"code": "x", "message": "Your prompt violates our content policy"})


def said(body: object) -> Iterator[dict[str, Any]]:
    """Find the messages in a request to Discord."""
    if isinstance(body, dict):
        if {"content", "embeds"} & body.keys():
            yield body
        for value in body.values():
            yield from said(value)


async def test_risk_01_nobody_but_the_requester_is_ever_mentioned(world: World) -> None:
    await world.ask(prompt=MENTIONS)
    await world.final()
    world.provider.on_create.then(REFUSED)
    await world.ask(prompt=MENTIONS)
    await world.channel.wait_for(lambda message: "no video" in message.content)
    await (await world.requester.slash(world.channel, "grok jobs")).answer()

    # An edit of an embed alone mentions nobody, and discord.py sends no such field with it.
    messages = [
        one
        for each in world.chat.exchanges
        for one in said(each.request)
        if each.method == "POST" or "content" in one
    ]

    requester = str(world.requester.id)
    # Without the field Discord looks for mentions by itself.
    allowed = [one["allowed_mentions"] for one in messages]
    assert len(allowed) > 5
    assert all(one["parse"] == [] for one in allowed)
    assert {user for one in allowed for user in one.get("users", ())} == {requester}
    assert not any(one.get("roles") for one in allowed)
    pinged = {who for message in world.channel.everything for who in message.pinged}
    assert pinged == {world.requester.id}


@pytest.mark.parametrize(
    "prompt",
    ["*" * 2000, "`" * 1999 + "a", "\U0001f98a" * 1000, "[a](https://b.example) # x\n> y\n```z"],
    ids=["stars", "code", "pairs", "layout"],
)
async def test_risk_02_the_longest_and_strangest_prompt_gets_its_video(
    world: World, prompt: str
) -> None:
    await world.ask(prompt=prompt)
    final = await world.final()

    assert final.attachments
    assert (await world.job()).spec.prompt == prompt


def job_with(prompt: str, state: JobState) -> Job:
    job = make_job(state)
    failure = Failure(FailureKind.REFUSED, Charge.NONE)
    has_failed = state is JobState.FAILED
    return replace(
        job,
        spec=replace(job.spec, prompt=prompt),
        failure=failure if has_failed else None,
        video=make_video() if state is JobState.STORED else None,
    )


def embeds_about(prompt: str) -> Iterator[discord.Embed]:
    yield LOOKS.card(job_with(prompt, JobState.RENDERING), now=START, result=None)
    yield LOOKS.details(job_with(prompt, JobState.RENDERING), result=None)
    yield LOOKS.result(job_with(prompt, JobState.STORED))
    yield LOOKS.failure(job_with(prompt, JobState.FAILED))


@given(prompt=st.text(max_size=2000))
@example(prompt="*" * 2000)
@example(prompt="a\n\n```\n# b")
def test_risk_02_no_prompt_adds_a_line_or_breaks_a_limit(prompt: str) -> None:
    plain = [(embed.description or "").count("\n") for embed in embeds_about("x")]

    strange = list(embeds_about(f"x{prompt}"))

    assert [(embed.description or "").count("\n") for embed in strange] == plain
    assert all(len(embed.description or "") <= 4096 for embed in strange)
    assert all(len(embed) <= 6000 for embed in strange)


def bare_marks(embed: discord.Embed) -> int:
    """Count the characters that Discord would take for markup."""
    return sum(map(re.sub(r"\\.", "", embed.description or "").count, "*_~`|>#[]()<{"))


@given(prompt=st.text("ab *_~`|>#[]()<{\\-\n", max_size=200))
def test_risk_02_no_prompt_is_taken_for_markup(prompt: str) -> None:
    plain = [bare_marks(embed) for embed in embeds_about("x")]

    assert [bare_marks(embed) for embed in embeds_about(f"x{prompt}")] == plain


async def test_risk_03_a_refused_prompt_is_sent_once_and_never_elsewhere(world: World) -> None:
    world.provider.on_create.then(REFUSED)

    await world.ask(prompt="what a service refuses")
    await world.final()
    job = await world.job_in(JobState.TOLD)

    assert job.failure is not None
    assert job.failure.kind is FailureKind.REFUSED
    assert [one.method for one in world.provider.requests] == ["POST"]
    assert world.provider.charges == []


@pytest.mark.parametrize("prompt", ["   ", "\u200b\u2060\u202e", "x" * 2001])
async def test_risk_03_an_unreadable_prompt_makes_no_call_at_all(world: World, prompt: str) -> None:
    answer = await (await world.ask(prompt=prompt)).answer()

    assert answer.is_ephemeral
    assert "prompt" in answer.content
    assert (world.provider.requests, await world.jobs()) == ([], [])


async def test_risk_09_sql_in_words_stays_words(world: World) -> None:
    prompt = "'); DROP TABLE jobs;-- \" OR 1=1 %s :id ?"

    await world.ask(prompt=prompt)
    await world.final()
    job = await world.job()
    for path in ("grok show", "grok cancel", "grok deliver"):
        run = await world.requester.slash(world.channel, path, id="' OR '1'='1")
        assert "no such job" in (await run.answer()).content
    choices = await world.requester.autocomplete(
        world.channel, "grok deliver", focused="id", value="%' OR 1=1 --"
    )

    (charge,) = world.provider.charges
    assert job.spec.prompt == charge.prompt == prompt
    assert choices == []


def test_risk_09_no_code_may_put_words_into_sql() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]

    assert rules["lint"]["select"] == ["ALL"]
    assert "S608" not in str(rules)
    assert not [one for one in sources if re.search("noqa[^#]*S608", one)]


async def test_risk_17_nothing_that_is_said_becomes_a_line_of_the_log(
    log: io.StringIO, world: World
) -> None:
    forged = 'a fox\n{"level":"CRITICAL","message":"forged"}\r\u2028\x1b[31m'
    world.provider.on_create.then(CannedReply(500, f"no: {forged}"))

    await world.ask(prompt=forged, model=f"x{forged}")
    await (await world.ask(prompt=forged)).answer()
    await world.final()

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {line["level"] for line in lines} <= {"DEBUG", "INFO", "WARNING", "ERROR"}
    assert all(line["logger"] for line in lines)
    # It did reach the log, inside one line.
    assert len([line for line in lines if "forged" in line["message"]]) == 1
