"""`grok-bot try`: one paid job without Discord."""
