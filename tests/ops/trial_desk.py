import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from sandbox.provider_stand_in import ProviderStandIn
from tests.manual_clock import START

QUICK: Final = {"FIRST_POLL_SECONDS": "0.02", "POLL_SECONDS": "0.02", "REQUESTS_PER_MINUTE": "6000"}


def settings_for(stand_in: ProviderStandIn, *, with_address: bool = True) -> dict[str, str]:
    name = f"PROVIDERS__{stand_in.name.upper()}"
    values = {"API_KEY": stand_in.api_key, **QUICK}
    if with_address:
        values["BASE_URL"] = stand_in.base_url
    return {
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        **{f"{name}__{setting}": value for setting, value in values.items()},
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an operator types commands; the folder holds nothing at first."""

    folder: Path
    environment: pytest.MonkeyPatch

    def set(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self.environment.setenv(name, value)

    async def run(self, *words: str, typed: str | None = None) -> Result:
        # Beside the loop of the stand-ins: a command has a loop of its own.
        return await asyncio.to_thread(CliRunner().invoke, cli, words, input=typed)

    async def trial(self, stand_in: ProviderStandIn, model: str, *words: str) -> Result:
        self.set(settings_for(stand_in))
        return await self.run(*trial_words(stand_in, model), "--yes", *words)

    def videos(self) -> list[Path]:
        return sorted(self.folder.rglob("*.mp4"))


def trial_words(stand_in: ProviderStandIn, model: str) -> tuple[str, ...]:
    return ("try", stand_in.name, "--model", model, "--prompt", "a red fox")


@asynccontextmanager
async def process(folder: Path, settings: Mapping[str, str], *words: str) -> AsyncIterator[Process]:
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=folder,
        env=dict(settings),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            started.kill()
        await started.communicate()


@dataclass
class SwiftClock:
    """A clock on which every wait is over at once, and remembered."""

    at: datetime = START
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class Notes:
    """Writes down what a trial tells whoever watches it."""

    told: list[str] = field(default_factory=list)

    def sending(self) -> None:
        self.told.append("sending")

    def accepted(self, ref: str) -> None:
        self.told.append(f"accepted {ref}")

    def pending(self, progress: int | None, *, is_late: bool) -> None:
        self.told.append(f"pending {progress}{' late' if is_late else ''}")

    def rendered(self) -> None:
        self.told.append("rendered")

    def trouble(self, detail: str) -> None:
        self.told.append(f"trouble {detail}")
