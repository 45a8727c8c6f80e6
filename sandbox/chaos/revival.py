"""A backup that is taken in mid-storm, and the bot that goes on from it in another place."""

import asyncio
import os
import re
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.domain import FailureKind, Job, MessageKind, MessageState
from bot.store.engines.engine import sqlite_path
from sandbox.chaos.keeper import Keeper
from sandbox.crash.audit import FINAL, Audit, log_problems
from sandbox.crash.books import Books, Entries
from sandbox.crash.cradle import Cradle
from sandbox.crash.desk_audit import DeskAudit
from sandbox.crash.launch import LOG, Launch
from sandbox.crash.sight import is_about, kind_of, posted_by_us
from sandbox.crash.world_clock import WorldClock
from sandbox.discord_api.server import DiscordStandIn
from sandbox.provider_stand_in import ProviderStandIn

_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
_COMMAND_SECONDS: Final = 60.0
_CALM_SECONDS: Final = 60.0
_START_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.3
_LEAP: Final = timedelta(seconds=20)
_ABSENCE: Final = timedelta(minutes=30)
"""Until somebody has another machine; Discord has forgotten every nonce by then."""
_RESULTS: Final = Path("data", "results")
_WRITTEN: Final = re.compile(r"Written and checked: (\S+)")


@dataclass(slots=True)
class Sequel:
    """What came of going back to the backup."""

    jobs: int = 0
    open: int = 0
    """In the backup, and so to be finished."""
    unknown: int = 0
    """Of those, how many ended in doubt."""
    violations: list[str] = field(default_factory=list)


