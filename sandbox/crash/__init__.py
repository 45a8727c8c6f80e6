"""Kills the real bot wherever it can wait, and looks whether its promises still hold."""
