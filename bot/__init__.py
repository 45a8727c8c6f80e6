"""The /grok video bot, everything of it that is not a Discord command."""
