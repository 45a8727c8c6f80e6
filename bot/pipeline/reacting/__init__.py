"""Reactions under videos: heard in order, counted in small batches, and done what they ask for."""
