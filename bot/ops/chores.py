"""Which chores the running bot does, and when."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.media.storage import ResultStorage
from bot.ops.backups.backup import back_up
from bot.ops.housekeeping import Chore, Housekeeper, about_every, daily_at
from bot.ops.retention import Rules, Sweeper
from bot.settings import Settings
from bot.store.engines.engine import Database
from bot.store.retention import RetentionStore

log = logging.getLogger(__name__)

_SWEEP: Final = timedelta(hours=1)
_THOROUGH: Final = timedelta(days=1)


def housekeeper_of(
    settings: Settings,
    clock: Clock,
    database: Database,
    storage: ResultStorage,
    *,
    more: Sequence[Chore] = (),
) -> Housekeeper:
    """Put the chores together, with `more` that other parts bring along."""
    sweeper = Sweeper(RetentionStore(database, clock), storage, clock, Rules.of(settings))

    async def sweep(*, with_orphans: bool) -> None:
        swept = await sweeper.sweep(with_orphans=with_orphans)
        if swept.videos or swept.references or swept.prompts:
            log.info(
                "Deleted %d videos, %d reference images and the words of %d jobs",
                swept.videos,
                swept.references,
                swept.prompts,
            )

    chores = [
        Chore("sweep", partial(sweep, with_orphans=False), about_every(_SWEEP)),
        # Much more work, for it goes through every file.
        Chore("thorough sweep", partial(sweep, with_orphans=True), about_every(_THOROUGH)),
        *more,
    ]
    if settings.backup_at is not None:

        async def nightly() -> None:
            made = await back_up(settings, clock)
            log.info("The backup %s is written and checked", made.path.name)

        chores.append(Chore("nightly backup", nightly, daily_at(settings.backup_at)))
    return Housekeeper(chores, clock)
