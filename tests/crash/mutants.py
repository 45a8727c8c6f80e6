import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import bot
from sandbox.canned import CannedReply
from sandbox.crash.kill_points import Point
from sandbox.crash.plays import Play

LATER = timedelta(minutes=10)


class TextIsGoneError(Exception):
    """The place that a mutant changes reads otherwise now: write the mutant anew."""


@dataclass(frozen=True, slots=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    broken: str
    """What the audit must say of it."""
    killed_after: Collection[str] = ()
    """Words in the place after which the bot is killed, all of them."""
    pause: timedelta = timedelta(0)
    paid_reply: CannedReply | None = None
    play: Play = Play.JOBS

    def picks(self, points: Collection[Point], most: int) -> list[Point]:
        """Choose the points at which this mutant should show what it is."""
        return [
            point
            for point in points
            if point.place.startswith("after ")
            and all(word in point.place for word in self.killed_after)
        ][:most]


def copy_packages(folder: Path) -> Path:
    """Copy what runs in the bot's process, and nothing else."""
    for name in ("bot", "cogs"):
        source = Path(bot.__file__).parent.parent / name
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def mutate(root: Path, mutant: Mutant) -> None:
    path = root / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise TextIsGoneError(f"{mutant.file} has the text of {mutant.name!r} not once")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


MUTANTS = (
    Mutant(
        name="resubmit after crash",
        file="bot/pipeline/submit.py",
        old="""\
        failure = Failure(
            FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, "interrupted while submitting"
        )
        await self._jobs.fail(job, failure)
""",
        new="""\
        await self._jobs.put_back(job, self._clock.now(), attempts=0, detail="again")
""",
        # The reply is there, and the reference not yet committed.
        killed_after=("submit.py:_begin", "jobs.py:mark_rendering"),
        broken="was charged 2 times",
    ),
    Mutant(
        name="no nonce",
        file="bot/posting/poster.py",
        old="                    nonce=nonce_of(message, place),\n",
        new="",
        killed_after=("deliver.py:deliver", "undisturbed.py:make"),
        broken="has 2 ",
    ),
    Mutant(
        name="no look before repost",
        file="bot/pipeline/errand.py",
        old="found = await self._poster.find(self.job, message, place)",
        new="found = None",
        killed_after=("deliver.py:deliver", "undisturbed.py:make"),
        pause=LATER,
        broken="has 2 ",
    ),
    Mutant(
        name="random nonce",
        file="bot/domain/message.py",
        old="""return f"grok-{self.job_id}-{self.kind[0]}{self.sequence or ''}\"""",
        new='return __import__("secrets").token_hex(8) + self.kind[0]',
        killed_after=("deliver.py:deliver", "undisturbed.py:make"),
        broken="has 2 ",
    ),
    Mutant(
        name="state and outbox in two commits",
        file="bot/store/jobs.py",
        old="""\
            await owe(connection, moved, MessageKind.RESULT, now=now)
            await let_next_go_on(connection, moved, now=now)
            return moved
""",
        new="""\
        async with self._database.write() as connection:
            await owe(connection, moved, MessageKind.RESULT, now=now)
            await let_next_go_on(connection, moved, now=now)
            return moved
""",
        killed_after=("jobs.py:mark_stored", "engine.py:write"),
        broken="is stuck: stored",
    ),
    Mutant(
        name="retry on lost reply",
        file="bot/pipeline/submit.py",
        old="""\
            failure = Failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, str(error))
            await self._jobs.fail(job, failure)
            return False
""",
        new="""\
            await self._jobs.put_back(job, self._clock.now(), attempts=0, detail=str(error))
            return False
""",
        paid_reply=CannedReply(drop=True, accepts=True),
        broken="was charged 2 times",
    ),
    Mutant(
        name="no look before a repeat of the record",
        file="bot/pipeline/mirror.py",
        old="last_id = await self._find(backlog, now)",
        new="last_id = None",
        killed_after=("mirror.py:_post", "undisturbed.py:make"),
        pause=LATER,
        play=Play.MODERATORS,
        broken="of the record was mirrored 2 times",
    ),
    Mutant(
        name="a removal is done before it is carried out",
        file="bot/pipeline/takedown.py",
        old="                is_done = await self._carry_out(takedown)\n",
        new="""\
                await self._settle(takedown, is_done=True)
                is_done = await self._carry_out(takedown)
""",
        killed_after=("takedown.py:_carry_out", "messages"),
        play=Play.MODERATORS,
        broken="was removed, and its video stands there still",
    ),
    Mutant(
        name="a no is a yes",
        file="bot/store/moderation/desk.py",
        old="    if order.ruling is Ruling.APPROVE:\n",
        new="    if order.ruling:\n",
        play=Play.MODERATORS,
        broken="was rejected and went on",
    ),
    Mutant(
        name="nothing is given back",
        file="bot/store/spending/ledger.py",
        old="            await refund(connection, job.id, now)\n",
        new="            pass\n",
        play=Play.MODERATORS,
        broken="is booked as Cost(jobs=1",
    ),
)
