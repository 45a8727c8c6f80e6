"""The commands /grok-admin rules: what is not wanted in prompts, and what becomes of it."""

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.client import GrokBot
from bot.domain import RuleAction, RuleKind
from bot.interactions import check_moderator, defer
from bot.limits.prompt_rules import action_of, kind_of
from bot.pipeline.validate import clean_prompt
from bot.posting.moderation.rules_text import (
    ADDED,
    REMOVED,
    findings,
    rule_line,
    rules_list,
    suggest_rules,
)
from bot.tree import answer
from cogs.moderation.group import admin_group

_LONGEST: Final = 4000
"""Characters of a text that is tried out."""
_KINDS: Final = [
    Choice(name="whole words, however disguised", value=str(RuleKind.WORD)),
    Choice(name="a regular expression", value=str(RuleKind.PATTERN)),
    Choice(name="like a refused prompt, in percent", value=str(RuleKind.SIMILAR)),
]
_ACTIONS: Final = [
    Choice(name="refuse the prompt", value=str(RuleAction.REFUSE)),
    Choice(name="hold it for review", value=str(RuleAction.HOLD)),
    Choice(name="spoiler the result", value=str(RuleAction.SPOILER)),
]


class Rules(app_commands.Group):
    """What moderators do about rules; a rule of another server is not there for them."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot
        super().__init__(name="rules", description="What is not wanted in prompts")

    @app_commands.command(name="add", description="Make a rule about prompts")
    @app_commands.describe(
        kind="How it finds what it looks for",
        text="The words, the expression, or the percentage",
        action="What becomes of such a prompt",
    )
    @app_commands.choices(kind=_KINDS, action=_ACTIONS)
    async def add(
        self, interaction: discord.Interaction[GrokBot], kind: str, text: str, action: str
    ) -> None:
        """Make a rule that holds from the next prompt on."""
        await defer(interaction)
        viewer = check_moderator(interaction)
        made = await self._bot.services.rules.add(
            viewer.guild_id, kind_of(kind), text, action_of(action), viewer.member_id
        )
        await answer(interaction, ADDED(line=rule_line(made)))

    @app_commands.command(name="remove", description="Remove a rule about prompts")
    @app_commands.rename(rule_id="id")
    @app_commands.describe(rule_id="Its number")
    async def remove(self, interaction: discord.Interaction[GrokBot], rule_id: int) -> None:
        """Remove a rule of this server."""
        await defer(interaction)
        viewer = check_moderator(interaction)
        gone = await self._bot.services.rules.remove(viewer.guild_id, rule_id, viewer.member_id)
        await answer(interaction, REMOVED(line=rule_line(gone)))

    @app_commands.command(name="list", description="The rules that hold here")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """List the rules of this server and of the operator."""
        await defer(interaction)
        viewer = check_moderator(interaction)
        match rules_list(await self._bot.services.rules.rules(viewer.guild_id)):
            case discord.Embed() as embed:
                await interaction.edit_original_response(embed=embed)
            case discord.File() as file:
                await interaction.edit_original_response(attachments=[file])

    @app_commands.command(name="test", description="Try a text out: which rules fire, and where")
    @app_commands.describe(text="What a member might ask for")
    async def test(
        self,
        interaction: discord.Interaction[GrokBot],
        text: app_commands.Range[str, 1, _LONGEST],
    ) -> None:
        """Hold a text against the rules; nothing is reserved, counted or charged."""
        await defer(interaction)
        viewer = check_moderator(interaction)
        prompt = clean_prompt(text, _LONGEST)
        hits = await self._bot.services.prompts.hits(viewer.guild_id, prompt)
        await interaction.edit_original_response(embed=findings(prompt, hits))

    @remove.autocomplete("rule_id")
    async def _ids(
        self, interaction: discord.Interaction[GrokBot], typed: int | str
    ) -> list[Choice[int]]:
        viewer = check_moderator(interaction)
        found = await self._bot.services.rules.rules(viewer.guild_id)
        return suggest_rules(str(typed), [one for one in found if one.guild_id == viewer.guild_id])


async def setup(bot: GrokBot) -> None:
    """Add the commands to the bot."""
    admin_group(bot).add_command(Rules(bot))
