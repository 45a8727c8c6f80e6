"""Plain HTTP to the stand-in, for what discord.py would never send."""

import json
from typing import Any

import aiohttp

from sandbox.discord_api import DiscordStandIn


class RestClient:
    def __init__(self, session: aiohttp.ClientSession, chat: DiscordStandIn) -> None:
        self.session = session
        self.chat = chat

    async def call(
        self, method: str, path: str, body: object = None, token: str | None = None
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {token or self.chat.token}"}
        url = f"{self.chat.api_url}{path}"
        async with self.session.request(method, url, json=body, headers=headers) as reply:
            text = await reply.text()
            return reply.status, json.loads(text) if text else None

    async def code(self, method: str, path: str, body: object = None) -> int:
        _, answer = await self.call(method, path, body)
        return int(answer["code"])

    async def wrong_fields(self, path: str, body: object) -> dict[str, Any]:
        status, answer = await self.call("POST", path, body)
        assert (status, answer["code"]) == (400, 50035)
        return dict(answer["errors"])

    async def send(self, url: str, data: object) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self.chat.token}"}
        async with self.session.post(url, headers=headers, data=data) as reply:
            return reply.status, json.loads(await reply.text())
