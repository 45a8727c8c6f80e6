"""The ways in which a life can end at a point, and what goes with it."""

import signal
from dataclasses import dataclass
from datetime import timedelta
from signal import Signals
from typing import Final

_LATER: Final = timedelta(minutes=10)
"""Past the minutes for which Discord keeps a nonce."""
_PAST_LEASES: Final = timedelta(minutes=15)
"""The longest lease is that of a step that may take twelve minutes."""
_BACK: Final = timedelta(minutes=-2)
_FAULTS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Scenario:
    """What goes with each kill."""

    name: str
    pause: timedelta = timedelta(0)
    fault_chance: float = 0.0
    strikes: int = 1
    """At most, in one life."""
    strike: Signals = signal.SIGKILL
    has_company: bool = False


FAIR: Final = (Scenario("at once"), Scenario("ten minutes later", _LATER))
SCENARIOS: Final = (
    *FAIR,
    Scenario("lost replies, at once", fault_chance=_FAULTS),
    Scenario("lost replies, later", _LATER, _FAULTS),
    Scenario("lost replies, three kills", _LATER, _FAULTS, strikes=3),
    Scenario("stopped, and past its lease", _PAST_LEASES, strike=signal.SIGSTOP),
    Scenario("killed, and the clock set back", _BACK),
    Scenario("stopped, and the clock set back", _BACK, strike=signal.SIGSTOP),
)
"""Those of a bot that is alone."""
SHARED: Final = (
    Scenario("one of two killed", has_company=True),
    Scenario("one of two killed, lost replies", fault_chance=_FAULTS, has_company=True),
    Scenario(
        "one of two stopped past its lease", _PAST_LEASES, strike=signal.SIGSTOP, has_company=True
    ),
)
"""Those of two processes on one database."""
