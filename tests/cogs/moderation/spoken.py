"""What moderators type and read."""

from sandbox.discord_api import Channel, CommandValue, Member, Message
from tests.world import World


def text_of(message: Message) -> str:
    return "\n".join([message.content, *(one["description"] for one in message.embeds)]).strip()


async def admin(
    world: World,
    command: str,
    /,
    *,
    by: Member | None = None,
    at: Channel | None = None,
    **options: CommandValue,
) -> str:
    """Let a moderator type a command of /grok-admin and return what they read."""
    who, where = by or world.moderator, at or world.channel
    run = await who.slash(where, f"grok-admin {command}", **options)
    return text_of(await run.answer())


async def forced(
    world: World, command: str, /, *, by: Member, at: Channel | None = None, **options: CommandValue
) -> str:
    """Send a command whether or not it is offered, and return what came back."""
    run = await by.call(at or world.channel, f"grok-admin {command}", **options)
    return text_of(await run.answer())
