"""Every table there is: whoever means all of them imports this, so that none is forgotten."""

from bot.store import schema
from bot.store.columns import metadata
from bot.store.community import schema as community_schema
from bot.store.moderation import desk_schema, policy_schema
from bot.store.record import schema as audit_schema

__all__ = ["audit_schema", "community_schema", "desk_schema", "metadata", "policy_schema", "schema"]
