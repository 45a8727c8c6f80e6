"""The Discord client: its intents, its cogs, its commands and its services."""

import hashlib
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.errors import AnsweredError
from bot.media.fetch import Fetcher
from bot.pipeline.access import JobAccess
from bot.pipeline.confirm import Confirmer
from bot.pipeline.desk import Desk
from bot.pipeline.explain import Explainer
from bot.pipeline.export import Exporter
from bot.pipeline.family import Family
from bot.pipeline.foresight import Foresight
from bot.pipeline.intake import Intake
from bot.pipeline.oversee import Overseer
from bot.pipeline.presets import PresetBook
from bot.pipeline.pressing import Pressing
from bot.pipeline.private import PrivateVideos
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.reacting.desk import ReactionDesk
from bot.pipeline.reacting.reconcile import Reconciler
from bot.pipeline.redeliver import Redeliverer
from bot.pipeline.removals import Removals
from bot.pipeline.sequels import Sequels
from bot.pipeline.storyboards import Storyteller
from bot.posting.avatars import Avatars
from bot.posting.budget import CallBudget
from bot.posting.buttons import JobButton
from bot.posting.cards import Looks
from bot.posting.command_texts import CommandTranslator
from bot.posting.forget_button import ForgetButton
from bot.posting.moderation.case_buttons import CaseButton
from bot.posting.moderation.jobs_panel import PANEL
from bot.posting.own_jobs import OWN_JOBS
from bot.posting.record.pages import OlderButton
from bot.posting.top_pages import TopButton
from bot.providers.catalogue import Catalogue
from bot.settings import Settings
from bot.store.community.drafts import DraftStore
from bot.store.community.preferences import PreferenceStore
from bot.store.community.rankings import RankingStore
from bot.store.community.search import VideoSearch
from bot.store.markers import MarkerStore
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.moderation.exchange import ExchangeStore
from bot.store.moderation.members import MemberStore
from bot.store.moderation.policies import PolicyStore
from bot.store.moderation.prompt_rules import PromptRuleStore
from bot.store.outbox import OutboxStore
from bot.store.pauses import PauseStore
from bot.store.privacy import PrivacyStore
from bot.store.questions import JobQuestions
from bot.store.record.audit import AuditLog
from bot.store.record.mirrors import MirrorStore
from bot.store.spending.usage_report import UsageReport
from bot.tree import GrokTree

log = logging.getLogger(__name__)

EXTENSIONS: Final = (
    "cogs.grok",
    "cogs.own_jobs",
    "cogs.guide",
    "cogs.deliver",
    "cogs.continuing",
    "cogs.storyboard",
    "cogs.controls",
    "cogs.sequels",
    "cogs.details",
    "cogs.private",
    "cogs.animate",
    "cogs.compose",
    "cogs.removal",
    "cogs.reactions",
    "cogs.account",
    "cogs.preferences",
    "cogs.presets",
    "cogs.finding",
    "cogs.top",
    "cogs.moderation.group",
    "cogs.moderation.rules",
    "cogs.moderation.posts",
    "cogs.moderation.reactions",
    "cogs.moderation.gallery",
    "cogs.moderation.desk",
    "cogs.moderation.review",
    "cogs.moderation.audit",
    "cogs.moderation.access",
    "cogs.moderation.models_allowed",
    "cogs.moderation.allow",
    "cogs.moderation.people",
    "cogs.moderation.pause",
    "cogs.moderation.settings",
    "cogs.moderation.limits",
    "cogs.moderation.budget",
    "cogs.moderation.usage",
    "cogs.moderation.jobs_desk",
)
"""In the order in which they are loaded: a group comes before what is added to it."""
CONTROLS: Final = (JobButton, CaseButton, ForgetButton, OlderButton, TopButton, *OWN_JOBS, *PANEL)
"""The buttons and menus that outlive restarts; somebody listens to the event of each."""
_MEMBERS: Final = "grok"
"""The root of the members' commands."""
_SYNCED: Final = "commands_synced"


@dataclass(frozen=True, slots=True)
class Services:
    """What commands may use; made in `bot.app`."""

    catalogue: Catalogue
    intake: Intake
    access: JobAccess
    redeliverer: Redeliverer
    confirmer: Confirmer
    pressing: Pressing
    family: Family
    private: PrivateVideos
    sequels: Sequels
    desk: Desk
    cases: CaseQuestions
    explainer: Explainer
    policies: PolicyStore
    members: MemberStore
    rules: PromptRuleStore
    prompts: PromptWatch
    exchange: ExchangeStore
    audit: AuditLog
    removals: Removals
    preferences: PreferenceStore
    presets: PresetBook
    search: VideoSearch
    reactions: ReactionDesk
    reconciler: Reconciler
    rankings: RankingStore
    privacy: PrivacyStore
    exporter: Exporter
    mirrors: MirrorStore
    overseer: Overseer
    storyteller: Storyteller
    usage: UsageReport
    outbox: OutboxStore
    questions: JobQuestions
    drafts: DraftStore
    avatars: Avatars
    pauses: PauseStore
    markers: MarkerStore
    looks: Looks
    foresight: Foresight
    fetcher: Fetcher
    clock: Clock
    shows_prices: bool = False
    """Whether members see what a model costs."""
    chosen_language: Callable[[int], Awaitable[str | None]] | None = None
    """Says which language a member has chosen for the bot; None is the one of their Discord."""


