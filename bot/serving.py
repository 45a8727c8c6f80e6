"""Puts together what commands use: the other half of the composition root."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from bot.client import Services
from bot.clock import Clock
from bot.opening import Opened, Stores
from bot.pipeline.access import JobAccess
from bot.pipeline.confirm import Confirmer
from bot.pipeline.desk import Desk
from bot.pipeline.explain import Explainer
from bot.pipeline.export import Exporter
from bot.pipeline.intake import Intake
from bot.pipeline.oversee import Overseer
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.redeliver import Redeliverer
from bot.pipeline.removals import Removals
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.posting.cards import Looks
from bot.posting.direct import DirectMessages
from bot.providers.catalogue import Catalogue
from bot.settings import Settings

_AS_THEY_ARE: Final = (
    {field.name for field in fields(Services)} & {field.name for field in fields(Stores)}
) - {"desk"}
"""The stores that commands use themselves; the desk is one of the pipeline."""


def assemble_services(
    settings: Settings,
    clock: Clock,
    opened: Opened,
    offered: Catalogue,
    looks: Looks,
    wake: Callable[[], None],
) -> Services:
    """Make what commands may use, on what was opened."""
    storage, stores = opened.storage, opened.stores
    validator = Validator(
        offered,
        default_model=settings.default_model,
        prompt_max_characters=settings.prompt_max_characters,
    )
    bound = settings.unknown_price_micros
    reserver = Reserver(stores.reservations, storage, bound_micros=bound)
    access = JobAccess(stores.questions, stores.jobs, wake)
    places, prompts = stores.closed_places, PromptWatch(stores.rules)
    intake = Intake(stores.policies, prompts, validator, reserver, storage, places, wake)
    as_they_are: dict[str, Any] = {name: getattr(stores, name) for name in _AS_THEY_ARE}
    return Services(
        **as_they_are,
        catalogue=offered,
        intake=intake,
        desk=Desk(access, stores.desk, stores.cases, intake, reserver, wake),
        access=access,
        confirmer=Confirmer(access, stores.holds, prompts, wake),
        explainer=Explainer(stores.policies, validator, bound_micros=bound),
        prompts=prompts,
        removals=Removals(access, stores.questions, stores.takedowns, stores.reports),
        exporter=Exporter(stores.privacy, storage, DirectMessages(opened.bot)),
        overseer=_overseer(stores, wake),
        redeliverer=Redeliverer(access, stores.deliveries, wake),
        looks=looks,
        fetcher=opened.fetcher,
        clock=clock,
        shows_prices=settings.show_prices,
    )


def _overseer(stores: Stores, wake: Callable[[], None]) -> Overseer:
    return Overseer(
        stores.lists,
        stores.questions,
        stores.jobs,
        stores.deliveries,
        stores.takedowns,
        wake,
    )
