import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.domain import JobState
from sandbox.bot_process import settings_for
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Fault, Message
from sandbox.geeknow import GeekNowStandIn
from sandbox.job_watch import JobWatch
from tests.world import PICTURE


def environment(chat: DiscordStandIn, provider: GeekNowStandIn) -> dict[str, str]:
    return settings_for(chat, provider, poll_seconds=0.1)


@asynccontextmanager
async def bot_process(
    folder: Path, settings: Mapping[str, str], *words: str
) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *(words or ("run",))),
        cwd=folder,
        env=dict(settings),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def end_of(process: Process, seconds: float = 30) -> tuple[int, str]:
    out, errors = await asyncio.wait_for(process.communicate(), seconds)
    assert process.returncode is not None
    return process.returncode, (out + errors).decode()


async def ask(chat: DiscordStandIn) -> None:
    await chat.wait_until_connected(30)
    await chat.wait_for_command("grok", "video", seconds=30)
    channel = chat.guild.channel("videos")
    run = await chat.guild.member("requester").slash(
        channel, "grok video", prompt="a fox", duration=1
    )
    await run.answer()


async def final(chat: DiscordStandIn) -> Message:
    channel = chat.guild.channel("videos")
    return await channel.wait_for(lambda message: bool(message.pinged))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_in_order_and_the_job_goes_on_after_the_restart(
    chat: DiscordStandIn, tmp_path: Path, number: signal.Signals
) -> None:
    async with GeekNowStandIn(render_seconds=1.5, clip_scale=0.1) as provider:
        settings = environment(chat, provider)
        async with bot_process(tmp_path, settings) as first:
            await ask(chat)
            await JobWatch(tmp_path / "data/bot.sqlite3").until(JobState.RENDERING, 10)
            first.send_signal(number)
            code, log = await end_of(first)

        async with bot_process(tmp_path, settings):
            message = await final(chat)

    assert (code, "Traceback" in log) == (0, False)
    assert message.attachments
    assert len(provider.charges) == 1


async def test_a_paid_call_in_hand_is_finished_before_the_bot_ends(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    provider.on_create.then(CannedReply(accepts=True, delay_seconds=1.5))
    watch = JobWatch(tmp_path / "data/bot.sqlite3")

    async with bot_process(tmp_path, environment(chat, provider)) as process:
        await ask(chat)
        await watch.until(JobState.SUBMITTING, 10)
        process.terminate()
        code, _ = await end_of(process)

    assert code == 0
    assert watch.states()[-1] == JobState.RENDERING


async def test_a_command_in_hand_is_answered_before_the_bot_ends(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    chat.faults.add(Fault("GET", "/cdn/**", delay_seconds=1.5))
    channel = chat.guild.channel("videos")

    async with bot_process(tmp_path, environment(chat, provider)) as process:
        await chat.wait_until_connected(30)
        await chat.wait_for_command("grok", "video", seconds=30)
        run = await chat.guild.member("requester").slash(
            channel, "grok video", prompt="a fox", image=PICTURE
        )
        await run.acknowledged()
        process.terminate()
        code, _ = await end_of(process)

    assert code == 0
    assert "Accepted as job" in (await run.answer()).content


async def test_a_signal_while_another_process_has_the_database_ends_the_waiting_one(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = environment(chat, provider)

    async with bot_process(tmp_path, settings):
        await chat.wait_until_connected(30)
        async with bot_process(tmp_path, settings) as second:
            assert second.stderr is not None
            waiting = await asyncio.wait_for(second.stderr.readline(), 30)
            second.terminate()
            code, _ = await end_of(second)

    assert b"Another process uses this database" in waiting
    assert code == 0


async def ended_by(
    chat: DiscordStandIn, process: Process, close_code: int | None
) -> tuple[int, str]:
    await chat.wait_until_connected(30)
    if close_code is None:
        chat.gateway.send_malformed()
    else:
        chat.gateway.close(close_code)
    return await end_of(process)


@pytest.mark.parametrize(
    ("close_code", "sentence"),
    [
        (4004, "Put the new one into DISCORD_TOKEN"),
        (4014, "refused the intents"),
        (None, "could not be read"),
    ],
    ids=["4004", "4014", "a malformed dispatch"],
)
async def test_a_fatal_end_of_the_gateway_ends_the_process_with_a_sentence(
    chat: DiscordStandIn,
    provider: GeekNowStandIn,
    tmp_path: Path,
    close_code: int | None,
    sentence: str,
) -> None:
    async with bot_process(tmp_path, environment(chat, provider)) as process:
        code, log = await ended_by(chat, process, close_code)

    assert code == 69
    assert sentence in log.splitlines()[-1]
    assert "Traceback" not in log


async def test_a_wrong_token_is_told_without_showing_it(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    wrong = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.a-token-that-is-not-the-right-one-at-all"
    settings = environment(chat, provider) | {"DISCORD_TOKEN": wrong}

    async with bot_process(tmp_path, settings) as process:
        code, log = await end_of(process)

    assert code == 69
    assert "Discord does not know this token" in log.splitlines()[-1]
    assert (wrong in log, "Traceback" in log) == (False, False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is not set"),
        ({"DISCORD_API_URL": "https://example.com/api"}, "loopback"),
        ({"DATABASE_URL": "mysql://nowhere"}, "DATABASE_URL"),
        ({"RESULTS_URL": "ftp://nowhere"}, "RESULTS_URL"),
        ({"PROVIDERS__GEEKNO__API_KEY": "x"}, "names no provider"),
        ({"PROVIDERS__GEEKNOW__BASE_URL": "http://example.com"}, "https"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"WORKER_LIMIT": "many"}, "WORKER_LIMIT"),
        ({"DEFAULT_MODEL": "grok-video-9"}, "DEFAULT_MODEL will not do"),
        ({"PROVIDERS__GEEKNOW__API_KEY": "sk-one two"}, "copy it again"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_a_setting_that_will_not_do_is_named_and_the_bot_does_not_start(
    chat: DiscordStandIn,
    provider: GeekNowStandIn,
    tmp_path: Path,
    changes: Mapping[str, str],
    sentence: str,
) -> None:
    async with bot_process(tmp_path, environment(chat, provider) | dict(changes)) as process:
        code, log = await end_of(process)

    assert code == 78
    assert sentence in log.splitlines()[-1]
    assert ("Traceback" in log, provider.api_key in log) == (False, False)


async def test_commands_can_be_synced_by_hand(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    async with bot_process(tmp_path, environment(chat, provider), "sync") as process:
        code, log = await end_of(process)

    assert code == 0
    assert f"{len(chat.commands)} commands synced" in log
    assert chat.asked("PUT", "/applications/*/commands")


async def test_commands_that_discord_refuses_are_told_with_a_sentence(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    body = {"message": "Invalid Form Body", "code": 50035}
    chat.faults.add(Fault("PUT", "/applications/*/commands", status=400, body=body))

    async with bot_process(tmp_path, environment(chat, provider), "sync") as process:
        code, log = await end_of(process)

    assert code == 69
    assert "did not take the commands" in log.splitlines()[-1]
    assert "Traceback" not in log


async def test_unchanged_commands_are_not_synced_again(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = environment(chat, provider)

    for _ in range(2):
        async with bot_process(tmp_path, settings) as process:
            await chat.wait_until_connected(30)
            process.terminate()
            await end_of(process)
        await chat.wait_until_disconnected()

    assert len(chat.asked("PUT", "/applications/*/commands")) == 1
