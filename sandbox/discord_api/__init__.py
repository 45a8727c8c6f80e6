"""Discord as a loopback stand-in: REST, gateway and CDN for a real client, and people to use it."""

from sandbox.discord_api.channels import Channel
from sandbox.discord_api.exchanges import Exchange, FilePart, Json
from sandbox.discord_api.faults import Fault
from sandbox.discord_api.guilds import Guild
from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.people import Member
from sandbox.discord_api.permissions import BOT_PERMISSIONS, Permission
from sandbox.discord_api.person import CommandValue, Person
from sandbox.discord_api.runs import Ack, Modal, Run
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Attachment, Message, Version
from sandbox.discord_api.uploads import Upload
from sandbox.discord_api.world import Rules

__all__ = [
    "BOT_PERMISSIONS",
    "Ack",
    "Attachment",
    "CannotDoError",
    "Channel",
    "CommandValue",
    "DiscordStandIn",
    "Exchange",
    "Fault",
    "FilePart",
    "Guild",
    "Json",
    "Member",
    "Message",
    "Modal",
    "Permission",
    "Person",
    "Rules",
    "Run",
    "Upload",
    "Version",
]
