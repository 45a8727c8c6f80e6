"""A server that speaks S3, as a process of its own on loopback."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ACCESS_KEY = "AKIAEXAMPLE"
SECRET_KEY = "a-very-secret-half"  # noqa: S105 - of a server that lives for one test run
REGION = "us-east-1"
_PATIENCE_SECONDS = 30
_ADDRESS = re.compile(r"Running on (http://[\d.:]+)")


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where it listens."""

    url: str

    async def make_bucket(self, name: str) -> None:
        async with aiohttp.ClientSession() as session, session.put(f"{self.url}/{name}") as answer:
            assert answer.status == 200

    async def fetch(self, url: str) -> tuple[int, bytes]:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.read()


@contextmanager
def s3_server(log: Path) -> Iterator[S3Server]:
    """Start it on a free port and end it afterwards."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    try:
        yield S3Server(_address(log))
    finally:
        process.terminate()
        process.wait()


def _address(log: Path) -> str:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        found = _ADDRESS.search(log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found[1]
        time.sleep(0.05)
    raise RuntimeError("the S3 server did not start")
