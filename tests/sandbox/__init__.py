"""Tests of the Discord stand-in, driven by the real discord.py."""
