"""A family of REST routes: path templates and the functions that answer them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call
from sandbox.discord_api.replies import Reply

Answer = Callable[[Backend, Call], Reply]
_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path; an open route needs no bot token."""

    method: str
    template: str
    answer: Answer
    is_open: bool
    pattern: re.Pattern[str]


class Routes:
    """Routes in the order of their definition, which is the order of their trial."""

    def __init__(self, routes: Iterable[Route] = ()) -> None:
        self._routes = list(routes)

    def add(
        self, method: str, template: str, *, is_open: bool = False
    ) -> Callable[[Answer], Answer]:
        """Register the function below as the answer to a path template."""

        def register(answer: Answer) -> Answer:
            pattern = re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", template))
            self._routes.append(Route(method, template, answer, is_open, pattern))
            return answer

        return register

    def __add__(self, other: "Routes") -> "Routes":
        """Put two families together."""
        return Routes([*self._routes, *other._routes])

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a request and the values in its path."""
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if route.method == method and found is not None:
                return route, found.groupdict()
        return None
