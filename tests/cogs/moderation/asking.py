"""A moderator's command, and what came of it."""

from bot.store.record.audit import AuditFilter
from sandbox.discord_api import Message
from sandbox.discord_api.person import CommandValue
from tests.world import World


async def admin(world: World, path: str, /, **options: CommandValue) -> Message:
    run = await world.moderator.slash(world.channel, f"grok-admin {path}", **options)
    answer = await run.answer()
    assert answer.is_ephemeral
    assert "Something went wrong" not in answer.content
    return answer


async def told(world: World, path: str, /, **options: CommandValue) -> str:
    return (await admin(world, path, **options)).content


async def shown(world: World, path: str) -> str:
    answer = await admin(world, path)
    return str(answer.embeds[0]["description"])


async def recorded(world: World) -> list[str]:
    """List what is on record for the server, the oldest first."""
    pages = world.app.bot.services.audit.pages(AuditFilter(guild_id=world.chat.guild.id))
    return [f"{row.action} {row.target}" async for page in pages for row in page]
