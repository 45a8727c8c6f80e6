"""Run as a process of its own: a worker that does what a test says, line by line."""

import asyncio
import os
import sys
from datetime import timedelta

from bot.clock import SystemClock
from bot.domain import JobState
from bot.errors import StaleJobError
from bot.store.engine import open_database
from bot.store.jobs import JobStore

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


async def main(what: str, url: str) -> None:
    async with open_database(url) as database:
        store = JobStore(database, SystemClock(), worker=str(os.getpid()))
        await (claim_all(store) if what == "claim" else hold_one(store))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
