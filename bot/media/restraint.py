"""The limits that a child process puts on itself before it opens an untrusted file."""

import os
import resource
from collections.abc import Mapping
from typing import Final

_NICENESS: Final = 10


def restrain(limits: Mapping[int, int]) -> None:
    """Give this process limits that it can't raise again, and a low priority."""
    for what, wanted in limits.items():
        _, ceiling = resource.getrlimit(what)
        limit = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
        resource.setrlimit(what, (limit, limit))
    os.nice(_NICENESS)
