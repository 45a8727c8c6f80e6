"""Storyboards in the tables: told, made scene by scene, and joined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain import (
    Asker,
    Denial,
    Job,
    JobState,
    Joining,
    Lineage,
    MessageKind,
    Mode,
    Origin,
    ReferenceImage,
    Relation,
    StoredVideo,
    ValidRequest,
)
from bot.limits.facts import wish_of
from bot.limits.prompt_rules import Hit
from bot.store.community.scenes import SceneStore
from bot.store.community.storyboards import StoryboardStore
from bot.store.reservations import Reservation
from tests.factories import (
    make_asker,
    make_failure,
    make_job_id,
    make_origin,
    make_reference,
    make_spec,
    make_video,
)
from tests.limits.asking import PRICE
from tests.store.world import World

LEASE = timedelta(minutes=11)
WHOLE = make_video("2026/11/job0000001-joined.mp4")


@dataclass(frozen=True, slots=True)
class Stories:
    """A world in which storyboards are told."""

    world: World
    boards: StoryboardStore
    scenes: SceneStore

    async def ask(
        self,
        count: int = 3,
        number: int = 1,
        *,
        origin: Origin | None = None,
        asker: Asker | None = None,
        hits: Sequence[Sequence[Hit]] = (),
        micros: int | None = PRICE,
    ) -> Sequence[Job] | Denial:
        """Ask for a storyboard; its scenes are numbered from `number` on."""
        first = origin or make_origin(number)
        wanted = []
        for place in range(count):
            request = ValidRequest(
                replace(first, interaction_id=-number - place) if place else first,
                make_spec(prompt=f"Scene {place + 1}", mode=Mode.IMAGE if place else Mode.TEXT),
                estimate_micros=micros,
                lineage=_lineage(number + place - 1) if place else None,
            )
            wish = wish_of(request, hits=hits[place] if hits else ())
            wanted.append(Reservation(make_job_id(number + place), request, (), wish))
        return await self.boards.reserve(wanted, asker or make_asker(first))

    async def tell(self, count: int = 3, number: int = 1) -> list[Job]:
        """Tell a storyboard that no limit turns away."""
        made = await self.ask(count, number)
        assert not isinstance(made, Denial)
        return list(made)

    async def make(self, job: Job, video: StoredVideo | None = None) -> Job:
        """Bring a scene that may go on to its stored video."""
        world, now = self.world, self.world.clock.now()
        claimed = await world.claim(job.id)
        if claimed.lineage is not None and not claimed.references:
            await self.scenes.begin(claimed, self.picture(job))
            claimed = await world.claim(job.id)
        submitting = await world.jobs.start_submitting(claimed)
        await world.jobs.mark_rendering(submitting, f"ref-{job.id}", now)
        await world.jobs.mark_rendered(await world.claim(job.id), "https://files.example/v.mp4")
        made = video or make_video(f"2026/11/{job.id}.mp4")
        return await world.jobs.mark_stored(await world.claim(job.id), made)

    async def post(self, job: Job) -> Job:
        """Have Discord confirm the result of a stored scene."""
        world = self.world
        sending = await world.begin_sending(job.id, MessageKind.RESULT)
        number = 900 + int(job.id[3:])
        await world.outbox.mark_sent(sending, channel_id=22, message_id=number)
        return await world.job(job.id)

    async def finish(self, job: Job, video: StoredVideo | None = None) -> Job:
        """Bring a scene that may go on to its end."""
        return await self.post(await self.make(job, video))

    async def refuse(self, job: Job) -> Job:
        """Have the provider refuse a scene that may go on."""
        return await self.world.jobs.fail(await self.world.claim(job.id), make_failure())

    async def joining(self) -> Joining:
        """Take the storyboard that is to be joined."""
        joining = await self.boards.claim(LEASE)
        assert joining is not None
        return joining

    async def told(self, count: int = 3) -> list[Job]:
        """Have all scenes made and posted."""
        return [await self.finish(scene) for scene in await self.tell(count)]

    async def states(self) -> list[JobState]:
        """List where the scenes of all storyboards stand."""
        return [(await self.world.job(job_id)).state for job_id in await self._ids()]

    def picture(self, job: Job) -> ReferenceImage:
        return make_reference(f"references/{job.id}-1.jpg")

    async def story_state(self) -> str:
        async with self.world.database.read() as connection:
            found = await connection.exec_driver_sql("SELECT state FROM storyboards")
            return str(found.scalar_one())

    async def _ids(self) -> list[str]:
        async with self.world.database.read() as connection:
            found = await connection.exec_driver_sql(
                "SELECT id FROM jobs WHERE scene IS NOT NULL ORDER BY id"
            )
            return list(found.scalars())


async def joined(stories: Stories, count: int = 3) -> list[Job]:
    """Have a storyboard told, joined and posted."""
    world, scenes = stories.world, await stories.told(count)
    await stories.boards.mark_joined(await stories.joining(), WHOLE)
    sending = await world.begin_sending(scenes[-1].id, MessageKind.JOINED)
    await world.outbox.mark_sent(sending, channel_id=22, message_id=950)
    await world.execute("UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE kind = 'card'")
    return scenes


def make_stories(world: World) -> Stories:
    return Stories(
        world,
        StoryboardStore(world.database, world.clock, worker="first"),
        SceneStore(world.database, world.clock),
    )


def _lineage(number: int) -> Lineage:
    return Lineage(make_job_id(number), Relation.SCENE)
