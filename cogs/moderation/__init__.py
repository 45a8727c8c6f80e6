"""What moderators type: the parts of /grok-admin, one file a group of commands."""
