import asyncio
import json
import logging
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.domain import JobState
from bot.errors import BotError
from bot.ops.logs import MASK
from bot.providers.client import ApiClient, Timeouts
from sandbox.bot_process import settings_for as environment_for
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Fault, Message
from sandbox.geeknow import GeekNowStandIn
from tests.media.file_host import FileHost, open_file_host
from tests.security.conftest import OpenLog
from tests.world import PICTURE, World, running, settings_for

S3_SECRET = "the-secret-half-of-a-bucket"  # noqa: S105 - of a bucket that does not exist
PASSWORD = "the-password-of-a-database"  # noqa: S105 - of a server that lives for one test
STATE_OF_EVERY_LOGGER = """
import logging, json, sys
import bot.__main__, bot.lifecycle, discord, aiohttp, sqlalchemy, alembic, obstore, PIL
from bot.ops.logs import Redactor, set_up_logging
set_up_logging(level="DEBUG", secrets=["a-secret"], as_json=True)
names = [None, *logging.root.manager.loggerDict]
handlers = [one for name in names for one in logging.getLogger(name).handlers]
open_ones = [one for one in handlers if not isinstance(one, logging.NullHandler)]
guarded = [one for one in open_ones if any(isinstance(f, Redactor) for f in one.filters)]
print(json.dumps([len(open_ones), len(guarded)]))
"""


def echoes(secret: str) -> dict[str, str]:
    """Put a secret into headers of the kinds that end up in messages."""
    return {
        "X-Api-Key": secret,
        "WWW-Authenticate": f'Bearer realm="{secret}"',
        "Retry-After": secret,
        "Location": f"https://user:{secret}@127.0.0.2/{secret}?key={secret}",
    }


def sent_to_discord(chat: DiscordStandIn) -> str:
    exchanges = [
        (one.path, dict(one.query), one.request, [file.data for file in one.files])
        for one in chat.exchanges
    ]
    return repr(exchanges) + repr(
        [run.callback for run in chat.backend.world.interactions.values()]
    )


