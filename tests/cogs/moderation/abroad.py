import asyncio

from sandbox.discord_api import Guild
from tests.world import World


async def abroad_of(world: World) -> Guild:
    """Have the bot join a second server with the same people."""
    abroad = world.chat.add_guild("abroad")
    async with asyncio.timeout(60):
        while True:
            if world.app.bot.get_guild(abroad.id) is not None:
                return abroad
            await asyncio.sleep(0.02)
