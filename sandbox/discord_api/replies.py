"""What the REST side answers, and the refusals that Discord has a code for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sandbox.discord_api.exchanges import Json


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON body of an answer; without a body it is empty."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


NO_CONTENT = Reply(204)


class Refusal(Enum):
    """Status, code and text of Discord's errors (docs, Opcodes and Status Codes)."""

    NOT_FOUND = (404, 0, "404: Not Found")
    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_EMOJI = (400, 10014, "Unknown Emoji")
    NO_SUCH_EMOJI = (404, 10014, "Unknown Emoji")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
    TOO_MANY_REACTIONS = (400, 30010, "Maximum number of reactions reached (20)")
    TOO_MANY_COMMANDS = (400, 30032, "Maximum number of application commands reached (100)")
    TOO_LARGE = (413, 40005, "Request entity too large")
    ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
    MISSING_ACCESS = (403, 50001, "Missing Access")
    NOT_THE_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    CLOSED_TO_DMS = (403, 50007, "Cannot send messages to this user")
    NOT_A_TEXT_CHANNEL = (400, 50008, "Cannot send messages in a non-text channel")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    INVALID_WEBHOOK_TOKEN = (401, 50027, "Invalid Webhook Token")
    INVALID_FORM = (400, 50035, "Invalid Form Body")
    NO_MUTUAL_GUILDS = (
        403,
        50278,
        "Cannot send messages to this user due to having no mutual guilds",
    )
    ARCHIVED = (400, 50083, "Thread is archived")
    INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")
    NO_REPLY_WITHOUT_HISTORY = (
        400,
        160002,
        "Cannot reply without permission to read message history",
    )
    LOCKED = (400, 160005, "Thread is locked")
    BLOCKED_BY_AUTOMOD = (400, 200000, "Message was blocked by automatic moderation")
    BLOCKED_LINK = (400, 240000, "Message blocked by harmful links filter")


class RefusedCallError(Exception):
    """Discord says no; `errors` is the tree of wrong fields of an invalid form."""

    def __init__(self, refusal: Refusal, errors: Json | None = None) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.errors = errors

    def reply(self) -> Reply:
        """Put the refusal as Discord would."""
        status, code, message = self.refusal.value
        body: Json = {"message": message, "code": code}
        if self.errors is not None:
            body["errors"] = self.errors
        return Reply(status, body)
