"""Prints the journey on a terminal, messages as a person would see them in Discord."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.posting.text import dollars, megabytes
from sandbox.discord_api.state import Attachment, Message
from sandbox.job_watch import SeenJob
from sandbox.outcome import Outcome

_MOMENT: Final = re.compile(r"<t:(\d+):R>")
_MENTION: Final = re.compile(r"<@(\d+)>")
_LINK: Final = re.compile(r"\[([^\]]+)\]\((https?://[^)]+)\)")
_BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
_CODE: Final = re.compile(r"`([^`]+)`")
_ESCAPED: Final = re.compile(r"\\([^\w\s])")
_HELD: Final = {character: chr(0xE000 + at) for at, character in enumerate("\\*_~`|>#[]()<{}@-+=")}
"""Escaped characters step aside while the others are read as markup."""


class Screen:
    """Shows commands, messages and the summary in color."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._names: dict[int, str] = {}

    def meet(self, names: Mapping[int, str]) -> None:
        """Learn who the people in the mentions are."""
        self._names.update(names)

    def stage(self, text: str) -> None:
        """Say what happens around the conversation."""
        self._console.print(f"[dim]· {escape(text)}[/dim]")

    def command(self, member: str, text: str, files: Sequence[str]) -> None:
        """Show what the member typed and attached."""
        attached = f"\n[dim]attached: {', '.join(files)}[/dim]" if files else ""
        self._console.print(
            Panel(f"{escape(text)}{attached}", title=member, title_align="left", border_style="dim")
        )

    def message(self, label: str, message: Message) -> None:
        """Show a message as it looks now."""
        parts: list[Any] = []
        if message.content:
            parts.append(self._text(message.content))
        parts += [
            Text(f"{_sign(file)} {file.filename} ({megabytes(file.size)})", style="bold cyan")
            for file in message.attachments
        ]
        parts += [self._embed(embed) for embed in message.embeds]
        buttons = [button for row in message.components for button in row.get("components", ())]
        if buttons:
            parts.append(Text("  ".join(f"[ {button['label']} ]" for button in buttons)))
        self._console.print(Panel(Group(*parts), title=label, title_align="left"))

    def card(self, state: str, message: Message) -> None:
        """Look away: what has changed was shown as a message."""

    def _embed(self, embed: Mapping[str, Any]) -> Panel:
        lines = []
        if "title" in embed:
            lines.append(Text(embed["title"], style="bold"))
        if "description" in embed:
            lines.append(self._text(embed["description"]))
        if "footer" in embed:
            lines.append(Text(embed["footer"]["text"], style="dim"))
        return Panel(Group(*lines), border_style=f"#{embed.get('color', 0x808080):06x}")

    def _text(self, content: str) -> Text:
        held = _ESCAPED.sub(lambda found: _HELD.get(found[1], found[1]), content)
        shown = escape(held.replace("\u200b", ""))
        shown = _MOMENT.sub(lambda found: _ago(int(found[1])), shown)
        shown = _MENTION.sub(lambda found: self._mention(int(found[1])), shown)
        shown = _LINK.sub(r"[blue underline]\1[/]", shown.replace("\\[", "["))
        shown = _BOLD.sub(r"[bold]\1[/bold]", shown)
        shown = _CODE.sub(r"[cyan]\1[/cyan]", shown)
        text = Text.from_markup(shown)
        back = str.maketrans({held: character for character, held in _HELD.items()})
        text.plain = text.plain.translate(back)
        return text

    def _mention(self, user_id: int) -> str:
        return f"[bold magenta]@{self._names.get(user_id, 'somebody')}[/bold magenta]"

    def ending(self, charges: int, files: Mapping[str, Path], problems: Sequence[str]) -> None:
        """Print what a story leaves behind, and what was not as it should be."""
        table = Table(title="What is left of the story", show_header=False)
        table.add_row("charges at the provider", str(charges))
        for what, path in files.items():
            table.add_row(f"the {what}", str(path))
        self._console.print(table)
        self._problems(problems)

    def _problems(self, problems: Sequence[str]) -> None:
        for problem in problems:
            self._console.print(f"[red]Not as it should be:[/red] {escape(problem)}")

    def summary(self, outcome: Outcome) -> None:
        """Print the table at the end, and what was not as it should be."""
        table = Table(title="The journey in numbers", show_header=False)
        for name, value in _rows(outcome):
            table.add_row(name, value)
        self._console.print(table)
        self._problems(outcome.problems)


def _rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    job, source = outcome.job, outcome.source
    if job is not None:
        yield "made by", f"{job.provider}/{job.model}, mode {job.mode}"
        yield "price", _price(job)
    yield "acknowledged after", f"{outcome.ack_milliseconds:.0f} ms"
    yield "states of the job", " → ".join(outcome.states)
    yield "messages in the channel", f"{outcome.messages} ({outcome.final_messages} final)"
    yield "charges at the provider", str(outcome.charges)
    yield "kills", str(outcome.kills)
    yield "the bot ended with", str(outcome.exit_code)
    if outcome.told:
        yield "told instead of a video", outcome.told
    if outcome.video:
        yield "video", f"{outcome.video.seconds:.1f} s, {outcome.video.size_bytes} B"
        yield "file", str(outcome.video.path)
    if source is not None and source.job is not None and source.video is not None:
        charges = f"{source.charges} charge{'' if source.charges == 1 else 's'} of its own"
        yield "made from", f"job {source.job.id}, {source.video.seconds:.1f} s, {charges}"
        yield "its price", _price(source.job)
        yield "its file", str(source.video.path)


def _price(job: SeenJob) -> str:
    parts = []
    if job.estimate_micros is not None:
        parts.append(f"{dollars(job.estimate_micros)} at most, as said before")
    if job.cost_micros is not None:
        parts.append(f"{dollars(job.cost_micros)} charged")
    return ", ".join(parts) or "unknown: this provider names none"


def _sign(file: Attachment) -> str:
    return "▶" if file.content_type.startswith("video/") else "▣"


def _ago(moment: int) -> str:
    seconds = round(datetime.now(UTC).timestamp()) - moment
    if seconds < 1:
        return "just now"
    return f"{seconds} second{'s' if seconds > 1 else ''} ago"
