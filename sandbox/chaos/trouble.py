"""What goes wrong in a storm, beyond lost replies: refusals, moods, slowness, broken bodies."""

from typing import Final

from sandbox.canned import CannedReply
from sandbox.crash.weather import LOST_REPLIES, Climate
from sandbox.discord_api.faults import TOO_MANY_REQUESTS, Fault

_SLOW_SECONDS: Final = 0.8
_NO_KEY: Final = CannedReply(401, {"error": {"message": "Invalid token", "code": "invalid_key"}})
_POLICY: Final = CannedReply(400, {"message": "Your prompt violates our content policy"})
_PAGE: Final = CannedReply(200, "<html>welcome</html>")

STORM: Final = Climate(
    create=(
        *LOST_REPLIES.create,
        _NO_KEY,
        _POLICY,
        CannedReply(500, "<html>oops</html>", accepts=True),
        CannedReply(200, "<html>welcome</html>", accepts=True),
        CannedReply(delay_seconds=_SLOW_SECONDS),
    ),
    query=(*LOST_REPLIES.query, _NO_KEY, _PAGE, CannedReply(delay_seconds=_SLOW_SECONDS)),
    file=(*LOST_REPLIES.file, _PAGE, CannedReply(delay_seconds=_SLOW_SECONDS)),
    messages=(
        *LOST_REPLIES.messages,
        Fault("*", "/channels/**", status=500),
        Fault("*", "/channels/**", status=502, after_commit=True),
        Fault("*", "/channels/**", status=TOO_MANY_REQUESTS),
        Fault("*", "/channels/**", delay_seconds=_SLOW_SECONDS),
        Fault("*", "/channels/**", delay_seconds=_SLOW_SECONDS, after_commit=True),
    ),
)
