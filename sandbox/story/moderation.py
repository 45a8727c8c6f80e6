"""The story of a server whose moderators hold the reins: limits, reviews, a report, the record."""

from typing import Final

from sandbox.discord_api.person import CommandValue
from sandbox.discord_api.state import Message
from sandbox.story.theatre import Theatre
from sandbox.story.videos import Videos, job_in, keep

CHART: Final = "usage.png"
RECORD: Final = "record.jsonl"
_FLAG: Final = "\N{TRIANGULAR FLAG ON POST}"
_MODERATOR: Final = "moderator"
_WITNESS: Final = "witness"


class Moderation:
    """One play of the story, scene by scene; each leaves the next one its channels."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre
        self._videos = Videos(theatre)
        self._desk = theatre.guild.add_channel("desk")
        self._log = theatre.guild.add_channel("mod-log")
        members = theatre.guild.role("members")
        theatre.guild.add_member(_WITNESS, roles=(members,))
        theatre.meet()

    async def play(self) -> None:
        """Play all scenes in their order."""
        await self._open_the_desk()
        await self._limit()
        await self._review()
        await self._decline_and_appeal()
        await self._report()
        await self._pause()
        await self._look_back()

    async def _open_the_desk(self) -> None:
        theatre = self._theatre
        theatre.narrator.stage("The moderators choose their channels")
        await self._commands("log-channel", "mod-log", channel=self._log)
        await self._commands("review channel", "desk", channel=self._desk)

    async def _limit(self) -> None:
        """One video a day for everybody: reached, explained, and granted once more."""
        theatre = self._theatre
        theatre.narrator.stage("A limit is set, reached, explained, and one more is granted")
        everyone = theatre.guild.role("@everyone")
        requester = theatre.person("requester")
        await self._commands(
            "limits set",
            "1 job a day",
            scope="role",
            kind="day",
            unit="jobs",
            amount="1",
            role=everyone,
        )
        await self._commands("budget set", "$5.00", period="day", amount="5")
        await self._commands("budget confirm-above", "$1.00", amount="1.00")
        await self._videos.makes("requester", "a red fox in the snow")
        await self._videos.asks(
            "requester", "a second fox", "1 job a day", "1 job used", "<t:", "Set by @moderator"
        )
        await self._commands("limits explain", "1 job a day", member=requester)
        await self._commands("grant", "1 job", member=requester, amount="1", unit="jobs")
        await self._videos.makes("requester", "a second fox, granted")

    async def _review(self) -> None:
        """A job waits, and a moderator lets it go on."""
        theatre = self._theatre
        theatre.narrator.stage("Jobs are reviewed now: one is approved")
        await self._commands("limits remove", "1 job a day", limit=self._everyone_limit())
        await self._commands("review on", "reviewed first")
        job_id = await self._videos.asks("requester", "a boat on a lake", "waits for review")
        case = await self._case(job_id, "a boat on a lake")
        await theatre.presses(_MODERATOR, case, "Approve", "Approved")
        await self._videos.result("requester", job_id)

    async def _decline_and_appeal(self) -> None:
        """Another is rejected with a reason; its requester appeals, and is heard."""
        theatre = self._theatre
        theatre.narrator.stage("Another is rejected, and its requester appeals")
        job_id = await self._videos.asks("visitor", "my neighbour dancing", "waits for review")
        case = await self._case(job_id, "my neighbour")
        reason = "Please ask your neighbour first."
        await theatre.fills_in(_MODERATOR, case, "Reject", "Rejected", reason=reason)
        told = await self._videos.final(
            "visitor", job_id, "A moderator declined this video", reason
        )
        await theatre.presses("visitor", told, "Appeal", "look at job")
        appeal = await self._case(job_id, "Appeal")
        answer = await theatre.presses(_MODERATOR, appeal, "Approve", "Approved")
        again = job_in(answer)
        await self._videos.result("visitor", again)
        await self._commands("review off", "Nothing set")

    async def _report(self) -> None:
        """Two members report a video: it is covered until a moderator has decided."""
        theatre = self._theatre
        theatre.narrator.stage("Two members report a video, and it is hidden until it is decided")
        await self._commands("posts hide-at", "2", reports="2")
        job_id = await self._videos.asks("requester", "a storm at sea", "Accepted")
        video = await self._videos.result("requester", job_id)
        await theatre.reacts("visitor", video, _FLAG)
        await theatre.reacts(_WITNESS, video, _FLAG)
        await theatre.sees(
            theatre.channel,
            "the reported video is covered",
            lambda message: message.id == video.id and not message.attachments,
            "hidden while moderators look at it",
        )
        case = await self._case(job_id, "Report")
        await theatre.presses(_MODERATOR, case, "Approve", "the video stays")
        await self._videos.result("requester", job_id, "again")

    async def _pause(self) -> None:
        theatre = self._theatre
        theatre.narrator.stage("The bot is paused, and goes on")
        await self._commands("pause", "paused: We tidy up", reason="We tidy up, back at six.")
        await self._videos.asks("requester", "a cat", "paused", "We tidy up")
        await self._commands("resume")
        await self._videos.makes("requester", "a cat, after the pause")

    async def _look_back(self) -> None:
        """The usage as a picture, and the record as a file."""
        theatre = self._theatre
        theatre.narrator.stage("What was used, and what was decided")
        usage = await self._commands("usage", "jobs")
        record = await self._commands("audit export", format="jsonl")
        await keep(usage, theatre.out / CHART)
        await keep(record, theatre.out / RECORD)
        text = (theatre.out / RECORD).read_text(encoding="utf-8")
        actions = ("limit.set", "grant.add", "case.approve", "case.reject", "report.hide")
        theatre.transcript.expect(text, *actions, "policy.set")
        await theatre.sees(
            self._log,
            "the log channel",
            lambda message: "took back the pause" in str(message.embeds),
        )

    async def _commands(self, command: str, *expected: str, **options: CommandValue) -> Message:
        """Let the moderator use a command of theirs."""
        return await self._theatre.types(_MODERATOR, f"grok-admin {command}", *expected, **options)

    def _everyone_limit(self) -> str:
        return f"role:{self._theatre.guild.id} day jobs"

    async def _case(self, job_id: str, *expected: str) -> Message:
        """Wait for a case about a job that is still open."""
        seen = self._theatre.seen
        message = await self._theatre.sees(
            self._desk,
            "a case on the desk",
            lambda message: (
                message.id not in seen
                and bool(message.components)
                and job_id in str(message.embeds)
            ),
            *expected,
        )
        seen.add(message.id)
        return message
