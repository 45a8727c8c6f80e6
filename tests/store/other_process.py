"""Run as a process of its own: a worker that does what a test says, line by line."""

import asyncio
import os
import sys
from datetime import timedelta

from bot.clock import SystemClock
from bot.domain import Job, JobState, Vote, VoteKind
from bot.errors import StaleJobError
from bot.limits.facts import wish_of
from bot.store.community.votes import VoteStore
from bot.store.engines.engine import Database, open_database
from bot.store.jobs import JobStore
from bot.store.reservations import ReservationStore
from tests.factories import GUILD, make_job_id
from tests.limits.asking import Person

LONG = {JobState.RESERVED: timedelta(hours=1)}
SHORT = {JobState.RESERVED: timedelta(seconds=1)}


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def claim_all(store: JobStore) -> None:
    """Claim a few at a time until nothing is left, and name what was got."""
    say("ready")
    sys.stdin.readline()
    while claimed := await store.claim(7, LONG):
        for job in claimed:
            say(job.id)
    say("done")


async def hold_one(store: JobStore) -> None:
    """Claim one job for a second, and go on with it when told, which may be later."""
    (job,) = await store.claim(1, SHORT)
    say(job.id)
    sys.stdin.readline()
    try:
        await store.start_submitting(job)
    except StaleJobError:
        say("stale")
    else:
        say("moved")


async def reserve_many(database: Database) -> None:
    """Ask at once for 25 jobs in two servers, and name those that are let in."""
    store = ReservationStore(database, SystemClock())
    say("ready")
    first = int(sys.stdin.readline())
    people = (Person(), Person(guild_id=12, channel_id=24))

    async def ask(number: int) -> None:
        who = people[number % 2]
        request = who.request(number)
        wish = wish_of(request)
        made = await store.reserve(make_job_id(number), request, (), who.asker, wish)
        if isinstance(made, Job):
            say(made.id)

    await asyncio.gather(*(ask(number) for number in range(first, first + 25)))
    say("done")


async def vote_much(database: Database) -> None:
    """Hear that forty members vote for a job, a few at a time, each of them twice."""
    store = VoteStore(database, SystemClock())
    say("ready")
    job_id = sys.stdin.readline().strip()
    for first in range(0, 40, 8):
        heard = [
            Vote(900, 1 + member, emoji, job_id, GUILD, VoteKind.FAVOUR, SystemClock().now())
            for member in range(first, first + 8)
            for emoji in ("a", "b")
        ]
        if await store.apply(heard, lambda _job, _channel: True):
            say("owed")
    say("done")


async def main(what: str, url: str) -> None:
    async with open_database(url, patience=timedelta(minutes=1)) as database:
        store = JobStore(database, SystemClock(), worker=str(os.getpid()))
        match what:
            case "claim":
                await claim_all(store)
            case "hold":
                await hold_one(store)
            case "vote":
                await vote_much(database)
            case "reserve":
                await reserve_many(database)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
