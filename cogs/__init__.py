"""What members type and press: each cog translates between Discord and the bot."""
