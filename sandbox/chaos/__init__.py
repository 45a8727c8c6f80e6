"""Many members, bad weather, and a bot that is killed, held and robbed of its time by chance."""
