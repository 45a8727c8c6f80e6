"""Puts together what commands use: the other half of the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from bot.client import Services
from bot.clock import Clock
from bot.media.last_frame import FrameTaker
from bot.opening import Opened, Stores
from bot.pipeline.access import JobAccess
from bot.pipeline.confirm import Confirmer
from bot.pipeline.continuing import Continuer
from bot.pipeline.desk import Desk
from bot.pipeline.explain import Explainer
from bot.pipeline.export import Exporter
from bot.pipeline.family import Family
from bot.pipeline.foresight import Foresight
from bot.pipeline.intake import Intake
from bot.pipeline.last_frame import LastFrames
from bot.pipeline.oversee import Overseer
from bot.pipeline.presets import PresetBook
from bot.pipeline.pressing import Pressing
from bot.pipeline.private import PrivateVideos
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.redeliver import Redeliverer
from bot.pipeline.removals import Removals
from bot.pipeline.reserve import Reserver
from bot.pipeline.sequels import Sequels
from bot.pipeline.storyboards import Storyteller
from bot.pipeline.validate import Validator
from bot.pipeline.video_forms import VideoForms
from bot.posting.avatars import Avatars
from bot.posting.cards import Looks
from bot.posting.direct import DirectMessages
from bot.posting.membership import Membership
from bot.providers.catalogue import Catalogue
from bot.settings import Settings

_AS_THEY_ARE: Final = (
    {field.name for field in fields(Services)} & {field.name for field in fields(Stores)}
) - {"desk", "presets"}
"""The stores that commands use themselves; these two are ones of the pipeline."""


def assemble_services(
    settings: Settings,
    clock: Clock,
    opened: Opened,
    offered: Catalogue,
    looks: Looks,
    wake: Callable[[], None],
    *,
    forms: VideoForms,
    foresight: Foresight,
) -> Services:
    """Make what commands may use, on what was opened."""
    stores = opened.stores
    validator = _validator(settings, offered)
    bound = settings.unknown_price_micros
    reserver = Reserver(stores.reservations, opened.storage, bound_micros=bound)
    access = JobAccess(stores.questions, stores.jobs, wake)
    prompts = PromptWatch(stores.rules)
    intake = _intake(opened, prompts, validator, reserver, wake)
    as_they_are: dict[str, Any] = {name: getattr(stores, name) for name in _AS_THEY_ARE}
    return Services(
        **as_they_are,
        **_of_members(settings, opened),
        **_under_videos(opened, access, intake, offered),
        private=_private(opened, forms, wake),
        catalogue=offered,
        intake=intake,
        desk=Desk(access, stores.desk, stores.cases, intake, reserver, wake),
        access=access,
        confirmer=Confirmer(access, stores.holds, stores.storyboards, prompts, wake),
        explainer=Explainer(stores.policies, validator, bound_micros=bound),
        prompts=prompts,
        overseer=_overseer(stores, wake),
        storyteller=_storyteller(settings, stores, prompts, validator, wake),
        redeliverer=Redeliverer(access, stores.deliveries, wake),
        looks=looks,
        foresight=foresight,
        fetcher=opened.fetcher,
        clock=clock,
        shows_prices=settings.show_prices,
    )


def _validator(settings: Settings, offered: Catalogue) -> Validator:
    return Validator(
        offered,
        default_model=settings.default_model,
        prompt_max_characters=settings.prompt_max_characters,
    )


def _intake(
    opened: Opened,
    prompts: PromptWatch,
    validator: Validator,
    reserver: Reserver,
    wake: Callable[[], None],
) -> Intake:
    stores = opened.stores
    return Intake(
        stores.policies,
        prompts,
        validator,
        reserver,
        opened.storage,
        stores.closed_places,
        wake,
        preferences=stores.preferences,
    )


def _of_members(settings: Settings, opened: Opened) -> Mapping[str, Any]:
    """Make what members have for themselves."""
    stores = opened.stores
    most = settings.prompt_max_characters
    return {
        "presets": PresetBook(stores.presets, prompt_max_characters=most),
        "chosen_language": stores.preferences.language,
        "avatars": Avatars(opened.bot),
        "exporter": Exporter(stores.privacy, opened.storage, DirectMessages(opened.bot)),
    }


def _under_videos(
    opened: Opened, access: JobAccess, intake: Intake, offered: Catalogue
) -> Mapping[str, Any]:
    """Make what the buttons under a video need."""
    stores = opened.stores
    continuer = Continuer(access, LastFrames(opened.storage, FrameTaker()), offered)
    return {
        "continuer": continuer,
        "pressing": Pressing(access, stores.policies),
        "removals": Removals(access, stores.questions, stores.takedowns, stores.reports),
        "family": Family(access, stores.lineage, stores.outbox),
        "sequels": Sequels(access, intake, continuer, offered),
    }


def _private(opened: Opened, forms: VideoForms, wake: Callable[[], None]) -> PrivateVideos:
    stores, membership = opened.stores, Membership(opened.bot)
    return PrivateVideos(stores.questions, stores.deliveries, membership, forms, wake)


def _storyteller(
    settings: Settings,
    stores: Stores,
    prompts: PromptWatch,
    validator: Validator,
    wake: Callable[[], None],
) -> Storyteller:
    return Storyteller(
        stores.policies,
        prompts,
        validator,
        stores.storyboards,
        stores.closed_places,
        wake,
        bound_micros=settings.unknown_price_micros,
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
