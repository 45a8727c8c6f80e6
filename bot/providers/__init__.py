"""The providers that the bot knows: one line each."""
