"""`grok-bot try`: what a trial shows, asks and says in the end."""

import logging
from collections.abc import Sequence
from enum import IntEnum
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.clock import Clock
from bot.domain import FailureKind, Mode
from bot.ops.mending import how_to_mend
from bot.ops.trials.trial import Made, NotMade
from bot.ops.trials.trial_plan import Plan
from bot.posting.text import dollars, megabytes
from bot.posting.words import CHARGE_WORDS, FAILURE_REASONS, FAILURE_TITLES
from bot.providers import PROVIDERS

log = logging.getLogger(__name__)

_PERCENT: Final = 100


class TrialExit(IntEnum):
    """Exit codes; what is wrong with the settings has one of its own, 78."""

    DONE = 0
    DECLINED = 1
    """Nothing was sent: the operator said so, or something broke before."""
    REFUSED = 2
    """The content by the provider, or the request by us before anything was sent."""
    FAILED = 3
    """No video is here; where the provider has the job, its reference is shown."""
    UNKNOWN = 4
    """The paid call may have started a job."""
    INTERRUPTED = 130
    """Ctrl-C, as a shell counts it; the job goes on at the provider."""


class TrialScreen:
    """Shows one trial; a context manager around the time in which something moves."""

    def __init__(self, console: Console, plan: Plan, clock: Clock) -> None:
        self._console = console
        self._plan = plan
        self.ref: str | None = None
        """How the provider calls the job; None until it is known."""
        self._is_sent = False
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            get_time=lambda: clock.now().timestamp(),
        )
        self._task = self._progress.add_task("Waiting", total=None)

    def __enter__(self) -> Self:
        """Start to draw the bar."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bar as it is."""
        self._progress.stop()

    def sending(self) -> None:
        """Note that money may be spent from here on."""
        self._is_sent = True
        self._progress.update(self._task, description="Handing it over")

    def accepted(self, ref: str) -> None:
        """Show the reference at once: it finds the paid video, whatever happens to us."""
        self.ref = ref
        self._say(f"{self._plan.title} took it as {ref}")
        self._progress.update(self._task, description="Rendering")

    def pending(self, progress: int | None, *, is_late: bool) -> None:
        """Move the bar."""
        words = "Rendering, unusually long" if is_late else "Rendering"
        self._progress.update(
            self._task,
            description=words,
            completed=progress or 0,
            total=None if progress is None else _PERCENT,
        )

    def rendered(self) -> None:
        """Fill the bar: only the file is still to come."""
        self._progress.update(
            self._task, description="Fetching the file", completed=_PERCENT, total=_PERCENT
        )

    def trouble(self, detail: str) -> None:
        """Say that something is tried again; what a provider said goes to the log."""
        log.info("%s", detail)
        self._say("That did not work. Trying again.")

    def end(self, outcome: Made | NotMade) -> TrialExit:
        """Say what came of it."""
        match outcome:
            case Made(path, size_bytes, facts):
                self._say(
                    f"{path.resolve()}\n{facts.seconds:.1f} s, {facts.width}x{facts.height}, "
                    f"{megabytes(size_bytes)}\n{self._charged(outcome.cost_micros)}"
                )
                return TrialExit.DONE
            case NotMade():
                self._say("\n".join(self._bad_end(outcome)))
                return _exit_of(outcome.failure.kind)

    def interrupted(self) -> TrialExit:
        """Say what Ctrl-C left behind."""
        return self._cut_off("Interrupted", TrialExit.INTERRUPTED)

    def broken(self) -> TrialExit:
        """Say what is known after something that nobody foresaw; the log says what it was."""
        return self._cut_off("Something broke", TrialExit.FAILED)

    def _cut_off(self, what: str, once_accepted: TrialExit) -> TrialExit:
        if self.ref is not None:
            self._say(f"{what}. {self._where_it_is()}")
            return once_accepted
        if self._is_sent:
            self._say(
                f"{what} while it was handed over: it may have been started and charged. "
                f"Look at your account at {self._plan.title} before you try again."
            )
            return TrialExit.UNKNOWN
        self._say(f"{what}. Nothing was sent.")
        return TrialExit.DECLINED

    def _bad_end(self, outcome: NotMade) -> Sequence[str]:
        failure = outcome.failure
        log.info("%s: %s", failure.kind, failure.detail or "no reason given")
        lines = [f"{FAILURE_TITLES[failure.kind]()}.", FAILURE_REASONS[failure.kind]()]
        if outcome.cost_micros is None:
            lines.append(CHARGE_WORDS[failure.charge]())
        else:
            lines.append(self._charged(outcome.cost_micros))
        if outcome.to_mend is not None:
            lines.append(how_to_mend(outcome.to_mend, PROVIDERS[self._plan.spec.provider]))
        if failure.kind is FailureKind.OUTCOME_UNKNOWN:
            lines.append(f"Look at your account at {self._plan.title} before you try again.")
        if self.ref is not None:
            lines.append(self._where_it_is())
        return lines

    def _charged(self, cost_micros: int | None) -> str:
        if cost_micros is not None:
            return f"The service reports {dollars(cost_micros)}."
        estimate = self._plan.estimate_micros
        if estimate is None:
            return "The service does not say what it charged; price unknown."
        return f"The service does not say what it charged; estimated {dollars(estimate)}."

    def _where_it_is(self) -> str:
        return f"{self._plan.title} has the job under {self.ref}."

    def _say(self, text: str) -> None:
        # Texts of providers are not markup, and an address must not be broken into lines.
        self._console.print(Text(text), soft_wrap=True)


def show_plan(console: Console, plan: Plan, warning: str | None) -> None:
    """Say what will be made, where and for how much."""
    if warning is not None:
        console.print(Panel(Text(f"DEVELOPMENT: {warning}"), style="bold red"))
    table = Table.grid(padding=(0, 2))
    for name, value in _lines(plan):
        table.add_row(Text(name), Text(value, overflow="fold"))
    console.print(table)


def _lines(plan: Plan) -> Sequence[tuple[str, str]]:
    spec, inputs = plan.spec, plan.inputs
    added = " more" if spec.mode is Mode.EXTEND else ""
    shape = f", {spec.aspect_ratio}" if spec.aspect_ratio else ""
    images = len(inputs.images) + len(inputs.image_urls)
    cost = "price unknown"
    if plan.estimate_micros is not None:
        cost = f"about {dollars(plan.estimate_micros)}, at most"
    return (
        ("Where", f"{plan.title} at {plan.base_url}"),
        ("Model", f"{plan.model_title} ({spec.model})"),
        ("Prompt", spec.prompt),
        ("From", spec.mode + (f", {images} image{'s' if images > 1 else ''}" if images else "")),
        ("Video", f"{spec.seconds} s{added}, {spec.resolution}{shape}"),
        ("Cost", cost),
    )


def _exit_of(kind: FailureKind) -> TrialExit:
    match kind:
        case FailureKind.REFUSED:
            return TrialExit.REFUSED
        case FailureKind.OUTCOME_UNKNOWN:
            return TrialExit.UNKNOWN
        case _:
            return TrialExit.FAILED
