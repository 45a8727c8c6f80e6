"""How limits, cases, jobs and usage look to moderators."""
