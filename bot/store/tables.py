"""Every table there is: whoever means all of them imports this, so that none is forgotten."""

from bot.store import audit_schema, desk_schema, policy_schema, schema
from bot.store.columns import metadata

__all__ = ["audit_schema", "desk_schema", "metadata", "policy_schema", "schema"]
