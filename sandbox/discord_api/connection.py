"""One websocket of the gateway: frames go out in order, from one task, zlib-stream or plain."""

import asyncio
import contextlib
import json
import struct
import zlib
from asyncio.trsock import TransportSocket
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web


class Connection:
    """Takes frames at once and writes them when the socket does; never makes a caller wait."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        *,
        is_compressed: bool,
    ) -> None:
        self._socket = socket
        self._request = request
        self._compressor = zlib.compressobj() if is_compressed else None
        self._is_closing = False
        self._outgoing: asyncio.Queue[str | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, op: int, data: object) -> None:
        """Send a frame that is not an event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, frame: str) -> None:
        """Send a frame as it is."""
        self._outgoing.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with `code` after everything that was sent before."""
        self._is_closing = True
        self._outgoing.put_nowait(code)

    def abort(self) -> None:
        """Cut the socket without a close frame."""
        cut(self._request)

    async def finish(self) -> None:
        """Stop writing because the socket was closed; a close of ours is let through."""
        if not self._is_closing:
            self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer

    async def _write(self) -> None:
        # A dead socket ends the writing; the reading side notices it too and detaches.
        with contextlib.suppress(ConnectionError):
            while True:
                sent = await self._outgoing.get()
                if isinstance(sent, int):
                    await self._socket.close(code=sent)
                    return
                await self._write_frame(sent)

    async def _write_frame(self, frame: str) -> None:
        if self._compressor is None:
            await self._socket.send_str(frame)
            return
        # zlib-stream: one context for the connection, every message ends with a sync flush.
        data = self._compressor.compress(frame.encode())
        await self._socket.send_bytes(data + self._compressor.flush(zlib.Z_SYNC_FLUSH))


def cut(request: web.Request, *, is_orderly: bool = False) -> None:
    """Break the connection of a request off, as a lost network does, or as a server that ends."""
    if request.transport is None:
        return
    if is_orderly:
        request.transport.close()
        return
    # Without this the system says goodbye in order wherever everything was read.
    socket: TransportSocket = request.transport.get_extra_info("socket")
    socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
