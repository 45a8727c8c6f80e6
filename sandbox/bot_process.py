"""The bot as its own process, started, killed and stopped as an operating system would."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.discord_api import DiscordStandIn
from sandbox.provider_stand_in import ProviderStandIn

_STOP_SECONDS: Final = 20.0
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")
"""What the bot inherits: no setting of the developer's own bot gets in."""


_REQUESTS_PER_MINUTE: Final = 6000
"""So many that a rate meant for a real provider slows nothing down here."""


def settings_for(
    chat: DiscordStandIn, *providers: ProviderStandIn, poll_seconds: float
) -> dict[str, str]:
    """Return the environment that points the bot at the stand-ins, and nothing else."""
    settings = {
        "DISCORD_TOKEN": chat.token,
        "DISCORD_API_URL": chat.api_url,
        "DISCORD_GATEWAY_URL": chat.gateway_url,
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
    }
    for provider in providers:
        given = {
            "API_KEY": provider.api_key,
            "BASE_URL": provider.base_url,
            "FIRST_POLL_SECONDS": str(poll_seconds),
            "POLL_SECONDS": str(poll_seconds),
            "REQUESTS_PER_MINUTE": str(_REQUESTS_PER_MINUTE),
        }
        prefix = f"PROVIDERS__{provider.name.upper()}__"
        settings |= {f"{prefix}{name}": value for name, value in given.items()}
    return settings


class BotProcess:
    """One run after another of `python -m bot run`, in a folder of its own."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder = folder
        self._settings = settings
        self._process: Process | None = None

    @property
    def log_path(self) -> Path:
        """Name the file with everything the bot logged."""
        return self._folder / "bot.log"

    async def start(self) -> None:
        """Start the bot; its folder is where it looks for `.env`, and there is none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        inherited = {name: os.environ[name] for name in _KEPT if name in os.environ}
        with self.log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=self._folder,
                env=inherited | dict(self._settings),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        process = self._running()
        process.kill()
        await process.wait()

    async def stop(self) -> int:
        """End it with SIGTERM and return its exit code."""
        process = self._running()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            return await process.wait()

    @property
    def exit_code(self) -> int | None:
        """Tell how it ended; None while it runs."""
        return None if self._process is None else self._process.returncode

    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("the bot was not started")
        return self._process
