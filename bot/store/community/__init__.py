"""What members leave behind beside jobs: votes, preferences, presets and storyboards."""
