"""Longer plays with several people: what moderators and members do to each other by the bot."""
