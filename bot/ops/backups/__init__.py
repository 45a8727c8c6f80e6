"""Backups of either engine, and the way back."""
