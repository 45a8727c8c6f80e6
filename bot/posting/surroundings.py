"""Who can see a channel, and whether it is age-restricted: what decides where a copy may go."""

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.domain import Job, Origin
from bot.errors import NotAllowedError
from bot.posting import words
from bot.posting.audiences import sees_both
from bot.posting.undisturbed import UndisturbedCalls

_Channels = Mapping[int, discord.abc.GuildChannel]


class Surroundings:
    """Looks at channels; a worker without the gateway has to ask Discord for them."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._calls = UndisturbedCalls()

    def may_copy(self, job: Job, channel_id: int) -> bool:
        """Tell from what the gateway said whether a video may be shown in a channel."""
        channels = self._known(job.origin.guild_id)
        return channels is not None and self._may_show(channels, job.origin, channel_id)

    async def may_show(self, origin: Origin, channel_id: int) -> bool:
        """Tell whether what was asked for there may be shown in a channel of that server.

        Raises:
            PostLaterError: Discord is out of reach.
            PostRefusedError: The bot is not in that server any more.
        """
        channels = self._known(origin.guild_id) or await self._asked(origin.guild_id)
        return self._may_show(channels, origin, channel_id)

    def _may_show(self, channels: _Channels, origin: Origin, channel_id: int) -> bool:
        """Tell it of what is known to be of a channel, or of a public thread of one.

        A thread that is private has no parent in its origin, so that its videos stay there.
        """
        home = channels.get(origin.channel_id) or channels.get(origin.parent_id or 0)
        place = channels.get(channel_id)
        if home is None or place is None or home.id == place.id:
            return False
        if is_age_restricted(home) and not is_age_restricted(place):
            return False
        own = self._client.user
        return sees_both(place, home, None if own is None else own.id)

    def _known(self, guild_id: int) -> _Channels | None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return None
        return _by_id(guild.channels)

    async def _asked(self, guild_id: int) -> _Channels:
        guild = await self._calls.make(self._client.fetch_guild(guild_id, with_counts=False))
        return _by_id(await self._calls.make(guild.fetch_channels()))


def is_age_restricted(channel: object) -> bool:
    """Tell whether a channel is for adults; a category is for nobody."""
    return bool(getattr(channel, "is_nsfw", bool)())


def check_age(job: Job, channel: object, guild: discord.Guild | None) -> None:
    """Check that the video of a job may be shown in a channel as far as age goes.

    Raises:
        NotAllowedError: It may be for adults, and the channel is not.
    """
    origin = job.origin
    if getattr(channel, "id", None) == origin.channel_id or is_age_restricted(channel):
        return
    home: object = None
    if guild is not None:
        home = guild.get_channel_or_thread(origin.channel_id)
        home = home or guild.get_channel(origin.parent_id or 0)
    if home is None:
        raise NotAllowedError(words.HOME_UNKNOWN())
    if is_age_restricted(home):
        raise NotAllowedError(words.FOR_ADULTS())


def seen_by(interaction: discord.Interaction[Any]) -> frozenset[int]:
    """List the channels whose videos may be shown to whoever asks, where they ask.

    A thread goes with its channel, but for a private one: what is said there is shown there.
    """
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return frozenset()
    with_restricted = is_age_restricted(interaction.channel)
    seen = {
        channel.id
        for channel in guild.channels
        if (granted := channel.permissions_for(member)).view_channel
        and granted.read_message_history
        and (with_restricted or not is_age_restricted(channel))
    }
    here = () if interaction.channel_id is None else (interaction.channel_id,)
    return frozenset({*seen, *here})


def _by_id(channels: Sequence[discord.abc.GuildChannel]) -> _Channels:
    return {channel.id: channel for channel in channels}
