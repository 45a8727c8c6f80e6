"""Attachments behind links that are signed and expire, as on Discord's CDN."""

import hashlib
import mimetypes
import re
from typing import Final
from urllib.parse import quote

from sandbox.discord_api.state import Attachment
from sandbox.discord_api.world import World
from sandbox.pictures import make_picture

_HEX: Final = 16
_DEFAULTS: Final = "/embed/avatars/"
_PICTURES: Final = ("/avatars/", _DEFAULTS)
_DEFAULT: Final = make_picture("nobody", 128, 128)
_UNSAFE: Final = re.compile(r"[^\w.\-]")


class Cdn:
    """Keeps what was uploaded; a link lives 24 hours (docs, Signed Attachment CDN URLs)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._files: dict[str, Attachment] = {}
        self.base_url = ""
        """Where the CDN is reached; set when the server listens."""

    def store(
        self,
        channel_id: int,
        filename: str,
        data: bytes,
        *,
        content_type: str | None = None,
        is_ephemeral: bool = False,
    ) -> Attachment:
        """Keep a file; without `content_type` its name tells, as on Discord."""
        attachment_id = self._world.new_id()
        name = _UNSAFE.sub("_", filename)
        folder = "ephemeral-attachments" if is_ephemeral else "attachments"
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        attachment = Attachment(
            id=attachment_id,
            filename=name,
            content_type=content_type or guessed,
            data=data,
            path=f"/{folder}/{channel_id}/{attachment_id}/{name}",
            is_ephemeral=is_ephemeral,
        )
        self._files[attachment.path] = attachment
        return attachment

    def remove(self, attachment: Attachment) -> None:
        """Forget a file that is on no message any more: its links are dead, however young."""
        self._files.pop(attachment.path, None)

    def link(self, attachment: Attachment) -> str:
        """Sign a link that lives from now on."""
        now = int(self._world.clock.now().timestamp())
        expires = f"{now + int(self._world.rules.link_life.total_seconds()):x}"
        signature = _signature(attachment.path, expires)
        return f"{self.base_url}{quote(attachment.path)}?ex={expires}&is={now:x}&hm={signature}&"

    def open(self, path: str, expires: str, signature: str) -> Attachment | None:
        """Return the file behind a link; None when the link is wrong or too old.

        Pictures of people are for everybody, and for ever (docs, CDN Endpoints).
        """
        if path.startswith(_PICTURES):
            return self._picture(path)
        if signature != _signature(path, expires):
            return None
        if int(expires, _HEX) < self._world.clock.now().timestamp():
            return None
        return self._files.get(path)

    def _picture(self, path: str) -> Attachment | None:
        name = path.rpartition("/")[2]
        own = {
            f"/avatars/{user.id}/{user.avatar_hash}.png": user.avatar
            for user in self._world.users.values()
        }
        data = own.get(path) or (_DEFAULT if path.startswith(_DEFAULTS) else None)
        return None if data is None else Attachment(0, name, "image/png", data, path)


def _signature(path: str, expires: str) -> str:
    return hashlib.sha256(f"{path}?{expires}".encode()).hexdigest()