def on_disk(folder: Path) -> bytes:
    """Read all that the bot has written: database, journal, files, pulse."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_risk_04_a_key_that_its_provider_echoes_is_nowhere(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path, open_log: OpenLog
) -> None:
    key = provider.api_key
    settings = settings_for(chat, provider, tmp_path)
    log = open_log(settings.secrets())
    error = {"code": key, "message": f"The key {key} is wrong", "data": {key: key}}

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        # Wrong request, unknown outcome, a render that fails.
        for reply in (CannedReply(400, error, echoes(key)), CannedReply(502, f"<p>{key}</p>")):
            provider.on_create.then(reply)
            await (await world.ask()).answer()
        provider.ending = {"status": "failed", "error": error, "fail_reason": key}
        await (await world.ask()).answer()
        await world.channel.wait_for(lambda _: len(finals(world)) == 3)
        # Trouble on the way, an address with the key in it, a redirect to another such.
        provider.ending = {}
        provider.result_url = f"{provider.files_url}/files/{key}.mp4?key={key}"
        provider.on_query.then(CannedReply(500, error, echoes(key)), CannedReply(401, error))
        provider.on_file.always(CannedReply(302, f"moved to {key}", echoes(key)))
        await world.ask(image=PICTURE)
        await world.job_in(JobState.POSTED)
        for job in await world.jobs():
            run = await world.moderator.slash(world.channel, "grok show", id=job.id)
            await run.answer()

    # The echo did arrive, and was blanked before it got that far.
    assert "wrong" in log.getvalue()
    assert b"wrong" in on_disk(tmp_path)
    assert len(provider.charges) == 2
    assert key not in log.getvalue()
    assert key not in sent_to_discord(chat)
    assert key.encode() not in on_disk(tmp_path)


def finals(world: World) -> list[Message]:
    return [message for message in world.channel.messages if message.pinged]


async def test_risk_04_a_token_that_discord_echoes_is_nowhere(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path, open_log: OpenLog
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    log = open_log(settings.secrets())
    body = {"code": 50035, "message": f"Bot {chat.token}", "errors": {chat.token: chat.token}}
    for path, status in (("/channels/*/messages", 400), ("/webhooks/**", 400)):
        for method in ("POST", "PATCH"):
            chat.faults.add(Fault(method, path, status=status, body=body, times=2))

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await world.ask()
        await world.job_once_over()

    assert MASK in log.getvalue()
    assert chat.token not in log.getvalue()
    assert chat.token not in sent_to_discord(chat)
    assert chat.token.encode() not in on_disk(tmp_path)


async def test_risk_04_a_secret_that_a_bucket_echoes_is_nowhere(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path, open_log: OpenLog
) -> None:
    async with open_file_host("127.0.0.1") as bucket, aiohttp.ClientSession():
        answer_all(bucket, S3_SECRET)
        settings = settings_for(chat, provider, tmp_path).model_copy(
            update={
                "results_url": "s3://a-bucket/results",
                "s3_endpoint": bucket.base_url,
                "s3_access_key_id": SecretStr("the-public-half"),
                "s3_secret_access_key": SecretStr(S3_SECRET),
            }
        )
        log = open_log(settings.secrets())
        async with running(settings, chat) as app:
            world = World(chat, provider, app)
            answer = await (await world.ask(image=PICTURE)).answer(30)
            await world.ask()
            await world.job_in(JobState.RENDERED)
            await chat.wait_for_request("POST", "/channels/*/messages")

    assert bucket.hits
    assert S3_SECRET not in answer.content + log.getvalue() + sent_to_discord(chat)
    assert S3_SECRET.encode() not in on_disk(tmp_path)


def answer_all(host: FileHost, secret: str) -> None:
    async def echo(_: web.Request) -> web.Response:
        text = f"<Error><Code>AccessDenied</Code><Message>{secret}</Message></Error>"
        return web.Response(status=403, text=text, headers=echoes(secret))

    class Everywhere(dict[str, object]):
        def __missing__(self, path: str) -> object:
            return echo

    host.answers = Everywhere()  # type: ignore[assignment]


@asynccontextmanager
async def talkative_postgres() -> AsyncIterator[int]:
    """A server that refuses everybody and says their password aloud; yields its port."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        fields = f"SFATAL\0VFATAL\0C28P01\0Mwrong password {PASSWORD}\0\0".encode()
        writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("command", ["run", "doctor", "jobs"])
async def test_risk_04_a_password_that_a_database_echoes_is_nowhere(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path, command: str
) -> None:
    async with talkative_postgres() as port:
        address = f"bot:{PASSWORD}@127.0.0.1:{port}/grok?ssl=disable"
        settings = environment_for(chat, provider, poll_seconds=1) | {
            "DATABASE_URL": f"postgresql+asyncpg://{address}"
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", command),
            cwd=tmp_path,
            env=settings | {"COLUMNS": "300"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode != 0
    assert b"Traceback" not in out
    assert PASSWORD.encode() not in out + on_disk(tmp_path)
    assert b"wrong password ***" in b" ".join(out.split())


@pytest.mark.parametrize(
    "reply",
    [
        CannedReply(drop=True),
        CannedReply(200, "the key", echoes("{key}"), half=True),
        CannedReply(401, "no", echoes("{key}")),
    ],
    ids=["dropped", "half", "refused"],
)
async def test_risk_04_no_error_of_a_client_shows_its_key(
    provider: GeekNowStandIn, reply: CannedReply
) -> None:
    provider.on_key.always(reply)
    async with aiohttp.ClientSession() as session:
        client = ApiClient(
            session,
            base_url=provider.base_url,
            api_key=SecretStr(provider.api_key),
            timeouts=Timeouts(query=5),
        )
        try:
            shown = repr(await client.get(client.url("v1", provider.api_key)))
            shown += repr(await client.get(client.url("v1", "models")))
        except BotError as error:
            shown = repr(error) + str(error) + "".join(traceback.format_exception(error))
        shown += repr(client)

    assert provider.api_key not in shown


def test_risk_04_every_handler_of_the_bot_has_the_redactor() -> None:
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-c", STATE_OF_EVERY_LOGGER], check=True, capture_output=True, text=True
    )

    handlers, guarded = json.loads(done.stdout)
    assert (handlers, guarded) == (1, 1)
    assert logging.lastResort is not None
