"""A host of files on loopback that answers as a test says, and remembers who asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FileHost:
    """One listener; `answers` maps a path to what is done there."""

    base_url: str
    answers: dict[str, Handler] = field(default_factory=dict)
    hits: list[web.Request] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the whole address of `path`."""
        return f"{self.base_url}{path}"

    def serve(
        self, path: str, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> str:
        """Answer `path` with `body`, and return its address."""

        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=headers)

        self.answers[path] = answer
        return self.url(path)

    def redirect(self, path: str, target: str, *, status: int = 302) -> str:
        """Send whoever asks for `path` to `target`, and return its address."""
        return self.serve(path, b"moved", status=status, headers={"Location": target})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Do what the test wants at this path."""
        self.hits.append(request)
        return await self.answers[request.path](request)


@asynccontextmanager
async def open_file_host(address: str) -> AsyncIterator[FileHost]:
    """Listen on a free port of `address`, a loopback one."""
    host = FileHost("")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", host.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, 0).start()
        host.base_url = f"http://{address}:{runner.addresses[0][1]}"
        yield host
    finally:
        await runner.cleanup()