class GrokBot(commands.Bot):
    """The gateway connection and everything that members can reach through it."""

    tree: GrokTree
    services: Services
    """Set before the client logs in."""

    def __init__(self, *, syncs_by_itself: bool = True, budget: CallBudget | None = None) -> None:
        self._syncs_by_itself = syncs_by_itself
        self._translator = CommandTranslator()
        # The bot never speaks in a voice channel: no word about missing libraries for it.
        discord.VoiceClient.warn_nacl = False
        discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=GrokTree,
            # No privileged intent: content of own messages is readable without one.
            intents=discord.Intents(guilds=True, guild_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=60.0,
            http_trace=(budget or CallBudget()).trace(),
        )

    async def setup_hook(self) -> None:
        """Load the commands and sync them if they changed; runs once, before the gateway."""
        await self.load_commands()
        if self._syncs_by_itself:
            await self._sync_if_changed()

    @property
    def members_group(self) -> app_commands.Group:
        """The group /grok, to which other cogs add their commands: its own is loaded first."""
        group = self.tree.get_command(_MEMBERS)
        assert isinstance(group, app_commands.Group)  # noqa: S101 - `EXTENSIONS` says the order
        return group

    async def on_app_command_completion(
        self, interaction: discord.Interaction["GrokBot"], command: object
    ) -> None:
        """Note that a command has answered."""
        self.tree.finish(interaction)

    async def load_commands(self) -> None:
        """Load every cog and register the buttons that outlive restarts."""
        self.add_dynamic_items(*CONTROLS)
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await self.tree.set_translator(self._translator)

    async def commands_digest(self) -> str:
        """Return a hash that changes when a command does, or what it is called in a language."""
        payload = [
            await command.get_translated_payload(self.tree, self._translator)
            for command in self.tree.get_commands()
        ]
        return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - of any event
        """Log what a listener did not foresee, unless somebody has been told already."""
        if not isinstance(sys.exception(), AnsweredError):
            await super().on_error(event_method, *args, **kwargs)

    async def _sync_if_changed(self) -> None:
        # Discord allows 200 command creations a day; a sync at each start would spend them.
        digest = f"{self.application_id}:{await self.commands_digest()}"
        if await self.services.markers.get(_SYNCED) == digest:
            return
        synced = await self.tree.sync()
        await self.services.markers.set(_SYNCED, digest)
        log.info("Synced %d commands with Discord", len(synced))


def point_discord_at(settings: Settings) -> None:
    """Aim discord.py at the loopback addresses of the settings, if there are any.

    `Settings` has refused every other address, which would be handed the token.
    """
    if settings.discord_api_url is not None:
        discord.http.Route.BASE = settings.discord_api_url
        # Pictures of people come from beside it, as everything else of a stand-in.
        discord.Asset.BASE = str(yarl.URL(settings.discord_api_url).with_path("/cdn"))
    if settings.discord_gateway_url is not None:
        gateway = yarl.URL(settings.discord_gateway_url)
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


def why_it_ended(error: BaseException) -> str:  # noqa: PLR0911 - one sentence a kind of end
    """Say what to do about an end of the gateway connection that no reconnect can mend.

    The close codes are Discord's: 4004 is a wrong token, 4013 and 4014 are intents.
    """
    match error:
        case discord.LoginFailure():
            return (
                "Discord does not know this token. Copy it again from the Bot page of your "
                "application (Reset Token) into DISCORD_TOKEN."
            )
        case discord.PrivilegedIntentsRequired():
            return (
                "Discord refused the intents of the bot. It needs none that is privileged: update "
                "the bot, or switch the missing one on in the Bot page of your application."
            )
        case discord.ConnectionClosed(code=4004):
            return (
                "Discord no longer accepts the token: it was reset. Put the new one into "
                "DISCORD_TOKEN and start the bot again."
            )
        case discord.ConnectionClosed():
            return (
                f"Discord closed the connection for good (code {error.code}). "
                "Update the bot and start it again."
            )
        case discord.HTTPException(status=400):
            return "Discord did not take the commands of this version. Please update the bot."
        case discord.HTTPException() | OSError():
            return (
                "Discord can't be reached. Check the network and discordstatus.com; "
                "start the bot again when it is back."
            )
        case _:
            return (
                f"The connection to Discord ended on a message that could not be read "
                f"({type(error).__name__}). Start the bot again; if it happens again, update it."
            )
