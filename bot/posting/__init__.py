"""How a job looks in Discord, and how it gets there exactly once."""
