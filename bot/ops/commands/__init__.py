"""The operator's commands about a bot that may run."""
