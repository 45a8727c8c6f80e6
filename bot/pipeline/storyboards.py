"""Several scenes as one request: all of them are reserved, or none."""

import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bot.domain import (
    Asker,
    Cost,
    Denial,
    Job,
    Lineage,
    Origin,
    Preferences,
    Relation,
    ValidRequest,
    VideoRequest,
)
from bot.errors import InvalidRequestError
from bot.limits.allowed import check_person
from bot.limits.bounds import Bounds, bounds_of
from bot.limits.facts import wish_of
from bot.pipeline.preferred import preferred
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.reserve import new_job_id
from bot.pipeline.validate import Plan, Validator
from bot.posting.doors import ClosedPlaces
from bot.posting.words_story import NOT_SO_MANY
from bot.store.community.preferences import PreferenceStore
from bot.store.community.storyboards import StoryboardStore
from bot.store.moderation.policies import PolicyStore
from bot.store.reservations import Reservation

log = logging.getLogger(__name__)

FEWEST_SCENES: Final = 2
MOST_SCENES: Final = 6
_RANDOM_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class StoryRequest:
    """What a member asked for; `prompts` has one for each scene, None means not said."""

    origin: Origin
    prompts: tuple[str, ...]
    model: str | None = None
    seconds: int | None = None
    """Of each scene."""
    is_private: bool | None = None


class Storyteller:
    """Validates and reserves all scenes, then wakes the runner.

    `bound_micros` is the most that a job of unknown price comes to, where the operator says so.
    """

    def __init__(
        self,
        policies: PolicyStore,
        prompts: PromptWatch,
        validator: Validator,
        storyboards: StoryboardStore,
        places: ClosedPlaces,
        wake: Callable[[], None],
        *,
        preferences: PreferenceStore,
        bound_micros: int | None = None,
    ) -> None:
        self._policies = policies
        self._prompts = prompts
        self._validator = validator
        self._storyboards = storyboards
        self._places = places
        self._wake = wake
        self._preferences = preferences
        self._bound_micros = bound_micros

    async def accept(self, wanted: StoryRequest, asker: Asker) -> Sequence[Job] | Denial:
        """Make the jobs of all scenes, if the limits of `asker` let all of them in.

        One model makes all of them, so that they look alike.

        Raises:
            InvalidRequestError: It does not fit; nothing was counted or kept.
        """
        check_count(wanted.prompts)
        facts = await self._policies.facts(wanted.origin.guild_id, asker, Cost())
        denial = check_person(facts)
        if denial is not None:
            return denial
        chosen = await self._preferences.of(wanted.origin.requester_id)
        is_private = chosen.is_private if wanted.is_private is None else wanted.is_private
        request = VideoRequest(
            wanted.origin,
            "",
            model=wanted.model,
            seconds=wanted.seconds,
            is_private=is_private,
        )
        plan = self._plan(request, wanted.prompts, bounds_of(facts), chosen)
        # Whoever commands here was just told by Discord what the bot may do here.
        await self._places.reopen(wanted.origin.channel_id)
        if is_private:
            await self._places.reopen(wanted.origin.requester_id)
        requests = _requests(wanted.origin, plan, is_private=is_private)
        scenes = [await self._reservation(one) for one in requests]
        made = await self._storyboards.reserve(scenes, asker)
        if isinstance(made, Denial):
            log.info("Interaction %s: no, %s", wanted.origin.interaction_id, made.refusal)
            return made
        log.info("Jobs %s are reserved as a storyboard", ", ".join(job.id for job in made))
        self._wake()
        return made

    def _plan(
        self,
        request: VideoRequest,
        prompts: Sequence[str],
        bounds: Bounds,
        chosen: Preferences,
    ) -> Plan:
        """Plan the scenes as their member usually wants them; where that does not fit, as said."""
        usual = preferred(request, chosen)
        if usual != request:
            with suppress(InvalidRequestError):
                return self._validator.plan(usual, prompts, bounds)
        return self._validator.plan(request, prompts, bounds)

    async def _reservation(self, scene: "_Scene") -> Reservation:
        request = scene.request
        hits = await self._prompts.hits(request.origin.guild_id, request.spec.prompt)
        wish = wish_of(request, bound_micros=self._bound_micros, hits=hits)
        return Reservation(scene.job_id, request, (), wish)


@dataclass(frozen=True, slots=True)
class _Scene:
    job_id: str
    request: ValidRequest


def check_count(prompts: Sequence[str]) -> None:
    """Check the number of scenes.

    Raises:
        InvalidRequestError: They are too few or too many; the text says how many fit.
    """
    if not FEWEST_SCENES <= len(prompts) <= MOST_SCENES:
        text = NOT_SO_MANY(fewest=FEWEST_SCENES, most=MOST_SCENES, count=len(prompts))
        raise InvalidRequestError(text)


def _requests(asked: Origin, plan: Plan, *, is_private: bool) -> Sequence[_Scene]:
    """Chain the scenes: each says which one it goes on from."""
    scenes: list[_Scene] = []
    for offer in plan.offers:
        origin, lineage = asked, None
        if scenes:
            # An interaction makes one job; the others have a number that is none of Discord's.
            number = -1 - secrets.randbits(_RANDOM_BITS)
            origin = replace(origin, interaction_id=number)
            lineage = Lineage(scenes[-1].job_id, Relation.SCENE)
        request = ValidRequest(
            origin,
            offer.spec,
            estimate_micros=offer.estimate_micros,
            look=plan.look,
            lineage=lineage,
            is_private=is_private,
        )
        scenes.append(_Scene(new_job_id(), request))
    return scenes
