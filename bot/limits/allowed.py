"""What may be asked for at all, by whom and where, whatever was used so far."""

from bot.domain import Denial, Policy, PolicyName, Refusal, Scope, VideoSpec
from bot.limits.budgets import steps_down
from bot.limits.facts import Facts, Wish
from bot.limits.values import height_of, listing_of, reason_of


def check_person(facts: Facts) -> Denial | None:
    """Say whether this member may ask for anything in this place at all."""
    book, asker, block = facts.book, facts.asker, facts.block
    if block is not None:
        scope = Scope.MEMBER if block.guild_id else Scope.PERSON
        return Denial(
            Refusal.BLOCKED,
            scope,
            block.member_id,
            block.set_by_id,
            until=block.until_at,
            reason=block.reason,
        )
    if facts.cools_until is not None:
        return Denial(Refusal.COOLING, Scope.SERVER, until=facts.cools_until)
    for pause in book.policies_for(asker, PolicyName.PAUSE):
        return _denied(Refusal.PAUSED, pause, reason=reason_of(pause))
    places = book.refusing(
        asker, PolicyName.CHANNELS, lambda one: listing_of(one).allows(*asker.channel_ids)
    )
    if places is not None:
        return _denied(Refusal.CHANNELS, places, allowed=_only(places))
    adults = book.refusing(
        asker,
        PolicyName.AGE_RESTRICTED,
        lambda one: one.value is not True or asker.is_age_restricted,
    )
    if adults is not None:
        return _denied(Refusal.AGE_RESTRICTED, adults)
    roles = book.refusing(
        asker, PolicyName.ROLES, lambda one: listing_of(one).allows(*asker.role_ids)
    )
    return None if roles is None else _denied(Refusal.ROLES, roles, allowed=_only(roles))


def check_request(facts: Facts, wish: Wish) -> Denial | None:
    """Say whether what is asked for may be made here, whatever was used so far."""
    refusing, asker, spec = facts.book.refusing, facts.asker, wish.spec
    models = refusing(
        asker,
        PolicyName.MODELS,
        lambda one: listing_of(one).allows(f"{spec.provider}/{spec.model}"),
    )
    if models is not None:
        return _denied(Refusal.MODELS, models, allowed=_only(models))
    longest = refusing(asker, PolicyName.LONGEST, lambda one: spec.seconds <= one.value)
    if longest is not None:
        return _denied(Refusal.LONGEST, longest, allowed=(str(longest.value),), wanted=spec.seconds)
    height = height_of(spec.resolution)
    largest = refusing(asker, PolicyName.RESOLUTION, lambda one: height <= height_of(one.value))
    if largest is not None:
        return _denied(Refusal.RESOLUTION, largest, allowed=(largest.value,))
    images = refusing(
        asker, PolicyName.REFERENCES, lambda one: one.value is not False or not wish.images
    )
    if images is not None:
        return _denied(Refusal.REFERENCES, images)
    return _check_step_down(facts, spec)


def _check_step_down(facts: Facts, spec: VideoSpec) -> Denial | None:
    steps = steps_down(facts)
    lengths = [(one.longest, policy) for policy, one in steps if one.longest is not None]
    sizes = [(one.resolution, policy) for policy, one in steps if one.resolution is not None]
    longest, policy = min(lengths, key=lambda one: one[0], default=(spec.seconds, None))
    if policy is not None and spec.seconds > longest:
        return _denied(
            Refusal.LONGEST,
            policy,
            allowed=(str(longest),),
            wanted=spec.seconds,
            is_stepped_down=True,
        )
    size, policy = min(sizes, key=lambda one: height_of(one[0]), default=(spec.resolution, None))
    if policy is not None and height_of(spec.resolution) > height_of(size):
        return _denied(Refusal.RESOLUTION, policy, allowed=(size,), is_stepped_down=True)
    return None


def _only(policy: Policy) -> tuple[str, ...]:
    """List what is allowed, where a policy says so; what is not allowed is not listed."""
    listing = listing_of(policy)
    return tuple(sorted(map(str, listing.items))) if listing.is_only else ()


def _denied(
    refusal: Refusal,
    policy: Policy,
    *,
    allowed: tuple[str, ...] = (),
    wanted: int = 0,
    reason: str = "",
    is_stepped_down: bool = False,
) -> Denial:
    return Denial(
        refusal,
        policy.scope,
        policy.target_id,
        policy.set_by_id,
        wanted=wanted,
        allowed=allowed,
        reason=reason,
        is_stepped_down=is_stepped_down,
    )
