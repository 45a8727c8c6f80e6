"""What would come of a request that nobody made yet, and which rule would decide it."""

from dataclasses import dataclass

from bot.domain import Admission, Denial, Policy, PolicyName, Refusal, VideoSpec
from bot.limits.decide import hold_rule
from bot.limits.facts import Facts


@dataclass(frozen=True, slots=True)
class Misfit:
    """The request fits no model, whatever is allowed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a member in a place, and the verdict on what they might ask for."""

    facts: Facts
    verdict: Admission | Denial | Misfit
    spec: VideoSpec | None = None
    """What would be made; None where it did not come to that."""
    estimate_micros: int | None = None
    """What that costs at most; None is unknown."""

    @property
    def deciding(self) -> Policy | None:
        """Return the policy that decided it; None when none did, or a limit or block."""
        match self.verdict:
            case Denial():
                return _denying(self.facts, self.verdict)
            case Admission(hold=hold) if hold is not None:
                return hold_rule(self.facts, hold)
        return None


def _denying(facts: Facts, denial: Denial) -> Policy | None:
    name = _name(denial)
    for one in facts.book.policies:
        if (one.name, one.scope, one.target_id) == (name, denial.scope, denial.target_id):
            return one
    return None


def _name(denial: Denial) -> PolicyName | None:
    if denial.is_stepped_down:
        return PolicyName.STEP_DOWN
    if denial.refusal is Refusal.PAUSED:
        return PolicyName.PAUSE
    # Most refusals are named after the policy that says no; a limit or a block is none.
    return next((one for one in PolicyName if one.value == denial.refusal.value), None)