class Revival:
    """The machine of a storm is lost, and another one has its last backup.

    Discord and the providers are the same, and know what the backup does not.
    """

    def __init__(
        self,
        storm: Launch,
        chat: DiscordStandIn,
        providers: Sequence[ProviderStandIn],
        clock: WorldClock,
    ) -> None:
        self._from = Path(storm.folder)
        self._to = self._from / "revived"
        # A file stays behind with its folder, and the other place has one of its own.
        url = storm.settings.get("DATABASE_URL", "")
        self._server = url if url and sqlite_path(url) is None else None
        here = {name: value for name, value in storm.settings.items() if name != "DATABASE_URL"}
        self._storm = storm if self._server else replace(storm, settings=here)
        self._chat = chat
        self._providers = providers
        self._clock = clock
        self._backup: Path | None = None
        self._problems: list[str] = []

    async def back_up(self) -> None:
        """Take a backup by the command that operators use, whatever the bot does meanwhile."""
        words = ["backup", str(self._from / "backups")]
        if self._server is None:
            words.append("--with-results")
        said = await self._command(self._from, *words)
        written = _WRITTEN.search(said)
        self._backup = None if written is None else self._from / written[1]
        if self._server is not None and (self._from / _RESULTS).exists():
            # As the operator is told to do there.
            hidden = shutil.ignore_patterns(".*")
            await asyncio.to_thread(
                shutil.copytree, self._from / _RESULTS, self._to / _RESULTS, ignore=hidden
            )

    async def revive(self, earlier: Entries) -> Sequel:
        """Restore it, let a bot finish what is open there, and judge that.

        `earlier` is how everything ended with the bot of the storm, which is stopped.
        """
        sequel = Sequel(violations=self._problems)
        if self._backup is None:
            sequel.violations.append("there is no backup")
            return sequel
        await self._command(self._from, "audit", "verify")
        (self._to / "data").mkdir(parents=True, exist_ok=True)
        await self._command(self._to, "restore", str(self._backup), "--yes")
        database = self._to / "data" / "bot.sqlite3"
        if sequel.violations:
            return sequel
        self._clock.leap(_ABSENCE)
        books = Books(self._server) if self._server else Books.of_file(database)
        try:
            await self._go_on(books, earlier, sequel)
        finally:
            await books.close()
        return sequel

    async def _go_on(self, books: Books, earlier: Entries, sequel: Sequel) -> None:
        opened = {job.id for job in (await books.read()).jobs if job.is_open}
        charges = self._charges()
        settled = await self._finish(books, sequel)
        after = await books.read()
        sequel.jobs, sequel.open = len(after.jobs), len(opened)
        sequel.unknown = sum(_is_unknown(job) for job in after.jobs if job.id in opened)
        if not settled:
            sequel.violations.append(f"it did not come to rest: {await books.pending()}")
        if (paid := self._charges() - charges) > 0:
            sequel.violations.append(f"{paid} jobs were paid for, which may be so already")
        sequel.violations += await books.damage()
        sequel.violations += log_problems(self._to / LOG)
        sequel.violations += self._judge(after, earlier)

    async def _finish(self, books: Books, sequel: Sequel) -> bool:
        launch = Launch(str(self._to), self._storm.settings, self._storm.clock)
        async with Cradle() as cradle:
            keeper = Keeper(cradle, lambda: launch)
            await keeper.start()
            await self._chat.wait_until_connected(_START_SECONDS)
            try:
                async with asyncio.timeout(_CALM_SECONDS):
                    while not (pending := await books.pending()).is_nothing:
                        if pending.is_forgotten:
                            return False
                        await asyncio.sleep(_LOOK_SECONDS)
                        self._clock.leap(_LEAP)
            except TimeoutError:
                return False
            finally:
                await keeper.stop()
                sequel.violations += keeper.problems
        return True

    def _judge(self, after: Entries, earlier: Entries) -> Iterator[str]:
        restored = {job.id for job in after.jobs}
        since = [job for job in earlier.jobs if job.id not in restored]
        union = Entries([*after.jobs, *since], after.messages)
        yield from Audit(union, self._chat, self._providers, self._to / _RESULTS).about_money()
        for line in Audit(after, self._chat, self._providers, self._to / _RESULTS).about_files():
            # The files are copied after the rows, so there are some of jobs that began between.
            if not any(job.id in line for job in since):
                yield line
        yield from DeskAudit(after, self._chat).about_rows()
        then = {job.id: _finals(earlier, job) for job in earlier.jobs}
        # What was removed since is not known to be: it may be missing, or be posted once more.
        gone = {job.id for job in earlier.jobs if job.removed_at is not None}
        for job in after.jobs:
            told = then.get(job.id, set()) | _finals(after, job)
            yield from self._about_messages(job, told, is_removed=job.id in gone)

    def _about_messages(
        self, job: Job, told: set[MessageKind], *, is_removed: bool
    ) -> Iterator[str]:
        """See that each thing that was told of a job, then or since, stands there once."""
        if job.is_open:
            yield f"job {job.id} is stuck: {job.state}"
        posted = [kind_of(one)[0] for one in posted_by_us(self._chat) if is_about(one, job)]
        for kind in (MessageKind.FAILURE,) if is_removed else (*FINAL.values(),):
            if posted.count(kind) != int(kind in told):
                yield f"the {kind} of job {job.id} was posted {posted.count(kind)} times"
        if (cards := posted.count(MessageKind.CARD)) > 1:
            yield f"job {job.id} has {cards} cards"

    def _charges(self) -> int:
        return sum(len(provider.charges) for provider in self._providers)

    async def _command(self, folder: Path, *words: str) -> str:
        """Run one of the bot's commands; what goes wrong is remembered."""
        inherited = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment: Mapping[str, str] = {**inherited, **self._storm.settings}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=folder,
            env=environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), _COMMAND_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = said.decode()
        if process.returncode:
            self._problems.append(f"{words[0]} ended with {process.returncode}: {text.strip()}")
        return text


def _finals(entries: Entries, job: Job) -> set[MessageKind]:
    """Say which end of a job its channel was told."""
    kinds = {one.kind for one in entries.of(job) if one.state is MessageState.SENT}
    wanted = FINAL.get(job.state)
    return {wanted} & kinds if wanted is not None else set()


def _is_unknown(job: Job) -> bool:
    return job.failure is not None and job.failure.kind is FailureKind.OUTCOME_UNKNOWN
