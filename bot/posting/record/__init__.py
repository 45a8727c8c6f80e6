"""How the record looks: in the log channel, in pages, and as a file."""
