"""Measures whether a command is acknowledged as fast beside a hundred jobs as beside none.

`python -m benchmarks.acknowledgement` prints both medians in milliseconds and their ratio.
"""

import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Final

from sandbox.bot_process import BotProcess, settings_for
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn

_COMMANDS: Final = 20
_IN_FLIGHT: Final = 100
_START_SECONDS: Final = 30.0
_RENDERING: Final = CannedReply(200, {"id": "video_x", "status": "processing", "progress": 1})


async def measure() -> dict[str, object]:
    """Time the acknowledgements of some commands, alone and beside many jobs."""
    with tempfile.TemporaryDirectory() as folder:
        async with DiscordStandIn() as chat, GeekNowStandIn(clip_scale=0.1) as provider:
            provider.on_query.always(_RENDERING)
            bot = BotProcess(Path(folder), settings_for(chat, provider, poll_seconds=1))
            await bot.start()
            try:
                await chat.wait_until_connected(_START_SECONDS)
                await chat.wait_for_command("grok", "jobs", seconds=_START_SECONDS)
                idle = [await _acknowledge(chat, "grok jobs") for _ in range(_COMMANDS)]
                for _ in range(_IN_FLIGHT):
                    await _acknowledge(chat, "grok video", prompt="a fox", duration=1)
                busy = [await _acknowledge(chat, "grok jobs") for _ in range(_COMMANDS)]
            finally:
                await bot.stop()
    medians = statistics.median(idle), statistics.median(busy)
    return {
        "question": "acknowledgement beside jobs in flight",
        "jobs_in_flight": _IN_FLIGHT,
        "idle_ms": round(medians[0] * 1000, 2),
        "busy_ms": round(medians[1] * 1000, 2),
        "ratio": round(medians[1] / medians[0], 2),
    }


async def _acknowledge(chat: DiscordStandIn, command: str, **options: str | int) -> float:
    member = chat.guild.member("requester")
    run = await member.slash(chat.guild.channel("videos"), command, **options)
    return (await run.acknowledged()).seconds


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
