"""What a job comes of and what came of it, as far as whoever asks may see it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.domain import Job, MessageKind, Viewer
from bot.pipeline.access import JobAccess
from bot.posting.cards import job_url, video_message
from bot.posting.details import Branch, Tree
from bot.store.community.lineage import LineageStore
from bot.store.outbox import OutboxStore

_MOST_ANCESTORS: Final = 5
_MOST_DESCENDANTS: Final = 8


class Family:
    """Draws no more than a member can read at once."""

    def __init__(self, access: JobAccess, lineage: LineageStore, outbox: OutboxStore) -> None:
        self._access = access
        self._lineage = lineage
        self._outbox = outbox

    async def of(self, job: Job, viewer: Viewer) -> Tree:
        """Return the ancestors of a job, the job itself and what came of it."""
        above = await self._lineage.ancestors(job, limit=_MOST_ANCESTORS)
        below = await self._lineage.descendants(job, limit=_MOST_DESCENDANTS + 1)
        shown = below[:_MOST_DESCENDANTS]
        line = [*reversed(above), job]
        order = [*enumerate(line), *_walk(job.id, _children(shown), len(line))]
        return Tree(
            tuple([await self._branch(depth, one, job, viewer) for depth, one in order]),
            has_more_above=line[0].lineage is not None,
            has_more_below=len(below) > len(shown),
        )

    async def _branch(self, depth: int, one: Job, job: Job, viewer: Viewer) -> Branch:
        relation = None if one.lineage is None else one.lineage.relation
        is_self = one.id == job.id
        is_seen = is_self or await self._access.may_see(one, viewer)
        is_kept = bool(one.spec.prompt) or one.origin.requester_id == viewer.member_id
        if not (is_seen and (is_kept or is_self)):
            return Branch(depth, relation)
        sent = await self._outbox.sent(one.id)
        url = job_url(one, video_message(sent) or sent.get(MessageKind.CARD))
        is_there = one.removed_at is None and one.hidden_at is None
        return Branch(depth, relation, is_self, one, url if is_there else None)


def _children(found: Sequence[Job]) -> Mapping[str, list[Job]]:
    children: dict[str, list[Job]] = {}
    for one in found:
        if one.lineage is not None:
            children.setdefault(one.lineage.job_id, []).append(one)
    return children


def _walk(
    parent_id: str, children: Mapping[str, Sequence[Job]], depth: int
) -> Iterator[tuple[int, Job]]:
    for child in children.get(parent_id, ()):
        yield depth, child
        yield from _walk(child.id, children, depth + 1)
