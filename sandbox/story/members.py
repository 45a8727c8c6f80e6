"""The story of a server whose members live in it: what they make of each other's videos."""

import re
from typing import Final

from sandbox.canned import CannedReply
from sandbox.discord_api.people import Member
from sandbox.discord_api.state import Message
from sandbox.discord_api.uploads import Upload
from sandbox.pictures import make_picture
from sandbox.story.theatre import Theatre
from sandbox.story.videos import Videos, footer_of, job_in, job_of, keep, seconds_of

JOINED: Final = "joined.mp4"
_MODERATOR: Final = "moderator"
_WITNESS: Final = "witness"
_REQUESTER: Final = "requester"
_VISITOR: Final = "visitor"
_SCENES: Final = ("A fox wakes up", "It runs through the snow", "It finds its den")
_SCENE_SECONDS: Final = 2
_TOLERANCE_SECONDS: Final = 0.2
_SCENE: Final = re.compile(r"scene \d")
_NEVER: Final = CannedReply(200, {"status": "pending", "progress": 5})
_COVER: Final = "SPOILER_"


class Members:
    """One play of the story, scene by scene; the first video goes through all of them."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre
        self._videos = Videos(theatre)
        self._gallery = theatre.guild.add_channel("gallery")
        self._desk = theatre.guild.add_channel("desk")
        theatre.guild.add_member(_WITNESS, roles=(theatre.guild.role("members"),))
        theatre.meet()

    async def play(self) -> None:
        """Play all scenes in their order."""
        await self._prepare()
        first = await self._compose()
        await self._preset(first)
        await self._remix(first)
        await self._continue_over_a_fall(first)
        await self._press_everything(first)
        await self._storyboard()
        copy = await self._react(first)
        await self._cancel()
        await self._search(first)
        await self._keep_private()
        await self._remove(first, copy)

    async def _prepare(self) -> None:
        theatre = self._theatre
        theatre.narrator.stage("A gallery, and settings of one's own")
        await theatre.types(
            _MODERATOR, "grok-admin gallery set", "gallery", channel=self._gallery, votes=2
        )
        await theatre.types(_MODERATOR, "grok-admin review channel", "desk", channel=self._desk)
        await theatre.types(_WITNESS, "grok settings", "Język", language="pl")

    async def _compose(self) -> Message:
        theatre = self._theatre
        theatre.narrator.stage("A long prompt and three images in a form")
        images = [Upload(f"{name}.png", make_picture(name, 300, 200)) for name in "abc"]
        answer = await theatre.types_into_form(
            _REQUESTER,
            "grok compose",
            "Accepted",
            prompt="A red fox.\nIt runs through fresh snow.",
            images=images,
            length=str(_SCENE_SECONDS),
        )
        video = await self._videos.result(_REQUESTER, job_in(answer))
        if (taken := len(theatre.provider.charges[-1].images)) != len(images):
            theatre.transcript.problems.append(f"{taken} of {len(images)} images were sent")
        return video

    async def _preset(self, first: Message) -> None:
        """One keeps a request under a name and shares it, another uses it."""
        theatre = self._theatre
        theatre.narrator.stage("A preset is kept, shared and used")
        kept = {"name": "Winter", "job": job_of(first)}
        await theatre.types(_REQUESTER, "grok presets save", "Winter", **kept)
        await theatre.types(_REQUESTER, "grok presets share", "Winter", name="Winter", enabled=True)
        used = {"name": "Winter", "prompt": "at night"}
        answer = await theatre.types(_VISITOR, "grok presets use", "Accepted", **used)
        await self._videos.result(_VISITOR, job_in(answer))
        await self._videos.makes(_VISITOR, "with a preset and a word of its own", preset="Winter")
        await theatre.types(_REQUESTER, "grok presets delete", "forgotten", name="Winter")

    async def _remix(self, first: Message) -> None:
        theatre = self._theatre
        theatre.narrator.stage("A remix: the form comes with the prompt filled in")
        prompt = "A red fox in the rain"
        answer = await theatre.fills_in(_VISITOR, first, "Remix", "Accepted", prompt=prompt)
        await self._videos.result(_VISITOR, job_in(answer))

    async def _continue_over_a_fall(self, first: Message) -> None:
        """The bot is killed while the video is made that goes on from the first one."""
        theatre = self._theatre
        theatre.narrator.stage("What goes on from the last frame, over a fall of the bot")
        prompt = "It begins to rain"
        answer = await theatre.fills_in(_REQUESTER, first, "Continue", "Accepted", prompt=prompt)
        await theatre.falls_over()
        await self._videos.result(_REQUESTER, job_in(answer))

    async def _press_everything(self, first: Message) -> None:
        """Every button under a video that is older than this process of the bot."""
        theatre = self._theatre
        theatre.narrator.stage("Every button still works")
        pressed = {"Remove"}  # that is the end of the story
        for label in ("Again", "Details"):
            answer = await theatre.presses(_VISITOR, first, label)
            if job_in(answer) and label == "Again":
                await self._videos.result(_VISITOR, job_in(answer))
            pressed.add(label)
        for label in ("Remix", "Continue", "Extend", "Edit"):
            answer = await theatre.fills_in(_VISITOR, first, label, "Accepted", prompt="it snows")
            await self._videos.result(_VISITOR, job_in(answer))
            pressed.add(label)
        left = {one["label"] for row in first.components for one in row["components"]} - pressed
        theatre.transcript.problems += [f"nobody pressed “{label}”" for label in sorted(left)]
        lineage = ("przedłużone", "zmienione")  # in the witness's own language
        await theatre.chooses(_WITNESS, first, "Grok details", job_of(first), *lineage)

    async def _storyboard(self) -> None:
        theatre = self._theatre
        theatre.narrator.stage("Three scenes that follow each other, joined to one video")
        await theatre.types_into_form(
            _REQUESTER,
            "grok storyboard",
            "3 scenes",
            options={"duration": _SCENE_SECONDS},
            scenes="\n".join(_SCENES),
        )
        whole = await theatre.sees(
            theatre.channel, "the joined video", lambda one: " · joined " in str(one.embeds)
        )
        clips = [one for one in theatre.channel.messages if _SCENE.search(footer_of(one))]
        together, asked = sum(map(seconds_of, clips)), len(_SCENES)
        if len(clips) != asked or abs(seconds_of(whole) - together) > _TOLERANCE_SECONDS:
            theatre.transcript.problems.append(
                f"{len(clips)} clips of {together:.2f} s became {seconds_of(whole):.2f} s"
            )
        await keep(whole, theatre.out / JOINED)

    async def _react(self, first: Message) -> Message:
        """A reaction of every kind; votes of two members bring a video to the gallery."""
        theatre = self._theatre
        theatre.narrator.stage("Reactions: sent, favoured, made again, covered, reported")
        await theatre.reacts(_VISITOR, first, "✉️")
        await self._is_told(_VISITOR, "asked for with a reaction")
        for name, emoji in ((_VISITOR, "⭐"), (_WITNESS, "❤️"), (_MODERATOR, "👍")):
            await theatre.reacts(name, first, emoji)
        copy = await theatre.sees(
            self._gallery, "the gallery", lambda one: bool(one.attachments), f"@{_REQUESTER}"
        )
        await theatre.reacts(_WITNESS, first, "👎")
        await theatre.reacts(_VISITOR, first, "🔁")
        again = await theatre.sees(theatre.channel, "the video again", self._is_new_for_visitor)
        await theatre.reacts(_VISITOR, again, "🙈")
        await theatre.sees(
            theatre.channel,
            "the video behind a cover",
            lambda one: one.id == again.id and one.attachments[0].filename.startswith(_COVER),
        )
        await theatre.reacts(_WITNESS, first, "🚩")
        await theatre.sees(
            self._desk, "the report", lambda one: job_of(first) in str(one.embeds), "Report"
        )
        return copy

    async def _cancel(self) -> None:
        """A cross under the card, and a bin under the video of somebody else."""
        theatre = self._theatre
        theatre.narrator.stage("A cross cancels one's own job, and a bin removes one's own video")
        video = await self._videos.makes(_VISITOR, "a video for the bin")
        await theatre.reacts(_WITNESS, video, "🗑️")
        await self._is_told(_WITNESS, "")
        await theatre.reacts(_VISITOR, video, "🗑️")
        await theatre.gone(video)
        theatre.provider.on_query.always(_NEVER)
        job_id = await self._videos.asks(_VISITOR, "a video that nobody wants", "Accepted")
        card = await theatre.sees(
            theatre.channel,
            "its card",
            lambda one: not one.pinged and footer_of(one).endswith(f"job {job_id}"),
        )
        await theatre.reacts(_VISITOR, card, "❌")
        await theatre.sees(
            theatre.channel,
            "the cancelled card",
            lambda one: one.id == card.id and "ancelled" in str(one.embeds),
        )
        theatre.provider.on_query.always(None)

    async def _search(self, first: Message) -> None:
        theatre = self._theatre
        theatre.narrator.stage("Looked for, and found again")
        job_id = job_of(first)
        await theatre.types(_WITNESS, "grok search", job_id, text="fresh snow")
        await theatre.types(_VISITOR, "grok search", job_id, member=theatre.person(_REQUESTER))
        await theatre.types(_VISITOR, "grok top week", f"@{_REQUESTER}")
        await theatre.types(_VISITOR, "grok show", job_id, id=job_id)
        await theatre.types(_REQUESTER, "grok jobs", job_id)
        await theatre.types(_REQUESTER, "grok usage")

    async def _keep_private(self) -> None:
        """A video for its requester alone, until they publish it."""
        theatre = self._theatre
        theatre.narrator.stage("A private video is published")
        await self._videos.asks(_REQUESTER, "a surprise", "private", private=True)
        direct = theatre.person(_REQUESTER).direct_channel()
        video = await theatre.sees(direct, "a direct message", lambda one: bool(one.attachments))
        await theatre.presses(_REQUESTER, video, "Publish", "posted in")
        await theatre.sees(
            theatre.channel,
            "the published video",
            lambda one: bool(one.attachments) and " · delivery " in footer_of(one),
        )

    async def _remove(self, first: Message, copy: Message) -> None:
        """The requester takes the first video away; what the gallery has of it goes too."""
        theatre = self._theatre
        theatre.narrator.stage("The first video is removed, and its copy with it")
        await theatre.presses(_REQUESTER, first, "Remove", "emoved")
        await theatre.gone(copy)

    def _is_new_for_visitor(self, message: Message) -> bool:
        theatre = self._theatre
        is_theirs = message.pinged == {theatre.person(_VISITOR).id}
        return is_theirs and bool(message.attachments) and message.id not in theatre.seen

    async def _is_told(self, name: str, words: str) -> None:
        member: Member = self._theatre.person(name)
        seen = self._theatre.seen
        message = await self._theatre.sees(
            member.direct_channel(),
            f"a direct message to {name}",
            lambda one: one.id not in seen and words in one.content,
        )
        seen.add(message.id)
