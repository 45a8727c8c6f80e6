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
from bot.pipeline.reacting.acts import ActTools, ReactionActs
from bot.pipeline.reacting.again import AgainMaker
from bot.pipeline.reacting.courier import Courier
from bot.pipeline.reacting.desk import ReactionDesk
from bot.pipeline.reacting.reconcile import Reconciler
from bot.pipeline.reacting.teller import Teller
from bot.pipeline.redeliver import Redeliverer
from bot.pipeline.removals import Removals
from bot.pipeline.reserve import Reserver
from bot.pipeline.sequels import Sequels
from bot.pipeline.storyboards import Storyteller
from bot.pipeline.validate import Validator
from bot.pipeline.video_forms import VideoForms
from bot.posting.avatars import Avatars
from bot.posting.cards import Looks
from bot.posting.direct import DirectClips, DirectMessages
from bot.posting.membership import Membership
from bot.posting.reactions import Reactions
from bot.posting.surroundings import Surroundings
from bot.providers.catalogue import Catalogue
from bot.settings import Settings
from bot.store.moderation.followed import FollowingStore

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
    validator, bound = _validator(settings, offered), settings.unknown_price_micros
    reserver = Reserver(stores.reservations, opened.storage, bound_micros=bound)
    access = JobAccess(stores.questions, stores.jobs, wake)
    prompts = PromptWatch(stores.rules)
    intake = _intake(opened, prompts, validator, reserver, wake)
    confirmer = Confirmer(access, stores.holds, stores.storyboards, prompts, wake)
    under_videos = _under_videos(opened, access, intake, offered)
    as_they_are: dict[str, Any] = {name: getattr(stores, name) for name in _AS_THEY_ARE}
    return Services(
        **as_they_are,
        **_of_members(settings, opened),
        **_of_moderators(stores, validator, bound, wake),
        **under_videos,
        **_reacting(clock, opened, looks, access, confirmer, under_videos, wake),
        private=_private(opened, forms, wake),
        catalogue=offered,
        intake=intake,
        desk=Desk(access, stores.desk, stores.cases, intake, reserver, wake),
        access=access,
        confirmer=confirmer,
        prompts=prompts,
        storyteller=_storyteller(settings, stores, prompts, validator, wake),
        redeliverer=Redeliverer(access, stores.deliveries, wake),
        looks=looks,
        foresight=foresight,
        fetcher=opened.fetcher,
        clock=clock,
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
        "avatars": Avatars(opened.bot),
        "shows_prices": settings.show_prices,
        "chosen_language": stores.preferences.language,
        "exporter": Exporter(stores.privacy, opened.storage, DirectMessages(opened.bot)),
    }


def _under_videos(
    opened: Opened, access: JobAccess, intake: Intake, offered: Catalogue
) -> Mapping[str, Any]:
    """Make what the buttons under a video need."""
    stores = opened.stores
    continuer = Continuer(access, LastFrames(opened.storage, FrameTaker()), offered)
    return {
        "pressing": Pressing(access, stores.policies),
        "family": Family(access, stores.lineage, stores.outbox),
        "sequels": Sequels(access, stores.questions, intake, continuer, offered),
        "removals": Removals(access, stores.questions, stores.takedowns, stores.reports),
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
        preferences=stores.preferences,
        bound_micros=settings.unknown_price_micros,
    )


def _of_moderators(
    stores: Stores, validator: Validator, bound_micros: int | None, wake: Callable[[], None]
) -> Mapping[str, Any]:
    """Make what moderators look at jobs with."""
    overseer = Overseer(
        stores.lists,
        stores.questions,
        stores.jobs,
        stores.deliveries,
        stores.takedowns,
        wake,
    )
    explainer = Explainer(stores.policies, validator, bound_micros=bound_micros)
    return {"overseer": overseer, "explainer": explainer}


def _tools(
    clock: Clock,
    opened: Opened,
    looks: Looks,
    access: JobAccess,
    confirmer: Confirmer,
    under_videos: Mapping[str, Any],
) -> ActTools:
    """Put together what reactions ask for is done with."""
    bot, stores = opened.bot, opened.stores
    door, clips = Reactions(bot), DirectClips(bot, looks)
    again = AgainMaker(
        stores.questions,
        under_videos["pressing"],
        under_videos["sequels"],
        confirmer,
        stores.votes,
        door,
        clock,
    )
    return ActTools(
        access=access,
        questions=stores.questions,
        removals=under_videos["removals"],
        again=again,
        veils=stores.veils,
        policies=stores.policies,
        preferences=stores.preferences,
        courier=Courier(opened.storage, stores.retention, clips, clock),
        teller=Teller(DirectMessages(bot), door, clock),
        reactions=door,
        clock=clock,
    )


def _reacting(
    clock: Clock,
    opened: Opened,
    looks: Looks,
    access: JobAccess,
    confirmer: Confirmer,
    under_videos: Mapping[str, Any],
    wake: Callable[[], None],
) -> Mapping[str, Any]:
    """Make what hears reactions, and what makes up for those that nobody heard."""
    stores, may_copy = opened.stores, Surroundings(opened.bot).may_copy
    tools = _tools(clock, opened, looks, access, confirmer, under_videos)
    reactions = ReactionDesk(
        stores.questions, stores.policies, stores.votes, ReactionActs(tools), may_copy, wake, clock
    )
    reader, removals = Reactions(opened.bot), tools.removals
    following = FollowingStore(opened.database, clock)
    return {
        "reactions": reactions,
        "reconciler": Reconciler(
            reactions, stores.votes, stores.questions, removals, following, reader, clock
        ),
    }
