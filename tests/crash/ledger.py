"""The books, the till and the chat of one job, to be made false in one place each."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.domain import (
    Charge,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    Storyboard,
)
from sandbox.crash.audit import Audit
from sandbox.crash.books import Entries
from sandbox.discord_api import Attachment, DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import StandInJob
from tests.factories import make_failure, make_job, make_video

DATA = b"a video"
KEY = "2026/11/job0000001.mp4"
REF = "video_1"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Ledger:
    """A world in which one job was posted as promised; each test breaks one promise."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.chat = DiscordStandIn()
        self.provider = GeekNowStandIn()
        video = replace(
            make_video(KEY), sha256=hashlib.sha256(DATA).hexdigest(), size_bytes=len(DATA)
        )
        self.job = replace(make_job(JobState.POSTED), provider_ref=REF, video=video)
        self.more: list[Job] = []
        self.stories: list[Storyboard] = []
        self.card, self.final = self.post(), self.post(DATA, pings=True)
        self.owed = [
            self.owe(MessageKind.CARD, self.card),
            self.owe(MessageKind.RESULT, self.final),
        ]
        self.charge()
        self.keep(KEY)

    def post(self, data: bytes | None = None, *, pings: bool = False, mark: str = "") -> Message:
        world = self.chat.backend.world
        channel = self.chat.guild.channel("videos")
        message = Message(world.new_id(), channel.id, self.chat.application_id, NOW)
        message.embeds = [{"footer": {"text": f"geeknow · job {self.job.id}{mark}"}}]
        message.pinged = frozenset({1}) if pings else frozenset()
        message.content = "<@1>, here it is." if pings else ""
        if data is not None:
            name = f"grok-{self.job.id}.mp4"
            message.attachments = [Attachment(1, name, "video/mp4", data, "path")]
        channel.state.messages[message.id] = message
        return message

    def owe(
        self,
        kind: MessageKind,
        message: Message | None,
        state: MessageState = MessageState.SENT,
        sequence: int = 0,
    ) -> OwedMessage:
        message_id = None if message is None else message.id
        owed = OwedMessage(self.job.id, kind, state, 1, 1, 1, NOW, message_id)
        return replace(owed, sequence=sequence)

    def charge(self, ref: str = REF) -> None:
        self.provider.charges.append(
            StandInJob(ref, "m", self.job.spec.prompt, 1.0, 10, 10, "720P", None, (), NOW)
        )

    def keep(self, key: str) -> None:
        path = self.results / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(DATA)

    def end_without_video(self, charge: Charge, ref: str | None) -> None:
        failure = make_failure(FailureKind.PROVIDER_ERROR, charge)
        self.job = replace(
            self.job, state=JobState.TOLD, failure=failure, provider_ref=ref, video=None
        )
        self.final.attachments = []
        self.final.embeds[0]["title"] = "No video this time"
        self.owed[1] = self.owe(MessageKind.FAILURE, self.final)
        (self.results / KEY).unlink()

    @property
    def audit(self) -> Audit:
        entries = Entries([self.job, *self.more], self.owed, stories=self.stories)
        return Audit(entries, self.chat, [self.provider], self.results)

    def violations(self) -> list[str]:
        return self.audit.violations()
