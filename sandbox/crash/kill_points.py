"""Knows the points at which the bot's work is suspended or resumed, and strikes at one of them.

A task of asyncio runs undisturbed from one suspension to the next, so a process that was killed
at each of these points was killed in every state that a task can leave behind.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, TracebackType
from typing import Any, Final

WORK: Final = ("pipeline", "store", "posting", "providers", "media")
"""The packages of `bot` whose code makes a suspension a point."""
MOST_TASKS: Final = 2
"""How many tasks that come to one place make a point each."""
_CONTEXTS: Final = "contextlib.py"

_Work = Coroutine[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """The moment when the `nth` task comes to a place for the first time."""

    place: str
    """`before` or `after` the wait, and the functions that wait, from the outermost inwards."""
    nth: int = 1

    @property
    def title(self) -> str:
        """Name it by its phase and its innermost function."""
        return f"{self.place.partition(' ')[0]} {self.place.rpartition(' ')[2]} ({self.nth})"


class KillPoints:
    """The points of one process; `strike` is called at `target`."""

    def __init__(self, package: Path, strike: Callable[[], None], target: Point | None) -> None:
        self._root = f"{package}/"
        self._folders = tuple(f"{self._root}{name}/" for name in WORK)
        self._strike = strike
        self._target = target
        self._tasks: Counter[str] = Counter()
        self.seen: list[Point] = []
        """In the order in which they came."""

    def make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        work: _Work | Generator[Any, None, Any],
        **options: Any,  # noqa: ANN401 - what asyncio hands to the factory of its tasks
    ) -> asyncio.Task[Any]:
        """Make a task whose points are known; for `loop.set_task_factory`."""
        watched = _Watched(work, self) if isinstance(work, CoroutineType) else work
        return asyncio.Task(watched, loop=loop, **options)

    def pass_one(self, place: str) -> None:
        """Note that one more task came to `place`."""
        self._tasks[place] += 1
        point = Point(place, self._tasks[place])
        if point.nth <= MOST_TASKS:
            self.seen.append(point)
        if point == self._target:
            self._strike()

    def place(self, work: _Work) -> str | None:
        """Describe where `work` waits; None when that is no business of the packages."""
        steps, offset = [], 0
        for code, frame in _frames(work):
            if code.co_filename.startswith(self._folders):
                file = code.co_filename.removeprefix(self._root)
                steps.append(f"{file}:{code.co_name}:{frame.f_lineno}")
                offset = frame.f_lasti
        # A context is entered and left in one line, and only the instruction tells which.
        return f"{' '.join(steps)}@{offset}" if steps else None


def _frames(work: _Work) -> Iterator[tuple[CodeType, FrameType]]:
    """Go through what waits for each other, from the outermost inwards."""
    waiting: object = work
    while True:
        match waiting:
            case CoroutineType(cr_code=code, cr_frame=FrameType() as frame):
                yield code, frame
                waiting = _context(code, frame) or waiting.cr_await
            case AsyncGeneratorType(ag_code=code, ag_frame=FrameType() as frame):
                yield code, frame
                waiting = waiting.ag_await
            case _:
                return


def _context(code: CodeType, frame: FrameType) -> object:
    """Return the generator of a context that is being entered or left, if this is one."""
    if not code.co_filename.endswith(_CONTEXTS):
        return None
    generator = getattr(frame.f_locals.get("self"), "gen", None)
    # While it runs, what it waits for is known to itself only, and not to who entered it.
    return generator if isinstance(generator, AsyncGeneratorType) else None


class _Watched(Coroutine[Any, Any, Any]):
    """Stands between a task and its coroutine."""

    def __init__(self, work: "CoroutineType[Any, Any, Any]", points: KillPoints) -> None:
        self._work = work
        self._points = points
        self._place: str | None = None
        self._been: set[str] = set()

    def send(self, value: object) -> object:
        """Resume the work."""
        return self._step(lambda: self._work.send(value))

    def throw(
        self,
        kind: Any,  # noqa: ANN401 - the forms that a generator's `throw` has
        value: Any = None,  # noqa: ANN401 - the same
        trace: TracebackType | None = None,
    ) -> object:
        """Resume the work with an error."""
        error = kind if value is None else value
        return self._step(lambda: self._work.throw(error))

    def close(self) -> None:
        """End the work."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        """Let another coroutine wait for it."""
        return self._work.__await__()

    def _step(self, resume: Callable[[], object]) -> object:
        # What was waited for has happened, and the work does not know of it yet.
        self._pass("after")
        waited_for = resume()
        self._place = self._points.place(self._work)
        self._pass("before")
        return waited_for

    def _pass(self, phase: str) -> None:
        if self._place is None:
            return
        place = f"{phase} {self._place}"
        if place not in self._been:
            self._been.add(place)
            self._points.pass_one(place)
